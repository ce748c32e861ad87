"""Two, four and eight workers, on one company of QuickBooks and on four.

Each is a process of its own with its own connections; all they share is the database.
First they call as often as they may, against a QuickBooks that refuses the first call
too many; then they do what scheduled actions do, and pull a list of each company.
"""

import multiprocessing
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from itertools import cycle
from statistics import median
from typing import Any

from .ground import INTUITS_LIMITS, SYSTEM, Ground, link, standing
from .measuring import Figures, measure
from .report import Report
from .syncing import begin, forget_mirror

WORKERS = (2, 4, 8)
COMPANIES = (1, 4)
SECONDS = 40
# Intuit's limits, and how much of the first has to be used.
A_MINUTE = 500
BATCHES_A_MINUTE = 40
USED = 0.95
CUSTOMERS = 10_000
PLACES = 500


def main() -> None:
    """Measure, print and keep."""
    report = Report("workers", "Several workers, on one company and on four")
    with standing(limits=INTUITS_LIMITS) as ground:
        realms = open_companies(ground, max(COMPANIES))
        ground.quickbooks.control("POST", "switches", {"throttling": "on"})
        # What seeding and logging in have called is none of the workers'.
        ground.quickbooks.control("DELETE", "throttle")
        for companies in COMPANIES:
            for workers in WORKERS:
                _calling(ground, report, workers, realms[:companies])
            _fullest_minute(ground, report, companies)
        places = measure(ground, lambda: taking_places(ground))
        report.add("one place in the queue", Figures(places.result["seconds"]), 1)
        cost = 1000 * places.result["seconds"]
        report.target("milliseconds for a place", cost, "< 1", cost < 1)
        for companies in COMPANIES:
            for workers in WORKERS:
                _pulling(ground, report, workers, realms[:companies])
    report.keep()


# === Companies === #


def open_companies(ground: Ground, number: int) -> list[str]:
    """Let ``number`` companies be linked, each with its customers; return the ids.

    The first is the one that is there.
    """
    names = [f"Bench {place} Ltd" for place in range(1, number)]
    realms = [ground.quickbooks.keys["realm_id"]]
    realms += [_open_company(ground, name) for name in names]
    for realm_id in realms:
        wanted = {"realm_id": realm_id, "customers": CUSTOMERS}
        ground.quickbooks.control("POST", "seed", wanted)
    return realms


def _open_company(ground: Ground, name: str) -> str:
    control = ground.quickbooks.control
    opened = control("POST", "companies", {"company": "uk", "name": name})
    realm_id = str(opened["realm_id"])
    keys = control("GET", f"credentials?realm_id={realm_id}")
    with ground.env() as env:
        values = {"name": name, "quickbooks_use_sandbox": True}
        link(env["res.company"].create(values | _like(env.company)), keys)
    return realm_id


def _like(company: Any) -> dict[str, int]:
    return {"currency_id": company.currency_id.id, "country_id": company.country_id.id}


def words_for(workers: int, companies: int) -> str:
    """Return "4 workers on 1 company", for a row."""
    noun = "company" if companies == 1 else "companies"
    return f"{workers} workers on {companies} {noun}"


# === Calling as often as one may === #


def _calling(
    ground: Ground, report: Report, workers: int, realm_ids: list[str]
) -> None:
    figures = measure(ground, lambda: calling(ground, workers, realm_ids))
    calls, words = figures.result["calls"], words_for(workers, len(realm_ids))
    report.add(f"{words}, calling", _of_all(figures), len(calls))
    refused = sum(status == 429 for *_call, status in calls)
    report.target(f"{words}: calls refused", refused, "0", not refused)
    share = _least_used(calls, realm_ids)
    report.target(f"{words}: use of the limit", share, f"≥ {USED}", share >= USED)


def _of_all(figures: Figures) -> Figures:
    """Return what was measured of all workers: statements and memory were not."""
    return replace(figures, statements=0, peak_mb=0)


def _fullest_minute(ground: Ground, report: Report, companies: int) -> None:
    """Report what QuickBooks has counted in the last minute, where it has most."""
    used = ground.quickbooks.control("GET", "throttle")["used"].values()
    for name, limit in (("minute", A_MINUTE), ("batches", BATCHES_A_MINUTE)):
        most = max(one.get(name, 0) for one in used)
        noun = "calls" if name == "minute" else "batches"
        words = f"{words_for(max(WORKERS), companies)}: {noun} to one in a minute"
        report.target(words, most, f"≤ {limit}", most <= limit)


def _least_used(calls: list[list], realm_ids: list[str]) -> float:
    """Return the share of the allowed calls that the company with fewest has got."""
    allowed = A_MINUTE / 60 * SECONDS
    got = [sum(one == realm_id for one, *_ in calls) for realm_id in realm_ids]
    return min(got) / allowed


def calling(ground: Ground, workers: int, realm_ids: list[str]) -> dict:
    """Let all workers call for a while; return the calls: of whom, which, answer."""
    work = [
        lambda place=place: _call(ground, place, realm_ids) for place in range(workers)
    ]
    return {"calls": [call for calls in side_by_side(work) for call in calls]}


def _call(ground: Ground, place: int, realm_ids: list[str]) -> list[list]:
    """Call one company after the other; the worker's place says which is first."""
    calls: list[list] = []
    end = time.monotonic() + SECONDS
    with ground.env(SYSTEM) as env, ExitStack() as stack:
        clients = [
            [stack.enter_context(one) for one in _clients(env, realm_id, calls)]
            for realm_id in realm_ids
        ]
        shift = place % len(clients)
        for hurried, patient in cycle(clients[shift:] + clients[:shift]):
            if time.monotonic() > end:
                break
            _batch_or_read(hurried, patient)
    return calls


def _clients(env: Any, realm_id: str, calls: list[list]) -> tuple[Any, Any]:
    """Return one that waits a second for its place, and one that waits long."""
    found = _connections(env, [realm_id])
    options = {
        "user": found.token_ids.user_id,
        "on_call": lambda call: calls.append([realm_id, call.label, call.status]),
    }
    return found._client(patience=1, **options), found._client(patience=60, **options)


def _batch_or_read(hurried: Any, patient: Any) -> None:
    """Make a batch if there is room for one, else a read.

    So both limits are pressed all the time, that of the batches and that of all calls.
    """
    from odoo.addons.quickbooks_link.qbo.errors import LimitReachedError

    try:
        hurried.query_batch({"n": "SELECT COUNT(*) FROM Customer"})
    except LimitReachedError:
        patient.read("CompanyInfo", patient.realm_id)


def side_by_side(works: list[Callable[[], Any]]) -> list[Any]:
    """Do each of ``works`` in a process of its own, at once; return their results."""
    from odoo import sql_db

    sql_db.close_all()
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    processes = [
        context.Process(target=lambda work=work: queue.put(work())) for work in works
    ]
    for process in processes:
        process.start()
    results = [queue.get(timeout=20 * SECONDS) for _process in processes]
    for process in processes:
        process.join()
    return results


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


# === Pulling, as the scheduler does === #


def _pulling(
    ground: Ground, report: Report, workers: int, realm_ids: list[str]
) -> None:
    forget_mirror(ground, "customer")
    figures = measure(ground, lambda: pulling(ground, workers, realm_ids))
    expected = CUSTOMERS * len(realm_ids)
    words = words_for(workers, len(realm_ids))
    report.add(f"{words}, pulling", _of_all(figures), expected)
    pulled = figures.result
    report.target(
        f"{words}: customers pulled",
        *(pulled, f"≥ {expected}", pulled >= expected),
    )


def pulling(ground: Ground, workers: int, realm_ids: list[str]) -> int:
    """Pull the customers of each company; return how many rows there are then."""
    with ground.env() as env:
        for connection in _connections(env, realm_ids):
            begin(env, connection.company_id, "customers")
    side_by_side([lambda: _work(ground)] * workers)
    with ground.env(SYSTEM) as env:
        companies = _connections(env, realm_ids).company_id
        return env["quickbooks.customer"].search_count(
            [("company_id", "in", companies.ids)]
        )


def _work(ground: Ground) -> bool:
    """Do what the scheduled action does until there is nothing left to do."""
    left = True
    while left:
        with ground.env(SYSTEM) as env:
            runs = env["quickbooks.sync.run"]
            runs._cron_work()
            left = bool(runs.search_count([("state", "in", ("queued", "running"))]))
        # Whoever has found nothing to do is woken when there is.
        time.sleep(0.5)
    return True


def _connections(env: Any, realm_ids: list[str]) -> Any:
    return env["quickbooks.connection"].search([("realm_id", "in", realm_ids)])
