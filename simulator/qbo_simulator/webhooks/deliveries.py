"""The deliveries: which is due, what an answer does to it, and how it is shown."""

from dataclasses import dataclass
from typing import Any

from qbo_simulator.clock import Clock
from qbo_simulator.store import Store
from qbo_simulator.switches import Switches
from qbo_simulator.webhooks.endpoints import Endpoint, Endpoints

LADDERS = {
    "newer": (10, 20, 30, 300, 1200, 7200, 14400, 21600),
    "older": (1200, 1800, 3000),
}
"""Seconds from one try to the next (qbo-api.md 7.4)."""
_LAST_RUNG = 21600
_HOUR = 3600
SHOWN = 200


@dataclass(frozen=True)
class Delivery:
    """One call that is due."""

    id: int
    endpoint: Endpoint
    body: bytes
    content_type: str
    forged: bool


@dataclass(frozen=True)
class Outcome:
    """What came of one try; ``status`` 0 means no answer."""

    status: int
    seconds: float
    problem: str = ""


class Deliveries:
    """Calls to endpoints in the order in which they are due."""

    def __init__(
        self, store: Store, clock: Clock, switches: Switches, endpoints: Endpoints
    ) -> None:
        self._store = store
        self._clock = clock
        self._switches = switches
        self._endpoints = endpoints

    # -- what is due -----------------------------------------------------------

    def due(self) -> Delivery | None:
        """Return the next call to make now."""
        now = self._clock.now().timestamp()
        for endpoint in self._endpoints.all():
            for row in self._candidates(endpoint):
                if row["next_at"] <= now:
                    return Delivery(
                        row["id"],
                        endpoint,
                        bytes(row["body"]),
                        row["content_type"],
                        bool(row["forged"]),
                    )
        return None

    def next_due(self) -> float | None:
        """Return when the next call will be due, or None."""
        times = [
            row["next_at"]
            for endpoint in self._endpoints.all()
            for row in self._candidates(endpoint)
        ]
        return min(times, default=None)

    def _candidates(self, endpoint: Endpoint) -> list[Any]:
        """Return what may be sent: a failed call can hold back all that follow."""
        if endpoint.disabled_at is not None:
            return []
        rows = self._store.rows(
            "SELECT * FROM webhook_delivery"
            " WHERE environment = ? AND state = 'waiting' ORDER BY id",
            (endpoint.environment,),
        )
        if self._switches.get("webhook_holds_back") == "off":
            return rows
        passable = [row for row in rows if row["passable"]]
        return passable + [row for row in rows if not row["passable"]][:1]

    # -- what came of it -------------------------------------------------------

    def record(self, delivery: Delivery, outcome: Outcome) -> None:
        """Write a try; delivered, or to be tried again, or the endpoint's end."""
        now = self._clock.now().timestamp()
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO webhook_try VALUES (?, ?, ?, ?, ?)",
                (delivery.id, now, outcome.status, outcome.seconds, outcome.problem),
            )
            if not outcome.problem:
                self._write(delivery.id, "delivered", None)
                return
            wait = self._wait(delivery.id)
            self._write(delivery.id, "waiting", now + (wait or 0))
            if wait is None:
                self._endpoints.disable(delivery.endpoint.environment)

    def _wait(self, delivery_id: int) -> float | None:
        """Return the seconds until the next try; None when there will be none."""
        ladder = LADDERS[self._switches.get("webhook_retries")]
        tries = self._tries(delivery_id)
        if len(tries) <= len(ladder):
            return ladder[len(tries) - 1]
        if ladder is LADDERS["older"]:
            return None
        hours = float(self._switches.get("webhook_disable_hours"))
        last, first = tries[-1]["at"], tries[0]["at"]
        return None if last - first >= hours * _HOUR else _LAST_RUNG

    def _write(self, delivery_id: int, state: str, next_at: float | None) -> None:
        with self._store.transaction() as db:
            db.execute(
                "UPDATE webhook_delivery SET state = ?, next_at = ? WHERE id = ?",
                (state, next_at, delivery_id),
            )

    def _tries(self, delivery_id: int) -> list[Any]:
        return self._store.rows(
            "SELECT * FROM webhook_try WHERE delivery = ? ORDER BY rowid",
            (delivery_id,),
        )

    # -- showing ---------------------------------------------------------------

    def as_dicts(self) -> list[dict[str, Any]]:
        """Return the last deliveries, oldest first."""
        rows = self._store.rows(
            "SELECT * FROM webhook_delivery ORDER BY id DESC LIMIT ?", (SHOWN,)
        )
        return [self._as_dict(row) for row in reversed(rows)]

    def _as_dict(self, row: Any) -> dict[str, Any]:
        tries = self._tries(row["id"])
        events = self._store.rows(
            "SELECT realm, name, entity_id, operation FROM webhook_event"
            " WHERE delivery = ? ORDER BY seq",
            (row["copy_of"] or row["id"],),
        )
        return {
            "id": row["id"],
            "environment": row["environment"],
            "at": row["at"],
            "state": row["state"],
            "next_at": row["next_at"],
            "copy_of": row["copy_of"],
            "realm_ids": sorted({event["realm"] for event in events}),
            "events": [
                f"{event['name']} {event['entity_id']} {event['operation']}"
                for event in events
            ],
            "content_type": row["content_type"],
            "body": bytes(row["body"]).decode(),
            "tries": [
                {key: one[key] for key in ("at", "status", "seconds", "problem")}
                for one in tries
            ],
        }

    def waiting_events(self) -> int:
        """Return how many events have not been packed into a call yet."""
        rows = self._store.rows(
            "SELECT count(*) FROM webhook_event WHERE delivery IS NULL"
        )
        return int(rows[0][0])
