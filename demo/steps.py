"""The steps of a story: told as they happen, and counted."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import requests
from playwright.sync_api import Error as BrowserError

# What a step can fail with. Anything else is a mistake of this program.
FAILURES = (BrowserError, requests.RequestException, RuntimeError)
SHOWN = 20


class StoryEndedError(Exception):
    """A step failed that the steps after it build on."""


@dataclass
class Step:
    """One step: what it found to tell, and what is wrong."""

    figures: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def tell(self, figure: str) -> None:
        """Add a figure to what is printed for the step."""
        self.figures.append(figure)

    def expect(self, held: bool, problem: str) -> None:
        """Fail the step, at its end, with ``problem`` if ``held`` is not true."""
        if not held:
            self.problems.append(problem)


class Steps:
    """All steps so far."""

    def __init__(self) -> None:
        self.passed = self.failed = 0

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Tell a step: its name before, its seconds and figures after.

        :raise StoryEndedError: it could not be done
        """
        print(f"{self.passed + self.failed + 1:>2}. {name}", flush=True)
        one, start = Step(), time.monotonic()
        try:
            yield one
        except FAILURES as error:
            one.problems.append(str(error).strip())
            self._close(one, start)
            raise StoryEndedError from error
        self._close(one, start)

    def _close(self, one: Step, start: float) -> None:
        good = not one.problems
        self.passed, self.failed = self.passed + good, self.failed + (not good)
        mark = "ok" if good else "FAILED"
        print(f"    {mark}, {time.monotonic() - start:.1f} s")
        for line in one.figures:
            print(f"    {line}")
        for problem in one.problems[:SHOWN]:
            print(f"    ! {problem}")
        if len(one.problems) > SHOWN:
            print(f"    ! and {len(one.problems) - SHOWN} more")

    def sums(self) -> str:
        """Return the sums in words; script/test reads them."""
        return f"{self.passed} steps passed, {self.failed} failed"
