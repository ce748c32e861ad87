"""One company's part in a scenario, when all trouble is over: rest, mend, count."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Sequence
from random import Random
from typing import Any

import requests

from .balances import unequal
from .counting import MESSAGE, doubles, problems
from .office import Office

# What somebody types in QuickBooks.
WORDS = "Thank you"
GONE = ("voided", "deleted")


class Side:
    """The documents of one company, and what people do about them at the end."""

    def __init__(self, office: Office, chance: Random) -> None:
        self.office, self.chance = office, chance
        self.ids: list[int] = []
        # What people typed in QuickBooks and is to stay there, by invoice.
        self.typed: dict[int, dict[str, str]] = defaultdict(dict)
        # What was pressed where both versions of a document were shown.
        self.choices: list[str] = []

    def settle(self) -> None:
        """Let Odoo send what it can, and learn what was done in QuickBooks."""
        self.office.settle()
        self.office.log_in_again()
        # A sync that QuickBooks has put off is due now too.
        self.office.make_due()
        kind = self.chance.choice(("changes", "changes", "full"))
        self._press_sync(kind)
        # Whoever has waited for the log-in is sent now.
        self.office.settle()

    def _press_sync(self, kind: str) -> None:
        """Press Sync Now, and once more after an error of the server.

        After PostgreSQL was killed each process of Odoo's says so once: it finds its
        connection gone.
        """
        try:
            self.office.manager.sync(kind, stays=True)
        except requests.HTTPError:
            self.office.manager.sync(kind, stays=True)

    def left(self) -> list[int]:
        """Return what is not yet as both sides should have it."""
        rows = {row["move_id"][0]: row for row in self.office.documents(self.ids)}
        return [
            move["id"]
            for move in self.office.moves(self.ids)
            if not _is_right(move["state"], rows.get(move["id"]))
        ]

    def mend(self, left: Sequence[int]) -> None:
        """Do what the banner says: post what is a draft, choose, press Send."""
        buttons = {
            "draft": self.office.post,
            "posted": self.office.send,
            "cancel": self.office.void,
        }
        rows = {row["move_id"][0]: row for row in self.office.documents(left)}
        for move in self.office.moves(left):
            row = rows.get(move["id"])
            # What another request, or the job, has done meanwhile needs no button.
            with contextlib.suppress(RuntimeError):
                if move["state"] == "posted" and row and row["there"] == "changed":
                    self._choose(move, row)
                elif move["state"] == "posted" and row and row["there"] in GONE:
                    self._follow(row)
                else:
                    buttons[move["state"]](move["id"])

    def _choose(self, move: dict[str, Any], row: dict[str, Any]) -> None:
        """Choose one of both versions: QuickBooks', where only words are new."""
        record = self.office.invoice_of(row)
        there = record["TotalAmt"] if record else None
        alike = there == move["amount_total"] == row["quickbooks_total"]
        keeps = alike and self.chance.random() < 0.5
        button = "action_keep_quickbooks" if keeps else "action_send_odoo"
        self._decide(row, button)
        if keeps:
            self.typed[move["id"]][MESSAGE] = WORDS

    def _follow(self, row: dict[str, Any]) -> None:
        """Cancel in Odoo what was voided there."""
        self._decide(row, "action_cancel_in_odoo")

    def _decide(self, row: dict[str, Any], button: str) -> None:
        self.office.decide(row["id"], button)
        self.choices.append(button)

    def count(self) -> list[str]:
        """Return which rules are broken."""
        return [
            *problems(self.office, self.ids, self.typed),
            *doubles(self.office),
            *unequal(self.office, self.ids),
        ]


def _is_right(state: str, row: dict[str, Any] | None) -> bool:
    """Return whether a document of Odoo's is where it should come to rest."""
    if row is None:
        # Cancelled before it was ever posted.
        return state == "cancel"
    return {"posted": "sent", "cancel": "voided"}.get(state) == row["state"]
