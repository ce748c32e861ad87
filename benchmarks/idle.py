"""A sync when nothing has changed, and when a hundred customers have.

Most syncs of most days are these two. The time of the call itself is QuickBooks'; what
is held to a target is the rest.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median

from .ground import Ground, standing
from .measuring import Figures, measure, middle
from .one import timed_calls
from .report import Report
from .syncing import pull

ROUNDS = 5
SIZES = (1_000, 100_000)
CHANGED = 100
# More than the addon's questions overlap: what was seeded is no change any more.
LATER = 900
MIRRORS = ("customer", "item", "tax_code")


def main() -> None:
    """Measure, print and keep."""
    report = Report("idle", "Syncs when nothing, and when little has changed")
    some: dict[int, float] = {}
    for size in SIZES:
        with standing() as ground:
            ground.quickbooks.seed(customers=size)
            _let_pass(ground)
            pull(ground, "full")
            _let_pass(ground)
            # The first after a full sync still overlaps with it.
            pull(ground, "changes")
            _nothing(ground, report, size)
            some[size] = _a_hundred(ground, report, size)
    few, many = (some[size] for size in SIZES)
    ratio = many / few
    words = f"{CHANGED} changed of {SIZES[1]:,} / of {SIZES[0]:,}"
    report.target(words, ratio, "≤ 1.2", ratio <= 1.2)
    report.keep()


def _let_pass(ground: Ground) -> None:
    ground.quickbooks.control("POST", "clock", {"advance": LATER})


def _nothing(ground: Ground, report: Report, size: int) -> None:
    rounds, written = _rounds(ground, lambda: None)
    whole = _whole(rounds)
    report.add(f"nothing changed of {size:,}", whole, size)
    report.target("metered calls", whole.metered, "1", whole.metered == 1)
    report.target("rows written to the mirrors", written, "0", written == 0)
    processor = median(one.result["processor"] for one in rounds)
    for what, seconds in (
        ("ms besides the call", _besides(rounds)),
        ("ms of Odoo's processor, the call's share included", processor),
    ):
        report.target(what, seconds * 1000, "< 50", seconds < 0.05)


def _a_hundred(ground: Ground, report: Report, size: int) -> float:
    rounds, written = _rounds(ground, lambda: _change(ground))
    whole = _whole(rounds)
    report.add(f"{CHANGED} changed of {size:,}", whole, CHANGED)
    report.target("metered calls", whole.metered, "≤ 2", whole.metered <= 2)
    expected = CHANGED * len(rounds)
    report.target("rows written", written, f"{expected}", written == expected)
    return _besides(rounds)


def _rounds(ground: Ground, before: Callable[[], None]) -> tuple[list[Figures], int]:
    """Return the figures of some rounds, and how many rows they wrote together."""
    found, written = [], 0
    for _ in range(ROUNDS):
        mark = _transaction(ground)
        found.append(measure(ground, lambda: _timed(ground, before)))
        written += _written_since(ground, mark)
        _let_pass(ground)
    return found, written


def _timed(ground: Ground, before: Callable[[], None]) -> dict[str, float]:
    """Sync the changes as a worker does that has synced before.

    Return the seconds in all, of the calls, and of this process's processor, and the
    SQL statements.
    """
    from odoo import sql_db

    pull(ground, "changes")
    before()
    ground.quickbooks.forget_calls()
    statements = sql_db.sql_counter
    start, processor = time.perf_counter(), time.process_time()
    with timed_calls() as spent:
        pull(ground, "changes")
    return {
        "seconds": time.perf_counter() - start,
        "calls": sum(spent),
        "processor": time.process_time() - processor,
        "statements": sql_db.sql_counter - statements,
    }


def _whole(rounds: list[Figures]) -> Figures:
    """Return the medians, of the sync alone."""
    own = {
        name: median(one.result[name] for one in rounds)
        for name in ("seconds", "statements")
    }
    return replace(middle(rounds), **own)


def _besides(rounds: list[Figures]) -> float:
    """Return the seconds besides the calls."""
    return median(one.result["seconds"] - one.result["calls"] for one in rounds)


def _change(ground: Ground) -> None:
    """Let a person change a hundred customers in QuickBooks."""
    quickbooks = ground.quickbooks
    listed = quickbooks.control("GET", "records/Customer?start=1")["records"]
    chosen = [one for one in listed if one.get("Active")][:CHANGED]
    for customer in chosen:
        note = f"{customer.get('Notes', '')}."
        path = f"records/Customer/{customer['Id']}"
        quickbooks.control("POST", path, {"body": {"Notes": note}})


# === What was written === #


def _transaction(ground: Ground) -> int:
    with ground.env() as env:
        env.cr.execute("SELECT txid_current()")
        return env.cr.fetchone()[0]


def _written_since(ground: Ground, mark: int) -> int:
    """Return how many rows of the mirrors a later transaction has written."""
    total = 0
    with ground.env() as env:
        for mirror in MIRRORS:
            env.cr.execute(
                f"SELECT count(*) FROM quickbooks_{mirror}"
                " WHERE xmin::text::bigint > %s",
                (mark,),
            )
            total += env.cr.fetchone()[0]
    return total
