"""CreditMemo (qbo-api.md 4.8)."""

from qbo_simulator.schema.common import entity_struct
from qbo_simulator.schema.fields import TRANSACTION, Entity, money, ref
from qbo_simulator.schema.transactions import due_date, sales_fields

CREDIT_MEMO = Entity(
    "CreditMemo",
    TRANSACTION,
    entity_struct(
        "CreditMemo",
        *sales_fields(),
        due_date(),
        money("RemainingCredit", "R"),
        ref("InvoiceRef"),
    ),
    frozenset(("create", "read", "update", "delete", "query", "send", "pdf")),
    numbered="txn",
    called="CreditMemo",
)
