"""Carries deliveries to their endpoints by real HTTP, on the simulator's clock."""

import http.client
import logging
import threading
import time
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

from qbo_simulator.webhooks import payloads
from qbo_simulator.webhooks.deliveries import Deliveries, Delivery, Outcome

PATIENCE_SECONDS = 3.0
"""Intuit waits no longer for the 200."""
_LONGEST_SLEEP = 3600.0
_logger = logging.getLogger(__name__)


class Courier:
    """A thread that sleeps until something is due; started by the first need."""

    def __init__(
        self,
        deliveries: Deliveries,
        pack: Callable[[], None],
        next_packing: Callable[[], float | None],
        now: Callable[[], float],
    ) -> None:
        self._deliveries = deliveries
        self._pack = pack
        self._next_packing = next_packing
        self._now = now
        self._called = threading.Event()
        self._stopping = False
        self._busy = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Look again at what is due; called when anything may have changed that."""
        if self._thread is None and not self._stopping:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()
        self._called.set()

    def stop(self) -> None:
        """End the thread."""
        self._stopping = True
        self._called.set()
        if self._thread is not None:
            self._thread.join(PATIENCE_SECONDS + 1)

    def settle(self, seconds: float) -> bool:
        """Wait until nothing is due now; False when it takes longer than that."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.wake()
            if self._idle():
                return True
            time.sleep(0.01)
        return False

    def _idle(self) -> bool:
        if not self._busy.acquire(blocking=False):
            return False
        try:
            due = self._next_moment()
            return due is None or due > self._now()
        finally:
            self._busy.release()

    def _run(self) -> None:
        while not self._stopping:
            self._called.clear()
            try:
                with self._busy:
                    self._work()
                    due = self._next_moment()
            except Exception:
                _logger.exception("the webhook courier stumbled")
                due = self._now() + 1
            sleep = _LONGEST_SLEEP if due is None else due - self._now()
            self._called.wait(min(max(sleep, 0.0), _LONGEST_SLEEP))

    def _work(self) -> None:
        self._pack()
        while not self._stopping and (delivery := self._deliveries.due()):
            self._deliveries.record(delivery, post(delivery, self._now()))
            self._pack()

    def _next_moment(self) -> float | None:
        times = (self._next_packing(), self._deliveries.next_due())
        return min((time for time in times if time is not None), default=None)


def post(delivery: Delivery, at: float) -> Outcome:
    """Make one call; nothing but a 200 within three seconds counts."""
    started = time.monotonic()
    status, problem = 0, ""
    try:
        status = _answer(delivery, at)
    except (OSError, http.client.HTTPException) as error:
        problem = f"{type(error).__name__}: {error}"
    taken = time.monotonic() - started
    if not problem and status != 200:
        problem = f"answered {status}"
    if not problem and taken > PATIENCE_SECONDS:
        problem = f"answered after {taken:.1f} seconds"
    return Outcome(status, round(taken, 4), problem)


def _answer(delivery: Delivery, at: float) -> int:
    parts = urlsplit(delivery.endpoint.url)
    kind = (
        http.client.HTTPSConnection
        if parts.scheme == "https"
        else http.client.HTTPConnection
    )
    connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE_SECONDS)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, delivery.body, _headers(delivery, at))
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def _headers(delivery: Delivery, at: float) -> dict[str, str]:
    endpoint = delivery.endpoint
    key = "not-the-token" if delivery.forged else endpoint.verifier_token
    return {
        "content-type": delivery.content_type,
        "accept": "application/json",
        "user-agent": "intuit_notification_server/0.1",
        "intuit-created-time": payloads.created_time(at),
        "intuit-t-id": str(uuid.uuid4()),
        "intuit-notification-schema-version": "0.1",
        "intuit-signature": payloads.signature(key, delivery.body),
        **endpoint.headers,
    }
