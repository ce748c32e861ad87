"""Which changes of which entities Intuit tells of, and what it calls them.

qbo-api.md 7.5: the list of entities is Intuit's, the operation by entity is partly
UNCONFIRMED. TaxCode, TaxRate and CompanyInfo have no events.
"""

CREATE, UPDATE, DELETE = "Create", "Update", "Delete"
MERGE, VOID, EMAILED = "Merge", "Void", "Emailed"
PAST = {
    CREATE: "created",
    UPDATE: "updated",
    DELETE: "deleted",
    MERGE: "merged",
    VOID: "voided",
    EMAILED: "emailed",
}
"""An operation as the type of a CloudEvent says it."""

_CUD = (CREATE, UPDATE, DELETE)
_MERGED = (*_CUD, MERGE)
_SALE = (*_CUD, VOID, EMAILED)

OPERATIONS: dict[str, tuple[str, ...]] = {
    "Account": (CREATE, UPDATE, MERGE),
    "Bill": _CUD,
    "BillPayment": (*_CUD, VOID),
    "Budget": _CUD,
    "Class": _CUD,
    "CompanyCurrency": _CUD,
    "CreditMemo": _SALE,
    "Customer": _MERGED,
    "Department": _CUD,
    "Deposit": _CUD,
    "Employee": _MERGED,
    "Estimate": (*_CUD, EMAILED),
    "Invoice": _SALE,
    "Item": _MERGED,
    "JournalCode": _CUD,
    "JournalEntry": _CUD,
    "Payment": _SALE,
    "PaymentMethod": _CUD,
    "Preferences": (UPDATE,),
    "Purchase": (*_CUD, VOID),
    "PurchaseOrder": (*_CUD, EMAILED),
    "RefundReceipt": _SALE,
    "SalesReceipt": _SALE,
    "TaxAgency": (CREATE, UPDATE),
    "Term": _CUD,
    "TimeActivity": _CUD,
    "Transfer": (*_CUD, VOID),
    "Vendor": _MERGED,
    "VendorCredit": _CUD,
}
_NAMES = {"CompanyCurrency": "Currency"}


def event_name(entity: str) -> str:
    """Return an entity's name in Intuit's list of events."""
    return _NAMES.get(entity, entity)


def told_as(entity: str, operation: str) -> str | None:
    """Return the operation an event names, or None when there is no event.

    What an entity's own list lacks is told as the update that it also is.
    """
    offered = OPERATIONS.get(entity, ())
    if operation in offered:
        return operation
    return UPDATE if UPDATE in offered and operation not in (CREATE, DELETE) else None
