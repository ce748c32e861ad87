"""The RS256 key behind id_tokens, and the tokens it signs."""

from typing import cast

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from qbo_simulator.oauth.grants import Grant
from qbo_simulator.store import Store

KEY_ID = "qbo-simulator-1"


class Signer:
    """Makes its key at the first use and keeps it in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._key: rsa.RSAPrivateKey | None = None

    def id_token(self, grant: Grant, sub: str, issuer: str, now: int) -> str:
        """Return the id_token of a grant; ``aud`` is an array, as Intuit sends it."""
        claims: dict[str, object] = {
            "sub": sub,
            "aud": [grant.client_id],
            "realmid": grant.realm_id,
            "auth_time": int(grant.authorized_at),
            "iss": issuer,
            "exp": now + 3600,
            "iat": now,
        }
        if grant.nonce:
            claims["nonce"] = grant.nonce
        return jwt.encode(claims, self._private(), "RS256", headers={"kid": KEY_ID})

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """Return the public key as a JSON web key set."""
        public = self._private().public_key()
        key = jwt.algorithms.RSAAlgorithm.to_jwk(public, as_dict=True)
        wanted = {"kty": "RSA", "e": key["e"], "n": key["n"]}
        return {"keys": [{**wanted, "use": "sig", "alg": "RS256", "kid": KEY_ID}]}

    def _private(self) -> rsa.RSAPrivateKey:
        if self._key is None:
            with self._store.transaction() as db:
                row = db.execute("SELECT pem FROM auth_key").fetchone()
                pem = row["pem"] if row else _new_pem()
                if row is None:
                    db.execute("INSERT INTO auth_key VALUES ('id_token', ?)", (pem,))
            key = serialization.load_pem_private_key(pem.encode(), None)
            self._key = cast(rsa.RSAPrivateKey, key)
        return self._key


def _new_pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
