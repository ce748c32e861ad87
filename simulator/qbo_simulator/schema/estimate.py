"""Estimate: a sales document that posts nothing."""

from qbo_simulator.schema.common import entity_struct
from qbo_simulator.schema.fields import TRANSACTION, Entity, day, text
from qbo_simulator.schema.transactions import due_date, sales_fields

ESTIMATE = Entity(
    "Estimate",
    TRANSACTION,
    entity_struct(
        "Estimate",
        *sales_fields(),
        due_date(),
        day("ExpirationDate"),
        text("AcceptedBy", 100),
        day("AcceptedDate"),
    ),
    frozenset(("create", "read", "update", "delete", "query", "send", "pdf")),
    numbered="txn",
    called="Estimate",
)
