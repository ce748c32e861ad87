"""A thousand invoices that wait, sent; beside the same batches sent with no Odoo."""

import json
import os
import time
from collections.abc import Iterator

import requests
from quickbooks.objects.invoice import Invoice

from .ground import INTUITS_LIMITS, Ground, standing
from .measuring import Figures, measure, middle
from .pull import public_client
from .report import Report
from .trading import link_all, waiting

NUMBER = 1_000
ALONE = 100
BATCH = 30
ROUNDS = 3
# Intuit's: 40 batches of 30 a minute.
BATCHES_A_MINUTE = 40
THROTTLED = 3 * BATCHES_A_MINUTE * BATCH


def main() -> None:
    """Measure, print and keep."""
    report = Report("send", "Sending posted invoices of five lines")
    with standing() as ground:
        link_all(ground)
        _freely(ground, report)
    with standing() as ground:
        link_all(ground)
        _throttled(ground, report)
    report.keep()


def _freely(ground: Ground, report: Report) -> None:
    ids = waiting(ground, NUMBER)
    bodies = _bodies(ground, ids)
    floor = middle([_floor(ground, bodies, n) for n in range(ROUNDS)])
    report.add("1,000 invoices, floor: batches in a loop", floor, NUMBER)
    addon = measure(ground, lambda: send(ground, ids))
    report.add("1,000 invoices, addon", addon, NUMBER)
    one_by_one = measure(ground, lambda: commonly(ground, bodies[:ALONE]))
    report.add("100 invoices, reference: a call each", one_by_one, ALONE)
    report.target("calls", addon.calls, "≤ 36", addon.calls <= 36)
    ratio = addon.seconds / floor.seconds
    report.target("addon / floor", ratio, "≤ 3", ratio <= 3)
    faster = one_by_one.seconds / ALONE * NUMBER / addon.seconds
    report.target("reference / addon, a document", faster, "–", met=True)


def _throttled(ground: Ground, report: Report) -> None:
    """Send three minutes' worth, and hold the time to what the limits allow.

    A minute's worth may go at once at the beginning, so it takes two minutes.
    """
    ids = waiting(ground, THROTTLED)
    ground.quickbooks.control("POST", "switches", {"throttling": "on"})
    # Before, nothing was to wait: now Intuit's limits are kept, as they always are.
    os.environ["QUICKBOOKS_LINK_CALL_LIMITS"] = INTUITS_LIMITS
    addon = measure(ground, lambda: send_in_background(ground, ids))
    report.add(f"{THROTTLED:,} invoices, throttled, addon", addon, THROTTLED)
    allowed = (THROTTLED / BATCH / BATCHES_A_MINUTE - 1) * 60
    share = allowed / addon.seconds
    report.target("share of what the limits allow", share, "≥ 0.95", share >= 0.95)


def send(ground: Ground, ids: list[int]) -> int:
    """Press Send to QuickBooks on all, and look on until all are there.

    As the dialog does it, which asks for one batch after the other.

    :return: how many are in QuickBooks
    """
    with ground.env() as env:
        action = env["account.move"].browse(ids).action_quickbooks_send()
    document_ids, left = action["params"]["document_ids"], True
    while left:
        with ground.env() as env:
            rows = env["quickbooks.document"].browse(document_ids)
            left = rows.advance_sending()["open"]
    return _all_there(ground, ids)


def send_in_background(ground: Ground, ids: list[int]) -> int:
    """Press Send to QuickBooks on all, close the dialog, and leave it to the scheduler.

    :return: how many are in QuickBooks
    """
    with ground.env() as env:
        env["account.move"].browse(ids).action_quickbooks_send()
    with ground.env() as env:
        # The head start of whoever looks on is over.
        rows = env["quickbooks.document"].sudo().search([("move_id", "in", ids)])
        rows.write({"next_try": "2020-01-01 00:00:00"})
    left = True
    while left:
        with ground.env() as env:
            documents = env["quickbooks.document"].sudo()
            documents._cron_send()
            env.invalidate_all()
            left = documents.search_count([("state", "in", ("waiting", "sending"))])
        time.sleep(0.05 if left else 0)
    return _all_there(ground, ids)


def _all_there(ground: Ground, ids: list[int]) -> int:
    with ground.env() as env:
        found = env["quickbooks.document"].sudo().search([("move_id", "in", ids)])
        states = set(found.mapped("state"))
        if states != {"sent"}:
            raise RuntimeError(f"documents ended as {states}: {found[:1].error}")
        return len(found)


# === The floor === #


def _bodies(ground: Ground, ids: list[int]) -> list[dict]:
    """Return what the addon would send, as JSON values."""
    from odoo.addons.quickbooks_link.document_reading import read_books, read_document
    from odoo.addons.quickbooks_link.qbo import documents, exactjson

    with ground.env() as env:
        return [
            json.loads(
                exactjson.dumps(documents.build(read_document(move), read_books(move)))
            )
            for move in env["account.move"].browse(ids)
        ]


def _floor(ground: Ground, bodies: list[dict], number: int) -> Figures:
    session = ground.quickbooks.session()
    address = ground.quickbooks.address("batch")
    ground.quickbooks.forget_calls()
    start = time.perf_counter()
    for batch in _batches(bodies, f"F{number}"):
        _send_batch(session, address, batch)
    seconds = time.perf_counter() - start
    calls, metered = ground.quickbooks.calls()
    return Figures(seconds, calls, metered)


def _batches(bodies: list[dict], prefix: str) -> Iterator[dict]:
    for start in range(0, len(bodies), BATCH):
        yield {
            "BatchItemRequest": [
                {
                    "bId": str(place),
                    "operation": "create",
                    "Invoice": _renamed(body, f"{prefix}-{start + place}"),
                }
                for place, body in enumerate(bodies[start : start + BATCH])
            ]
        }


def _renamed(body: dict, number: str) -> dict:
    return {**body, "DocNumber": number} if "DocNumber" in body else body


def _send_batch(session: requests.Session, address: str, batch: dict) -> None:
    answer = session.post(
        address, params={"minorversion": "75"}, json=batch, timeout=120
    )
    answer.raise_for_status()
    faults = [one for one in answer.json()["BatchItemResponse"] if "Fault" in one]
    if faults:
        raise RuntimeError(f"QuickBooks refused: {faults[0]}")


# === The reference === #


def commonly(ground: Ground, bodies: list[dict]) -> int:
    """Send one document a call, as connectors commonly do."""
    client = public_client(ground)
    for number, body in enumerate(bodies):
        Invoice.from_json(_renamed(body, f"R-{number}")).save(qb=client)
    return len(bodies)
