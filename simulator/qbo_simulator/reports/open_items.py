"""Who owes what, and since when: balances and ageing of customers and vendors.

What is open is read from the postings to receivables and payables up to a day, less
what payments up to that day applied; so a balance of last month is that of last month.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from qbo_simulator.books.links import JOURNAL, valued
from qbo_simulator.company import Company
from qbo_simulator.reports.details import Table, table_of
from qbo_simulator.reports.ledger import Ledger
from qbo_simulator.reports.moves import PAYABLE, RECEIVABLE, Txn
from qbo_simulator.reports.shape import (
    Column,
    Row,
    cell,
    moneys,
    report,
    section,
)
from qbo_simulator.reports.spread import Amounts, added
from qbo_simulator.reports.tree import name_nodes, rows_of
from qbo_simulator.reports.wishes import Wishes


@dataclass(frozen=True)
class Side:
    """Customers or vendors: the accounts, and the words of detail reports."""

    party: str
    kind: str
    payment: str
    credit: str
    direction: int
    name_key: str
    amount_key: str
    open_key: str
    running_key: str


CUSTOMERS = Side(
    "Customer",
    RECEIVABLE,
    "Payment",
    "CreditMemo",
    1,
    "cust_name",
    "subt_amount",
    "subt_open_bal",
    "rbal_open_bal",
)
VENDORS = Side(
    "Vendor",
    PAYABLE,
    "BillPayment",
    "VendorCredit",
    -1,
    "vend_name",
    "subt_neg_amount",
    "subt_neg_open_bal",
    "rbal_neg_open_bal",
)


@dataclass(frozen=True)
class Item:
    """One open document, payment or entry in home hundredths, credit below zero."""

    txn: Txn
    party: str
    amount: int
    open: int

    @property
    def due(self) -> str:
        """The day by which it is to be paid."""
        return self.txn.due or self.txn.day


def open_items(ledger: Ledger, side: Side) -> list[Item]:
    """Return all that is open at the end of the report, by day."""
    posted: dict[tuple[str, str, str], int] = defaultdict(int)
    for one in ledger.moves:
        if ledger.kind(one) == side.kind and one.party_type == side.party:
            posted[one.kind, one.id, one.party] += side.direction * one.home
    left = dict(posted)
    for payment, target, party, value in _applied(ledger, side, posted):
        for key, change in (((*target, party), -value), ((*payment, party), value)):
            if key in left:
                left[key] += change
    items = [
        Item(
            ledger.txns.get(key[:2]) or Txn(*key[:2], day=""), key[2], amount, left[key]
        )
        for key, amount in posted.items()
        if left[key]
    ]
    return sorted(items, key=lambda one: (one.txn.day, int(one.txn.id)))


def _applied(
    ledger: Ledger, side: Side, posted: Mapping[tuple[str, str, str], int]
) -> Iterable[tuple[tuple[str, str], tuple[str, str], str, int]]:
    """Give payment, document, party and home hundredths of all that is applied."""
    entries = {key[:2]: key[2] for key in reversed(list(posted)) if key[0] == JOURNAL}
    for link, home in valued(ledger.company):
        payment, target = (link.from_type, link.from_id), (link.to_type, link.to_id)
        if link.from_type != side.payment:
            continue
        document = ledger.txns.get(target)
        if document is None or payment not in ledger.txns:
            continue
        party = document.customer if side is CUSTOMERS else document.vendor
        party = entries.get(target, party)
        credit = link.to_type == side.credit or posted.get((*target, party), 0) < 0
        sign = -1 if credit else 1
        yield payment, target, party, sign * home


def _by_party(items: Iterable[Item]) -> dict[str, list[Item]]:
    groups: dict[str, list[Item]] = defaultdict(list)
    for one in items:
        groups[one.party].append(one)
    return groups


# -- balances ------------------------------------------------------------------


def balances(company: Company, side: Side, wishes: Wishes, name: str) -> dict[str, Any]:
    """Return what each party owes in all."""
    ledger = Ledger(company, wishes)
    groups = _by_party(open_items(ledger, side))
    owed: dict[str, Amounts] = {
        party: (sum(one.open for one in of),) for party, of in groups.items()
    }
    owed = {party: of for party, of in owed.items() if any(of)}
    columns = (Column("", side.party), Column("Total"))
    return _summary(ledger, side, name, columns, owed, 1)


def _summary(
    ledger: Ledger,
    side: Side,
    name: str,
    columns: Iterable[Column],
    owed: dict[str, Amounts],
    width: int,
) -> dict[str, Any]:
    """Return a report of one row for each party, jobs under their customers."""
    rows = rows_of(name_nodes(ledger, side.party), owed, tuple)
    if rows:
        total = added((0,) * width, *owed.values())
        rows.append(section([], [], ["TOTAL", *moneys(total)], "GrandTotal"))
    options = [("report_date", ledger.wishes.end)]
    return report(ledger.company, name, ledger.wishes, columns, rows, options)


def bucket(due: str, day: str, period: int = 30, periods: int = 4) -> int:
    """Return which age a document has on a day: 0 not due, then one for each period."""
    if not due:
        return 0
    days = (date.fromisoformat(day) - date.fromisoformat(due)).days
    return 0 if days <= 0 else min((days - 1) // period + 1, periods)


def _ages(wishes: Wishes) -> list[str]:
    """Return the titles of the ages: ``Current``, ``1 - 30``, … ``91 and over``."""
    size, number = wishes.aging_days, wishes.aging_periods
    spans = [f"{size * at + 1} - {size * (at + 1)}" for at in range(number - 1)]
    return ["Current", *spans, f"{size * (number - 1) + 1} and over"]


def ageing(company: Company, side: Side, wishes: Wishes, name: str) -> dict[str, Any]:
    """Return what each party owes by age."""
    ledger = Ledger(company, wishes)
    titles = _ages(wishes)
    owed: dict[str, Amounts] = {}
    for party, items in _by_party(open_items(ledger, side)).items():
        ages = [0] * len(titles)
        for one in items:
            ages[_age(one, wishes)] += one.open
        if any(ages):
            owed[party] = (*ages, sum(ages))
    columns = [Column("", side.party), *map(Column, titles), Column("Total")]
    return _summary(ledger, side, name, columns, owed, len(titles) + 1)


def _age(item: Item, wishes: Wishes) -> int:
    return bucket(item.due, wishes.ages_from, wishes.aging_days, wishes.aging_periods)


# -- details -------------------------------------------------------------------


def balance_detail(
    company: Company, side: Side, wishes: Wishes, name: str
) -> dict[str, Any]:
    """Return every open document of each party, with a running balance."""
    ledger = Ledger(company, wishes)
    default = ("tx_date", "txn_type", "doc_num", "due_date")
    keys = (*default, side.amount_key, side.open_key, side.running_key)
    table = table_of(ledger, keys)
    groups = _by_party(open_items(ledger, side))
    named = sorted((ledger.name(side.party, one), one) for one in groups)
    rows = [
        _party_section(table, side, title, one, groups[one]) for title, one in named
    ]
    return report(company, name, wishes, table.columns, rows)


def _party_section(
    table: Table, side: Side, title: str, party: str, items: list[Item]
) -> Row:
    running, lines = 0, []
    for one in items:
        running += one.open
        facts = _facts(table, side, one)
        lines.append(table.row({**facts, side.running_key: running}))
    total = {
        side.amount_key: sum(one.amount for one in items),
        side.open_key: running,
    }
    head = cell(title, party)
    return table.section(head, table.sorted(lines), f"Total for {title}", total)


def _facts(table: Table, side: Side, item: Item) -> dict[str, Any]:
    facts = table.facts(item.txn)
    name = cell(table.ledger.name(side.party, item.party), item.party)
    past = (
        date.fromisoformat(table.ledger.wishes.ages_from)
        - date.fromisoformat(item.due or table.ledger.wishes.end)
    ).days
    return facts | {
        "due_date": item.due,
        "name": name,
        side.name_key: name,
        "past_due": str(past),
        side.amount_key: item.amount,
        side.open_key: item.open,
    }


def ageing_detail(
    company: Company, side: Side, wishes: Wishes, name: str
) -> dict[str, Any]:
    """Return every open document by age, the oldest first."""
    ledger = Ledger(company, wishes)
    default = ("tx_date", "txn_type", "doc_num", side.name_key, "due_date")
    past = () if side is CUSTOMERS else ("past_due",)
    table = table_of(ledger, (*default, *past, side.amount_key, side.open_key))
    ages: dict[int, list[Item]] = defaultdict(list)
    for one in open_items(ledger, side):
        ages[_age(one, wishes)].append(one)
    rows = [
        _age_section(table, side, _age_title(wishes, age), ages[age])
        for age in sorted(ages, reverse=True)
    ]
    if rows:
        every = [one for items in ages.values() for one in items]
        rows.append(table.section("", [], "TOTAL", _sums(side, every), "GrandTotal"))
    return report(company, name, wishes, table.columns, rows)


def _age_section(table: Table, side: Side, title: str, items: list[Item]) -> Row:
    items = sorted(items, key=lambda one: (one.due, int(one.txn.id)))
    lines = [table.row(_facts(table, side, one)) for one in items]
    sums = _sums(side, items)
    return table.section(title, table.sorted(lines), f"Total for {title}", sums)


def _sums(side: Side, items: list[Item]) -> dict[str, int]:
    return {
        side.amount_key: sum(one.amount for one in items),
        side.open_key: sum(one.open for one in items),
    }


def _age_title(wishes: Wishes, age: int) -> str:
    if not age:
        return "Current"
    title = _ages(wishes)[age].replace("and over", "or more")
    return f"{title} days past due"
