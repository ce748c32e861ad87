"""Answers as XML, which is what the API speaks when nobody asks for JSON."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

_NAMESPACE = "http://schema.intuit.com/finance/v3"
_ATTRIBUTES = frozenset(("domain", "sparse", "status"))
_QUERY_ATTRIBUTES = frozenset(("startPosition", "maxResults", "totalCount"))
_FAULT_ATTRIBUTES = frozenset(("type", "code", "element"))
_BATCH_ATTRIBUTES = frozenset(("bId",))


def as_xml(answer: Mapping[str, Any]) -> bytes:
    """Return an answer as an ``IntuitResponse`` document."""
    time = quoteattr(str(answer.get("time", "")))
    inner = "".join(
        _element(name, value) for name, value in answer.items() if name != "time"
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<IntuitResponse xmlns="{_NAMESPACE}" time={time}>{inner}</IntuitResponse>'
    ).encode()


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, part) for part in value)
    if not isinstance(value, Mapping):
        return f"<{name}>{escape(_text(value))}</{name}>"
    if "value" in value and set(value) <= {"value", "name", "type"}:
        return _reference(name, value)
    taken = _attributes_of(name)
    attributes = "".join(
        f" {key}={quoteattr(_text(part))}"
        for key, part in value.items()
        if key in taken and not isinstance(part, (Mapping, list))
    )
    inner = "".join(
        _element(key, part) for key, part in value.items() if key not in taken
    )
    return f"<{name}{attributes}>{inner}</{name}>"


def _reference(name: str, value: Mapping[str, Any]) -> str:
    attributes = "".join(
        f" {key}={quoteattr(str(value[key]))}"
        for key in ("type", "name")
        if key in value
    )
    return f"<{name}{attributes}>{escape(str(value['value']))}</{name}>"


def _attributes_of(name: str) -> frozenset[str]:
    if name in ("Fault", "Error"):
        return _FAULT_ATTRIBUTES
    if name == "QueryResponse":
        return _QUERY_ATTRIBUTES
    return _BATCH_ATTRIBUTES if name == "BatchItemResponse" else _ATTRIBUTES


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return "" if value is None else str(value)
