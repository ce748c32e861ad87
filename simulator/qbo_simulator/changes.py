"""Change data capture (qbo-api.md 2.6)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from qbo_simulator import jsontext
from qbo_simulator.company import Company
from qbo_simulator.errors import ServiceFault, required
from qbo_simulator.schema.registry import ENTITIES, spelling

LOOK_BACK = timedelta(days=30)
MOST = 1000


def changes(
    company: Company, entities: Sequence[str], since: datetime
) -> dict[str, Any]:
    """Return what changed since a moment, up to 1,000 objects over all entities."""
    if not entities:
        raise required("entities")
    names = [_supported(company, name) for name in entities]
    if company.now - since > LOOK_BACK:
        raise _too_old(company, since)
    answers, room = [], MOST
    for name in names:
        found = _changed(company, name, since, room)
        room -= len(found)
        answers.append(_answer(name, found))
    return {"CDCResponse": [{"QueryResponse": answers}]}


def _too_old(company: Company, since: datetime) -> ServiceFault:
    """Return the fault for a moment over 30 days ago.

    The wording of 500 was seen: Wish-Org/QuickBooksSharp#19.
    """
    code = company.switches.get("cdc_too_old_code")
    if code == "500":
        detail = (
            f"Operation cdc with changedSince date {since.isoformat()}"
            " which is older than fixed days is not supported."
        )
        return ServiceFault(code, detail=detail)
    detail = "changedSince must be within the last 30 days."
    return ServiceFault(code, "changedSince", detail)


def _supported(company: Company, name: str) -> str:
    entity = spelling(name.strip().lower())
    if entity is None:
        shown = ascii(name.strip())[1:-1]
        raise ServiceFault("2000", "entities", f"Unsupported entity: {shown}")
    allowed = company.switches.get("cdc_journal_code") == "allow"
    if not ENTITIES[entity].in_cdc and not (entity == "JournalCode" and allowed):
        detail = f"Entity {entity} is not supported for change data capture."
        raise ServiceFault("500", "entities", detail)
    return entity


def _changed(
    company: Company, entity: str, since: datetime, room: int
) -> list[dict[str, Any]]:
    newest = company.switches.get("cdc_beyond_1000") == "newest"
    order = "updated DESC, id DESC" if newest else "updated, id"
    rows = company.store.rows(
        "SELECT body FROM records WHERE realm = ? AND entity = ? AND updated >= ?"
        f" ORDER BY {order} LIMIT ?",
        (company.realm_id, entity, since.timestamp(), max(room, 0)),
    )
    return [jsontext.loads(row["body"]) for row in rows]


def _answer(name: str, found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    if not found:
        return {}
    return {
        ENTITIES[name].key: list(found),
        "startPosition": 1,
        "maxResults": len(found),
    }
