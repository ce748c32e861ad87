"""The sample companies: real-looking, balanced, deterministic, quick."""

import time
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from qbo_simulator.simulator import Simulator

VAT_CODES = {"20.0% S": 20, "5.0% R": 5, "0.0% Z": 0, "Exempt": 0, "No VAT": 0}


@pytest.fixture(scope="module")
def british():
    return Company("uk")


@pytest.fixture(scope="module")
def american():
    return Company("us")


class Company:
    """A loaded company and short ways to read it."""

    def __init__(self, name):
        self.simulator = Simulator()
        self.realm_id = self.simulator.load_company(name)
        self.engine = self.simulator.engine

    def all(self, entity):
        found, start = [], 1
        while page := self.engine.list(self.realm_id, entity, start=start, limit=1000):
            found += page
            start += len(page)
        return found

    def named(self, entity, name, key="Name"):
        (found,) = (row for row in self.all(entity) if row[key] == name)
        return found


def test_the_british_company_has_its_country_and_money(british):
    realm = british.simulator.store.realm(british.realm_id)
    assert (realm.country, realm.home_currency) == ("GB", "GBP")
    assert realm.company_name.endswith("Ltd")
    preferences = british.all("Preferences")[0]
    assert preferences["CurrencyPrefs"]["MultiCurrencyEnabled"] is True
    assert preferences["CurrencyPrefs"]["HomeCurrency"]["value"] == "GBP"


def test_the_british_vat_codes_have_their_rates_on_both_sides(british):
    rates = {rate["Id"]: rate["RateValue"] for rate in british.all("TaxRate")}
    for name, percent in VAT_CODES.items():
        code = british.named("TaxCode", name)
        for side in ("SalesTaxRateList", "PurchaseTaxRateList"):
            (detail,) = code[side]["TaxRateDetail"]
            assert rates[detail["TaxRateRef"]["value"]] == percent, name


def test_a_reverse_charge_is_two_rates_that_cancel_out(british):
    rates = {rate["Id"]: rate["RateValue"] for rate in british.all("TaxRate")}
    code = british.named("TaxCode", "20.0% RC CIS")
    details = code["PurchaseTaxRateList"]["TaxRateDetail"]
    assert [rates[detail["TaxRateRef"]["value"]] for detail in details] == [20, -20]


def test_the_customers_look_real(british):
    customers = british.all("Customer")
    assert 55 <= len(customers) <= 65
    top = [row for row in customers if "ParentRef" not in row]
    assert sum("PrimaryEmailAddr" in row for row in top) > 45
    assert all(row["BillAddr"]["PostalCode"] for row in customers)
    assert Counter(row["CurrencyRef"]["value"] for row in customers).keys() == {
        "GBP",
        "EUR",
        "USD",
    }
    assert sum(not row["Active"] for row in customers) >= 2
    assert sum("ParentRef" in row for row in customers) >= 8
    assert max(row.get("Level", 0) for row in customers) == 2
    assert any("Notes" in row for row in customers)


def test_the_items_are_of_every_type(british):
    items = british.all("Item")
    assert len(items) >= 40
    kinds = Counter(item["Type"] for item in items)
    assert kinds.keys() == {
        "Service",
        "Inventory",
        "NonInventory",
        "Category",
        "Group",
    }
    assert sum(not item["Active"] for item in items) >= 2
    assert any(":" in item["FullyQualifiedName"] for item in items)


@pytest.mark.parametrize("which", ["british", "american"])
def test_a_year_of_sales_leads_up_to_today(which, request):
    company = request.getfixturevalue(which)
    today = company.simulator.clock.today()
    invoices = company.all("Invoice")
    days = sorted(date.fromisoformat(row["TxnDate"]) for row in invoices)
    assert len(invoices) > 100
    assert days[0] <= today - timedelta(330)
    assert today - timedelta(14) <= days[-1] <= today
    months = {(day.year, day.month) for day in days}
    assert len(months) >= 12
    assert company.all("CreditMemo")
    assert len(company.all("Payment")) > 50


def test_some_invoices_are_paid_some_open_some_overdue_and_one_void(british):
    today = british.simulator.clock.today().isoformat()
    invoices = british.all("Invoice")
    still_open = [row for row in invoices if row["Balance"]]
    assert 0 < len(still_open) < len(invoices) / 2
    assert any(row["DueDate"] < today for row in still_open)
    assert any(0 < row["Balance"] < row["TotalAmt"] for row in still_open)
    assert any("Voided" in row.get("PrivateNote", "") for row in invoices)


@pytest.mark.parametrize("which", ["british", "american"])
def test_a_customers_balance_is_what_its_documents_leave_open(which, request):
    company = request.getfixturevalue(which)
    owed = Counter()
    for entity, key, sign in (
        ("Invoice", "Balance", 1),
        ("CreditMemo", "Balance", -1),
        ("Payment", "UnappliedAmt", -1),
    ):
        for row in company.all(entity):
            owed[row["CustomerRef"]["value"]] += sign * Decimal(row[key])
    customers = company.all("Customer")
    for customer in customers:
        assert Decimal(customer["Balance"]) == owed[customer["Id"]], customer["Id"]
    assert any(customer["Balance"] for customer in customers)


@pytest.mark.parametrize("which", ["british", "american"])
def test_the_books_balance(which, request):
    company = request.getfixturevalue(which)
    rows = company.simulator.store.rows(
        "SELECT txn_type, txn_id, sum(home) AS total FROM postings"
        " GROUP BY txn_type, txn_id HAVING total != 0"
    )
    assert rows == []


def test_the_american_company_sells_with_automated_sales_tax(american):
    realm = american.simulator.store.realm(american.realm_id)
    assert (realm.country, realm.home_currency) == ("US", "USD")
    preferences = american.all("Preferences")[0]
    assert preferences["TaxPrefs"]["PartnerTaxEnabled"] is True
    codes = {
        line["SalesItemLineDetail"]["TaxCodeRef"]["value"]
        for invoice in american.all("Invoice")
        for line in invoice["Line"]
        if line["DetailType"] == "SalesItemLineDetail"
    }
    assert codes == {"TAX", "NON"}


def test_texas_tax_is_the_sum_of_its_rates(american):
    austin = american.named("TaxCode", "Austin, TX")
    rates = {rate["Id"]: rate["RateValue"] for rate in american.all("TaxRate")}
    details = austin["SalesTaxRateList"]["TaxRateDetail"]
    total = sum(Decimal(rates[detail["TaxRateRef"]["value"]]) for detail in details)
    assert total == Decimal("8.25")


def test_exempt_customers_pay_no_sales_tax(american):
    exempt = {row["Id"] for row in american.all("Customer") if not row["Taxable"]}
    assert exempt
    for invoice in american.all("Invoice"):
        if invoice["CustomerRef"]["value"] in exempt:
            assert invoice["TxnTaxDetail"]["TotalTax"] == 0


def test_the_same_seed_gives_the_same_books_and_another_seed_others():
    def digest(seed):
        simulator = Simulator(seed=seed)
        realm_id = simulator.load_company("uk")
        invoices = simulator.engine.list(realm_id, "Invoice", start=1, limit=1000)
        return [(row["Id"], row["DocNumber"], row["TotalAmt"]) for row in invoices]

    assert digest(1) == digest(1)
    assert digest(1) != digest(2)


def test_old_records_carry_old_times(british):
    first = min(row["MetaData"]["CreateTime"] for row in british.all("Invoice"))
    year_ago = british.simulator.clock.today() - timedelta(300)
    assert first < year_ago.isoformat()


def test_a_company_once_planted_opens_again_in_a_blink(british):
    # The processor's time: what else the machine does is no matter.
    started = time.process_time()
    british.simulator.load_company("uk")
    assert time.process_time() - started < 0.5


def test_two_companies_of_a_kind_do_not_share_records(british):
    other = british.simulator.load_company("uk", name="Twin Garden Ltd")
    engine = british.engine
    engine.create(other, "Customer", {"DisplayName": "Only in the twin"})
    names = {row["DisplayName"] for row in british.all("Customer")}
    assert "Only in the twin" not in names
    info = engine.list(other, "CompanyInfo", start=1, limit=1)[0]
    assert info["CompanyName"] == "Twin Garden Ltd"


def test_an_empty_company_has_its_setup_and_nothing_else():
    company = Company("empty")
    assert company.all("Customer") == []
    assert company.all("Invoice") == []
    assert company.all("Account")
    assert company.named("TaxCode", "20.0% S")


KINDS = (
    "Attachable",
    "Bill",
    "BillPayment",
    "Budget",
    "CompanyCurrency",
    "CustomerType",
    "Employee",
    "Estimate",
    "ExchangeRate",
    "PaymentMethod",
    "Purchase",
    "RecurringTransaction",
    "TimeActivity",
    "Vendor",
)


@pytest.mark.parametrize("which", ["british", "american"])
def test_a_company_has_records_of_the_kinds_that_clients_look_for(which, request):
    company = request.getfixturevalue(which)
    assert [kind for kind in KINDS if not company.all(kind)] == []
    (first, *_) = company.all("CompanyCurrency")
    assert first["Id"] == "1"
    assert first["Name"] == {"british": "Euro", "american": "Canadian Dollar"}[which]


@pytest.mark.parametrize("which", ["british", "american"])
def test_what_is_owed_to_vendors_is_what_their_bills_leave_open(which, request):
    company = request.getfixturevalue(which)
    owed = Counter()
    for bill in company.all("Bill"):
        owed[bill["VendorRef"]["value"]] += Decimal(bill["Balance"])
    vendors = company.all("Vendor")
    for vendor in vendors:
        assert Decimal(vendor["Balance"]) == owed[vendor["Id"]], vendor["DisplayName"]
    assert any(vendor["Balance"] for vendor in vendors)
    abroad = {vendor["CurrencyRef"]["value"] for vendor in vendors}
    assert len(abroad) == 2


def test_templates_of_the_sample_remind_and_make_nothing_by_themselves(british):
    kinds = set()
    for template in british.all("RecurringTransaction"):
        ((kind, body),) = template.items()
        kinds.add(kind)
        assert body["RecurringInfo"]["RecurType"] == "Reminded"
    assert kinds == {"Invoice", "Bill"}
