"""QuickBooks' own application of credits, when the company wishes it.

qbo-api.md 4.6, 9.20: balances change without a client having written anything.
"""

from decimal import Decimal

from qbo_simulator.books.money import shown
from qbo_simulator.company import Company, Record
from qbo_simulator.entities.base import Body


def apply_to_new_invoice(company: Company, invoice: Record) -> None:
    """Let open credits, then unapplied payments, pay a new invoice."""
    for credit in _open(company, "CreditMemo", "RemainingCredit", invoice):
        if _wishes(company, "AutoApplyCredit"):
            _tie(company, invoice, credit)
    for payment in _open(company, "Payment", "UnappliedAmt", invoice):
        if _wishes(company, "AutoApplyPayments"):
            _extend(company, payment, invoice)


def apply_new_credit(company: Company, credit: Record) -> None:
    """Let a new credit memo pay open invoices, oldest first."""
    if _wishes(company, "AutoApplyCredit"):
        for invoice in _open(company, "Invoice", "Balance", credit):
            _tie(company, invoice, credit)


def apply_new_payment(company: Company, payment: Record) -> None:
    """Let a payment that names no document pay open invoices, oldest first."""
    if _wishes(company, "AutoApplyPayments") and not payment.body["Line"]:
        for invoice in _open(company, "Invoice", "Balance", payment):
            _extend(company, payment, invoice)


def _wishes(company: Company, name: str) -> bool:
    return bool(company.preference("SalesFormsPrefs", name, False))


def _open(company: Company, entity: str, field: str, like: Record) -> list[Record]:
    """Return the party's documents with something open, oldest first."""
    return company.search(
        entity,
        f"party = ? AND json_extract(body, '$.{field}') > 0 ORDER BY txn_date, id",
        like.body["CustomerRef"]["value"],
    )


def _left(company: Company, record: Record, field: str) -> Decimal:
    return Decimal(company.get(record.entity, record.id).body[field])


def _line(target: Record, value: Decimal) -> Body:
    linked = {"TxnId": target.id, "TxnType": target.entity}
    return {"Amount": shown(value), "LinkedTxn": [linked]}


def _tie(company: Company, invoice: Record, credit: Record) -> None:
    """Write the payment of nothing that ties a credit to an invoice."""
    value = min(
        _left(company, invoice, "Balance"), _left(company, credit, "RemainingCredit")
    )
    if value <= 0:
        return
    body = {
        "CustomerRef": {"value": invoice.body["CustomerRef"]["value"]},
        "CurrencyRef": {"value": invoice.body["CurrencyRef"]["value"]},
        "TxnDate": company.today.isoformat(),
        "TotalAmt": Decimal(0),
        "PrivateNote": "Created by QB Online to link credits to charges.",
        "Line": [_line(invoice, value), _line(credit, value)],
    }
    company.rules("Payment").create(body)


def _extend(company: Company, payment: Record, invoice: Record) -> None:
    """Add a line to a payment that has something left."""
    fresh = company.get("Payment", payment.id)
    value = min(Decimal(fresh.body["UnappliedAmt"]), _left(company, invoice, "Balance"))
    if value <= 0:
        return
    body = dict(fresh.body)
    body["Line"] = [*body["Line"], _line(invoice, value)]
    company.rules("Payment").reapply(fresh, body)
