"""The stages of ``script/test`` that run without Odoo."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from xml.etree import ElementTree

from .outcome import Outcome
from .paths import ADDON, ROOT, RUN, SIMULATOR, VENV

HOOK = re.compile(r"^.+?\.{3,}(\([^)]*\))?(?P<result>Passed|Failed|Skipped)$", re.M)
# The last line of script/demo --once.
STEPS = re.compile(r"(?P<passed>\d+) steps passed, (?P<failed>\d+) failed")
TEST_FOLDERS = (
    SIMULATOR / "tests",
    ADDON / "qbo/tests",
    ROOT / "devtools/tests",
    ROOT / "demo/tests",
    ROOT / "torture/tests",
)


def lint_stage() -> Outcome:
    """Run the hooks of pre-commit over all files; each counts as one test."""
    outcome = Outcome("lint")
    run = subprocess.run(
        [VENV / "bin/pre-commit", "run", "--all-files", "--color", "never"],
        cwd=ROOT,
        env={**os.environ, "PRE_COMMIT_HOME": str(RUN / "pre-commit")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    print(run.stdout, flush=True)
    results = [match["result"] for match in HOOK.finditer(run.stdout)]
    outcome.passed = results.count("Passed")
    outcome.failed = results.count("Failed")
    outcome.skipped = results.count("Skipped")
    if run.returncode and not outcome.failed:
        outcome.failed = 1
    return outcome.expect_tests()


def plain_stage(arguments: Sequence[str] = ()) -> Outcome:
    """Run pytest over the tests that need no Odoo."""
    folders = [str(folder) for folder in TEST_FOLDERS if folder.is_dir()]
    if not folders:
        print("nothing to test yet: there is no folder of plain tests")
        return Outcome("plain")
    results = RUN / f"test-logs/plain-{os.getpid()}.xml"
    command = [sys.executable, "-m", "pytest", f"--junitxml={results}", *arguments]
    if not _names_tests(arguments):
        command += folders
    code = subprocess.call(command, cwd=ROOT)
    outcome = _read_junit(results) if results.is_file() else Outcome("plain")
    if code and not outcome.failed:
        outcome.failed = 1
    results.unlink(missing_ok=True)
    return outcome.expect_tests()


def _names_tests(arguments: Sequence[str]) -> bool:
    """Return whether the arguments say which files to run."""
    return any((ROOT / argument.split("::")[0]).exists() for argument in arguments)


def _read_junit(path) -> Outcome:
    outcome = Outcome("plain")
    bad = set()
    good = set()
    for case in ElementTree.parse(path).iter("testcase"):
        name = (case.get("classname"), case.get("name"))
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            bad.add(name)
        elif "skipped" in kinds:
            outcome.skipped += 1
        else:
            good.add(name)
    # A test that fails while it is taken down is listed twice.
    outcome.passed, outcome.failed = len(good - bad), len(bad)
    return outcome


def story_stage() -> Outcome:
    """Run the demo once for each country; each of its steps counts as one test."""
    outcome = Outcome("story")
    for country in ("uk", "us"):
        passed, failed = _play(country)
        outcome.passed += passed
        outcome.failed += failed
    return outcome.expect_tests()


def _play(country: str) -> tuple[int, int]:
    """Run the demo, passing on what it prints; return the steps passed and failed."""
    command = [ROOT / "script/demo", "--once", "--country", country]
    print(f"\nscript/demo --once --country {country}", flush=True)
    passed = failed = 0
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            if match := STEPS.fullmatch(line.strip()):
                passed, failed = int(match["passed"]), int(match["failed"])
    # It may end before it comes to its steps, or without their sums.
    return passed, failed or int(process.returncode != 0)
