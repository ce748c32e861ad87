"""The Accounting API of one QuickBooks company.

Records are plain dictionaries in QuickBooks' own words, with ``Decimal``
numbers. Every write carries a ``requestid``, so that a repeat after a lost
answer can't write twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

from . import exactjson, statements, uploads
from .answer import Answer
from .errors import AuthenticationError, UnexpectedAnswerError
from .faults import error_of
from .results import (
    BatchItem,
    BatchResult,
    CdcAnswer,
    QueryPage,
    Row,
    batch_results,
    cdc_answer,
    page_of,
    time_of,
)
from .shapes import checked
from .transport import Transport

MINOR_VERSION = "75"
# Intuit's limits page; the .NET SDK enforces the same number.
MAX_BATCH = 30
# Intuit's post of 2015-04-06.
MAX_REQUESTID = 50
MAX_BATCH_REQUESTID = 36
MAX_BID = 10
# Beyond this a statement goes in the body: gateways cut long addresses.
_MAX_QUERY_IN_URL = 2000

_VOID_AS_UPDATE = frozenset({"Payment", "SalesReceipt"})

T = TypeVar("T")
Timed = TypeVar("Timed", QueryPage, CdcAnswer)


@dataclass(frozen=True)
class _Request:
    """What is to be sent, but for the token."""

    method: str
    url: str
    params: dict[str, str]
    headers: dict[str, str]
    body: bytes | None
    label: str
    metered: bool
    repeatable: bool


class QuickBooksClient:
    """Calls on one company.

    :param api_url: :data:`hosts.PRODUCTION_API` or :data:`hosts.SANDBOX_API`.
    :param realm_id: the company's id, from the callback of the consent page.
    :param access_token: gives the token to use; called with True when QuickBooks
        refused the last one and a fresh one is needed.

    All methods raise the errors of :mod:`errors`; of these
    :class:`AuthenticationError` only if the fresh token was refused as well.

    ``first_answer`` is QuickBooks' clock when it first answered this client: what
    changed before it was there to be read.
    """

    def __init__(
        self,
        transport: Transport,
        api_url: str,
        realm_id: str,
        access_token: Callable[[bool], str],
    ) -> None:
        self.realm_id = realm_id
        self._transport = transport
        self._base = f"{api_url.rstrip('/')}/v3/company/{quote(realm_id, safe='')}"
        self._access_token = access_token
        self.first_answer: datetime | None = None

    def about(self, subject: Any) -> AbstractContextManager[None]:
        """Let the calls made meanwhile be recorded as being about *subject*."""
        return self._transport.about(subject)

    # === READING === #

    def read(self, entity: str, record_id: str) -> Row:
        """Return one record; also an inactive one.

        :raise ObjectNotFoundError: it never was, or was deleted.
        """
        path = f"{_path(entity)}/{quote(record_id, safe='')}"
        return _record(self._get(path, f"read {entity}", {}), entity)

    def query(self, statement: str) -> QueryPage:
        """Return the rows of one statement; see :mod:`statements` to write it.

        Without MAXRESULTS QuickBooks gives 100 rows, and without a condition on
        Active only the active ones.
        """
        label = f"query {statements.entity_in(statement)}".rstrip()
        if len(quote(statement)) <= _MAX_QUERY_IN_URL:
            payload = self._get("query", label, {"query": statement})
        else:
            payload = self._call(
                "POST",
                "query",
                label=label,
                metered=True,
                body=statement.encode(),
                content_type="application/text",
            ).json_object()
        return self._timed(_page(payload))

    def pages(
        self,
        entity: str,
        where: str = "",
        order_by: str = "Id",
        page_size: int = statements.MAX_PAGE,
        start: int = 1,
    ) -> Iterator[QueryPage]:
        """Yield every page of *entity*'s rows, each read when it is asked for.

        At least one page, which may be empty.

        :param where: conditions without the word WHERE.
        :param start: position to begin at, counted from 1, to go on where an
            earlier reading ended.
        """
        while True:
            page = self.query(
                statements.select(
                    entity, where, order_by=order_by, start=start, size=page_size
                )
            )
            # An empty page does not say where it starts.
            yield replace(page, start=start)
            if len(page) < page_size:
                return
            start += len(page)

    def count(self, entity: str, where: str = "") -> int:
        """Return how many rows there are."""
        page = self.query(statements.count(entity, where))
        if page.total_count is None:
            raise UnexpectedAnswerError("QuickBooks gave no count.")
        return page.total_count

    def query_batch(self, queries: Mapping[str, str]) -> dict[str, QueryPage]:
        """Run up to 30 statements in one HTTP call.

        :param queries: statements by names of the caller's.
        :return: one page for each name.
        :raise QuickBooksError: one of the statements was refused; the first error.
        """
        names = list(queries)
        items = [BatchItem(str(n), query=queries[name]) for n, name in enumerate(names)]
        results = self.batch(items)
        return {
            name: result.queried() for name, result in zip(names, results, strict=True)
        }

    def cdc(self, entities: Sequence[str], since: datetime) -> CdcAnswer:
        """Return what changed or was deleted since a moment, at most 30 days ago.

        Not for TaxCode, TaxRate and TaxAgency, which QuickBooks leaves out. Look
        at ``capped``: there is no second page.

        :param since: with its offset.
        """
        params = {
            "entities": ",".join(entities),
            "changedSince": statements.iso(since),
        }
        answer = self._call("GET", "cdc", label="cdc", metered=True, params=params)
        return self._timed(cdc_answer(answer.json_object(), answer.tid))

    def report(self, name: str, **params: str) -> Row:
        """Return a report, such as ``AgedReceivables``, as QuickBooks lays it out.

        :param params: such as ``report_date``.
        """
        if not name.isalnum():
            raise ValueError(f"Not the name of a report: {name!r}")
        return self._get(f"reports/{name}", f"report {name}", params)

    # === WRITING === #

    def create(
        self,
        entity: str,
        body: Mapping[str, Any] | exactjson.Written,
        *,
        requestid: str | None = None,
        include: str = "",
    ) -> Row:
        """Create a record and return it as QuickBooks completed it.

        :param body: the record; or its JSON, as :class:`exactjson.Written`.
        :param requestid: names this very act. Give the same one again to repeat it
            without harm, also days later; without one the call gets its own.
        :param include: such as ``allowduplicatedocnum``.
        """
        return self._write(entity, "create", body, requestid, {"include": include})

    def update(
        self,
        entity: str,
        body: Mapping[str, Any],
        *,
        sparse: bool = False,
        requestid: str | None = None,
        include: str = "",
    ) -> Row:
        """Change a record and return it.

        :param body: with Id and SyncToken. Lists such as Line are always replaced
            whole.
        :param sparse: leave fields that are not in *body* as they are; otherwise
            they are emptied.
        :raise StaleObjectError: the SyncToken is no longer the newest.
        """
        full = {**body, "sparse": sparse}
        return self._write(entity, "update", full, requestid, {"include": include})

    def void(
        self,
        entity: str,
        record_id: str,
        sync_token: str,
        *,
        requestid: str | None = None,
    ) -> Row:
        """Void a transaction: it stays, with amounts of zero.

        Payment and SalesReceipt are voided by an update, Invoice by an operation
        of its own, as in Intuit's SDKs.
        """
        body: dict[str, Any] = {"Id": record_id, "SyncToken": sync_token}
        params = {"operation": "void"}
        if entity in _VOID_AS_UPDATE:
            body["sparse"] = True
            params = {"operation": "update", "include": "void"}
        return self._write(entity, "void", body, requestid, params)

    def delete(
        self,
        entity: str,
        record_id: str,
        sync_token: str,
        *,
        requestid: str | None = None,
    ) -> Row:
        """Delete a transaction; the answer holds its Id and ``status`` Deleted.

        :raise ObjectNotFoundError: it is gone already.
        """
        body = {"Id": record_id, "SyncToken": sync_token}
        params = {"operation": "delete"}
        return self._write(entity, "delete", body, requestid, params)

    def upload(
        self, metadata: Mapping[str, Any], content: bytes, *, requestid: str
    ) -> Row:
        """Keep a file in QuickBooks; return its Attachable.

        Nothing says that QuickBooks heeds the ``requestid`` here. So it is never
        repeated by itself: look whether it is there before you do.

        :param metadata: an Attachable with FileName, ContentType and AttachableRef.
        """
        boundary = f"quickbooks-link-{requestid}"
        payload = self._call(
            "POST",
            "upload",
            label="upload",
            params={"requestid": requestid},
            body=uploads.body(metadata, content, boundary),
            content_type=f"multipart/form-data; boundary={boundary}",
            repeatable=False,
        ).json_object()
        return uploads.attachable(payload)

    def batch(
        self, items: Sequence[BatchItem], *, requestid: str | None = None
    ) -> list[BatchResult]:
        """Send up to 30 writes or queries in one HTTP call.

        The items are independent: some may fail while others are done. See
        :func:`in_chunks` for more than 30.

        :return: one result for each item, in their order.
        :raise ValueError: none or too many items, or names that are not distinct
            and 1 to 10 characters long.
        """
        parts = list(items)
        _check_batch(parts)
        answer = self._call(
            "POST",
            "batch",
            label="batch",
            metered=any(item.query for item in parts),
            params={"requestid": _requestid(requestid, MAX_BATCH_REQUESTID)},
            body=_json_body({"BatchItemRequest": [item.payload() for item in parts]}),
        )
        results = batch_results(parts, answer.json_object(), answer.tid)
        for result in results:
            self._timed(result.page or QueryPage())
        return results

    # === THE WIRE === #

    def _timed(self, answer: Timed) -> Timed:
        """Keep QuickBooks' clock at the first answer; pass the answer on."""
        self.first_answer = self.first_answer or answer.time
        return answer

    def _get(self, path: str, label: str, params: Mapping[str, str]) -> Row:
        answer = self._call("GET", path, label=label, metered=True, params=params)
        return answer.json_object()

    def _write(
        self,
        entity: str,
        verb: str,
        body: Mapping[str, Any] | exactjson.Written,
        requestid: str | None,
        params: Mapping[str, str],
    ) -> Row:
        answer = self._call(
            "POST",
            _path(entity),
            label=f"{verb} {entity}",
            params={**params, "requestid": _requestid(requestid, MAX_REQUESTID)},
            body=_json_body(body),
        )
        return _record(answer.json_object(), entity)

    def _call(
        self,
        method: str,
        path: str,
        *,
        label: str,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
        content_type: str = "application/json",
        metered: bool = False,
        repeatable: bool = True,
    ) -> Answer:
        """Call, and once more with a fresh token if the first one was refused.

        A refused token means that nothing was done, so any call may be repeated.
        """
        given = {**(params or {}), "minorversion": MINOR_VERSION}
        request = _Request(
            method=method,
            url=f"{self._base}/{path}",
            params={name: value for name, value in given.items() if value},
            headers={"Accept": "application/json"},
            body=body,
            label=label,
            metered=metered,
            repeatable=repeatable,
        )
        if body is not None:
            request.headers["Content-Type"] = content_type
        try:
            return self._send(request, force_refresh=False)
        except AuthenticationError:
            return self._send(request, force_refresh=True)

    def _send(self, request: _Request, *, force_refresh: bool) -> Answer:
        token = self._access_token(force_refresh)
        answer = self._transport.request(
            request.method,
            request.url,
            params=request.params,
            headers={**request.headers, "Authorization": f"Bearer {token}"},
            body=request.body,
            # A call without a requestid is a read, whatever its method.
            idempotent=request.repeatable,
            label=request.label,
            metered=request.metered,
        )
        error = error_of(answer)
        if error:
            raise error
        return answer


def in_chunks(items: Iterable[T], size: int = MAX_BATCH) -> Iterator[list[T]]:
    """Yield *items* in lists of at most *size*, for :meth:`QuickBooksClient.batch`."""
    chunk: list[T] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def new_requestid() -> str:
    """Return a fresh ``requestid``, short enough for batches too."""
    return str(uuid.uuid4())


def _requestid(given: str | None, longest: int) -> str:
    value = given or new_requestid()
    if len(value) > longest:
        raise ValueError(f"A requestid has at most {longest} characters here.")
    return value


def _check_batch(items: list[BatchItem]) -> None:
    if not 1 <= len(items) <= MAX_BATCH:
        raise ValueError(f"A batch holds 1 to {MAX_BATCH} items, not {len(items)}.")
    bids = {item.bid for item in items}
    if len(bids) < len(items) or not all(1 <= len(bid) <= MAX_BID for bid in bids):
        raise ValueError("Batch items need distinct names of 1 to 10 characters.")


def _path(entity: str) -> str:
    if not entity.isalpha():
        raise ValueError(f"Not the name of an entity: {entity!r}")
    return entity.lower()


def _json_body(value: Mapping[str, Any] | exactjson.Written) -> bytes:
    return exactjson.dumps(value).encode("ascii")


def _record(payload: Mapping[str, Any], entity: str) -> Row:
    record = payload.get(entity)
    if not isinstance(record, dict):
        raise UnexpectedAnswerError(f"QuickBooks' answer holds no {entity}.")
    return checked(entity, record)


def _page(payload: Mapping[str, Any]) -> QueryPage:
    response = payload.get("QueryResponse")
    if not isinstance(response, dict):
        raise UnexpectedAnswerError("QuickBooks' answer holds no QueryResponse.")
    return page_of(response, time_of(payload))
