"""Names: their characters, their uniqueness, hierarchy and what follows a rename."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from qbo_simulator.company import Company, Record
from qbo_simulator.entities.base import Body, Rules
from qbo_simulator.errors import ServiceFault
from qbo_simulator.schema import fields as kinds
from qbo_simulator.schema.fields import Field, Struct
from qbo_simulator.schema.registry import ENTITIES

SUFFIX = " (deleted)"
MOST_LEVELS = 4
_SPECIAL = {"\t": "tab", "\n": "newline"}


def tidy_name(company: Company, value: str) -> str:
    """Trim a name; blanks inside collapse to one. Tabs and newlines stay: faults."""
    if company.switches.get("names_trimmed") == "off":
        return value
    return " ".join(part for part in value.strip(" ").split(" ") if part)


def check_characters(field: str, value: str, forbidden: str) -> None:
    """Refuse (2040) characters that separate levels or lines."""
    for character in forbidden:
        if character in value:
            shown = _SPECIAL.get(character, character)
            detail = (
                f"Invalid String : {field} contains unsupported character {shown}."
                f" Supplied value:{ascii(value)[1:-1]}"
            )
            raise ServiceFault("2040", field, detail)


def duplicate_name(company: Company, kind: str, other: Record) -> ServiceFault:
    """Return the 6240 for a name that is taken."""
    tail = f"Another {kind} is already using this name. Please use a different name."
    if company.switches.get("duplicate_name_detail") == "id":
        tail = f"Id={other.id}"
    detail = f"The name supplied already exists. : {tail}"
    return ServiceFault("6240", "", detail)


def without_suffix(name: str) -> str:
    """Return a name as it was before it was made inactive."""
    return name.removesuffix(SUFFIX)


def suffixed(name: str, most: int) -> str:
    """Return an inactive record's name."""
    return name if name.endswith(SUFFIX) else name[: most - len(SUFFIX)] + SUFFIX


class HierarchyRules(Rules):
    """A list whose entries may stand under one another.

    ``child_flag`` is the field that says so; ``name_space`` the entities among which
    the name is unique, by full name unless ``unique_by_name``.
    """

    child_flag = ""
    name_space: tuple[str, ...] = ()
    unique_by_name = False
    has_level = True

    def prepare(self, new: Body, old: Record | None) -> None:
        """Settle name, parent, full name and their uniqueness."""
        self.settle_name(new, old)
        parent = self._parent(new, old)
        field = self.entity.name_field
        above = parent.body["FullyQualifiedName"] + ":" if parent else ""
        new["FullyQualifiedName"] = above + new[field]
        if self.has_level and parent:
            new["Level"] = parent.body.get("Level", 0) + 1
        elif self.has_level:
            new.pop("Level", None)
        self._check_unique(new, old)

    def settle_name(self, new: Body, old: Record | None) -> None:
        """Tidy the name, check its characters, follow Active."""
        field = self.entity.fields[self.entity.name_field]
        name = tidy_name(self.company, new[field.name])
        check_characters(field.name, name, self.entity.forbidden)
        was_active = old is None or old.body.get("Active", True)
        if not new.get("Active", True):
            name = suffixed(name, field.size)
        elif not was_active and name.endswith(SUFFIX):
            keeps = self.company.switches.get("reactivation_keeps_suffix") == "on"
            if not keeps:
                name = without_suffix(name)
        new[field.name] = name

    # -- hierarchy -------------------------------------------------------------

    def _parent(self, new: Body, old: Record | None) -> Record | None:
        """Return the parent record; keep flag and reference in step."""
        reference = new.get("ParentRef")
        if new.get(self.child_flag) is False:
            new.pop("ParentRef", None)
            reference = None
        if new.get(self.child_flag) and reference is None:
            detail = f"{self.child_flag} is true, but ParentRef is missing"
            raise ServiceFault("6150", "ParentRef", detail)
        if reference is None:
            return None
        parent = self.company.get(self.entity.name, reference["value"])
        self.check_parent(new, parent)
        if old is not None and self._stands_under(parent, old.id):
            raise ServiceFault("900", "ParentRef")
        if parent.body.get("Level", 0) >= MOST_LEVELS:
            raise ServiceFault("6180", "ParentRef", "The hierarchy has five levels.")
        new[self.child_flag] = True
        return parent

    def check_parent(self, new: Body, parent: Record) -> None:
        """Refuse a parent of the wrong kind."""

    def _stands_under(self, record: Record | None, ancestor: str) -> bool:
        while record is not None:
            if record.id == ancestor:
                return True
            above = record.body.get("ParentRef")
            record = above and self.company.find(self.entity.name, above["value"])
        return False

    # -- uniqueness ------------------------------------------------------------

    def _check_unique(self, new: Body, old: Record | None) -> None:
        column, field = "full_name", "FullyQualifiedName"
        whole = self.company.switches.get("subcustomer_names") == "full"
        if self.unique_by_name and not (whole and "ParentRef" in new):
            column, field = "name", self.entity.name_field
        if old is not None and old.body.get(field) == new[field]:
            return
        other = self._holder(column, new[field], old)
        if other is not None:
            raise duplicate_name(self.company, other.entity.lower(), other)

    def _holder(self, column: str, name: str, old: Record | None) -> Record | None:
        spaces = self.name_space or (self.entity.name,)
        names = [name.casefold()]
        if self.company.switches.get("names_of_inactive_taken") == "on":
            names.append((name + SUFFIX).casefold())
        realm = self.company.realm_id
        for row in self.company.store.named(realm, column, names, spaces):
            if old is None or (row.entity, row.id) != (old.entity, old.id):
                return Record(row, {})
        return None

    # -- renames ---------------------------------------------------------------

    def after(self, record: Record, old: Body | None) -> None:
        """Carry a new name or place to children and to references."""
        if old is None:
            return
        name = "FullyQualifiedName"
        renamed = old.get(name) != record.body.get(name)
        if renamed:
            self._rename_children(record)
        label = self.label_field
        if old[label] != record.body[label]:
            relabel(self.company, record, old[label], record.body[label])

    @property
    def label_field(self) -> str:
        """The field that references show."""
        return "FullyQualifiedName"

    def _rename_children(self, parent: Record) -> None:
        children = self.company.search(
            self.entity.name,
            "json_extract(body, '$.ParentRef.value') = ?",
            parent.id,
        )
        for child in children:
            old = dict(child.body)
            above = parent.body["FullyQualifiedName"]
            own = child.body[self.entity.name_field]
            child.body["FullyQualifiedName"] = f"{above}:{own}"
            if self.has_level:
                child.body["Level"] = parent.body.get("Level", 0) + 1
            self.after(self.company.save(child, child.body, raise_token=False), old)


def relabel(company: Company, record: Record, old: str, new: str) -> None:
    """Write a renamed record's new name into everything that refers to it."""
    before = _fragment(record.id, old)
    after = _fragment(record.id, new)
    with company.store.transaction() as db:
        for name in reference_names(record.entity):
            db.execute(
                "UPDATE records SET body = replace(body, ?, ?)"
                " WHERE realm = ? AND deleted = 0 AND instr(body, ?) > 0",
                (
                    f'"{name}":{before}',
                    f'"{name}":{after}',
                    company.realm_id,
                    f'"{name}":{before}',
                ),
            )


def label_of(record: Record) -> str:
    """Return the name that references to a record show."""
    if record.entity in ("Customer", "Employee", "Vendor"):
        return record.body["DisplayName"]
    return record.body["FullyQualifiedName"]


def _fragment(record_id: str, name: str) -> str:
    value = json.dumps(record_id)
    return f'{{"value":{value},"name":{json.dumps(name, ensure_ascii=False)}}}'


def reference_names(entity: str) -> set[str]:
    """Return the names of all fields that may refer to an entity."""
    found: set[str] = set()
    for description in ENTITIES.values():
        _collect(description.struct, entity, found)
    return found


def _collect(of: Struct, entity: str, found: set[str]) -> None:
    for field in of.fields.values():
        _collect_field(field, entity, found)


def _collect_field(field: Field, entity: str, found: set[str]) -> None:
    if field.kind == kinds.REF and entity in field.targets:
        found.add(field.name)
    elif field.kind == kinds.STRUCT and field.struct is not None:
        _collect(field.struct, entity, found)
    elif field.kind == kinds.LIST and field.item is not None:
        _collect_field(field.item, entity, found)


class ListRules(Rules):
    """A flat list with unique names: terms, payment methods, tax agencies."""

    def prepare(self, new: Body, old: Record | None) -> None:
        """Tidy the name, check its characters and that nobody else has it."""
        field = self.entity.name_field
        name = tidy_name(self.company, new[field])
        check_characters(field, name, self.entity.forbidden)
        new[field] = name
        store, realm = self.company.store, self.company.realm_id
        for row in store.named(realm, "name", [name.casefold()], [self.entity.name]):
            if old is None or row.id != old.id:
                kind = self.entity.name.lower()
                raise duplicate_name(self.company, kind, Record(row, {}))

    def after(self, record: Record, old: Body | None) -> None:
        """Carry a new name to references."""
        field = self.entity.name_field
        if old is not None and old[field] != record.body[field]:
            relabel(self.company, record, old[field], record.body[field])


def number(body: Mapping[str, Any], name: str) -> Decimal:
    """Return a number of a body, absent as zero."""
    return Decimal(body.get(name) or 0)
