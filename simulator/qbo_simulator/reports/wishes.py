"""What a report is asked for: the parameters that Intuit's reports take."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from qbo_simulator.company import Company
from qbo_simulator.errors import ServiceFault
from qbo_simulator.reports.macros import fiscal_month, span_of

FILTERS = (
    "account",
    "class",
    "customer",
    "department",
    "employee",
    "item",
    "vendor",
)
TOTAL = "Total"
SUMMARIES = {
    "total": TOTAL,
    "day": "Days",
    "days": "Days",
    "week": "Week",
    "month": "Month",
    "quarter": "Quarter",
    "year": "Year",
    "customer": "Customers",
    "customers": "Customers",
    "vendor": "Vendors",
    "vendors": "Vendors",
    "employee": "Employees",
    "employees": "Employees",
    "class": "Classes",
    "classes": "Classes",
    "department": "Departments",
    "departments": "Departments",
    "item": "ProductsAndServices",
    "productsandservices": "ProductsAndServices",
}
_MOST_PERIODS = 100
_YEARS = range(1900, 9999)


@dataclass(frozen=True)
class Wishes:
    """The parameters of one report, checked; ids of a filter are alternatives."""

    start: str
    end: str
    macro: str = ""
    basis: str = "Accrual"
    summarize: str = TOTAL
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    sort_by: str = ""
    descending: bool = False
    ages_from: str = ""
    aging_days: int = 30
    aging_periods: int = 4
    fiscal_month: int = 1

    @property
    def fiscal_start(self) -> str:
        """The first day of the fiscal year in which the report ends."""
        last = date.fromisoformat(self.end)
        year = last.year - (last.month < self.fiscal_month)
        return date(max(year, 1), self.fiscal_month, 1).isoformat()

    def admits(self, name: str, value: str | None) -> bool:
        """Tell whether a filter lets a value through; all pass without a filter."""
        wanted = self.filters.get(name)
        return wanted is None or value in wanted


def wishes_of(company: Company, sent: Mapping[str, str]) -> Wishes:
    """Return the checked wishes; without dates, this fiscal year to date.

    Raises 2060, 2170, 2190, 2030, 2240. Parameters that no report knows are ignored.
    """
    start, end, macro = _dates(company, sent)
    today = company.today.isoformat()
    ages_from = today if sent.get("aging_method") == "Current" else end
    return Wishes(
        start,
        end,
        macro,
        _choice(sent, "accounting_method", {"accrual": "Accrual", "cash": "Cash"}),
        _choice(sent, "summarize_column_by", SUMMARIES),
        _filters(sent),
        tuple(filter(None, re.split(r"[,\s]+", sent.get("columns", "")))),
        sent.get("sort_by", ""),
        _choice(sent, "sort_order", {"ascend": "", "descend": "descend"}) != "",
        ages_from,
        _number(sent, "aging_period", 30),
        _number(sent, "num_periods", 4),
        fiscal_month(company),
    )


def _dates(company: Company, sent: Mapping[str, str]) -> tuple[str, str, str]:
    """Return first and last day, and the macro that chose them."""
    explicit = any(sent.get(name) for name in ("start_date", "end_date"))
    macro = sent.get("date_macro", "").strip().lower()
    if not macro and not explicit:
        macro = "this fiscal year-to-date"
    start, end = span_of(company, macro or "this fiscal year-to-date")
    if sent.get("start_date"):
        start = day_of(sent["start_date"], "start_date")
    for name in ("end_date", "report_date"):
        if sent.get(name):
            end = day_of(sent[name], name)
    if start > end and not sent.get("start_date"):
        start = end
    if start > end:
        raise ServiceFault("2190", "start_date", "start_date is after end_date.")
    return start, end, macro


def _choice(sent: Mapping[str, str], name: str, choices: Mapping[str, str]) -> str:
    """Return the chosen value, the first choice when nothing was sent."""
    text = sent.get(name, "").strip().lower()
    if not text:
        return next(iter(choices.values()))
    if text not in choices:
        raise ServiceFault("2170", name)
    return choices[text]


def _filters(sent: Mapping[str, str]) -> dict[str, frozenset[str]]:
    found = {}
    for name in FILTERS:
        ids = [one.strip() for one in sent.get(name, "").split(",")]
        ids = [one for one in ids if one]
        for one in ids:
            if not (one.isascii() and one.isdigit()):
                shown = ascii(one)[1:-1][:50]
                detail = f"Id should be a valid number. Supplied value:{shown}"
                raise ServiceFault("2030", name, detail)
        if ids:
            found[name] = frozenset(ids)
    return found


def _number(sent: Mapping[str, str], name: str, default: int) -> int:
    text = sent.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= _MOST_PERIODS):
        raise ServiceFault("2240", name, f"{name} is a number up to {_MOST_PERIODS}.")
    return int(text)


def day_of(text: str, element: str) -> str:
    """Return an ISO date. Raises 2060, or 2190 for a year no calendar here reaches."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        shown = ascii(text)[1:-1][:30]
        detail = f"{element}: dates are written yyyy-MM-dd. Supplied value:{shown}"
        raise ServiceFault("2060", element, detail) from None
    if day.year not in _YEARS:
        detail = f"{element}: years go from {_YEARS[0]} to {_YEARS[-1]}."
        raise ServiceFault("2190", element, detail)
    return day.isoformat()
