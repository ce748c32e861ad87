"""Lines as QuickBooks takes them, in Odoo's order.

(Intuit: Invoice in the API reference, SalesItemLine and DescriptionOnlyLine.)
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from .amounts import plain, unit_price_of
from .customers import held_name
from .document_added import OWN_OF_LINES, merged
from .document_parts import Books, Line
from .document_tax import line_code

MAX_DESCRIPTION = 4000
# A description of just this makes QuickBooks add up the lines before it.
SUBTOTAL = "Subtotal:"
# Types of items that only hold others: no item line takes them.
NOT_POSTED = ("Category", "Group")

Payload = dict[str, Any]


def line_payloads(lines: tuple[Line, ...], books: Books) -> list[Payload]:
    """Return the lines of a document, numbered from 1."""
    found = (payload for line in lines for payload in _payloads(line, books))
    return [{"LineNum": number, **line} for number, line in enumerate(found, 1)]


def sent_lines(
    lines: tuple[Line, ...], books: Books
) -> Iterator[tuple[str, list[Payload]]]:
    """Yield of each line but of rounding its key, and the lines that stand for it.

    Those after the first continue its text. A text without words has none.
    """
    for line in lines:
        if line.kind != "rounding":
            yield line.odoo_key, list(_payloads(line, books))


def item_of(line: Line, books: Books) -> str:
    """Return the Id of a line's item, empty if none is known."""
    if line.kind == "rounding":
        return line.item_id or books.rounding_item_id
    return line.item_id or books.default_item_id


def held_text(text: str, country: str) -> str:
    """Return *text* as QuickBooks will hold it, without blanks around it."""
    return held_name(text, country).strip()


def _payloads(line: Line, books: Books) -> Iterator[Payload]:
    """Yield a line; text that it can't hold follows as lines of text."""
    if line.kind == "subtotal":
        yield _text_line(SUBTOTAL)
        return
    pieces = _pieces(_description(line, books))
    if line.kind != "note":
        yield _item_line(line, next(pieces, ""), books)
    for piece in pieces:
        yield _text_line(piece)


def _item_line(line: Line, description: str, books: Books) -> Payload:
    price = line.pricing
    detail: Payload = {
        "ItemRef": {"value": item_of(line, books)},
        "Qty": price.quantity,
        "UnitPrice": price.unit_price,
    }
    if code := line_code(line, books.tax_model):
        detail["TaxCodeRef"] = {"value": code}
    if line.service_date:
        detail["ServiceDate"] = line.service_date.isoformat()
    payload: Payload = {
        "DetailType": "SalesItemLineDetail",
        "Amount": line.amount,
        "SalesItemLineDetail": merged(detail, line.added, OWN_OF_LINES),
    }
    return {**payload, "Description": description} if description else payload


def _text_line(description: str) -> Payload:
    return {
        "DetailType": "DescriptionOnly",
        "Description": description,
        "DescriptionLineDetail": {},
    }


def _description(line: Line, books: Books) -> str:
    text = held_text(line.description, books.country)
    if line.kind == "note":
        # Odoo's text is just text, even this one.
        return text.rstrip(":") if text == SUBTOTAL else text
    told = _told(line, books)
    return f"{text}\n({told})" if text and told else text or told


def _told(line: Line, books: Books) -> str:
    """Return how the line's price came about, where its figures don't show it.

    In signs only, as a document may be in any language: ``3.5 × 12.3456 - 10 %``.
    """
    collapsed = line.pricing.collapsed and line.kind == "item"
    discount = "" if line.price_included else _told_discount(line)
    if collapsed:
        return f"{_figure(line.quantity)} × {_price(line)}{discount}"
    return f"{_price(line)}{discount}" if discount and books.tell_discounts else ""


def _told_discount(line: Line) -> str:
    return f" - {_figure(line.discount)} %" if line.discount else ""


def _price(line: Line) -> str:
    """Return the unit price before the discount; net, if Odoo's includes tax."""
    net = unit_price_of(line.quantity, line.amount)
    return _figure(net if line.price_included else line.unit_price)


def _figure(value: Decimal) -> str:
    return f"{plain(value):f}"


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), MAX_DESCRIPTION):
        piece = text[start : start + MAX_DESCRIPTION]
        if piece.strip():
            yield piece
