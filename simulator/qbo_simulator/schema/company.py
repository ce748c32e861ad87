"""CompanyInfo and Preferences, one of each in a company (qbo-api.md 4.6)."""

from qbo_simulator.schema.common import (
    ADDRESS,
    EMAIL,
    NAME_VALUE,
    PHONE,
    WEB,
    entity_struct,
)
from qbo_simulator.schema.fields import (
    SINGLETON,
    Entity,
    boolean,
    day,
    enum,
    group,
    integer,
    money,
    ref,
    several,
    struct,
    text,
)

MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November"
    "|December"
)
DAYS = "Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday"
COMPANY_INFO = Entity(
    "CompanyInfo",
    SINGLETON,
    entity_struct(
        "CompanyInfo",
        text("CompanyName", 1024, "!FK"),
        text("LegalName", 1024, "K"),
        group("CompanyAddr", ADDRESS, "K"),
        group("CustomerCommunicationAddr", ADDRESS, "K"),
        group("LegalAddr", ADDRESS, "K"),
        group("CompanyEmailAddr", EMAIL),
        group("CustomerCommunicationEmailAddr", EMAIL),
        group("PrimaryPhone", PHONE),
        group("CompanyURL", WEB),
        group("Email", EMAIL, "K"),
        group("WebAddr", WEB),
        day("CompanyStartDate", "RFS"),
        enum("FiscalYearStartMonth", MONTHS, "K"),
        enum("TaxYearStartMonth", MONTHS),
        text("EmployerId", 20),
        text("Country", 10, "R"),
        text("SupportedLanguages", 100, "K"),
        text("DefaultTimeZone", 100, "R"),
        boolean("MultiByteCharsSupported"),
        several("NameValue", NAME_VALUE, "R"),
    ),
    frozenset(("read", "query", "update")),
    numbered="companyinfo",
    called="CompanyInfo",
)
_ACCOUNTING = struct(
    "AccountingInfoPrefs",
    boolean("UseAccountNumbers"),
    ref("DefaultARAccount", "Account"),
    ref("DefaultAPAccount", "Account"),
    boolean("AutoJournalEntryNumber"),
    boolean("TrackDepartments"),
    text("DepartmentTerminology", 30),
    boolean("ClassTrackingPerTxn"),
    boolean("ClassTrackingPerTxnLine"),
    enum("FirstMonthOfFiscalYear", MONTHS),
    enum("TaxYearMonth", MONTHS),
    text("TaxForm", 30),
    day("BookCloseDate"),
    text("CustomerTerminology", 30),
)
_PRODUCTS = struct(
    "ProductAndServicesPrefs",
    boolean("ForSales"),
    boolean("ForPurchase"),
    boolean("QuantityWithPriceAndRate"),
    boolean("QuantityOnHand"),
    boolean("InventoryAndPurchaseOrder"),
    boolean("RevenueRecognition"),
    text("RevenueRecognitionFrequency", 30),
)
_CUSTOM = struct(
    "CustomFieldDefinition",
    several(
        "CustomField",
        struct(
            "CustomField",
            text("DefinitionId", 10),
            text("Name", 50),
            text("Type", 30),
            text("StringValue", 50),
            boolean("BooleanValue"),
        ),
    ),
)
_SALES = struct(
    "SalesFormsPrefs",
    several("CustomField", _CUSTOM),
    boolean("CustomTxnNumbers"),
    boolean("EmailCopyToCompany"),
    group("SalesEmailCc", EMAIL),
    group("SalesEmailBcc", EMAIL),
    boolean("AllowDeposit"),
    text("DefaultDiscountAccount", 20),
    text("DefaultShippingAccount", 20),
    boolean("AllowDiscount"),
    boolean("AllowEstimates"),
    text("EstimateMessage", 4000),
    text("ETransactionEnabledStatus", 30),
    boolean("ETransactionAttachPDF"),
    boolean("ETransactionPaymentEnabled"),
    boolean("IPNSupportEnabled"),
    boolean("AllowServiceDate"),
    boolean("AllowShipping"),
    boolean("AutoApplyCredit"),
    boolean("AutoApplyPayments"),
    boolean("UsingPriceLevels"),
    boolean("UsingProgressInvoicing"),
    ref("DefaultTerms", "Term"),
    text("DefaultCustomerMessage", 1000),
    boolean("PrintItemWithZeroAmount"),
    boolean("DelayedCharges"),
    text("InvoiceMessage", 4000),
    ref("DefaultItem", "Item"),
    text("DefaultDeliveryMethod", 30),
    ref("DefaultShipMethodRef"),
    boolean("UsingSalesOrders"),
)
_MESSAGE = struct("EmailMessage", text("Subject", 100), text("Message", 4000))
_EMAILS = struct(
    "EmailMessagesPrefs",
    group("InvoiceMessage", _MESSAGE, "M"),
    group("EstimateMessage", _MESSAGE, "M"),
    group("SalesReceiptMessage", _MESSAGE, "M"),
    group("StatementMessage", _MESSAGE, "M"),
)
_PURCHASES = struct(
    "VendorAndPurchasesPrefs",
    boolean("TrackingByCustomer"),
    boolean("BillableExpenseTracking"),
    ref("DefaultTerms", "Term"),
    money("DefaultMarkup"),
    ref("DefaultMarkupAccount", "Account"),
    several("POCustomField", _CUSTOM),
    boolean("UseCustomTxnNumbers"),
    boolean("TPAREnabled"),
    boolean("EnableBills"),
    boolean("AutomaticBillPayment"),
    text("MsgToVendors", 4000),
    boolean("UsingInventory"),
    integer("DaysBillsAreDue"),
)
_TIME = struct(
    "TimeTrackingPrefs",
    boolean("UseServices"),
    ref("DefaultTimeItem", "Item"),
    boolean("BillCustomers"),
    boolean("ShowBillRateToAll"),
    enum("WorkWeekStartDate", DAYS),
    boolean("MarkTimeEntriesBillable"),
    boolean("TimeTrackingEnabled"),
    boolean("MarkExpensesAsBillable"),
)
_TAX = struct(
    "TaxPrefs",
    boolean("UsingSalesTax", "R"),
    boolean("PartnerTaxEnabled", "R"),
    boolean("HideTaxManagement"),
    ref("TaxGroupCodeRef", "TaxCode"),
    ref("TaxRateRef", "TaxRate"),
    text("PaySalesTax", 30),
    ref("NonTaxableSalesTaxCodeRef"),
    ref("TaxableSalesTaxCodeRef"),
)
_CURRENCY = struct(
    "CurrencyPrefs", boolean("MultiCurrencyEnabled"), ref("HomeCurrency", "", "R")
)
_REPORTS = struct(
    "ReportPrefs",
    enum("ReportBasis", "Accrual|Cash"),
    boolean("CalcAgingReportFromTxnDate"),
)
PREFERENCES = Entity(
    "Preferences",
    SINGLETON,
    entity_struct(
        "Preferences",
        group("AccountingInfoPrefs", _ACCOUNTING, "MK"),
        group("ProductAndServicesPrefs", _PRODUCTS, "MK"),
        group("SalesFormsPrefs", _SALES, "MK"),
        group("EmailMessagesPrefs", _EMAILS, "MK"),
        group("VendorAndPurchasesPrefs", _PURCHASES, "MK"),
        group("TimeTrackingPrefs", _TIME, "MK"),
        group("TaxPrefs", _TAX, "MK"),
        group("CurrencyPrefs", _CURRENCY, "MK"),
        group("ReportPrefs", _REPORTS, "MK"),
        group(
            "OtherPrefs",
            struct("OtherPrefs", several("NameValue", NAME_VALUE)),
            "MK",
        ),
        integer("Version", "R"),
    ),
    frozenset(("read", "query", "update")),
    numbered="preferences",
    called="Preferences",
)
