"""Whether QuickBooks holds a document as it was sent, to the cent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from . import document_added
from .document_added import ITEM, added_to, added_to_line
from .document_lines import SUBTOTAL
from .document_parts import Difference, Totals
from .exactjson import to_decimal

Body = Mapping[str, Any]
# Fields of a line's detail, with how they are read.
_REFERENCES = ("ItemRef", "TaxCodeRef")
_NUMBERS = ("Qty", "UnitPrice")


def compare(body: Body, totals: Totals, answer: Body) -> tuple[Difference, ...]:
    """Return where *answer* is not what *body* said and Odoo has.

    :param body: what was sent (``documents.build``).
    :param answer: the Invoice or CreditMemo that QuickBooks answered or that was read
        from it, with numbers as ``Decimal`` or ``int``.
    """
    return (
        *_figures(totals, answer),
        *_header(body, answer),
        *_lines(body, answer),
        *_taxes(body, answer),
    )


def holds(body: Body, totals: Totals, answer: Body) -> bool:
    """Return whether *answer* is all of what *body* said, its memos too.

    The same arguments as for :func:`compare`.
    """
    return not compare(body, totals, answer) and _memos(body) == _memos(answer)


def _memos(body: Body) -> list[str]:
    message = (body.get("CustomerMemo") or {}).get("value")
    texts = (body.get("PrivateNote"), message)
    return [" ".join(str(text or "").split()) for text in texts]


# === FIGURES === #


def _figures(totals: Totals, answer: Body) -> Iterator[Difference]:
    detail = answer.get("TxnTaxDetail") or {}
    yield from _number("total", totals.total, answer.get("TotalAmt"))
    yield from _number("tax", totals.tax, detail.get("TotalTax"))


def _taxes(body: Body, answer: Body) -> Iterator[Difference]:
    """Yield the rates for which Odoo's tax was sent and another is held."""
    sent = _by_rate(body)
    held = _by_rate(answer)
    for rate_id, amount in sent.items():
        yield from _number(f"TaxRate {rate_id}", amount, held.get(rate_id))


def _by_rate(body: Body) -> dict[str, Decimal]:
    lines = (body.get("TxnTaxDetail") or {}).get("TaxLine") or []
    sums: dict[str, Decimal] = {}
    for line in lines:
        rate_id = _value(line.get("TaxLineDetail") or {}, "TaxRateRef")
        sums[rate_id] = sums.get(rate_id, Decimal(0)) + to_decimal(line.get("Amount"))
    return sums


# === HEADER === #


def _header(body: Body, answer: Body) -> Iterator[Difference]:
    for name in ("CustomerRef", "CurrencyRef"):
        if name in body:
            yield from _text(name, _value(body, name), _value(answer, name))
    for name in ("TxnDate", "DueDate", "DocNumber"):
        if name in body:
            yield from _text(name, body[name], str(answer.get(name) or ""))
    if "ExchangeRate" in body:
        rate = answer.get("ExchangeRate")
        yield from _number("ExchangeRate", body["ExchangeRate"], rate)
    yield from _added(added_to(body), answer)


# === LINES === #


def _lines(body: Body, answer: Body) -> Iterator[Difference]:
    sent = body["Line"]
    held = [line for line in answer.get("Line") or [] if not _is_sum(line)]
    if len(sent) != len(held):
        yield Difference("lines", len(sent), len(held))
        return
    for number, (one, other) in enumerate(zip(sent, held, strict=True), 1):
        yield from _line(number, one, other)


def _is_sum(line: Body) -> bool:
    """Tell the sum that QuickBooks adds to every document."""
    return line.get("DetailType") == "SubTotalLineDetail"


def _line(number: int, sent: Body, held: Body) -> Iterator[Difference]:
    kind = str(held.get("DetailType") or "")
    yield from _text("DetailType", sent["DetailType"], kind, number)
    yield from _description(number, sent, held)
    if sent["DetailType"] == ITEM:
        yield from _number("Amount", sent["Amount"], held.get("Amount"), number)
        one, other = sent[ITEM], held.get(ITEM) or {}
        yield from _detail(number, one, other)


def _detail(number: int, sent: Body, held: Body) -> Iterator[Difference]:
    for name in _NUMBERS:
        yield from _number(name, sent[name], held.get(name), number)
    for name in _REFERENCES:
        if name in sent:
            yield from _text(name, _value(sent, name), _value(held, name), number)
    if "ServiceDate" in sent:
        day = str(held.get("ServiceDate") or "")
        yield from _text("ServiceDate", sent["ServiceDate"], day, number)
    yield from _added(added_to_line({ITEM: sent}), held, number)


def _description(number: int, sent: Body, held: Body) -> Iterator[Difference]:
    """Compare words; QuickBooks may set blanks otherwise, and adds a sum to one."""
    one = " ".join(str(sent.get("Description") or "").split())
    other = " ".join(str(held.get("Description") or "").split())
    if one == SUBTOTAL and other.startswith(SUBTOTAL):
        return
    yield from _text("Description", one, other, number)


# === COMPARING === #


def _number(
    name: str, odoo: Any, quickbooks: Any, line: int | None = None
) -> Iterator[Difference]:
    one, other = to_decimal(odoo), to_decimal(quickbooks)
    if one != other:
        yield Difference(name, one, other, line)


def _added(added: Body, answer: Body, line: int | None = None) -> Iterator[Difference]:
    """Yield the fields of other addons that QuickBooks does not hold as sent."""
    for name, value in added.items():
        if not document_added.holds(value, answer.get(name)):
            one, other = map(document_added.told, (value, answer.get(name)))
            yield Difference(name, one, other, line)


def _text(
    name: str, odoo: str, quickbooks: str, line: int | None = None
) -> Iterator[Difference]:
    if odoo != quickbooks:
        yield Difference(name, odoo, quickbooks, line)


def _value(fields: Body, name: str) -> str:
    return str((fields.get(name) or {}).get("value") or "")
