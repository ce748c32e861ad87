"""Exactly once, point by point: kill Odoo there, start it again, count."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .acting import Act
from .cases import Kill, Mishap
from .counting import doubles, problems, unapplied, waits
from .office import Office
from .waiting import TooLongError, wait_until

if TYPE_CHECKING:
    from .playing import Play

# Processes of an Odoo whose workers are killed one by one.
WORKERS = 3


@dataclass
class Result:
    """What came of one case."""

    how: str
    what: str
    problems: list[str] = field(default_factory=list)
    documents: int = 0
    seconds: float = 0


@dataclass
class Underway:
    """A case in which Odoo is at its point now."""

    case: Kill
    ids: list[int]
    act: Act
    pid: int


class Matrix:
    """Plays cases in one office, and tells each result as it comes."""

    def __init__(self, office: Office, tell: Callable[[Result], None]) -> None:
        self.office, self.stand = office, office.stand
        self.points, self.quickbooks = office.stand.points, office.quickbooks
        self.tell = tell
        self.results: list[Result] = []

    def play(self, play: Play) -> Result:
        """Play one line of the table, and count."""
        result, start = Result(play.how, play.what), time.monotonic()
        try:
            self._with_workers(play.workers)
            ids = play.run(self)
            result.documents = len(ids)
            result.problems = self._count(ids)
        except (TooLongError, RuntimeError, OSError) as error:
            result.problems = [f"{type(error).__name__}: {error}"]
            result.problems += waits(self.office)
            self._clean_up()
        result.seconds = time.monotonic() - start
        self.results.append(result)
        self.tell(result)
        return result

    def _with_workers(self, number: int) -> None:
        if self.stand.workers != number:
            self.stand.workers = number
            self.stand.restart_odoo()

    def _count(self, ids: Sequence[int]) -> list[str]:
        self.office.settle()
        return [
            *problems(self.office, ids),
            *unapplied(self.office, ids),
            *doubles(self.office),
        ]

    def _clean_up(self) -> None:
        self.points.release_all()
        self.quickbooks.no_faults()

    # === Killing === #

    def kill_everything_at(self, case: Kill) -> list[int]:
        """Kill all of Odoo at the point, and start it again."""
        one = self._reach(case)
        self.stand.restart_odoo()
        return self._after_the_kill([one])

    def kill_worker_at(self, case: Kill) -> list[int]:
        """Kill the one process that is at the point; its master starts another."""
        one = self._reach(case)
        self._kill(one)
        return self._after_the_kill([one])

    def kill_at_all(self, cases: Iterable[Kill]) -> list[int]:
        """Bring one process to each of the points, and kill Odoo once."""
        prepared = [(case, self._prepared(case)) for case in cases]
        held = [(case, ids) for case, ids in prepared if case.fault]
        points = [(case, ids) for case, ids in prepared if not case.fault]
        # Else they take up what waits at one point, and come to the next themselves.
        self.office.let_jobs_run(False)
        reached = [self._bring(*pair) for pair in points if not pair[0].locks]
        reached += self._hold_calls(held)
        reached += [self._bring(*pair) for pair in points if pair[0].locks]
        self.stand.restart_odoo()
        self.office.let_jobs_run(True)
        return self._after_the_kill(reached)

    def _hold_calls(self, held: Iterable[tuple[Kill, list[int]]]) -> list[Underway]:
        """Let QuickBooks hold all of the calls at the same time."""
        begun = []
        for case, ids in held:
            self._arm(case, ids)
            begun.append(Underway(case, ids, self._begin(case, ids), 0))
        self._wait_for_calls("of those that are held")
        for one in begun:
            self._wait_for_commit(one)
        return begun

    def _wait_for_calls(self, what: str) -> None:
        is_taken = lambda: not self.quickbooks.open_faults()  # noqa: E731
        wait_until(is_taken, 30, f"no call came: {what}")

    def _wait_for_commit(self, one: Underway) -> None:
        """Wait until the posting is committed, which comes before any call of its own.

        The call that was held may be another's, such as the background job's.
        """
        rows = lambda: len(self.office.documents(one.ids))  # noqa: E731
        wait_until(lambda: rows() == len(one.ids), 30, f"no rows: {one.case.what}")

    def _kill(self, one: Underway) -> None:
        # Where QuickBooks holds the call, nothing tells which worker waits for it.
        self.stand.kill_workers(*filter(None, [one.pid]))
        self.points.release_all()

    def _reach(self, case: Kill) -> Underway:
        """Let Odoo do what the case is about, until it is at the point."""
        return self._bring(case, self._prepared(case))

    def _bring(self, case: Kill, ids: list[int]) -> Underway:
        mark = self._arm(case, ids)
        act = self._begin(case, ids)
        if mark:
            return Underway(case, ids, act, self.points.wait_for(mark, 30))
        self._wait_for_calls(case.what)
        one = Underway(case, ids, act, 0)
        self._wait_for_commit(one)
        return one

    def _begin(self, case: Kill, ids: list[int]) -> Act:
        acts = {
            "retry": self._settle,
            "cancel": self._cancel,
            "apply": self._post_last,
        }
        return Act(acts.get(case.act, self._post), ids)

    def _arm(self, case: Kill, ids: Iterable[int]) -> str:
        if case.point:
            # Those whose calls were held come by, once QuickBooks lets them go on.
            own = ids if case.locks else ()
            return self.points.arm(case.point, case.skip, own)
        self.quickbooks.fault(**case.fault)
        return ""

    def _prepared(self, case: Kill) -> list[int]:
        values = {"move_type": case.kind}
        if case.rolled_back:
            # Others would wait for the number until it is committed.
            values["journal_id"] = self.office.another_journal()
        wanted = [values] * case.number
        ids = self.office.drafts(wanted)
        if case.act in ("change", "cancel", "apply"):
            self.office.post(*ids)
        if case.act == "change":
            self.office.redraft(ids, 45.5)
        elif case.act == "apply":
            ids.append(self.office.refund(*ids))
        elif case.act == "retry":
            self.quickbooks.fault("drop_after", "create Invoice", 2)
            self.office.post(*ids)
        return ids

    def _post(self, ids: Sequence[int]) -> None:
        self.office.post(*ids)

    def _settle(self, _ids: Sequence[int]) -> None:
        self.office.settle()

    def _post_last(self, ids: Sequence[int]) -> None:
        self.office.post(ids[-1])

    def _cancel(self, ids: Sequence[int]) -> None:
        self.office.cancel(*ids)

    def _after_the_kill(self, reached: Sequence[Underway]) -> list[int]:
        """Do what the person does who has seen the server die; return the documents."""
        for one in reached:
            if not one.act.end() and one.pid and one.case.act != "retry":
                raise RuntimeError(f"nobody was killed: {one.case.what}")
        self.quickbooks.no_faults()
        # What QuickBooks was asked before the kill it may still be working on.
        time.sleep(0.5)
        for one in reached:
            if one.case.rolled_back:
                self._post_again(one)
        return [key for one in reached for key in one.ids]

    def _post_again(self, one: Underway) -> None:
        states = {move["state"] for move in self.office.moves(one.ids)}
        if states != {"draft"} or self.office.documents(one.ids):
            raise RuntimeError(f"something of {one.ids} was committed")
        self.office.post(*one.ids)

    # === Mishaps === #

    def suffer(self, case: Mishap) -> list[int]:
        """Post while QuickBooks, or the way to it, fails."""
        ids = self.office.drafts([{}] * case.number)
        label = "batch" if case.number > 1 else "create Invoice"
        settings = dict(case.settings)
        self.quickbooks.fault(case.kind, label, case.times, **settings)
        self.office.post(*ids)
        untouched = [case.times] == [o["times"] for o in self.quickbooks.open_faults()]
        self.quickbooks.no_faults()
        # Else the next would not even call.
        self.office.open_gate()
        if untouched:
            raise RuntimeError(f"no call came to it: {case.what}")
        # What Odoo has given up waiting for, QuickBooks ends all the same.
        time.sleep(settings.get("seconds", 0))
        return ids

    def suffer_all(self, cases: Iterable[Mishap]) -> list[int]:
        """Post once with each of the mishaps."""
        return [key for case in cases for key in self.suffer(case)]

    # === Several at once === #

    def _hold(self, ids: list[int], point: str) -> tuple[Act, str]:
        """Let a person post, and wait at the point; return the mark to release."""
        mark = self.points.arm(point)
        act = Act(self._post, ids)
        self.points.wait_for(mark)
        return act, mark

    def two_press(self, point: str) -> list[int]:
        """Let a second person press Send while the first's is at the point."""
        ids = [self.office.draft()]
        first, mark = self._hold(ids, point)
        second = Act(self.office.send, *ids, by=self.office.colleague)
        time.sleep(0.5)
        self.points.release(mark)
        first.end()
        second.end()
        return ids

    def job_and_person(self, point: str) -> list[int]:
        """Let the background job take up what a person is sending just then."""
        ids = [self.office.draft()]
        first, mark = self._hold(ids, point)
        Act(self.office.let_time_pass)
        time.sleep(1)
        self.points.release(mark)
        first.end()
        return ids

    def serialisation_failure(self) -> list[int]:
        """Change the invoice while QuickBooks' number is being written to it."""
        ids = [self.office.draft()]
        first, mark = self._hold(ids, "number-locked")
        values = {"ref": "changed meanwhile"}
        self.office.colleague.ask("account.move", "write", ids, values)
        self.points.release(mark)
        first.end()
        return ids

    def database_hangs_up(self, point: str) -> list[int]:
        """End all connections to the database while one is at the point."""
        ids = [self.office.draft()]
        first, mark = self._hold(ids, point)
        with self.stand.sql("postgres") as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s",
                (self.stand.database,),
            )
        self.points.release(mark)
        first.end()
        return ids
