"""BillPayment (qbo-api.md 4.10)."""

from qbo_simulator.schema.common import (
    ADDRESS,
    CARD_PAYMENT,
    CHECK_PAYMENT,
    entity_struct,
)
from qbo_simulator.schema.fields import (
    TRANSACTION,
    Entity,
    boolean,
    enum,
    group,
    money,
    ref,
    struct,
)
from qbo_simulator.schema.lines import line_struct
from qbo_simulator.schema.transactions import transaction_fields

_CHECK = struct(
    "BillPaymentCheck",
    ref("BankAccountRef", "Account"),
    enum("PrintStatus", "NotSet|NeedToPrint|PrintComplete"),
    group("CheckDetail", CHECK_PAYMENT),
    group("PayeeAddr", ADDRESS),
)
_CARD = struct(
    "BillPaymentCreditCard",
    ref("CCAccountRef", "Account"),
    group("CCDetail", CARD_PAYMENT),
)
BILL_PAYMENT = Entity(
    "BillPayment",
    TRANSACTION,
    entity_struct(
        "BillPayment",
        *transaction_fields(line_struct("PaymentLineDetail")),
        ref("VendorRef", "Vendor", "!F", column="party"),
        group("VendorAddr", ADDRESS),
        ref("APAccountRef", "Account"),
        enum("PayType", "Check|CreditCard", "!FK"),
        group("CheckPayment", _CHECK),
        group("CreditCardPayment", _CARD),
        money("TotalAmt", "!FS"),
        boolean("ProcessBillPayment", "R"),
    ),
    frozenset(("create", "read", "update", "delete", "void", "query")),
    numbered="txn",
    called="BillPayment",
)
