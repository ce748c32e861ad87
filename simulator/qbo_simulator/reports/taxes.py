"""The tax that is due, rate by rate."""

from collections import defaultdict
from typing import Any

from qbo_simulator.company import Company
from qbo_simulator.reports.ledger import Ledger
from qbo_simulator.reports.shape import Column, cell, data, money, report, section
from qbo_simulator.reports.wishes import Wishes

_PURCHASES = ("Bill", "VendorCredit", "Purchase", "BillPayment", "PurchaseOrder")
_COLUMNS = (
    Column("", "TaxRate"),
    Column("Tax on sales"),
    Column("Tax on purchases"),
    Column("Net tax due"),
)


def tax_summary(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return the tax posted for each rate, sales against purchases."""
    ledger = Ledger(company, wishes)
    sold: dict[str, int] = defaultdict(int)
    bought: dict[str, int] = defaultdict(int)
    for one in ledger.within():
        if one.tax_rate and one.kind in _PURCHASES:
            bought[one.tax_rate] += one.home
        elif one.tax_rate:
            sold[one.tax_rate] -= one.home
    rates = sorted({*sold, *bought}, key=int)
    rows = []
    for rate in rates:
        title = cell(ledger.name("TaxRate", rate), rate)
        rows.append(data(title, *_figures(sold[rate], bought[rate])))
    if rows:
        total = _figures(sum(sold.values()), sum(bought.values()))
        rows.append(section([], [], ["TOTAL", *total], "GrandTotal"))
    return report(company, "TaxSummary", wishes, _COLUMNS, rows)


def _figures(sold: int, bought: int) -> tuple[str, str, str]:
    return money(sold), money(bought), money(sold - bought)
