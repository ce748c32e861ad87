"""The matrix: every point of a document's way, and every mishap of a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Longer than it takes to kill somebody, shorter than Odoo waits for an answer.
HELD = 7


@dataclass(frozen=True)
class Kill:
    """Odoo is killed at one point of a document's way.

    :param what: the point in words
    :param point: where Odoo waits for it; see addons/quickbooks_torture/points.py
    :param skip: how many pass the point before
    :param fault: what QuickBooks does to the call instead, and the killing waits for
    :param number: how many documents are posted at once
    :param act: what is done: ``post``, ``change`` or ``cancel`` (a sent one),
        ``apply`` (a credit note to a sent one), or ``retry`` (a lost one, by the
        background job)
    :param rolled_back: nothing was committed, and the person has to press again
    """

    what: str
    point: str = ""
    skip: int = 0
    fault: Mapping[str, Any] = field(default_factory=dict)
    number: int = 1
    act: str = "post"
    kind: str = "out_invoice"
    rolled_back: bool = False

    @property
    def alone(self) -> bool:
        """Return whether others that wait at their points would be in the way."""
        return self.act == "retry"

    @property
    def locks(self) -> bool:
        """Return whether Odoo has locked invoices beside this one, at the point."""
        return self.point in ("number-after", "cancel-after")


@dataclass(frozen=True)
class Mishap:
    """A call goes wrong, as often as it is tried at once, and nobody is killed."""

    what: str
    kind: str
    number: int = 1
    times: int = 2
    settings: Mapping[str, Any] = field(default_factory=dict)
    slow: bool = False


def _held(label: str, when: str) -> dict[str, Any]:
    return {"kind": "delay", "label": label, "when": when, "seconds": HELD}


KILLS = (
    Kill("posted, before the outbox row", "open-before", rolled_back=True),
    Kill("after the row, before the commit", "open-after", rolled_back=True),
    Kill("after the commit, before anything is sent", "committed"),
    Kill("sending is written, not committed", "begin-after"),
    Kill("sending is committed", "claimed"),
    Kill("just before the call", "call-before"),
    Kill("during the call", fault=_held("create Invoice", "before")),
    Kill(
        "QuickBooks committed, its answer is on the way",
        fault=_held("create Invoice", "after"),
    ),
    Kill("after the answer, before the commit", "arrived-after"),
    Kill("number taken over, not committed", "number-after"),
    # After that one: the scheduler may take this number over meanwhile.
    Kill("answer committed, number not taken over", "number-before"),
    Kill(
        "a batch: second of three written as sending", "begin-after", skip=1, number=3
    ),
    Kill("a batch: just before the call", "batch-before", number=3),
    Kill("a batch: during the call", fault=_held("batch", "before"), number=3),
    Kill("a batch: QuickBooks committed", fault=_held("batch", "after"), number=3),
    Kill("a batch: second of three answers", "arrived-after", skip=1, number=3),
    Kill("a change: just before the call", "update-before", act="change"),
    Kill(
        "a change: QuickBooks committed",
        fault=_held("update Invoice", "after"),
        act="change",
    ),
    Kill("a change: before the commit", "arrived-after", act="change"),
    Kill("a void: just before the call", "remove-before", act="cancel"),
    Kill("a void: done there", fault=_held("void Invoice", "after"), act="cancel"),
    Kill("a void: before the commit", "removed-after", act="cancel"),
    Kill("a void: committed, not cancelled in Odoo", "cancel-before", act="cancel"),
    Kill("a void: cancelled in Odoo, not committed", "cancel-after", act="cancel"),
    Kill(
        "a credit note is deleted: done there",
        fault=_held("delete CreditMemo", "after"),
        act="cancel",
        kind="out_refund",
    ),
    Kill("the next attempt: before it looks", "look-before", act="retry"),
    Kill("the next attempt: after it looked", "look-after", act="retry"),
    Kill("the next attempt: before the commit", "arrived-after", act="retry"),
    Kill(
        "a credit note: QuickBooks committed",
        fault=_held("create CreditMemo", "after"),
        kind="out_refund",
    ),
    Kill("a credit applied: written as sending", "apply-claimed", act="apply"),
    Kill("a credit applied: just before the call", "apply-before", act="apply"),
    Kill(
        "a credit applied: during the call",
        fault=_held("create Payment", "before"),
        act="apply",
    ),
    Kill(
        "a credit applied: QuickBooks committed",
        fault=_held("create Payment", "after"),
        act="apply",
    ),
    Kill("a credit applied: before the commit", "applied-after", act="apply"),
)
MISHAPS = (
    Mishap("the call never arrives", "drop"),
    Mishap("the answer is lost", "drop_after"),
    Mishap("500 before the work", "status", settings={"status": 500}),
    Mishap("500 after it", "status", settings={"status": 500, "when": "after"}),
    Mishap("503 before the work", "status", settings={"status": 503}),
    Mishap("503 after it", "status", settings={"status": 503, "when": "after"}),
    Mishap("429 before the work", "throttle"),
    Mishap("429 after it", "throttle", settings={"when": "after", "retry_after": 90}),
    Mishap("the answer breaks off", "truncate", settings={"cut": "body"}),
    Mishap("half an answer", "truncate", settings={"cut": "json"}),
    Mishap("the token expires in mid-flight", "token_expired", times=1),
    Mishap("no answer in time", "delay", settings={"seconds": 10}, slow=True),
    Mishap(
        "the answer comes too late",
        "delay",
        settings={"seconds": 10, "when": "after"},
        slow=True,
    ),
    Mishap("a batch: the call never arrives", "drop", number=3),
    Mishap("a batch: the answer is lost", "drop_after", number=3),
    Mishap(
        "a batch: 503 after the work",
        "status",
        number=3,
        settings={"status": 503, "when": "after"},
    ),
    Mishap("a batch: half an answer", "truncate", number=3, settings={"cut": "json"}),
)
