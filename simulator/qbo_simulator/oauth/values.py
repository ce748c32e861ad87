"""Identifiers that look like Intuit's: client ids, codes and tokens.

What belongs to an app is derived from the seed, so that a configuration written
yesterday works today. Codes and tokens are random: a value issued before a reset must
never be valid after it.
"""

import base64
import hashlib
import hmac
import secrets
import string
import uuid

LONGEST_ACCESS = 4096
LONGEST_REFRESH = 512
_ALPHABET = string.ascii_letters + string.digits
_JWE_HEADER = b'{"alg":"dir","enc":"A128CBC-HS256","x.org":"H0"}'


def derived(seed: int, label: str, length: int) -> str:
    """Return ``length`` letters and digits that depend on seed and label only."""
    digest = b""
    block = 0
    while len(digest) < length:
        message = f"{label}/{block}".encode()
        digest += hmac.new(str(seed).encode(), message, hashlib.sha256).digest()
        block += 1
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:length])


def client_id(seed: int, environment: str) -> str:
    """Return the client id of the environment's key set."""
    return "AB" + derived(seed, f"client-id/{environment}", 48)


def client_secret(seed: int, environment: str) -> str:
    """Return the client secret of the environment's key set."""
    return derived(seed, f"client-secret/{environment}", 40)


def verifier_token(seed: int, environment: str) -> str:
    """Return the webhook verifier token, a UUID as Intuit's portal shows it."""
    digest = hashlib.sha256(f"{seed}/verifier/{environment}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def authorization_code(issued_at: float) -> str:
    """Return a fresh single-use code."""
    return f"XAB1{int(issued_at)}{_random(36)}"


def refresh_token(expires_at: float, longest: bool = False) -> str:
    """Return a fresh refresh token; the digits are its expiry, as in Intuit's.

    ``longest``: as long as Intuit says that one may get (UNCONFIRMED).
    """
    start = f"AB11{int(expires_at)}"
    return start + _random(LONGEST_REFRESH - len(start) if longest else 36)


def access_token(longest: bool = False) -> str:
    """Return a fresh access token shaped like a compact JWE (five parts, no key)."""
    parts = [_JWE_HEADER, b"", secrets.token_bytes(16), secrets.token_bytes(560)]
    parts.append(secrets.token_bytes(16))
    token = ".".join(_base64url(part) for part in parts)
    return token + _random(LONGEST_ACCESS - len(token)) if longest else token


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
