"""Whatever is asked of them, reports agree with the ledger and with each other."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest

from qbo_simulator.errors import ServiceFault
from qbo_simulator.reports.registry import REPORTS
from qbo_simulator.reports.wishes import SUMMARIES
from qbo_simulator.simulator import Simulator

BASES = ("Accrual", "Cash")
EVER = {"start_date": "2000-01-01"}


class Sample:
    """A sample company with a year behind it, and its reports."""

    def __init__(self, name):
        self.simulator = Simulator()
        self.realm = self.simulator.load_company(name)
        self.today = self.simulator.clock.today()

    def run(self, name, **sent):
        return self.simulator.engine.report(self.realm, name, sent)

    def posted(self, *kinds, until="9999"):
        """Return what was posted to accounts of some types, debit above zero."""
        marks = ", ".join("?" * len(kinds))
        rows = self.simulator.store.rows(
            "SELECT coalesce(sum(p.home), 0) FROM postings p JOIN records a"
            " ON a.realm = p.realm AND a.entity = 'Account' AND a.id = p.account"
            " WHERE p.realm = ? AND p.txn_date <= ?"
            f" AND json_extract(a.body, '$.AccountType') IN ({marks})",
            (self.realm, until, *kinds),
        )
        return Decimal(rows[0][0]) / 100


@pytest.fixture(scope="module", params=["uk", "us"])
def sample(request):
    return Sample(request.param)


def rows_in(rows):
    """Give every row of a report, those inside sections too."""
    for row in rows.get("Row", ()):
        yield row
        yield from rows_in(row.get("Rows", {}))


def total(report, group="GrandTotal", at=-1):
    """Return an amount of the section that has a group."""
    for row in rows_in(report["Rows"]):
        if row.get("group") == group:
            cells = row["Summary"]["ColData"] if "Summary" in row else row["ColData"]
            return Decimal(cells[at]["value"])
    return Decimal(0)


def leaves(report, at=-1):
    """Return the sum of a column over all rows of data."""
    cells = (
        row["ColData"][at]["value"]
        for row in rows_in(report["Rows"])
        if "ColData" in row
    )
    return sum((Decimal(one) for one in cells if one), Decimal(0))


@pytest.mark.parametrize("basis", BASES)
def test_the_sheet_balances_and_shows_the_profit_of_the_year(sample, basis):
    for days in (0, 30, 200, 400):
        end = (sample.today - timedelta(days)).isoformat()
        wish = {"end_date": end, "accounting_method": basis}
        sheet = sample.run("BalanceSheet", **EVER, **wish)
        both = total(sheet, "TotalLiabilitiesAndEquity")
        assert total(sheet, "TotalAssets") == both
        assert days > 300 or both > 0
        assert leaves(sheet) == 2 * both
        even = sample.run("TrialBalance", **EVER, **wish)
        assert total(even, at=1) == total(even, at=2)
        statement = sample.run(
            "ProfitAndLoss",
            start_date=fiscal_start(sample, end),
            **wish,
        )
        assert total(statement, "NetIncome") == total(sheet, "NetIncome")


def fiscal_start(sample, end):
    info = sample.simulator.engine.list(sample.realm, "CompanyInfo")[0]
    month = {"January": 1, "April": 4}[info["FiscalYearStartMonth"]]
    last = date.fromisoformat(end)
    return date(last.year - (last.month < month), month, 1).isoformat()


@pytest.mark.parametrize("basis", BASES)
def test_profit_is_the_same_in_every_report(sample, basis):
    wish = {"date_macro": "All", "accounting_method": basis}
    net = total(sample.run("ProfitAndLoss", **wish), "NetIncome")
    assert total(sample.run("ProfitAndLossDetail", **wish), "NetIncome", at=-2) == net
    assert total(sample.run("CustomerIncome", **wish)) == net
    assert total(sample.run("CashFlow", **wish), "NetIncome") == net
    assert net != 0
    if basis == "Accrual":
        kinds = ("Income", "Other Income", "Cost of Goods Sold", "Expense")
        assert net == -sample.posted(*kinds, "Other Expense")


@pytest.mark.parametrize(
    ("name", "basis"), list(product(("ProfitAndLoss", "CustomerSales"), BASES))
)
def test_columns_add_up_to_the_report_without_columns(sample, name, basis):
    start = (sample.today - timedelta(420)).isoformat()
    wish = {"start_date": start, "accounting_method": basis}
    plain = lines_of(sample.run(name, **wish))
    for summary in sorted(set(SUMMARIES.values()) - {"Days"}):
        spread = lines_of(sample.run(name, summarize_column_by=summary, **wish))
        assert spread.keys() == plain.keys(), summary
        for title, amounts in spread.items():
            assert amounts[-1] == plain[title][-1], (summary, title)
            if summary != "Total":
                assert sum(amounts[:-1]) == amounts[-1], (summary, title)


def lines_of(report):
    """Return the amounts of every row and total by title."""
    found = {}
    for row in rows_in(report["Rows"]):
        cells = row.get("ColData") or row["Summary"]["ColData"]
        values = [Decimal(one["value"] or 0) for one in cells[1:]]
        found[cells[0].get("id", ""), cells[0]["value"]] = values
    return found


@pytest.mark.parametrize("days", [0, 10, 45, 120, 300])
def test_what_is_owed_is_the_same_in_every_report_on_any_day(sample, days):
    end = (sample.today - timedelta(days)).isoformat()
    for kind, sign, names in (
        (
            "Accounts Receivable",
            1,
            ("AgedReceivables", "CustomerBalance", "AgedReceivableDetail"),
        ),
        (
            "Accounts Payable",
            -1,
            ("AgedPayables", "VendorBalance", "AgedPayableDetail"),
        ),
    ):
        owed = sign * sample.posted(kind, until=end)
        assert owed > 0
        for name in names:
            assert total(sample.run(name, report_date=end)) == owed, name
        group = {1: "AR", -1: "AP"}[sign]
        sheet = sample.run("BalanceSheet", **EVER, end_date=end)
        assert total(sheet, group) == owed


def test_balances_in_detail_are_those_of_the_summary(sample):
    for name, party in (("CustomerBalance", "Customer"), ("VendorBalance", "Vendor")):
        wanted = total(sample.run(name))
        detail = sample.run(f"{name}Detail")
        sums = [row["Summary"]["ColData"][5] for row in detail["Rows"]["Row"]]
        assert sum(Decimal(one["value"]) for one in sums) == wanted
        records = sample.simulator.engine.list(sample.realm, party)
        home = sample.simulator.store.realm(sample.realm).home_currency
        own = {
            one["Id"]: one["Balance"]
            for one in records
            if one["CurrencyRef"]["value"] == home
        }
        for row in detail["Rows"]["Row"]:
            party_id = row["Header"]["ColData"][0]["id"]
            if party_id in own:
                shown = Decimal(row["Summary"]["ColData"][5]["value"])
                assert shown == own[party_id]


@pytest.mark.parametrize("macro", ["All", "Last Month", "This Fiscal Year-to-date"])
def test_cash_at_the_end_is_what_lies_in_banks(sample, macro):
    flow = sample.run("CashFlow", date_macro=macro)
    begin, end = total(flow, "BeginningCash"), total(flow, "EndingCash")
    assert begin + total(flow, "CashIncrease") == end
    sheet = lines_of(sample.run("BalanceSheet", **EVER, date_macro=macro))
    held = {title: amounts[0] for (_, title), amounts in sheet.items()}
    assert end == held["Total Bank Accounts"] + held.get("Undeposited Funds", 0) != 0
    if macro != "All":
        by_month = sample.run("CashFlow", date_macro=macro, summarize_column_by="Month")
        assert total(by_month, "EndingCash") == end
        assert total(by_month, "BeginningCash") == begin


def test_the_journal_holds_every_debit_and_credit_once(sample):
    journal = sample.run("JournalReport", date_macro="All")
    rows = sample.simulator.store.rows(
        "SELECT sum(home) FROM postings WHERE realm = ? AND home > 0", (sample.realm,)
    )
    assert total(journal) == total(journal, at=-2) == Decimal(rows[0][0]) / 100
    ledger = sample.run("GeneralLedger", date_macro="All")
    assert len(list(leaf_rows(ledger))) == len(list(leaf_rows(journal)))


def leaf_rows(report):
    return (row for row in rows_in(report["Rows"]) if "ColData" in row)


def test_sales_are_the_same_by_customer_class_and_location(sample):
    wish = {"date_macro": "All"}
    sold = total(sample.run("CustomerSales", **wish))
    assert sold == total(sample.run("ClassSales", **wish))
    assert sold == total(sample.run("DepartmentSales", **wish))
    assert sold == leaves(sample.run("ItemSales", **wish), at=2)
    spent = total(sample.run("VendorExpenses", **wish))
    kinds = ("Cost of Goods Sold", "Expense", "Other Expense")
    assert spent == sample.posted(*kinds)


def test_stock_is_worth_what_its_account_says(sample):
    valued = sample.run("InventoryValuationSummary", date_macro="All")
    held = {
        row["ColData"][0]["id"]: Decimal(row["ColData"][2]["value"])
        for row in leaf_rows(valued)
    }
    for item in sample.simulator.engine.list(sample.realm, "Item"):
        if item["Type"] == "Inventory":
            assert held[item["Id"]] == item["QtyOnHand"]
    sheet = lines_of(sample.run("BalanceSheet", date_macro="All"))
    (worth,) = [
        amounts
        for (_, title), amounts in sheet.items()
        if title in ("Stock Asset", "Inventory Asset")
    ]
    assert total(valued, at=3) == worth[0]
    detail = sample.run("InventoryValuationDetail", date_macro="This Month")
    ends = [row["Summary"]["ColData"][-1]["value"] for row in detail["Rows"]["Row"]]
    assert sum(map(Decimal, ends)) == worth[0]


def test_tax_is_what_was_posted_for_rates(sample):
    rows = sample.simulator.store.rows(
        "SELECT -sum(home) FROM postings WHERE realm = ? AND tax_rate IS NOT NULL",
        (sample.realm,),
    )
    due = total(sample.run("TaxSummary", date_macro="All"))
    assert due == Decimal(rows[0][0]) / 100


def test_a_filter_keeps_what_belongs_to_it_and_all_filters_make_the_whole(sample):
    wish = {"date_macro": "All"}
    report = sample.run("CustomerSales", **wish)
    whole = {row["ColData"][0].get("id", ""): row for row in leaf_rows(report)}
    some = [one for one in whole if one][:3]
    for one in some:
        part = sample.run("ProfitAndLoss", customer=one, **wish)
        assert total(part, "Income") == Decimal(whole[one]["ColData"][1]["value"])
        assert part["Header"]["Customer"] == one
    several = sample.run("CustomerSales", customer=",".join(some), **wish)
    wanted = sum(Decimal(whole[one]["ColData"][1]["value"]) for one in some)
    assert total(several) == wanted


MIXES = (
    ("Accrual", "ascend", "Total"),
    ("Cash", "descend", "Quarter"),
    ("Cash", "ascend", "ProductsAndServices"),
)


@pytest.fixture(scope="module")
def british():
    return Sample("uk")


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_report_takes_every_parameter_that_intuit_has(british, name):
    customer = british.simulator.engine.list(british.realm, "Customer")[0]["Id"]
    for basis, order, summary in MIXES:
        report = british.run(
            name,
            start_date=(british.today - timedelta(100)).isoformat(),
            end_date=british.today.isoformat(),
            accounting_method=basis,
            sort_order=order,
            sort_by="doc_num",
            summarize_column_by=summary,
            customer=customer,
            aging_period="15",
            num_periods="6",
            minorversion="75",
        )
        width = len(report["Columns"]["Column"])
        for row in rows_in(report["Rows"]):
            for cells in (row.get("ColData"), row.get("Summary", {}).get("ColData")):
                assert cells is None or len(cells) == width
    for wrong in ({"accounting_method": "Credit"}, {"summarize_column_by": "Moon"}):
        with pytest.raises(ServiceFault):
            british.run(name, **wrong)
