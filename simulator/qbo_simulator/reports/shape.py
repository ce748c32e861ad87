"""The shape of a report: header, columns, rows and sections (qbo-api.md 2.8)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from qbo_simulator.books.money import amount
from qbo_simulator.clock import stamp
from qbo_simulator.company import Company
from qbo_simulator.errors import ServiceFault

Row = dict[str, Any]


@dataclass(frozen=True)
class Period:
    """What a report covers, and on which basis it was asked for."""

    start: str
    end: str
    basis: str
    customer: str = ""
    vendor: str = ""


@dataclass(frozen=True)
class Column:
    """One column: its title and its type in Intuit's words."""

    title: str
    kind: str = "Money"


def money(hundredths: int) -> str:
    """Return an amount as reports write it: a string with two decimals."""
    return format(amount(hundredths), ".2f")


def cell(value: str, record_id: str = "") -> dict[str, str]:
    """Return one cell, with the id of what it names."""
    return {"value": value, "id": record_id} if record_id else {"value": value}


def data(*cells: dict[str, str] | str) -> Row:
    """Return a row of data."""
    return {"ColData": [_cell(one) for one in cells], "type": "Data"}


def section(
    title: Sequence[dict[str, str] | str],
    rows: Sequence[Row],
    total: Sequence[dict[str, str] | str],
    group: str = "",
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
    period: Period,
    columns: Iterable[Column],
    rows: Sequence[Row],
) -> dict[str, Any]:
    """Return a whole report; without rows it says NoReportData."""
    options = [{"Name": "NoReportData", "Value": "false" if rows else "true"}]
    header: dict[str, Any] = {
        "Time": stamp(company.now),
        "ReportName": name,
        "ReportBasis": period.basis,
        "StartPeriod": period.start,
        "EndPeriod": period.end,
        "Currency": company.home_currency,
        "Option": options,
    }
    titles = [{"ColTitle": one.title, "ColType": one.kind} for one in columns]
    body: dict[str, Any] = {"Row": list(rows)} if rows else {}
    return {"Header": header, "Columns": {"Column": titles}, "Rows": body}


def _cell(one: dict[str, str] | str) -> dict[str, str]:
    return cell(one) if isinstance(one, str) else one


def day_of(text: str, element: str) -> str:
    """Return an ISO date. Raises 2060."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        shown = ascii(text)[1:-1][:30]
        detail = f"{element}: dates are written yyyy-MM-dd. Supplied value:{shown}"
        raise ServiceFault("2060", element, detail) from None
