"""Measuring: seconds, calls, statements and memory of one piece of work."""

import json
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from .ground import Ground


@dataclass(frozen=True)
class Figures:
    """What one piece of work cost.

    :param seconds: on the wall
    :param calls: HTTP calls that QuickBooks counted
    :param metered: those of them that count against Intuit's monthly allowance
    :param statements: SQL statements through Odoo's cursors
    :param peak_mb: memory at the highest, above what was in use before
    """

    seconds: float
    calls: int = 0
    metered: int = 0
    statements: int = 0
    peak_mb: float = 0.0
    result: Any = None


def measure(ground: Ground, work: Callable[[], Any]) -> Figures:
    """Do ``work`` in a process of its own and return what it cost.

    A process of its own, so that the memory is that of the work alone.
    """
    from odoo import sql_db

    ground.quickbooks.forget_calls()
    sql_db.close_all()
    child = _in_child(lambda: _measured(work))
    calls, metered = ground.quickbooks.calls()
    return Figures(calls=calls, metered=metered, **child)


def _measured(work: Callable[[], Any]) -> dict:
    from odoo import sql_db

    statements, memory = sql_db.sql_counter, _peak_kb()
    start = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "statements": sql_db.sql_counter - statements,
        "peak_mb": (_peak_kb() - memory) / 1024,
        "result": result,
    }


def _peak_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _in_child(work: Callable[[], dict]) -> dict:
    """Run ``work`` in a fork of this process and return what it returned."""
    sys.stdout.flush()
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        os.close(reading)
        _answer(work, writing)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    _, status = os.waitpid(process, 0)
    if status or not said:
        raise SystemExit("error: the work that was to be measured failed: see above")
    return json.loads(said)


def _answer(work: Callable[[], dict], writing: int) -> None:
    code = 1
    try:
        said = json.dumps(work())
        with os.fdopen(writing, "w") as pipe:
            pipe.write(said)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def middle(rounds: list[Figures]) -> Figures:
    """Return the medians of several rounds."""
    names = ("seconds", "calls", "metered", "statements", "peak_mb")
    values = {name: median(asdict(one)[name] for one in rounds) for name in names}
    return Figures(**values, result=rounds[-1].result)
