"""What was sold to whom, which tax is due, and the list of all transactions."""

from decimal import Decimal
from typing import Any

from qbo_simulator import jsontext
from qbo_simulator.company import Company
from qbo_simulator.reports.shape import (
    Column,
    Period,
    cell,
    data,
    money,
    report,
    section,
)

_SALES = "('Invoice', 'SalesReceipt', 'CreditMemo', 'RefundReceipt')"
_INCOME = "('Income', 'Other Income')"


def customer_sales(company: Company, period: Period) -> dict[str, Any]:
    """Return the income from each customer in a period."""
    found = company.store.rows(
        "SELECT t.party, sum(-p.home) AS total FROM postings p"
        " JOIN records t ON t.realm = p.realm AND t.entity = p.txn_type"
        " AND t.id = p.txn_id"
        " JOIN records a ON a.realm = p.realm AND a.entity = 'Account'"
        " AND a.id = p.account"
        f" WHERE p.realm = ? AND p.txn_type IN {_SALES}"
        f" AND json_extract(a.body, '$.AccountType') IN {_INCOME}"
        " AND p.txn_date BETWEEN ? AND ? GROUP BY t.party",
        (company.realm_id, period.start, period.end),
    )
    named = [(_customer(company, row["party"]), row) for row in found]
    rows = [
        data(cell(name, str(row["party"] or "")), money(row["total"]))
        for name, row in sorted(named, key=lambda pair: pair[0])
    ]
    if rows:
        total = sum(row["total"] for row in found)
        rows.append(section([], [], ["TOTAL", money(total)], "GrandTotal"))
    columns = (Column("", "Customer"), Column("Total"))
    return report(company, "CustomerSales", period, columns, rows)


def _customer(company: Company, party: Any) -> str:
    record = company.find("Customer", str(party)) if party else None
    return record.body["FullyQualifiedName"] if record else "Not Specified"


def item_sales(company: Company, period: Period) -> dict[str, Any]:
    """Return quantity, amount and average price of each item sold."""
    found = company.store.rows(
        "SELECT p.item, p.quantity, -p.home AS total FROM postings p"
        " JOIN records a ON a.realm = p.realm AND a.entity = 'Account'"
        " AND a.id = p.account"
        f" WHERE p.realm = ? AND p.txn_type IN {_SALES} AND p.item IS NOT NULL"
        f" AND json_extract(a.body, '$.AccountType') IN {_INCOME}"
        " AND p.txn_date BETWEEN ? AND ?",
        (company.realm_id, period.start, period.end),
    )
    sums: dict[str, tuple[Decimal, int]] = {}
    for row in found:
        quantity, total = sums.get(str(row["item"]), (Decimal(0), 0))
        quantity += Decimal(row["quantity"] or 0)
        sums[str(row["item"])] = (quantity, total + row["total"])
    rows = [
        data(cell(_item(company, item), item), *_figures(quantity, total))
        for item, (quantity, total) in sums.items()
    ]
    rows.sort(key=lambda row: row["ColData"][0]["value"])
    if rows:
        whole = money(sum(total for _, total in sums.values()))
        rows.append(section([], [], ["TOTAL", "", whole, ""], "GrandTotal"))
    columns = (
        Column("", "ProductsAndService"),
        Column("Quantity", "Quantity"),
        Column("Amount"),
        Column("Avg Price"),
    )
    return report(company, "ItemSales", period, columns, rows)


def _item(company: Company, item: str) -> str:
    record = company.find("Item", item)
    return record.body["FullyQualifiedName"] if record else "Not Specified"


def _figures(quantity: Decimal, total: int) -> tuple[str, str, str]:
    price = money(int(total / quantity)) if quantity else ""
    return format(quantity, "f"), money(total), price


def tax_summary(company: Company, period: Period) -> dict[str, Any]:
    """Return the tax posted for each rate, sales against purchases."""
    found = company.store.rows(
        "SELECT tax_rate, sum(CASE WHEN home < 0 THEN -home ELSE 0 END) AS sold,"
        " sum(CASE WHEN home > 0 THEN home ELSE 0 END) AS bought FROM postings"
        " WHERE realm = ? AND tax_rate IS NOT NULL AND txn_date BETWEEN ? AND ?"
        " GROUP BY tax_rate ORDER BY tax_rate",
        (company.realm_id, period.start, period.end),
    )
    rows = []
    for row in found:
        rate = company.find("TaxRate", str(row["tax_rate"]))
        name = rate.body["Name"] if rate else ""
        sold, bought = row["sold"], row["bought"]
        title = cell(name, str(row["tax_rate"]))
        rows.append(data(title, money(sold), money(bought), money(sold - bought)))
    if rows:
        sold = sum(row["sold"] for row in found)
        bought = sum(row["bought"] for row in found)
        total = ["TOTAL", money(sold), money(bought), money(sold - bought)]
        rows.append(section([], [], total, "GrandTotal"))
    columns = (
        Column("", "TaxRate"),
        Column("Tax on sales"),
        Column("Tax on purchases"),
        Column("Net tax due"),
    )
    return report(company, "TaxSummary", period, columns, rows)


def transaction_list(company: Company, period: Period) -> dict[str, Any]:
    """Return every transaction of a period that posts."""
    found = company.store.rows(
        "SELECT DISTINCT t.entity, t.id, t.txn_date, t.body FROM records t"
        " JOIN postings p ON p.realm = t.realm AND p.txn_type = t.entity"
        " AND p.txn_id = t.id WHERE t.realm = ? AND t.deleted = 0"
        " AND t.txn_date BETWEEN ? AND ? ORDER BY t.txn_date, t.id",
        (company.realm_id, period.start, period.end),
    )
    rows = []
    for row in found:
        body = jsontext.loads(row["body"])
        party = body.get("CustomerRef") or body.get("VendorRef") or {}
        total = body.get("TotalAmt", body.get("Amount", 0))
        rows.append(
            data(
                row["txn_date"],
                cell(row["entity"], str(row["id"])),
                body.get("DocNumber", ""),
                "Yes",
                cell(party.get("name", ""), party.get("value", "")),
                body.get("PrivateNote", ""),
                format(Decimal(total), ".2f"),
            )
        )
    columns = (
        Column("Date", "Date"),
        Column("Transaction Type", "String"),
        Column("Num", "String"),
        Column("Posting", "Boolean"),
        Column("Name", "String"),
        Column("Memo/Description", "String"),
        Column("Amount"),
    )
    return report(company, "TransactionList", period, columns, rows)
