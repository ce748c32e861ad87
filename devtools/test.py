"""All tests, or some of them: ``python -m devtools.test [STAGE…] [ARGS]``."""

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from .lanes import side_by_side, write_outcome
from .odoorun import browser_stage, odoo_stage
from .outcome import Outcome, report
from .stages import lint_stage, plain_stage, story_stage

USAGE = """\
usage: script/test [STAGE …]              all stages, or those named, side by side
       script/test plain [PYTEST ARGS]
       script/test odoo [--test-tags TAGS]

stages, in this order:
  lint     pre-commit's hooks: ruff, ruff-format, pylint-odoo, mypy
  plain    pytest: the simulator and the QuickBooks library, without Odoo
  odoo     the addon's tests in Odoo, and Odoo's own lint of it
  browser  the addon's tests in Chromium
  story    script/demo --once, with the UK and the US company
"""
STAGES: dict[str, Callable[..., Outcome]] = {
    "lint": lint_stage,
    "plain": plain_stage,
    "odoo": odoo_stage,
    "browser": browser_stage,
    "story": story_stage,
}


def plan(arguments: list[str]) -> list[tuple[str, list]]:
    """Return the stages to run, each with its arguments; leave if there are none."""
    if not arguments:
        return [(name, []) for name in STAGES]
    first, rest = arguments[0], arguments[1:]
    if first == "plain" and rest and rest[0] not in STAGES:
        return [("plain", [rest])]
    if first == "odoo" and rest and rest[0] not in STAGES:
        return [("odoo", [_tags(rest)])]
    if unknown := [name for name in arguments if name not in STAGES]:
        raise SystemExit(f"error: unknown: {' '.join(unknown)}\n\n{USAGE}")
    return [(name, []) for name in STAGES if name in arguments]


def _tags(arguments: list[str]) -> str:
    name, _, value = " ".join(arguments).replace("=", " ", 1).partition(" ")
    if name != "--test-tags" or not value:
        raise SystemExit(f"error: unknown: {' '.join(arguments)}\n\n{USAGE}")
    return value


def run_stage(name: str, arguments: list) -> Outcome:
    """Run one stage and say how long it took."""
    print(f"\n=== {name}", flush=True)
    start = time.monotonic()
    outcome = STAGES[name](*arguments)
    outcome.seconds = time.monotonic() - start
    return outcome


def main() -> int:
    """Run what the command line asks for; return the exit code."""
    arguments = sys.argv[1:]
    if {"-h", "--help"} & set(arguments[:1]):
        print(USAGE, end="")
        return 0
    # So that a stop from outside drops the test database too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if arguments[:1] == ["--outcome"]:
        write_outcome(Path(arguments[1]), run_stage(arguments[2], []))
        return 0
    return 0 if report(_run(plan(arguments))) else 1


def _run(stages: list[tuple[str, list]]) -> list[Outcome]:
    if len(stages) > 1:
        return side_by_side([name for name, _ in stages])
    return [run_stage(name, arguments) for name, arguments in stages]


if __name__ == "__main__":
    sys.exit(main())
