"""What an invoice of Odoo's has to be, to say what QuickBooks' version of it says."""

from odoo import Command, fields

from .document_pulling import (
    TAKEN,
    draft_values,
    flat,
    line_values,
    taxes_of,
)
from .document_reading import read_books, read_document
from .exceptions import MendableError, form_of
from .qbo import document_versions, documents, exactjson
from .qbo.exactjson import to_decimal
from .qbo.line_matching import matched

FIGURES = ("Qty", "UnitPrice", "Amount")


def version_here(move):
    """Return what a person would call the content of ``move``, in QuickBooks' words."""
    totals = documents.totals(read_document(move))
    figures = {
        "TotalAmt": totals.total,
        "TxnTaxDetail": {"TotalTax": totals.tax},
    }
    return document_versions.version({**_body(move), **figures})


def _body(move):
    body = documents.build(read_document(move), read_books(move))
    return exactjson.loads(exactjson.dumps(body))


def values_to_take(move, record):
    """Return what to write to ``move``; nothing where it says the same already.

    Line by line, so that what QuickBooks knows nothing of stays: accounts, analytic
    distributions, sections.

    :param record: an Invoice or CreditMemo in QuickBooks' words
    :raise MendableError: it names what no record of Odoo's is mapped to
    """
    here, there = _body(move), document_versions.version(record)
    changed = {
        change.field
        for change in document_versions.changes(document_versions.version(here), there)
    }
    values = _header(move, record, changed)
    lines = _lines(move, record)
    return {**values, **({"invoice_line_ids": lines} if lines else {})}


# === HEADER === #


def _header(move, record, changed):
    drafted = draft_values(move.env, move.company_id, record)
    values = _currency(move, record, changed, drafted)
    if "CustomerRef" in changed:
        values["partner_id"] = move._quickbooks_payer(move.company_id, record).id
    if "TxnDate" in changed:
        values["invoice_date"] = fields.Date.to_date(record["TxnDate"])
    if "DueDate" in changed and record.get("DueDate"):
        values["invoice_payment_term_id"] = False
        values["invoice_date_due"] = fields.Date.to_date(record["DueDate"])
    if "CustomerMemo" in changed:
        values["narration"] = drafted["narration"] or False
    return values


def _currency(move, record, changed, drafted):
    """Return the currency of a document that got another one, and its rate."""
    values = {}
    currency_id = move.currency_id.id
    if "CurrencyRef" in changed:
        currency_id = drafted.get("currency_id", currency_id)
    if currency_id != move.currency_id.id:
        values["currency_id"] = currency_id
    is_foreign = currency_id != move.company_currency_id.id
    if is_foreign and changed.intersection(("CurrencyRef", "ExchangeRate")):
        rate = to_decimal(record.get("ExchangeRate") or 1)
        values["invoice_currency_rate"] = float(1 / rate)
    return values


# === LINES === #


def _lines(move, record):
    """Return the commands that make Odoo's lines say what QuickBooks' say."""
    matches = matched(_sent_lines(move), _countable(move, record))
    lines = move.invoice_line_ids.sorted(lambda line: (line.sequence, line.id))
    numbers = _numbers(lines, matches)
    commands = []
    for place, match in enumerate(matches):
        line = lines.filtered(lambda one, key=match.key: str(one.id) == key)
        commands += _line(move, record, numbers.get(place), line, match)
    return commands


def _sent_lines(move):
    """Return what is sent of each line of Odoo's, by its key."""
    lines = documents.sent_lines(read_document(move).lines, read_books(move))
    return [(key, exactjson.loads(exactjson.dumps(sent))) for key, sent in lines]


def _numbers(lines, matches):
    """Return new sequences of lines, by their place among ``matches``.

    Only what is new gets one where it comes last, as it mostly does; else all that
    QuickBooks has do, in its order.
    """
    present = [(place, one) for place, one in enumerate(matches) if one.theirs]
    kept = [one.key for _place, one in present if one.key]
    order = [str(line.id) for line in lines if str(line.id) in kept]
    if kept == order and not any(one.key for _place, one in present[len(kept) :]):
        last = max(lines.mapped("sequence"), default=0)
        fresh = present[len(kept) :]
        return {place: last + n for n, (place, _one) in enumerate(fresh, 1)}
    first = max(lines.mapped("sequence"), default=0) + 1
    return {place: first + n for n, (place, _one) in enumerate(present)}


def _countable(move, body):
    """Return the lines of a body that stand for lines of Odoo's."""
    rounding = move.company_id.sudo().quickbooks_rounding_item_id.quickbooks_id
    is_rounded = move.invoice_cash_rounding_id and rounding
    return [
        line
        for line in flat(body.get("Line") or [])
        if line.get("DetailType") in TAKEN
        and not (is_rounded and _item(line) == rounding)
    ]


def _item(line):
    detail = line.get("SalesItemLineDetail") or {}
    return (detail.get("ItemRef") or {}).get("value")


def _create(move, record, number, their):
    found = line_values(move.env, move.company_id, their, record)
    return Command.create({**found, "sequence": number})


def _line(move, record, number, line, match):
    """Yield the commands for one line; none where both say the same.

    :param number: its new sequence, if it gets one
    """
    if not match.theirs:
        yield Command.delete(line.id)
    elif not line:
        yield _create(move, record, number, match.theirs)
    else:
        values = _changed(line, match.ours, match.theirs, record)
        if number:
            values["sequence"] = number
        if values:
            yield Command.update(line.id, values)


def _changed(line, our, their, record):
    """Return what to write to a line."""
    before, after = (document_versions.line_version(body) for body in (our, their))
    changed = {change.field for change in document_versions.changes(before, after)}
    found = line_values(line.env, line.company_id, their, record)
    values = {}
    if "Description" in changed:
        values["name"] = found["name"]
    if "TaxCodeRef" in changed:
        values["tax_ids"] = [Command.set(_mapped_taxes(line, their, record).ids)]
    if changed.intersection(FIGURES):
        values.update(_figures(line, found, values, their, record))
    if "ItemRef" in changed and found.get("product_id"):
        values["product_id"] = found["product_id"]
        # What a new product would bring with it is not what QuickBooks says.
        values.setdefault("name", line.name)
        values.setdefault("tax_ids", [Command.set(line.tax_ids.ids)])
        values.setdefault("quantity", line.quantity)
        values.setdefault("price_unit", line.price_unit)
    return values


def _mapped_taxes(line, their, record):
    """Return the taxes of a tax code that was changed in QuickBooks."""
    detail = their.get("SalesItemLineDetail") or {}
    taxes, code = taxes_of(line.env, line.company_id, detail, record)
    if code and not taxes and code.sales_rate:
        raise MendableError(
            line.env._(
                "No tax is mapped to the QuickBooks Tax Code “%s”. Map one, then take "
                "the document over again.",
                code.display_name,
            ),
            form_of(code),
            line.env._("Open %s", code.display_name),
        )
    return taxes


def _figures(line, found, values, their, record):
    """Return quantity and price; with taxes, where Odoo's price includes them."""
    figures = {name: found[name] for name in ("quantity", "price_unit")}
    taxes = line.tax_ids
    if "tax_ids" in values:
        taxes = taxes.browse(values["tax_ids"][0][2])
    included = record.get("GlobalTaxCalculation") == "TaxInclusive"
    if not included and any(taxes.mapped("price_include")):
        amount = float(to_decimal(their.get("Amount")))
        taxed = taxes.with_context(force_price_include=False).compute_all(
            amount, line.currency_id
        )
        figures["price_unit"] = taxed["total_included"] / (figures["quantity"] or 1)
    return {**figures, "discount": 0}
