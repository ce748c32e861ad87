"""How often a QuickBooks company may be called: Intuit's limits, with some room.

Source: developer.intuit.com, "API call limits and throttles": 500 requests a minute
and 10 a second for a company and app, 40 batch requests a minute.

A server's configuration may set others, as ``call_limits = 500/10/40``, when Intuit
does, or ``off`` where something else keeps them.
"""

from dataclasses import dataclass

from .settings import server_setting

INTUITS = "500/10/40"
# Calls travel for different times, and a busy machine lets some of them wait: those
# that were due a second apart may arrive closer together. Seconds to keep apart what
# the limit counts together; 10 in 1.2 seconds are still more than 500 in a minute.
SECOND_WINDOW = 1.2
MINUTE_WINDOW = 60.5
# Of 100 calls that a minute allows so many come evenly; the rest may come at once.
STEADY = 0.96


@dataclass(frozen=True)
class CallLimits:
    """Calls of one QuickBooks company, by all workers together."""

    per_minute: int
    per_second: int
    batches_per_minute: int
    second_window: float = SECOND_WINDOW
    minute_window: float = MINUTE_WINDOW

    @property
    def interval(self) -> float:
        """Seconds from one call to the next in the long run."""
        return 60 / (STEADY * self.per_minute)

    @property
    def room(self) -> int:
        """How many calls may come at once beside the first, after a quiet time."""
        return max(0, round((1 - STEADY) * self.per_minute) - 5)


def call_limits() -> CallLimits | None:
    """Return the limits to keep, or None if none are to be kept here."""
    setting = server_setting("call_limits") or INTUITS
    if setting == "off":
        return None
    return CallLimits(*(int(number) for number in setting.split("/")))
