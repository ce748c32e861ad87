"""How amounts are spread over columns: one total, or days, months, customers, …"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from qbo_simulator.errors import ServiceFault
from qbo_simulator.reports.ledger import Ledger
from qbo_simulator.reports.macros import next_start, start_of
from qbo_simulator.reports.moves import Move
from qbo_simulator.reports.shape import Column
from qbo_simulator.reports.wishes import TOTAL, Wishes

Amounts = tuple[int, ...]
_UNITS = {
    "Days": "day",
    "Week": "week",
    "Month": "month",
    "Quarter": "quarter",
    "Year": "year",
}
_TRAITS = {
    "Classes": ("class", "Class"),
    "Customers": ("customer", "Customer"),
    "Departments": ("department", "Department"),
    "Employees": ("employee", "Employee"),
    "ProductsAndServices": ("item", "Item"),
    "Vendors": ("vendor", "Vendor"),
}
_MOST_COLUMNS = 400
_TOTAL = Column("Total", key="total")


@dataclass(frozen=True)
class Spread:
    """Columns of amounts, and which of them a posting adds to (None: none)."""

    columns: tuple[Column, ...]
    place: Callable[[Move], int | None]
    with_total: bool

    @property
    def shown(self) -> tuple[Column, ...]:
        """The columns of the report, the total last."""
        return (*self.columns, _TOTAL) if self.with_total else self.columns

    @property
    def nothing(self) -> Amounts:
        """A row of zeros."""
        return (0,) * len(self.columns)

    def sums(self, moves: Iterable[Move], sign: int = 1) -> Amounts:
        """Return what some postings come to in each column."""
        found = [0] * len(self.columns)
        for one in moves:
            at = self.place(one)
            if at is not None:
                found[at] += sign * one.home
        return tuple(found)

    def closed(self, amounts: Sequence[int]) -> Amounts:
        """Return amounts with their total, where the report shows one."""
        return (*amounts, sum(amounts)) if self.with_total else tuple(amounts)


def added(*rows: Sequence[int]) -> Amounts:
    """Return the sum of rows of amounts, column by column."""
    return tuple(map(sum, zip(*rows, strict=True)))


def less(first: Sequence[int], second: Sequence[int]) -> Amounts:
    """Return the difference of two rows of amounts."""
    return tuple(a - b for a, b in zip(first, second, strict=True))


def spread_of(ledger: Ledger) -> Spread:
    """Return the columns that a report's wishes ask for. Raises 2240 for too many."""
    wish = ledger.wishes.summarize
    if wish == TOTAL:
        return Spread((_TOTAL,), lambda _: 0, False)
    if wish in _UNITS:
        return _over_time(ledger.wishes, _UNITS[wish])
    return _over_names(ledger, *_TRAITS[wish])


def _over_time(wishes: Wishes, unit: str) -> Spread:
    columns = tuple(periods(wishes, unit))
    begins = [one.days[0] for one in columns if one.days]

    def place(move: Move) -> int | None:
        found = bisect_right(begins, move.day) - 1
        return found if found >= 0 else None

    return Spread(columns, place, True)


def periods(wishes: Wishes, unit: str) -> list[Column]:
    """Return a column for each day, month, … of a report, cut to its own days."""
    first, last = date.fromisoformat(wishes.start), date.fromisoformat(wishes.end)
    start = start_of(unit, first, wishes.fiscal_month)
    columns: list[Column] = []
    while start <= last:
        after = next_start(unit, start)
        day, end = max(start, first), min(after - timedelta(1), last)
        title = _title(unit, day, end)
        columns.append(
            Column(title, key=title, days=(day.isoformat(), end.isoformat()))
        )
        if len(columns) > _MOST_COLUMNS:
            detail = "The report has too many columns. Reduce the date range."
            raise ServiceFault("2240", "summarize_column_by", detail)
        start = after
    return columns


def _title(unit: str, day: date, end: date) -> str:
    """Return ``Jan 2026``, ``Jan - Mar, 2026``, ``Jan 5 - 11, 2026`` …"""
    if unit == "day":
        return f"{day:%b} {day.day}, {day.year}"
    if unit == "week":
        till = f"{end.day}" if end.month == day.month else f"{end:%b} {end.day}"
        return f"{day:%b} {day.day} - {till}, {end.year}"
    if unit == "month":
        return f"{day:%b %Y}"
    if (day.year, day.month) == (end.year, end.month):
        return f"{day:%b %Y}"
    till = f"{end:%b}, {end.year}"
    return (
        f"{day:%b} - {till}" if day.year == end.year else f"{day:%b %Y} - {end:%b %Y}"
    )


def _over_names(ledger: Ledger, trait: str, entity: str) -> Spread:
    ids = {ledger.trait(one, trait) for one in ledger.within()}
    named = sorted((ledger.name(entity, one), one) for one in ids if one)
    columns = [Column(name, key=record_id) for name, record_id in named]
    if "" in ids:
        columns.append(Column("Not Specified", key="not_specified"))
        named.append(("", ""))
    places = {record_id: number for number, (_, record_id) in enumerate(named)}
    return Spread(
        tuple(columns), lambda move: places.get(ledger.trait(move, trait)), True
    )
