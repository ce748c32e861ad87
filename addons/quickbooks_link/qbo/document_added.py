"""Fields that another addon adds to a document: told from ours, compared, emptied.

Everything that was sent is in the body, ours and theirs; what is not ours is theirs. So
a body that was stored tells by itself what has to be followed in QuickBooks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .exactjson import to_decimal

Body = Mapping[str, Any]
Fields = dict[str, Any]

# What documents.build and documents.update_of write. (Intuit: Invoice and CreditMemo
# in the API reference.)
OWN = frozenset(
    {
        "CustomerRef",
        "TxnDate",
        "DocNumber",
        "DueDate",
        "SalesTermRef",
        "CurrencyRef",
        "ExchangeRate",
        "PrivateNote",
        "CustomerMemo",
        "BillEmail",
        "BillAddr",
        "ShipAddr",
        "ShipDate",
        "Line",
        "GlobalTaxCalculation",
        "TxnTaxDetail",
        "Id",
        "SyncToken",
        "sparse",
    }
)
OWN_OF_LINES = frozenset({"ItemRef", "Qty", "UnitPrice", "TaxCodeRef", "ServiceDate"})
ITEM = "SalesItemLineDetail"
# What QuickBooks adds to references that were sent without it.
_NAMES = ("name", "Name")


def merged(own: Fields, added: Body, ours: frozenset[str] = OWN) -> Fields:
    """Return *own* fields with those of *added* that have a value.

    :raise ValueError: *added* would replace a field that is ours: what is compared,
        followed and summed up would no longer be what was sent
    """
    if taken := sorted(ours & added.keys()):
        names = ", ".join(taken)
        raise ValueError(f"{names}: fields that others can't write to QuickBooks")
    return {**own, **{name: v for name, v in added.items() if not _is_empty(v)}}


def added_to(body: Body) -> Fields:
    """Return the fields of a body that are not ours."""
    return {name: value for name, value in body.items() if name not in OWN}


def added_to_line(line: Body) -> Fields:
    """Return the fields of a line's detail that are not ours."""
    detail = line.get(ITEM) or {}
    return {name: value for name, value in detail.items() if name not in OWN_OF_LINES}


def added_to_lines(body: Body) -> list[str]:
    """Return the names of all fields that were added to any line of a body."""
    lines = body.get("Line") or ()
    return sorted({name for line in lines for name in added_to_line(line)})


def only_ours(body: Body) -> Fields:
    """Return a record of QuickBooks' without what documents.build never writes."""
    found = {name: value for name, value in body.items() if name in OWN}
    found["Line"] = [_only_ours_of_line(line) for line in body.get("Line") or ()]
    return found


def emptied(before: Body, after: Body) -> Fields:
    """Return what empties the added fields that *after* no longer has.

    Texts and references: Intuit takes no null, and a sparse update leaves alone what
    it does not name. Lines are replaced whole.
    """
    gone = {n: v for n, v in added_to(before).items() if n not in after}
    return {name: _EMPTIES[type(v)] for name, v in gone.items() if type(v) in _EMPTIES}


def holds(sent: Any, held: Any) -> bool:
    """Return whether *held* says all that *sent* does; it may say more."""
    if isinstance(sent, Mapping):
        other = held if isinstance(held, Mapping) else {}
        return all(holds(value, other.get(name)) for name, value in sent.items())
    if isinstance(sent, (list, tuple)):
        others = held if isinstance(held, (list, tuple)) else ()
        return all(any(holds(one, other) for other in others) for one in sent)
    return told(sent) == told(held)


def told(value: Any) -> str:
    """Return a field's value as text, the same for all ways of writing it."""
    if isinstance(value, Mapping) and "value" in value:
        return told(value["value"])
    if isinstance(value, (Mapping, list, tuple)):
        return json.dumps(_plain(value), sort_keys=True) if value else ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) or value is None:
        return " ".join((value or "").split())
    return f"{to_decimal(value).normalize():f}"


_EMPTIES: Mapping[type, Any] = {str: "", dict: {"value": ""}}


def _is_empty(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(_is_empty(one) for one in value.values())
    return value is None or value is False or value in ("", [], ())


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {n: _plain(v) for n, v in value.items() if n not in _NAMES}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return told(value)


def _only_ours_of_line(line: Body) -> Fields:
    if ITEM not in line:
        return dict(line)
    detail = line[ITEM] or {}
    return {**line, ITEM: {n: v for n, v in detail.items() if n in OWN_OF_LINES}}
