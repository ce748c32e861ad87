"""The lines of transactions and their details (qbo-api.md 4.7-4.10)."""

from qbo_simulator.schema.common import ANY, CUSTOM_FIELD, LINKED_TXN
from qbo_simulator.schema.fields import (
    Field,
    Struct,
    boolean,
    day,
    decimal,
    enum,
    group,
    ident,
    integer,
    money,
    percent,
    quantity,
    ref,
    several,
    struct,
    text,
)

MARKUP = struct(
    "MarkupInfo",
    boolean("PercentBased"),
    decimal("Value"),
    percent("Percent"),
    ref("PriceLevelRef"),
    ref("MarkUpIncomeAccountRef", "Account"),
)


def _item_detail() -> tuple[Field, ...]:
    return (
        ref("ItemRef", "Item"),
        ref("ClassRef", "Class"),
        decimal("UnitPrice"),
        decimal("UnitCostPrice"),
        percent("RatePercent"),
        ref("PriceLevelRef"),
        group("MarkupInfo", MARKUP),
        quantity("Qty"),
        ref("UOMRef"),
        ref("ItemAccountRef", "Account"),
        ref("InventorySiteRef"),
        ref("TaxCodeRef", "TaxCode", "N"),
        ref("TaxClassificationRef", "", "R"),
    )


SALES_ITEM = struct(
    "SalesItemLineDetail",
    *_item_detail(),
    day("ServiceDate"),
    money("TaxInclusiveAmt"),
    percent("DiscountRate"),
    money("DiscountAmt"),
    boolean("DeferredRevenue"),
)
ITEM_EXPENSE = struct(
    "ItemBasedExpenseLineDetail",
    *_item_detail(),
    ref("CustomerRef", "Customer"),
    enum("BillableStatus", "Billable|NotBillable|HasBeenBilled"),
    money("TaxInclusiveAmt"),
)
ACCOUNT_EXPENSE = struct(
    "AccountBasedExpenseLineDetail",
    ref("AccountRef", "Account", "!"),
    ref("CustomerRef", "Customer"),
    ref("ClassRef", "Class"),
    ref("TaxCodeRef", "TaxCode", "N"),
    group("MarkupInfo", MARKUP),
    enum("BillableStatus", "Billable|NotBillable|HasBeenBilled"),
    money("TaxAmount"),
    money("TaxInclusiveAmt"),
)
DISCOUNT_OVERRIDE = struct(
    "DiscountOverride",
    ref("DiscountRef"),
    boolean("PercentBased"),
    percent("DiscountPercent"),
    ref("DiscountAccountRef", "Account"),
)
DISCOUNT = struct(
    "DiscountLineDetail",
    group("Discount", DISCOUNT_OVERRIDE),
    ref("DiscountRef"),
    boolean("PercentBased"),
    percent("DiscountPercent"),
    ref("DiscountAccountRef", "Account"),
    day("ServiceDate"),
    ref("ClassRef", "Class"),
    ref("TaxCodeRef", "TaxCode", "N"),
)
DESCRIPTION = struct(
    "DescriptionLineDetail", day("ServiceDate"), ref("TaxCodeRef", "TaxCode", "N")
)
SUBTOTAL = struct("SubTotalLineDetail", ref("ItemRef"), day("ServiceDate"))
TAX_LINE_DETAIL = struct(
    "TaxLineDetail",
    ref("TaxRateRef", "TaxRate", "N"),
    boolean("PercentBased"),
    percent("TaxPercent"),
    money("NetAmountTaxable"),
    money("TaxInclusiveAmount"),
    money("OverrideDeltaAmount"),
    day("ServiceDate"),
)
JOURNAL_ENTITY = struct(
    "EntityTypeRef",
    enum("Type", "Customer|Vendor|Employee"),
    ref("EntityRef", "Customer Vendor Employee"),
)
JOURNAL = struct(
    "JournalEntryLineDetail",
    enum("PostingType", "Debit|Credit"),
    group("Entity", JOURNAL_ENTITY),
    ref("AccountRef", "Account", "!"),
    ref("ClassRef", "Class"),
    ref("DepartmentRef", "Department"),
    ref("TaxCodeRef", "TaxCode", "N"),
    ref("TaxRateRef", "TaxRate"),
    enum("TaxApplicableOn", "Sales|Purchase"),
    money("TaxAmount"),
    money("TaxInclusiveAmt"),
    enum("BillableStatus", "Billable|NotBillable|HasBeenBilled"),
    ref("JournalCodeRef", "JournalCode"),
)
DEPOSIT = struct(
    "DepositLineDetail",
    ref("Entity", "Customer Vendor Employee"),
    ref("ClassRef", "Class"),
    ref("AccountRef", "Account"),
    ref("PaymentMethodRef", "PaymentMethod"),
    text("CheckNum", 21),
    text("TxnType", 50),
    ref("TaxCodeRef", "TaxCode", "N"),
    enum("TaxApplicableOn", "Sales|Purchase"),
)
PAYMENT_DETAIL = struct(
    "PaymentLineDetail",
    ref("ItemRef", "Item"),
    day("ServiceDate"),
    ref("ClassRef", "Class"),
    money("Balance"),
    group("Discount", DISCOUNT_OVERRIDE),
)
REIMBURSE = struct(
    "ReimburseLineDetail",
    *_item_detail(),
    money("TaxInclusiveAmt"),
    ref("ItemRef", "Item"),
)
_DETAILS: dict[str, tuple[str, Struct]] = {
    "SalesItemLineDetail": ("SalesItemLineDetail", SALES_ITEM),
    "DescriptionOnly": ("DescriptionLineDetail", DESCRIPTION),
    "DiscountLineDetail": ("DiscountLineDetail", DISCOUNT),
    "SubTotalLineDetail": ("SubTotalLineDetail", SUBTOTAL),
    "ItemBasedExpenseLineDetail": ("ItemBasedExpenseLineDetail", ITEM_EXPENSE),
    "AccountBasedExpenseLineDetail": (
        "AccountBasedExpenseLineDetail",
        ACCOUNT_EXPENSE,
    ),
    "JournalEntryLineDetail": ("JournalEntryLineDetail", JOURNAL),
    "DepositLineDetail": ("DepositLineDetail", DEPOSIT),
    "PaymentLineDetail": ("PaymentLineDetail", PAYMENT_DETAIL),
    "TaxLineDetail": ("TaxLineDetail", TAX_LINE_DETAIL),
    "ReimburseLineDetail": ("ReimburseLineDetail", REIMBURSE),
}


def line_struct(*detail_types: str, group_lines: bool = False) -> Struct:
    """Return a line that may carry the named details.

    ``group_lines``: bundles too, whose inner lines are sales item lines.
    """
    types = [*detail_types, *(["GroupLineDetail"] if group_lines else [])]
    fields = [
        ident("Id"),
        integer("LineNum"),
        text("Description", 4000),
        money("Amount"),
        enum("DetailType", "|".join(types)) if types else text("DetailType", 50),
        several("LinkedTxn", LINKED_TXN),
        several("CustomField", CUSTOM_FIELD),
        money("Received", "R"),
        group("LineEx", ANY, "R"),
        ref("ProjectRef"),
        *(group(*_DETAILS[name]) for name in detail_types),
    ]
    if group_lines:
        fields.append(group("GroupLineDetail", _group_detail()))
    return struct("Line", *fields)


def _group_detail() -> Struct:
    return struct(
        "GroupLineDetail",
        ref("GroupItemRef", "Item"),
        quantity("Quantity"),
        ref("UOMRef"),
        day("ServiceDate"),
        several("Line", line_struct("SalesItemLineDetail", "DescriptionOnly")),
    )


TAX_LINE = line_struct("TaxLineDetail")
TXN_TAX_DETAIL = struct(
    "TxnTaxDetail",
    ref("DefaultTaxCodeRef", "TaxCode", "N"),
    ref("TxnTaxCodeRef", "TaxCode", "N"),
    money("TotalTax"),
    text("TaxReviewStatus", 50),
    several("TaxLine", TAX_LINE),
    boolean("UseAutomatedSalesTax"),
)
