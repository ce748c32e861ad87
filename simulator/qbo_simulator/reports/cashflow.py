"""The statement of cash flows: profit, what it was not paid of, and where cash went."""

from typing import Any

from qbo_simulator.company import Company
from qbo_simulator.reports.ledger import Ledger
from qbo_simulator.reports.moves import PROFIT_AND_LOSS
from qbo_simulator.reports.shape import Cell, Column, Row, data, moneys, report, section
from qbo_simulator.reports.spread import Amounts, Spread, added, spread_of
from qbo_simulator.reports.tree import account_nodes, by_account, rows_of
from qbo_simulator.reports.wishes import Wishes

_OPERATING = (
    "Accounts Receivable",
    "Other Current Asset",
    "Accounts Payable",
    "Credit Card",
    "Other Current Liability",
)
_INVESTING = ("Fixed Asset", "Other Asset")
_FINANCING = ("Long Term Liability", "Equity")
_CASH_SUBTYPES = ("UndepositedFunds",)


class _Flow:
    """Cash flows of one ledger. Undeposited funds are cash, as Intuit counts them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.spread: Spread = spread_of(ledger)

    def is_cash(self, account: str) -> bool:
        """Tell whether an account holds cash."""
        of = self._ledger.accounts[account]
        return of.kind == "Bank" or of.subtype in _CASH_SUBTYPES

    def profit(self) -> Amounts:
        """Return the net income."""
        return self.spread.sums(self._ledger.of_kinds(*PROFIT_AND_LOSS), -1)

    def rows(self, kinds: tuple[str, ...]) -> tuple[list[Row], Amounts]:
        """Return what accounts of some types took from cash or gave to it."""
        moves = (
            one
            for one in self._ledger.of_kinds(*kinds)
            if not self.is_cash(one.account)
        )
        found = by_account(self.spread, moves, -1)
        rows = rows_of(account_nodes(self._ledger, kinds), found, self.spread.closed)
        return rows, added(self.spread.nothing, *found.values())

    def beginning(self) -> Amounts:
        """Return the cash at the beginning of each column."""
        early = [one for one in self._ledger.before() if self.is_cash(one.account)]
        if not self._over_time:
            return self.spread.sums(early)
        held, found = sum(one.home for one in early), []
        cash = (one for one in self._ledger.within() if self.is_cash(one.account))
        for moved in self.spread.sums(cash):
            found.append(held)
            held += moved
        return tuple(found)

    @property
    def _over_time(self) -> bool:
        """Whether the columns are days, months or years, one after the other."""
        return any(one.days is not None for one in self.spread.columns)

    def balances(self, amounts: Amounts, at: int) -> list[Cell]:
        """Return balances as cells; over time their total is the first or the last."""
        if not self._over_time:
            return moneys(self.spread.closed(amounts))
        return moneys((*amounts, amounts[at]))


def cash_flow(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return the statement of cash flows of a period."""
    flow = _Flow(Ledger(company, wishes))
    spread = flow.spread
    columns = (Column("", "Account", "account"), *spread.shown)
    if not spread.columns:
        return report(company, "CashFlow", wishes, columns, [])
    profit = flow.profit()
    adjustments, adjusted = flow.rows(_OPERATING)
    parts, provided = _elsewhere(flow)
    increase = added(added(profit, adjusted), provided)
    beginning = flow.beginning()
    if not (any(profit) or adjustments or parts or any(beginning)):
        return report(company, "CashFlow", wishes, columns, [])
    operating = _operating(flow, profit, adjustments, adjusted)
    rows = [operating, *parts, *_cash(flow, beginning, increase)]
    return report(company, "CashFlow", wishes, columns, rows)


def _elsewhere(flow: _Flow) -> tuple[list[Row], Amounts]:
    """Return the sections of investing and financing, and what both provided."""
    parts: list[Row] = []
    all_in_all = flow.spread.nothing
    for title, group, kinds in (
        ("INVESTING ACTIVITIES", "InvestingActivities", _INVESTING),
        ("FINANCING ACTIVITIES", "FinancingActivities", _FINANCING),
    ):
        rows, provided = flow.rows(kinds)
        all_in_all = added(all_in_all, provided)
        if rows:
            words = f"Net cash provided by {title.lower()}"
            parts.append(_section(flow, title, rows, words, provided, group))
    return parts, all_in_all


def _cash(flow: _Flow, beginning: Amounts, increase: Amounts) -> list[Row]:
    """Return the last rows: how much the cash grew, and from what to what."""
    grown = moneys(flow.spread.closed(increase))
    before = flow.balances(beginning, 0)
    after = flow.balances(added(beginning, increase), -1)
    return [
        _line("NET CASH INCREASE FOR PERIOD", grown, "CashIncrease"),
        _line("Cash at beginning of period", before, "BeginningCash"),
        _line("CASH AT END OF PERIOD", after, "EndingCash"),
    ]


def _operating(
    flow: _Flow, profit: Amounts, adjustments: list[Row], adjusted: Amounts
) -> Row:
    shown = moneys(flow.spread.closed(profit))
    rows = [data("Net Income", *shown, group="NetIncome")]
    if adjustments:
        title = (
            "Adjustments to reconcile Net Income to Net Cash provided by operations:"
        )
        total = f"Total {title}"
        rows.append(
            _section(flow, title, adjustments, total, adjusted, "OperatingAdjustments")
        )
    words = "Net cash provided by operating activities"
    sums = added(profit, adjusted)
    return _section(
        flow, "OPERATING ACTIVITIES", rows, words, sums, "OperatingActivities"
    )


def _section(
    flow: _Flow, title: str, rows: list[Row], words: str, sums: Amounts, group: str
) -> Row:
    head = [title, *[""] * len(flow.spread.shown)]
    return section(head, rows, [words, *moneys(flow.spread.closed(sums))], group)


def _line(title: str, cells: list[Cell], group: str) -> Row:
    return section([], [], [title, *cells], group)
