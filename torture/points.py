"""The points at which Odoo can be made to wait, from outside."""

from collections.abc import Iterable
from itertools import count
from pathlib import Path

from .waiting import wait_until


class Points:
    """The folder in which points are armed; see addons/quickbooks_torture/points.py."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)
        folder.mkdir(parents=True, exist_ok=True)

    def arm(self, name: str, skip: int = 0, ids: Iterable[int] = ()) -> str:
        """Let the next to come to ``name`` wait there, after ``skip`` passes.

        :param ids: who comes with one of these invoices; anybody, if none is given
        :return: the mark that tells about it
        """
        mark = f"{name}.{next(self._numbers)}"
        # In one go: Odoo may be looking.
        unfinished = self.folder / f".{name}"
        unfinished.write_text(" ".join(map(str, (skip, mark, *ids))))
        unfinished.rename(self.folder / name)
        return mark

    def process_at(self, mark: str) -> int:
        """Return the process that waits there, or 0."""
        try:
            text = (self.folder / mark).read_text()
        except FileNotFoundError:
            return 0
        return int(text) if text.endswith("\n") and " " not in text else 0

    def wait_for(self, mark: str, seconds: float = 60) -> int:
        """Wait until somebody has come there; return the process."""
        wait_until(lambda: self.process_at(mark), seconds, f"nobody came to {mark}")
        return self.process_at(mark)

    def release(self, mark: str) -> None:
        """Let who waits there go on."""
        (self.folder / mark).unlink(missing_ok=True)

    def release_all(self) -> None:
        """Let everybody go on, and nobody wait any more."""
        for path in self.folder.iterdir():
            path.unlink(missing_ok=True)
