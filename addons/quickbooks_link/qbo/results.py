"""What the client gives back: pages, batch results, changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from . import exactjson
from .errors import QuickBooksError, UnexpectedAnswerError
from .faults import error_for, fault_in
from .shapes import checked

Row = dict[str, Any]

# Intuit's CDC page: an answer holds at most so many records, of all kinds
# together, and there is no second page.
CDC_LIMIT = 1000
_YEARS = range(2000, 2200)
# What stands in a QueryResponse beside the list.
_FIGURES = ("startPosition", "maxResults", "totalCount")


@dataclass(frozen=True)
class QueryPage:
    """One page of a query's rows; iterate over it or ask its length.

    :param rows: the records, in the statement's order.
    :param start: position of the first row, counted from 1.
    :param total_count: answer of a COUNT statement. On other statements QuickBooks
        gives nothing, or the page's own size.
    :param time: QuickBooks' clock when it answered: the mark to ask from next time.
    """

    rows: list[Row] = field(default_factory=list)
    start: int = 1
    total_count: int | None = None
    time: datetime | None = None

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class BatchItem:
    """One part of a batch: a write, or a query.

    :param bid: the caller's own name for it, at most 10 characters, unique.
    :param body: the record; or its JSON, as :class:`exactjson.Written`.
    :param operation: ``create``, ``update`` or ``delete``; unused for a query.
    :param options: ``optionsData``, such as ``void`` or ``allowduplicatedocnum``.
    """

    bid: str
    operation: str = "create"
    entity: str = ""
    body: Mapping[str, Any] | exactjson.Written | None = None
    options: str = ""
    query: str = ""

    def payload(self) -> dict[str, Any]:
        """Return the part as QuickBooks reads it."""
        if self.query:
            return {"bId": self.bid, "Query": self.query}
        part = {"bId": self.bid, "operation": self.operation}
        if self.options:
            part["optionsData"] = self.options
        return {**part, self.entity: self.body or {}}


@dataclass(frozen=True)
class BatchResult:
    """What became of one part: exactly one of the three is set."""

    bid: str
    record: Row | None = None
    page: QueryPage | None = None
    error: QuickBooksError | None = None

    def queried(self) -> QueryPage:
        """Return the page of a query's part, or raise its error."""
        if self.error:
            raise self.error
        if self.page is None:
            raise TypeError(f"The part {self.bid} of the batch was no query.")
        return self.page


@dataclass(frozen=True)
class CdcAnswer:
    """What changed since a moment, by entity.

    :param changed: whole records, also voided and deactivated ones.
    :param deleted: ids of records that are gone.
    :param capped: the answer may be cut off at 1,000 records: ask for fewer
        entities or a later moment, or read the lists whole.
    :param time: QuickBooks' clock when it answered.
    """

    changed: dict[str, list[Row]]
    deleted: dict[str, list[str]]
    capped: bool
    time: datetime | None


def page_of(payload: Mapping[str, Any], time: datetime | None) -> QueryPage:
    """Read a ``QueryResponse``. Nothing found gives no entity key at all.

    :raise UnexpectedAnswerError: it is neither rows nor a count. To take such an
        answer for an empty list would make everything inactive that is held.
    """
    figures = {name: _figure(payload, name) for name in _FIGURES}
    lists = [(name, rows) for name, rows in payload.items() if name not in _FIGURES]
    if len(lists) > 1 or (figures["maxResults"] and not lists):
        raise UnexpectedAnswerError("QuickBooks' answer holds no list of records.")
    rows = [row for name, found in lists for row in _rows(name, found)]
    return QueryPage(
        rows=rows,
        start=figures["startPosition"] or 1,
        total_count=figures["totalCount"],
        time=time,
    )


def _figure(payload: Mapping[str, Any], name: str) -> int | None:
    value = payload.get(name)
    if value is None or (isinstance(value, int) and 0 <= value < 10**9):
        return value
    raise UnexpectedAnswerError(f"QuickBooks gave a {name} that is no count.")


def _rows(entity: str, found: Any, tid: str | None = None) -> list[Row]:
    if not isinstance(found, list):
        raise UnexpectedAnswerError(f"QuickBooks gave no list of {entity}.", tid=tid)
    return [checked(entity, row, tid) for row in found]


def time_of(payload: Mapping[str, Any]) -> datetime | None:
    """Return the service's time stamp of an answer, if it has a readable one.

    One that can't be true is none: whoever asked for what has changed since a day in
    the year 9999 would never hear of a change again.
    """
    text = payload.get("time")
    try:
        found = exactjson.parse_time(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found and found.year in _YEARS else None


def batch_results(
    items: list[BatchItem], payload: Mapping[str, Any], tid: str | None
) -> list[BatchResult]:
    """Return one result for each item, in the items' order."""
    answered = payload.get("BatchItemResponse")
    parts = {
        str(part.get("bId")): part
        for part in (answered if isinstance(answered, list) else [])
        if isinstance(part, Mapping)
    }
    time = time_of(payload)
    return [_batch_result(item, parts.get(item.bid), time, tid) for item in items]


def _batch_result(
    item: BatchItem,
    part: Mapping[str, Any] | None,
    time: datetime | None,
    tid: str | None,
) -> BatchResult:
    faults, kind = fault_in(part)
    if faults:
        error = error_for(faults, kind=kind, tid=tid)
        return BatchResult(item.bid, error=error)
    answered = (part or {}).get("QueryResponse" if item.query else item.entity)
    if not isinstance(answered, dict):
        message = f"The batch's answer lacks the part {item.bid}."
        return BatchResult(item.bid, error=UnexpectedAnswerError(message, tid=tid))
    try:
        if item.query:
            return BatchResult(item.bid, page=page_of(answered, time))
        return BatchResult(item.bid, record=checked(item.entity, answered, tid))
    except UnexpectedAnswerError as error:
        return BatchResult(item.bid, error=error)


def cdc_answer(payload: Mapping[str, Any], tid: str | None) -> CdcAnswer:
    """Read a CDC answer.

    :raise QuickBooksError: one of the entities came back with a fault.
    """
    changed: dict[str, list[Row]] = {}
    deleted: dict[str, list[str]] = {}
    total = 0
    for entity, rows in _cdc_lists(payload, tid):
        total += len(rows)
        gone = [row for row in rows if row.get("status") == "Deleted"]
        deleted.setdefault(entity, []).extend(str(row["Id"]) for row in gone)
        changed.setdefault(entity, []).extend(
            row for row in rows if row.get("status") != "Deleted"
        )
    return CdcAnswer(changed, deleted, total >= CDC_LIMIT, time_of(payload))


def _cdc_lists(
    payload: Mapping[str, Any], tid: str | None
) -> Iterator[tuple[str, list[Row]]]:
    for response in _objects(payload.get("CDCResponse"), tid):
        lists = _objects(response.get("QueryResponse"), tid)
        for part in [response, *lists]:
            faults, kind = fault_in(part)
            if faults:
                raise error_for(faults, kind=kind, tid=tid)
        for part in lists:
            yield from (
                (name, _rows(name, rows, tid))
                for name, rows in part.items()
                if name not in _FIGURES
            )


def _objects(found: Any, tid: str | None) -> list[Mapping[str, Any]]:
    """Return the parts of a CDC answer.

    :raise UnexpectedAnswerError: there is no list of them: not even an empty one,
        which would say that nothing has changed.
    """
    if not isinstance(found, list) or not all(isinstance(x, dict) for x in found):
        raise UnexpectedAnswerError("QuickBooks gave no list of changes.", tid=tid)
    return found
