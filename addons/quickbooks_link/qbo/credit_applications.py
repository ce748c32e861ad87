"""A credit memo applied to an invoice: a payment of nothing that ties the two.

(Intuit: Payment in the API reference, "Apply a credit memo to an invoice".)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from .exactjson import to_decimal

ENTITY = "Payment"
# What is said of the customer and the currency, by invoice and payment alike.
_SHARED = ("CustomerRef", "CurrencyRef", "ExchangeRate")


def build(
    invoice: Mapping[str, Any],
    invoice_id: str,
    credit_id: str,
    amount: Decimal,
    day: date,
    note: str,
) -> dict[str, Any]:
    """Return the body of the Payment.

    :param invoice: the invoice's body as it was sent.
    :param note: for the memo, by which the payment can be found.
    """
    linked = (("Invoice", invoice_id), ("CreditMemo", credit_id))
    return {
        **{name: invoice[name] for name in _SHARED if name in invoice},
        "TxnDate": day.isoformat(),
        "TotalAmt": Decimal(0),
        "PrivateNote": note,
        "Line": [
            {"Amount": amount, "LinkedTxn": [{"TxnId": txn_id, "TxnType": kind}]}
            for kind, txn_id in linked
        ],
    }


def applied_amount(
    payment: Mapping[str, Any], invoice_id: str, credit_id: str
) -> Decimal:
    """Return how much of the credit memo a Payment applies to the invoice, at most."""
    sums = {("Invoice", invoice_id): Decimal(0), ("CreditMemo", credit_id): Decimal(0)}
    for line in payment.get("Line") or []:
        for linked in line.get("LinkedTxn") or []:
            key = (str(linked.get("TxnType")), str(linked.get("TxnId")))
            if key in sums:
                sums[key] += to_decimal(line.get("Amount"))
    return min(sums.values())
