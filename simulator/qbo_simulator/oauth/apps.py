"""The app as Intuit's developer portal knows it: one key set for each environment."""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from qbo_simulator.oauth import values
from qbo_simulator.store import Store

ENVIRONMENTS = ("sandbox", "production")
_LOOPBACK = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class App:
    """One key set; ``redirect_uris`` None means any address on this machine."""

    environment: str
    client_id: str
    client_secret: str
    verifier_token: str
    name: str
    publisher: str
    redirect_uris: tuple[str, ...] | None

    def allows_redirect(self, uri: str) -> bool:
        """Tell whether ``uri`` is registered, byte for byte, without a query.

        Source: developer.intuit.com, "Authentication FAQ".
        """
        if self.redirect_uris is not None:
            return uri in self.redirect_uris
        return _is_plain_loopback(uri)


def is_registrable(uri: str) -> bool:
    """Tell whether the portal would accept ``uri``: https, or http on localhost."""
    parts = urlsplit(uri)
    if parts.query or parts.fragment or not parts.hostname:
        return False
    return parts.scheme == "https" or _is_plain_loopback(uri)


def _is_plain_loopback(uri: str) -> bool:
    parts = urlsplit(uri)
    plain = not parts.query and not parts.fragment and "?" not in uri
    return plain and parts.scheme in ("http", "https") and parts.hostname in _LOOPBACK


class Apps:
    """The two key sets, kept in the store."""

    def __init__(self, store: Store, seed: int) -> None:
        self._store = store
        self._seed = seed

    def install(self) -> None:
        """Write the two key sets of the seed unless they are there."""
        with self._store.transaction() as db:
            for environment in ENVIRONMENTS:
                db.execute(
                    "INSERT OR IGNORE INTO auth_app VALUES (?, ?, ?, ?, ?, ?, NULL)",
                    (
                        environment,
                        values.client_id(self._seed, environment),
                        values.client_secret(self._seed, environment),
                        values.verifier_token(self._seed, environment),
                        "Junari QuickBooks Link",
                        "Junari",
                    ),
                )

    def all(self) -> list[App]:
        """Return both key sets, sandbox first."""
        return [self.of(environment) for environment in ENVIRONMENTS]

    def of(self, environment: str) -> App:
        """Return the key set of an environment; KeyError for an unknown one."""
        app = self._find("environment", environment)
        if app is None:
            raise KeyError(environment)
        return app

    def by_client_id(self, client_id: str) -> App | None:
        """Return the key set with this client id, or None."""
        return self._find("client_id", client_id)

    def set_redirect_uris(self, environment: str, uris: list[str] | None) -> None:
        """Replace the registered addresses; None means any on this machine."""
        stored = None if uris is None else json.dumps(uris)
        with self._store.transaction() as db:
            db.execute(
                "UPDATE auth_app SET redirect_uris = ? WHERE environment = ?",
                (stored, environment),
            )

    def _find(self, column: str, value: str) -> App | None:
        with self._store.transaction() as db:
            row = db.execute(
                f"SELECT * FROM auth_app WHERE {column} = ?",
                (value,),
            ).fetchone()
        if row is None:
            return None
        uris = json.loads(row["redirect_uris"]) if row["redirect_uris"] else None
        return App(
            row["environment"],
            row["client_id"],
            row["client_secret"],
            row["verifier_token"],
            row["name"],
            row["publisher"],
            None if uris is None else tuple(uris),
        )
