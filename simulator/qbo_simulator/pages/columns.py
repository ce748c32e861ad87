"""Which entities the pages show, and in which columns, filters and forms. Data only."""

from dataclasses import dataclass

from qbo_simulator.entities.merging import MERGED

NAMES = "names"
TRANSACTIONS = "transactions"
PURCHASES = "purchases"
SETUP = "setup"


@dataclass(frozen=True)
class Column:
    """One column: its heading, the path of the value, and how to show it."""

    heading: str
    path: str
    kind: str = "text"


@dataclass(frozen=True)
class EntityPage:
    """How one entity is listed and edited.

    ``search`` are the fields a search looks in, one query each; ``editable`` the
    simple fields of the form (label, path, input type).
    """

    entity: str
    title: str
    group: str
    columns: tuple[Column, ...]
    search: tuple[str, ...]
    order: str
    editable: tuple[tuple[str, str, str], ...] = ()

    @property
    def has_active(self) -> bool:
        """Tell whether records are made inactive rather than deleted."""
        return self.group not in (TRANSACTIONS, PURCHASES)

    @property
    def can_merge(self) -> bool:
        """Tell whether two of its records can become one."""
        return self.entity in MERGED


_CUSTOMER = EntityPage(
    "Customer",
    "Customers",
    NAMES,
    (
        Column("Name", "DisplayName", "name"),
        Column("E-mail", "PrimaryEmailAddr.Address"),
        Column("Phone", "PrimaryPhone.FreeFormNumber", "nowrap"),
        Column("Currency", "CurrencyRef.value"),
        Column("Balance", "Balance", "money"),
    ),
    ("DisplayName", "CompanyName", "FullyQualifiedName"),
    "FullyQualifiedName",
    (
        ("Display name", "DisplayName", "text"),
        ("Company", "CompanyName", "text"),
        ("First name", "GivenName", "text"),
        ("Last name", "FamilyName", "text"),
        ("E-mail", "PrimaryEmailAddr.Address", "email"),
        ("Phone", "PrimaryPhone.FreeFormNumber", "tel"),
        ("Street", "BillAddr.Line1", "text"),
        ("City", "BillAddr.City", "text"),
        ("County or state", "BillAddr.CountrySubDivisionCode", "text"),
        ("Postcode", "BillAddr.PostalCode", "text"),
        ("Country", "BillAddr.Country", "text"),
        ("Notes", "Notes", "textarea"),
    ),
)
_ITEM = EntityPage(
    "Item",
    "Products and services",
    NAMES,
    (
        Column("Name", "Name", "name"),
        Column("SKU", "Sku", "nowrap"),
        Column("Type", "Type"),
        Column("Category", "ParentRef.name"),
        Column("On hand", "QtyOnHand", "number"),
        Column("Price", "UnitPrice", "money"),
    ),
    ("Name", "Sku"),
    "FullyQualifiedName",
    (
        ("Name", "Name", "text"),
        ("SKU", "Sku", "text"),
        ("Description", "Description", "textarea"),
        ("Price", "UnitPrice", "number"),
        ("Cost", "PurchaseCost", "number"),
    ),
)
_INVOICE = EntityPage(
    "Invoice",
    "Invoices",
    TRANSACTIONS,
    (
        Column("No.", "DocNumber", "name"),
        Column("Date", "TxnDate", "date"),
        Column("Customer", "CustomerRef.name"),
        Column("Due", "DueDate", "date"),
        Column("Total", "TotalAmt", "money"),
        Column("Balance", "Balance", "money"),
        Column("Status", "", "status"),
    ),
    ("DocNumber",),
    "TxnDate DESC",
    (
        ("Number", "DocNumber", "text"),
        ("Date", "TxnDate", "date"),
        ("Due date", "DueDate", "date"),
        ("Message to the customer", "CustomerMemo.value", "textarea"),
        ("Memo on statement", "PrivateNote", "textarea"),
    ),
)
_CREDIT_MEMO = EntityPage(
    "CreditMemo",
    "Credit memos",
    TRANSACTIONS,
    (
        Column("No.", "DocNumber", "name"),
        Column("Date", "TxnDate", "date"),
        Column("Customer", "CustomerRef.name"),
        Column("Total", "TotalAmt", "money"),
        Column("Remaining", "RemainingCredit", "money"),
    ),
    ("DocNumber",),
    "TxnDate DESC",
    (
        ("Number", "DocNumber", "text"),
        ("Date", "TxnDate", "date"),
        ("Memo on statement", "PrivateNote", "textarea"),
    ),
)
_PAYMENT = EntityPage(
    "Payment",
    "Payments",
    TRANSACTIONS,
    (
        Column("Date", "TxnDate", "name"),
        Column("Customer", "CustomerRef.name"),
        Column("Reference", "PaymentRefNum"),
        Column("Method", "PaymentMethodRef.name"),
        Column("Amount", "TotalAmt", "money"),
        Column("Unapplied", "UnappliedAmt", "money"),
    ),
    ("PaymentRefNum",),
    "TxnDate DESC",
    (
        ("Date", "TxnDate", "date"),
        ("Reference", "PaymentRefNum", "text"),
        ("Memo", "PrivateNote", "textarea"),
    ),
)
_ESTIMATE = EntityPage(
    "Estimate",
    "Estimates",
    TRANSACTIONS,
    (
        Column("No.", "DocNumber", "name"),
        Column("Date", "TxnDate", "date"),
        Column("Customer", "CustomerRef.name"),
        Column("Expires", "ExpirationDate", "date"),
        Column("Total", "TotalAmt", "money"),
        Column("Status", "TxnStatus"),
    ),
    ("DocNumber",),
    "TxnDate DESC",
    (
        ("Number", "DocNumber", "text"),
        ("Date", "TxnDate", "date"),
        ("Memo on statement", "PrivateNote", "textarea"),
    ),
)
_VENDOR = EntityPage(
    "Vendor",
    "Vendors",
    NAMES,
    (
        Column("Name", "DisplayName", "name"),
        Column("E-mail", "PrimaryEmailAddr.Address"),
        Column("City", "BillAddr.City"),
        Column("Currency", "CurrencyRef.value"),
        Column("Balance", "Balance", "money"),
    ),
    ("DisplayName", "CompanyName"),
    "DisplayName",
    _CUSTOMER.editable[:-1],
)
_BILL = EntityPage(
    "Bill",
    "Bills",
    PURCHASES,
    (
        Column("No.", "DocNumber", "name"),
        Column("Date", "TxnDate", "date"),
        Column("Vendor", "VendorRef.name"),
        Column("Due", "DueDate", "date"),
        Column("Total", "TotalAmt", "money"),
        Column("Balance", "Balance", "money"),
        Column("Status", "", "status"),
    ),
    ("DocNumber",),
    "TxnDate DESC",
)
_BILL_PAYMENT = EntityPage(
    "BillPayment",
    "Bill payments",
    PURCHASES,
    (
        Column("Date", "TxnDate", "name"),
        Column("Vendor", "VendorRef.name"),
        Column("Type", "PayType"),
        Column("Amount", "TotalAmt", "money"),
    ),
    ("DocNumber",),
    "TxnDate DESC",
)
_PURCHASE = EntityPage(
    "Purchase",
    "Expenses",
    PURCHASES,
    (
        Column("Date", "TxnDate", "name"),
        Column("Payee", "EntityRef.name"),
        Column("Account", "AccountRef.name"),
        Column("Type", "PaymentType"),
        Column("Amount", "TotalAmt", "money"),
    ),
    ("DocNumber",),
    "TxnDate DESC",
)
_ACCOUNT = EntityPage(
    "Account",
    "Chart of accounts",
    SETUP,
    (
        Column("Name", "FullyQualifiedName", "name"),
        Column("Number", "AcctNum"),
        Column("Type", "AccountType"),
        Column("Detail type", "AccountSubType"),
        Column("Balance", "CurrentBalance", "money"),
    ),
    ("Name",),
    "FullyQualifiedName",
    (("Name", "Name", "text"), ("Description", "Description", "text")),
)
_TAX_CODE = EntityPage(
    "TaxCode",
    "Tax codes",
    SETUP,
    (
        Column("Name", "Name", "name"),
        Column("Description", "Description"),
        Column("Sales", "SalesTaxRateList", "rates"),
        Column("Purchases", "PurchaseTaxRateList", "rates"),
    ),
    ("Name",),
    "Name",
)
_TAX_RATE = EntityPage(
    "TaxRate",
    "Tax rates",
    SETUP,
    (
        Column("Name", "Name", "name"),
        Column("Description", "Description"),
        Column("Agency", "AgencyRef.name"),
        Column("Rate", "RateValue", "percent"),
    ),
    ("Name",),
    "Name",
)
_TERM = EntityPage(
    "Term",
    "Terms",
    SETUP,
    (Column("Name", "Name", "name"), Column("Due in days", "DueDays", "number")),
    ("Name",),
    "Name",
    (("Name", "Name", "text"), ("Due in days", "DueDays", "number")),
)

ENTITY_PAGES: dict[str, EntityPage] = {
    page.entity: page
    for page in (
        _CUSTOMER,
        _VENDOR,
        _ITEM,
        _INVOICE,
        _CREDIT_MEMO,
        _PAYMENT,
        _ESTIMATE,
        _BILL,
        _BILL_PAYMENT,
        _PURCHASE,
        _ACCOUNT,
        _TAX_CODE,
        _TAX_RATE,
        _TERM,
    )
}
