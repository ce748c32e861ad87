"""The demo's comparison: it must agree with equal books, and notice every change."""

import copy
from datetime import date
from decimal import Decimal

import pytest

from demo.compare import differences, figures_compared
from demo.expected import Books, expected
from demo.held import held

CUSTOMERS = [
    {
        "Id": "4",
        "SyncToken": "2",
        "DisplayName": "Harbour Café",
        "FullyQualifiedName": "Harbour Café",
        "CompanyName": "Harbour Café Ltd",
        "Balance": Decimal("100.10"),
        "BalanceWithJobs": Decimal("150.35"),
        "CurrencyRef": {"value": "EUR"},
        "Notes": "Rings twice",
        "Active": True,
        "PrimaryEmailAddr": {"Address": "till@harbour.example"},
        "PrimaryPhone": {"FreeFormNumber": "01632 960001"},
        "BillAddr": {
            "Line1": "1 Quay",
            "Line2": "Top floor",
            "City": "Whitby",
            "CountrySubDivisionCode": "North Yorkshire",
            "PostalCode": "YO21 1DH",
            "Country": "GB",
        },
    },
    {
        "Id": "5",
        "SyncToken": "0",
        "DisplayName": "Kiosk",
        "FullyQualifiedName": "Harbour Café:Kiosk",
        "Balance": Decimal("50.25"),
        "Active": False,
        "ParentRef": {"value": "4"},
    },
]
ITEMS = [
    {
        "Id": "1",
        "SyncToken": "0",
        "Name": "Plants",
        "FullyQualifiedName": "Plants",
        "Type": "Category",
        "Active": True,
    },
    {
        "Id": "2",
        "SyncToken": "1",
        "Name": "Lavender",
        "FullyQualifiedName": "Plants:Lavender",
        "Type": "Inventory",
        "Sku": "PL-1",
        "Description": "9 cm",
        "UnitPrice": Decimal("1.23456"),
        "Active": True,
        "ParentRef": {"value": "1"},
    },
]
TAX_CODES = [
    {
        "Id": "3",
        "SyncToken": "0",
        "Name": "GST/QST",
        "Description": "Both",
        "Active": True,
        "Taxable": True,
        "TaxGroup": True,
        "SalesTaxRateList": {
            "TaxRateDetail": [
                {"TaxRateRef": {"value": "7"}, "TaxOrder": 0},
                {
                    "TaxRateRef": {"value": "8"},
                    "TaxOrder": 1,
                    "TaxTypeApplicable": "TaxOnAmountPlusTax",
                },
            ]
        },
    }
]
TAX_RATES = [
    {"Id": "7", "RateValue": 5},
    {
        "Id": "8",
        "RateValue": 8,
        "EffectiveTaxRate": [
            {"RateValue": 8, "EffectiveDate": "2011-01-01", "EndDate": "2012-12-31"},
            {"RateValue": Decimal("9.5"), "EffectiveDate": "2013-01-01"},
            {"RateValue": 11, "EffectiveDate": "2030-01-01"},
        ],
    },
]
CURRENCIES = {1: "EUR", 2: "GBP"}
# The same books as Odoo answers them over RPC.
ROWS = {
    "Customer": [
        {
            "id": 40,
            "quickbooks_id": "4",
            "sync_token": "2",
            "name": "Harbour Café",
            "full_name": "Harbour Café",
            "company_name": "Harbour Café Ltd",
            "balance": Decimal("100.1"),
            "balance_with_sub_customers": Decimal("150.35"),
            "currency_id": [1, "EUR"],
            "notes": "Rings twice",
            "active": True,
            "email": "till@harbour.example",
            "phone": "01632 960001",
            "street": "1 Quay",
            "street2": "Top floor",
            "city": "Whitby",
            "state_name": "North Yorkshire",
            "zip": "YO21 1DH",
            "country_name": "GB",
            "parent_id": False,
        },
        {
            "id": 41,
            "quickbooks_id": "5",
            "sync_token": "0",
            "name": "Kiosk",
            "full_name": "Harbour Café:Kiosk",
            "company_name": False,
            "balance": Decimal("50.25"),
            "balance_with_sub_customers": Decimal("50.25"),
            "currency_id": [2, "GBP"],
            "notes": False,
            "active": False,
            "email": False,
            "phone": False,
            "street": False,
            "street2": False,
            "city": False,
            "state_name": False,
            "zip": False,
            "country_name": False,
            "parent_id": [40, "Harbour Café"],
        },
    ],
    "Item": [
        {
            "id": 50,
            "quickbooks_id": "1",
            "sync_token": "0",
            "name": "Plants",
            "full_name": "Plants",
            "item_type": "Category",
            "sku": False,
            "description": False,
            "unit_price": Decimal("0.0"),
            "active": True,
            "category": False,
            "currency_id": [2, "GBP"],
        },
        {
            "id": 51,
            "quickbooks_id": "2",
            "sync_token": "1",
            "name": "Lavender",
            "full_name": "Plants:Lavender",
            "item_type": "Inventory",
            "sku": "PL-1",
            "description": "9 cm",
            "unit_price": Decimal("1.23456"),
            "active": True,
            "category": "Plants",
            "currency_id": [2, "GBP"],
        },
    ],
    "TaxCode": [
        {
            "id": 60,
            "quickbooks_id": "3",
            "sync_token": "0",
            "name": "GST/QST",
            "description": "Both",
            "active": True,
            "taxable": True,
            "tax_group": True,
            # 5 % and 9.5 % of 105.
            "sales_rate": Decimal("14.975000000000001"),
            "purchase_rate": Decimal("0.0"),
            "has_sales_rate": True,
            "has_purchase_rate": False,
        }
    ],
}


def wanted(today=date(2026, 11, 24)):
    """Return what Odoo should hold of the books above."""
    records = {
        "Customer": CUSTOMERS,
        "Item": ITEMS,
        "TaxCode": TAX_CODES,
        "TaxRate": TAX_RATES,
    }
    return expected(Books(copy.deepcopy(records), "GBP", today))


def compared(rows=ROWS, **options):
    """Return (what, odoo) of every difference between ``rows`` and the books."""
    found = differences(held(rows, CURRENCIES), wanted(**options))
    return [(one.quickbooks_id, one.what) for one in found]


def test_equal_books_agree():
    assert compared() == []


def test_every_figure_of_every_record_is_compared():
    assert figures_compared(wanted()) == 2 * 17 + 2 * 10 + 8


@pytest.mark.parametrize(
    ("entity", "place", "field", "planted", "told"),
    [
        ("Customer", 0, "name", "Harbor Café", ["name"]),
        ("Customer", 1, "full_name", "Kiosk", ["full name"]),
        ("Customer", 0, "company_name", False, ["company"]),
        ("Customer", 0, "balance", Decimal("100.11"), ["balance"]),
        (
            "Customer",
            1,
            "balance_with_sub_customers",
            Decimal(0),
            ["balance with sub-customers"],
        ),
        ("Customer", 0, "currency_id", [2, "GBP"], ["currency"]),
        ("Customer", 0, "currency_id", False, ["currency"]),
        ("Customer", 0, "notes", "Rings once", ["notes"]),
        ("Customer", 1, "active", True, ["active"]),
        ("Customer", 0, "email", False, ["email"]),
        ("Customer", 1, "phone", "01632 960002", ["phone"]),
        ("Customer", 0, "street", "2 Quay", ["street"]),
        ("Customer", 0, "street2", False, ["street"]),
        ("Customer", 0, "city", "York", ["city"]),
        ("Customer", 0, "state_name", False, ["state"]),
        ("Customer", 0, "zip", "YO21 1DJ", ["postcode"]),
        ("Customer", 0, "country_name", "FR", ["country"]),
        ("Customer", 1, "parent_id", False, ["parent"]),
        ("Customer", 0, "parent_id", [41, "Kiosk"], ["parent"]),
        ("Customer", 0, "sync_token", "1", ["version"]),
        ("Item", 1, "name", "Lavander", ["name"]),
        ("Item", 1, "full_name", "Lavender", ["full name"]),
        ("Item", 1, "item_type", "Service", ["type"]),
        ("Item", 1, "sku", False, ["SKU"]),
        ("Item", 1, "description", "10 cm", ["description"]),
        ("Item", 1, "unit_price", Decimal("1.2346"), ["unit price"]),
        ("Item", 1, "active", False, ["active"]),
        ("Item", 1, "category", False, ["category"]),
        ("Item", 0, "currency_id", [1, "EUR"], ["currency"]),
        ("TaxCode", 0, "name", "GST", ["name"]),
        ("TaxCode", 0, "description", False, ["description"]),
        ("TaxCode", 0, "active", False, ["active"]),
        ("TaxCode", 0, "taxable", False, ["taxable"]),
        ("TaxCode", 0, "tax_group", False, ["group"]),
        ("TaxCode", 0, "sales_rate", Decimal("14.5"), ["sales rate"]),
        ("TaxCode", 0, "has_sales_rate", False, ["sales rate"]),
        # A rate of 0 % is not the same as no rate.
        ("TaxCode", 0, "has_purchase_rate", True, ["purchase rate"]),
    ],
)
def test_a_planted_difference_is_told(entity, place, field, planted, told):
    rows = copy.deepcopy(ROWS)
    assert rows[entity][place][field] != planted
    rows[entity][place][field] = planted
    assert [what for _id, what in compared(rows)] == told


@pytest.mark.parametrize("entity", ["Customer", "Item", "TaxCode"])
def test_a_record_that_odoo_lacks_is_told(entity):
    rows = copy.deepcopy(ROWS)
    gone = rows[entity].pop()
    assert compared(rows) == [(gone["quickbooks_id"], "records")]


@pytest.mark.parametrize("entity", ["Customer", "Item", "TaxCode"])
def test_a_record_that_only_odoo_has_is_told(entity):
    rows = copy.deepcopy(ROWS)
    rows[entity].append({**rows[entity][-1], "id": 99, "quickbooks_id": "99"})
    assert compared(rows) == [("99", "records")]


def test_a_record_that_odoo_has_twice_is_told():
    rows = copy.deepcopy(ROWS)
    rows["Item"].append({**rows["Item"][1], "id": 99})
    assert compared(rows) == [("2", "records")]


def test_the_rate_in_force_that_day_counts():
    assert compared(today=date(2012, 6, 1)) == [("3", "sales rate")]
    assert compared(today=date(2030, 1, 1)) == [("3", "sales rate")]


def test_a_code_without_rates_version_and_state_is_active(monkeypatch):
    monkeypatch.setattr(f"{__name__}.TAX_CODES", [{"Id": "3", "Name": "NON"}])
    rows = copy.deepcopy(ROWS)
    rows["TaxCode"][0] |= dict.fromkeys(
        ("sync_token", "description", "taxable", "tax_group", "has_sales_rate"), False
    )
    rows["TaxCode"][0]["name"] = "NON"
    assert compared(rows) == []
    rows["TaxCode"][0]["active"] = False
    assert compared(rows) == [("3", "active")]


def test_a_difference_reads_as_a_sentence():
    rows = copy.deepcopy(ROWS)
    rows["Customer"][0]["balance"] = Decimal(1)
    [difference] = differences(held(rows, CURRENCIES), wanted())
    assert str(difference) == (
        "customer 4 (Harbour Café): balance: Odoo has 1, QuickBooks 100.10"
    )
