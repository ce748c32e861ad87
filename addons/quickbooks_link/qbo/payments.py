"""Payments in QuickBooks: what one says, and what of it pays what.

QuickBooks gives each document an amount, never pairs: a payment of 100 with lines
for an invoice of 150 and a credit of 50 does not say which of the two paid what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from .errors import UnexpectedAnswerError
from .exactjson import to_decimal

Body = Mapping[str, Any]

INVOICE = "Invoice"
CREDIT = "CreditMemo"
# By what a customer is paid back: transactions of QuickBooks' on its bank accounts.
PAID_BACK = ("Expense", "Check")
# What settles an invoice, beside a credit memo's Id.
MONEY = "money"
UNKNOWN = ""


@dataclass(frozen=True)
class Allocation:
    """An amount of a payment that stands against one transaction.

    :param kind: QuickBooks' ``TxnType``, such as ``Invoice``.
    """

    kind: str
    txn_id: str
    amount: Decimal


@dataclass(frozen=True)
class Payment:
    """A payment of a customer's, in QuickBooks' words and with exact amounts.

    :param rate: units of the home currency for one of the payment's.
    """

    id: str
    sync_token: str
    customer_id: str
    customer_name: str
    currency: str
    day: date
    total: Decimal
    unapplied: Decimal
    rate: Decimal
    reference: str
    note: str
    method_id: str
    account_id: str
    allocations: tuple[Allocation, ...]

    @property
    def void(self) -> bool:
        """Whether it does nothing: QuickBooks voids by taking all amounts away.

        There is no field that says so, and the word in the note may be in any
        language.
        """
        return not self.total and not self.allocations


@dataclass(frozen=True)
class Share:
    """An amount of an invoice, and what settled it.

    :param source: :data:`MONEY`, the Id of a credit memo, or :data:`UNKNOWN` for a
        transaction that is not known here.
    """

    source: str
    invoice_id: str
    amount: Decimal


# === READING === #


def read(record: Body) -> Payment:
    """Return a Payment record as a :class:`Payment`.

    :raise UnexpectedAnswerError: it has no date
    """
    if not record.get("TxnDate"):
        raise UnexpectedAnswerError(f"QuickBooks' Payment {record['Id']} has no date.")
    customer = record.get("CustomerRef") or {}
    return Payment(
        id=str(record["Id"]),
        sync_token=str(record.get("SyncToken") or ""),
        customer_id=str(customer.get("value") or ""),
        customer_name=str(customer.get("name") or ""),
        currency=_value(record, "CurrencyRef"),
        day=date.fromisoformat(str(record["TxnDate"])),
        total=to_decimal(record.get("TotalAmt")),
        unapplied=to_decimal(record.get("UnappliedAmt")),
        rate=to_decimal(record.get("ExchangeRate") or 1),
        reference=str(record.get("PaymentRefNum") or ""),
        note=str(record.get("PrivateNote") or ""),
        method_id=_value(record, "PaymentMethodRef"),
        account_id=_value(record, "DepositToAccountRef"),
        allocations=tuple(_allocations(record.get("Line") or ())),
    )


def _allocations(lines: Iterable[Body]) -> Iterable[Allocation]:
    """Yield what is applied, once for each transaction, in the order of the lines."""
    sums: dict[tuple[str, str], Decimal] = {}
    for line in lines:
        for linked in line.get("LinkedTxn") or ():
            key = (str(linked.get("TxnType") or ""), str(linked.get("TxnId") or ""))
            amount = to_decimal(line.get("Amount"))
            sums[key] = sums.get(key, Decimal(0)) + amount
    for (kind, txn_id), amount in sums.items():
        if amount:
            yield Allocation(kind, txn_id, amount)


def _value(record: Body, name: str) -> str:
    return str((record.get(name) or {}).get("value") or "")


# === WHAT PAYS WHAT === #


def share_out(
    total: Decimal,
    allocations: Sequence[Allocation],
    known: Callable[[Allocation], bool],
) -> tuple[Share, ...]:
    """Return what settles each invoice that is known here.

    Known credits go to known invoices first and the money next; only what is left is
    put down to transactions that are not known. Any pairing has the same sums, and
    this one leaves the least to be explained.

    :param total: the payment's own amount.
    :param known: whether an allocation's document is known here.
    """
    invoices = [one for one in allocations if one.kind == INVOICE and known(one)]
    sources = [one for one in allocations if one.kind == CREDIT and known(one)]
    purses = [(one.txn_id, one.amount) for one in sources] + [(MONEY, total)]
    shares: list[Share] = []
    for invoice in invoices:
        open_amount = invoice.amount
        for number, (source, left) in enumerate(purses):
            part = min(open_amount, left)
            if part > 0:
                shares.append(Share(source, invoice.txn_id, part))
                purses[number] = (source, left - part)
                open_amount -= part
        if open_amount > 0:
            shares.append(Share(UNKNOWN, invoice.txn_id, open_amount))
    return tuple(shares)


def paid_back(
    total: Decimal,
    allocations: Sequence[Allocation],
    known: Callable[[Allocation], bool],
) -> tuple[tuple[str, Decimal], ...]:
    """Return what was paid back: of each credit memo known here, and of the money.

    That is what invoices leave of it. The arguments are those of :func:`share_out`.

    :return: Ids of credit memos, or :data:`MONEY`, and amounts
    """
    used: dict[str, Decimal] = {}
    for share in share_out(total, allocations, known):
        used[share.source] = used.get(share.source, Decimal(0)) + share.amount
    back = sum((one.amount for one in allocations if one.kind in PAID_BACK), Decimal(0))
    credits_ = [one for one in allocations if one.kind == CREDIT and known(one)]
    purses = [(one.txn_id, one.amount) for one in credits_] + [(MONEY, total)]
    found = []
    for source, amount in purses:
        part = min(amount - used.get(source, Decimal(0)), back)
        if part > 0:
            found.append((source, part))
            back -= part
    return tuple(found)


# === WRITING === #


def build(payment: Payment) -> dict[str, Any]:
    """Return the body of the call that creates *payment*.

    Its ``id`` and ``sync_token`` are not used.
    """
    body: dict[str, Any] = {
        "CustomerRef": {"value": payment.customer_id},
        "TotalAmt": payment.total,
        "TxnDate": payment.day.isoformat(),
        "PrivateNote": payment.note[:4000],
        "Line": [_line(one) for one in payment.allocations],
        **_references(payment),
    }
    if payment.rate != 1:
        body["ExchangeRate"] = payment.rate
    if payment.reference:
        body["PaymentRefNum"] = payment.reference[:21]
    return body


def _line(allocation: Allocation) -> dict[str, Any]:
    linked = {"TxnId": allocation.txn_id, "TxnType": allocation.kind}
    return {"Amount": allocation.amount, "LinkedTxn": [linked]}


def _references(payment: Payment) -> dict[str, Any]:
    values = {
        "CurrencyRef": payment.currency,
        "PaymentMethodRef": payment.method_id,
        "DepositToAccountRef": payment.account_id,
    }
    return {name: {"value": value} for name, value in values.items() if value}


def limited(payment: Payment, open_amounts: Mapping[str, Decimal]) -> Payment:
    """Return *payment* applied to no invoice beyond what QuickBooks has open of it.

    QuickBooks refuses the whole payment otherwise; the rest stays with the customer.

    :param open_amounts: open balances by the Ids of invoices.
    """
    lines = (
        replace(one, amount=min(one.amount, open_amounts.get(one.txn_id, Decimal(0))))
        for one in payment.allocations
    )
    return replace(payment, allocations=tuple(one for one in lines if one.amount > 0))
