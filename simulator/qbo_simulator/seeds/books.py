"""A thin hand on the engine for planting: one company, names instead of ids."""

from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qbo_simulator.clock import Clock
    from qbo_simulator.engine import Engine

ACTOR = "Helen Marsh"


class Books:
    """Creates records of one company on chosen days and finds them by name."""

    def __init__(self, engine: "Engine", clock: "Clock", realm_id: str) -> None:
        self._engine = engine
        self._clock = clock
        self._realm_id = realm_id
        self._present = clock.now()
        self._ids: dict[tuple[str, str], str] = {}

    def on(self, day: date) -> None:
        """Let what follows happen in the morning of ``day``, never in the future."""
        morning = datetime.combine(day, time(9, 30), timezone.utc)
        self._clock.set(min(morning, self._present))

    def create(
        self, entity: str, body: dict[str, Any], name: str = "", system: bool = False
    ) -> dict[str, Any]:
        """Create a record; ``name`` is what later look-ups call it.

        ``system`` makes what QuickBooks itself makes and no API call can.
        """
        record = self._engine.create(
            self._realm_id, entity, body, actor=ACTOR, system=system
        )
        if name:
            self._ids[entity, name] = record["Id"]
        return record

    def read(self, entity: str, record_id: str) -> dict[str, Any]:
        """Return a record as it is now."""
        return self._engine.read(self._realm_id, entity, record_id)

    def change(self, entity: str, record_id: str, **fields: Any) -> dict[str, Any]:
        """Change some fields of a record."""
        token = self.read(entity, record_id)["SyncToken"]
        body = {"Id": record_id, "SyncToken": token, "sparse": True, **fields}
        return self._engine.update(self._realm_id, entity, body, actor=ACTOR)

    def void(self, entity: str, record_id: str) -> dict[str, Any]:
        """Void a transaction."""
        token = self.read(entity, record_id)["SyncToken"]
        body = {"Id": record_id, "SyncToken": token}
        return self._engine.void(self._realm_id, entity, body, actor=ACTOR)

    def open_invoices(self, customer_id: str) -> list[dict[str, Any]]:
        """Return a customer's open invoices, oldest first."""
        answer = self._engine.query(
            self._realm_id,
            f"SELECT * FROM Invoice WHERE CustomerRef = '{customer_id}'"
            " AND Balance > '0' ORDERBY TxnDate",
        )
        return answer["QueryResponse"].get("Invoice", [])

    def knows(self, entity: str, name: str) -> bool:
        """Tell whether a record was created under this name."""
        return (entity, name) in self._ids

    def ref(self, entity: str, name: str) -> dict[str, str]:
        """Return the reference to a record by the name it was created under."""
        return {"value": self._ids[entity, name]}


def months_before(day: date, months: int) -> date:
    """Return the first of the month ``months`` before the day's month."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def days_between(first: date, last: date) -> list[date]:
    """Return every day from ``first`` to ``last``, both included."""
    return [first + timedelta(n) for n in range((last - first).days + 1)]
