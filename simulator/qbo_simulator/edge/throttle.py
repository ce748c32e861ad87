"""Intuit's limits per company, in sliding windows over the simulator's clock.

Source: developer.intuit.com, "API call limits and throttles": 500 requests a minute and
10 a second for a company and app, 40 batch requests a minute. An older edition said 10
at the same time in place of 10 a second; a switch says which holds. A company belongs
to one environment and so to one app here: limits per app are those per company.
"""

import threading
from collections import Counter, defaultdict, deque
from typing import Any

from qbo_simulator.clock import Clock
from qbo_simulator.edge.labels import Call
from qbo_simulator.switches import Switches

PER_MINUTE = 500
PER_SECOND = 10
BATCHES_PER_MINUTE = 40
REPORTS_PER_MINUTE = 200
AT_ONCE = 10


_LIMITS = {
    "minute": (PER_MINUTE, 60.0),
    "second": (PER_SECOND, 1.0),
    "batches": (BATCHES_PER_MINUTE, 60.0),
    "reports": (REPORTS_PER_MINUTE, 60.0),
}


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

    def within(self, now: float) -> int:
        self.has_room(now)
        return len(self._times)


class Throttle:
    """Says yes or no to each call; a refused call does not use up a limit."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self._clock = clock
        self._switches = switches
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget what was counted."""
        with self._lock:
            self._windows: dict[tuple[str, str], _Window] = {}
            self._open: dict[str, set[int]] = defaultdict(set)
            self._refused: Counter[str] = Counter()

    def admits(self, call: Call) -> bool:
        """Count the call and tell whether the limits let it through.

        One that is let through is open until ``done`` is told of it.
        """
        if self._switches.get("throttling") == "off":
            return True
        now = self._clock.now().timestamp()
        with self._lock:
            windows = {
                name: self._window(call.realm_id, name) for name in self._names(call)
            }
            full = [name for name in windows if not windows[name].has_room(now)]
            if self._counts_open() and len(self._open[call.realm_id]) >= AT_ONCE:
                full.append("at_once")
            if full:
                self._refused[full[0]] += 1
                return False
            for window in windows.values():
                window.take(now)
            self._open[call.realm_id].add(id(call))
            return True

    def done(self, call: Call) -> None:
        """Note that a call has been answered."""
        with self._lock:
            self._open[call.realm_id].discard(id(call))

    def as_dict(self) -> dict[str, Any]:
        """Return what is used of each limit now, and how many calls each refused."""
        now = self._clock.now().timestamp()
        with self._lock:
            used: dict[str, dict[str, int]] = defaultdict(dict)
            for (realm_id, name), window in self._windows.items():
                used[realm_id][name] = window.within(now)
            for realm_id, calls in self._open.items():
                if realm_id in used:
                    used[realm_id]["at_once"] = len(calls)
            limits = {name: limit for name, (limit, _) in _LIMITS.items()}
            return {
                "on": self._switches.get("throttling") == "on",
                "limits": {**limits, "at_once": AT_ONCE},
                "used": dict(used),
                "refused": dict(self._refused),
            }

    def _counts_open(self) -> bool:
        return self._switches.get("burst_limit") in ("concurrent", "both")

    def _names(self, call: Call) -> list[str]:
        """Return the limits a call counts against."""
        names = ["minute"]
        if self._switches.get("burst_limit") in ("second", "both"):
            names.append("second")
        if call.label == "batch":
            names.append("batches")
        if call.label.startswith("report ") and self._limits_reports():
            names.append("reports")
        return names

    def _limits_reports(self) -> bool:
        return self._switches.get("report_limit") == "on"

    def _window(self, realm_id: str, name: str) -> _Window:
        key = (realm_id, name)
        if key not in self._windows:
            self._windows[key] = _Window(*_LIMITS[name])
        return self._windows[key]
