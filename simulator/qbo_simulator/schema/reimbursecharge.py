"""ReimburseCharge: what a billable expense is to its customer; read only."""

from qbo_simulator.schema.common import LINKED_TXN, entity_struct
from qbo_simulator.schema.fields import (
    TRANSACTION,
    Entity,
    boolean,
    day,
    decimal,
    money,
    ref,
    several,
    text,
)
from qbo_simulator.schema.lines import line_struct

REIMBURSE_CHARGE = Entity(
    "ReimburseCharge",
    TRANSACTION,
    entity_struct(
        "ReimburseCharge",
        ref("CustomerRef", "Customer", "F", column="party"),
        boolean("HasBeenInvoiced", "F"),
        money("Amount", "FS"),
        money("HomeTotalAmt"),
        day("TxnDate", "FS", column="txn_date"),
        ref("CurrencyRef", "CompanyCurrency"),
        decimal("ExchangeRate"),
        text("PrivateNote", 4000),
        several("LinkedTxn", LINKED_TXN),
        several("Line", line_struct("ReimburseLineDetail")),
    ),
    frozenset(("read", "query")),
    numbered="txn",
    called="ReimburseCharge",
    in_cdc=False,
)
