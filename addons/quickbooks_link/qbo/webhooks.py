"""What Intuit sends when something has changed in a QuickBooks company.

Two formats are about, and an app may get either: the older ``eventNotifications``
and CloudEvents. Both become the same :class:`Event`. An event is a hint and no more:
it may come twice, late, out of order or not at all, so what changed is always read
from QuickBooks.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

# More than Intuit gathers in one call, by far; 10,000 events have room in it.
MAX_BODY = 4 * 1024 * 1024
SIGNATURE_HEADER = "intuit-signature"
# A company's number; anything else can't be one of ours.
_REALM = re.compile(r"[0-9]{1,32}")
_TYPE = re.compile(r"qbo\.(?P<entity>[^.]+)\.(?P<operation>[^.]+)\.v\d+")
_OPERATIONS = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "merge": "merged",
    "void": "voided",
    "emailed": "emailed",
}


class WebhookFormatError(ValueError):
    """The body is not what Intuit is known to send."""


@dataclass(frozen=True)
class Event:
    """Something that changed in a QuickBooks company, as both formats say it.

    ``entity`` is in lower case and ``operation`` a participle (``created``); both are
    empty where Intuit says something unknown.
    """

    realm_id: str
    entity: str
    entity_id: str
    operation: str
    time: str = ""
    event_id: str = ""
    deleted_id: str = ""


def sign(verifier_token: str, body: bytes) -> str:
    """Return the signature that Intuit gives ``body``."""
    digest = hmac.new(verifier_token.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def is_signed(verifier_token: str, body: bytes, signature: str) -> bool:
    """Return whether ``signature`` is that of the raw ``body``.

    How long it takes tells nothing of the right one.
    """
    right = sign(verifier_token, body).encode()
    return hmac.compare_digest(right, signature.encode("utf-8", "surrogateescape"))


def parse(body: bytes) -> list[Event]:
    """Return the events of ``body``, in the order they stand there.

    :raise WebhookFormatError: it is in neither format
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise WebhookFormatError("The body is not JSON") from error
    if isinstance(content, dict) and "eventNotifications" in content:
        return _each(_of_company, _list(content, "eventNotifications"))
    if isinstance(content, dict) and "specversion" in content:
        content = [content]
    if isinstance(content, list):
        return _each(_of_cloud_event, content)
    raise WebhookFormatError("The body holds no events")


def _each(
    read: Callable[[dict[str, Any]], Iterable[Event]], parts: list[Any]
) -> list[Event]:
    return [event for part in parts for event in read(_object(part))]


def _of_company(notification: dict[str, Any]) -> Iterable[Event]:
    """Read a part of the older format: what changed in one company."""
    realm_id = _realm(notification, "realmId")
    changes = _object(notification.get("dataChangeEvent"))
    for entity in map(_object, _list(changes, "entities")):
        operation = _text(entity, "operation").lower()
        yield Event(
            realm_id=realm_id,
            entity=_text(entity, "name").lower(),
            entity_id=_text(entity, "id"),
            operation=_OPERATIONS.get(operation, ""),
            time=_text(entity, "lastUpdated"),
            deleted_id=_text(entity, "deletedId"),
        )


def _of_cloud_event(event: dict[str, Any]) -> Iterable[Event]:
    known = _TYPE.fullmatch(_text(event, "type"))
    operation = known["operation"] if known else ""
    data = event.get("data")
    yield Event(
        realm_id=_realm(event, "intuitaccountid"),
        entity=known["entity"] if known else "",
        entity_id=_text(event, "intuitentityid"),
        operation=operation if operation in _OPERATIONS.values() else "",
        time=_text(event, "time"),
        event_id=_text(event, "id"),
        deleted_id=_text(data, "deletedid") if isinstance(data, dict) else "",
    )


# === WHAT IS CERTAIN OF NOTHING === #


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise WebhookFormatError("An object was expected")
    return value


def _list(holder: dict[str, Any], key: str) -> list[Any]:
    value = holder.get(key)
    if not isinstance(value, list):
        raise WebhookFormatError(f"{key} is no list")
    return value


def _text(holder: dict[str, Any], key: str) -> str:
    """Return a text that may be missing; a number counts as its digits."""
    value = holder.get(key)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise WebhookFormatError(f"{key} is no text")


def _realm(holder: dict[str, Any], key: str) -> str:
    realm_id = _text(holder, key)
    if not _REALM.fullmatch(realm_id):
        raise WebhookFormatError(f"{key} names no company")
    return realm_id
