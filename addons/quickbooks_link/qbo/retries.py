"""When a call is made again, and how long to wait before.

Only two kinds of call are repeated: one that surely never arrived, and one that
may arrive twice without harm: a read, or a write with a ``requestid``, which
QuickBooks answers from memory (Intuit's post of 2015-04-06).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)

from .errors import QuickBooksError


@dataclass(frozen=True)
class RetryPolicy:
    """How patient one call is. All times are in seconds.

    :param attempts: tries in all; 1 means no repeat.
    :param backoff: upper bound of the first wait; it doubles with every try and
        the wait is drawn at random below it, so that workers don't march in step.
    :param max_wait: the longest single wait. If QuickBooks asks for a longer one
        the error is raised at once and the caller may come back later: a web
        worker must not sleep for a minute.
    :param sleep: how to wait; a job runner may give one that can be woken.
    """

    attempts: int = 4
    backoff: float = 0.5
    max_wait: float = 8.0
    sleep: Callable[[float], None] = time.sleep

    def retrying(self, *, idempotent: bool) -> Retrying:
        """Return tenacity's controller for one call."""
        return Retrying(
            retry=retry_if_exception(lambda err: self._worth_it(err, idempotent)),
            stop=stop_after_attempt(self.attempts),
            wait=self._wait,
            sleep=self.sleep,
            reraise=True,
        )

    def _worth_it(self, err: BaseException, idempotent: bool) -> bool:
        if not isinstance(err, QuickBooksError) or not err.retryable:
            return False
        if (_asked_wait(err) or 0) > self.max_wait:
            return False
        return idempotent or not err.sent

    def _wait(self, state: RetryCallState) -> float:
        asked = _asked_wait(state.outcome.exception() if state.outcome else None)
        if asked is not None:
            return asked
        return wait_random_exponential(multiplier=self.backoff, max=self.max_wait)(
            state
        )


def _asked_wait(err: BaseException | None) -> float | None:
    """Return the wait the service itself named in ``Retry-After``, if any."""
    return getattr(err, "asked_wait", None)
