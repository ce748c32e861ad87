"""Where events are sent: one address for each key set, as in the developer portal."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from qbo_simulator.clock import Clock
from qbo_simulator.store import Store
from qbo_simulator.webhooks.catalogue import OPERATIONS

FORMATS = ("cloudevents", "legacy")


class EndpointError(ValueError):
    """An endpoint that cannot be registered; the text says why."""


@dataclass(frozen=True)
class Endpoint:
    """One subscription. ``entities`` None means all; ``disabled_at`` None: active."""

    environment: str
    url: str
    verifier_token: str
    format: str
    delay: float
    entities: tuple[str, ...] | None
    headers: Mapping[str, str]
    since: float
    disabled_at: float | None

    def wants(self, entity: str) -> bool:
        """Tell whether the app subscribed to an entity."""
        return self.entities is None or entity in self.entities


class Endpoints:
    """The subscriptions, kept in the store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def all(self) -> list[Endpoint]:
        """Return every endpoint, disabled ones too."""
        rows = self._store.rows(
            "SELECT * FROM webhook_endpoint ORDER BY environment DESC"
        )
        return [_endpoint(row) for row in rows]

    def of(self, environment: str) -> Endpoint | None:
        """Return the endpoint of a key set, or None."""
        found = [one for one in self.all() if one.environment == environment]
        return found[0] if found else None

    def register(
        self, environment: str, verifier_token: str, wish: Mapping[str, Any]
    ) -> Endpoint:
        """Write an endpoint, active from now; EndpointError if it cannot be one."""
        wished = (
            _url(wish),
            verifier_token,
            _format(wish),
            _delay(wish),
            _entities(wish),
            _headers(wish),
        )
        now = self._clock.now().timestamp()
        with self._store.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO webhook_endpoint"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                (environment, *wished, now),
            )
        endpoint = self.of(environment)
        assert endpoint is not None
        return endpoint

    def remove(self, environment: str) -> None:
        """Forget an endpoint and what it has not been told yet."""
        with self._store.transaction() as db:
            for statement in (
                "DELETE FROM webhook_endpoint WHERE environment = ?",
                "DELETE FROM webhook_event WHERE environment = ? AND delivery IS NULL",
                "UPDATE webhook_delivery SET state = 'abandoned', next_at = NULL"
                " WHERE environment = ? AND state = 'waiting'",
            ):
                db.execute(statement, (environment,))

    def disable(self, environment: str) -> None:
        """Stop sending to an endpoint, until it is enabled again."""
        self._write(environment, self._clock.now().timestamp())

    def enable(self, environment: str) -> None:
        """Send again; what waits is due now."""
        now = self._clock.now().timestamp()
        self._write(environment, None)
        with self._store.transaction() as db:
            db.execute(
                "UPDATE webhook_delivery SET next_at = ?"
                " WHERE environment = ? AND state = 'waiting'",
                (now, environment),
            )

    def _write(self, environment: str, disabled_at: float | None) -> None:
        with self._store.transaction() as db:
            db.execute(
                "UPDATE webhook_endpoint SET disabled_at = ? WHERE environment = ?",
                (disabled_at, environment),
            )


def _url(wish: Mapping[str, Any]) -> str:
    url = str(wish.get("url") or "")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise EndpointError("url must be an http or https address")
    return url


def _format(wish: Mapping[str, Any]) -> str:
    chosen = wish.get("format", FORMATS[0])
    if chosen not in FORMATS:
        raise EndpointError(f"format must be one of {', '.join(FORMATS)}")
    return str(chosen)


def _delay(wish: Mapping[str, Any]) -> float:
    delay = wish.get("delay", 0)
    if isinstance(delay, bool) or not isinstance(delay, (int, float)) or delay < 0:
        raise EndpointError("delay must be a number of seconds")
    return delay


def _entities(wish: Mapping[str, Any]) -> str | None:
    entities = wish.get("entities")
    if entities is None:
        return None
    known = isinstance(entities, list) and all(one in OPERATIONS for one in entities)
    if not known:
        names = ", ".join(OPERATIONS)
        raise EndpointError(f"entities must be null or a list of: {names}")
    return json.dumps(entities)


def _headers(wish: Mapping[str, Any]) -> str:
    headers = wish.get("headers") or {}
    plain = isinstance(headers, dict) and all(
        isinstance(part, str) and part.isprintable()
        for pair in headers.items()
        for part in pair
    )
    if not plain:
        raise EndpointError("headers must be an object of names and texts")
    return json.dumps(headers)


def _endpoint(row: Any) -> Endpoint:
    entities = json.loads(row["entities"]) if row["entities"] else None
    return Endpoint(
        row["environment"],
        row["url"],
        row["verifier_token"],
        row["format"],
        row["delay"],
        None if entities is None else tuple(entities),
        json.loads(row["headers"]),
        row["since"],
        row["disabled_at"],
    )
