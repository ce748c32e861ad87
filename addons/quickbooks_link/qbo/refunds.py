"""A customer who is paid back what a credit memo is worth, as QuickBooks records it.

An expense from the bank to the customer, with the category Accounts Receivable, and a
payment of nothing that applies the credit memo to it. (Intuit: "Record a refund for an
overpayment or credit"; Purchase and Payment in the API reference.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from . import statements
from .payments import CREDIT, PAID_BACK

Body = dict[str, Any]
ENTITY = "Purchase"
_DETAIL = "AccountBasedExpenseLineDetail"


def build_expense(
    customer_id: str, bank_id: str, day: str, amount: Decimal, note: str
) -> Body:
    """Return the body of the Purchase, but for the account of its line.

    :param bank_id: the account from which it was paid
    :param note: for the memo, by which it can be found
    """
    line = {"DetailType": _DETAIL, "Amount": amount, _DETAIL: {}}
    return {
        "PaymentType": "Cash",
        "AccountRef": {"value": bank_id},
        "EntityRef": {"value": customer_id, "type": "Customer"},
        "TxnDate": day,
        "PrivateNote": note[:4000],
        # It is no purchase: nothing of it is taxed.
        "GlobalTaxCalculation": "NotApplicable",
        "Line": [line],
    }


def on_account(expense: Body, receivable_id: str) -> Body:
    """Return an expense whose line is put down to the account of what is owed."""
    detail = {"AccountRef": {"value": receivable_id}}
    lines = [{**line, _DETAIL: detail} for line in expense["Line"]]
    return {**expense, "Line": lines}


def build_tie(expense: Body, expense_id: str, credits: Mapping[str, Decimal]) -> Body:
    """Return the body of the Payment that applies credit memos to an expense.

    :param credits: amounts by the Ids of credit memos
    """
    total = sum(credits.values(), Decimal(0))
    linked = [
        (total, expense_id, PAID_BACK[0]),
        *((amount, key, CREDIT) for key, amount in credits.items()),
    ]
    return {
        "CustomerRef": {"value": expense["EntityRef"]["value"]},
        "TxnDate": expense["TxnDate"],
        "TotalAmt": Decimal(0),
        "PrivateNote": expense["PrivateNote"],
        "Line": [
            {"Amount": amount, "LinkedTxn": [{"TxnId": key, "TxnType": kind}]}
            for amount, key, kind in linked
        ],
    }


def expenses_alike(amount: Decimal, first: object, last: object) -> str:
    """Return the statement that finds expenses of an amount, dated between two days."""
    where = statements.both(
        statements.condition("TotalAmt", "=", amount),
        statements.condition("TxnDate", ">=", str(first)),
        statements.condition("TxnDate", "<=", str(last)),
    )
    return statements.select(ENTITY, where)


def to_customer(
    expenses: Iterable[Mapping[str, Any]], customer_id: str
) -> list[Mapping[str, Any]]:
    """Return those expenses that were paid to a customer."""
    return [
        one
        for one in expenses
        if (one.get("EntityRef") or {}).get("value") == customer_id
    ]
