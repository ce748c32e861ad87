"""What Odoo logs of its own mistakes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .stand import Stand

_MISTAKE = re.compile(r" \d+ (?:ERROR|CRITICAL) |^Traceback ")
# Two changed the same at once: Odoo logs the statement, and does it again.
_STATEMENT = "odoo.sql_db: bad query"
_REPEATED = ("could not serialize access", "deadlock detected", "could not obtain lock")
_BEGIN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ ")
_MOST = 12


class LogWatch:
    """Reads on in the log of the Odoo that runs."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self._path = stand.log
        self._read = self._path.stat().st_size

    def mistakes(self) -> list[str]:
        """Return what was logged as a mistake since the last look, with its trace."""
        if self._path != self.stand.log:
            self._path, self._read = self.stand.log, 0
        with self._path.open("rb") as file:
            file.seek(self._read)
            text = file.read()
        self._read += len(text)
        for entry in _entries(text.decode("utf-8", "replace")):
            if _MISTAKE.search(entry) and not _is_repeated(entry):
                lines = entry.splitlines()
                return [lines[0][:300], *lines[1:][-_MOST:]]
        return []


def _entries(text: str) -> Iterator[str]:
    """Yield each entry of the log with the lines that belong to it."""
    entry: list[str] = []
    for line in text.splitlines():
        if _BEGIN.match(line) and entry:
            yield "\n".join(entry)
            entry = []
        entry.append(line)
    yield "\n".join(entry)


def _is_repeated(entry: str) -> bool:
    return _STATEMENT in entry and any(words in entry for words in _REPEATED)
