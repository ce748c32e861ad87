"""What goes wrong in a scenario: chosen by chance, repeatable by its seed."""

from __future__ import annotations

import os
import signal
import threading
import time
from functools import partial
from random import Random
from typing import Any

from .cases import KILLS
from .office import Office
from .stand import VERIFIER

MISCHIEF = ("duplicate", "reorder", "lose", "forge", "hold")
CALLS = (
    "create Invoice",
    "create CreditMemo",
    "update Invoice",
    "batch",
    "query",
    "oauth token",
    "",
)
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "drop"},
    {"kind": "drop_after"},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503, "when": "after"},
    {"kind": "status", "status": 502},
    {"kind": "status", "status": 403},
    {"kind": "throttle"},
    {"kind": "throttle", "when": "after", "retry_after": 60},
    {"kind": "fault", "code": "6000", "status": 400, "detail": "A business error"},
    {"kind": "fault", "code": "10000", "status": 500, "when": "after"},
    {"kind": "truncate", "cut": "body"},
    {"kind": "truncate", "cut": "json"},
    {"kind": "delay", "seconds": 0.7},
    {"kind": "delay", "seconds": 1.5, "when": "after"},
    {"kind": "token_expired"},
)
# Longer than Odoo waits for an answer while a person waits for it.
PAST_THE_TIME_OUT = {"kind": "delay", "seconds": 9, "when": "after"}
POINTS = sorted({case.point for case in KILLS if case.point and not case.alone})


class Trouble:
    """The troubles of one scenario; to be ended before anything is counted."""

    def __init__(
        self, office: Office, chance: Random, *, kills_database: bool = False
    ) -> None:
        self.office, self.chance = office, chance
        self.kills_database = kills_database
        self.told: list[str] = []
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self) -> None:
        """Order what goes wrong."""
        kinds = [self._faults, self._faults, self._kill_at_point, self._kill_at_time]
        kinds += [self._tokens, self._clock, self._hang_up]
        kinds += [self._webhooks, self._webhooks, self._full_disk]
        for kind in self.chance.sample(kinds, self.chance.randint(1, 3)):
            kind()

    def end(self) -> None:
        """Take everything back, and wait until nobody kills any more."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        self.office.quickbooks.no_faults()
        self.office.quickbooks.no_webhooks()
        self.office.stand.log_is_full(full=False)
        self.office.stand.points.release_all()

    def _say(self, words: str) -> None:
        self.told.append(words)

    # === QuickBooks, and the way to it === #

    def _faults(self) -> None:
        for _storm in range(self.chance.randint(1, 3)):
            fault = dict(self.chance.choice(FAULTS))
            if self.chance.random() < 0.04:
                fault = dict(PAST_THE_TIME_OUT)
            label = self.chance.choice(CALLS)
            times, skip = self.chance.randint(1, 4), self.chance.choice((0, 0, 1))
            self._say(f"{times} × {fault} for {label or 'all calls'} after {skip}")
            self.office.quickbooks.fault(label=label, times=times, skip=skip, **fault)

    def _tokens(self) -> None:
        self.office.quickbooks.expire_tokens("access")
        self._say("the access tokens expire")
        if self.chance.random() < 0.3:
            kind = self.chance.choice(("drop_after", "truncate", "status"))
            self._say(f"{kind} while the log-in is renewed")
            self.office.quickbooks.fault(kind, "oauth token")

    def _clock(self) -> None:
        seconds = self.chance.choice((-120, 61, 1800, 4000, 90_000))
        self._say(f"QuickBooks' clock jumps by {seconds} s")
        self.office.quickbooks.advance_clock(seconds)

    def _webhooks(self) -> None:
        """Let QuickBooks tell of changes: twice, in disorder, forged, late or never."""
        form = self.chance.choice(("legacy", "cloudevents"))
        mischief = self.chance.choices(MISCHIEF, k=self.chance.randint(1, 4))
        self._say(f"webhooks ({form}): {', '.join(mischief)}")
        url = f"{self.office.stand.odoo_url}/quickbooks/webhooks"
        self.office.quickbooks.tell(url, form, VERIFIER)
        for kind in mischief:
            self.office.quickbooks.mischief(kind, self.chance.randint(1, 3))

    # === Odoo and its database === #

    def _full_disk(self) -> None:
        self._say("the disk of Odoo's log is full")
        self.office.stand.log_is_full(full=True)

    def _kill_at_point(self) -> None:
        point, skip = self.chance.choice(POINTS), self.chance.choice((0, 0, 0, 1, 2))
        everything = self.chance.random() < 0.05
        self._say(
            f"kill -9 {'Odoo' if everything else 'the worker'} at {point}, {skip}"
        )
        mark = self.office.stand.points.arm(point, skip)
        self._begin_thread(partial(self._kill_at, mark, everything))

    def _kill_at(self, mark: str, everything: bool) -> None:
        """Wait until a process is at the point that was armed, and kill it."""
        stand = self.office.stand
        while not self._over.wait(0.02):
            pid = stand.points.process_at(mark)
            if pid and everything:
                # Not started again here: it would end with this thread.
                stand.kill_odoo()
            elif pid:
                stand.kill_workers(pid)
                stand.points.release(mark)
            if pid:
                return

    def _kill_at_time(self) -> None:
        seconds = self.chance.uniform(0.02, 2.5)
        self._say(f"kill -9 all workers after {seconds:.2f} s")

        def kill() -> None:
            if not self._over.wait(seconds):
                self.office.stand.kill_workers()

        self._begin_thread(kill)

    def _hang_up(self) -> None:
        seconds = self.chance.uniform(0.02, 2.5)
        hard = self.kills_database and self.chance.random() < 0.5
        self._say(f"{'kill -9' if hard else 'end'} PostgreSQL after {seconds:.2f} s")

        def hang_up() -> None:
            if not self._over.wait(seconds):
                end_connections(self.office, hard=hard)

        self._begin_thread(hang_up)

    def _begin_thread(self, target) -> None:
        thread = threading.Thread(target=target, daemon=True)
        self._threads.append(thread)
        thread.start()


def end_connections(office: Office, *, hard: bool) -> None:
    """End all connections to Odoo's database.

    :param hard: kill one of PostgreSQL's processes: the server then ends all of them
        and recovers from its log
    """
    with office.stand.sql("postgres") as cursor:
        names = (office.stand.database,)
        query = "SELECT pid FROM pg_stat_activity WHERE datname = %s"
        cursor.execute(query, names)
        pids = [pid for (pid,) in cursor.fetchall()]
        if not hard:
            cursor.execute("SELECT pg_terminate_backend(unnest(%s))", (pids,))
            return
    if pids:
        os.kill(pids[0], signal.SIGKILL)
        time.sleep(1)
