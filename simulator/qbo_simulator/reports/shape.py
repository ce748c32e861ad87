"""The shape of a report: header, columns, rows and sections (qbo-api.md 2.8)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from qbo_simulator.books.money import amount
from qbo_simulator.clock import stamp
from qbo_simulator.company import Company
from qbo_simulator.reports.wishes import Wishes

Row = dict[str, Any]
Cell = dict[str, str] | str
_FILTER_HEADERS = {
    "class": "Class",
    "customer": "Customer",
    "department": "Department",
    "employee": "Employee",
    "item": "Item",
    "vendor": "Vendor",
}
_STATEMENTS = ("BalanceSheet", "ProfitAndLoss", "ProfitAndLossDetail")
_MOST_CELLS = 400_000


@dataclass(frozen=True)
class Column:
    """One column: its title and type in Intuit's words, its key and its days."""

    title: str
    kind: str = "Money"
    key: str = ""
    days: tuple[str, str] | None = None

    def shown(self) -> dict[str, Any]:
        """Return the column as the report tells of it."""
        meta = [("ColKey", self.key)] if self.key else []
        if self.days is not None:
            meta = [("StartDate", self.days[0]), ("EndDate", self.days[1]), *meta]
        told: dict[str, Any] = {"ColTitle": self.title, "ColType": self.kind}
        if meta:
            told["MetaData"] = [{"Name": name, "Value": value} for name, value in meta]
        return told


def money(hundredths: int) -> str:
    """Return an amount as reports write it: a string with two decimals."""
    return format(amount(hundredths), ".2f")


def moneys(amounts: Iterable[int]) -> list[Cell]:
    """Return a row of amounts."""
    return [money(one) for one in amounts]


def cell(value: str, record_id: str = "") -> dict[str, str]:
    """Return one cell, with the id of what it names."""
    return {"value": value, "id": record_id} if record_id else {"value": value}


def data(*cells: Cell, group: str = "") -> Row:
    """Return a row of data."""
    row: Row = {"ColData": [_cell(one) for one in cells], "type": "Data"}
    return {**row, "group": group} if group else row


def section(
    title: Sequence[Cell], rows: Sequence[Row], total: Sequence[Cell], group: str = ""
) -> Row:
    """Return a section: heading, rows, summary."""
    made: Row = {"Header": {"ColData": [_cell(one) for one in title]}} if title else {}
    if rows:
        made["Rows"] = {"Row": list(rows)}
    made["Summary"] = {"ColData": [_cell(one) for one in total]}
    made["type"] = "Section"
    if group:
        made["group"] = group
    return made


def report(
    company: Company,
    name: str,
    wishes: Wishes,
    columns: Iterable[Column],
    rows: Sequence[Row],
    options: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """Return a whole report; without rows it says NoReportData."""
    told = [("NoReportData", "false" if rows else "true"), *options]
    if name in _STATEMENTS:
        told.append(("AccountingStandard", "GAAP"))
    titles = [one.shown() for one in columns]
    if _cells(rows) > _MOST_CELLS:
        rows = [data("Unable to display more data. Please reduce the date range.")]
    return {
        "Header": {
            **_header(company, name, wishes),
            "Option": [{"Name": key, "Value": value} for key, value in told],
        },
        "Columns": {"Column": titles},
        "Rows": {"Row": list(rows)} if rows else {},
    }


def _header(company: Company, name: str, wishes: Wishes) -> dict[str, Any]:
    header: dict[str, Any] = {"Time": stamp(company.now), "ReportName": name}
    if wishes.macro:
        header["DateMacro"] = wishes.macro
    header |= {
        "ReportBasis": wishes.basis,
        "StartPeriod": wishes.start,
        "EndPeriod": wishes.end,
        "SummarizeColumnsBy": wishes.summarize,
        "Currency": company.home_currency,
    }
    for filter_name, ids in wishes.filters.items():
        if filter_name in _FILTER_HEADERS:
            header[_FILTER_HEADERS[filter_name]] = ",".join(sorted(ids, key=int))
    return header


def _cells(rows: Sequence[Row]) -> int:
    """Count the cells of all rows, those inside sections too."""
    inner = sum(_cells(row.get("Rows", {}).get("Row", ())) for row in rows)
    return inner + sum(len(row.get("ColData", ())) for row in rows)


def _cell(one: Cell) -> dict[str, str]:
    return cell(one) if isinstance(one, str) else one
