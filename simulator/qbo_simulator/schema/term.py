"""Term (qbo-api.md 4.5)."""

from qbo_simulator.schema.common import entity_struct
from qbo_simulator.schema.fields import (
    LISTED,
    Entity,
    boolean,
    integer,
    percent,
    text,
)

TERM = Entity(
    "Term",
    LISTED,
    entity_struct(
        "Term",
        text("Name", 31, "!FSK", column="name"),
        boolean("Active", "FK", column="active", default=True),
        text("Type", 30, "RF"),
        percent("DiscountPercent"),
        integer("DueDays", least=0, most=999),
        integer("DiscountDays", least=0, most=999),
        integer("DayOfMonthDue", least=1, most=31),
        integer("DueNextMonthDays", least=1, most=999),
        integer("DiscountDayOfMonth", least=1, most=31),
    ),
    frozenset(("create", "read", "update", "query")),
    numbered="term",
    called="Terms",
    name_field="Name",
    hides_inactive=True,
    sparse_needs=("Name",),
)
