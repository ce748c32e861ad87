"""What lies on the shelves, what it is worth, and how it came there."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from qbo_simulator.company import Company
from qbo_simulator.reports.details import table_of
from qbo_simulator.reports.ledger import Ledger
from qbo_simulator.reports.moves import Move
from qbo_simulator.reports.shape import (
    Column,
    Row,
    cell,
    data,
    money,
    report,
    section,
)
from qbo_simulator.reports.wishes import Wishes

_COLUMNS = (
    Column("", "ProductsAndService"),
    Column("SKU", "String"),
    Column("Qty"),
    Column("Asset Value"),
    Column("Avg Cost"),
)
_DETAIL = (
    "tx_date",
    "txn_type",
    "doc_num",
    "name",
    "quantity",
    "rate",
    "home_amount",
    "qty_on_hand",
    "home_asset_value",
)


def _shelves(ledger: Ledger) -> dict[str, list[Move]]:
    """Return the postings to stock accounts of each inventory item."""
    found: dict[str, list[Move]] = defaultdict(list)
    for one in ledger.moves:
        if one.item and ledger.kind(one) == "Other Current Asset":
            found[one.item].append(one)
    return found


def _skus(ledger: Ledger) -> dict[str, str]:
    rows = ledger.company.store.rows(
        "SELECT id, coalesce(json_extract(body, '$.Sku'), '') FROM records"
        " WHERE realm = ? AND entity = 'Item' AND deleted = 0",
        (ledger.company.realm_id,),
    )
    return {str(row[0]): row[1] for row in rows}


def _quantity(moves: list[Move]) -> Decimal:
    return sum((Decimal(one.quantity or 0) for one in moves), Decimal(0))


def valuation(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return quantity, value and average cost of each item at the end of a period."""
    ledger = Ledger(company, wishes)
    shelves, skus = _shelves(ledger), _skus(ledger)
    rows: list[Row] = []
    worth = 0
    for name, item in sorted((ledger.name("Item", one), one) for one in shelves):
        quantity = _quantity(shelves[item])
        value = sum(one.home for one in shelves[item])
        worth += value
        average = money(round(Decimal(value) / quantity)) if quantity else ""
        sku = skus.get(item, "")
        figures = (format(quantity, ".2f"), money(value), average)
        rows.append(data(cell(name, item), sku, *figures))
    if rows:
        rows.append(section([], [], ["TOTAL", "", "", money(worth), ""], "GrandTotal"))
    options = [("report_date", wishes.end)]
    name = "InventoryValuationSummary"
    return report(company, name, wishes, _COLUMNS, rows, options)


def valuation_detail(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return what moved each item in a period, with running quantity and value."""
    ledger = Ledger(company, wishes)
    table = table_of(ledger, _DETAIL)
    shelves = _shelves(ledger)
    rows = []
    for name, item in sorted((ledger.name("Item", one), one) for one in shelves):
        early = [one for one in shelves[item] if one.day < wishes.start]
        held, value = _quantity(early), sum(one.home for one in early)
        lines = []
        if early:
            start = {"tx_date": "Beginning Balance", **_worth(held, value)}
            lines.append(table.row(start))
        for one in shelves[item][len(early) :]:
            held += Decimal(one.quantity or 0)
            value += one.home
            shown = table.facts(ledger.txn(one)) | _moved(one) | _worth(held, value)
            lines.append(table.row(shown))
        end = _worth(held, value)
        rows.append(table.section(cell(name, item), lines, f"Total for {name}", end))
    return report(company, "InventoryValuationDetail", wishes, table.columns, rows)


def _worth(held: Decimal, value: int) -> dict[str, Any]:
    return {"qty_on_hand": format(held, ".2f"), "home_asset_value": value}


def _moved(one: Move) -> dict[str, Any]:
    quantity = Decimal(one.quantity or 0)
    rate = abs(round(Decimal(one.home) / quantity)) if quantity else None
    return {
        "tx_date": one.day,
        "quantity": format(quantity, ".2f"),
        "rate": "" if rate is None else money(rate),
        "home_amount": one.home,
    }
