"""Takes down events with the books, and packs them into calls when they are due."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from qbo_simulator.clock import Clock
from qbo_simulator.store import Store
from qbo_simulator.switches import Switches
from qbo_simulator.webhooks import payloads
from qbo_simulator.webhooks.catalogue import DELETE, UPDATE, event_name, told_as
from qbo_simulator.webhooks.endpoints import Endpoint, Endpoints
from qbo_simulator.webhooks.mischief import Mischief
from qbo_simulator.webhooks.noting import INACTIVE, Change
from qbo_simulator.webhooks.payloads import Event

if TYPE_CHECKING:
    from qbo_simulator.company import Company
    from qbo_simulator.oauth.auth import Auth

_COLUMNS = "id, realm, name, entity_id, operation, deleted_id, at"


class Outbox:
    """Events on their way: written in the transaction that is their cause."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        switches: Switches,
        auth: "Auth",
        endpoints: Endpoints,
        mischief: Mischief,
    ) -> None:
        self._store = store
        self._clock = clock
        self._switches = switches
        self._auth = auth
        self._endpoints = endpoints
        self._mischief = mischief
        self.wake: Callable[[], None] = lambda: None

    # -- taking down -----------------------------------------------------------

    def take(self, company: "Company") -> None:
        """Take down what an operation changed, for the apps connected to its company.

        Runs inside the operation's transaction: what is undone was never told.
        """
        changes = list(company.changes)
        listening = [
            one for one in self._endpoints.all() if changes and one.disabled_at is None
        ]
        connected = self._connected(company.realm_id) if listening else set()
        for endpoint in listening:
            if endpoint.environment in connected:
                self._take_for(endpoint, company, changes)

    def _connected(self, realm_id: str) -> set[str]:
        """Return the key sets whose app is connected to a company."""
        apps = {app.client_id: app.environment for app in self._auth.apps.all()}
        living = self._auth.grants.living(realm_id)
        return {apps[grant.client_id] for grant in living if grant.client_id in apps}

    def _take_for(
        self, endpoint: Endpoint, company: "Company", changes: Iterable[Change]
    ) -> None:
        at = company.now.timestamp()
        rows = [
            (
                str(uuid.uuid4()),
                endpoint.environment,
                company.realm_id,
                event_name(change.entity),
                change.id,
                operation,
                change.merged,
                at,
            )
            for change in changes
            if endpoint.wants(change.entity)
            and (operation := self._operation(change)) is not None
        ]
        with self._store.transaction() as db:
            db.executemany(
                "INSERT INTO webhook_event (id, environment, realm, name, entity_id,"
                " operation, deleted_id, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
        if rows:
            self.wake()

    def _operation(self, change: Change) -> str | None:
        operation = change.operation
        if operation == INACTIVE:
            told_deleted = self._switches.get("webhook_inactive") == DELETE
            operation = DELETE if told_deleted else UPDATE
            if told_as(change.entity, operation) is None:
                operation = UPDATE
        return told_as(change.entity, operation)

    # -- packing ---------------------------------------------------------------

    def pack(self) -> None:
        """Turn the events whose delay is over into deliveries."""
        now = self._clock.now().timestamp()
        for endpoint in self._endpoints.all():
            with self._store.transaction():
                events = self._waiting(endpoint)
                if events and events[0].at + endpoint.delay <= now:
                    self._pack(endpoint, events, now)

    def next_packing(self) -> float | None:
        """Return when events will have to be packed, or None when there are none."""
        times = []
        for endpoint in self._endpoints.all():
            rows = self._store.rows(
                "SELECT min(at) FROM webhook_event"
                " WHERE environment = ? AND delivery IS NULL",
                (endpoint.environment,),
            )
            if rows[0][0] is not None:
                times.append(rows[0][0] + endpoint.delay)
        return min(times, default=None)

    def _waiting(self, endpoint: Endpoint) -> list[Event]:
        rows = self._store.rows(
            f"SELECT {_COLUMNS} FROM webhook_event"
            " WHERE environment = ? AND delivery IS NULL ORDER BY seq",
            (endpoint.environment,),
        )
        return [Event(*row) for row in rows]

    def _pack(self, endpoint: Endpoint, events: Sequence[Event], now: float) -> None:
        whole = list(events)
        if self._switches.get("webhook_companies") == "apart":
            order = list(dict.fromkeys(event.realm for event in whole))
            whole.sort(key=lambda event: order.index(event.realm))
            groups = [list(group) for _, group in groupby(whole, _realm)]
        else:
            groups = [whole]
        for group in groups:
            self._deliver(endpoint, group, now)

    def _deliver(self, endpoint: Endpoint, events: list[Event], now: float) -> None:
        """Write one delivery, spoilt as was ordered."""
        told = _coalesced(events)
        spoilt = self._mischief.take()
        if "reorder" in spoilt:
            told.reverse()
        body, content_type = self._body(endpoint, told)
        row = {
            "environment": endpoint.environment,
            "at": now,
            "body": body,
            "content_type": content_type,
            "forged": "forge" in spoilt,
            "passable": "hold" in spoilt,
            "state": "lost" if "lose" in spoilt else "waiting",
            "next_at": now + spoilt.get("hold", 0.0),
        }
        delivery = self._insert(row)
        self._mark(events, delivery)
        if "duplicate" in spoilt:
            self._insert({**row, "copy_of": delivery})

    def _body(self, endpoint: Endpoint, events: Sequence[Event]) -> tuple[bytes, str]:
        if endpoint.format == "legacy":
            return payloads.legacy(events), "application/json; charset=utf-8"
        app = self._auth.apps.of(endpoint.environment)
        body = payloads.cloudevents(events, payloads.source_of(app.client_id))
        return body, str(self._switches.get("webhook_content_type"))

    def _insert(self, row: dict[str, Any]) -> int:
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        with self._store.transaction() as db:
            cursor = db.execute(
                f"INSERT INTO webhook_delivery ({names}) VALUES ({marks})",
                list(row.values()),
            )
        return int(cursor.lastrowid or 0)

    def _mark(self, events: Iterable[Event], delivery: int) -> None:
        with self._store.transaction() as db:
            db.executemany(
                "UPDATE webhook_event SET delivery = ? WHERE id = ?",
                [(delivery, event.id) for event in events],
            )


def _realm(event: Event) -> str:
    return event.realm


def _coalesced(events: Iterable[Event]) -> list[Event]:
    """Return the events with the same thing about the same record told once, last."""
    latest: dict[tuple[str, str, str, str], Event] = {}
    for event in events:
        key = (event.realm, event.name, event.entity_id, event.operation)
        latest.pop(key, None)
        latest[key] = event
    return list(latest.values())
