"""Webhooks and callbacks that make no sense, each as its seed decides."""

from __future__ import annotations

import json
from random import Random
from urllib.parse import quote

from qbo_simulator.edge.spoiling import ODD_TEXTS, ODD_VALUES, spoilt

PARAMETERS = ("state", "code", "realmId", "error")
ODD_WORDS = (
    "",
    "0",
    "-1",
    "%",
    "%00",
    "%ff%fe",
    "%E2%80%AE%F0%9F%92%B7",
    "%ED%A0%80",
    "%0d%0aSet-Cookie:%20x=1",
    quote("<script>alert(1)</script>"),
    quote("' OR 1=1 --"),
    quote("../../../../etc/passwd"),
    quote("{{7*7}}${7*7}%(x)s"),
    "9" * 400,
    "x" * 3000,
    "access_denied",
    "true",
    "[]",
)


def webhook(seed: int, realm_id: str) -> tuple[bytes, bool]:
    """Return a webhook's body, and whether it is to be signed as Intuit does."""
    chance = Random(seed)
    body = chance.choice((_legacy, _cloud))(chance, realm_id)
    for _time in range(chance.choice((1, 1, 1, 2, 4))):
        body, _words = spoilt(body, chance.randrange(10**9))
    if chance.random() < 0.05:
        body = chance.choice((chance.randbytes(200), *ODD_TEXTS, *ODD_VALUES))
    return body, chance.random() < 0.9


def _legacy(chance: Random, realm_id: str) -> bytes:
    entities = [
        {
            "name": chance.choice(("Customer", "Invoice", "Payment")),
            "id": str(chance.randint(1, 99)),
            "operation": chance.choice(("Create", "Update", "Delete", "Merge")),
            "lastUpdated": "2026-11-25T10:00:00.000Z",
        }
        for _entity in range(chance.randint(1, 3))
    ]
    told = {"realmId": realm_id, "dataChangeEvent": {"entities": entities}}
    return json.dumps({"eventNotifications": [told]}).encode()


def _cloud(chance: Random, realm_id: str) -> bytes:
    return json.dumps(
        [
            {
                "specversion": "1.0",
                "id": f"event-{number}",
                "source": "intuit.test=",
                "type": chance.choice(("qbo.invoice.updated.v1", "qbo.item.merged.v1")),
                "time": "2026-11-25T10:00:00.123456789Z",
                "intuitentityid": str(number),
                "intuitaccountid": realm_id,
                "data": {"deletedid": "5"},
            }
            for number in range(chance.randint(1, 3))
        ]
    ).encode()


def callback(seed: int, good: dict[str, str]) -> str:
    """Return the query part of an address that people come back to.

    :param good: what stands in a right one; some of it is kept
    """
    chance = Random(seed)
    names = [*PARAMETERS, "realmid", "state[]", "x"]
    parts = []
    for name in chance.choices(names, k=chance.randint(0, 6)):
        odd = chance.choice(ODD_WORDS)
        keeps = name in good and chance.random() < 0.5
        parts.append(f"{name}={quote(good[name]) if keeps else odd}")
    return "&".join(parts)
