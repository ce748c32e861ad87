"""Reports as pages: the list of them, and each as a table."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from qbo_simulator.errors import ServiceFault
from qbo_simulator.pages.templating import money
from qbo_simulator.pages.views import Missing, Views
from qbo_simulator.reports.registry import REPORTS
from qbo_simulator.reports.wishes import SUMMARIES

TITLES: Mapping[str, tuple[str, ...]] = {
    "Business overview": (
        "BalanceSheet",
        "ProfitAndLoss",
        "ProfitAndLossDetail",
        "CashFlow",
    ),
    "Sales": (
        "CustomerSales",
        "ItemSales",
        "ClassSales",
        "DepartmentSales",
        "CustomerIncome",
        "TransactionListByCustomer",
    ),
    "Who owes you": (
        "CustomerBalance",
        "CustomerBalanceDetail",
        "AgedReceivables",
        "AgedReceivableDetail",
    ),
    "What you owe": (
        "VendorBalance",
        "VendorBalanceDetail",
        "AgedPayables",
        "AgedPayableDetail",
        "VendorExpenses",
        "TransactionListByVendor",
    ),
    "For the accountant": (
        "TrialBalance",
        "GeneralLedger",
        "JournalReport",
        "TransactionList",
        "TransactionListWithSplits",
        "TransactionDetailByAccount",
        "AccountList",
        "TaxSummary",
    ),
    "Stock": ("InventoryValuationSummary", "InventoryValuationDetail"),
}
_WISHES = (
    "start_date",
    "end_date",
    "date_macro",
    "accounting_method",
    "summarize_column_by",
)
_MACROS = (
    "",
    "All",
    "Today",
    "This Month",
    "Last Month",
    "This Fiscal Quarter",
    "Last Fiscal Quarter",
    "This Fiscal Year",
    "Last Fiscal Year",
)


class ReportPages:
    """Shows one simulator's reports."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._engine = views.simulator.engine

    def index(self, request: Request) -> Response:
        """List the reports by what they are for."""
        realm = self._views.realm(request)
        groups = [
            {"heading": heading, "reports": [(one, words(one)) for one in names]}
            for heading, names in TITLES.items()
        ]
        context = {"groups": groups}
        return self._views.page(request, "reports.html", realm, context, "reports")

    def show(self, request: Request) -> Response:
        """Show a report for the dates and columns that were chosen."""
        realm, name = self._views.realm(request), request.path_params["name"]
        if name not in REPORTS:
            raise Missing("There is no such report.")
        sent = {
            key: value
            for key, value in request.query_params.items()
            if value and (key in _WISHES or key in ("customer", "vendor"))
        }
        problem, report = "", None
        try:
            report = self._engine.report(realm.realm_id, name, sent)
        except ServiceFault as fault:
            problem = " ".join(one.entry()["Detail"] for one in fault.problems)
        context = {
            "name": words(name),
            "sent": {key: sent.get(key, "") for key in _WISHES},
            "header": report["Header"] if report else {},
            "columns": _columns(report) if report else [],
            "rows": list(_rows(report["Rows"], _columns(report))) if report else [],
            "macros": _MACROS,
            "summaries": sorted(set(SUMMARIES.values())),
        }
        status = 400 if problem else 200
        return self._views.page(
            request, "report.html", realm, context, "reports", problem, status
        )


def words(name: str) -> str:
    """Return ``ProfitAndLoss`` as ``Profit and loss``."""
    spaced = "".join(f" {one.lower()}" if one.isupper() else one for one in name)
    return spaced.strip().capitalize()


_NUMBERS = re.compile(
    r"Money|Quantity|Percent|amount|_bal$|_amt$|quantity|rate|value|_hand|past_due"
)


def _columns(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "title": one["ColTitle"],
            "number": bool(_NUMBERS.search(one["ColType"])),
        }
        for one in report["Columns"]["Column"]
    ]


def _rows(
    rows: Mapping[str, Any], columns: list[dict[str, Any]], depth: int = 0
) -> Iterator[dict[str, Any]]:
    """Give the rows of a report one after the other, each with its depth."""
    for row in rows.get("Row", ()):
        if "ColData" in row:
            yield _shown(row["ColData"], columns, depth, "")
        if "Header" in row:
            yield _shown(row["Header"]["ColData"], columns, depth, "head")
        yield from _rows(row.get("Rows", {}), columns, depth + 1)
        summary = row.get("Summary", {}).get("ColData", ())
        if any(cell.get("value") for cell in summary):
            yield _shown(summary, columns, depth, "total")


def _shown(
    cells: Sequence[Mapping[str, str]],
    columns: list[dict[str, Any]],
    depth: int,
    css: str,
) -> dict[str, Any]:
    """Return a row; a heading's or total's first cell takes the empty ones after it."""
    values = [cell.get("value", "") for cell in cells]
    span = 1
    while css and span < len(values) and not values[span]:
        span += 1
    made = [{"text": values[0], "css": f"depth-{min(depth, 4)}", "span": span}]
    for at in range(span, len(values)):
        number = columns[at]["number"]
        text = _figure(values[at]) if number else values[at]
        made.append({"text": text, "css": "number" if number else "", "span": 1})
    return {"cells": made, "css": css}


def _figure(text: str) -> str:
    """Return an amount with separators; what is no amount stays as it is."""
    return money(text) if re.fullmatch(r"-?\d+\.\d\d", text) else text
