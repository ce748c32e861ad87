"""Nonsense from outside: webhooks, callbacks and answers, over real HTTP.

Whatever comes, nobody sees a traceback, Odoo logs no mistake of its own, nothing is
half written, and once the nonsense has ended everything is as it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from qbo.webhooks import SIGNATURE_HEADER, sign

from .answers import Answers
from .logwatch import LogWatch
from .nonsense import callback, webhook
from .office import Office
from .stand import VERIFIER

HOOK, BACK = "/quickbooks/webhooks", "/quickbooks/oauth/callback"
KINDS = ("webhook", "callback", "answer")
# A person coming back who really left, among all those who didn't.
LEFT = 0.2


@dataclass
class Found:
    """What came of one input."""

    kind: str
    seed: int
    what: str = ""
    problems: list[str] = field(default_factory=list)
    seconds: float = 0


class Fuzz:
    """Throws nonsense at one office."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.log = LogWatch(office.stand)
        self.answers = Answers(office)
        self.session = requests.Session()

    def throw(
        self, number: int, seed: int, kinds: Sequence[str] = KINDS
    ) -> Iterator[Found]:
        """Throw ``number`` inputs of each kind; yield what came of each."""
        for kind in kinds:
            for one in range(seed, seed + number):
                yield self._one(kind, one, getattr(self, f"_{kind}"))
        yield self._one("page", seed, self._nothing_runs)

    def _one(self, kind: str, seed: int, act: Callable) -> Found:
        found, start = Found(kind, seed), time.monotonic()
        try:
            act(found)
        except (requests.RequestException, RuntimeError) as error:
            found.problems.append(f"{type(error).__name__}: {error}")
        found.problems += self.log.mistakes()
        found.seconds = time.monotonic() - start
        return found

    # === Webhooks === #

    def _webhook(self, found: Found) -> None:
        body, signed = webhook(found.seed, self.office.realm_id)
        found.what = f"{body[:200]!r}"
        signature = sign(VERIFIER if signed else "another", body)
        answer = self.session.post(
            f"{self.office.stand.odoo_url}{HOOK}",
            data=body,
            headers={SIGNATURE_HEADER: signature, "Content-Type": "application/json"},
            timeout=60,
        )
        if answer.status_code != (200 if signed else 401) or answer.content:
            found.problems.append(f"answered {answer.status_code}: {answer.text[:200]}")

    # === The way back from the consent page === #

    def _callback(self, found: Found) -> None:
        chance, before = Random(found.seed), self._links()
        good = {"state": "x", "code": "AB11", "realmId": self.office.realm_id}
        if chance.random() < LEFT:
            good |= self._leave()
        found.what = callback(found.seed, good)
        answer = self.office.manager.session.get(
            f"{self.office.stand.odoo_url}{BACK}?{found.what}",
            allow_redirects=False,
            timeout=60,
        )
        if answer.status_code not in (200, 400, 409, 502):
            found.problems.append(f"answered {answer.status_code}")
        if "Traceback" in answer.text or "<script>alert" in answer.text:
            found.problems.append("the page shows what it should not")
        if "Back to the company" not in answer.text and answer.status_code != 400:
            found.problems.append("the page leads nowhere")
        if self._links() != before:
            found.problems.append("the link to QuickBooks has changed")

    def _leave(self) -> dict[str, str]:
        """Press Connect to QuickBooks; return what the consent page is told."""
        manager = self.office.manager
        company = [manager.company_id]
        action = manager.ask("res.company", "action_quickbooks_connect", company)
        told = dict(parse_qsl(urlsplit(action["url"]).query))
        return {"state": told["state"]}

    def _links(self) -> list[Any]:
        with self.office.stand.sql() as cursor:
            cursor.execute(
                "SELECT c.realm_id, c.quickbooks_company_name, t.user_id, t.state"
                " FROM quickbooks_connection c"
                " LEFT JOIN quickbooks_token t ON t.connection_id = c.id ORDER BY 3"
            )
            return cursor.fetchall()

    # === Answers === #

    def _answer(self, found: Found) -> None:
        found.what, found.problems = self.answers.spoil(found.seed)

    def _nothing_runs(self, found: Found) -> None:
        """Look whether HTML from outside stands anywhere as HTML."""
        with self.office.stand.sql() as cursor:
            cursor.execute(
                "SELECT count(*) FROM mail_message WHERE body LIKE '%<script>alert%'"
            )
            if cursor.fetchone()[0]:
                found.problems.append("a message in the chatter holds a script")
