"""RecurringTransaction: a transaction kept as a template with a schedule."""

from dataclasses import replace
from types import MappingProxyType

from qbo_simulator.schema.common import entity_struct
from qbo_simulator.schema.company import DAYS, MONTHS
from qbo_simulator.schema.creditmemo import CREDIT_MEMO
from qbo_simulator.schema.estimate import ESTIMATE
from qbo_simulator.schema.fields import (
    INNER,
    TRANSACTION,
    Entity,
    Struct,
    boolean,
    day,
    enum,
    group,
    integer,
    struct,
    text,
)
from qbo_simulator.schema.invoice import INVOICE
from qbo_simulator.schema.purchases import BILL, PURCHASE, PURCHASE_ORDER, VENDOR_CREDIT
from qbo_simulator.schema.salesreceipt import REFUND_RECEIPT, SALES_RECEIPT

_SCHEDULE = struct(
    "RecurringScheduleInfo",
    enum("IntervalType", "Yearly|Monthly|Weekly|Daily"),
    integer("NumInterval", least=1),
    integer("DayOfMonth", least=1, most=31),
    enum("DayOfWeek", DAYS),
    integer("WeekOfMonth", least=1, most=5),
    enum("MonthOfYear", MONTHS),
    integer("RemindDays"),
    integer("DaysBefore"),
    integer("MaxOccurrences", least=1),
    day("StartDate"),
    day("EndDate"),
    day("NextDate", "R"),
    day("PreviousDate", "R"),
)
_INFO = struct(
    "RecurringInfo",
    text("Name", 100, "!"),
    enum("RecurType", "Automated|Reminded|UnScheduled", "!"),
    boolean("Active"),
    group("ScheduleInfo", _SCHEDULE),
)


def template(entity: Entity) -> Struct:
    """Return a transaction's structure with the schedule every template has."""
    fields = dict(entity.fields)
    fields["RecurringInfo"] = group("RecurringInfo", _INFO, "!K")
    return Struct(entity.name, MappingProxyType(fields))


_KINDS = (
    INVOICE,
    BILL,
    CREDIT_MEMO,
    ESTIMATE,
    PURCHASE,
    PURCHASE_ORDER,
    REFUND_RECEIPT,
    SALES_RECEIPT,
    VENDOR_CREDIT,
)
TEMPLATES = {
    kind.name: replace(kind, struct=template(kind), operations=frozenset())
    for kind in _KINDS
}
RECURRING_TRANSACTION = Entity(
    "RecurringTransaction",
    TRANSACTION,
    entity_struct(
        "RecurringTransaction",
        text("Type", 30, "FS", column="full_name"),
        *(group(name, one.struct) for name, one in TEMPLATES.items()),
    ),
    frozenset(("create", "read", "update", "delete", "query")),
    numbered="txn",
    called="RecurringTransaction",
    in_cdc=False,
    identity=INNER,
)
