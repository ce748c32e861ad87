"""A refund of a credit note, registered in Odoo, as QuickBooks is to hold it."""

from .document_reading import connection_of, exact
from .payment_discounts import write_off_lines
from .payment_reading import applied
from .qbo import refunds


def untold_refund(payment):
    """Return what keeps QuickBooks from taking a refund as it is, in words."""
    env, documents = payment.env, applied(payment)
    if payment.state not in ("in_process", "paid"):
        return env._("It is no longer confirmed in Odoo.")
    if not _pays_back(payment, documents):
        return words_by_hand(env)
    for document in documents:
        if not document.quickbooks_id:
            return env._(
                "%s is not in QuickBooks yet. Send it first.",
                document.move_id.display_name,
            )
    if not _bank(payment):
        return env._(
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


def _pays_back(payment, documents):
    """Tell whether it pays back credit notes, and nothing else."""
    home = payment.company_id.currency_id
    amount = exact(payment.amount, payment.currency_id)
    whole = sum(documents.values()) == amount
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
    route = payment.env["quickbooks.payment.route"].search(
        [
            ("company_id", "=", payment.company_id.id),
            ("realm_id", "=", connection_of(payment.company_id).realm_id),
            ("journal_id", "=", payment.journal_id.id),
            ("kind", "=", "Account"),
        ],
        limit=1,
    )
    return route.quickbooks_id
