"""A refund of a credit note, registered in Odoo, as QuickBooks is to hold it."""

from .document_reading import exact
from .payment_discounts import write_off_lines
from .payment_reading import applied, routes_of, unconfirmed, unsent
from .qbo import refunds


def untold_refund(payment):
    """Return what keeps QuickBooks from taking a refund as it is, in words."""
    words = unconfirmed(payment)
    if words:
        return words
    if not _pays_back(payment):
        return words_by_hand(payment.env)
    words = unsent(payment)
    if words:
        return words
    if not _bank(payment):
        return payment.env._(
            "Nobody has said which QuickBooks account %s is. Choose that journal for a "
            "Deposit Account on the tab Junari QuickBooks Link of the company.",
            payment.journal_id.display_name,
        )
    return None


def words_by_hand(env):
    """Say how a person records a refund in QuickBooks."""
    return env._(
        "Record it in QuickBooks: an expense to the customer with the category "
        "Accounts Receivable, then apply what is paid back to it with Receive Payment. "
        "The next sync recognises it."
    )


def _pays_back(payment):
    """Tell whether it pays back credit notes, and nothing else."""
    home = payment.company_id.currency_id
    amount = exact(payment.amount, payment.currency_id)
    whole = sum(applied(payment).values()) == amount
    return whole and payment.currency_id == home and not write_off_lines(payment)


def read_refund(payment, marker):
    """Return the expense that goes to QuickBooks, and what of which credit it settles.

    :param marker: text by which it can be found there
    :return: a body, but for the account of its line, and amounts by credit memo's Id
    """
    customer = payment.partner_id._quickbooks_customer(payment.company_id)
    expense = refunds.build_expense(
        customer.quickbooks_id,
        _bank(payment),
        payment.date.isoformat(),
        exact(payment.amount, payment.currency_id),
        " ".join(filter(None, (payment.memo, marker))),
    )
    amounts = {one.quickbooks_id: amount for one, amount in applied(payment).items()}
    return expense, amounts


def _bank(payment):
    """Return the Id of the QuickBooks account that goes with the payment's journal."""
    accounts = routes_of(payment).filtered(lambda one: one.kind == "Account")
    return accounts[:1].quickbooks_id
