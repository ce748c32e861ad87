"""The month's allowance of metered reads (qbo-api.md 6.2).

Over it the calls of all companies are refused with 429 until the next month begins:
that is Intuit's Builder tier. The months are those of the simulator's clock.
"""

import threading

from qbo_simulator.clock import Clock
from qbo_simulator.edge.labels import Call
from qbo_simulator.switches import Switches


class Allowance:
    """Counts metered reads by month, and says when there are none left."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self._clock = clock
        self._switches = switches
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget what was used."""
        with self._lock:
            self._month, self._used = (0, 0), 0

    def use(self, reads: int) -> None:
        """Count metered reads."""
        with self._lock:
            self._turn()
            self._used += reads

    def admits(self, call: Call) -> bool:
        """Tell whether a call may still be made this month."""
        most = int(self._switches.get("monthly_reads"))
        if not most:
            return True
        concerned = call.reads or self._switches.get("monthly_block") == "all"
        with self._lock:
            self._turn()
            return not concerned or self._used < most

    def _turn(self) -> None:
        """Begin anew when the month has changed."""
        today = self._clock.today()
        month = (today.year, today.month)
        if month != self._month:
            self._month, self._used = month, 0
