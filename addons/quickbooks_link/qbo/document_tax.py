"""Tax codes of lines, and the figures by which Odoo's tax is kept.

Odoo rounds tax line by line, or per tax on the whole document; QuickBooks rounds per
rate. Where QuickBooks will come to Odoo's tax by itself, nothing is sent. Elsewhere
Odoo's figure is: per rate, or in the US as one sum, which QuickBooks spreads over the
rates. (Intuit: TxnTaxDetail in the API reference; "Using QuickBooks Online API for
automated sales tax".)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from .amounts import ZERO, percent_of, rounded
from .document_parts import Books, Document, Line, TaxAmount, TaxModel
from .document_tax_rates import RateTax, computed
from .taxes import TaxRate, charged

# US lines are one of these and nothing else (error 6100).
TAXABLE = "TAX"
NOT_TAXABLE = "NON"

TaxedLines = Iterable[Line]


# === CODES === #


def line_code(line: Line, model: TaxModel) -> str:
    """Return the TaxCodeRef of a line, empty if there is none to send.

    Several codes become the one that has just their rates: GST and PST are GST/PST.
    """
    if model.kind == "none":
        return ""
    if model.is_us:
        return TAXABLE if _group_codes(line) or _is_flagged(line) else NOT_TAXABLE
    codes = set(line.tax_code_ids)
    if not codes:
        return model.no_tax_code_id
    return codes.pop() if len(codes) == 1 else _joint_code(codes, model)


def document_codes(lines: TaxedLines) -> list[str]:
    """Return the US codes that stand for the whole document; one is allowed."""
    return sorted({code for line in lines for code in _group_codes(line)})


def _group_codes(line: Line) -> set[str]:
    return {code for code in line.tax_code_ids if code not in ("", *_FLAGS)}


def _is_flagged(line: Line) -> bool:
    return TAXABLE in line.tax_code_ids


_FLAGS = (TAXABLE, NOT_TAXABLE)


def _joint_code(codes: set[str], model: TaxModel) -> str:
    """Return the only code with the rates of all *codes*, if there is one."""
    sought = {rate.rate_id for code in codes for rate in model.codes.get(code, ())}
    found = [
        code
        for code, rates in model.codes.items()
        if {rate.rate_id for rate in rates} == sought
    ]
    known = all(model.codes.get(code) for code in codes)
    return found[0] if known and len(found) == 1 else ""


# === ARITHMETIC === #


def bases(lines: TaxedLines, model: TaxModel) -> dict[str, Decimal]:
    """Return the sums of the lines' amounts by the tax code that QuickBooks will use.

    In the US that is the document's code, and lines without tax are left out.
    """
    sums: dict[str, Decimal] = {}
    taxed = [line for line in lines if not line.is_text]
    for line in taxed:
        code = line_code(line, model)
        if model.is_us:
            code = next(iter(document_codes(taxed)), "") if code == TAXABLE else ""
        if code:
            sums[code] = sums.get(code, ZERO) + line.amount
    return sums


def expected_tax(lines: TaxedLines, model: TaxModel) -> dict[str, RateTax]:
    """Return the tax that QuickBooks will come to by itself, by Id of the rate."""
    return computed(bases(lines, model), model.codes)


def wanted_tax(taxes: Iterable[TaxAmount], model: TaxModel) -> dict[str, Decimal]:
    """Return Odoo's tax by Id of the rate; of codes with several rates, its share."""
    sums: dict[str, Decimal] = {}
    used: set[tuple[str, str]] = set()
    for tax in taxes:
        shares = _shares(tax, model.codes.get(tax.tax_code_id, ()), used)
        for rate_id, share in shares.items():
            sums[rate_id] = sums.get(rate_id, ZERO) + share
    return sums


def matching_rate(
    tax: TaxAmount,
    rates: Iterable[TaxRate],
    used: Iterable[tuple[str, str]] = (),
) -> TaxRate | None:
    """Return the rate that a tax is, by its percentage; one not *used* if it can."""
    same = [rate for rate in rates if rate.percent == tax.percent]
    free = [rate for rate in same if (tax.tax_code_id, rate.rate_id) not in used]
    return next(iter(free or same), None)


def _shares(
    tax: TaxAmount, rates: tuple[TaxRate, ...], used: set[tuple[str, str]]
) -> dict[str, Decimal]:
    rate = matching_rate(tax, rates, used)
    if rate is None:
        return _split(tax, rates)
    used.add((tax.tax_code_id, rate.rate_id))
    return {rate.rate_id: tax.amount}


def _split(tax: TaxAmount, rates: tuple[TaxRate, ...]) -> dict[str, Decimal]:
    """Return a tax split as QuickBooks would; the last cent is the largest's."""
    shares = {
        rate.rate_id: rounded(percent_of(base, rate.percent))
        for rate, base in charged(tax.base, rates)
    }
    if shares:
        largest = max(shares, key=lambda rate_id: abs(shares[rate_id]))
        shares[largest] += tax.amount - sum(shares.values(), ZERO)
    return shares


# === PAYLOAD === #


def tax_fields(document: Document, books: Books) -> dict[str, Any]:
    """Return what is said of tax on the document as a whole."""
    model = books.tax_model
    if model.kind == "none":
        return {}
    detail = _us_detail(document, books) if model.is_us else _detail(document, books)
    mode = {} if model.is_us else {"GlobalTaxCalculation": "TaxExcluded"}
    return {**mode, "TxnTaxDetail": detail} if detail else {**mode}


def _detail(document: Document, books: Books) -> dict[str, Any]:
    """Return Odoo's tax of every rate if QuickBooks would come to another of any."""
    expected = expected_tax(document.lines, books.tax_model)
    wanted = wanted_tax(document.taxes, books.tax_model)
    if not books.keep_tax or _agree(expected, wanted):
        return {}
    rate_ids = [*expected, *(rate for rate in wanted if rate not in expected)]
    return {
        "TotalTax": sum(wanted.values(), ZERO),
        "TaxLine": [
            _tax_line(rate_id, wanted.get(rate_id, ZERO), expected.get(rate_id))
            for rate_id in rate_ids
        ],
    }


def _tax_line(
    rate_id: str, amount: Decimal, expected: RateTax | None
) -> dict[str, Any]:
    detail: dict[str, Any] = {"TaxRateRef": {"value": rate_id}, "PercentBased": True}
    if expected:
        detail["TaxPercent"] = expected.percent
        detail["NetAmountTaxable"] = expected.base
    return {"Amount": amount, "DetailType": "TaxLineDetail", "TaxLineDetail": detail}


def _us_detail(document: Document, books: Books) -> dict[str, Any]:
    """Return the document's code where it is chosen by hand, and Odoo's tax.

    Nobody knows beforehand what automated sales tax will find, so there Odoo's tax
    always goes along, unless there is neither tax nor a line that bears any.
    """
    model = books.tax_model
    codes = document_codes(document.lines)
    detail: dict[str, Any] = {}
    if model.kind == "us_manual" and codes:
        detail["TxnTaxCodeRef"] = {"value": codes[0]}
    if books.keep_tax and not _us_agrees(document, model):
        detail["TotalTax"] = document.tax
    return detail


def _us_agrees(document: Document, model: TaxModel) -> bool:
    taxable = any(
        line_code(line, model) == TAXABLE for line in document.lines if not line.is_text
    )
    if not taxable:
        return not document.tax
    expected = expected_tax(document.lines, model)
    total = sum((share.amount for share in expected.values()), ZERO)
    return model.kind == "us_manual" and bool(expected) and total == document.tax


def _agree(expected: Mapping[str, RateTax], wanted: Mapping[str, Decimal]) -> bool:
    amounts = {rate_id: share.amount for rate_id, share in expected.items()}
    return all(
        amounts.get(rate_id, ZERO) == wanted.get(rate_id, ZERO)
        for rate_id in {*amounts, *wanted}
    )
