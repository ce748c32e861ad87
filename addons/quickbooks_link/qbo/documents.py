"""Invoices and credit memos as QuickBooks takes them, and whether it took them so.

:func:`problems` says what QuickBooks would refuse or hold otherwise, :func:`build`
makes the body to POST to ``/invoice`` or ``/creditmemo``, and :func:`compare` holds
its answer against the body. (Intuit: Invoice and CreditMemo in the API reference.)
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .amounts import plain
from .document_added import emptied, merged
from .document_compare import compare, holds
from .document_lines import held_text, line_payloads, sent_lines
from .document_numbers import doc_number
from .document_parts import (
    ENTITIES,
    Address,
    Books,
    Difference,
    Document,
    Header,
    Line,
    Problem,
    TaxAmount,
    TaxModel,
    Totals,
)
from .document_problems import problems
from .document_tax import tax_fields
from .document_texts import memo, private_note
from .taxes import TaxRate, sales_rates

__all__ = [
    "ENTITIES",
    "Address",
    "Books",
    "Difference",
    "Document",
    "Header",
    "Line",
    "Problem",
    "TaxAmount",
    "TaxModel",
    "TaxRate",
    "Totals",
    "build",
    "compare",
    "doc_number",
    "holds",
    "problems",
    "sales_rates",
    "sent_lines",
    "totals",
    "update_of",
]

# Five lines of 400 characters are the 2,000 that an address may have.
_ADDRESS_LINES = 5
_ADDRESS_LINE = 400
_RATE_DECIMALS = 10
# What a sparse update empties when there is nothing to say any more (Intuit takes no
# null: texts are emptied by "", references by an empty value).
_EMPTY: Mapping[str, Any] = {
    "PrivateNote": "",
    "CustomerMemo": {"value": ""},
}


def build(document: Document, books: Books) -> dict[str, Any]:
    """Return the body that creates *document*.

    It assumes that :func:`problems` found nothing that blocks.
    """
    header = document.header
    body = {
        "CustomerRef": {"value": header.customer_id},
        "TxnDate": header.txn_date.isoformat(),
        "DocNumber": "" if books.quickbooks_numbers else doc_number(header.doc_number),
        **_terms(header),
        **_currency(header, books),
        "PrivateNote": private_note(header, books.country),
        "CustomerMemo": _filled({"value": memo(header, books.country)}),
        "BillEmail": _filled({"Address": header.bill_email.strip()}),
        "BillAddr": _bill_address(header, books),
        "ShipAddr": _address(header.ship_address, books.country),
        "ShipDate": header.ship_date.isoformat() if header.ship_date else "",
        "Line": line_payloads(document.lines, books),
        **tax_fields(document, books),
    }
    return merged(_filled(body), header.added)


def update_of(
    body: Mapping[str, Any],
    quickbooks_id: str,
    sync_token: str,
    before: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return the body that makes a document in QuickBooks what *body* says.

    Sparse, so that what people added in QuickBooks stays. Lines are replaced whole;
    tax without a figure of Odoo's is computed anew.

    :param before: the body that was sent the last time, if it is known.
    """
    # Only invoices have terms, and they always have a day when they are due.
    terms = {"SalesTermRef": {"value": ""}} if "DueDate" in body else {}
    return {
        **_EMPTY,
        **terms,
        **emptied(before, body),
        **body,
        "Id": quickbooks_id,
        "SyncToken": sync_token,
        "sparse": True,
    }


def totals(document: Document) -> Totals:
    """Return Odoo's figures, for :func:`compare`."""
    return Totals(total=document.total, tax=document.tax)


def _terms(header: Header) -> dict[str, Any]:
    """Return when an invoice is to be paid; credit memos have no such thing."""
    if header.kind != "invoice":
        return {}
    due = header.due_date.isoformat() if header.due_date else ""
    return {"SalesTermRef": _filled({"value": header.term_id}), "DueDate": due}


def _currency(header: Header, books: Books) -> dict[str, Any]:
    if header.currency == books.home_currency:
        return (
            {"CurrencyRef": {"value": header.currency}} if books.multicurrency else {}
        )
    fields: dict[str, Any] = {"CurrencyRef": {"value": header.currency}}
    if header.exchange_rate:
        fields["ExchangeRate"] = plain(round(header.exchange_rate, _RATE_DECIMALS))
    return fields


def _bill_address(header: Header, books: Books) -> dict[str, Any]:
    """Return the billing address, with the company's name on top if that is wished."""
    name = header.customer_name.strip() if books.include_customer_name else ""
    above = [name] if name and name not in header.bill_address.lines[:1] else []
    return _address(header.bill_address, books.country, above)


def _address(
    address: Address, country: str, above: list[str] | None = None
) -> dict[str, Any]:
    lines = [held_text(line, country) for line in (*(above or []), *address.lines)]
    lines = [line for line in lines if line]
    if len(lines) > _ADDRESS_LINES:
        lines[_ADDRESS_LINES - 1 :] = [", ".join(lines[_ADDRESS_LINES - 1 :])]
    fields = {f"Line{n}": line[:_ADDRESS_LINE] for n, line in enumerate(lines, 1)}
    fields["City"] = held_text(address.city, country)[:255]
    fields["CountrySubDivisionCode"] = held_text(address.state, country)[:255]
    fields["PostalCode"] = held_text(address.postcode, country)[:30]
    fields["Country"] = held_text(address.country, country)[:255]
    return _filled(fields)


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", {})}
