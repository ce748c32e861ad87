"""Waiting for what another process does."""

import time
from collections.abc import Callable


class TooLongError(RuntimeError):
    """Something did not come about in the time it was given."""


def wait_until(holds: Callable[[], object], seconds: float, what: str) -> None:
    """Wait until ``holds`` says so.

    :raise TooLongError: it does not within ``seconds``
    """
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TooLongError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.02)
