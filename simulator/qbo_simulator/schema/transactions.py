"""Fields that transactions have in common."""

from qbo_simulator.schema.common import (
    ADDRESS,
    ATTACHABLE_REF,
    CARD_PAYMENT,
    CHECK_PAYMENT,
    CUSTOM_FIELD,
    DELIVERY,
    EMAIL,
    LINKED_TXN,
    MEMO,
)
from qbo_simulator.schema.fields import (
    Field,
    Struct,
    boolean,
    day,
    decimal,
    enum,
    group,
    money,
    percent,
    ref,
    several,
    text,
)
from qbo_simulator.schema.lines import TXN_TAX_DETAIL, line_struct

TAX_MODES = "TaxExcluded|TaxInclusive|NotApplicable"


def transaction_fields(line: Struct) -> tuple[Field, ...]:
    """Return what every transaction has, with the given kind of line."""
    return (
        text("DocNumber", 21, "FS", column="doc_number"),
        day("TxnDate", "FSK", column="txn_date"),
        ref("DepartmentRef", "Department"),
        ref("CurrencyRef", "CompanyCurrency", "K"),
        decimal("ExchangeRate"),
        text("PrivateNote", 4000),
        text("TxnStatus", 30, "F"),
        several("LinkedTxn", LINKED_TXN),
        several("Line", line, "K"),
        group("TxnTaxDetail", TXN_TAX_DETAIL),
        text("TxnSource", 30),
        text("TransactionLocationType", 50),
        ref("RecurDataRef", "", "R"),
        several("CustomField", CUSTOM_FIELD),
        several("AttachableRef", ATTACHABLE_REF),
    )


SALES_LINE = line_struct(
    "SalesItemLineDetail",
    "DescriptionOnly",
    "DiscountLineDetail",
    "SubTotalLineDetail",
    group_lines=True,
)


def sales_fields(customer_flags: str = "!F", term_flags: str = "") -> tuple[Field, ...]:
    """Return what invoices, credit memos, receipts and estimates have in common."""
    return (
        *transaction_fields(SALES_LINE),
        boolean("AutoDocNumber"),
        ref("CustomerRef", "Customer", customer_flags, column="party"),
        group("CustomerMemo", MEMO),
        group("BillAddr", ADDRESS),
        group("ShipAddr", ADDRESS),
        group("ShipFromAddr", ADDRESS),
        boolean("FreeFormAddress", "R"),
        ref("RemitToRef", "", "R"),
        ref("ClassRef", "Class"),
        ref("SalesTermRef", "Term", term_flags),
        ref("SalesRepRef"),
        text("PONumber", 15),
        text("FOB", 15),
        ref("ShipMethodRef"),
        day("ShipDate"),
        text("TrackingNum", 31),
        enum("GlobalTaxCalculation", TAX_MODES),
        money("TotalAmt", "RFS"),
        money("HomeTotalAmt", "R"),
        boolean("ApplyTaxAfterDiscount", default=False),
        boolean("ShippingTaxIncludedInTotalTax"),
        ref("TemplateRef"),
        enum("PrintStatus", "NotSet|NeedToPrint|PrintComplete", default="NotSet"),
        enum("EmailStatus", "NotSet|NeedToSend|EmailSent", default="NotSet"),
        group("BillEmail", EMAIL),
        group("BillEmailCc", EMAIL),
        group("BillEmailBcc", EMAIL),
        ref("ARAccountRef", "Account"),
        money("Balance", "RFS"),
        money("HomeBalance", "R"),
        boolean("FinanceCharge"),
        ref("PaymentMethodRef", "PaymentMethod"),
        text("PaymentRefNum", 21),
        enum("PaymentType", "Cash|Check|CreditCard|Expense|Other"),
        group("CheckPayment", CHECK_PAYMENT),
        group("CreditCardPayment", CARD_PAYMENT),
        ref("DepositToAccountRef", "Account"),
        group("DeliveryInfo", DELIVERY, "R"),
        percent("DiscountRate"),
        money("DiscountAmt"),
        text("GovtTxnRefIdentifier", 30),
        ref("TaxExemptionRef", "", "R"),
        ref("ProjectRef"),
    )


def due_date() -> Field:
    """Return the field of the day by which a document is to be paid."""
    return day("DueDate", "FS")
