"""Write statements of QuickBooks' query language safely.

The grammar has AND only, no OR; strings, dates and ids stand in single quotes,
and a quote inside is escaped by a backslash, not by doubling it. (Intuit: "Query
operations and syntax"; post of 2017-02-08.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

MAX_PAGE = 1000

Value = str | bool | int | Decimal | date | datetime

_NAME = re.compile(r"\A[A-Za-z][A-Za-z0-9.]*\Z")


def literal(value: Value) -> str:
    """Return *value* as it stands in a statement, quoted and escaped.

    :raise ValueError: for a time without an offset: QuickBooks would read it in
        Pacific time.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"'{iso(value)}'"
    if isinstance(value, date):
        return f"'{value.isoformat()}'"
    if isinstance(value, Decimal):
        return f"'{value:f}'"
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


def condition(field: str, operator: str, value: Value | Iterable[Value]) -> str:
    """Return one condition, such as ``Active IN (true, false)``.

    :param operator: ``=``, ``<``, ``>``, ``<=``, ``>=``, ``LIKE`` or ``IN``; for
        ``IN`` *value* is several values.
    :raise ValueError: for another operator or a malformed field name.
    """
    operator = operator.upper()
    if operator == "IN" and not isinstance(value, (str, bool, int, Decimal, date)):
        listed = ", ".join(literal(item) for item in value)
        return f"{_checked(field)} IN ({listed})"
    if operator not in {"=", "<", ">", "<=", ">=", "LIKE"}:
        raise ValueError(f"The query language has no such condition: {operator}")
    if not isinstance(value, (str, bool, int, Decimal, date)):
        raise ValueError(f"{operator} takes one value.")
    return f"{_checked(field)} {operator} {literal(value)}"


def both(*conditions: str) -> str:
    """Join conditions that must all hold; empty ones are left out."""
    return " AND ".join(part for part in conditions if part)


def select(
    entity: str,
    where: str = "",
    *,
    order_by: str = "Id",
    start: int = 1,
    size: int = MAX_PAGE,
) -> str:
    """Return the statement for one page of whole records.

    :param where: conditions, without the word WHERE.
    :param order_by: field names, each with an optional ASC or DESC.
    :param start: position of the first row, counted from 1.
    :param size: at most 1,000.
    """
    if not 1 <= size <= MAX_PAGE or start < 1:
        raise ValueError("A page starts at 1 or later and holds 1 to 1,000 rows.")
    return (
        f"SELECT * FROM {_checked(entity)}{_filter(where)} ORDERBY {order_by} "
        f"STARTPOSITION {start} MAXRESULTS {size}"
    )


def count(entity: str, where: str = "") -> str:
    """Return the statement that counts rows."""
    return (
        f"SELECT COUNT(*) FROM {_checked(entity)}{f' WHERE {where}' if where else ''}"
    )


def entity_in(statement: str) -> str:
    """Return the entity a statement reads, for labels; empty if it has none."""
    found = re.search(r"\bFROM\s+(\w+)", statement, re.IGNORECASE)
    return found.group(1) if found else ""


def iso(moment: datetime) -> str:
    """Return an aware time as QuickBooks reads it, to the second.

    :raise ValueError: for a time without an offset.
    """
    if moment.tzinfo is None:
        raise ValueError("The time needs an offset.")
    return moment.isoformat(timespec="seconds")


def _filter(where: str) -> str:
    return f" WHERE {where}" if where else ""


def _checked(name: str) -> str:
    if not _NAME.match(name):
        raise ValueError(f"Not a name of the query language: {name!r}")
    return name
