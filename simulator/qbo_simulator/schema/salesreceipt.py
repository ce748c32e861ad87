"""SalesReceipt and RefundReceipt: sales paid, and paid back, at once (4.8)."""

from qbo_simulator.schema.common import entity_struct
from qbo_simulator.schema.fields import TRANSACTION, Entity, money
from qbo_simulator.schema.transactions import sales_fields

SALES_RECEIPT = Entity(
    "SalesReceipt",
    TRANSACTION,
    entity_struct("SalesReceipt", *sales_fields("F"), money("LessCIS", "R")),
    frozenset(("create", "read", "update", "delete", "void", "query", "send", "pdf")),
    numbered="txn",
    called="SalesReceipt",
)
REFUND_RECEIPT = Entity(
    "RefundReceipt",
    TRANSACTION,
    entity_struct("RefundReceipt", *sales_fields("F"), money("RemainingCredit", "R")),
    frozenset(("create", "read", "update", "delete", "query", "send", "pdf")),
    numbered="txn",
    called="RefundReceipt",
)
