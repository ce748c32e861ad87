"""The words for what ``qbo.documents`` finds wrong with a document."""

from odoo.tools import format_date, format_list

from .qbo import document_problems as of_document
from .qbo import document_tax_problems as of_tax
from .qbo.document_numbers import KEPT, doc_number

# Where each is mended; what is in none of them is mended on the document itself.
OF_CONTACT = (
    of_document.CUSTOMER_MISSING,
    of_document.CUSTOMER_CURRENCY,
    of_document.EMAIL_INVALID,
    of_document.EMAIL_TOO_LONG,
)
# Only ERP managers see it.
OF_LINK_OF_CONTACT = (of_document.CUSTOMER_MISSING, of_document.CUSTOMER_CURRENCY)
OF_LINK = (
    of_document.CURRENCY_UNKNOWN,
    of_document.CLOSED_PERIOD,
    of_document.CUSTOM_NUMBERS,
    of_document.ROUNDING_ITEM_MISSING,
    of_tax.TAX_CODE_UNKNOWN,
    of_tax.NO_TAX_IN_QUICKBOOKS,
)
OF_PRODUCT = (of_document.ITEM_MISSING,)
OF_JOURNAL = (of_document.NUMBER_SHORTENED,)
OF_CURRENCY = (of_document.EXCHANGE_RATE_MISSING,)
OF_TAX = (
    of_tax.TAX_NOT_MAPPED,
    of_tax.SEVERAL_TAX_CODES,
    of_tax.TAX_RATE_DIFFERS,
)
OF_DAY = (of_document.CLOSED_PERIOD,)
OF_DOCUMENT = (
    *OF_DAY,
    of_document.NUMBER_MISSING,
    of_document.NO_LINES,
    of_document.TOO_MANY_LINES,
    of_document.ITEM_MISSING,
    of_document.AMOUNT_TOO_LARGE,
    of_document.AMOUNT_DECIMALS,
    of_document.NEGATIVE_TOTAL,
    of_document.DOES_NOT_ADD_UP,
    of_tax.TAX_CODE_MISSING,
    of_tax.SEVERAL_TAX_CODES,
    of_tax.TOO_MANY_TAXABLE_LINES,
    of_tax.TAX_WITHOUT_TAXABLE_LINE,
)


def describe(move, problem):
    """Return a :class:`documents.Problem` of ``move`` as translated sentences."""
    tables = (_customer, _number, _texts, _lines, _tax)
    words = {
        code: say for table in tables for code, say in table(move, problem).items()
    }
    return words[problem.code]()


def line_of(move, problem):
    """Return the line that a problem is about; an empty recordset for none."""
    lines = move.invoice_line_ids.sorted(lambda line: (line.sequence, line.id))
    if problem.line is None or problem.line >= len(lines):
        return lines.browse()
    return lines[problem.line]


def _name_of(move, problem):
    """Return how a person finds the line."""
    line = line_of(move, problem)
    text = (line.name or line.product_id.display_name or "").strip().split("\n")[0]
    return text or move.env._("line %s", (problem.line or 0) + 1)


def _customer(move, problem):
    env, data, contact = move.env, problem.data, move.commercial_partner_id
    code = of_document
    return {
        code.CUSTOMER_MISSING: lambda: env._(
            "%s is not linked to a QuickBooks Customer. Link one on the contact, or "
            "create it there.",
            contact.display_name,
        ),
        code.CURRENCY_UNKNOWN: lambda: env._(
            "QuickBooks does not know the currency %s. Turn it on there under "
            "Currencies, then press Test Connection.",
            data["currency"],
        ),
        code.CUSTOMER_CURRENCY: lambda: env._(
            "This document is in %(ours)s, but the QuickBooks Customer of %(contact)s "
            "trades in %(theirs)s, which can't be changed. Link a customer in "
            "%(ours)s.",
            ours=data["currency"],
            theirs=data["customer_currency"],
            contact=contact.display_name,
        ),
        code.EXCHANGE_RATE_MISSING: lambda: env._(
            "There is no exchange rate for %s.", data["currency"]
        ),
    }


def _number(move, problem):
    env, data, code = move.env, problem.data, of_document
    return {
        code.CLOSED_PERIOD: lambda: env._(
            "The books in QuickBooks are closed until %(closed)s, and this document is "
            "of %(day)s. Use a later date, or move the closing date in QuickBooks and "
            "press Test Connection.",
            closed=format_date(move.env, data["closed_until"]),
            day=format_date(move.env, data["date"]),
        ),
        # A draft gets its number when it is confirmed.
        code.NUMBER_MISSING: lambda: env._("The document has no number."),
        code.NUMBER_SHORTENED: lambda: env._(
            "QuickBooks holds numbers of up to 21 characters: %(number)s will be "
            "%(short)s there, its last %(kept)s characters after a mark that is made "
            "of the whole number.",
            number=data["number"],
            short=doc_number(str(data["number"])),
            kept=KEPT,
        ),
        code.CUSTOM_NUMBERS: lambda: env._(
            "“Use QuickBooks Document Numbers” is on, but “Custom transaction numbers” "
            "is enabled in QuickBooks, which would leave the number empty. Disable it "
            "there and press Test Connection."
        ),
    }


def _texts(move, problem):
    env, data, code = move.env, problem.data, of_document
    return {
        code.EMAIL_INVALID: lambda: env._(
            "“%s” is not an e-mail address that QuickBooks takes.", data["email"]
        ),
        code.EMAIL_TOO_LONG: lambda: env._(
            "The e-mail address is longer than the %s characters of QuickBooks.",
            data["most"],
        ),
        code.TEXT_CUT: lambda: env._(
            "A text is longer than the %s characters of QuickBooks and will be cut "
            "there.",
            data["most"],
        ),
        code.CHARACTERS: lambda: env._(
            "Some characters can't be held by QuickBooks and will be replaced there."
        ),
        code.NEGATIVE_TOTAL: lambda: env._(
            "QuickBooks takes no document with a total below zero."
        ),
        code.DOES_NOT_ADD_UP: lambda: env._(
            "Lines and tax come to %(sum)s, and the total is %(total)s: QuickBooks "
            "would hold another total.",
            sum=data["sum"],
            total=data["total"],
        ),
    }


def _lines(move, problem):
    env, data, code = move.env, problem.data, of_document
    name = _name_of(move, problem)
    return {
        code.NO_LINES: lambda: env._("The document has no line with an amount."),
        code.TOO_MANY_LINES: lambda: env._(
            "QuickBooks takes up to %s lines on a document.", data["most"]
        ),
        code.ITEM_MISSING: lambda: _item_missing(move, problem),
        code.ROUNDING_ITEM_MISSING: lambda: env._(
            "Cash rounding is a line of its own, and QuickBooks wants an item for it: "
            "choose the “Item for Cash Rounding” of the company, or let the rounding "
            "change the biggest tax instead."
        ),
        code.AMOUNT_TOO_LARGE: lambda: env._(
            "“%(line)s”: %(amount)s is more than QuickBooks can hold.",
            line=name,
            amount=data["amount"],
        ),
        code.AMOUNT_DECIMALS: lambda: env._(
            "“%(line)s”: QuickBooks holds amounts with two decimals, not %(amount)s.",
            line=name,
            amount=data["amount"],
        ),
        code.QUANTITY_AS_TEXT: lambda: env._(
            "“%s”: no unit price of QuickBooks' comes to the amount. It will hold "
            "quantity 1, and the real one in the description.",
            name,
        ),
    }


def _item_missing(move, problem):
    product = line_of(move, problem).product_id
    if not product:
        return move.env._(
            "“%s” has no product. QuickBooks wants one on every line: choose a product "
            "that is linked to a QuickBooks Product or Service, or the “Item for Lines "
            "Without Product” of the company.",
            _name_of(move, problem),
        )
    return move.env._(
        "The product %s is not linked to a QuickBooks Product or Service.",
        product.display_name,
    )


def _tax(move, problem):
    env, data, code = move.env, problem.data, of_tax
    taxes = line_of(move, problem).tax_ids
    unmapped = (taxes._quickbooks_unmapped() or taxes).mapped("name")
    return {
        code.TAX_NOT_MAPPED: lambda: env._(
            "The tax %s has no QuickBooks Tax Code.", format_list(move.env, unmapped)
        ),
        code.TAX_CODE_MISSING: lambda: env._(
            "“%s” has no tax. QuickBooks wants a tax code on every line: give it a "
            "zero tax that has a QuickBooks Tax Code.",
            _name_of(move, problem),
        ),
        code.SEVERAL_TAX_CODES: lambda: env._(
            "QuickBooks takes one tax code where this document has several, and has "
            "none that stands for them together."
        ),
        code.TAX_CODE_UNKNOWN: lambda: env._(
            "A QuickBooks Tax Code has no rate on sales for this date here. Sync the "
            "tax codes (Sync Now), or choose another one."
        ),
        code.TOO_MANY_TAXABLE_LINES: lambda: env._(
            "QuickBooks takes up to %s lines on a document with tax.", data["most"]
        ),
        code.NO_TAX_IN_QUICKBOOKS: lambda: env._(
            "This document has tax, and sales tax is turned off in QuickBooks. Turn it "
            "on there and press Test Connection."
        ),
        code.TAX_WITHOUT_TAXABLE_LINE: lambda: env._(
            "This document has tax, but no line is taxable in QuickBooks."
        ),
        code.TAX_RATE_DIFFERS: lambda: env._(
            "A tax is %(odoo)s%% here, and its tax code is %(quickbooks)s%% in "
            "QuickBooks.",
            odoo=data["odoo"],
            quickbooks=data["quickbooks"],
        ),
    }
