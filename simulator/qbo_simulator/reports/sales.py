"""What was sold and spent, by customer, item, class, location and vendor."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

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
from qbo_simulator.reports.spread import Amounts, added, spread_of
from qbo_simulator.reports.tree import NOBODY, name_nodes, rows_of
from qbo_simulator.reports.wishes import Wishes

_SALES = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Payment")
_INCOME = ("Income", "Other Income")
_COSTS = ("Cost of Goods Sold", "Expense", "Other Expense")


def _sold(ledger: Ledger) -> Iterable[Move]:
    """Give the income that sales documents brought."""
    return (one for one in ledger.of_kinds(*_INCOME) if one.kind in _SALES)


def _spent(ledger: Ledger) -> Iterable[Move]:
    return ledger.of_kinds(*_COSTS)


def customer_sales(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return the income from each customer."""
    return _by_trait(
        company, wishes, "CustomerSales", ("customer", "Customer"), _sold, -1
    )


def class_sales(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return the income of each class."""
    return _by_trait(company, wishes, "ClassSales", ("class", "Class"), _sold, -1)


def department_sales(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return the income of each location."""
    trait = ("department", "Department")
    return _by_trait(company, wishes, "DepartmentSales", trait, _sold, -1)


def vendor_expenses(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return what was spent with each vendor."""
    trait = ("vendor", "Vendor")
    return _by_trait(company, wishes, "VendorExpenses", trait, _spent, 1)


def _by_trait(
    company: Company,
    wishes: Wishes,
    name: str,
    trait: tuple[str, str],
    moves: Callable[[Ledger], Iterable[Move]],
    sign: int,
) -> dict[str, Any]:
    """Return a report of one row for each customer, vendor, class or location."""
    ledger = Ledger(company, wishes)
    spread = spread_of(ledger)
    groups: dict[str, list[Move]] = defaultdict(list)
    for one in moves(ledger):
        groups[ledger.trait(one, trait[0]) or NOBODY].append(one)
    found = {one: spread.sums(of, sign) for one, of in groups.items()}
    nodes = name_nodes(ledger, trait[1])
    rows = rows_of(nodes, _known(nodes, found), spread.closed)
    if rows:
        total = spread.closed(added(spread.nothing, *found.values()))
        rows.append(section([], [], ["TOTAL", *moneys(total)], "GrandTotal"))
    columns = (Column("", trait[1]), *spread.shown)
    return report(company, name, wishes, columns, rows)


def _known(nodes: Mapping[str, Any], found: dict[str, Amounts]) -> dict[str, Amounts]:
    """Return sums by ids that exist; what belongs to none goes to nobody."""
    known: dict[str, Amounts] = {}
    for record_id, amounts in found.items():
        key = record_id if record_id in nodes else NOBODY
        known[key] = added(known[key], amounts) if key in known else amounts
    return known


def customer_income(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return income, expenses and what is left of each customer."""
    ledger = Ledger(company, wishes)
    found: dict[str, Amounts] = {}
    for one in ledger.of_kinds(*PROFIT_AND_LOSS):
        customer = ledger.trait(one, "customer") or NOBODY
        earned = -one.home if ledger.kind(one) in _INCOME else 0
        spent = one.home if ledger.kind(one) in _COSTS else 0
        before = found.get(customer, (0, 0, 0))
        found[customer] = added(before, (earned, spent, earned - spent))
    nodes = name_nodes(ledger, "Customer")
    rows = rows_of(nodes, _known(nodes, found), tuple)
    if rows:
        total = added((0, 0, 0), *found.values())
        rows.append(section([], [], ["TOTAL", *moneys(total)], "GrandTotal"))
    titles = ("Total Income", "Total Expenses", "Net Income")
    columns = (Column("", "Customer"), *map(Column, titles))
    return report(company, "CustomerIncome", wishes, columns, rows)


# -- items ---------------------------------------------------------------------


def item_sales(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return quantity, amount, share, average price and margin of each item sold."""
    ledger = Ledger(company, wishes)
    sums: dict[str, tuple[Decimal, int, int]] = {}
    for one in ledger.of_kinds(*_INCOME, "Cost of Goods Sold"):
        if one.kind not in _SALES or not one.item:
            continue
        quantity, total, cost = sums.get(one.item, (Decimal(0), 0, 0))
        if ledger.kind(one) in _INCOME:
            quantity += Decimal(one.quantity or 0)
            total -= one.home
        else:
            cost += one.home
        sums[one.item] = (quantity, total, cost)
    whole = sum(total for _, total, _ in sums.values())
    named = sorted((ledger.name("Item", one), one) for one in sums)
    rows = [_item_row(name, item, sums[item], whole) for name, item in named]
    if rows:
        rows.append(section([], [], _item_total(sums.values()), "GrandTotal"))
    return report(company, "ItemSales", wishes, _ITEM_COLUMNS, rows)


_ITEM_COLUMNS = (
    Column("", "ProductsAndService"),
    Column("Quantity", "Quantity"),
    Column("Amount"),
    Column("% of Sales", "Percent"),
    Column("Avg Price"),
    Column("COGS"),
    Column("Gross Margin"),
    Column("Gross Margin %", "Percent"),
)


def _item_row(name: str, item: str, sums: tuple[Decimal, int, int], whole: int) -> Row:
    quantity, total, cost = sums
    price = money(round(Decimal(total) / quantity)) if quantity else ""
    return data(
        cell(name, item),
        format(quantity, ".2f"),
        money(total),
        _percent(total, whole),
        price,
        money(cost),
        money(total - cost),
        _percent(total - cost, total),
    )


def _item_total(sums: Iterable[tuple[Decimal, int, int]]) -> list[dict[str, str] | str]:
    held = list(sums)
    quantity = sum((one[0] for one in held), Decimal(0))
    total, cost = sum(one[1] for one in held), sum(one[2] for one in held)
    margin = _percent(total - cost, total)
    figures = (money(cost), money(total - cost), margin)
    return ["TOTAL", format(quantity, ".2f"), money(total), "100.00", "", *figures]


def _percent(part: int, whole: int) -> str:
    return format(Decimal(part) * 100 / whole, ".2f") if whole else ""
