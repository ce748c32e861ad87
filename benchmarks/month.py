"""A month of an active company that is synced every hour: what Intuit would count.

Both clocks are moved on, QuickBooks' and Odoo's; log-ins expire and rotate meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from .ground import INTUITS_LIMITS, Ground, standing
from .measuring import measure
from .report import Report

DAYS = 30
HOURS = 24 * DAYS
MOST_METERED = 1200


def main() -> None:
    """Measure, print and keep."""
    report = Report("month", "A month of hourly syncs of an active company")
    with standing(limits=INTUITS_LIMITS) as ground:
        figures = measure(ground, lambda: month(ground))
    report.add(f"{DAYS} days, a sync each hour", figures, figures.result["changes"])
    runs = figures.result["runs"]
    report.target("syncs that came to their end", runs, f"{HOURS}", runs == HOURS)
    wrong = figures.result["differences"]
    report.target("customers that differ at the end", wrong, "0", not wrong)
    metered = figures.metered
    report.target(
        "metered calls", metered, f"< {MOST_METERED}", 0 < metered < MOST_METERED
    )
    report.keep()


def month(ground: Ground) -> dict:
    """Live through the month; return what came of it."""
    changes = 0
    with ground.env() as env:
        # Its turns are ours.
        action = env.ref("quickbooks_link.ir_cron_quickbooks_scheduled")
        action.sudo().nextcall = "2100-01-01 00:00:00"
    for hour in range(HOURS):
        changes += trade(ground, hour)
        with odoo_clock(timedelta(hours=hour)):
            sync(ground)
        ground.quickbooks.control("POST", "clock", {"advance": 3600})
    with ground.env() as env:
        runs = env["quickbooks.sync.run"]
        done = runs.search_count([("state", "=", "done"), ("scheduled", "=", True)])
    return {"changes": changes, "runs": done, "differences": differences(ground)}


def trade(ground: Ground, hour: int) -> int:
    """Do in QuickBooks what people do in an hour; return how many records."""
    day, clock = divmod(hour, 24)
    if day % 7 in (5, 6) or not 9 <= clock < 17:
        return 0
    work = {"invoices": 2, "payments": 1, "customers": int(clock == 11)}
    ground.quickbooks.seed(**{name: number for name, number in work.items() if number})
    return sum(work.values())


@contextmanager
def odoo_clock(passed: timedelta) -> Iterator[None]:
    """Let Odoo's clock be ahead."""
    from odoo import fields

    now, today = fields.Datetime.now, fields.Date.today
    with (
        patch.object(fields.Datetime, "now", staticmethod(lambda *_: now() + passed)),
        patch.object(fields.Date, "today", staticmethod(lambda *_: today() + passed)),
    ):
        yield


def sync(ground: Ground) -> None:
    """Let the scheduled action have its turn, and what it leaves be done."""
    from odoo import SUPERUSER_ID, api

    with ground.registry.cursor() as cursor:
        runs = api.Environment(cursor, SUPERUSER_ID, {})["quickbooks.sync.run"]
        runs._cron_scheduled()
        while runs._left_behind():
            runs._cron_work()


def differences(ground: Ground) -> int:
    """Return how many customers are other than in QuickBooks."""
    there = {
        row["Id"]: (row["DisplayName"], float(row.get("Balance", 0)))
        for page in ground.quickbooks.pages("Customer", "WHERE Active IN (true, false)")
        for row in page
    }
    with ground.env() as env:
        mirror = env["quickbooks.customer"].with_context(active_test=False)
        here = {row.quickbooks_id: (row.name, row.balance) for row in mirror.search([])}
    return sum(there.get(key) != here.get(key) for key in there.keys() | here.keys())
