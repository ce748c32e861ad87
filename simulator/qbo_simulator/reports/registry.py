"""Every report by name."""

from collections.abc import Callable, Mapping
from typing import Any

from qbo_simulator.company import Company
from qbo_simulator.errors import ServiceFault
from qbo_simulator.reports import open_items, sales, statements
from qbo_simulator.reports.open_items import CUSTOMERS, VENDORS, Side
from qbo_simulator.reports.period import period_of
from qbo_simulator.reports.shape import Period

Report = Callable[[Company, Period], dict[str, Any]]


def _of(
    make: Callable[[Company, Side, Period, str], dict[str, Any]],
    side: Side,
    name: str,
) -> Report:
    return lambda company, period: make(company, side, period, name)


REPORTS: Mapping[str, Report] = {
    "AgedPayableDetail": _of(open_items.ageing_detail, VENDORS, "AgedPayableDetail"),
    "AgedPayables": _of(open_items.ageing, VENDORS, "AgedPayables"),
    "AgedReceivableDetail": _of(
        open_items.ageing_detail, CUSTOMERS, "AgedReceivableDetail"
    ),
    "AgedReceivables": _of(open_items.ageing, CUSTOMERS, "AgedReceivables"),
    "BalanceSheet": statements.balance_sheet,
    "CustomerBalance": _of(open_items.balances, CUSTOMERS, "CustomerBalance"),
    "CustomerBalanceDetail": _of(
        open_items.balance_detail, CUSTOMERS, "CustomerBalanceDetail"
    ),
    "CustomerSales": sales.customer_sales,
    "GeneralLedger": statements.general_ledger,
    "ItemSales": sales.item_sales,
    "ProfitAndLoss": statements.profit_and_loss,
    "TaxSummary": sales.tax_summary,
    "TransactionList": sales.transaction_list,
    "TrialBalance": statements.trial_balance,
    "VendorBalance": _of(open_items.balances, VENDORS, "VendorBalance"),
    "VendorBalanceDetail": _of(
        open_items.balance_detail, VENDORS, "VendorBalanceDetail"
    ),
}


def run_report(
    company: Company, name: str, wishes: Mapping[str, str]
) -> dict[str, Any]:
    """Return a report. Raises 500 for one that is not simulated."""
    make = REPORTS.get(name)
    if make is None:
        shown = ascii(name)[1:-1][:60]
        raise ServiceFault("500", detail=f"Report {shown} is not supported.")
    return make(company, period_of(company, wishes))
