"""Templates that come due: QuickBooks writes their transactions by itself.

It happens when the day has come, which is noticed by the first call of that day. A
template whose transaction is refused (a customer now inactive, books closed) loses that
one day and goes on, as in QuickBooks, where somebody gets an e-mail about it.
"""

from copy import deepcopy
from datetime import date, timedelta

from qbo_simulator.books.schedule import next_due
from qbo_simulator.company import Company, Record
from qbo_simulator.entities.base import Body
from qbo_simulator.errors import ServiceFault

ACTOR = "QuickBooks"
_MOST_AT_ONCE = 400
_TEMPLATE_ONLY = (
    "RecurringInfo",
    "Id",
    "SyncToken",
    "MetaData",
    "domain",
    "sparse",
    "TxnTaxDetail",
)


def come_due(company: Company) -> None:
    """Write every transaction whose day has come."""
    for template in company.search("RecurringTransaction", "1 ORDER BY id"):
        for _ in range(_MOST_AT_ONCE):
            if not _write_next(company, template):
                break


def _write_next(company: Company, template: Record) -> bool:
    """Write a template's next transaction if its day has come; tell whether it had."""
    ((kind, body),) = template.body.items()
    info = body["RecurringInfo"]
    schedule = info.get("ScheduleInfo", {})
    day = schedule.get("NextDate")
    if info["RecurType"] != "Automated" or not info.get("Active", True) or not day:
        return False
    ahead = timedelta(int(schedule.get("DaysBefore", 0)))
    if date.fromisoformat(day) - ahead > company.today:
        return False
    if not _used_up(company, template, kind, schedule):
        _write(company, template, kind, day)
    _move_on(company, template, kind, day)
    return True


def _used_up(company: Company, template: Record, kind: str, schedule: Body) -> bool:
    most = schedule.get("MaxOccurrences")
    if not most:
        return False
    made = company.search(
        kind, "json_extract(body, '$.RecurDataRef.value') = ?", template.id
    )
    return len(made) >= int(most)


def _write(company: Company, template: Record, kind: str, day: str) -> None:
    """Make the transaction of a day, all or nothing."""
    new = {
        key: deepcopy(value)
        for key, value in template.body[kind].items()
        if key not in _TEMPLATE_ONLY
    }
    new["TxnDate"] = day
    new["RecurDataRef"] = {"value": template.id}
    try:
        with company.store.transaction(), company.as_system():
            company.rules(kind).create(new)
    except ServiceFault:
        return


def _move_on(company: Company, template: Record, kind: str, day: str) -> None:
    """Write the next day into a template, or nothing when it is at its end."""
    body = deepcopy(template.body[kind])
    schedule = body["RecurringInfo"]["ScheduleInfo"]
    schedule["PreviousDate"] = day
    following = next_due(schedule, date.fromisoformat(day))
    if _used_up(company, template, kind, schedule):
        following = None
    schedule.pop("NextDate", None)
    if following is not None:
        schedule["NextDate"] = following.isoformat()
    saved = company.save(template, {kind: body, "Type": kind})
    template.row, template.body = saved.row, saved.body
