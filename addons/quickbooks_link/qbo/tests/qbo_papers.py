"""Documents for tests, with figures that add up unless told otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from qbo.documents import Books, Document, Header, Line, TaxAmount, TaxModel, TaxRate

D = Decimal
STANDARD, REDUCED, ZERO_RATED, NO_VAT = "2", "3", "4", "6"
GST, PST, BOTH = "10", "11", "12"
AUSTIN, DALLAS = "20", "21"

CODES = {
    STANDARD: (TaxRate("102", D(20)),),
    REDUCED: (TaxRate("103", D(5)),),
    ZERO_RATED: (TaxRate("104", D(0)),),
    NO_VAT: (TaxRate("106", D(0)),),
    GST: (TaxRate("110", D(5)),),
    PST: (TaxRate("111", D(7)),),
    BOTH: (TaxRate("110", D(5)), TaxRate("111", D(7), order=1)),
}
US_CODES = {
    AUSTIN: (TaxRate("120", D("6.25")), TaxRate("121", D(1)), TaxRate("122", D(1))),
    DALLAS: (TaxRate("120", D("6.25")), TaxRate("123", D(2))),
}
GLOBAL = TaxModel("global", CODES, NO_VAT)
AUTOMATED = TaxModel("us_automated", US_CODES)
MANUAL = TaxModel("us_manual", US_CODES)
UK = Books("GB", "GBP", GLOBAL, multicurrency=True, currencies=frozenset({"EUR"}))
US = Books("US", "USD", AUTOMATED)


def header(**changes: Any) -> Header:
    fields = {
        "kind": "invoice",
        "customer_id": "58",
        "currency": "GBP",
        "txn_date": date(2026, 3, 2),
        "doc_number": "INV/2026/00042",
    }
    return Header(**{**fields, **changes})


def item(amount: str, *codes: str, **changes: Any) -> Line:
    """Return a line of 1 × amount."""
    fields = {"description": "Spade", "item_id": "19", "quantity": D(1)}
    price = {"unit_price": D(amount), "amount": D(amount), "tax_code_ids": codes}
    return Line("item", **{**fields, **price, **changes})


def tax(code: str, base: str, amount: str, percent: str = "") -> TaxAmount:
    return TaxAmount(code, D(base), D(amount), D(percent) if percent else None)


def paper(*lines: Line, taxes: tuple[TaxAmount, ...] = (), **changes: Any) -> Document:
    """Return a document whose total is what its lines and taxes add up to."""
    amounts = [line.amount for line in lines] + [one.amount for one in taxes]
    return Document(header(**changes), lines, taxes, sum(amounts, D(0)))


def with_model(books: Books, model: TaxModel, **changes: Any) -> Books:
    return replace(books, tax_model=model, **changes)
