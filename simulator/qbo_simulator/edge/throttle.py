"""Intuit's limits per company, in sliding windows over the simulator's clock.

Source: developer.intuit.com, "API call limits and throttles": 500 requests a minute and
10 a second for a company and app, 40 batch requests a minute.
"""

import threading
from collections import defaultdict, deque

from qbo_simulator.clock import Clock
from qbo_simulator.edge.labels import Call
from qbo_simulator.switches import Switches

PER_MINUTE = 500
PER_SECOND = 10
BATCHES_PER_MINUTE = 40


class _Window:
    """Counts what happened in the last ``seconds``."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._times: deque[float] = deque()

    def has_room(self, now: float) -> bool:
        while self._times and not 0 <= now - self._times[0] < self._seconds:
            self._times.popleft()
        return len(self._times) < self._limit

    def take(self, now: float) -> None:
        self._times.append(now)


class Throttle:
    """Says yes or no to each call; a refused call does not use up a limit."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self._clock = clock
        self._switches = switches
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget what was counted."""
        self._requests: dict[str, list[_Window]] = defaultdict(
            lambda: [_Window(PER_MINUTE, 60.0), _Window(PER_SECOND, 1.0)]
        )
        self._batches: dict[str, _Window] = defaultdict(
            lambda: _Window(BATCHES_PER_MINUTE, 60.0)
        )

    def admits(self, call: Call) -> bool:
        """Count the call and tell whether the limits let it through."""
        if self._switches.get("throttling") == "off":
            return True
        now = self._clock.now().timestamp()
        with self._lock:
            windows = list(self._requests[call.realm_id])
            if call.label == "batch":
                windows.append(self._batches[call.realm_id])
            if not all(window.has_room(now) for window in windows):
                return False
            for window in windows:
                window.take(now)
            return True
