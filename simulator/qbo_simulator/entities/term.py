"""The rules of payment terms (qbo-api.md 4.5)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from qbo_simulator.company import Record
from qbo_simulator.entities.base import Body
from qbo_simulator.entities.naming import ListRules
from qbo_simulator.errors import required

_BY_DAY = ("DayOfMonthDue", "DueNextMonthDays", "DiscountDayOfMonth")
_BY_DAYS = ("DueDays", "DiscountDays")


class TermRules(ListRules):
    """A term counts days, or names a day of the month."""

    def prepare(self, new: Body, old: Record | None) -> None:
        """Derive the type from the fields sent."""
        super().prepare(new, old)
        if "DueDays" not in new and "DayOfMonthDue" not in new:
            raise required("DueDays")
        counts = "DueDays" in new
        new["Type"] = "STANDARD" if counts else "DATE_DRIVEN"
        for name in _BY_DAY if counts else _BY_DAYS:
            new.pop(name, None)
        if counts:
            new.setdefault("DiscountDays", 0)
        new.setdefault("DiscountPercent", 0)


def due_date(term: Mapping[str, Any], day: date) -> date:
    """Return when a document of a day is due under a term."""
    if "DueDays" in term:
        return day + timedelta(days=term["DueDays"])
    wanted = term["DayOfMonthDue"]
    due = _day_of_month(day, wanted)
    if due < day or (due - day).days < term.get("DueNextMonthDays", 0):
        due = _day_of_month(due.replace(day=28) + timedelta(days=4), wanted)
    return due


def _day_of_month(day: date, wanted: int) -> date:
    following = day.replace(day=28) + timedelta(days=4)
    last = following - timedelta(days=following.day)
    return day.replace(day=min(wanted, last.day))
