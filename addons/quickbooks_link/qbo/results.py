"""What the client gives back: pages, batch results, changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from . import exactjson
from .errors import QuickBooksError, UnexpectedAnswerError
from .faults import error_for, fault_in

Row = dict[str, Any]

# Intuit's CDC page: an answer holds at most so many records, of all kinds
# together, and there is no second page.
CDC_LIMIT = 1000


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
    :param operation: ``create``, ``update`` or ``delete``; unused for a query.
    :param options: ``optionsData``, such as ``void`` or ``allowduplicatedocnum``.
    """

    bid: str
    operation: str = "create"
    entity: str = ""
    body: Mapping[str, Any] | None = None
    options: str = ""
    query: str = ""

    def payload(self) -> dict[str, Any]:
        """Return the part as QuickBooks reads it."""
        if self.query:
            return {"bId": self.bid, "Query": self.query}
        part = {"bId": self.bid, "operation": self.operation}
        if self.options:
            part["optionsData"] = self.options
        return {**part, self.entity: dict(self.body or {})}


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
    """Read a ``QueryResponse``. Nothing found gives no entity key at all."""
    rows = next((item for item in payload.values() if isinstance(item, list)), [])
    return QueryPage(
        rows=rows,
        start=payload.get("startPosition", 1),
        total_count=payload.get("totalCount"),
        time=time,
    )


def time_of(payload: Mapping[str, Any]) -> datetime | None:
    """Return the service's time stamp of an answer, if it has a readable one."""
    text = payload.get("time")
    try:
        return exactjson.parse_time(text) if isinstance(text, str) else None
    except ValueError:
        return None


def batch_results(
    items: list[BatchItem], payload: Mapping[str, Any], tid: str | None
) -> list[BatchResult]:
    """Return one result for each item, in the items' order."""
    parts = {
        str(part.get("bId")): part
        for part in payload.get("BatchItemResponse") or []
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
    if item.query:
        return BatchResult(item.bid, page=page_of(answered, time))
    return BatchResult(item.bid, record=answered)


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
    for response in payload.get("CDCResponse") or []:
        for part in [response, *(response.get("QueryResponse") or [])]:
            faults, kind = fault_in(part)
            if faults:
                raise error_for(faults, kind=kind, tid=tid)
        for part in response.get("QueryResponse") or []:
            yield from ((k, v) for k, v in part.items() if isinstance(v, list))
