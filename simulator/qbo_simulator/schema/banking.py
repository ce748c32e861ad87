"""Deposit, Transfer and CreditCardPayment: money between accounts."""

from qbo_simulator.schema.common import entity_struct
from qbo_simulator.schema.fields import (
    TRANSACTION,
    Entity,
    Field,
    enum,
    group,
    money,
    ref,
    struct,
    text,
)
from qbo_simulator.schema.lines import line_struct
from qbo_simulator.schema.transactions import TAX_MODES, transaction_fields

_OPERATIONS = frozenset(("create", "read", "update", "delete", "query"))
_CASH_BACK = struct(
    "CashBackInfo",
    ref("AccountRef", "Account", "!"),
    money("Amount", "!"),
    text("Memo", 4000),
)


def _plain_fields() -> tuple[Field, ...]:
    """Return the fields of a transaction without lines."""
    fields = transaction_fields(line_struct())
    return tuple(one for one in fields if one.name not in ("Line", "TxnTaxDetail"))


DEPOSIT = Entity(
    "Deposit",
    TRANSACTION,
    entity_struct(
        "Deposit",
        *transaction_fields(line_struct("DepositLineDetail")),
        ref("DepositToAccountRef", "Account", "!F"),
        group("CashBack", _CASH_BACK),
        enum("GlobalTaxCalculation", TAX_MODES),
        money("TotalAmt", "R"),
        money("HomeTotalAmt", "R"),
    ),
    _OPERATIONS,
    numbered="txn",
    called="Deposit",
)
TRANSFER = Entity(
    "Transfer",
    TRANSACTION,
    entity_struct(
        "Transfer",
        *_plain_fields(),
        ref("FromAccountRef", "Account", "!"),
        ref("ToAccountRef", "Account", "!"),
        money("Amount", "!FS"),
        ref("ClassRef", "Class"),
    ),
    _OPERATIONS,
    numbered="txn",
    called="Transfer",
)
CREDIT_CARD_PAYMENT = Entity(
    "CreditCardPayment",
    TRANSACTION,
    entity_struct(
        "CreditCardPaymentTxn",
        *_plain_fields(),
        ref("CreditCardAccountRef", "Account", "!"),
        ref("BankAccountRef", "Account", "!"),
        money("Amount", "!FS"),
        ref("VendorRef", "Vendor", "F", column="party"),
        text("CheckNum", 21),
        enum("PrintStatus", "NotSet|NeedToPrint|PrintComplete"),
        text("Memo", 4000),
    ),
    _OPERATIONS,
    numbered="txn",
    called="CreditCardPayment",
    wrapper="CreditCardPaymentTxn",
)
