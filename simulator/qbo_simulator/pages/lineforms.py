"""The lines of a sale as fields of a form: quantity and price, or an amount. Pure."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from decimal import Decimal, InvalidOperation
from typing import Any

from qbo_simulator.books.money import rounded
from qbo_simulator.pages.forms import FormError

_DETAIL = "SalesItemLineDetail"
Body = dict[str, Any]


def rows(record: Mapping[str, Any], sent: Mapping[str, Any]) -> list[Body]:
    """Return a row of the form for each item line: its name and its fields.

    ``sent`` holds what a person typed before, for the second try.
    """
    return [
        {
            "name": _name(line),
            "fields": [
                _field(line, at, key, words, sent) for key, words in _keys(line)
            ],
        }
        for at, line in _item_lines(record)
    ]


def _field(
    line: Mapping[str, Any], at: int, key: str, words: str, sent: Mapping[str, Any]
) -> Body:
    name = f"line-{at}-{key}"
    value = str(sent.get(name, _value(line, key)))
    return {"label": words, "name": name, "value": value}


def changes(record: Mapping[str, Any], sent: Mapping[str, Any]) -> Body:
    """Return the lines as the sent form wishes them; nothing when none changed.

    Raises FormError for what is no number.
    """
    lines: list[Body] = deepcopy(list(record.get("Line", [])))
    changed = False
    for at, _ in _item_lines(record):
        changed = _change(lines[at], at, sent) or changed
    return {"Line": lines} if changed else {}


def _change(line: Body, at: int, sent: Mapping[str, Any]) -> bool:
    """Change a line in place; tell whether anything did change."""
    changed = False
    for key, words in _keys(line):
        text = str(sent.get(f"line-{at}-{key}", "")).strip()
        if not text or text == str(_value(line, key)):
            continue
        target = line if key == "Amount" else line[_DETAIL]
        target[key] = _number(f"{words} of {_name(line)}", text)
        changed = True
    detail = line[_DETAIL]
    if changed and "Qty" in detail and "UnitPrice" in detail:
        line["Amount"] = rounded(Decimal(detail["Qty"]) * Decimal(detail["UnitPrice"]))
    if changed:
        detail.pop("TaxInclusiveAmt", None)
    return changed


def _item_lines(record: Mapping[str, Any]) -> Iterator[tuple[int, Body]]:
    for at, line in enumerate(record.get("Line", [])):
        if line.get("DetailType") == _DETAIL:
            yield at, line


def _keys(line: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    detail = line[_DETAIL]
    if "Qty" in detail and "UnitPrice" in detail:
        return (("Qty", "Quantity"), ("UnitPrice", "Price"))
    return (("Amount", "Amount"),)


def _value(line: Mapping[str, Any], key: str) -> Any:
    return line[key] if key == "Amount" else line[_DETAIL][key]


def _name(line: Mapping[str, Any]) -> str:
    reference = line[_DETAIL].get("ItemRef", {})
    name = str(reference.get("name") or line.get("Description") or "this line")
    return name.rpartition(":")[2]


def _number(label: str, text: str) -> Decimal:
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise FormError(f"{label}: {text} is not a number") from None
    if not value.is_finite():
        raise FormError(f"{label}: {text} is not a number")
    return value
