"""The small lists (qbo-api.md 4.5)."""

from qbo_simulator.schema.common import ADDRESS, CUSTOM_FIELD, entity_struct
from qbo_simulator.schema.fields import (
    LISTED,
    Entity,
    Field,
    boolean,
    enum,
    group,
    ref,
    several,
    text,
)

_WRITABLE = frozenset(("create", "read", "update", "query"))
_READABLE = frozenset(("read", "query"))


def _name(size: int) -> Field:
    return text("Name", size, "!FSK", column="name")


def _active() -> Field:
    return boolean("Active", "FK", column="active", default=True)


def _full_name() -> Field:
    return text("FullyQualifiedName", 500, "RFS", column="full_name")


CLASS = Entity(
    "Class",
    LISTED,
    entity_struct(
        "Class",
        _name(100),
        boolean("SubClass", "F"),
        ref("ParentRef", "Class", "F"),
        _full_name(),
        _active(),
    ),
    _WRITABLE,
    numbered="class",
    called="Klasses",
    name_field="Name",
    forbidden=":\t\n",
    hides_inactive=True,
)
DEPARTMENT = Entity(
    "Department",
    LISTED,
    entity_struct(
        "Department",
        _name(100),
        boolean("SubDepartment", "F"),
        ref("ParentRef", "Department", "F"),
        _full_name(),
        _active(),
        group("Address", ADDRESS),
    ),
    _WRITABLE,
    numbered="department",
    called="Depts",
    name_field="Name",
    forbidden=":\t\n",
    hides_inactive=True,
)
PAYMENT_METHOD = Entity(
    "PaymentMethod",
    LISTED,
    entity_struct(
        "PaymentMethod",
        _name(31),
        _active(),
        enum("Type", "CREDIT_CARD|NON_CREDIT_CARD", "F", default="NON_CREDIT_CARD"),
    ),
    _WRITABLE,
    numbered="paymentmethod",
    called="PaymentMethods",
    name_field="Name",
    hides_inactive=True,
)
CUSTOMER_TYPE = Entity(
    "CustomerType",
    LISTED,
    entity_struct("CustomerType", _name(100), _active()),
    _READABLE,
    numbered="customertype",
    called="CustomerTypes",
    name_field="Name",
    hides_inactive=True,
)
COMPANY_CURRENCY = Entity(
    "CompanyCurrency",
    LISTED,
    entity_struct(
        "CompanyCurrency",
        text("Code", 3, "!FSK"),
        text("Name", 100, "FSK", column="name"),
        _active(),
        several("CustomField", CUSTOM_FIELD),
    ),
    _WRITABLE,
    numbered="companycurrency",
    called="CompanyCurrencies",
    name_field="Name",
    hides_inactive=True,
)
JOURNAL_CODE = Entity(
    "JournalCode",
    LISTED,
    entity_struct(
        "JournalCode",
        _name(30),
        enum("Type", "Expenses|Sales|Bank|Nouveaux|Wages|Cash|Others", "FK"),
        text("Description", 100),
        _active(),
    ),
    _WRITABLE,
    numbered="journalcode",
    called="JournalCodes",
    name_field="Name",
    hides_inactive=True,
    in_cdc=False,
)
TAX_CLASSIFICATION = Entity(
    "TaxClassification",
    LISTED,
    entity_struct(
        "TaxClassification",
        text("Code", 50, "F"),
        text("Name", 100, "FS", column="name"),
        text("Description", 1000),
        text("Level", 5, "F"),
        ref("ParentRef", "TaxClassification", "F"),
        several("ApplicableTo", text("ApplicableTo", 30)),
    ),
    _READABLE,
    numbered="taxclassification",
    called="TaxClassifications",
    name_field="Name",
    in_cdc=False,
)
