"""Several workers that call as often as they may, against a QuickBooks that throttles.

Each is a process of its own with its own connections; all they share is the database.
"""

import multiprocessing
import time
from statistics import median

from .ground import INTUITS_LIMITS, Ground, standing
from .measuring import Figures, measure
from .report import Report

WORKERS = 6
SECONDS = 80
# Intuit's limit, and how much of it has to be used.
A_MINUTE = 500
USED = 0.95
PLACES = 500


def main() -> None:
    """Measure, print and keep."""
    report = Report("workers", f"{WORKERS} workers at Intuit's limits")
    with standing(limits=INTUITS_LIMITS) as ground:
        ground.quickbooks.control("POST", "switches", {"throttling": "on"})
        # What the log-in has called no longer counts after a minute.
        time.sleep(61)
        figures = measure(ground, lambda: calling(ground))
        report.add(f"{SECONDS} s of calls", figures, figures.result["calls"])
        places = measure(ground, lambda: taking_places(ground))
        report.add("one place in the queue", Figures(places.result["seconds"]), 1)
    refused, last = figures.result["refused"], figures.result["last_minute"]
    report.target("calls that were throttled", refused, "0", not refused)
    share = last / A_MINUTE
    report.target("use of the limit", share, f"≥ {USED}", share >= USED)
    cost = 1000 * places.result["seconds"]
    report.target("milliseconds for a place", cost, "< 1", cost < 1)
    report.keep()


def calling(ground: Ground) -> dict:
    """Let all workers call for a while; return how many calls, and how many 429."""
    from odoo import sql_db

    sql_db.close_all()
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    workers = [
        context.Process(target=_work, args=(ground, queue)) for _ in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    calls = [call for _worker in workers for call in queue.get()]
    for worker in workers:
        worker.join()
    end = max(moment for moment, _status in calls)
    return {
        "calls": len(calls),
        "refused": sum(status == 429 for _moment, status in calls),
        "last_minute": sum(moment > end - 60 for moment, _status in calls),
    }


def _work(ground: Ground, queue) -> None:
    calls: list[tuple[float, int]] = []

    def note(record) -> None:
        calls.append((time.monotonic(), record.status))

    end = time.monotonic() + SECONDS
    with ground.env() as env:
        connection = env.company.quickbooks_connection_id
        with connection._client(on_call=note, patience=60) as client:
            while time.monotonic() < end:
                client.preferences()
    queue.put(calls)


def taking_places(ground: Ground) -> dict:
    """Return the median of what it costs to take a place that is free."""
    from odoo.addons.quickbooks_link.call_limits import CallLimits

    limits, seconds = CallLimits(60_000_000, 10, 40, second_window=0), []
    with ground.env() as env:
        governor = env["quickbooks.governor"]
        for _number in range(PLACES):
            start = time.perf_counter()
            governor._take_place("bench", limits, batch=False, lead=1)
            seconds.append(time.perf_counter() - start)
    return {"seconds": median(seconds)}
