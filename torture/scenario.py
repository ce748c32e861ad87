"""One random scenario: people work on both sides while everything goes wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from .acting import LOST, Act
from .counting import MESSAGE, TRACKING, leaks
from .office import Office, Person
from .side import WORDS, Side
from .trouble import Trouble
from .waiting import wait_until

# How often somebody presses Send to QuickBooks for what needs attention, at the end.
PRESSES = 5
# How often the second company of the same Odoo has something to do as well.
BRANCH_TOO = 0.25


@dataclass
class Outcome:
    """What came of a scenario."""

    seed: int
    problems: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    documents: int = 0
    presses: int = 0
    # What was pressed where both versions of a document were shown.
    choices: list[str] = field(default_factory=list)
    seconds: float = 0


class Scenario:
    """Chosen by its seed: what people do, and what goes wrong meanwhile."""

    def __init__(
        self,
        office: Office,
        seed: int,
        *,
        branch: Office | None = None,
        kills_database: bool = False,
    ) -> None:
        self.office, self.chance = office, Random(seed)
        self.trouble = Trouble(office, self.chance, kills_database=kills_database)
        self.outcome = Outcome(seed)
        self.side = Side(office, self.chance)
        self.sides = [self.side]
        if branch and self.chance.random() < BRANCH_TOO:
            self.sides.append(Side(branch, self.chance))
        self.acts: list[Act] = []
        self.invoices: list[int] = []

    @property
    def ids(self) -> list[int]:
        """The documents of the first company."""
        return self.side.ids

    def play(self) -> Outcome:
        """Play it; come to rest; count."""
        start = time.monotonic()
        try:
            wait_until(self._is_back, 60, "Odoo does not come back")
            self._prepare()
            self.trouble.begin()
            self._work()
            self._rest()
            self.outcome.problems = self._count()
        except LOST as error:
            self.outcome.problems.append(f"{type(error).__name__}: {error}")
        finally:
            self.trouble.end()
        self.outcome.troubles = self.trouble.told
        self.outcome.seconds = time.monotonic() - start
        return self.outcome

    def _prepare(self) -> None:
        number = self.chance.choice((1, 1, 2, 3, 5))
        drafts = [self._draft() for _one in range(number)]
        self.side.ids = self.office.drafts(drafts)
        self.invoices = [
            key
            for key, draft in zip(self.ids, drafts, strict=True)
            if draft["move_type"] == "out_invoice"
        ]
        for side in self.sides[1:]:
            side.ids = side.office.drafts([{"lines": [self._line()]}])
            self.outcome.steps.append("two companies")
        self.outcome.documents = sum(len(side.ids) for side in self.sides)

    def _draft(self) -> dict[str, Any]:
        lines = [self._line() for _line in range(self.chance.randint(1, 4))]
        kind = self.chance.choice(("out_invoice", "out_invoice", "out_refund"))
        return {"move_type": kind, "lines": lines}

    def _line(self) -> dict[str, Any]:
        price = round(self.chance.uniform(1, 300), 2)
        return {"quantity": self.chance.randint(1, 9), "price_unit": price}

    # === Working === #

    def _work(self) -> None:
        """Do some things, one after the other or at the same time."""
        for step in self._chosen_steps():
            self.outcome.steps.append(step.__name__.strip("_"))
            # As a service manager does while people go on.
            self.office.stand.revive_odoo()
            step()
            time.sleep(self.chance.choice((0, 0, 0.05, 0.3)))
        for act in self.acts:
            act.end(120)

    def _chosen_steps(self) -> list[Callable[[], None]]:
        """Return what is done: something is posted, and then anything happens."""
        others = (
            self._send,
            self._send_twice,
            self._change,
            self._cancel,
            self._time_passes,
            self._sync,
            self._pay,
            self._pay_here,
            self._edit_there,
            self._void_there,
            self._reference,
        )
        chosen = self.chance.choices(others, k=self.chance.randint(2, 5))
        return [self._post, self._post_some, *chosen]

    def _do(self, what: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Press something: and wait for its answer, or go on meanwhile."""
        act = Act(what, *args, **kwargs)
        self.acts.append(act)
        if self.chance.random() < 0.6:
            act.end(120)

    def _somebody(self) -> Person:
        return self.chance.choice((self.office.manager, self.office.colleague))

    def _some(self) -> list[int]:
        return self.chance.sample(self.ids, self.chance.randint(1, len(self.ids)))

    def _post(self) -> None:
        self._do(self.office.post, *self.ids, by=self._somebody())
        for side in self.sides[1:]:
            self._do(side.office.post, *side.ids)

    def _post_some(self) -> None:
        self._do(self.office.post, *self._some(), by=self._somebody())

    def _send(self) -> None:
        self._do(self.office.send, *self._some(), by=self._somebody())

    def _send_twice(self) -> None:
        some = self._some()
        for person in (self.office.manager, self.office.colleague):
            self.acts.append(Act(self.office.send, *some, by=person))

    def _change(self) -> None:
        """Reset to draft, change a price, post again."""
        key, price = self.chance.choice(self.ids), round(self.chance.uniform(1, 300), 2)
        self._do(self.office.change, [key], price, by=self._somebody())

    def _cancel(self) -> None:
        key = self.chance.choice(self.ids)
        self._do(self.office.cancel, key, by=self._somebody())

    def _reference(self) -> None:
        key, person = self.chance.choice(self.ids), self._somebody()
        values = {"ref": f"PO {self.chance.randint(1, 999)}"}
        self._do(person.ask, "account.move", "write", [key], values)

    def _time_passes(self) -> None:
        self._do(self.office.let_time_pass)

    def _sync(self) -> None:
        self._do(self._somebody().sync)

    def _pay(self) -> None:
        """Receive some money in QuickBooks."""
        self._do(self._pay_one, self.chance.choice(self.ids))

    def _pay_one(self, key: int) -> None:
        for row in self.office.documents([key]):
            record = self.office.invoice_of(row)
            if record and record["Balance"] > 0:
                self.office.pay(record, min(record["Balance"], 1))

    def _pay_here(self) -> None:
        """Register some money in Odoo, which goes to QuickBooks."""
        amount = self.chance.randint(1, 99) / 100
        if self.invoices:
            self._do(self.office.register, self.chance.choice(self.invoices), amount)

    def _void_there(self) -> None:
        """Void in QuickBooks: somebody has to cancel in Odoo too."""
        self._do(self._void_one, self.chance.choice(self.ids))

    def _void_one(self, key: int) -> None:
        for row in self.office.documents([key]):
            record = self.office.invoice_of(row)
            if record:
                self.office.quickbooks.void("Invoice", self.office.realm_id, record)

    def _edit_there(self) -> None:
        """Change something in QuickBooks."""
        edit = self.chance.choice(
            (self._write_message, self._write_tracking, self._write_price)
        )
        self._do(edit, self.chance.choice(self.ids))

    def _write_message(self, key: int) -> None:
        """Write what Odoo sends too: a person has to choose between the two."""
        self._edit(key, **{MESSAGE: {"value": WORDS}})

    def _write_tracking(self, key: int) -> None:
        """Write what Odoo knows nothing of: it stays, and nobody is asked."""
        if self._edit(key, **{TRACKING: WORDS}):
            self.side.typed[key][TRACKING] = WORDS

    def _write_price(self, key: int) -> None:
        """Change a price: a person sends Odoo's version again."""
        for row in self.office.documents([key]):
            record = self.office.invoice_of(row)
            if record:
                self.office.double_price(record)

    def _edit(self, key: int, **fields: Any) -> bool:
        office = self.office
        records = [office.invoice_of(row) for row in office.documents([key])]
        for record in filter(None, records):
            office.quickbooks.change("Invoice", office.realm_id, record["Id"], **fields)
        return any(records)

    # === Coming to rest === #

    def _rest(self) -> None:
        """End all trouble; let the background job work, and people press Send."""
        self.trouble.end()
        wait_until(self._is_back, 60, "Odoo does not come back")
        # What Odoo has given up waiting for, QuickBooks ends all the same.
        time.sleep(0.3)
        for side in self.sides:
            self._rest_one(side)

    def _is_back(self) -> bool:
        """Return whether Odoo answers; start it again where it has ended."""
        # Its master ends, after a while, if it looked while PostgreSQL was not there.
        self.office.stand.revive_odoo()
        return self.office.is_up()

    def _rest_one(self, side: Side) -> None:
        side.settle()
        for _press in range(PRESSES):
            left = side.left()
            if not left:
                break
            self.outcome.presses += 1
            side.mend(left)
            side.settle()
        self.outcome.choices += side.choices

    def _count(self) -> list[str]:
        counted = [problem for side in self.sides for problem in side.count()]
        return [*counted, *leaks(self.office)]
