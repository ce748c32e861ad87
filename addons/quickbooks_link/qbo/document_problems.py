"""Everything known before the call that QuickBooks would refuse or hold otherwise.

The codes are for the caller's words; each says what it means and, where it is one,
the error of QuickBooks that it spares. (Intuit: error codes; Invoice in the API
reference.)
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from . import document_tax_problems
from .amounts import MAX_AMOUNT, ZERO, decimals, rounded
from .customers import can_hold
from .document_lines import item_of
from .document_numbers import is_shortened
from .document_parts import Books, Document, Header, Line, Problem
from .document_texts import MAX_MEMO, MAX_PRIVATE_NOTE, whole_private_note

MAX_LINES = 10000
MAX_EMAIL = 100

# --- header
CUSTOMER_MISSING = "customer_missing"
CURRENCY_UNKNOWN = "currency_unknown"  # data: currency
CUSTOMER_CURRENCY = "customer_currency"  # 6000; data: currency, customer_currency
EXCHANGE_RATE_MISSING = "exchange_rate_missing"  # data: currency
CLOSED_PERIOD = "closed_period"  # 6200, 6210; data: date, closed_until
NUMBER_MISSING = "number_missing"
NUMBER_SHORTENED = "number_shortened"  # told; data: number
CUSTOM_NUMBERS = "custom_numbers"  # QuickBooks would leave the number empty
EMAIL_INVALID = "email_invalid"  # 2210; data: email
EMAIL_TOO_LONG = "email_too_long"  # 2050; data: email, most
TEXT_CUT = "text_cut"  # told; data: field, most
CHARACTERS = "characters"  # told; data: field; some become plainer or question marks
# --- lines
NO_LINES = "no_lines"  # 2250, 6000
TOO_MANY_LINES = "too_many_lines"  # data: count, most
ITEM_MISSING = "item_missing"
ROUNDING_ITEM_MISSING = "rounding_item_missing"
AMOUNT_TOO_LARGE = "amount_too_large"  # 2110; data: amount, most
AMOUNT_DECIMALS = "amount_decimals"  # data: amount
QUANTITY_AS_TEXT = "quantity_as_text"  # told; data: quantity: QuickBooks will hold 1
# --- totals
NEGATIVE_TOTAL = "negative_total"  # 6000; data: total
DOES_NOT_ADD_UP = "does_not_add_up"  # data: sum, total

Problems = Iterator[Problem]


def problems(document: Document, books: Books) -> tuple[Problem, ...]:
    """Return all that is known to be wrong, at once, in the order of the document.

    Also of ``document_tax_problems``.
    """
    return (
        *_header(document.header, books),
        *_texts(document.header, books),
        *_all_lines(document, books),
        *document_tax_problems.problems(document, books),
        *_total(document),
    )


# === HEADER === #


def _header(header: Header, books: Books) -> Problems:
    if not header.customer_id:
        yield Problem(CUSTOMER_MISSING)
    yield from _currency(header, books)
    if books.closed_until and header.txn_date <= books.closed_until:
        data = {"date": header.txn_date, "closed_until": books.closed_until}
        yield Problem(CLOSED_PERIOD, data=data)
    yield from _numbering(header, books)
    yield from _email(header.bill_email)


def _currency(header: Header, books: Books) -> Problems:
    """Yield what is wrong about the currency; a customer has one for good."""
    if header.customer_currency not in ("", header.currency):
        currencies = {
            "currency": header.currency,
            "customer_currency": header.customer_currency,
        }
        yield Problem(CUSTOMER_CURRENCY, data=currencies)
    if header.currency == books.home_currency:
        return
    known = books.currencies is None or header.currency in books.currencies
    if not (books.multicurrency and known):
        yield Problem(CURRENCY_UNKNOWN, data={"currency": header.currency})
    if not header.exchange_rate or header.exchange_rate <= 0:
        yield Problem(EXCHANGE_RATE_MISSING, data={"currency": header.currency})


def _numbering(header: Header, books: Books) -> Problems:
    if books.quickbooks_numbers:
        if books.custom_numbers:
            yield Problem(CUSTOM_NUMBERS)
    elif not header.doc_number.strip():
        yield Problem(NUMBER_MISSING)
    elif is_shortened(header.doc_number):
        data = {"number": header.doc_number}
        yield Problem(NUMBER_SHORTENED, data=data, blocks=False)


def _email(email: str) -> Problems:
    parts = [part.strip() for part in email.split(",")] if email.strip() else []
    if not all(_is_address(part) for part in parts):
        yield Problem(EMAIL_INVALID, data={"email": email})
    if len(email.strip()) > MAX_EMAIL:
        yield Problem(EMAIL_TOO_LONG, data={"email": email, "most": MAX_EMAIL})


def _is_address(text: str) -> bool:
    """Tell what QuickBooks takes for an address: it wants ``@`` and a dot."""
    name, _at, host = text.partition("@")
    return bool(name and "." in host.strip(".")) and not set(" <>;") & set(text)


# === TEXTS === #


def _texts(header: Header, books: Books) -> Problems:
    note = whole_private_note(header, books.country)
    if len(note) > MAX_PRIVATE_NOTE:
        yield _cut("private_note", MAX_PRIVATE_NOTE)
    if len(header.customer_memo.strip()) > MAX_MEMO:
        yield _cut("customer_memo", MAX_MEMO)
    for name in ("private_note", "customer_memo", "reference", "customer_name"):
        if not can_hold(_one_line(getattr(header, name)), books.country):
            yield Problem(CHARACTERS, data={"field": name}, blocks=False)


def _cut(name: str, most: int) -> Problem:
    return Problem(TEXT_CUT, data={"field": name, "most": most}, blocks=False)


def _one_line(text: str) -> str:
    """Return *text* without the line ends of other systems, which nobody misses."""
    return text.replace("\r", "")


# === LINES === #


def _all_lines(document: Document, books: Books) -> Problems:
    if all(line.is_text for line in document.lines):
        yield Problem(NO_LINES)
    if len(document.lines) > MAX_LINES:
        data = {"count": len(document.lines), "most": MAX_LINES}
        yield Problem(TOO_MANY_LINES, data=data)
    for index, line in enumerate(document.lines):
        yield from _line(index, line, books)


def _line(index: int, line: Line, books: Books) -> Problems:
    if not can_hold(_one_line(line.description), books.country):
        data = {"field": "description"}
        yield Problem(CHARACTERS, index, data, blocks=False)
    if line.is_text:
        return
    if not item_of(line, books):
        is_rounding = line.kind == "rounding"
        yield Problem(ROUNDING_ITEM_MISSING if is_rounding else ITEM_MISSING, index)
    yield from _amount(index, line)


def _amount(index: int, line: Line) -> Problems:
    if decimals(line.amount) > 2:
        yield Problem(AMOUNT_DECIMALS, index, {"amount": line.amount})
    elif abs(line.amount) > MAX_AMOUNT or abs(line.pricing.unit_price) > MAX_AMOUNT:
        data = {"amount": line.amount, "most": MAX_AMOUNT}
        yield Problem(AMOUNT_TOO_LARGE, index, data)
    elif line.kind == "item" and line.pricing.collapsed:
        data = {"quantity": line.quantity}
        yield Problem(QUANTITY_AS_TEXT, index, data, blocks=False)


# === TOTALS === #


def _total(document: Document) -> Problems:
    amounts = (line.amount for line in document.lines if not line.is_text)
    found = sum(amounts, ZERO) + document.tax
    if document.total < 0:
        yield Problem(NEGATIVE_TOTAL, data={"total": document.total})
    if found != document.total or _has_part_of_a_cent(document):
        data = {"sum": found, "total": document.total}
        yield Problem(DOES_NOT_ADD_UP, data=data)


def _has_part_of_a_cent(document: Document) -> bool:
    figures: tuple[Decimal, ...] = tuple(tax.amount for tax in document.taxes)
    return any(figure != rounded(figure) for figure in figures)
