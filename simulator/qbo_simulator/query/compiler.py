"""Checks a query against the schema and turns it into SQL."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from qbo_simulator.clock import PACIFIC
from qbo_simulator.company import Company
from qbo_simulator.errors import ServiceFault
from qbo_simulator.query.parser import Condition, Ordering, Query, Value
from qbo_simulator.schema import fields as kinds
from qbo_simulator.schema.fields import Entity, Field, Struct
from qbo_simulator.schema.registry import ENTITIES

MOST = 1000
USUAL = 100
_FOLDED = ("name", "full_name", "doc_number")
_COLUMNS = (*_FOLDED, "id", "active", "txn_date", "party", "created", "updated")
_INDEXED = (*_FOLDED, "txn_date", "party", "updated")
_EMPTY = ("", " ")


@dataclass(frozen=True)
class Found:
    """A field named by a query: what it is and where SQL finds it."""

    path: str
    field: Field
    sql: str

    @property
    def folded(self) -> bool:
        """The column holds text without regard to case."""
        return self.sql in _FOLDED


@dataclass(frozen=True)
class Compiled:
    """SQL conditions and order of a query, with its page."""

    entity: Entity
    where: str
    values: tuple[Any, ...]
    order: str
    start: int
    most: int
    columns: tuple[str, ...]
    index: str


def invalid(detail: str) -> ServiceFault:
    """Return a 4001."""
    return ServiceFault("4001", detail=f"QueryValidationError: {detail}")


def compile_query(company: Company, query: Query) -> Compiled:
    """Check a query and compile it. Raises 4001, or 2000 for an unknown entity."""
    entity = _entity(query.entity)
    start, most = _page(company, query)
    conditions = ["realm = ?", "entity = ?"]
    values: list[Any] = [company.realm_id, entity.name]
    for condition in query.conditions:
        sql, more = _Where(company, entity).compile(condition)
        conditions.append(sql)
        values += more
    order = _order(company, entity, query.orderings)
    aside = "+" if _has_own_index(conditions, order) else ""
    index = _pointing_index(conditions)
    conditions.append(f"{aside}deleted = 0")
    if entity.hides_inactive and not _names_active(query):
        conditions.append(f"{aside}active = 1")
    return Compiled(
        entity,
        " AND ".join(conditions),
        tuple(values),
        order,
        start,
        most,
        tuple(_column(entity, name) for name in query.columns),
        index,
    )


def _has_own_index(conditions: list[str], order: str) -> bool:
    """Tell whether another index serves better than the one of active rows.

    SQLite cannot know: it would take the index with the most equal columns. A plus
    before a column keeps it from being looked up (SQLite's own advice).
    """
    starts = tuple(f"{name} " for name in _INDEXED)
    wanted = [one for one in conditions if " IS NOT " not in one and "LIKE" not in one]
    return order.startswith(starts) or any(one.startswith(starts) for one in wanted)


def _pointing_index(conditions: list[str]) -> str:
    """Return the index of a condition that picks few rows, "" when there is none."""
    for name in _INDEXED:
        starts = (f"{name} = ", f"{name} IN ")
        if any(one.startswith(starts) for one in conditions):
            return f"records_{name}"
    return ""


def _entity(name: str) -> Entity:
    entity = ENTITIES.get(name)
    if entity is None:
        shown = ascii(name)[1:-1]
        detail = f"QueryValidationError: invalid or unsupported entity: {shown}"
        raise ServiceFault("4001", detail=detail)
    if not entity.allows("query"):
        raise invalid(f"entity {name} is not queryable")
    return entity


def _page(company: Company, query: Query) -> tuple[int, int]:
    start = 1 if query.start is None else query.start
    most = USUAL if query.most is None else query.most
    for value in (start, most):
        if value < 1:
            raise invalid(f"value {value} is too small. Min allowed value is 1")
    if most > MOST and company.switches.get("maxresults_over_1000") == "refuse":
        raise invalid(f"value {most} is too large. Max allowed value is {MOST}")
    return min(start, 2**31), min(most, MOST)


def _names_active(query: Query) -> bool:
    return any(one.path.lower() == "active" for one in query.conditions)


def _column(entity: Entity, name: str) -> str:
    """Return a projected field's real name; complex fields cannot be projected."""
    found = _find(entity, name)
    top = entity.fields[found.path.split(".")[0]]
    if "." not in found.path and top.kind in (kinds.STRUCT, kinds.LIST):
        raise invalid(f"Property {found.path} not found for Entity {entity.name}")
    return found.path


def _find(entity: Entity, name: str) -> Found:
    """Return the field a path names, in any letter case. Raises 4001."""
    of: Struct | None = entity.struct
    found: Field | None = None
    path = []
    for part in name.split("."):
        found = _named(of, part) if of else None
        if found is None:
            raise invalid(f"Property {name} not found for Entity {entity.name}")
        path.append(found.name)
        of = found.struct if found.kind == kinds.STRUCT else _REFERENCE[found.kind]
    if found is None:
        raise invalid(f"Property {name} not found for Entity {entity.name}")
    return _located(".".join(path), found)


def _located(path: str, field: Field) -> Found:
    if field.column is not None and field.column in _COLUMNS:
        return Found(path, field, field.column)
    if field.kind == kinds.STRUCT:
        return _located_inside(path, field)
    value = ".value" if field.kind == kinds.REF else ""
    return Found(path, field, f"json_extract(body, '$.{path}{value}')")


def _located_inside(path: str, field: Field) -> Found:
    """Return where a whole e-mail address is compared; no other group is."""
    inner = field.struct.fields.get("Address") if field.struct else None
    text = replace(inner, flags=field.flags) if inner is not None else field
    return Found(path, text, f"json_extract(body, '$.{path}.Address')")


def _named(of: Struct, part: str) -> Field | None:
    exact = of.fields.get(part)
    if exact is not None:
        return exact
    low = part.lower()
    return next((one for one in of.fields.values() if one.name.lower() == low), None)


class _ReferenceParts(dict[str, Struct | None]):
    """Only references have parts besides structures: value and name."""

    def __missing__(self, kind: str) -> None:
        return None


_PARTS = kinds.struct("Reference", kinds.text("value"), kinds.text("name"))
_REFERENCE = _ReferenceParts({kinds.REF: _PARTS})


def _order(company: Company, entity: Entity, orderings: tuple[Ordering, ...]) -> str:
    parts = []
    for one in orderings:
        found = _find(entity, one.path)
        if not found.field.sortable:
            raise invalid(f"property '{found.path}' is not sortable")
        parts.append(f"{found.sql} {'DESC' if one.descending else 'ASC'}")
    if not parts and company.switches.get("query_default_order") == "newest":
        return "id DESC"
    return ", ".join([*parts, "id"])


class _Where:
    """Compiles the conditions of one query."""

    def __init__(self, company: Company, entity: Entity) -> None:
        self._company = company
        self._entity = entity

    def compile(self, condition: Condition) -> tuple[str, list[Any]]:
        """Return the SQL of a condition and its values."""
        found = _find(self._entity, condition.path)
        if not found.field.filterable:
            raise invalid(f"property '{found.path}' is not queryable")
        if condition.operator == "!=":
            self._check_not_equal()
        if condition.operator == "LIKE":
            return self._like(found, condition.values[0])
        if condition.operator == "IN":
            values = [self._value(found, one) for one in condition.values]
            marks = ", ".join("?" * len(values))
            return f"{self._side(found)} IN ({marks})", values
        return self._compare(found, condition.operator, condition.values[0])

    def _check_not_equal(self) -> None:
        if self._company.switches.get("query_not_equal") == "refuse":
            detail = 'QueryParserError: Encountered " <NOT_EQUAL> "!= "".'
            raise ServiceFault("4000", detail=detail)

    def _compare(
        self, found: Found, operator: str, value: Value
    ) -> tuple[str, list[Any]]:
        side = self._side(found)
        if value.kind == "string" and value.text in _EMPTY and operator in ("=", "!="):
            negation = "NOT " if operator == "!=" else ""
            return f"{negation}coalesce({side}, '') = ''", []
        if operator == "!=":
            return f"{side} IS NOT ?", [self._value(found, value)]
        return f"{side} {operator} ?", [self._value(found, value)]

    def _like(self, found: Found, value: Value) -> tuple[str, list[Any]]:
        if found.field.kind not in (kinds.TEXT, kinds.ENUM, kinds.ID, kinds.REF):
            raise invalid(f"operator LIKE is not supported for '{found.path}'")
        pattern = value.text.casefold() if found.folded else value.text
        for special in ("\\", "_"):
            pattern = pattern.replace(special, "\\" + special)
        return f"{self._side(found)} LIKE ? ESCAPE '\\'", [pattern]

    def _side(self, found: Found) -> str:
        """Return the SQL of a field as it is compared."""
        kind = found.field.kind
        ignores = self._company.switches.get("query_text_case") == "ignore"
        if found.folded and not ignores:
            return f"json_extract(body, '$.{found.path}')"
        if kind in (kinds.TEXT, kinds.ENUM) and ignores and not found.folded:
            return f"lower({found.sql})"
        return found.sql

    def _value(self, found: Found, value: Value) -> Any:
        kind = found.field.kind
        if kind in kinds.NUMBERS:
            return _number(found, value)
        if kind == kinds.BOOLEAN:
            return _boolean(found, value)
        if kind == kinds.DATE:
            return _date(found, value)
        if kind == kinds.TIME:
            return _seconds(found, value)
        if kind in (kinds.ID, kinds.REF):
            return value.text.strip()[:100]
        if self._company.switches.get("query_text_case") == "match":
            return value.text
        return value.text.casefold() if found.folded else value.text.lower()


def _number(found: Found, value: Value) -> float:
    try:
        number = Decimal(value.text)
    except InvalidOperation:
        raise _bad_value(found, value) from None
    if not number.is_finite():
        raise _bad_value(found, value)
    return float(number)


def _boolean(found: Found, value: Value) -> int:
    text = value.text.strip().lower()
    if text not in ("true", "false"):
        raise _bad_value(found, value)
    return int(text == "true")


def _date(found: Found, value: Value) -> str:
    try:
        return date.fromisoformat(value.text[:10]).isoformat()
    except ValueError:
        raise _bad_value(found, value) from None


def _seconds(found: Found, value: Value) -> float:
    try:
        moment = datetime.fromisoformat(value.text.strip().replace("Z", "+00:00"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=PACIFIC)
        return moment.astimezone(timezone.utc).timestamp()
    except (ValueError, OverflowError):
        raise _bad_value(found, value) from None


def _bad_value(found: Found, value: Value) -> ServiceFault:
    shown = ascii(value.text)[1:-1][:60]
    return invalid(f"value {shown} is not valid for property '{found.path}'")
