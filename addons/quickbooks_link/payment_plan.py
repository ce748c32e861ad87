"""What Odoo's books are to have of a QuickBooks payment."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from .document_reading import exact
from .payment_discounts import discount_of
from .qbo import payments


@dataclass
class Pair:
    """An amount by which ``source`` settles ``invoice``.

    :param source: the credit note, or None for the payment's own money
    """

    source: object
    invoice: object
    amount: Decimal


@dataclass
class Plan:
    """What the Odoo payment and its reconciliations are to be.

    :param row: the ``quickbooks.payment``
    :param content: what QuickBooks says, a :class:`payments.Payment`
    :param moves: Odoo's documents by QuickBooks' kind and Id
    :param refunds: credit notes, and how much of each was paid back
    :param money_back: how much of the money itself was
    """

    row: object
    content: payments.Payment
    moves: dict
    pairs: list = field(default_factory=list)
    discounts: list = field(default_factory=list)
    unknown: list = field(default_factory=list)
    refunds: list = field(default_factory=list)
    money_back: Decimal = Decimal(0)

    @property
    def company(self):
        return self.row.company_id

    @cached_property
    def partner(self):
        """The customer: as linked, else the one whose invoice it pays."""
        linked = self.row._customer().partner_id
        first = next(iter(self.moves.values()), None)
        return linked or (first is not None and first.commercial_partner_id) or linked

    @property
    def invoices(self):
        return [move for (kind, _id), move in self.moves.items()]

    @cached_property
    def route(self):
        return self.row.env["quickbooks.payment.route"]._of_payment(self.row)

    @property
    def booked(self):
        """What the Odoo payment is made of, as text: made anew if it differs."""
        content = self.content
        parts = {
            "amount": str(content.total),
            "currency": content.currency,
            "date": str(content.day),
            "rate": str(content.rate),
            "customer": content.customer_id,
            "discount": [
                [pair.invoice.id, str(pair.amount)] for pair in self.discounts
            ],
        }
        return json.dumps(parts, sort_keys=True)

    @property
    def account(self):
        """The receivable account of what it pays."""
        accounts = [receivable_lines(move).account_id[:1] for move in self.invoices]
        default = self.partner.with_company(self.company).property_account_receivable_id
        return accounts[0] if accounts else default

    def wanted(self):
        """Return the amounts to be reconciled, by source and invoice.

        Discounts are part of what the Odoo payment settles.
        """
        amounts = {}
        for pair in (*self.pairs, *self.discounts):
            key = (pair.source, pair.invoice)
            amounts[key] = amounts.get(key, Decimal(0)) + pair.amount
        if self.row.payment_id:
            back = self.row.payment_id.move_id
            amounts.update({(move, back): amount for move, amount in self.refunds})
        return amounts


def read_plan(row):
    """Return the :class:`Plan` of a ``quickbooks.payment``."""
    content = row._content()
    moves = {
        (line.kind, line.quickbooks_id): line.move_id
        for line in row.allocation_ids
        if line.move_id.state == "posted"
    }
    plan = Plan(row, content, moves)
    if row.status == "present":
        _share_out(plan)
    return plan


def _share_out(plan):
    given = (
        plan.content.total,
        plan.content.allocations,
        lambda one: (one.kind, one.txn_id) in plan.moves,
    )
    for source, amount in payments.paid_back(*given):
        if source == payments.MONEY:
            plan.money_back = amount
        else:
            plan.refunds.append((plan.moves[payments.CREDIT, source], amount))
    beyond = []
    for share in payments.share_out(*given):
        known = share.source not in (payments.MONEY, payments.UNKNOWN)
        credit = plan.moves[payments.CREDIT, share.source] if known else None
        invoice = plan.moves[payments.INVOICE, share.invoice_id]
        pairs = beyond if share.source == payments.UNKNOWN else plan.pairs
        pairs.append(Pair(credit, invoice, share.amount))
    _explain_beyond(plan, beyond)


def _explain_beyond(plan, pairs):
    """Tell discounts from what nobody knows, of what is beyond money and credits."""
    # What Odoo's own payment has written off is in its books already.
    written_off = discount_of(plan.row.payment_id)
    for pair in pairs:
        own = pair.amount <= written_off
        written_off -= pair.amount if own else 0
        found = own or is_early_discount(pair, plan.content.day)
        found = plan.content.total and found
        (plan.discounts if found else plan.unknown).append(pair)


def is_early_discount(pair, day):
    """Return whether what is not paid is the discount for paying by ``day``.

    Asked of the invoice's terms and not of what is paid of it, which changes.
    """
    invoice = pair.invoice
    term = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
    if len(term) != 1 or not invoice.invoice_payment_term_id.early_discount:
        return False
    if not term.discount_date or day > term.discount_date:
        return False
    discount = term.amount_currency - term.discount_amount_currency
    return exact(discount, invoice.currency_id) == pair.amount


def receivable_lines(move):
    """Return the lines of ``move`` that a payment settles, the first due first."""
    lines = move.line_ids.filtered(
        lambda line: line.account_id.account_type == "asset_receivable"
    )
    return lines.sorted(lambda line: (line.date_maturity or line.date, line.id))
