"""Batches: up to 30 independent operations in one call (qbo-api.md 2.5)."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson

from qbo_simulator import jsontext
from qbo_simulator.clock import PACIFIC
from qbo_simulator.errors import (
    ServiceFault,
    business,
    required,
    unsupported_property,
)
from qbo_simulator.operations import perform
from qbo_simulator.replay import Kept, Replay
from qbo_simulator.schema.registry import ENTITIES

if TYPE_CHECKING:
    from qbo_simulator.engine import Engine

MOST = 30
MOST_REQUESTID = 36
MOST_BID = 10
_ITEM_KEYS = frozenset(("bId", "operation", "optionsData"))
_QUERIES = ("Query", "CDCQuery", "ReportQuery")
_logger = logging.getLogger(__name__)


class Batch:
    """Executes the items of batches, each in a transaction of its own."""

    def __init__(self, engine: "Engine", replay: Replay) -> None:
        self._engine = engine
        self._replay = replay

    def run(self, realm_id: str, body: Any, requestid: str = "") -> dict[str, Any]:
        """Return ``{"BatchItemResponse": [...]}``; items may be faults.

        An item's own request id is the call's and its bId together, so that a repeated
        batch repeats only what had not happened. Raises a fault for the whole call when
        it is no batch: 400, 1040, 2010, 2130.
        """
        items = _items(body)
        if len(requestid) > MOST_REQUESTID:
            detail = (
                f"Request Id of a batch must not exceed {MOST_REQUESTID} characters."
            )
            raise ServiceFault("2130", "requestid", detail)
        answers = [self._item(realm_id, item, requestid) for item in items]
        return {"BatchItemResponse": [orjson.Fragment(text) for text in answers]}

    def _item(self, realm_id: str, item: Any, requestid: str) -> bytes:
        bid = str(item.get("bId", "")) if isinstance(item, Mapping) else ""
        try:
            if not bid:
                raise required("bId")
            if requestid and len(bid) > MOST_BID:
                detail = f"bId must not exceed {MOST_BID} characters with a Request Id."
                raise ServiceFault("2130", "bId", detail)
            key = requestid and requestid + bid
            self._check_repeatable(realm_id, key)
            kept = self._replay.once(
                realm_id,
                key,
                jsontext.dumps(item),
                lambda: self._executed(realm_id, item, bid),
            )
            return kept.text
        except ServiceFault as fault:
            return jsontext.dumps({"bId": bid, "Fault": fault.fault()})

    def _check_repeatable(self, realm_id: str, key: str) -> None:
        """Refuse an item that was done before, as was seen of batches once."""
        repeats = self._replay.switches.get("batch_replay") == "replay"
        if key and not repeats and self._replay.knows(realm_id, key):
            raise business(
                "An unexpected error occurred while accessing or saving your data."
                " Please wait a few minutes and try again.  If the problem persists,"
                " contact customer support."
            )

    def _executed(self, realm_id: str, item: Mapping[str, Any], bid: str) -> Kept:
        try:
            answer = self._perform(realm_id, item)
            return Kept(200, jsontext.dumps({"bId": bid, **answer}))
        except ServiceFault as fault:
            text = jsontext.dumps({"bId": bid, "Fault": fault.fault()})
            return Kept(fault.status, text)
        except Exception as error:
            _logger.exception("a batch item failed")
            broken = ServiceFault("10000", detail=f"System Failure Error: {error}")
            return Kept(500, jsontext.dumps({"bId": bid, "Fault": broken.fault()}))

    def _perform(self, realm_id: str, item: Mapping[str, Any]) -> dict[str, Any]:
        kind = _kind(item)
        if kind == "Query":
            page = self._engine.query_page(realm_id, str(item["Query"]))
            return {"QueryResponse": orjson.Fragment(page.text())}
        if kind == "CDCQuery":
            return self._changes(realm_id, item["CDCQuery"])
        if kind == "ReportQuery":
            return self._report(realm_id, str(item["ReportQuery"]))
        operation = str(item.get("operation") or "")
        options = frozenset(str(item.get("optionsData") or "").lower().split(","))
        body = item.get(kind, item.get(ENTITIES[kind].key))
        return perform(self._engine, realm_id, kind, operation, body, options)

    def _report(self, realm_id: str, wish: str) -> dict[str, Any]:
        """Run a report named as in a path: ``CustomerBalance?date_macro=Today``."""
        name, _, query = wish.partition("?")
        name = name.strip().removeprefix("reports/")
        wishes = dict(parse_qsl(query))
        return {"Report": self._engine.report(realm_id, name, wishes)}

    def _changes(self, realm_id: str, wish: Any) -> dict[str, Any]:
        if not isinstance(wish, Mapping):
            raise unsupported_property("CDCQuery")
        entities = wish.get("Entities") or ""
        names = entities if isinstance(entities, list) else str(entities).split(",")
        since = moment_of(str(wish.get("ChangedSince") or ""), "ChangedSince")
        return self._engine.cdc(realm_id, [str(name) for name in names], since)


_NAMES = {entity.key: entity.name for entity in ENTITIES.values()}


def _items(body: Any) -> list[Any]:
    if not isinstance(body, Mapping):
        raise unsupported_property("BatchItemRequest")
    for key in body:
        if key != "BatchItemRequest":
            raise unsupported_property(str(key))
    items = body.get("BatchItemRequest")
    if not isinstance(items, list) or not items:
        raise ServiceFault("400", detail="Batch Request is Empty")
    if len(items) > MOST:
        detail = f"Batch size {len(items)} exceeds the limit of {MOST}."
        raise ServiceFault("1040", "BatchItemRequest", detail)
    return items


def _kind(item: Mapping[str, Any]) -> str:
    """Return what an item carries: an entity's name or a kind of query."""
    kinds = [key for key in item if key not in _ITEM_KEYS]
    if len(kinds) != 1:
        raise unsupported_property(kinds[1] if kinds else "BatchItemRequest")
    kind = _NAMES.get(str(kinds[0]), str(kinds[0]))
    if kind not in _QUERIES and kind not in ENTITIES:
        raise unsupported_property(kind)
    return kind


def moment_of(text: str, element: str) -> datetime:
    """Return an ISO 8601 time or date; without an offset it is Pacific. Raises 2060.

    A plus sign that was not encoded arrives as a blank, and is no offset any more.
    """
    if not text:
        raise required(element)
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        shown = ascii(text)[1:-1][:60]
        detail = f"{element}: not an ISO 8601 time. Supplied value:{shown}"
        raise ServiceFault("2060", element, detail) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC)
