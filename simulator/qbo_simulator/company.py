"""One company's books during one operation: what rules read and write through."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qbo_simulator import jsontext
from qbo_simulator.clock import stamp
from qbo_simulator.errors import ServiceFault, not_found
from qbo_simulator.schema.fields import INNER, NONE, TRANSACTION, Entity
from qbo_simulator.schema.registry import ENTITIES
from qbo_simulator.store import Realm, Row, seconds
from qbo_simulator.webhooks.catalogue import CREATE, DELETE, UPDATE
from qbo_simulator.webhooks.noting import INACTIVE, Changes

if TYPE_CHECKING:
    from qbo_simulator.clock import Clock
    from qbo_simulator.entities.base import Rules
    from qbo_simulator.store import Store
    from qbo_simulator.switches import Switches

API_ACTOR = "API"


@dataclass(frozen=True)
class Label:
    """What a reference needs to know of its target."""

    name: str
    active: bool


@dataclass
class Record:
    """A record in hand: its row and its parsed body."""

    row: Row
    body: dict[str, Any]

    @property
    def id(self) -> str:
        """The Id."""
        return self.row.id

    @property
    def entity(self) -> str:
        """The entity's name."""
        return self.row.entity


class Company:
    """The books of one realm under the store's lock.

    ``actor`` is the person or app that acts, ``options`` the ``include`` flags of the
    call, ``system`` is true for seeds, which may write read-only fields. ``notes``
    keeps what was looked up, for as long as the operation lasts; ``changes`` what was
    written, for those who are to be told.
    """

    def __init__(
        self,
        store: "Store",
        realm: Realm,
        clock: "Clock",
        switches: "Switches",
        rules_for: Callable[["Company", str], "Rules"],
        actor: str = API_ACTOR,
        options: frozenset[str] = frozenset(),
        system: bool = False,
    ) -> None:
        self.store = store
        self.realm = realm
        self.realm_id = realm.realm_id
        self.clock = clock
        self.switches = switches
        self._rules_for = rules_for
        self.actor = actor
        self.options = options
        self.system = system
        self.now = clock.now()
        self.stamp = stamp(self.now)
        self.notes: dict[tuple[str, ...], Any] = {}
        self.changes = Changes()
        self._numbers: dict[str, int] = {}
        self._labels: dict[tuple[str, str], Label | None] = {}

    def rules(self, entity: str) -> "Rules":
        """Return another entity's rules in this company."""
        return self._rules_for(self, entity)

    @contextmanager
    def as_system(self) -> Iterator[None]:
        """Act for QuickBooks itself, which may do what the API refuses."""
        before, self.system = self.system, True
        try:
            yield
        finally:
            self.system = before

    # -- facts about the company -----------------------------------------------

    @property
    def home_currency(self) -> str:
        """The ISO code of the books' currency."""
        return self.realm.home_currency

    @property
    def is_us(self) -> bool:
        """US companies have a tax model and a character set of their own."""
        return self.realm.country == "US"

    @property
    def today(self) -> date:
        """The server's date."""
        return self.clock.today()

    @cached_property
    def preferences(self) -> Mapping[str, Any]:
        """The Preferences record's body."""
        record = self.find("Preferences", "1")
        return record.body if record else {}

    def preference(self, group: str, name: str, default: Any = None) -> Any:
        """Return one preference."""
        return self.preferences.get(group, {}).get(name, default)

    @property
    def multicurrency(self) -> bool:
        """Whether documents may be in other currencies."""
        return bool(self.preference("CurrencyPrefs", "MultiCurrencyEnabled", False))

    @property
    def uses_tax(self) -> bool:
        """Whether sales tax or VAT is set up."""
        return bool(self.preference("TaxPrefs", "UsingSalesTax", False))

    # -- reading ---------------------------------------------------------------

    def find(self, entity: str, record_id: str) -> Record | None:
        """Return a living record or None."""
        row = self.store.get(self.realm_id, entity, record_id)
        if row is None or row.deleted:
            return None
        return Record(row, jsontext.loads(row.body))

    def get(self, entity: str, record_id: str) -> Record:
        """Return a living record. Raises 2030 for an impossible Id, 610 if absent."""
        check_id(record_id)
        record = self.find(entity, record_id)
        if record is None:
            raise not_found()
        return record

    def refresh(self, record: Record) -> None:
        """Bring a record in hand up to what the store holds of it now."""
        fresh = self.find(record.entity, record.id)
        if fresh is not None and fresh.row.body != record.row.body:
            record.row, record.body = fresh.row, fresh.body

    def label(self, entity: str, record_id: str) -> Label | None:
        """Return a reference target's name, or None if there is no such record."""
        key = (entity, record_id)
        if key not in self._labels:
            self._labels[key] = self._read_label(entity, record_id)
        return self._labels[key]

    def _read_label(self, entity: str, record_id: str) -> Label | None:
        if not _is_id(record_id):
            return None
        path = _label_path(ENTITIES[entity])
        rows = self.store.rows(
            "SELECT json_extract(body, ?), active FROM records"
            " WHERE realm = ? AND entity = ? AND id = ? AND deleted = 0",
            (path, self.realm_id, entity, record_id),
        )
        return Label(str(rows[0][0] or ""), bool(rows[0][1])) if rows else None

    def search(self, entity: str, condition: str, *values: Any) -> list[Record]:
        """Return living records of an entity that meet an SQL condition."""
        rows = self.store.find(
            self.realm_id, f"entity = ? AND {condition}", (entity, *values)
        )
        return [Record(row, jsontext.loads(row.body)) for row in rows]

    # -- writing ---------------------------------------------------------------

    def insert(self, entity: str, body: dict[str, Any], record_id: str = "") -> Record:
        """Add a record; return it with Id, SyncToken and times."""
        description = ENTITIES[entity]
        chosen = record_id or str(
            self.next_number(description.numbered, description.first_id)
        )
        moment = seconds(self.now)
        whole = self._whole(description, body, chosen, 0, self.stamp)
        row = Row(
            realm=self.realm_id,
            entity=entity,
            id=chosen,
            sync_token=0,
            active=bool(body.get("Active", True)),
            deleted=False,
            created=moment,
            updated=moment,
            actor=self.actor,
            **_columns(description, body),
            body=jsontext.dumps(whole).decode(),
        )
        self.store.insert(row)
        self.changes.note(entity, chosen, CREATE)
        return Record(row, whole)

    def save(
        self, record: Record, body: dict[str, Any], raise_token: bool = True
    ) -> Record:
        """Write a record that exists, with the next SyncToken and the present time."""
        row = record.row
        row.sync_token += raise_token
        created = stamp(datetime.fromtimestamp(row.created, timezone.utc))
        entity = ENTITIES[row.entity]
        whole = self._whole(entity, body, row.id, row.sync_token, created)
        left = row.active and not body.get("Active", True)
        self.changes.note(row.entity, row.id, INACTIVE if left else UPDATE)
        row.active = bool(body.get("Active", True))
        row.updated, row.actor = seconds(self.now), self.actor
        for name, value in _columns(entity, body).items():
            setattr(row, name, value)
        row.body = jsontext.dumps(whole).decode()
        self.store.replace(row)
        self._labels.pop((row.entity, row.id), None)
        return Record(row, whole)

    def remove(self, record: Record) -> None:
        """Turn a record into the stub that CDC shows of deleted ones."""
        row = record.row
        self.changes.note(row.entity, row.id, DELETE)
        row.deleted, row.updated, row.actor = True, seconds(self.now), self.actor
        row.name = row.full_name = row.doc_number = row.txn_date = row.party = None
        stub = {
            "domain": "QBO",
            "status": "Deleted",
            "Id": row.id,
            "MetaData": {"LastUpdatedTime": self.stamp},
        }
        row.body = jsontext.dumps(stub).decode()
        self.store.replace(row)
        self._labels.pop((row.entity, row.id), None)

    def _whole(
        self,
        entity: Entity,
        body: dict[str, Any],
        record_id: str,
        token: int,
        created: str,
    ) -> dict[str, Any]:
        """Return a body with what QuickBooks itself writes into every record."""
        whole = {key: value for key, value in body.items() if key not in _OWN_KEYS}
        own: dict[str, Any] = {"domain": "QBO", "sparse": False, "Id": record_id}
        own["SyncToken"] = str(token)
        own["MetaData"] = {"CreateTime": created, "LastUpdatedTime": self.stamp}
        if entity.identity == INNER:
            kind = whole.pop("Type")
            return {kind: {**whole[kind], **own}}
        if entity.identity == NONE:
            del own["Id"]
        return {**whole, **own}

    def next_number(self, name: str, first: int = 1) -> int:
        """Return the next number of one of the company's sequences.

        Counted here and written by ``close``: a bulk load asks thousands of times.
        """
        if name not in self._numbers:
            last = self.store.last_number(self.realm_id, name)
            self._numbers[name] = first - 1 if last is None else last
        self._numbers[name] += 1
        return self._numbers[name]

    def close(self) -> None:
        """Write what is left to write at the end of an operation."""
        for name, last in self._numbers.items():
            self.store.save_number(self.realm_id, name, last)


_OWN_KEYS = frozenset(("Id", "SyncToken", "MetaData", "domain", "sparse", "status"))


def check_id(record_id: str) -> None:
    """Refuse (2030) what cannot be an Id."""
    if not _is_id(record_id):
        supplied = ascii(record_id)[1:-1][:50]
        detail = f"Invalid ID : Id should be a valid number. Supplied value:{supplied}"
        raise ServiceFault("2030", "Id", detail)


def _is_id(record_id: str) -> bool:
    if record_id.isascii() and record_id.isdigit():
        return len(record_id) < 20
    return record_id in SPECIAL_IDS or bool(_CLASSIFICATION.fullmatch(record_id))


_CLASSIFICATION = re.compile(r"EUC-\d{8}-V1-\d{8}")
"""What a TaxClassification's Id looks like: Intuit's code for a kind of goods."""
SPECIAL_IDS = frozenset(("TAX", "NON", "CustomSalesTax"))


def _label_path(entity: Entity) -> str:
    people = entity.name_field == "DisplayName"
    if "FullyQualifiedName" in entity.fields and not people:
        return "$.FullyQualifiedName"
    if entity.kind == TRANSACTION:
        return "$.DocNumber"
    return f"$.{entity.name_field or 'Name'}"


_STORED = ("name", "full_name", "doc_number", "txn_date", "party")


def _columns(entity: Entity, body: Mapping[str, Any]) -> dict[str, str | None]:
    """Return what the store keeps beside a body, names without regard to case."""
    found: dict[str, str | None] = dict.fromkeys(_STORED)
    for name, field in entity.stored.items():
        value = body.get(name)
        if isinstance(value, Mapping):
            value = value.get("value")
        found[field] = value.casefold() if isinstance(value, str) else value
    return found


def decimal_of(value: Any) -> Decimal:
    """Return a number of a body, absent as zero."""
    return Decimal(value) if value is not None else Decimal(0)
