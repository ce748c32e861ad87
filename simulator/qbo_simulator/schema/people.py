"""Vendor and Employee: they share the space of names with customers."""

from qbo_simulator.schema.common import ADDRESS, contact_fields, entity_struct
from qbo_simulator.schema.fields import (
    NAME,
    Entity,
    boolean,
    day,
    group,
    money,
    ref,
    text,
)

_OPERATIONS = frozenset(("create", "read", "update", "query"))

VENDOR = Entity(
    "Vendor",
    NAME,
    entity_struct(
        "Vendor",
        *contact_fields(),
        group("BillAddr", ADDRESS),
        text("TaxIdentifier", 20),
        ref("TermRef", "Term"),
        money("Balance", "RFS"),
        text("AcctNum", 100),
        boolean("Vendor1099"),
        ref("CurrencyRef", "CompanyCurrency", "K"),
        ref("APAccountRef", "Account"),
        text("BusinessNumber", 10),
        text("Source", 30),
    ),
    _OPERATIONS,
    numbered="name",
    called="Names",
    name_field="DisplayName",
    forbidden=":\t\n",
    hides_inactive=True,
)
EMPLOYEE = Entity(
    "Employee",
    NAME,
    entity_struct(
        "Employee",
        *contact_fields(),
        group("PrimaryAddr", ADDRESS),
        text("EmployeeNumber", 100),
        text("SSN", 100),
        boolean("BillableTime"),
        day("HiredDate"),
        day("ReleasedDate"),
    ),
    _OPERATIONS,
    numbered="name",
    called="Names",
    name_field="DisplayName",
    forbidden=":\t\n",
    hides_inactive=True,
)
