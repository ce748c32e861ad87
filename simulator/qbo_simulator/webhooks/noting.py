"""Collects what one operation changes, so that each record is told of once."""

from collections.abc import Iterator
from dataclasses import dataclass

from qbo_simulator.webhooks.catalogue import CREATE, DELETE, MERGE, UPDATE

INACTIVE = "Inactive"
"""A name made inactive; what that is told as is a switch."""


@dataclass(frozen=True)
class Change:
    """One record and what happened to it; ``merged`` is the Id that it took over."""

    entity: str
    id: str
    operation: str
    merged: str = ""


class Changes:
    """The changes of one operation in the order in which they began."""

    def __init__(self) -> None:
        self._by_record: dict[tuple[str, str], Change] = {}

    def __iter__(self) -> Iterator[Change]:
        return iter(self._by_record.values())

    def note(self, entity: str, record_id: str, operation: str) -> None:
        """Note a change; an update adds nothing to what is known already."""
        known = self._by_record.get((entity, record_id))
        new = known is not None and known.operation == CREATE and operation != DELETE
        if new or (known is not None and operation == UPDATE):
            return
        change = Change(entity, record_id, operation)
        self._by_record[entity, record_id] = change

    def note_merge(self, entity: str, survivor: str, loser: str) -> None:
        """Note a merge; of the record that is gone nothing else is told."""
        self._by_record.pop((entity, loser), None)
        change = Change(entity, survivor, MERGE, loser)
        self._by_record[entity, survivor] = change
