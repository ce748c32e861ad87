"""Profit and loss, balance sheet, trial balance: accounts and what they come to."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from qbo_simulator.books.accounts import ROLES
from qbo_simulator.company import Company
from qbo_simulator.reports.ledger import Ledger
from qbo_simulator.reports.moves import PROFIT_AND_LOSS, Move
from qbo_simulator.reports.shape import (
    Column,
    Row,
    cell,
    data,
    money,
    moneys,
    report,
    section,
)
from qbo_simulator.reports.spread import (
    Amounts,
    Spread,
    added,
    less,
    periods,
    spread_of,
)
from qbo_simulator.reports.tree import account_nodes, by_account, rows_of
from qbo_simulator.reports.wishes import Wishes

_FIRST = Column("", "Account", "account")
_UNITS = {"Days": "day", "Week": "week", "Month": "month"} | {
    "Quarter": "quarter",
    "Year": "year",
}


def profit_and_loss(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return income less costs and expenses of a period."""
    ledger = Ledger(company, wishes)
    spread = spread_of(ledger)
    rows = earnings_rows(ledger, spread)
    columns = (_FIRST, *spread.shown)
    return report(company, "ProfitAndLoss", wishes, columns, rows)


# The title of each part, its account types, the sign of what it adds, its group.
_EARNINGS = (
    ("Income", ("Income",), -1, "Income"),
    ("Cost of Goods Sold", ("Cost of Goods Sold",), 1, "COGS"),
    ("Expenses", ("Expense",), 1, "Expenses"),
    ("Other Income", ("Other Income",), -1, "OtherIncome"),
    ("Other Expenses", ("Other Expense",), 1, "OtherExpenses"),
)


def earnings_rows(ledger: Ledger, spread: Spread) -> list[Row]:
    """Return the rows of a profit and loss statement, none when nothing was posted."""
    parts = [_part(ledger, spread, *part) for part in _EARNINGS]
    (income, earned), (cost, spent), (expenses, paid), (other, more), (lost, loss) = (
        parts
    )
    if not any(rows for rows, _sums in parts):
        return []

    def line(title: str, amounts: Amounts, group: str) -> Row:
        return section([], [], [title, *moneys(spread.closed(amounts))], group)

    gross = less(earned, spent)
    operating = less(gross, paid)
    besides = less(more, loss)
    net_other = line("Net Other Income", besides, "NetOtherIncome")
    return [
        *income,
        *cost,
        line("Gross Profit", gross, "GrossProfit"),
        *expenses,
        line("Net Operating Income", operating, "NetOperatingIncome"),
        *other,
        *lost,
        *([net_other] if other + lost else []),
        line("Net Income", added(operating, besides), "NetIncome"),
    ]


def _part(
    ledger: Ledger,
    spread: Spread,
    title: str,
    kinds: tuple[str, ...],
    sign: int,
    group: str,
) -> tuple[list[Row], Amounts]:
    """Return the section of some account types (none if empty) and its sums."""
    found = by_account(spread, ledger.of_kinds(*kinds), sign)
    return _section_of(ledger, spread, title, kinds, found, group)


def _section_of(
    ledger: Ledger,
    spread: Spread,
    title: str,
    kinds: tuple[str, ...],
    found: dict[str, Amounts],
    group: str,
) -> tuple[list[Row], Amounts]:
    total = added(spread.nothing, *found.values())
    if not found:
        return [], total
    rows = rows_of(account_nodes(ledger, kinds), found, spread.closed)
    head = [title, *[""] * len(spread.shown)]
    summary = [f"Total {title}", *moneys(spread.closed(total))]
    return [section(head, rows, summary, group)], total


# -- the balance sheet ---------------------------------------------------------

_ASSETS = (
    (
        "Current Assets",
        "CurrentAssets",
        (
            ("Bank Accounts", "BankAccounts", ("Bank",)),
            ("Accounts Receivable", "AR", ("Accounts Receivable",)),
            ("Other Current Assets", "OtherCurrentAssets", ("Other Current Asset",)),
        ),
    ),
    ("Fixed Assets", "FixedAssets", (("", "", ("Fixed Asset",)),)),
    ("Other Assets", "OtherAssets", (("", "", ("Other Asset",)),)),
)
_LIABILITIES = (
    (
        "Current Liabilities",
        "CurrentLiabilities",
        (
            ("Accounts Payable", "AP", ("Accounts Payable",)),
            ("Credit Cards", "CreditCards", ("Credit Card",)),
            (
                "Other Current Liabilities",
                "OtherCurrentLiabilities",
                ("Other Current Liability",),
            ),
        ),
    ),
    (
        "Long-Term Liabilities",
        "LongTermLiabilities",
        (("", "", ("Long Term Liability",)),),
    ),
)
Plan = tuple[tuple[str, str, tuple[tuple[str, str, tuple[str, ...]], ...]], ...]


class _Sheet:
    """A balance sheet: balances at the end of each column's days."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.spread = _at_ends(ledger)

    def balances(self, of: Callable[[Move], bool], sign: int = 1) -> dict[str, Amounts]:
        """Return what accounts stand at: all that was posted up to each column."""
        chosen = [one for one in self._ledger.moves if of(one)]
        found = by_account(self.spread, chosen, sign)
        if self._ledger.wishes.summarize not in _UNITS:
            return found
        return {account: _running(amounts) for account, amounts in found.items()}

    def side(
        self, title: str, group: str, plan: Plan, sign: int
    ) -> tuple[list[Row], Amounts]:
        """Return the rows of assets or of liabilities, and their sum."""
        rows: list[Row] = []
        total = self.spread.nothing
        for name, key, parts in plan:
            inner: list[Row] = []
            sums = self.spread.nothing
            for label, part_key, kinds in parts:
                made, part = self._kinds(label, part_key, kinds, sign)
                inner += made
                sums = added(sums, part)
            if inner:
                rows.append(self.section(name, inner, sums, key))
            total = added(total, sums)
        if not rows:
            return [], total
        return [self.section(title, rows, total, group)], total

    def _kinds(
        self, label: str, key: str, kinds: tuple[str, ...], sign: int
    ) -> tuple[list[Row], Amounts]:
        ledger = self._ledger
        found = self.balances(lambda one: ledger.kind(one) in kinds, sign)
        if label:
            return _section_of(ledger, self.spread, label, kinds, found, key)
        total = added(self.spread.nothing, *found.values())
        return rows_of(account_nodes(ledger, kinds), found, self.spread.closed), total

    def section(
        self, title: str, rows: Sequence[Row], total: Amounts, group: str
    ) -> Row:
        """Return a section with its heading and sum."""
        head = [title, *[""] * len(self.spread.shown)]
        words = title if title.isupper() else f"Total {title}"
        if title.isupper():
            words = f"TOTAL {title}"
        return section(head, rows, [words, *moneys(self.spread.closed(total))], group)

    def equity(self) -> tuple[list[Row], Amounts]:
        """Return equity: its accounts, what earlier years earned, and this year."""
        ledger = self._ledger
        found = self.balances(lambda one: ledger.kind(one) == "Equity", -1)
        retained, net = self._earnings()
        account = retained_account(ledger)
        if any(retained):
            found[account] = added(found.get(account, self.spread.nothing), retained)
        total = added(self.spread.nothing, *found.values(), net)
        if not (found or any(net)):
            return [], total
        nodes = account_nodes(ledger, ("Equity",))
        rows = rows_of(nodes, found, self.spread.closed)
        shown = moneys(self.spread.closed(net))
        rows.append(data("Net Income", *shown, group="NetIncome"))
        return [self.section("Equity", rows, total, "Equity")], total

    def _earnings(self) -> tuple[Amounts, Amounts]:
        """Return profits of earlier fiscal years and of the present one."""
        ledger, year = self._ledger, self._ledger.wishes.fiscal_start
        kinds = PROFIT_AND_LOSS
        both = self.balances(lambda one: ledger.kind(one) in kinds, -1)
        early = self.balances(
            lambda one: ledger.kind(one) in kinds and one.day < year, -1
        )
        before = added(self.spread.nothing, *early.values())
        whole = added(self.spread.nothing, *both.values())
        return before, less(whole, before)


def _at_ends(ledger: Ledger) -> Spread:
    """Return columns that hold balances at the end of days; there is no total."""
    wish = ledger.wishes.summarize
    if wish not in _UNITS:
        everything = replace(ledger.wishes, start="0001-01-01")
        whole = Ledger(ledger.company, everything)
        return spread_of(whole)
    made = spread_of(ledger)
    place = made.place
    return Spread(made.columns, lambda one: place(one) or 0, False)


def _running(amounts: Amounts) -> Amounts:
    sums, total = [], 0
    for one in amounts:
        total += one
        sums.append(total)
    return tuple(sums)


def retained_account(ledger: Ledger) -> str:
    """Return the account that takes what earlier years earned, if there is one."""
    role = ROLES["retained"]
    for one in ledger.accounts.values():
        if one.subtype in role.subtypes:
            return one.id
    return next(
        (one.id for one in ledger.accounts.values() if one.kind == "Equity"), ""
    )


def balance_sheet(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return what is owned and owed at the end of a period."""
    ledger = Ledger(company, wishes)
    sheet = _Sheet(ledger)
    spread = sheet.spread
    assets, owned = sheet.side("ASSETS", "TotalAssets", _ASSETS, 1)
    liabilities, owed = sheet.side("Liabilities", "Liabilities", _LIABILITIES, -1)
    equity, own = sheet.equity()
    rows: list[Row] = []
    if assets or liabilities or equity:
        none = section(
            [], [], ["TOTAL ASSETS", *moneys(spread.closed(owned))], "TotalAssets"
        )
        both = sheet.section(
            "LIABILITIES AND EQUITY",
            [*liabilities, *equity],
            added(owed, own),
            "TotalLiabilitiesAndEquity",
        )
        rows = [*(assets or [none]), both]
    return report(company, "BalanceSheet", wishes, (_FIRST, *spread.shown), rows)


# -- the trial balance ---------------------------------------------------------


def trial_balance(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return every account's balance at the end of each column, debit or credit.

    Profit and loss accounts start again each fiscal year; what they held before is
    in retained earnings.
    """
    ledger = Ledger(company, wishes)
    unit = _UNITS.get(wishes.summarize)
    columns = periods(wishes, unit) if unit else [Column("", days=("", wishes.end))]
    ends = [one.days[1] if one.days else wishes.end for one in columns]
    sums = [_balances_at(ledger, end) for end in ends]
    rows = []
    for account in ledger.accounts.values():
        values = [one.get(account.id, 0) for one in sums]
        if any(values):
            sides = [text for value in values for text in _sides(value)]
            rows.append(data(cell(account.full_name, account.id), *sides))
    if rows:
        total = [text for one in sums for text in _two_sums(one.values())]
        rows.append(section([], [], ["TOTAL", *total], "GrandTotal"))
    shown = [
        Column(side if not unit else f"{one.title} {side}", key=side.lower())
        for one in columns
        for side in ("Debit", "Credit")
    ]
    return report(company, "TrialBalance", wishes, (_FIRST, *shown), rows)


def _balances_at(ledger: Ledger, end: str) -> dict[str, int]:
    """Return what each account stands at on a day, debit above zero."""
    year = replace(ledger.wishes, end=end).fiscal_start
    retained = retained_account(ledger)
    found: dict[str, int] = {}
    for one in ledger.moves:
        if one.day > end:
            continue
        old = one.day < year and ledger.kind(one) in PROFIT_AND_LOSS
        account = retained if old and retained else one.account
        found[account] = found.get(account, 0) + one.home
    return found


def _sides(value: int) -> tuple[str, str]:
    return (money(value), "") if value > 0 else ("", money(-value) if value else "")


def _two_sums(values: Iterable[int]) -> tuple[str, str]:
    held = list(values)
    debit = sum(one for one in held if one > 0)
    return money(debit), money(-sum(one for one in held if one < 0))
