"""A document that QuickBooks has, as the values of a draft in Odoo."""

from odoo import Command
from odoo.tools import html_escape

from .qbo.document_added import only_ours
from .qbo.exactjson import to_decimal

ZERO = to_decimal(None)
# Kinds of lines that Odoo has lines for.
TAKEN = ("DescriptionOnly", "DiscountLineDetail", "SalesItemLineDetail")


def draft_values(env, company, record):
    """Return what an invoice or credit note needs to say what ``record`` says.

    Products and taxes are those that are mapped to QuickBooks' items and tax codes;
    a line without such keeps its words and its amount.

    :param record: an Invoice or CreditMemo in QuickBooks' words
    """
    currency = _currency(env, record)
    values = {
        "invoice_date": record["TxnDate"],
        "invoice_date_due": record.get("DueDate") or record["TxnDate"],
        "invoice_payment_term_id": False,
        "company_id": company.id,
        "narration": _memo(record),
        "invoice_line_ids": [
            Command.create({**line, "sequence": number})
            for number, line in enumerate(_lines(env, company, record), 1)
        ],
    }
    if currency:
        values["currency_id"] = currency.id
    return values


def as_payload(record):
    """Return ``record`` as if it had been sent, to hold it against the draft."""
    ours = only_ours(record)
    lines = [line for line in ours["Line"] if not _is_sum(line)]
    return {**ours, "Line": [_complete(line) for line in lines]}


def _is_sum(line):
    return line.get("DetailType") == "SubTotalLineDetail"


def _complete(line):
    """Return a line with all that is compared; QuickBooks leaves out what is empty."""
    if line.get("DetailType") != "SalesItemLineDetail":
        return line
    detail = {"Qty": None, "UnitPrice": None, **(line["SalesItemLineDetail"] or {})}
    return {"Amount": None, **line, "SalesItemLineDetail": detail}


def _currency(env, record):
    code = (record.get("CurrencyRef") or {}).get("value")
    currencies = env["res.currency"].with_context(active_test=False)
    return code and currencies.search([("name", "=", code)], limit=1)


def _memo(record):
    text = (record.get("CustomerMemo") or {}).get("value")
    return text and html_escape(text)


def _lines(env, company, record):
    """Yield the values of Odoo's lines."""
    for line in flat(record.get("Line") or []):
        if line.get("DetailType") in TAKEN:
            yield line_values(env, company, line, record)


def line_values(env, company, line, record):
    """Return the values of the line of Odoo's that says what ``line`` says.

    :param line: one of ``record``, of a kind among :data:`TAKEN`
    """
    kind = line["DetailType"]
    if kind == "DescriptionOnly":
        return {"display_type": "line_note", "name": line.get("Description") or "–"}
    if kind == "DiscountLineDetail":
        return _plain(line, env._("Discount"), -1)
    return _item_line(env, company, line, record)


def flat(lines):
    """Yield the lines, those of groups in place of the group."""
    for line in lines:
        if line.get("DetailType") == "GroupLineDetail":
            yield from flat((line.get("GroupLineDetail") or {}).get("Line") or [])
        else:
            yield line


def _plain(line, words, sign):
    amount = sign * to_decimal(line.get("Amount"))
    name = line.get("Description") or words
    return {
        "name": name,
        "quantity": 1,
        "price_unit": float(amount),
        "tax_ids": [Command.clear()],
    }


def _item_line(env, company, line, record):
    detail = line.get("SalesItemLineDetail") or {}
    amount = to_decimal(line.get("Amount"))
    quantity, price = _figures(detail, amount)
    product = _product(env, company, detail)
    taxes, _code = taxes_of(env, company, detail, record)
    item_name = (detail.get("ItemRef") or {}).get("name")
    values = {
        "name": line.get("Description") or product.display_name or item_name or "–",
        "quantity": float(quantity),
        "price_unit": float(price),
        "tax_ids": [Command.set(taxes.ids)],
    }
    return {**values, "product_id": product.id} if product else values


def _figures(detail, amount):
    """Return quantity and price, as far as they make the amount."""
    quantity = to_decimal(detail.get("Qty")) or 1
    price = to_decimal(detail.get("UnitPrice"))
    if round(quantity * price, 2) == amount:
        return quantity, price
    return 1, amount


def _product(env, company, detail):
    """Return the product of the line's item, where there is just one."""
    item = _mirror(env, company, "quickbooks.item", detail.get("ItemRef"))
    products = env["product.product"].with_company(company)
    if not item:
        return products
    domain = [("quickbooks_item_id", "=", item.id)]
    found = products.search(domain, limit=2) or products.search(
        [("product_tmpl_id.quickbooks_item_id", "=", item.id)], limit=2
    )
    return found if len(found) == 1 else products


def taxes_of(env, company, detail, record):
    """Return the sales tax that is mapped to the line's tax code, and the code."""
    included = record.get("GlobalTaxCalculation") == "TaxInclusive"
    code = _mirror(env, company, "quickbooks.tax.code", detail.get("TaxCodeRef"))
    taxes = env["account.tax"]
    if not code:
        return taxes, code
    found = taxes.search(
        [
            ("company_id", "=", company.id),
            ("type_tax_use", "=", "sale"),
            ("quickbooks_tax_code_id", "=", code.id),
        ]
    )
    fitting = found.filtered(lambda tax: tax.price_include == included)
    return (fitting or found)[:1], code


def _mirror(env, company, model, reference):
    mirror = env[model].sudo().with_context(active_test=False)
    wanted = str((reference or {}).get("value") or "")
    return mirror.search(
        [*mirror._quickbooks_here(company), ("quickbooks_id", "=", wanted)], limit=1
    )
