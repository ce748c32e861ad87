"""The pages: a person sees what is in the books and changes it, without JavaScript."""

import re
from decimal import Decimal
from html import unescape

import pytest
import requests
from sim_kit import AppClient

from qbo_simulator.reports.registry import REPORTS
from qbo_simulator.server import SimulatorServer


@pytest.fixture(scope="module")
def site(server):
    return Site(server)


class Site:
    """A browser on one server's pages."""

    def __init__(self, server: SimulatorServer) -> None:
        self.server = server
        self.http = requests.Session()
        self.realm_id = server.simulator.store.realms()[0].realm_id
        self.company = f"/company/{self.realm_id}"
        self.engine = server.simulator.engine

    def get(self, path: str, status: int = 200) -> str:
        answer = self.http.get(self.server.url + path)
        assert answer.status_code == status, answer.text
        return unescape(answer.text)

    def post(self, path: str, status: int = 200, **form: str) -> str:
        answer = self.http.post(self.server.url + path, data=form)
        assert answer.status_code == status, answer.text
        return unescape(answer.text)

    def first(self, entity: str, condition: str) -> dict:
        statement = f"SELECT * FROM {entity} WHERE {condition} MAXRESULTS 1"
        answer = self.engine.query(self.realm_id, statement)
        return answer["QueryResponse"][entity][0]

    def create(self, entity: str, **body: object) -> dict:
        return self.engine.create(self.realm_id, entity, body)

    def read(self, entity: str, record_id: str) -> dict:
        return self.engine.read(self.realm_id, entity, record_id)

    def customer(self, name: str) -> dict:
        return self.first("Customer", f"DisplayName = '{name}'")


# -- looking ---------------------------------------------------------------------------


def test_the_home_page_lists_the_companies_with_figures(site):
    page = site.get("/")
    assert "Kestrel Garden Supplies Ltd" in page
    assert site.realm_id in page
    for label in ("Customers", "Products", "Invoices", "Overdue", "Receivable"):
        assert f"<dt>{label}</dt>" in page
    assert re.search(r"<dt>Receivable</dt><dd>£[\d,]+\.\d\d", page)


def test_a_company_shows_what_changed_last_and_by_whom(site):
    page = site.get(site.company)
    assert "Last changed" in page
    assert "Helen Marsh" in page


@pytest.mark.parametrize(
    ("entity", "text"),
    [
        ("Customer", "Ainsty Landscapes Ltd"),
        ("Item", "Acer palmatum 10 L"),
        ("Invoice", "Paid"),
        ("CreditMemo", "Remaining"),
        ("Payment", "Unapplied"),
        ("Estimate", "Pending"),
        ("Vendor", "Trent Plant Growers Ltd"),
        ("Bill", "Nidd Valley Farms"),
        ("BillPayment", "Check"),
        ("Purchase", "Company credit card"),
        ("Account", "Sales of Product Income"),
        ("TaxCode", "20.0% S"),
        ("TaxRate", "20%"),
        ("Term", "Net 30"),
    ],
)
def test_every_list_opens_and_leads_to_its_records(site, entity, text):
    page = site.get(f"{site.company}/{entity}")
    assert text in page
    link = re.search(rf'href="({site.company}/{entity}/(?!new)[^"/]+)">', page)
    assert link, "no record to open"
    record = site.get(link[1])
    assert "As the API returns it (JSON)" in record
    assert '"SyncToken"' in record


def test_a_long_list_has_pages(site):
    page = site.get(f"{site.company}/Invoice")
    following = re.search(r'href="(\?[^"]+)" rel="next"', page)
    second = site.get(f"{site.company}/Invoice{following[1]}")
    assert 'rel="prev"' in second
    pattern = rf'{site.company}/Invoice/(\d+)"'
    assert not set(re.findall(pattern, page)) & set(re.findall(pattern, second))


def test_search_finds_by_part_of_a_name_and_survives_quotes(site):
    page = site.get(f"{site.company}/Customer?q=brien")
    assert "O'Brien & Sons Builders" in page
    assert "Ainsty" not in page
    assert "O'Brien" in site.get(f"{site.company}/Customer?q=O'Brien")
    assert "Nothing matches" in site.get(f"{site.company}/Customer?q=zzz'\\%")


def test_inactive_records_are_shown_when_asked(site):
    gone = site.first("Customer", "Active = false")["DisplayName"]
    listed = f"{site.company}/Customer?q={gone.split()[0]}"
    assert gone not in site.get(listed)
    assert gone in site.get(f"{listed}&inactive=1")


def test_an_invoice_is_readable(site):
    invoice = site.first("Invoice", "Balance > '0'")
    page = site.get(f"{site.company}/Invoice/{invoice['Id']}")
    assert invoice["CustomerRef"]["name"] in page
    assert f"{invoice['TotalAmt']:,.2f}" in page
    assert "Receive payment" in page
    for label in ("Subtotal", "Total", "Balance due"):
        assert label in page


def test_a_tax_code_shows_its_rates(site):
    page = site.get(f"{site.company}/TaxCode?q=RC CIS")
    assert "20% + -20%" in page
    code = site.first("TaxCode", "Name = '20.0% S'")
    page = site.get(f"{site.company}/TaxCode/{code['Id']}")
    assert "20.0% S (Sales)" in page
    assert "20.0% S (Purchases)" in page


def test_a_payment_leads_to_its_invoice(site):
    payment = next(
        row
        for row in site.engine.list(site.realm_id, "Payment", start=1, limit=1000)
        if row.get("Line")
    )
    page = site.get(f"{site.company}/Payment/{payment['Id']}")
    linked = payment["Line"][0]["LinkedTxn"][0]
    assert f'{site.company}/{linked["TxnType"]}/{linked["TxnId"]}"' in page


def test_what_is_linked_leads_to_its_page_if_it_has_one(site):
    party = site.customer("Linton Parish Council")["Id"]
    accounts = site.engine.list(site.realm_id, "Account")
    debtors = next(
        {"value": one["Id"]}
        for one in accounts
        if one["AccountType"] == "Accounts Receivable"
        and one["CurrencyRef"]["value"] == "GBP"
    )
    bank = {"value": site.first("Account", "AccountType = 'Bank'")["Id"]}
    kind = "JournalEntryLineDetail"
    who = {"Type": "Customer", "EntityRef": {"value": party}}
    credit = {"PostingType": "Credit", "AccountRef": debtors, "Entity": who}
    debit = {"PostingType": "Debit", "AccountRef": bank}
    lines = [{"Amount": 5, kind: detail} for detail in (credit, debit)]
    entry = site.create("JournalEntry", Line=lines)
    line = {"AccountBasedExpenseLineDetail": {"AccountRef": debtors}, "Amount": 5}
    expense = site.create(
        "Purchase",
        PaymentType="Cash",
        AccountRef=bank,
        EntityRef={"value": party, "type": "Customer"},
        GlobalTaxCalculation="NotApplicable",
        Line=[{**line, "DetailType": "AccountBasedExpenseLineDetail"}],
    )
    linked = (("JournalEntry", entry), ("Expense", expense))
    payment = site.create(
        "Payment",
        CustomerRef={"value": party},
        TotalAmt=0,
        Line=[
            {"Amount": 5, "LinkedTxn": [{"TxnType": name, "TxnId": one["Id"]}]}
            for name, one in linked
        ],
    )
    page = site.get(f"{site.company}/Payment/{payment['Id']}")
    assert f'href="{site.company}/Purchase/{expense["Id"]}"' in page
    assert "Journal entry" in page and "/JournalEntry/" not in page


@pytest.mark.parametrize(
    "path",
    ["/company/123", "/company/{}/Dragon", "/company/{}/Customer/999999"],
)
def test_what_is_not_there_is_said_kindly(site, path):
    assert "Not found" in site.get(path.format(site.realm_id), status=404)


def test_names_are_escaped(site):
    site.engine.create(
        site.realm_id, "Customer", {"DisplayName": "<b>Bold</b> & Co"}, actor="x"
    )
    raw = site.http.get(f"{site.server.url}{site.company}/Customer?q=Bold").text
    assert "<b>Bold" not in raw
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; Co" in raw


def test_the_keys_page_shows_what_an_app_needs(site):
    page = site.get("/keys")
    keys = site.server.credentials()
    for name in ("client_id", "client_secret", "discovery_url"):
        assert keys[name] in page


def test_the_call_log_shows_what_clients_asked(site):
    client = AppClient(site.server)
    keys = site.server.credentials()
    client.api(keys["access_token"], keys["realm_id"], "query?query=select * from Term")
    page = site.get("/calls")
    assert "query Term" in page
    assert "select * from Term" in page
    site.post("/calls/clear")
    assert "No client has called yet" in site.get("/calls")


def test_pages_need_no_script(site):
    for path in ("/", site.company, f"{site.company}/Customer", "/calls", "/keys"):
        assert "<script" not in site.get(path)


# -- changing --------------------------------------------------------------------------


def test_a_customer_can_be_created(site):
    page = site.post(
        f"{site.company}/Customer/new",
        **{
            "DisplayName": "Newcomer Ltd",
            "PrimaryEmailAddr.Address": "hello@newcomer.example",
            "BillAddr.City": "York",
        },
    )
    assert "Created." in page
    made = site.customer("Newcomer Ltd")
    assert made["PrimaryEmailAddr"]["Address"] == "hello@newcomer.example"
    assert made["BillAddr"]["City"] == "York"


def test_a_refusal_is_shown_with_what_was_typed(site):
    page = site.post(
        f"{site.company}/Customer/new",
        status=400,
        DisplayName="Ainsty Landscapes Ltd",
        Notes="typed before",
    )
    assert "already using this name" in page
    assert "typed before" in page


def test_simple_fields_can_be_edited_and_cleared(site):
    customer = site.customer("Bellwether Homes Ltd")
    path = f"{site.company}/Customer/{customer['Id']}/edit"
    form = site.get(path)
    assert "Bellwether Homes Ltd" in form
    page = site.post(path, **{"BillAddr.City": "Bradford", "Notes": ""})
    assert "Saved." in page
    after = site.read("Customer", customer["Id"])
    assert after["BillAddr"]["City"] == "Bradford"
    assert after["BillAddr"]["PostalCode"] == customer["BillAddr"]["PostalCode"]
    assert not after.get("Notes")
    assert after["SyncToken"] != customer["SyncToken"]


def test_saving_without_a_change_writes_nothing(site):
    customer = site.customer("Calder Valley Nurseries")
    path = f"{site.company}/Customer/{customer['Id']}/edit"
    site.post(path, DisplayName=customer["DisplayName"])
    assert site.read("Customer", customer["Id"]) == customer


def test_a_price_must_be_a_number(site):
    item = site.first("Item", "Name = 'Box ball 30 cm'")
    path = f"{site.company}/Item/{item['Id']}/edit"
    assert "not a number" in site.post(path, status=400, UnitPrice="cheap")
    site.post(path, UnitPrice="33.25")
    assert site.read("Item", item["Id"])["UnitPrice"] == Decimal("33.25")


def test_a_customer_can_be_made_inactive_and_active_again(site):
    customer = site.customer("Green Finger Garden Centre")
    path = f"{site.company}/Customer/{customer['Id']}"
    assert "Made inactive." in site.post(f"{path}/inactive")
    assert site.read("Customer", customer["Id"])["Active"] is False
    assert "Made active." in site.post(f"{path}/active")
    assert site.read("Customer", customer["Id"])["Active"] is True


def test_receiving_a_payment_settles_an_invoice(site):
    invoice = site.first("Invoice", "Balance > '100'")
    path = f"{site.company}/Invoice/{invoice['Id']}"
    assert str(invoice["Balance"]) in site.get(f"{path}/payment")
    page = site.post(
        f"{path}/payment", amount=str(invoice["Balance"]), date="2026-11-20"
    )
    assert "Payment received." in page
    assert site.read("Invoice", invoice["Id"])["Balance"] == 0
    assert "Receive payment" not in site.get(path)


def test_a_part_payment_leaves_the_rest_open(site):
    invoice = site.first("Invoice", "Balance > '100'")
    path = f"{site.company}/Invoice/{invoice['Id']}/payment"
    site.post(path, amount="40", date="2026-11-20", reference="BACS 17")
    after = site.read("Invoice", invoice["Id"])
    assert after["Balance"] == invoice["Balance"] - 40
    assert site.first("Payment", "PaymentRefNum = 'BACS 17'")["TotalAmt"] == 40


@pytest.mark.parametrize("form", [{"amount": "-5"}, {"amount": "x"}, {"amount": "NaN"}])
def test_a_senseless_payment_is_refused(site, form):
    invoice = site.first("Invoice", "Balance > '0'")
    path = f"{site.company}/Invoice/{invoice['Id']}/payment"
    page = site.post(path, status=400, date="2026-11-20", **form)
    assert 'role="alert"' in page


def test_an_invoice_can_be_voided_and_deleted(site):
    invoice = site.first("Invoice", "Balance > '0'")
    path = f"{site.company}/Invoice/{invoice['Id']}"
    page = site.post(f"{path}/void")
    assert "Voided." in page
    assert site.read("Invoice", invoice["Id"])["TotalAmt"] == 0
    assert "Deleted." in site.post(f"{path}/delete")
    assert "Not found" in site.get(path, status=404)


def test_an_app_can_be_disconnected_inside_quickbooks(site):
    client = AppClient(site.server)
    keys = site.server.credentials()
    assert keys["user"] in site.get(site.company)
    connection = site.server.simulator.auth.grants.living(site.realm_id)[-1].id
    page = site.post(f"{site.company}/disconnect", connection=str(connection))
    assert "Disconnected." in page
    assert client.api(keys["access_token"], site.realm_id).status_code == 401


def test_a_company_can_be_added(site):
    page = site.post("/companies", company="empty")
    assert "New Company Ltd" in page


def test_two_customers_become_one(site):
    loser = site.customer("Ouseburn Solar & Heating")
    kept = site.customer("Wharfedale Green Roofs")
    path = f"{site.company}/Customer/{loser['Id']}"
    assert f'href="{path}/merge"' in site.get(path)
    form = site.get(f"{path}/merge")
    assert "Wharfedale Green Roofs" in form and "goes." in form
    assert "Choose the record to keep" in site.post(f"{path}/merge", status=400)
    page = site.post(f"{path}/merge", survivor=kept["Id"])
    assert "Merged." in page and "Wharfedale Green Roofs" in page
    assert "Not found" in site.get(path, status=404)
    after = site.read("Customer", kept["Id"])
    assert after["Balance"] == kept["Balance"] + loser["Balance"]


def test_the_lines_of_an_invoice_can_be_edited(site):
    invoice = site.first("Invoice", "Balance > '0'")
    line = invoice["Line"][0]
    path = f"{site.company}/Invoice/{invoice['Id']}"
    form = site.get(f"{path}/edit")
    name = line["SalesItemLineDetail"]["ItemRef"]["name"].rpartition(":")[2]
    assert f"Quantity of {name}" in form and f"Price of {name}" in form
    assert "not a number" in site.post(
        f"{path}/edit", status=400, **{"line-0-Qty": "many"}
    )
    more = line["SalesItemLineDetail"]["Qty"] + 2
    assert "Saved." in site.post(f"{path}/edit", **{"line-0-Qty": str(more)})
    after = site.read("Invoice", invoice["Id"])
    changed = after["Line"][0]
    price = changed["SalesItemLineDetail"]["UnitPrice"]
    assert changed["Amount"] == round(more * price, 2)
    assert after["TotalAmt"] > invoice["TotalAmt"]
    assert after["TxnTaxDetail"]["TotalTax"] >= invoice["TxnTaxDetail"]["TotalTax"]
    assert int(after["SyncToken"]) == int(invoice["SyncToken"]) + 1


def test_every_report_has_a_page(site):
    index = site.get(f"{site.company}/reports")
    found = set(re.findall(rf'href="{site.company}/reports/(\w+)"', index))
    assert found == set(REPORTS)
    for name in found:
        page = site.get(f"{site.company}/reports/{name}?date_macro=Last+Fiscal+Year")
        assert "Run report" in page and "basis" in page
    page = site.get(f"{site.company}/reports/BalanceSheet")
    assert "Total Bank Accounts" in page and "TOTAL LIABILITIES AND EQUITY" in page
    assert "dates are written" in site.get(
        f"{site.company}/reports/BalanceSheet?start_date=soon", status=400
    )
    assert "Not found" in site.get(f"{site.company}/reports/Fortune", status=404)
