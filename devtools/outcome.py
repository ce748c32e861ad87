"""What came of the stages of a test run."""

from dataclasses import dataclass


@dataclass
class Outcome:
    """The tests of one stage, each counted once."""

    stage: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0

    def __add__(self, other: "Outcome") -> "Outcome":
        """Return the outcome of both, under this one's name."""
        return Outcome(
            self.stage,
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.seconds + other.seconds,
        )

    def expect_tests(self) -> "Outcome":
        """Return this outcome, failed if nothing ran at all."""
        if self.passed + self.failed == 0:
            print(f"{self.stage}: no test ran, which counts as failed")
            self.failed = 1
        return self


def report(outcomes: list[Outcome]) -> bool:
    """Print the sums; return whether tests ran and none failed."""
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    print("\nStage      passed  failed  skipped  seconds")
    for one in outcomes:
        print(
            f"{one.stage:<9} {one.passed:>7} {one.failed:>7}"
            f" {one.skipped:>8} {one.seconds:>8.0f}"
        )
    print(f"{passed} passed, {failed} failed", flush=True)
    return bool(passed) and not failed
