"""What the matrix is made of: all of it, or what goes into a minute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from .cases import KILLS, MISHAPS
from .matrix import Matrix

# Processes of an Odoo whose workers are killed one by one.
WORKERS = 3
TWO_PRESS = ("committed", "claimed", "call-before", "arrived-after")
JOB_AND_PERSON = ("claimed", "arrived-after")
DATABASE_ENDS = ("claimed", "call-before", "arrived-after", "number-after")


@dataclass(frozen=True)
class Play:
    """One line of the table: how, what, and what returns the documents to count."""

    how: str
    what: str
    run: Callable[[Matrix], list[int]]
    workers: int = 0


def whole() -> list[Play]:
    """Return every case; each point with all of Odoo killed, and with one worker."""
    return [
        *(Play("kill -9 Odoo", c.what, _bound("kill_everything_at", c)) for c in KILLS),
        *(
            Play("kill -9 worker", c.what, _bound("kill_worker_at", c), WORKERS)
            for c in KILLS
        ),
        *(Play("mishap", m.what, _bound("suffer", m), WORKERS) for m in MISHAPS),
        *(Play("two people", p, _bound("two_press", p)) for p in TWO_PRESS),
        *(
            Play("job and person", p, _bound("job_and_person", p))
            for p in JOB_AND_PERSON
        ),
        *(
            Play("database ends", p, _bound("database_hangs_up", p))
            for p in DATABASE_ENDS
        ),
        _serialisation(),
    ]


def compact() -> list[Play]:
    """Return what tries all the points with one kill, and most of the mishaps."""
    cases = [case for case in KILLS if not case.alone]
    [alone] = [case for case in KILLS if case.point == "look-after"]
    quick = [mishap for mishap in MISHAPS if not mishap.slow]
    return [
        Play("kill -9 Odoo", f"at {len(cases)} points", _bound("kill_at_all", cases)),
        Play("kill -9 Odoo", alone.what, _bound("kill_everything_at", alone)),
        Play("mishap", f"{len(quick)} kinds", _bound("suffer_all", quick)),
        Play("two people", "claimed", _bound("two_press", "claimed")),
        Play("job and person", "claimed", _bound("job_and_person", "claimed")),
        Play("database ends", "call", _bound("database_hangs_up", "call-before")),
        Play("database ends", "answer", _bound("database_hangs_up", "arrived-after")),
        _serialisation(),
    ]


def _bound(name: str, argument: object) -> Callable[[Matrix], list[int]]:
    return partial(_call, name, argument)


def _call(name: str, argument: object, matrix: Matrix) -> list[int]:
    return getattr(matrix, name)(argument)


def _serialisation() -> Play:
    what = "the invoice is changed meanwhile"
    return Play("serialisation", what, Matrix.serialisation_failure)
