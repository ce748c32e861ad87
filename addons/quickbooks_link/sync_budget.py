"""How long a sync may work in one go, and how patient its calls are."""

import time
from dataclasses import dataclass, field

from .qbo.retries import RetryPolicy


class OutOfTimeError(Exception):
    """The time is used up and the next call was not begun."""


@dataclass
class Budget:
    """Time to work, in seconds.

    :param seconds: no slice begins later than this
    :param timeout: to connect, and to wait for a byte of the answer
    :param strict: no call begins later either, also within a slice
    :param most_rows: larger lists are not merged within this budget
    :param queue: how long a call may wait for its place among others, unless strict
    """

    seconds: float
    timeout: tuple
    retries: RetryPolicy
    strict: bool = False
    most_rows: float = float("inf")
    queue: float = 20
    _started: float = field(default_factory=time.monotonic)

    def lasts(self):
        return time.monotonic() - self._started < self.seconds

    def patience(self):
        """Return how long a call may wait for its place, in seconds."""
        if self.strict:
            return max(0, self.seconds - (time.monotonic() - self._started))
        return self.queue

    def before_call(self, _record):
        """Keep a call from beginning too late.

        :raise OutOfTimeError: it would
        """
        if self.strict and not self.lasts():
            raise OutOfTimeError


def web_budget():
    """Return what a web worker may spend: under ten seconds, whatever happens.

    At worst the last call begins at the end of the time, and neither connecting
    nor the answer comes: 2 + 2 + 5 seconds.
    """
    quick = RetryPolicy(attempts=3, backoff=0.4, max_wait=1)
    return Budget(2, timeout=(2, 5), retries=quick, strict=True, most_rows=20_000)


def background_budget():
    """Return what one turn of a run in the scheduler may spend."""
    return Budget(5, timeout=(5, 60), retries=RetryPolicy())
