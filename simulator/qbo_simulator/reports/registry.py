"""Every report by name."""

from collections.abc import Callable, Mapping
from typing import Any

from qbo_simulator.company import Company
from qbo_simulator.errors import ServiceFault
from qbo_simulator.reports import (
    cashflow,
    listings,
    open_items,
    sales,
    statements,
    stock,
    taxes,
)
from qbo_simulator.reports.open_items import CUSTOMERS, VENDORS, Side
from qbo_simulator.reports.wishes import Wishes, wishes_of

Report = Callable[[Company, Wishes], dict[str, Any]]


def _of(
    make: Callable[[Company, Side, Wishes, str], dict[str, Any]],
    side: Side,
    name: str,
) -> Report:
    return lambda company, wishes: make(company, side, wishes, name)


REPORTS: Mapping[str, Report] = {
    "AccountList": listings.account_list,
    "AgedPayableDetail": _of(open_items.ageing_detail, VENDORS, "AgedPayableDetail"),
    "AgedPayables": _of(open_items.ageing, VENDORS, "AgedPayables"),
    "AgedReceivableDetail": _of(
        open_items.ageing_detail, CUSTOMERS, "AgedReceivableDetail"
    ),
    "AgedReceivables": _of(open_items.ageing, CUSTOMERS, "AgedReceivables"),
    "BalanceSheet": statements.balance_sheet,
    "CashFlow": cashflow.cash_flow,
    "ClassSales": sales.class_sales,
    "CustomerBalance": _of(open_items.balances, CUSTOMERS, "CustomerBalance"),
    "CustomerBalanceDetail": _of(
        open_items.balance_detail, CUSTOMERS, "CustomerBalanceDetail"
    ),
    "CustomerIncome": sales.customer_income,
    "CustomerSales": sales.customer_sales,
    "DepartmentSales": sales.department_sales,
    "GeneralLedger": listings.general_ledger,
    "InventoryValuationDetail": stock.valuation_detail,
    "InventoryValuationSummary": stock.valuation,
    "ItemSales": sales.item_sales,
    "JournalReport": listings.journal,
    "ProfitAndLoss": statements.profit_and_loss,
    "ProfitAndLossDetail": listings.profit_and_loss_detail,
    "TaxSummary": taxes.tax_summary,
    "TransactionDetailByAccount": listings.detail_by_account,
    "TransactionList": listings.transaction_list,
    "TransactionListByCustomer": listings.transactions_by_customer,
    "TransactionListByVendor": listings.transactions_by_vendor,
    "TransactionListWithSplits": listings.transactions_with_splits,
    "TrialBalance": statements.trial_balance,
    "VendorBalance": _of(open_items.balances, VENDORS, "VendorBalance"),
    "VendorBalanceDetail": _of(
        open_items.balance_detail, VENDORS, "VendorBalanceDetail"
    ),
    "VendorExpenses": sales.vendor_expenses,
}
ALSO_CALLED = {
    "AccountListDetail": "AccountList",
    "GeneralLedgerDetail": "GeneralLedger",
}
"""Names under which Intuit's pages list a report that answers to another."""
OF_OTHER_COUNTRIES = {
    "BAS": "AU",
    "FECReport": "FR",
    "GeneralLedgerFR": "FR",
    "JournalReportFR": "FR",
    "TrialBalanceFR": "FR",
}
"""Reports that only companies of one country have; none of them is simulated."""


def run_report(company: Company, name: str, sent: Mapping[str, str]) -> dict[str, Any]:
    """Return a report. Raises 500 for one that is not simulated."""
    make = REPORTS.get(ALSO_CALLED.get(name, name))
    if make is None:
        shown = ascii(name)[1:-1][:60]
        raise ServiceFault("500", detail=f"Report {shown} is not supported.")
    return make(company, wishes_of(company, sent))
