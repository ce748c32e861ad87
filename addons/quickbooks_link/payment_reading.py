"""A payment that was registered in Odoo, as QuickBooks is to hold it."""

from decimal import Decimal

from .document_reading import connection_of, exact
from .payment_discounts import untold_discount
from .payment_plan import receivable_lines
from .qbo import payments


def read_payment(payment, marker=""):
    """Return an ``account.payment`` as a :class:`payments.Payment`.

    :param marker: text by which it can be found in QuickBooks
    """
    company = payment.company_id
    customer = payment.partner_id._quickbooks_customer(company)
    multicurrency = connection_of(company).multicurrency
    route = routes_of(payment)[:1]
    return payments.Payment(
        id="",
        sync_token="",
        customer_id=customer.quickbooks_id,
        customer_name="",
        currency=payment.currency_id.name if multicurrency else "",
        day=payment.date,
        total=exact(payment.amount, payment.currency_id),
        unapplied=Decimal(0),
        rate=_rate(payment),
        reference=payment.payment_reference or "",
        note=" ".join(filter(None, (payment.memo, marker))),
        method_id=route.quickbooks_id if route.kind == "PaymentMethod" else "",
        account_id=route.quickbooks_id if route.kind == "Account" else "",
        allocations=tuple(_allocations(payment)),
    )


def _allocations(payment):
    """Yield what is paid of invoices that QuickBooks has."""
    for document, amount in applied(payment).items():
        if document.kind == "invoice" and document._is_there():
            yield payments.Allocation(payments.INVOICE, document.quickbooks_id, amount)


def applied(payment):
    """Return what a payment settles in Odoo: amounts by ``quickbooks.document``.

    Of one that pays a customer back, the credit notes.
    """
    amounts = {}
    side = "credit" if payment.payment_type == "outbound" else "debit"
    for partial in receivable_lines(payment.move_id)[f"matched_{side}_ids"]:
        document = partial[f"{side}_move_id"].move_id.quickbooks_document_ids
        if document:
            amount = exact(
                partial[f"{side}_amount_currency"], partial[f"{side}_currency_id"]
            )
            amounts[document] = amounts.get(document, Decimal(0)) + amount
    return amounts


def untold(payment):
    """Return what keeps QuickBooks from taking the payment as it is, in words."""
    return unconfirmed(payment) or untold_discount(payment) or unsent(payment)


def unconfirmed(payment):
    """Say that the payment is no longer confirmed, if it is not."""
    if payment.state in ("in_process", "paid"):
        return None
    return payment.env._("It is no longer confirmed in Odoo.")


def unsent(payment):
    """Name the first document that it settles and QuickBooks doesn't have, if any."""
    for document in applied(payment):
        if not document.quickbooks_id:
            return payment.env._(
                "%s is not in QuickBooks yet. Send it first.",
                document.move_id.display_name,
            )
    return None


def _rate(payment):
    """Return units of the company's currency for one of the payment's."""
    company = payment.company_id
    if payment.currency_id == company.currency_id:
        return Decimal(1)
    liquidity, _counterpart, _other = payment._seek_for_lines()
    home = exact(abs(sum(liquidity.mapped("balance"))), company.currency_id)
    amount = exact(payment.amount, payment.currency_id)
    return round(home / amount, 9) if amount else Decimal(1)


def routes_of(payment):
    """Return QuickBooks' methods and accounts that go with the payment's journal.

    In the order of the tab, where methods come first: one says more than the account
    that the money ends in.
    """
    return payment.env["quickbooks.payment.route"].search(
        [
            ("company_id", "=", payment.company_id.id),
            ("realm_id", "=", connection_of(payment.company_id).realm_id),
            ("journal_id", "=", payment.journal_id.id),
        ]
    )
