"""The vocabulary in which entities are described: fields, structures, entities.

Flags of a field, one letter each: ``R`` read-only (sent values are ignored), ``!``
required on create, ``F`` filterable, ``S`` sortable, ``K`` kept when a full update
leaves it out, ``M`` merged rather than replaced by a sparse update, ``N`` a reference
that answers show without its target's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

TEXT = "text"
ID = "id"
INTEGER = "integer"
DECIMAL = "decimal"
MONEY = "money"
QUANTITY = "quantity"
PERCENT = "percent"
BOOLEAN = "boolean"
DATE = "date"
TIME = "time"
ENUM = "enum"
REF = "ref"
STRUCT = "struct"
LIST = "list"

NUMBERS = (INTEGER, DECIMAL, MONEY, QUANTITY, PERCENT)


@dataclass(frozen=True)
class Field:
    """One field. ``column`` names the store's column that holds it beside the body."""

    name: str
    kind: str
    flags: str = ""
    size: int = 0
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    struct: "Struct | None" = None
    item: "Field | None" = None
    default: Any = None
    column: str | None = None

    @property
    def read_only(self) -> bool:
        """Values sent by a client are ignored."""
        return "R" in self.flags

    @property
    def required(self) -> bool:
        """A create without it is refused."""
        return "!" in self.flags

    @property
    def inner(self) -> "Struct | None":
        """The structure it holds, once or in a list."""
        return self.item.struct if self.item is not None else self.struct

    @property
    def demands(self) -> bool:
        """Whether something in it is required."""
        return self.required or bool(self.inner and self.inner.demanding)

    @property
    def nameless(self) -> bool:
        """Answers show a reference without its target's name."""
        return "N" in self.flags

    @property
    def filterable(self) -> bool:
        """WHERE may name it."""
        return "F" in self.flags

    @property
    def sortable(self) -> bool:
        """ORDERBY may name it."""
        return "S" in self.flags


@dataclass(frozen=True)
class Struct:
    """A named group of fields."""

    name: str
    fields: Mapping[str, Field]

    @cached_property
    def referring(self) -> frozenset[str]:
        """The names of the fields that are references or hold some."""
        return frozenset(
            field.name
            for field in self.fields.values()
            if (field.item or field).kind == REF
            or (field.inner is not None and field.inner.referring)
        )

    @cached_property
    def demanding(self) -> tuple[Field, ...]:
        """The fields that are required, or hold structures with required fields."""
        return tuple(field for field in self.fields.values() if field.demands)


def struct(name: str, *fields: Field) -> Struct:
    """Return a structure of the fields."""
    return Struct(name, MappingProxyType({one.name: one for one in fields}))


def text(name: str, size: int = 4000, flags: str = "", **more: Any) -> Field:
    """Return a string field of at most ``size`` characters."""
    return Field(name, TEXT, flags, size, **more)


def ident(name: str, flags: str = "", **more: Any) -> Field:
    """Return a field that holds an id."""
    return Field(name, ID, flags, **more)


def integer(name: str, flags: str = "", **more: Any) -> Field:
    """Return a whole number field."""
    return Field(name, INTEGER, flags, **more)


def decimal(name: str, flags: str = "", **more: Any) -> Field:
    """Return a number field with any fraction: prices, rates of exchange."""
    return Field(name, DECIMAL, flags, **more)


def money(name: str, flags: str = "", **more: Any) -> Field:
    """Return an amount field, two decimals."""
    return Field(name, MONEY, flags, **more)


def quantity(name: str, flags: str = "", **more: Any) -> Field:
    """Return a quantity field."""
    return Field(name, QUANTITY, flags, **more)


def percent(name: str, flags: str = "", **more: Any) -> Field:
    """Return a percentage field: 8 means 8 %."""
    return Field(name, PERCENT, flags, **more)


def boolean(name: str, flags: str = "", **more: Any) -> Field:
    """Return a true or false field."""
    return Field(name, BOOLEAN, flags, **more)


def day(name: str, flags: str = "", **more: Any) -> Field:
    """Return a date field."""
    return Field(name, DATE, flags, **more)


def moment(name: str, flags: str = "", **more: Any) -> Field:
    """Return a date and time field."""
    return Field(name, TIME, flags, **more)


def enum(name: str, choices: str, flags: str = "", **more: Any) -> Field:
    """Return a field with a closed list of values, separated by ``|``."""
    return Field(name, ENUM, flags, choices=tuple(choices.split("|")), **more)


def ref(name: str, targets: str = "", flags: str = "", **more: Any) -> Field:
    """Return a reference ``{"value", "name"}`` to one of the entities in ``targets``.

    Without targets the value is free text, as for ship methods.
    """
    return Field(name, REF, flags, targets=tuple(targets.split()), **more)


def group(name: str, of: Struct, flags: str = "", **more: Any) -> Field:
    """Return a field that holds a structure."""
    return Field(name, STRUCT, flags, struct=of, **more)


def several(name: str, of: "Struct | Field", flags: str = "", **more: Any) -> Field:
    """Return a list of structures or of plain fields."""
    item = of if isinstance(of, Field) else group(name, of)
    return Field(name, LIST, flags, item=item, **more)


NAME = "name"
LISTED = "list"
TRANSACTION = "transaction"
SINGLETON = "singleton"

OWN = "own"
NONE = "none"
INNER = "inner"


@dataclass(frozen=True)
class Entity:
    """One entity of the API, described once.

    ``operations``: what the API offers. ``numbered``: the sequence of its Ids, shared
    by transactions and by customers, vendors and employees. ``called``: Intuit's own
    word in reference faults. ``hides_inactive``: queries show active rows only.
    ``sparse_needs``: what even a sparse update must repeat. ``wrapper``: the key around
    it in answers, if that is not its name. ``identity``: where the Id
    stands: in the record (OWN), in the one structure it holds (INNER), nowhere (NONE).
    """

    name: str
    kind: str
    struct: Struct
    operations: frozenset[str]
    numbered: str
    called: str
    name_field: str = ""
    forbidden: str = ""
    hides_inactive: bool = False
    in_cdc: bool = True
    sparse_needs: tuple[str, ...] = ()
    wrapper: str = ""
    first_id: int = 1
    identity: str = OWN

    @property
    def key(self) -> str:
        """The key around its records in answers."""
        return self.wrapper or self.name

    @property
    def fields(self) -> Mapping[str, Field]:
        """The fields by name."""
        return self.struct.fields

    @cached_property
    def stored(self) -> Mapping[str, str]:
        """Fields the store keeps in columns of their own: field name to column."""
        columns = ("name", "full_name", "doc_number", "txn_date", "party")
        return {
            name: one.column
            for name, one in self.fields.items()
            if one.column in columns
        }

    def allows(self, operation: str) -> bool:
        """Tell whether the API offers the operation."""
        return operation in self.operations
