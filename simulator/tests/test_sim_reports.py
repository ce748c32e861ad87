"""Reports: Intuit's shape, and figures that follow from the books."""

import pytest
from sim_books import Books, dec, refused

from qbo_simulator import jsontext
from qbo_simulator.reports.registry import REPORTS


@pytest.fixture
def books():
    books = Books()
    books.code20 = books.code("S", 20)
    old = books.invoice(
        books.line(100, books.code20, 4, 25), TxnDate="2026-01-10", DueDate="2026-01-31"
    )
    books.invoice(
        books.line(50, books.code20), TxnDate="2026-03-01", DueDate="2026-03-31"
    )
    books.credit(books.line(10, books.code20), TxnDate="2026-03-02")
    books.pay(20, (old, 20), TxnDate="2026-02-01")
    return books


def run(books, name, **wishes):
    wishes = {"start_date": "2026-01-01", "end_date": "2026-12-31", **wishes}
    return books.engine.report(books.realm, name, wishes)


def last(report):
    row = report["Rows"]["Row"][-1]
    return [cell["value"] for cell in row["Summary"]["ColData"]]


def test_the_trial_balance_is_even(books):
    debit, credit = last(run(books, "TrialBalance"))[1:]
    assert debit == credit and dec(debit) > 0


def test_receivables_agree_everywhere(books):
    owed = books.balance()
    assert owed == dec("148.00")
    assert last(run(books, "CustomerBalance")) == ["TOTAL", "148.00"]
    aged = run(books, "AgedReceivables", report_date="2026-03-31")
    assert last(aged) == [
        "TOTAL",
        "60.00",
        "-12.00",
        "100.00",
        "0.00",
        "0.00",
        "148.00",
    ]
    detail = run(books, "CustomerBalanceDetail")
    assert last(detail)[5] == "148.00"
    assert len(detail["Rows"]["Row"][0]["Rows"]["Row"]) == 3
    assert books.account("Accounts Receivable (A/R)") == owed


def test_whether_details_tell_ids_of_transactions_is_a_switch(books):
    def ids():
        rows = run(books, "AgedReceivableDetail")["Rows"]["Row"]
        lines = [line for part in rows[:-1] for line in part["Rows"]["Row"]]
        return [
            (line["ColData"][1].get("id"), line["ColData"][3]["id"]) for line in lines
        ]

    assert len(ids()) == 3 and all(all(pair) for pair in ids())
    books.switches.set_many({"report_ids": "off"})
    assert all(txn is None and customer for txn, customer in ids())


def test_profit_and_sheet_follow_from_the_postings(books):
    assert last(run(books, "ProfitAndLoss")) == ["Net Income", "140.00"]
    sheet = run(books, "BalanceSheet")["Rows"]["Row"]
    totals = [row["Summary"]["ColData"][1]["value"] for row in sheet]
    assert totals == ["168.00", "168.00"]
    part = run(books, "ProfitAndLoss", start_date="2026-02-01")
    assert last(part) == ["Net Income", "40.00"]


def test_sales_and_tax(books):
    assert last(run(books, "CustomerSales")) == ["TOTAL", "140.00"]
    items = run(books, "ItemSales")["Rows"]["Row"][0]["ColData"]
    assert [cell["value"] for cell in items] == [
        "Hours",
        "4.00",
        "140.00",
        "100.00",
        "35.00",
        "0.00",
        "140.00",
        "100.00",
    ]
    assert last(run(books, "TaxSummary"))[1:] == ["28.00", "0.00", "28.00"]


def test_every_transaction_and_posting_is_listed(books):
    rows = run(books, "TransactionList")["Rows"]["Row"]
    kinds = [row["ColData"][1]["value"] for row in rows]
    assert kinds == ["Invoice", "Payment", "Invoice", "Credit Memo"]
    ledger = run(books, "GeneralLedger", start_date="2026-03-01")["Rows"]["Row"]
    debtors = next(
        row
        for row in ledger
        if row["Header"]["ColData"][0]["value"].startswith("Accounts Receivable")
    )
    balances = [row["ColData"][-1]["value"] for row in debtors["Rows"]["Row"]]
    assert balances == ["100.00", "160.00", "148.00"]


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_report_has_the_shape_and_says_when_it_is_empty(books, name):
    for company, empty in ((books, None), (Books(), "true")):
        report = run(company, name)
        header = report["Header"]
        assert header["ReportName"] == name and header["Currency"] == "GBP"
        assert header["StartPeriod"] == "2026-01-01"
        assert report["Columns"]["Column"][0].keys() >= {"ColTitle", "ColType"}
        option = header["Option"][0]
        assert option["Name"] == "NoReportData"
        if empty and name != "AccountList":
            assert option["Value"] == empty and report["Rows"] == {}


def test_wrong_wishes_are_refused(books):
    with refused("500", detail="Report Fortune is not supported"):
        run(books, "Fortune")
    with refused("2060", "start_date"):
        run(books, "TrialBalance", start_date="soon")
    with refused("2190"):
        run(books, "TrialBalance", start_date="2027-01-01")
    with refused("2190", "end_date"):
        run(books, "TrialBalance", end_date="9999-12-31")
    wrong = (("customer", "x", "2030"), ("aging_period", "0", "2240"))
    for name, value, code in (*wrong, ("columns", "moon", "2170")):
        with refused(code, name):
            run(books, "AgedReceivableDetail", **{name: value})
    with refused("2170", "date_macro"):
        run(books, "TrialBalance", date_macro="Some day")


def test_a_batch_can_hold_a_report(books):
    item = {"bId": "r", "ReportQuery": "CustomerBalance?end_date=2026-12-31"}
    body = {"BatchItemRequest": [item]}
    answer = jsontext.loads(jsontext.dumps(books.engine.batch(books.realm, body)))
    report = answer["BatchItemResponse"][0]["Report"]
    assert report["Header"]["ReportName"] == "CustomerBalance"
