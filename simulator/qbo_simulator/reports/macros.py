"""Intuit's names for spans of days: ``Last Fiscal Quarter``, ``This Week-to-date``."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from qbo_simulator.company import Company
from qbo_simulator.errors import ServiceFault
from qbo_simulator.schema.company import MONTHS

ALL = ("1970-01-01", "9998-12-31")
_NAME = re.compile(
    r"(this|last|next) (?:(fiscal|calendar) )?(week|month|quarter|year)(-to-date)?"
)
_STEPS = {"this": 0, "last": -1, "next": 1}


def fiscal_month(company: Company) -> int:
    """Return the month in which the company's fiscal year starts."""
    info = company.find("CompanyInfo", "1")
    name = info.body.get("FiscalYearStartMonth", "January") if info else "January"
    months = MONTHS.split("|")
    return months.index(name) + 1 if name in months else 1


def span_of(company: Company, macro: str) -> tuple[str, str]:
    """Return first and last day of a macro in lower case. Raises 2170."""
    today = company.today
    fixed = {
        "all": ALL,
        "today": (today.isoformat(), today.isoformat()),
        "yesterday": _days(today - timedelta(1), today - timedelta(1)),
        "next 4 weeks": _days(today + timedelta(1), today + timedelta(28)),
    }
    if macro in fixed:
        return fixed[macro]
    match = _NAME.fullmatch(macro.replace(" to date", "-to-date"))
    if match is None:
        raise ServiceFault("2170", "date_macro")
    which, calendar, unit, to_date = match.groups()
    month = 1 if calendar == "calendar" else fiscal_month(company)
    return _span(today, _STEPS[which], unit, month, bool(to_date))


def _span(
    today: date, step: int, unit: str, month: int, to_date: bool
) -> tuple[str, str]:
    """Return a span ``step`` units from the present one, whole or as far as today."""
    first = start_of(unit, today, month)
    start, end = first, next_start(unit, first)
    if step < 0:
        start, end = start_of(unit, first - timedelta(1), month), first
    elif step > 0:
        start, end = end, next_start(unit, end)
    last = end - timedelta(1)
    if to_date:
        last = min(start + (today - first), last)
    return _days(start, last)


def start_of(unit: str, day: date, month: int = 1) -> date:
    """Return the first day of the unit a day is in; ``month`` starts the year."""
    return _STARTS[unit](day, month)


def next_start(unit: str, start: date) -> date:
    """Return the first day of the next unit."""
    if unit == "day":
        return start + timedelta(1)
    if unit == "week":
        return start + timedelta(7)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    index = start.year * 12 + start.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _year(day: date, month: int) -> date:
    return date(day.year - (day.month < month), month, 1)


def _quarter(day: date, month: int) -> date:
    index = day.year * 12 + day.month - 1 - (day.month - month) % 3
    return date(index // 12, index % 12 + 1, 1)


_STARTS: Mapping[str, Callable[[date, int], date]] = {
    "day": lambda day, _: day,
    "week": lambda day, _: day - timedelta((day.weekday() + 1) % 7),
    "month": lambda day, _: day.replace(day=1),
    "quarter": _quarter,
    "year": _year,
}


def _days(first: date, last: date) -> tuple[str, str]:
    return first.isoformat(), last.isoformat()
