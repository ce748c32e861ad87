"""Who owes what, and since when: balances and ageing of customers and vendors."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from qbo_simulator.books.money import cents
from qbo_simulator.company import Company, Record
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


@dataclass(frozen=True)
class Side:
    """Customers or vendors: their documents, what opens and what closes."""

    party: str
    documents: tuple[str, ...]
    credits: tuple[str, ...]
    payments: tuple[str, ...]
    direction: int


CUSTOMERS = Side("Customer", ("Invoice",), ("CreditMemo",), ("Payment",), 1)
VENDORS = Side("Vendor", ("Bill",), ("VendorCredit",), ("BillPayment",), -1)


@dataclass(frozen=True)
class Item:
    """One open document or credit in home hundredths, credit below zero."""

    kind: str
    id: str
    number: str
    day: str
    due: str
    party: str
    amount: int
    open: int


def open_items(company: Company, side: Side, period: Period) -> list[Item]:
    """Return all documents dated up to the end of the period that are still open."""
    found: list[Item] = []
    for kind in (*side.documents, *side.credits, *side.payments):
        sign = 1 if kind in side.documents else -1
        records = company.search(
            kind, "txn_date <= ? ORDER BY txn_date, id", period.end
        )
        found += [_item(side, one, sign) for one in records]
    wanted = period.customer or period.vendor
    return [one for one in found if one.open and (not wanted or one.party == wanted)]


def _item(side: Side, record: Record, sign: int) -> Item:
    body = record.body
    rate = Decimal(body.get("ExchangeRate", 1))
    open_now = body.get("UnappliedAmt", body.get("Balance", 0))
    return Item(
        record.entity,
        record.id,
        body.get("DocNumber", ""),
        body["TxnDate"],
        body.get("DueDate", body["TxnDate"]),
        body[f"{side.party}Ref"]["value"],
        sign * cents(Decimal(body.get("TotalAmt", 0)) * rate),
        sign * cents(Decimal(open_now) * rate),
    )


def _by_party(company: Company, side: Side, items: list[Item]) -> dict[str, list[Item]]:
    """Return the items by party, parties by name."""
    groups: dict[str, list[Item]] = defaultdict(list)
    for one in items:
        groups[one.party].append(one)
    return dict(sorted(groups.items(), key=lambda pair: _name(company, side, pair[0])))


def _name(company: Company, side: Side, party: str) -> str:
    record = company.find(side.party, party)
    if record is None:
        return ""
    return record.body.get("FullyQualifiedName") or record.body["DisplayName"]


def balances(company: Company, side: Side, period: Period, name: str) -> dict[str, Any]:
    """Return what each party owes in all."""
    groups = _by_party(company, side, open_items(company, side, period))
    rows, total = [], 0
    for party, items in groups.items():
        owed = sum(one.open for one in items)
        total += owed
        if owed:
            rows.append(data(cell(_name(company, side, party), party), money(owed)))
    if rows:
        rows.append(section([], [], ["TOTAL", money(total)], "GrandTotal"))
    columns = (Column("", side.party), Column("Total"))
    return report(company, name, period, columns, rows)


_DETAIL = (
    Column("Date", "Date"),
    Column("Transaction Type", "String"),
    Column("Num", "String"),
    Column("Due Date", "Date"),
    Column("Amount"),
    Column("Open Balance"),
    Column("Balance"),
)


def balance_detail(
    company: Company, side: Side, period: Period, name: str
) -> dict[str, Any]:
    """Return every open document of each party."""
    groups = _by_party(company, side, open_items(company, side, period))
    rows: list[Row] = []
    for party, items in groups.items():
        running, lines = 0, []
        for one in sorted(items, key=lambda item: (item.day, int(item.id))):
            running += one.open
            lines.append(data(*_detail_cells(one), money(running)))
        title = _name(company, side, party)
        total = sum(one.amount for one in items)
        summary = [f"Total for {title}", "", "", "", money(total), money(running), ""]
        rows.append(section([cell(title, party), *[""] * 6], lines, summary))
    return report(company, name, period, _DETAIL, rows)


def _detail_cells(one: Item) -> list[dict[str, str] | str]:
    kind = cell(one.kind, one.id)
    return [one.day, kind, one.number, one.due, money(one.amount), money(one.open)]


_BUCKETS = ("Current", "1 - 30", "31 - 60", "61 - 90", "91 and over")


def bucket(due: str, end: str) -> int:
    """Return which age a document has on a day: 0 not due, 4 over ninety days."""
    days = (date.fromisoformat(end) - date.fromisoformat(due)).days
    return 0 if days <= 0 else min((days - 1) // 30 + 1, 4)


def ageing(company: Company, side: Side, period: Period, name: str) -> dict[str, Any]:
    """Return what each party owes by age."""
    groups = _by_party(company, side, open_items(company, side, period))
    totals, rows = [0] * 5, []
    for party, items in groups.items():
        ages = [0] * 5
        for one in items:
            ages[bucket(one.due, period.end)] += one.open
        totals = [a + b for a, b in zip(totals, ages, strict=True)]
        title = cell(_name(company, side, party), party)
        rows.append(data(title, *map(money, ages), money(sum(ages))))
    if rows:
        summary = ["TOTAL", *map(money, totals), money(sum(totals))]
        rows.append(section([], [], summary, "GrandTotal"))
    columns = [Column("", side.party), *map(Column, _BUCKETS), Column("Total")]
    return report(company, name, period, columns, rows)


def ageing_detail(
    company: Company, side: Side, period: Period, name: str
) -> dict[str, Any]:
    """Return every open document by age."""
    ages: dict[int, list[Item]] = defaultdict(list)
    for one in open_items(company, side, period):
        ages[bucket(one.due, period.end)].append(one)
    rows = []
    for age in sorted(ages, reverse=True):
        lines = []
        for one in sorted(ages[age], key=lambda item: (item.due, int(item.id))):
            party = cell(_name(company, side, one.party), one.party)
            kind = cell(one.kind, one.id)
            amounts = (money(one.amount), money(one.open))
            lines.append(data(one.day, kind, one.number, party, one.due, *amounts))
        total = money(sum(one.amount for one in ages[age]))
        left = money(sum(one.open for one in ages[age]))
        summary = [f"Total for {_BUCKETS[age]}", "", "", "", "", total, left]
        rows.append(section([_BUCKETS[age], *[""] * 6], lines, summary))
    columns = (
        *_DETAIL[:3],
        Column(side.party, side.party),
        Column("Due Date", "Date"),
        Column("Amount"),
        Column("Open Balance"),
    )
    return report(company, name, period, columns, rows)
