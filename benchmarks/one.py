"""One invoice posted by a person: what the addon adds to Odoo's own posting."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import requests

from .ground import Ground, standing
from .measuring import Figures, measure
from .report import Report
from .trading import drafts, link_all, make_records

NUMBER = 40


def main() -> None:
    """Measure, print and keep."""
    report = Report("one", "Posting one invoice of five lines")
    with standing() as ground:
        with ground.env() as env:
            make_records(env)
        with unlinked(ground):
            alone = _posting(ground)
        link_all(ground)
        linked = _posting(ground)
    report.add("Odoo alone", _shown(alone), 1)
    report.add("with the addon, its call included", _shown(linked), 1)
    own, added = alone.result["seconds"], linked.result["besides_calls"]
    calls = linked.calls / NUMBER
    report.target("calls", calls, "1", calls == 1)
    share = (added - own) / own
    report.target("added besides the call, of Odoo's", share, "≤ 0.25", share <= 0.25)
    report.keep()


@contextmanager
def unlinked(ground: Ground) -> Iterator[None]:
    """Let the company be one that QuickBooks knows nothing of."""
    with ground.env() as env:
        connection = env.company.quickbooks_connection_id.sudo()
        realm, connection.realm_id = connection.realm_id, False
    yield
    with ground.env() as env:
        env.company.quickbooks_connection_id.sudo().realm_id = realm


def _posting(ground: Ground) -> Figures:
    ids = drafts(ground, NUMBER)
    return measure(ground, lambda: _post_each(ground, ids))


def _post_each(ground: Ground, ids: list[int]) -> dict:
    """Post one by one, each committed; return the medians of their times."""
    with_calls, besides = [], []
    with timed_calls() as spent:
        for move_id in ids:
            before, start = sum(spent), time.perf_counter()
            with ground.env() as env:
                env["account.move"].browse(move_id).action_post()
            seconds = time.perf_counter() - start
            with_calls.append(seconds)
            besides.append(seconds - (sum(spent) - before))
    return {"seconds": median(with_calls), "besides_calls": median(besides)}


@contextmanager
def timed_calls() -> Iterator[list[float]]:
    """Yield the seconds of every HTTP call that is made meanwhile."""
    spent: list[float] = []
    original = requests.Session.send

    def send(session, request, **options):
        start = time.perf_counter()
        try:
            return original(session, request, **options)
        finally:
            spent.append(time.perf_counter() - start)

    requests.Session.send = send
    try:
        yield spent
    finally:
        requests.Session.send = original


def _shown(figures: Figures) -> Figures:
    """Return the figures of one of the invoices."""
    return Figures(
        seconds=figures.result["seconds"],
        calls=figures.calls / NUMBER,
        metered=figures.metered / NUMBER,
        statements=figures.statements / NUMBER,
        peak_mb=figures.peak_mb,
    )
