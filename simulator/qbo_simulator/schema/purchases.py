"""Bill, VendorCredit, PurchaseOrder, Purchase (qbo-api.md 4.10)."""

from qbo_simulator.schema.common import (
    ADDRESS,
    ANY,
    CARD_PAYMENT,
    CHECK_PAYMENT,
    EMAIL,
    entity_struct,
)
from qbo_simulator.schema.fields import (
    TRANSACTION,
    Entity,
    Field,
    boolean,
    day,
    enum,
    group,
    money,
    ref,
    text,
)
from qbo_simulator.schema.lines import line_struct
from qbo_simulator.schema.transactions import (
    TAX_MODES,
    due_date,
    transaction_fields,
)

PURCHASE_LINE = line_struct(
    "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail"
)
_OPERATIONS = frozenset(("create", "read", "update", "delete", "query"))


def _vendor_fields() -> tuple[Field, ...]:
    return (
        *transaction_fields(PURCHASE_LINE),
        ref("VendorRef", "Vendor", "!F", column="party"),
        group("VendorAddr", ADDRESS),
        ref("APAccountRef", "Account", "F"),
        money("TotalAmt", "RFS"),
        money("HomeTotalAmt", "R"),
        text("Memo", 4000),
        group("ReplyEmail", EMAIL),
        enum("GlobalTaxCalculation", TAX_MODES),
    )


BILL = Entity(
    "Bill",
    TRANSACTION,
    entity_struct(
        "Bill",
        *_vendor_fields(),
        ref("PayerRef"),
        ref("SalesTermRef", "Term"),
        due_date(),
        group("RemitToAddr", ADDRESS),
        group("ShipAddr", ADDRESS),
        money("Balance", "RFS"),
        money("HomeBalance", "R"),
        money("LessCIS", "R"),
        boolean("IncludeInAnnualTPAR"),
    ),
    _OPERATIONS,
    numbered="txn",
    called="Bill",
    sparse_needs=("VendorRef",),
)
VENDOR_CREDIT = Entity(
    "VendorCredit",
    TRANSACTION,
    entity_struct(
        "VendorCredit",
        *_vendor_fields(),
        money("Balance", "RFS"),
        boolean("IncludeInAnnualTPAR"),
    ),
    _OPERATIONS,
    numbered="txn",
    called="VendorCredit",
)
PURCHASE_ORDER = Entity(
    "PurchaseOrder",
    TRANSACTION,
    entity_struct(
        "PurchaseOrder",
        *_vendor_fields(),
        ref("TaxCodeRef", "TaxCode"),
        ref("ClassRef", "Class"),
        ref("SalesTermRef", "Term"),
        due_date(),
        day("ExpectedDate"),
        ref("ShipTo", "Customer"),
        group("ShipAddr", ADDRESS),
        ref("ShipMethodRef"),
        text("FOB", 15),
        group("POEmail", EMAIL),
        ref("TemplateRef"),
        enum("PrintStatus", "NotSet|NeedToPrint|PrintComplete"),
        enum("EmailStatus", "NotSet|NeedToSend|EmailSent", default="NotSet"),
        boolean("ManuallyClosed"),
        enum("POStatus", "Open|Closed", "F", default="Open"),
    ),
    _OPERATIONS | {"send", "pdf"},
    numbered="txn",
    called="PurchaseOrder",
)
PURCHASE = Entity(
    "Purchase",
    TRANSACTION,
    entity_struct(
        "Purchase",
        *transaction_fields(PURCHASE_LINE),
        ref("AccountRef", "Account", "!FK"),
        ref("PaymentMethodRef", "PaymentMethod"),
        text("PaymentRefNum", 21),
        enum("PaymentType", "Cash|Check|CreditCard|Expense|Other", "!FK"),
        group("CheckPayment", CHECK_PAYMENT),
        group("CreditCardPayment", CARD_PAYMENT),
        ref("EntityRef", "Vendor Customer Employee"),
        boolean("Credit", "F"),
        group("RemitToAddr", ADDRESS),
        money("TotalAmt", "RFS"),
        text("Memo", 4000),
        enum("PrintStatus", "NotSet|NeedToPrint|PrintComplete"),
        enum("GlobalTaxCalculation", TAX_MODES),
        money("LessCIS", "R"),
        boolean("IncludeInAnnualTPAR"),
        group("PurchaseEx", ANY, "R"),
    ),
    _OPERATIONS,
    numbered="txn",
    called="Purchase",
    sparse_needs=("PaymentType",),
)
