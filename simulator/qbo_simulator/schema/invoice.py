"""Invoice (qbo-api.md 4.7)."""

from qbo_simulator.schema.common import entity_struct
from qbo_simulator.schema.fields import (
    TRANSACTION,
    Entity,
    boolean,
    integer,
    moment,
    money,
    text,
)
from qbo_simulator.schema.transactions import due_date, sales_fields

INVOICE = Entity(
    "Invoice",
    TRANSACTION,
    entity_struct(
        "Invoice",
        *sales_fields(term_flags="F"),
        due_date(),
        money("Deposit"),
        boolean("AllowIPNPayment", default=False),
        boolean("AllowOnlinePayment", "R", default=False),
        boolean("AllowOnlineCreditCardPayment", default=False),
        boolean("AllowOnlineACHPayment", default=False),
        boolean("AllowOnlinePayPalPayment"),
        text("EInvoiceStatus", 30, "R"),
        moment("ECloudStatusTimeStamp", "R"),
        integer("CfdiUse"),
        text("Exportation", 30),
        text("invoiceStatus", 30, "R"),
        text("callToAction", 30, "R"),
        money("LessCIS", "R"),
        text("InvoiceLink", 4000, "R"),
        text("PaymentDetailsMessage", 1000),
        boolean("AutoPayEligible", "R"),
        boolean("SchedulePayEligible", "R"),
    ),
    frozenset(("create", "read", "update", "delete", "void", "query", "send", "pdf")),
    numbered="txn",
    called="Invoice",
)
