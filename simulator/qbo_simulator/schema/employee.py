"""Employee."""

from qbo_simulator.schema.common import ADDRESS, contact_fields, entity_struct
from qbo_simulator.schema.fields import (
    NAME,
    Entity,
    boolean,
    day,
    decimal,
    enum,
    group,
    text,
)

EMPLOYEE = Entity(
    "Employee",
    NAME,
    entity_struct(
        "Employee",
        *contact_fields(),
        text("EmployeeType", 30),
        text("EmployeeNumber", 100),
        text("SSN", 100),
        group("PrimaryAddr", ADDRESS),
        boolean("BillableTime", default=False),
        decimal("BillRate"),
        decimal("CostRate"),
        day("BirthDate"),
        enum("Gender", "Male|Female"),
        day("HiredDate"),
        day("ReleasedDate"),
        text("UseTimeEntry", 30),
    ),
    frozenset(("create", "read", "update", "query")),
    numbered="name",
    called="Names",
    name_field="DisplayName",
    forbidden=":\t\n",
    hides_inactive=True,
)
