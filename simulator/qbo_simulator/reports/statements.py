"""Profit and loss, balance sheet, trial balance, general ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from qbo_simulator import jsontext
from qbo_simulator.company import Company
from qbo_simulator.reports.shape import (
    Column,
    Period,
    Row,
    cell,
    data,
    money,
    report,
    section,
)

_FIRST_DAY = "0001-01-01"


@dataclass(frozen=True)
class Sum:
    """An account and what was posted to it, debit above zero."""

    id: str
    name: str
    kind: str
    total: int


def sums(company: Company, start: str, end: str) -> list[Sum]:
    """Return every account with postings in a span of days, by number and name."""
    rows = company.store.rows(
        "SELECT r.id, json_extract(r.body, '$.FullyQualifiedName') AS name,"
        " json_extract(r.body, '$.AccountType') AS kind, sum(p.home) AS total"
        " FROM postings p JOIN records r ON r.realm = p.realm"
        " AND r.entity = 'Account' AND r.id = p.account"
        " WHERE p.realm = ? AND p.txn_date BETWEEN ? AND ?"
        " GROUP BY r.id ORDER BY name",
        (company.realm_id, start, end),
    )
    return [Sum(str(row[0]), row[1], row[2], row[3]) for row in rows if row[3]]


def _part(
    title: str, of: Sequence[Sum], kinds: tuple[str, ...], sign: int, group: str
) -> tuple[list[Row], int]:
    """Return the section of some account types (none if empty) and its total."""
    chosen = [one for one in of if one.kind in kinds]
    total = sign * sum(one.total for one in chosen)
    if not chosen:
        return [], 0
    rows = [data(cell(one.name, one.id), money(sign * one.total)) for one in chosen]
    made = section([title, ""], rows, [f"Total {title}", money(total)], group)
    return [made], total


def _line(title: str, total: int, group: str) -> Row:
    return section([], [], [title, money(total)], group)


_TOTAL = (Column("", "Account"), Column("Total"))


def profit_and_loss(company: Company, period: Period) -> dict[str, Any]:
    """Return income less costs and expenses of a period."""
    of = sums(company, period.start, period.end)
    income, earned = _part("Income", of, ("Income",), -1, "Income")
    cost, spent = _part("Cost of Goods Sold", of, ("Cost of Goods Sold",), 1, "COGS")
    expenses, paid = _part("Expenses", of, ("Expense",), 1, "Expenses")
    other, more = _part("Other Income", of, ("Other Income",), -1, "OtherIncome")
    lost, less = _part("Other Expenses", of, ("Other Expense",), 1, "OtherExpenses")
    gross = earned - spent
    operating = gross - paid
    rows = [
        *income,
        *cost,
        _line("Gross Profit", gross, "GrossProfit"),
        *expenses,
        _line("Net Operating Income", operating, "NetOperatingIncome"),
        *other,
        *lost,
        _line("Net Income", operating + more - less, "NetIncome"),
    ]
    return report(company, "ProfitAndLoss", period, _TOTAL, rows if of else [])


_ASSETS = (
    "Bank",
    "Accounts Receivable",
    "Other Current Asset",
    "Fixed Asset",
    "Other Asset",
)
_LIABILITIES = (
    "Accounts Payable",
    "Credit Card",
    "Other Current Liability",
    "Long Term Liability",
)
_EARNINGS = ("Income", "Other Income", "Cost of Goods Sold", "Expense", "Other Expense")


def balance_sheet(company: Company, period: Period) -> dict[str, Any]:
    """Return what is owned and owed at the end of a period."""
    of = sums(company, _FIRST_DAY, period.end)
    assets, owned = _part("ASSETS", of, _ASSETS, 1, "TotalAssets")
    liabilities, owed = _part("Liabilities", of, _LIABILITIES, -1, "Liabilities")
    equity = [one for one in of if one.kind == "Equity"]
    earned = -sum(one.total for one in of if one.kind in _EARNINGS)
    own = earned - sum(one.total for one in equity)
    rows = [data(cell(one.name, one.id), money(-one.total)) for one in equity]
    rows.append(data("Net Income", money(earned)))
    part = section(["Equity", ""], rows, ["Total Equity", money(own)], "Equity")
    total = ["TOTAL LIABILITIES AND EQUITY", money(owed + own)]
    both = section(
        ["LIABILITIES AND EQUITY", ""],
        [*liabilities, part],
        total,
        "TotalLiabilitiesAndEquity",
    )
    whole = [*assets, both] if of else []
    if of and not assets:
        whole.insert(0, _line("TOTAL ASSETS", owned, "TotalAssets"))
    return report(company, "BalanceSheet", period, _TOTAL, whole)


def trial_balance(company: Company, period: Period) -> dict[str, Any]:
    """Return every account's balance at the end of a period, debit or credit."""
    of = sums(company, _FIRST_DAY, period.end)
    rows = [data(cell(one.name, one.id), *_sides(one.total)) for one in of]
    debit = sum(one.total for one in of if one.total > 0)
    credit = -sum(one.total for one in of if one.total < 0)
    if rows:
        total = ["TOTAL", money(debit), money(credit)]
        rows.append(section([], [], total, "GrandTotal"))
    columns = (Column("", "Account"), Column("Debit"), Column("Credit"))
    return report(company, "TrialBalance", period, columns, rows)


def _sides(total: int) -> tuple[str, str]:
    return (money(total), "") if total > 0 else ("", money(-total))


_LEDGER = (
    Column("Date", "Date"),
    Column("Transaction Type", "String"),
    Column("Num", "String"),
    Column("Name", "String"),
    Column("Memo/Description", "String"),
    Column("Amount", "Money"),
    Column("Balance", "Money"),
)


def general_ledger(company: Company, period: Period) -> dict[str, Any]:
    """Return every posting of a period by account, with running balances."""
    before = {
        one.id: one.total for one in sums(company, _FIRST_DAY, _day_before(period))
    }
    rows = [
        _account_section(company, period, one, before.get(one.id, 0))
        for one in sums(company, _FIRST_DAY, period.end)
    ]
    return report(company, "GeneralLedger", period, _LEDGER, rows)


def _day_before(period: Period) -> str:
    return (date.fromisoformat(period.start) - timedelta(days=1)).isoformat()


def _account_section(company: Company, period: Period, of: Sum, begin: int) -> Row:
    found = company.store.rows(
        "SELECT p.txn_date, p.txn_type, p.txn_id, p.memo, p.home, t.body AS txn,"
        " json_extract(n.body, '$.DisplayName') AS party, p.party AS party_id"
        " FROM postings p"
        " LEFT JOIN records t ON t.realm = p.realm AND t.entity = p.txn_type"
        " AND t.id = p.txn_id"
        " LEFT JOIN records n ON n.realm = p.realm AND n.entity = p.party_type"
        " AND n.id = p.party"
        " WHERE p.realm = ? AND p.account = ? AND p.txn_date BETWEEN ? AND ?"
        " ORDER BY p.txn_date, p.txn_id, p.line",
        (company.realm_id, of.id, period.start, period.end),
    )
    rows, balance = [], begin
    if begin:
        rows.append(data("Beginning Balance", "", "", "", "", "", money(begin)))
    for row in found:
        balance += row["home"]
        number = _number_of(row["txn"])
        kind = cell(row["txn_type"], str(row["txn_id"]))
        party = cell(row["party"] or "", str(row["party_id"] or ""))
        rows.append(
            data(
                row["txn_date"],
                kind,
                number,
                party,
                row["memo"] or "",
                money(row["home"]),
                money(balance),
            )
        )
    moved = money(balance - begin)
    total = [f"Total for {of.name}", "", "", "", "", moved, ""]
    return section([cell(of.name, of.id), *[""] * 6], rows, total)


def _number_of(text: str | None) -> str:
    return jsontext.loads(text).get("DocNumber", "") if text else ""
