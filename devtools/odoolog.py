"""Reading the log of an Odoo test run, line by line, while it is written.

Odoo prints its sums in English at the end of a run, counts a sub-test's failure as
one more, and says nothing when it dies half-way. The lines of each test are there in
every case, so they are what counts.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) \S+"
    r" (?P<logger>[^:]+): (?P<message>.*)$"
)
STARTED = re.compile(r"^Starting (?P<test>\S+) \.\.\.\s*$")
SKIPPED = re.compile(r"^skipped (?P<test>\S+) : (?P<reason>.*)$")
FAILED = re.compile(
    r"^(FAIL|ERROR): (Subtest )?(?P<test>(setUp|tearDown)(Class|Module) \(\S+\)|\S+)"
)
# Where Odoo adds up what the lines of the tests said already.
SUMS = re.compile(
    r"^(Module \S+: )?\d+ (failed|failures), \d+ (error\(s\)|errors) of \d+ tests"
    r"|^At least one test failed"
)
SUM = re.compile(r"(?P<failed>\d+) failed, (?P<errors>\d+) error\(s\) of \d+ tests")
BAD = ("WARNING", "ERROR", "CRITICAL")


def allowed_patterns(path: Path) -> list[re.Pattern[str]]:
    """Return the patterns of an allow-list: one a line, ``#`` begins a reason."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [re.compile(line) for line in lines if line and not line.startswith("#")]


@dataclass
class OdooLog:
    """What the lines fed so far say."""

    allowed: list[re.Pattern[str]]
    started: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    skipped: dict[str, str] = field(default_factory=dict)
    unexpected: list[str] = field(default_factory=list)
    # Whether the last record is one to show, with the lines that belong to it.
    showing: bool = False
    finished: bool = False
    sum_failed: int = 0

    def feed(self, line: str) -> bool:
        """Take in a line; return whether a person should see it."""
        match = LINE.match(line)
        if match:
            self.showing = self._record(match["level"], match["logger"], line)
        return self.showing

    def _record(self, level: str, logger: str, line: str) -> bool:
        message = LINE.match(line)["message"]
        if total := SUM.search(message):
            self.finished = True
            self.sum_failed += int(total["failed"]) + int(total["errors"])
        if SUMS.match(message):
            return level in BAD
        if self._test_line(logger, message):
            return level in BAD
        if level in BAD and not any(p.search(line) for p in self.allowed):
            self.unexpected.append(line.rstrip())
            return True
        return False

    def _test_line(self, logger: str, message: str) -> bool:
        """Note what the line says of a test; return whether it says anything."""
        if match := STARTED.match(message):
            self.started.add(f"{logger}:{match['test']}")
        elif match := SKIPPED.match(message):
            self.skipped[f"{logger}:{match['test']}"] = match["reason"].strip()
        elif match := FAILED.match(message):
            self.failed.add(f"{logger}:{match['test']}")
        return match is not None

    @property
    def passed(self) -> set[str]:
        """The tests that ran to their end with nothing to report."""
        return self.started - self.failed - self.skipped.keys()
