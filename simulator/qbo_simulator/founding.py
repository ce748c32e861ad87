"""A new company: CompanyInfo, Preferences and what Intuit puts there by itself."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from qbo_simulator import jsontext
from qbo_simulator.company import Company
from qbo_simulator.entities.setup import company_address
from qbo_simulator.store import Realm, Row, Store, seconds

_NAME_VALUES = {
    "NeoEnabled": "true",
    "IndustryType": "",
    "IndustryCode": "",
    "CompanyType": "Other",
    "SubscriptionStatus": "SUBSCRIBED",
    "OfferingSku": "QuickBooks Online Plus",
    "PayrollFeature": "false",
    "AccountantFeature": "false",
    "ItemCategoriesFeature": "true",
    "QBOIndustryType": "",
    "IsQbdtMigrated": "false",
}
_PREFERENCES: Mapping[str, Any] = {
    "AccountingInfoPrefs": {
        "UseAccountNumbers": False,
        "TrackDepartments": False,
        "DepartmentTerminology": "Location",
        "ClassTrackingPerTxn": False,
        "ClassTrackingPerTxnLine": False,
        "FirstMonthOfFiscalYear": "January",
        "TaxYearMonth": "January",
        "CustomerTerminology": "Customers",
    },
    "ProductAndServicesPrefs": {
        "ForSales": True,
        "ForPurchase": True,
        "QuantityWithPriceAndRate": True,
        "QuantityOnHand": True,
    },
    "SalesFormsPrefs": {
        "CustomField": [],
        "CustomTxnNumbers": False,
        "EmailCopyToCompany": False,
        "AllowDeposit": True,
        "AllowDiscount": True,
        "AllowEstimates": True,
        "ETransactionEnabledStatus": "NotApplicable",
        "ETransactionAttachPDF": False,
        "ETransactionPaymentEnabled": False,
        "IPNSupportEnabled": False,
        "AllowServiceDate": False,
        "AllowShipping": True,
        "AutoApplyCredit": False,
        "AutoApplyPayments": False,
        "UsingPriceLevels": False,
        "UsingProgressInvoicing": False,
        "DefaultCustomerMessage": "Thank you for your business!",
    },
    "EmailMessagesPrefs": {
        "InvoiceMessage": {"Subject": "Invoice", "Message": "Your invoice."},
        "EstimateMessage": {"Subject": "Estimate", "Message": "Your estimate."},
        "SalesReceiptMessage": {"Subject": "Receipt", "Message": "Your receipt."},
        "StatementMessage": {"Subject": "Statement", "Message": "Your statement."},
    },
    "VendorAndPurchasesPrefs": {
        "TrackingByCustomer": True,
        "BillableExpenseTracking": True,
        "POCustomField": [],
    },
    "TimeTrackingPrefs": {
        "UseServices": True,
        "BillCustomers": True,
        "ShowBillRateToAll": False,
        "WorkWeekStartDate": "Monday",
        "MarkTimeEntriesBillable": True,
    },
    "TaxPrefs": {"UsingSalesTax": True, "HideTaxManagement": False},
    "CurrencyPrefs": {"MultiCurrencyEnabled": False},
    "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
    "OtherPrefs": {
        "NameValue": [
            {
                "Name": "SalesFormsPrefs.DefaultCustomerMessage",
                "Value": "Thank you for your business!",
            },
            {"Name": "SalesFormsPrefs.DefaultItem", "Value": "1"},
            {"Name": "SalesFormsPrefs.AllowGratuity", "Value": "false"},
            {"Name": "WarnDuplicateInvoiceNumber", "Value": "true"},
            {"Name": "WarnDuplicateCheckNumber", "Value": "true"},
        ]
    },
}


def new_realm_id(store: Store, seed: int) -> str:
    """Return a realm id that looks like Intuit's and repeats for a seed."""
    number = len(store.realms())
    return str(9130350000000000 + (seed * 7919 + number * 104729 + 266) % 10**9)


def found(
    company: Company, info: Mapping[str, Any], preferences: Mapping[str, Any]
) -> None:
    """Write a new company's own records. ``info`` and ``preferences`` add to ours."""
    realm = company.realm
    company.store.save_realm(realm)
    company.insert("CompanyInfo", _company_info(company, info), "1")
    company.insert("Preferences", _preferences(realm, preferences), "1")
    if company.is_us:
        for name, taxable in (("TAX", True), ("NON", False)):
            _insert_pseudo_code(company, name, name, taxable)
        _insert_pseudo_code(company, "CustomSalesTax", "CustomSalesTax", True)
        _insert_classifications(company)


def _company_info(company: Company, info: Mapping[str, Any]) -> dict[str, Any]:
    realm = company.realm
    body = {
        "CompanyName": realm.company_name,
        "LegalName": realm.company_name,
        "CompanyAddr": {},
        "CompanyStartDate": company.today.isoformat(),
        "FiscalYearStartMonth": "January",
        "Country": realm.country,
        "Email": {},
        "WebAddr": {},
        "SupportedLanguages": "en",
        "DefaultTimeZone": "America/Los_Angeles",
        "NameValue": [
            {"Name": name, "Value": value}
            for name, value in _NAME_VALUES.items()
            if value
        ],
        **deepcopy(dict(info)),
    }
    for name in ("CompanyAddr", "CustomerCommunicationAddr", "LegalAddr"):
        address = company_address(body.get(name) or body["CompanyAddr"])
        body[name] = {"Id": str(company.next_number("address")), **address}
    return body


def _preferences(realm: Realm, wishes: Mapping[str, Any]) -> dict[str, Any]:
    body = deepcopy(dict(_PREFERENCES))
    body["CurrencyPrefs"]["HomeCurrency"] = {"value": realm.home_currency}
    for name, values in wishes.items():
        body[name] = {**body.get(name, {}), **deepcopy(values)}
    return body


def _insert_classifications(company: Company) -> None:
    """Write the kinds of goods that automated sales tax knows, two levels of them."""
    for group, (title, kinds) in _CLASSIFICATIONS.items():
        above = f"EUC-{group}0000-V1-00010000"
        body = {"Code": above, "Name": title, "Level": "1", "ApplicableTo": ["Item"]}
        company.insert("TaxClassification", body, above)
        for number, (name, told) in enumerate(kinds, 1):
            code = f"EUC-{group}{number:04d}-V1-00020000"
            kind = {
                "Code": code,
                "Name": name,
                "Description": told,
                "Level": "2",
                "ParentRef": {"value": above, "name": title},
                "ApplicableTo": ["Item"],
            }
            company.insert("TaxClassification", kind, code)


_CLASSIFICATIONS: Mapping[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "9999": (
        "General",
        (
            ("General taxable goods", "Goods that no other kind describes"),
            ("General taxable services", "Services that no other kind describes"),
            ("Nontaxable", "What is never taxed"),
        ),
    ),
    "0101": (
        "Food and drink",
        (
            ("Groceries", "Food for home consumption"),
            ("Prepared food", "Meals ready to eat"),
            ("Soft drinks", "Sweetened drinks and water with gas"),
        ),
    ),
    "0202": (
        "Clothing",
        (
            ("Clothing", "Clothing for general use"),
            ("Sports clothing", "Clothing made for one sport"),
        ),
    ),
    "0303": (
        "Services and shipping",
        (
            ("Repair labor", "Labor on the customer's own goods"),
            ("Rental", "Rental of tangible goods"),
            ("Shipping", "Shipping and handling, stated separately"),
        ),
    ),
}


def _insert_pseudo_code(company: Company, code: str, name: str, taxable: bool) -> None:
    """US queries show codes without SyncToken, Active or rates (qbo-api.md 4.4)."""
    body = {
        "Name": name,
        "Taxable": taxable,
        "domain": "QBO",
        "sparse": False,
        "Id": code,
    }
    moment = seconds(company.now)
    text = jsontext.dumps(body).decode()
    company.store.insert(
        Row(
            realm=company.realm_id,
            entity="TaxCode",
            id=code,
            sync_token=0,
            active=True,
            deleted=False,
            created=moment,
            updated=moment,
            actor=company.actor,
            name=name.casefold(),
            full_name=None,
            doc_number=None,
            txn_date=None,
            party=None,
            body=text,
        )
    )
