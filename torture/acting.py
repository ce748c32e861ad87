"""People who press buttons at the same time, some of them in vain."""

import threading
from collections.abc import Callable
from typing import Any

import psycopg2
import requests

# The server or its database was killed under them; or it told them why not.
LOST = (requests.RequestException, RuntimeError, psycopg2.Error)


class Act(threading.Thread):
    """Something a person does, in a thread of its own."""

    def __init__(self, what: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(daemon=True)
        self._what = lambda: what(*args, **kwargs)
        self.failure: Exception | None = None
        self.start()

    def run(self) -> None:
        """Do it; keep what went wrong."""
        try:
            self._what()
        except LOST as failure:
            self.failure = failure

    def end(self, seconds: float = 60) -> Exception | None:
        """Wait for the end; return what went wrong."""
        self.join(seconds)
        if self.is_alive():
            raise RuntimeError(f"a request is not answered within {seconds:.0f} s")
        return self.failure
