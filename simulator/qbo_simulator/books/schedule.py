"""When a template of a recurring transaction comes due. Pure."""

import calendar
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from typing import Any

_DAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_MONTHS = tuple(calendar.month_name)[1:]
_FURTHEST = 1000
Schedule = Mapping[str, Any]


def first_due(schedule: Schedule, today: date) -> date:
    """Return the first day a template comes due: its start, or the day that fits."""
    start = date.fromisoformat(schedule.get("StartDate", today.isoformat()))
    return next(_days(schedule, start), start)


def next_due(schedule: Schedule, after: date) -> date | None:
    """Return the next day a template comes due; None when it has come to its end."""
    start = date.fromisoformat(schedule.get("StartDate", after.isoformat()))
    for day in islice(_days(schedule, start), _FURTHEST):
        if day > after:
            end = schedule.get("EndDate")
            return None if end and day.isoformat() > end else day
    return None


def _days(schedule: Schedule, start: date) -> Iterator[date]:
    """Give every day that fits a schedule from its start on."""
    make = _INTERVALS.get(schedule.get("IntervalType", ""), _monthly)
    step = int(schedule.get("NumInterval", 1))
    try:
        yield from (day for day in make(schedule, start, step) if day >= start)
    except (OverflowError, ValueError):
        return


def _daily(schedule: Schedule, start: date, step: int) -> Iterator[date]:
    day = start
    while True:
        yield day
        day += timedelta(step)


def _weekly(schedule: Schedule, start: date, step: int) -> Iterator[date]:
    wanted = schedule.get("DayOfWeek", _DAYS[start.weekday()])
    day = start + timedelta((_DAYS.index(wanted) - start.weekday()) % 7)
    yield from _daily(schedule, day, 7 * step)


def _monthly(schedule: Schedule, start: date, step: int) -> Iterator[date]:
    index = start.year * 12 + start.month - 1
    while True:
        yield _day_in(schedule, index // 12, index % 12 + 1, start)
        index += step


def _yearly(schedule: Schedule, start: date, step: int) -> Iterator[date]:
    name = schedule.get("MonthOfYear")
    month = _MONTHS.index(name) + 1 if name in _MONTHS else start.month
    year = start.year
    while True:
        yield _day_in(schedule, year, month, start)
        year += step


def _day_in(schedule: Schedule, year: int, month: int, start: date) -> date:
    """Return the day of a month: the second Friday, the 31st or the last there is."""
    length = calendar.monthrange(year, month)[1]
    week, name = schedule.get("WeekOfMonth"), schedule.get("DayOfWeek")
    if week and name in _DAYS:
        first = (_DAYS.index(name) - date(year, month, 1).weekday()) % 7 + 1
        days = range(first, length + 1, 7)
        return date(year, month, days[min(int(week), len(days)) - 1])
    return date(year, month, min(int(schedule.get("DayOfMonth", start.day)), length))


_INTERVALS: Mapping[str, Callable[[Schedule, date, int], Iterator[date]]] = {
    "Daily": _daily,
    "Weekly": _weekly,
    "Monthly": _monthly,
    "Yearly": _yearly,
}
