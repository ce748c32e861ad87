"""Payment (qbo-api.md 4.9)."""

from qbo_simulator.schema.common import CARD_PAYMENT, CHECK_PAYMENT, entity_struct
from qbo_simulator.schema.fields import (
    TRANSACTION,
    Entity,
    boolean,
    enum,
    group,
    money,
    ref,
    text,
)
from qbo_simulator.schema.lines import line_struct
from qbo_simulator.schema.transactions import transaction_fields

PAYMENT = Entity(
    "Payment",
    TRANSACTION,
    entity_struct(
        "Payment",
        *transaction_fields(line_struct("PaymentLineDetail")),
        ref("CustomerRef", "Customer", "!F", column="party"),
        ref("RemitToRef", "", "R"),
        ref("ARAccountRef", "Account"),
        ref("DepositToAccountRef", "Account"),
        ref("PaymentMethodRef", "PaymentMethod"),
        text("PaymentRefNum", 21, "FS"),
        enum("PaymentType", "Cash|Check|CreditCard|Expense|Other"),
        group("CheckPayment", CHECK_PAYMENT),
        group("CreditCardPayment", CARD_PAYMENT),
        money("TotalAmt", "!FS"),
        money("UnappliedAmt", "R"),
        boolean("ProcessPayment", default=False),
        ref("TaxExemptionRef", "", "R"),
    ),
    frozenset(("create", "read", "update", "delete", "void", "query", "send", "pdf")),
    numbered="txn",
    called="Payment",
)
