"""The simulator's time: real time plus an offset that tests can move."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")
"""Intuit's data centre: every time and default date it writes is Pacific."""


class Clock:
    """Everything that asks for the time asks this, so that time can be moved."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._moved: list[Callable[[], None]] = []

    def on_move(self, listener: Callable[[], None]) -> None:
        """Call a listener whenever the time jumps."""
        self._moved.append(listener)

    def _jump(self, offset: timedelta) -> None:
        self._offset = offset
        for listener in self._moved:
            listener()

    def now(self) -> datetime:
        """Return the present as an aware UTC datetime."""
        return datetime.now(timezone.utc) + self._offset

    def today(self) -> date:
        """Return the server's date, which is Pacific."""
        return self.now().astimezone(PACIFIC).date()

    def advance(self, seconds: float) -> None:
        """Move forward (or back) by seconds."""
        self._jump(self._offset + timedelta(seconds=seconds))

    def set(self, moment: datetime) -> None:
        """Jump to an aware datetime; time runs on from there."""
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
