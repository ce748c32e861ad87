"""Reads the folders that describe the sample companies."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from qbo_simulator import jsontext

FOLDER = Path(__file__).parent

Row = dict[str, str]


@dataclass(frozen=True)
class Sample:
    """One sample company: settings and its lists, as written in its folder."""

    settings: dict[str, Any]
    accounts: list[Row]
    tax_codes: list[Row]
    customers: list[Row]
    items: list[Row]
    vendors: list[Row]

    @property
    def country(self) -> str:
        """The company's two-letter country."""
        return self.settings["info"]["Country"]


@cache
def sample(company: str) -> Sample:
    """Return the sample company of a folder: ``uk`` or ``us``."""
    folder = FOLDER / company
    settings = jsontext.loads((folder / "company.json").read_text("utf-8"))
    lists = ("accounts", "tax_codes", "customers", "items", "vendors")
    return Sample(settings, *(_rows(folder / f"{name}.csv") for name in lists))


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
