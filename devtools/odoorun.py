"""The stages that run in Odoo, on a copy of the prepared database."""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from . import databases, odoo, postgres
from .odoolog import OdooLog, allowed_patterns
from .outcome import Outcome
from .paths import ADDON, ROOT, RUN, SIMULATOR, VENV

ALLOWED = ROOT / "devtools/odoo-log-allowed.txt"
LOGS = RUN / "test-logs"
DATA = RUN / "test-data"
# Names, in our environment, arguments of Python that run Odoo under something else.
RUNNER = "QUICKBOOKS_LINK_TEST_RUNNER"
# Seconds after which a test run that logs nothing counts as hanging.
SILENCE = 240
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


ODOO_TAGS = "/quickbooks_link,/test_lint,-browser"
EXAMPLE = "quickbooks_link_example"


def odoo_stage(tags: str = "") -> Outcome:
    """Run the addon's tests but those in the browser, and Odoo's own lint of it.

    Those of the example run in a database of its own: it adds to what syncs read.
    """
    if not _has_addon():
        return Outcome("odoo")
    if EXAMPLE in tags:
        return _run("odoo", [EXAMPLE], tags).expect_tests()
    outcome = _run_addon(tags or ODOO_TAGS)
    return outcome if tags else outcome + _run_example()


def _run_example() -> Outcome:
    return _run("example", [EXAMPLE], f"/{EXAMPLE}").expect_tests()


def _run_addon(tags: str) -> Outcome:
    modules = ["quickbooks_link"]
    if "test_lint" in tags:
        modules.append("test_lint")
    return _run("odoo", modules, tags).expect_tests()


def browser_stage() -> Outcome:
    """Run the tests tagged ``browser``; one that is skipped counts as failed."""
    if not _has_addon():
        return Outcome("browser")
    if not any(map(shutil.which, BROWSERS)):
        print("browser: there is no Chromium in PATH: script/setup says how to get it")
        return Outcome("browser", failed=1)
    tags = "browser/quickbooks_link"
    return _run("browser", ["quickbooks_link"], tags, may_skip=False).expect_tests()


def _has_addon() -> bool:
    if not ADDON.is_dir():
        print(f"nothing to test yet: there is no {ADDON.relative_to(ROOT)}")
    return ADDON.is_dir()


def _run(
    stage: str, modules: Sequence[str], tags: str, may_skip: bool = True
) -> Outcome:
    configuration = RUN / "odoo-test.conf"
    log = OdooLog(allowed_patterns(ALLOWED))
    with postgres.serving() as server:
        odoo.write_configuration(configuration, server, DATA)
        template = databases.template(server, configuration, DATA)
        with databases.temporary_copy(server, DATA, template, stage) as database:
            command = odoo.command(
                configuration,
                *("-d", database, "-i", ",".join(modules), "--test-tags", tags),
                *("--stop-after-init", "--http-port", "0", "--max-cron-threads", "0"),
                *("--screenshots", str(LOGS / "screenshots")),
            )
            command[1:1] = os.environ.get(RUNNER, "").split()
            code = _follow(command, LOGS / f"{database}.log", log.feed)
    return _judge(stage, log, code, may_skip)


def _follow(command: list[str], path: Path, feed: Callable[[str], bool]) -> int:
    """Run the command, keep its output in ``path``, print what ``feed`` wants shown."""
    path.parent.mkdir(parents=True, exist_ok=True)
    print(f"log: {path}", flush=True)
    process = subprocess.Popen(
        command,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    watch = _Watch(process)
    try:
        with path.open("w", encoding="utf-8") as file:
            for line in process.stdout:
                watch.heard()
                file.write(line)
                if feed(line):
                    print(line, end="", flush=True)
        return process.wait()
    finally:
        watch.over.set()
        process.kill()
        process.wait()


class _Watch(threading.Thread):
    """Ends a process that has been silent too long, with its stacks in the log."""

    def __init__(self, process: subprocess.Popen) -> None:
        super().__init__(daemon=True)
        self.process = process
        self.over = threading.Event()
        self.heard()
        self.start()

    def heard(self) -> None:
        """Begin the time of silence anew."""
        self.last = time.monotonic()

    def run(self) -> None:
        """Wait for the end, or for the silence to become too long."""
        while not self.over.wait(1):
            if time.monotonic() - self.last > SILENCE:
                print(f"no word from Odoo for {SILENCE} s: its log ends with stacks")
                self.process.send_signal(signal.SIGQUIT)
                self.over.wait(5)
                self.process.kill()
                return


def _environment() -> dict[str, str]:
    """Return Odoo's environment: the tests import the simulator, lint wants tools.

    Odoo's pylint test would check all of Odoo too: our `pylint` keeps it to the addon.
    """
    folders = [ROOT / "devtools/bin", VENV / "bin", os.environ["PATH"]]
    path = os.pathsep.join(map(str, folders))
    return {**odoo.environment(SIMULATOR), "PATH": path}


def _judge(stage: str, log: OdooLog, code: int, may_skip: bool) -> Outcome:
    """Turn what the log says into numbers; a clean log counts as one test."""
    outcome = Outcome(stage, passed=len(log.passed), failed=len(log.failed))
    for test, reason in sorted(log.skipped.items()):
        print(f"{stage}: skipped {test}: {reason}")
    if may_skip:
        outcome.skipped = len(log.skipped)
    else:
        outcome.failed += len(log.skipped)
    if log.unexpected:
        print(
            f"{stage}: {len(log.unexpected)} unexpected warnings or errors in the log"
        )
        outcome.failed += 1
    else:
        outcome.passed += bool(outcome.passed)
    if not outcome.failed and (code or not log.finished or log.sum_failed):
        print(f"{stage}: Odoo ended before its tests did, with code {code}")
        outcome.failed += 1
    return outcome
