"""What is known to be wrong about a document's tax before the call."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from .amounts import CENT, ZERO, percent_of
from .document_parts import Books, Document, Line, Problem, TaxAmount, TaxModel
from .document_tax import (
    NOT_TAXABLE,
    TAXABLE,
    document_codes,
    line_code,
    matching_rate,
)
from .taxes import effective

# Intuit: lines of a taxable invoice.
MAX_TAXABLE_LINES = 750

TAX_NOT_MAPPED = "tax_not_mapped"
TAX_CODE_MISSING = "tax_code_missing"  # 6000: a line without tax needs a code too
SEVERAL_TAX_CODES = "several_tax_codes"  # data: codes; no code has just their rates
TAX_CODE_UNKNOWN = "tax_code_unknown"  # data: codes; without rates on sales that day
TOO_MANY_TAXABLE_LINES = "too_many_taxable_lines"  # data: count, most
NO_TAX_IN_QUICKBOOKS = "no_tax_in_quickbooks"  # data: tax; sales tax is switched off
TAX_WITHOUT_TAXABLE_LINE = "tax_without_taxable_line"  # data: tax
# data: code, tax, base, odoo, quickbooks (percentages); told if QuickBooks' is taken
TAX_RATE_DIFFERS = "tax_rate_differs"

Problems = Iterator[Problem]


def problems(document: Document, books: Books) -> Problems:
    """Yield what is wrong about codes, rates and amounts."""
    model = books.tax_model
    if model.kind == "none":
        if document.tax:
            yield Problem(NO_TAX_IN_QUICKBOOKS, data={"tax": document.tax})
        return
    for index, line in enumerate(document.lines):
        if not line.is_text:
            yield from _line(index, line, model)
    yield from _count(document)
    if model.is_us:
        yield from _us(document, model)
    if model.kind != "us_automated":
        yield from _rates(document, books)


# === CODES === #


def _line(index: int, line: Line, model: TaxModel) -> Problems:
    if "" in line.tax_code_ids:
        yield Problem(TAX_NOT_MAPPED, index)
    elif model.is_us:
        return
    elif unknown := sorted(
        code for code in line.tax_code_ids if not model.codes.get(code)
    ):
        yield Problem(TAX_CODE_UNKNOWN, index, {"codes": unknown})
    elif not line_code(line, model):
        codes = sorted(set(line.tax_code_ids))
        code = SEVERAL_TAX_CODES if codes else TAX_CODE_MISSING
        yield Problem(code, index, {"codes": codes})


def _count(document: Document) -> Problems:
    count = sum(not line.is_text for line in document.lines)
    if count > MAX_TAXABLE_LINES:
        data = {"count": count, "most": MAX_TAXABLE_LINES}
        yield Problem(TOO_MANY_TAXABLE_LINES, data=data)


def _us(document: Document, model: TaxModel) -> Problems:
    lines = [line for line in document.lines if not line.is_text]
    taxable = any(line_code(line, model) == TAXABLE for line in lines)
    if document.tax and not taxable:
        yield Problem(TAX_WITHOUT_TAXABLE_LINE, data={"tax": document.tax})
    if model.kind == "us_manual":
        yield from _us_codes(lines, model)


def _us_codes(lines: list[Line], model: TaxModel) -> Problems:
    """One code stands for all taxable lines of a document."""
    codes = document_codes(lines)
    if len(codes) > 1:
        yield Problem(SEVERAL_TAX_CODES, data={"codes": codes})
    if unknown := [code for code in codes if not model.codes.get(code)]:
        yield Problem(TAX_CODE_UNKNOWN, data={"codes": unknown})


# === RATES === #


def _rates(document: Document, books: Books) -> Problems:
    """Yield the taxes that differ by more than rounding: mapped to another rate."""
    count = sum(not line.is_text for line in document.lines)
    for tax in document.taxes:
        if not _is_rate(tax, books.tax_model):
            continue
        percent = _percent(tax, books.tax_model)
        error = abs(tax.amount - tax.rounding - percent_of(tax.base, percent))
        if error > CENT * (count + 1):
            data = _told(tax, percent)
            yield Problem(TAX_RATE_DIFFERS, data=data, blocks=books.keep_tax)


def _is_rate(tax: TaxAmount, model: TaxModel) -> bool:
    """Tell whether the rate of a tax is known. TAX says nothing of it."""
    if tax.tax_code_id == NOT_TAXABLE:
        return True
    return bool(model.codes.get(tax.tax_code_id))


def _percent(tax: TaxAmount, model: TaxModel) -> Decimal:
    rates = model.codes.get(tax.tax_code_id, ())
    rate = matching_rate(tax, rates)
    return rate.percent if rate else effective(rates)


def _told(tax: TaxAmount, percent: Decimal) -> dict[str, object]:
    odoo = tax.percent
    if odoo is None:
        odoo = (tax.amount / tax.base * 100).quantize(CENT) if tax.base else ZERO
    return {
        "code": tax.tax_code_id,
        "tax": tax.amount,
        "base": tax.base,
        "odoo": odoo,
        "quickbooks": percent,
    }
