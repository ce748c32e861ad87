"""Checks a request body against an entity's description and tidies it.

Out comes a dict with exact values: read-only and null fields dropped, numbers as
Decimal, and ``CLEARED`` where the client sent the empty value that clears a field
(``""``, ``{}``, ``{"value": ""}``; qbo-api.md 5.4). The first wrong field is a fault.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from qbo_simulator.books.money import plain, shown
from qbo_simulator.errors import ServiceFault, required, unsupported_property
from qbo_simulator.schema import fields as kinds
from qbo_simulator.schema.fields import Field, Struct

CLEARED: Final = object()
_MOST = Decimal(10) ** 15
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:$|T|[+-]\d{2}:\d{2}$|Z$)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE_KEYS = frozenset(("value", "name", "type"))


class Checker:
    """Checks bodies for one company.

    ``charset``: None where any character goes, else what becomes of characters
    outside ISO-8859-1 (``question``, ``refuse``). ``system``: read-only fields may be
    written, which is for seeds only. ``nulls``: null is as if the field were not there;
    otherwise it is refused (qbo-api.md 5.4).
    """

    def __init__(
        self, charset: str | None = None, system: bool = False, nulls: bool = False
    ) -> None:
        self._charset = charset
        self._system = system
        self._nulls = nulls or system
        self._kinds: Mapping[str, Callable[[Field, Any], Any]] = {
            kinds.TEXT: self._text,
            kinds.ID: self._text,
            kinds.INTEGER: self._integer,
            kinds.DECIMAL: self._decimal,
            kinds.QUANTITY: self._decimal,
            kinds.PERCENT: self._decimal,
            kinds.MONEY: self._money,
            kinds.BOOLEAN: self._boolean,
            kinds.DATE: self._date,
            kinds.TIME: self._time,
            kinds.ENUM: self._enum,
            kinds.REF: self._reference,
            kinds.STRUCT: self._group,
            kinds.LIST: self._list,
        }

    def check(self, of: Struct, body: Any) -> dict[str, Any]:
        """Return the tidied body. Raises ServiceFault."""
        if not isinstance(body, Mapping):
            raise unsupported_property(of.name)
        tidy = {}
        for name, value in body.items():
            field = of.fields.get(name)
            if field is None:
                raise unsupported_property(str(name))
            if value is None and not self._nulls:
                raise unsupported_property(str(name))
            if value is None or (field.read_only and not self._system):
                continue
            tidy[name] = self._kinds[field.kind](field, value)
        return tidy

    # -- plain values ----------------------------------------------------------

    def _text(self, field: Field, value: Any) -> Any:
        if not isinstance(value, str):
            value = _as_text(field, value)
        if value == "":
            return CLEARED
        if not value.isprintable() and _CONTROL.search(value):
            raise _invalid("2040", field, value, "unsupported characters")
        if self._charset and not value.isascii():
            value = self._latin(field, value)
        if field.size and len(value) > field.size:
            raise too_long(field.name, len(value), field.size)
        return value

    def _latin(self, field: Field, value: str) -> str:
        """Keep to ISO-8859-1, all that US companies know (qbo-api.md 2.9)."""
        narrow = value.encode("iso-8859-1", "replace").decode("iso-8859-1")
        if narrow != value and self._charset == "refuse":
            raise _invalid("2040", field, value, "unsupported characters")
        return narrow

    def _integer(self, field: Field, value: Any) -> Any:
        if value == "":
            return CLEARED
        number = _number("2080", field, value)
        if number != number.to_integral_value():
            raise _invalid("2080", field, value, "not a whole number")
        if field.least is not None and number < field.least:
            raise _invalid("2240", field, value, f"less than {field.least}")
        if field.most is not None and number > field.most:
            raise _invalid("2240", field, value, f"more than {field.most}")
        return int(number)

    def _decimal(self, field: Field, value: Any) -> Any:
        return CLEARED if value == "" else plain(_number("2100", field, value))

    def _money(self, field: Field, value: Any) -> Any:
        return CLEARED if value == "" else shown(_number("2140", field, value))

    def _boolean(self, field: Field, value: Any) -> Any:
        if isinstance(value, bool):
            return value
        if value == "":
            return CLEARED
        if value in ("true", "false"):
            return value == "true"
        raise _invalid("2230", field, value, "not true or false")

    def _date(self, field: Field, value: Any) -> Any:
        if value == "":
            return CLEARED
        match = _DATE.match(value) if isinstance(value, str) else None
        if match is None:
            raise _invalid("2060", field, value, "dates are written yyyy-MM-dd")
        try:
            return date(*map(int, match.groups())).isoformat()
        except ValueError:
            raise _invalid("2070", field, value, "no such day") from None

    def _time(self, field: Field, value: Any) -> Any:
        if value == "":
            return CLEARED
        try:
            datetime.fromisoformat(str(value).replace("Z", "+00:00"))
        except ValueError:
            raise _invalid("2060", field, value, "not an ISO 8601 time") from None
        return str(value)

    def _enum(self, field: Field, value: Any) -> Any:
        if value == "":
            return CLEARED
        if value not in field.choices:
            choices = ", ".join(field.choices)
            raise _invalid("2170", field, value, f"supported values: {choices}")
        return value

    # -- composed values -------------------------------------------------------

    def _reference(self, field: Field, value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise unsupported_property(field.name)
        for key, part in value.items():
            if key not in _REFERENCE_KEYS:
                raise unsupported_property(str(key))
            refused = part is None and not self._nulls
            if refused or isinstance(part, (Mapping, list, bool)):
                raise unsupported_property(f"{field.name}.{key}")
        target = str(value.get("value") or "").strip()
        if not target:
            return CLEARED
        if len(target) > 100 or _CONTROL.search(target):
            raise _invalid("2030", field, target, "Id should be a valid number")
        tidy = {"value": target}
        for key in ("name", "type"):
            if value.get(key):
                tidy[key] = str(value[key])
        return tidy

    def _group(self, field: Field, value: Any) -> Any:
        if field.struct is None:
            raise TypeError(f"{field.name} has no structure")
        if not isinstance(value, Mapping):
            raise unsupported_property(field.name)
        tidy = self.check(field.struct, value)
        kept = {name: part for name, part in tidy.items() if part is not CLEARED}
        if "M" in field.flags:
            return tidy
        return kept or CLEARED

    def _list(self, field: Field, value: Any) -> Any:
        if not isinstance(value, list):
            raise unsupported_property(field.name)
        if field.item is None:
            raise TypeError(f"{field.name} has no items")
        if None in value and not self._nulls:
            raise unsupported_property(field.name)
        check = self._kinds[field.item.kind]
        tidy = (check(field.item, one) for one in value if one is not None)
        return [{} if one is CLEARED else one for one in tidy]


def check_required(of: Struct, body: Mapping[str, Any]) -> None:
    """Refuse (2020) a body without a required field, at any depth."""
    for field in of.demanding:
        value = body.get(field.name)
        if value is None or value is CLEARED:
            if field.required:
                raise required(field.name)
        elif field.inner is not None:
            for part in value if isinstance(value, list) else (value,):
                check_required(field.inner, part)


def too_long(name: str, length: int, most: int, least: int = 0) -> ServiceFault:
    """Return the 2050 for a string of the wrong length."""
    detail = (
        "String length is either shorter or longer than supported by specification."
        f" Min:{least} Max:{most} supplied:{length}"
    )
    return ServiceFault("2050", name, detail)


def _as_text(field: Field, value: Any) -> str:
    """Return a number sent where a string belongs, as Intuit's parser does."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return str(value)
    raise unsupported_property(field.name)


def _number(code: str, field: Field, value: Any) -> Decimal:
    """Return a JSON number or a string that holds one."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        raise _invalid(code, field, value, "not a number")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise _invalid(code, field, value, "not a number") from None
    if not number.is_finite() or abs(number) >= _MOST:
        raise _invalid(code, field, value, "out of range")
    return number


def _invalid(code: str, field: Field, value: Any, why: str) -> ServiceFault:
    supplied = ascii(str(value))[1:-1][:200]
    detail = f"{field.name}: {why}. Supplied value:{supplied}"
    return ServiceFault(code, field.name, detail)
