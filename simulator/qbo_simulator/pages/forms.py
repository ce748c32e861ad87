"""Forms over a record's simple fields: what they show and what they send. Pure."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from qbo_simulator.pages.columns import EntityPage
from qbo_simulator.pages.showing import at


class FormError(ValueError):
    """A field that cannot be understood, in words."""


def fields(page: EntityPage, record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the form's fields with the record's values."""
    return [
        {"label": label, "name": path, "type": kind, "value": _text(at(record, path))}
        for label, path, kind in page.editable
    ]


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def changes(
    page: EntityPage, record: Mapping[str, Any], sent: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the part of a sparse update that the sent form asks for.

    A wrapper such as an address is sent whole, because QuickBooks replaces it whole;
    an emptied field is sent empty, which is how a value is cleared.
    """
    body: dict[str, Any] = {}
    for label, path, kind in page.editable:
        text = str(sent.get(path, "")).strip().replace("\r\n", "\n")
        if path not in sent or text == _text(at(record, path)):
            continue
        value = _number(label, text) if kind == "number" else text
        outer, _, inner = path.partition(".")
        if inner:
            wrapper = body.get(outer) or _plain(record.get(outer))
            body[outer] = {**wrapper, inner: value}
        else:
            body[outer] = value
    return body


def _plain(wrapper: Any) -> dict[str, Any]:
    """Return a wrapper without the id that QuickBooks gives to each address."""
    return {key: value for key, value in (wrapper or {}).items() if key != "Id"}


def _number(label: str, text: str) -> Decimal | str:
    try:
        return Decimal(text) if text else ""
    except InvalidOperation:
        raise FormError(f"{label}: {text} is not a number") from None


def amount(text: str) -> Decimal:
    """Return a positive amount of money; FormError when it is none."""
    value = _number("Amount", text.strip().replace(",", ""))
    if not isinstance(value, Decimal) or not value.is_finite() or value <= 0:
        raise FormError("The amount must be more than 0.")
    return value
