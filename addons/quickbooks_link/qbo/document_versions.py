"""What people see of a document in QuickBooks, and where two versions of it differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from . import document_added
from .exactjson import to_decimal

Body = Mapping[str, Any]
Version = dict[str, str]

_REFERENCES = ("CustomerRef", "CurrencyRef", "SalesTermRef")
_TEXTS = ("DocNumber", "TxnDate", "DueDate")
_LINE_REFERENCES = ("ItemRef", "TaxCodeRef")
_LINE_NUMBERS = ("Qty", "UnitPrice")
# Lines that QuickBooks adds by itself.
_COMPUTED = ("SubTotalLineDetail",)


class Change(NamedTuple):
    """One field that two versions of a document hold otherwise.

    :param field: QuickBooks' name of it; for one of a line with its number, as in
        ``Line 2 Amount``.
    """

    field: str
    before: str
    after: str


def version(record: Body, sent: Body = MappingProxyType({})) -> Version:
    """Return what a person would call the content of an Invoice or CreditMemo.

    Without what payments change (its balance), what counts versions, and what
    QuickBooks itself rewrites, such as addresses. Numbers are written plainly, so
    that ``10`` and ``10.00`` are the same.

    :param sent: the body by which it came to QuickBooks: what other addons have added
        to that counts as well
    """
    found = {**_header(record, sent), **_lines(record, sent)}
    return {name: value for name, value in found.items() if value}


def _header(record: Body, sent: Body) -> Version:
    found = {name: str(record.get(name) or "") for name in _TEXTS}
    for name in _REFERENCES:
        found[name] = _value(record, name)
    detail = record.get("TxnTaxDetail") or {}
    found["ExchangeRate"] = _number(record.get("ExchangeRate") or 1)
    found["TotalTax"] = _number(detail.get("TotalTax"))
    found["TotalAmt"] = _number(record.get("TotalAmt"))
    found["CustomerMemo"] = _text((record.get("CustomerMemo") or {}).get("value"))
    for name in document_added.added_to(sent):
        found[name] = document_added.told(record.get(name))
    return found


def _lines(record: Body, sent: Body) -> Version:
    added = document_added.added_to_lines(sent)
    lines = [
        line
        for line in record.get("Line") or ()
        if line.get("DetailType") not in _COMPUTED
    ]
    return {
        f"Line {number} {name}": value
        for number, line in enumerate(lines, 1)
        for name, value in line_version(line, added).items()
    }


def changes(before: Version, after: Version) -> list[Change]:
    """Return where two versions differ, in the order of the document."""
    names = [*before, *(name for name in after if name not in before)]
    return [
        Change(name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name, "") != after.get(name, "")
    ]


def line_version(line: Body, added: Sequence[str] = ()) -> Version:
    """Return what a person would call the content of one line.

    :param added: names of further fields, as of :func:`version`
    """
    detail = line.get(str(line.get("DetailType"))) or {}
    found = {"Description": _text(line.get("Description"))}
    for name in _LINE_REFERENCES:
        found[name] = _value(detail, name)
    for name in _LINE_NUMBERS:
        found[name] = _number(detail[name]) if name in detail else ""
    found["Amount"] = _number(line.get("Amount"))
    for name in added:
        found[name] = document_added.told(detail.get(name))
    return found


def _text(value: Any) -> str:
    return " ".join(str(value or "").split())


def _number(value: Any) -> str:
    number = to_decimal(value)
    return f"{number.normalize():f}" if number else "0"


def _value(record: Body, name: str) -> str:
    return str((record.get(name) or {}).get("value") or "")
