"""A discount that was taken with a payment in Odoo, as a credit memo for QuickBooks.

QuickBooks has no place for a discount on a payment: it is a credit memo, applied with
the payment to the same invoice. (Intuit: Payment in the API reference.)
"""

from decimal import Decimal

from .document_reading import exact, read_books, tax_amounts, tax_codes
from .qbo import documents


def write_off_lines(payment):
    """Return the lines of a payment's entry that are no money and nobody's debt."""
    if not payment.move_id:
        return payment.move_id.line_ids
    _liquidity, _counterpart, others = payment._seek_for_lines()
    # What only rounds the company's currency is none of QuickBooks' business.
    return others.filtered("amount_currency")


def discount_of(payment):
    """Return what a payment settles beyond its amount, in its currency."""
    lines = write_off_lines(payment)
    return exact(sum(lines.mapped("amount_currency")), payment.currency_id)


def untold_discount(payment):
    """Return what keeps QuickBooks from taking a payment's discount, in words."""
    amount = discount_of(payment)
    if amount < 0:
        return payment.env._(
            "Part of its amount was written off. Record the payment in QuickBooks; "
            "the next sync links the two."
        )
    if amount and not read_books(payment.move_id).default_item_id:
        return payment.env._(
            "It settles more than its amount, by a discount. That becomes a credit "
            "memo in QuickBooks, which needs an item: choose an Item for Lines Without "
            "Product on the tab Junari QuickBooks Link of the company."
        )
    return None


def build_discount(payment, marker):
    """Return the body of the call that creates the credit memo, or None.

    :param marker: text by which it can be found in QuickBooks
    """
    total = discount_of(payment)
    if not total:
        return None
    move, lines = payment.move_id, write_off_lines(payment)
    document = documents.Document(
        header=_header(payment, _rate(lines, total), marker),
        lines=tuple(map(_line, lines.filtered(lambda line: not line.tax_line_id))),
        taxes=tuple(tax_amounts(move)),
        total=total,
    )
    return documents.build(document, read_books(move))


def _header(payment, rate, marker):
    customer = payment.partner_id._quickbooks_customer(payment.company_id)
    return documents.Header(
        kind="creditmemo",
        customer_id=customer.quickbooks_id,
        currency=payment.currency_id.name,
        exchange_rate=rate,
        txn_date=payment.date,
        private_note=marker,
    )


def _line(line):
    amount = exact(line.amount_currency, line.currency_id)
    codes = dict(tax_codes(line.tax_ids))
    return documents.Line(
        description=line.name or "",
        quantity=Decimal(1),
        unit_price=amount,
        amount=amount,
        tax_code_ids=tuple(codes.values()),
    )


def _rate(lines, total):
    """Return units of the company's currency for one: the rate of the invoices."""
    home = exact(sum(lines.mapped("balance")), lines.company_currency_id)
    return round(home / total, 9)
