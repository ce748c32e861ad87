"""How long a sync may work in one go, and how patient its calls are."""

import time
from dataclasses import dataclass, field

from .qbo.retries import RetryPolicy


class OutOfTimeError(Exception):
    """The time is used up and the next call was not begun.

    ``repeating``: the call is one that failed before, so QuickBooks is in trouble
    or too slow for somebody to wait for.
    """

    def __init__(self, repeating):
        self.repeating = repeating
        super().__init__("No time is left for another call")


@dataclass
class Budget:
    """Time to work, in seconds.

    :param seconds: no call and no slice begins later than this
    :param timeout: to connect, and to wait for a byte of the answer
    :param most_rows: larger lists are not merged within this budget
    """

    seconds: float
    timeout: tuple
    retries: RetryPolicy
    most_rows: float = float("inf")
    _started: float = field(default_factory=time.monotonic)

    def lasts(self):
        return time.monotonic() - self._started < self.seconds

    def before_call(self, record):
        """Keep a call (a :class:`CallRecord`) from beginning too late.

        :raise OutOfTimeError: it would
        """
        if not self.lasts():
            raise OutOfTimeError(repeating=record.attempt > 1)


def web_budget():
    """Return what a web worker may spend: under ten seconds, whatever happens.

    At worst the last call begins at the end of the time, and neither connecting
    nor the answer comes: 2 + 2 + 5 seconds.
    """
    quick = RetryPolicy(attempts=3, backoff=0.4, max_wait=1)
    return Budget(seconds=2, timeout=(2, 5), retries=quick, most_rows=20_000)


def background_budget():
    """Return what one turn of a run in the scheduler may spend."""
    return Budget(seconds=5, timeout=(5, 60), retries=RetryPolicy())
