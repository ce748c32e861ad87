"""The life of a record: create, update, delete. Entities add their rules in hooks.

Everything is checked before anything is written; what is written lies in one
transaction of the store, which the engine holds.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from qbo_simulator.company import API_ACTOR, Company, Record
from qbo_simulator.entities.references import resolve
from qbo_simulator.errors import ServiceFault, required, unsupported
from qbo_simulator.schema.check import CLEARED, Checker, check_required
from qbo_simulator.schema.fields import Entity

Body = dict[str, Any]


class Rules:
    """The rules of one entity in one company. Subclasses override the hooks."""

    def __init__(self, company: Company, entity: Entity) -> None:
        self.company = company
        self.entity = entity
        charset = company.switches.get("non_latin_in_us") if company.is_us else None
        self._checker = Checker(
            None if charset == "keep" else charset,
            system=company.system,
            nulls=company.switches.get("json_null") == "ignore",
        )

    # -- hooks -----------------------------------------------------------------

    def before_check(self, body: Body, old: Body | None) -> None:
        """Refuse what must be refused before fields are looked at singly."""

    def prepare(self, new: Body, old: Record | None) -> None:
        """Apply the business rules; complete ``new`` in place. Writes nothing."""

    def after(self, record: Record, old: Body | None) -> None:
        """Let the books follow a record that has been written."""

    def repost(self, record: Record) -> None:
        """Write a record's postings again, because what they hang on has changed."""

    def before_removal(self, record: Record) -> None:
        """Refuse a removal, or undo what stands on the record."""

    def answer(self, record: Record) -> Body:
        """Return what a client is shown of a record."""
        return record.body

    # -- operations ------------------------------------------------------------

    def create(self, body: Mapping[str, Any]) -> Record:
        """Add a record. Raises ServiceFault."""
        new = self._tidy(body)
        self.before_check(new, None)
        self._add_defaults(new)
        check_required(self.entity.struct, new)
        resolve(self.company, self.entity.struct, new)
        self.prepare(new, None)
        record = self.company.insert(self.entity.name, new)
        self.after(record, None)
        return record

    def update(self, body: Mapping[str, Any]) -> Record:
        """Change a record, in full or sparsely. Raises ServiceFault."""
        record = self.current(body)
        sent = self._checker.check(self.entity.struct, body)
        if body.get("sparse") in (True, "true"):
            self._check_sparse(sent)
            new = self._merged(record.body, sent)
        else:
            new = self._replaced(record.body, sent)
        self.before_check(new, record.body)
        check_required(self.entity.struct, new)
        resolve(self.company, self.entity.struct, new, record.body)
        self.prepare(new, record)
        return self.store(record, new)

    def store(self, record: Record, new: Body) -> Record:
        """Write the new body and let the books follow."""
        old = deepcopy(record.body)
        saved = self.company.save(record, new)
        self.after(saved, old)
        return saved

    def delete(self, body: Mapping[str, Any]) -> Record:
        """Remove a record for good. Raises ServiceFault."""
        record = self.current(body)
        self.before_removal(record)
        self.company.remove(record)
        return record

    def void(self, body: Mapping[str, Any]) -> Record:
        """Turn a transaction to nothing but keep it."""
        raise unsupported("void", self.entity.name)

    def reapply(self, record: Record, body: Body) -> None:
        """Write a payment whose lines QuickBooks itself has changed."""
        raise NotImplementedError(f"{self.entity.name} applies to nothing")

    def current(self, body: Mapping[str, Any]) -> Record:
        """Return the record a body names, if its SyncToken is the present one."""
        record_id = body.get("Id")
        if record_id in (None, ""):
            raise required("Id")
        record = self.company.get(self.entity.name, str(record_id))
        token = body.get("SyncToken")
        if token in (None, ""):
            raise required("SyncToken")
        if str(token) != str(record.row.sync_token):
            raise stale(record)
        return record

    # -- parts -----------------------------------------------------------------

    def _tidy(self, body: Mapping[str, Any]) -> Body:
        return _deep_merge({}, self._checker.check(self.entity.struct, body))

    def _add_defaults(self, new: Body) -> None:
        for field in self.entity.fields.values():
            if field.default is not None:
                new.setdefault(field.name, field.default)

    def _check_sparse(self, sent: Mapping[str, Any]) -> None:
        for name in self.entity.sparse_needs:
            if sent.get(name) in (None, CLEARED):
                raise required(name)

    def _merged(self, old: Body, sent: Mapping[str, Any]) -> Body:
        """Return the old body with the sent fields in it; groups marked M go deeper."""
        new = deepcopy(old)
        for name, value in sent.items():
            field = self.entity.fields[name]
            if "M" in field.flags and isinstance(value, dict):
                new[name] = _deep_merge(new.get(name, {}), value)
            elif value is not CLEARED:
                new[name] = value
            elif name not in self.keeps:
                new.pop(name, None)
        return new

    @property
    def keeps(self) -> frozenset[str]:
        """Fields that an empty value does not clear."""
        return frozenset()

    def _replaced(self, old: Body, sent: Mapping[str, Any]) -> Body:
        """Return a full update's body: what was not sent is gone, or its default."""
        new: Body = {}
        for name, field in self.entity.fields.items():
            value = sent.get(name)
            if value is not None and value is not CLEARED:
                merge = "M" in field.flags and isinstance(value, dict)
                new[name] = _deep_merge(old.get(name, {}), value) if merge else value
            elif name in old and (field.read_only or "K" in field.flags):
                new[name] = deepcopy(old[name])
            elif field.default is not None:
                new[name] = field.default
        return new


def _deep_merge(old: Mapping[str, Any], sent: Mapping[str, Any]) -> Body:
    merged = dict(old)
    for name, value in sent.items():
        if value is CLEARED:
            merged.pop(name, None)
        elif isinstance(value, dict):
            merged[name] = _deep_merge(_part(merged, name), value)
        else:
            merged[name] = value
    return merged


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = body.get(name)
    return part if isinstance(part, dict) else {}


def stale(record: Record) -> ServiceFault:
    """Return the 5010; it names who saved last."""
    who = "API API" if record.row.actor == API_ACTOR else record.row.actor
    detail = (
        f"Stale Object Error : You and {who} were working on this at the same time."
        f" {who} finished before you did, so your work was not saved."
    )
    return ServiceFault("5010", "", detail)
