"""The bodies of both formats, and their signature (qbo-api.md 7.1 to 7.3)."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import groupby
from typing import Any

import orjson

from qbo_simulator.clock import PACIFIC
from qbo_simulator.webhooks.catalogue import PAST


@dataclass(frozen=True)
class Event:
    """One thing that happened, as it waits to be told."""

    id: str
    realm: str
    name: str
    entity_id: str
    operation: str
    deleted_id: str
    at: float


def legacy(events: Sequence[Event]) -> bytes:
    """Return ``{"eventNotifications": [...]}``, one notification for each company."""
    notifications = [
        {
            "realmId": realm,
            "dataChangeEvent": {"entities": [_entity(event) for event in group]},
        }
        for realm, group in groupby(_by_realm(events), lambda event: event.realm)
    ]
    return orjson.dumps({"eventNotifications": notifications})


def _by_realm(events: Sequence[Event]) -> Iterable[Event]:
    """Bring the companies together, in the order in which they first appear."""
    order = list(dict.fromkeys(event.realm for event in events))
    return sorted(events, key=lambda event: order.index(event.realm))


def _entity(event: Event) -> dict[str, Any]:
    entity = {
        "name": event.name,
        "id": event.entity_id,
        "operation": event.operation,
        "lastUpdated": _moment(event.at).isoformat(timespec="milliseconds")[:-6] + "Z",
    }
    if event.deleted_id:
        entity["deletedId"] = event.deleted_id
    return entity


def cloudevents(events: Iterable[Event], source: str) -> bytes:
    """Return an array of CloudEvents."""
    return orjson.dumps([_cloudevent(event, source) for event in events])


def _cloudevent(event: Event, source: str) -> dict[str, Any]:
    time = _moment(event.at)
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": source,
        "type": f"qbo.{event.name.lower()}.{PAST[event.operation]}.v1",
        "datacontenttype": "application/json",
        "time": f"{time.isoformat(timespec='microseconds')[:-6]}000Z",
        "intuitentityid": event.entity_id,
        "intuitaccountid": event.realm,
        "data": {"deletedid": event.deleted_id} if event.deleted_id else {},
    }


def source_of(client_id: str) -> str:
    """Return the ``source`` of an app's events."""
    digest = hashlib.sha256(client_id.encode()).digest()
    return f"intuit.{base64.urlsafe_b64encode(digest).decode()}"


def signature(verifier_token: str, body: bytes) -> str:
    """Return the value of ``intuit-signature`` for a body."""
    digest = hmac.new(verifier_token.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def created_time(at: float) -> str:
    """Return the value of ``intuit-created-time``."""
    return _moment(at).astimezone(PACIFIC).strftime("%Y-%m-%dT%H:%M:%S%z")


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, timezone.utc)
