"""InventoryAdjustment: what a stock count says of quantities on hand."""

from qbo_simulator.schema.common import CUSTOM_FIELD, LINKED_TXN, entity_struct
from qbo_simulator.schema.fields import (
    TRANSACTION,
    Entity,
    day,
    enum,
    group,
    ident,
    integer,
    quantity,
    ref,
    several,
    struct,
    text,
)

DETAIL = "ItemAdjustmentLineDetail"
_LINE = struct(
    "Line",
    ident("Id"),
    integer("LineNum"),
    text("Description", 4000),
    enum("DetailType", DETAIL),
    several("LinkedTxn", LINKED_TXN),
    group(
        DETAIL, struct(DETAIL, ref("ItemRef", "Item", "!"), quantity("QtyDiff", "!"))
    ),
)
INVENTORY_ADJUSTMENT = Entity(
    "InventoryAdjustment",
    TRANSACTION,
    entity_struct(
        "InventoryAdjustment",
        text("DocNumber", 21, "FS", column="doc_number"),
        day("TxnDate", "FSK", column="txn_date"),
        ref("AdjustAccountRef", "Account", "!K"),
        ref("CustomerRef", "Customer", "F", column="party"),
        ref("DepartmentRef", "Department"),
        ref("ClassRef", "Class"),
        text("PrivateNote", 4000),
        several("Line", _LINE, "!K"),
        several("LinkedTxn", LINKED_TXN),
        several("CustomField", CUSTOM_FIELD),
    ),
    frozenset(("create", "read", "update", "delete", "query")),
    numbered="txn",
    called="InventoryAdjustment",
    in_cdc=False,
)
