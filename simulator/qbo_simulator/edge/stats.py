"""Counts what clients ask, by name, so that a test can assert on it."""

import threading
from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any

KEPT_REQUESTS = 200


@dataclass(frozen=True)
class RequestRecord:
    """One answered request; ``status`` 0 means the connection was dropped."""

    time: str
    method: str
    path: str
    query: str
    status: int
    realm: str
    tid: str
    requestid: str
    label: str
    seconds: float


class Stats:
    """Figures since the start or the last clearing; safe to use from threads.

    ``metered`` counts successful reads in every environment, so that a sandbox run
    tells what the same run would cost in production.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Start counting from nothing."""
        with self._lock:
            self._calls: Counter[str] = Counter()
            self._oauth: Counter[str] = Counter()
            self._by_realm: Counter[str] = Counter()
            self._metered = 0
            self._requests: deque[RequestRecord] = deque(maxlen=KEPT_REQUESTS)

    def add(self, record: RequestRecord, metered: int) -> None:
        """Count one request and the metered reads it was."""
        with self._lock:
            self._requests.append(record)
            if not record.realm:
                self._oauth[record.label] += 1
                return
            self._calls[record.label] += 1
            self._by_realm[record.realm] += 1
            self._metered += metered

    def requests(self) -> list[RequestRecord]:
        """Return the last requests, oldest first."""
        with self._lock:
            return list(self._requests)

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as the control plane shows them."""
        with self._lock:
            return {
                "calls": dict(self._calls),
                "total": sum(self._calls.values()),
                "metered": self._metered,
                "oauth": dict(self._oauth),
                "by_realm": dict(self._by_realm),
                "requests": [asdict(record) for record in self._requests],
            }
