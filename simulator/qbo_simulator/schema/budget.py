"""Budget: a plan of what accounts will come to."""

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
    day("BudgetDate", "!"),
    money("Amount", "!"),
    ref("AccountRef", "Account", "!"),
    ref("CustomerRef", "Customer"),
    ref("ClassRef", "Class"),
    ref("DepartmentRef", "Department"),
)
BUDGET = Entity(
    "Budget",
    LISTED,
    entity_struct(
        "Budget",
        text("Name", 100, "FSK", column="name"),
        day("StartDate", "!FSK"),
        day("EndDate", "!FSK"),
        enum("BudgetType", "ProfitAndLoss|BalanceSheet", "FSK"),
        enum("BudgetEntryType", "Monthly|Quarterly|Annually", "FK"),
        boolean("Active", "F", column="active", default=True),
        several("BudgetDetail", _DETAIL),
    ),
    frozenset(("create", "read", "update", "delete", "query")),
    numbered="budget",
    called="Budgets",
    name_field="Name",
    hides_inactive=True,
)
