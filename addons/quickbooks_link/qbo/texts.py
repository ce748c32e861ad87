"""What was said on the wire, short and without secrets, for people to read later.

Lists become counts: a page of 1,000 customers tells nothing that the mirror
doesn't, and to keep it would cost more than to read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from . import exactjson
from .answer import Answer
from .errors import UnexpectedAnswerError
from .redaction import mask

# Lists of more records than this are kept as counts.
MOST_RECORDS = 3
_PLUMBING = ("minorversion", "requestid")


def of_request(params: Mapping[str, str], body: bytes | None, most: int) -> str | None:
    """Return what is sent: the body, or else the parameters that ask for something.

    :param most: characters to keep; with none nothing is made.
    """
    if not most:
        return None
    if body is not None and body.startswith(b"--"):
        return f"{len(body)} bytes, multipart/form-data"
    if body is not None:
        return _masked(body, most)
    asked = {name: text for name, text in params.items() if name not in _PLUMBING}
    told = [f"{name}: {text}" for name, text in mask(asked).items()]
    return _cut("\n".join(told), most) or None


def of_answer(answer: Answer, most: int) -> str:
    """Return what came: the body, counts for a list, or the size of what is no text."""
    if not answer.is_json:
        return _of_other(answer, most)
    try:
        counts = _counts(answer.json())
    except UnexpectedAnswerError:
        return _masked(answer.body, most)
    if counts and sum(counts.values()) > MOST_RECORDS:
        return exactjson.dumps(counts)
    return _masked(answer.body, most)


def _of_other(answer: Answer, most: int) -> str:
    kind = answer.content_type
    if kind.startswith("text/") or kind.endswith("xml"):
        return _masked(answer.body, most)
    return f"{len(answer.body)} bytes, {kind or 'of no known kind'}"


def _counts(value: Any) -> dict[str, int]:
    """Return how many records of each entity a list, batch or CDC answer holds."""
    counts: dict[str, int] = {}
    for response in _responses(value if isinstance(value, dict) else {}):
        for entity, rows in response.items():
            if isinstance(rows, list):
                counts[entity] = counts.get(entity, 0) + len(rows)
    return counts


def _responses(value: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from _objects([value.get("QueryResponse")])
    for part in _objects(value.get("BatchItemResponse")):
        yield from _objects([part.get("QueryResponse")])
    for part in _objects(value.get("CDCResponse")):
        yield from _objects(part.get("QueryResponse"))


def _objects(value: Any) -> list[Mapping[str, Any]]:
    parts = value if isinstance(value, list) else []
    return [part for part in parts if isinstance(part, dict)]


def _masked(body: bytes, most: int) -> str:
    # Not all of it: to look for secrets in megabytes would take its time.
    return _cut(mask(body[: 2 * most]), most)


def _cut(text: str, most: int) -> str:
    text = exactjson.storable(text)
    return text if len(text) <= most else f"{text[:most]}…"
