"""Budget: made in QuickBooks, read by the API."""

from qbo_simulator.schema.common import entity_struct
from qbo_simulator.schema.fields import (
    LISTED,
    Entity,
    boolean,
    day,
    enum,
    money,
    ref,
    several,
    struct,
    text,
)

_DETAIL = struct(
    "BudgetDetail",
    day("BudgetDate"),
    money("Amount"),
    ref("AccountRef", "Account"),
    ref("CustomerRef", "Customer"),
    ref("ClassRef", "Class"),
    ref("DepartmentRef", "Department"),
)
BUDGET = Entity(
    "Budget",
    LISTED,
    entity_struct(
        "Budget",
        text("Name", 100, "!FS", column="name"),
        day("StartDate", "FS"),
        day("EndDate", "FS"),
        enum("BudgetType", "ProfitAndLoss|BalanceSheet", "F"),
        enum("BudgetEntryType", "Monthly|Quarterly|Annually", "F"),
        boolean("Active", "F", column="active", default=True),
        several("BudgetDetail", _DETAIL),
    ),
    frozenset(("read", "query")),
    numbered="budget",
    called="Budgets",
    name_field="Name",
    hides_inactive=True,
)
