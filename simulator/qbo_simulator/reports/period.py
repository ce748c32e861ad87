"""Which days a report covers: two dates, or one of Intuit's date macros."""

from collections.abc import Mapping
from datetime import date, timedelta

from qbo_simulator.company import Company
from qbo_simulator.errors import ServiceFault
from qbo_simulator.reports.shape import Period, day_of

_FIRST_DAY = "1970-01-01"


def period_of(company: Company, wishes: Mapping[str, str]) -> Period:
    """Return the period asked for; without a wish, this fiscal year to date."""
    today = company.today
    start, end = _macro(wishes.get("date_macro", ""), today)
    if wishes.get("start_date"):
        start = day_of(wishes["start_date"], "start_date")
    for name in ("end_date", "report_date"):
        if wishes.get(name):
            end = day_of(wishes[name], name)
    if start > end:
        raise ServiceFault("2190", "start_date", "start_date is after end_date.")
    basis = wishes.get("accounting_method", "Accrual").capitalize()
    if basis not in ("Accrual", "Cash"):
        raise ServiceFault("2170", "accounting_method")
    customer, vendor = wishes.get("customer", ""), wishes.get("vendor", "")
    return Period(start, end, basis, customer, vendor)


def _macro(name: str, today: date) -> tuple[str, str]:
    """Return first and last day of a macro. Raises 2170 for an unknown one."""
    key = name.lower().replace("-to-date", "").strip()
    spans = {
        "": (today.replace(month=1, day=1), today),
        "all": (date.fromisoformat(_FIRST_DAY), date(9999, 12, 31)),
        "today": (today, today),
        "yesterday": (today - timedelta(1), today - timedelta(1)),
        "this month": (today.replace(day=1), today),
        "last month": _last_month(today),
        "this calendar quarter": (_quarter(today), today),
        "this fiscal quarter": (_quarter(today), today),
        "this year": (today.replace(month=1, day=1), today),
        "this calendar year": (today.replace(month=1, day=1), today),
        "this fiscal year": (today.replace(month=1, day=1), today),
        "last year": _last_year(today),
        "last calendar year": _last_year(today),
        "last fiscal year": _last_year(today),
    }
    if key not in spans:
        raise ServiceFault("2170", "date_macro")
    start, end = spans[key]
    return start.isoformat(), end.isoformat()


def _last_month(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - timedelta(1)
    return last.replace(day=1), last


def _last_year(today: date) -> tuple[date, date]:
    return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)


def _quarter(today: date) -> date:
    return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
