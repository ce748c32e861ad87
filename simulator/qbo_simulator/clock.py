"""The simulator's time: real time plus an offset that tests can move."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")
"""Intuit's data centre: every time and default date it writes is Pacific."""


FIRST = datetime(1990, 1, 1, tzinfo=timezone.utc)
LAST = datetime(2200, 1, 1, tzinfo=timezone.utc)


class ClockError(ValueError):
    """A time that the clock cannot show; the text says which it can."""


class Clock:
    """Everything that asks for the time asks this, so that time can be moved.

    ``offset`` is how far it is ahead of real time.
    """

    def __init__(self) -> None:
        self.offset = timedelta()
        self._moved: list[Callable[[], None]] = []

    def on_move(self, listener: Callable[[], None]) -> None:
        """Call a listener whenever the time jumps."""
        self._moved.append(listener)

    def _jump(self, offset: timedelta) -> None:
        self._check(datetime.now(timezone.utc) + offset)
        self.offset = offset
        for listener in self._moved:
            listener()

    @staticmethod
    def _check(moment: datetime) -> None:
        if not FIRST <= moment < LAST:
            raise ClockError(f"the time must be from {FIRST.year} to {LAST.year - 1}")

    def now(self) -> datetime:
        """Return the present as an aware UTC datetime."""
        return datetime.now(timezone.utc) + self.offset

    def today(self) -> date:
        """Return the server's date, which is Pacific."""
        return self.now().astimezone(PACIFIC).date()

    def advance(self, seconds: float) -> None:
        """Move forward (or back) by seconds. Raises ClockError when that is too far."""
        furthest = (LAST - FIRST).total_seconds()
        within = min(max(seconds, -furthest), furthest)
        self._jump(self.offset + timedelta(seconds=within))

    def set(self, moment: datetime) -> None:
        """Jump to an aware datetime; time runs on from there. Raises ClockError."""
        self._check(moment)
        self._jump(moment - datetime.now(timezone.utc))

    def reset(self) -> None:
        """Go back to real time."""
        self._jump(timedelta())


def stamp(moment: datetime) -> str:
    """Return a record's time as Intuit writes it: ``2014-09-19T13:16:17-07:00``."""
    return moment.astimezone(PACIFIC).isoformat(timespec="seconds")


def answer_time(moment: datetime) -> str:
    """Return an answer's ``time``: Pacific, with milliseconds."""
    return moment.astimezone(PACIFIC).isoformat(timespec="milliseconds")
