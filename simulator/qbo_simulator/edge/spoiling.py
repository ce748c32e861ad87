"""Spoil a JSON text at one place, in a way that its seed decides.

What no client should have to read and every client meets one day: values of another
type, missing and additional keys, numbers and dates out of range, odd Unicode, HTML.
"""

import json
from collections.abc import Iterable, Iterator
from random import Random
from typing import Any

# Stands for raw bytes in a value that is written as JSON.
_MARK = "\u0001raw\u0001"
_DEEP = b"[" * 3000 + b"]" * 3000
_HTML = "<script>alert(1)</script><b onclick=x>&amp;</b>"
# Raw JSON, so that it can hold what no encoder writes.
ODD_VALUES: tuple[bytes, ...] = (
    b"null",
    b"true",
    b"false",
    b"[]",
    b"{}",
    b"[null]",
    b'[{"value":[]}]',
    b'{"value":{"value":1}}',
    b"0",
    b"-1",
    b"1e400",
    b"-1e-400",
    b"1" + b"0" * 40,
    b"9" * 5000,
    b"0.1234567890123456789",
    b"NaN",
    b"Infinity",
    b'""',
    b'" "',
    b'"12.50"',
    b'"1,234.56"',
    b'"\\u0000"',
    b'"a\\u0000b"',
    b'"\\ud800"',
    b'"\xff\xfe"',
    b'"\\u202e\\u200b\\ufeff \xf0\x9f\x92\xb7"',
    b'"9999-12-31"',
    b'"0000-00-00"',
    b'"2026-02-30"',
    b'"99999-12-31T00:00:00Z"',
    b'"0001-01-01T00:00:00+14:00"',
    b'"yesterday"',
    json.dumps(_HTML).encode(),
    b'"%s"' % (b"x" * 30_000),
    b'"\'; DROP TABLE res_users; --"',
    b'"%s %(name)s {0} \\\\"',
    _DEEP,
)
# In place of the whole text.
ODD_TEXTS: tuple[bytes, ...] = (
    b"",
    b" ",
    b"null",
    b"[]",
    b"{}",
    b'"text"',
    b"0",
    b"\xff\xfe\x00",
    b"<html><body>Bad gateway</body></html>",
    _DEEP,
    b'{"Fault":null}',
    b'{"Fault":{"Error":[null]}}',
    b'{"fault":{"error":{"message":{},"detail":[],"code":{}}},"time":{}}',
)


def spoilt(text: bytes, seed: int) -> tuple[bytes, str]:
    """Return the text, spoilt, and in words what was done to it.

    :param seed: the same seed spoils the same text in the same way
    """
    chance = Random(seed)
    value = _read(text)
    places = list(_places(value, ""))
    if chance.random() < 0.06 or not places:
        odd = chance.choice(ODD_TEXTS)
        return odd, f"all of it is {_short(odd)}"
    # As often near the top as deep down, where most of the places are.
    depth = chance.randint(1, max(path.count("/") for path, *_ in places))
    path, holder, key = chance.choice(
        [place for place in places if place[0].count("/") == depth]
    )
    words, raw = _spoil(chance, path, holder, key)
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # What was spoilt before may hold halves of characters.
    encoded = written.encode("utf-8", "surrogatepass")
    return encoded.replace(json.dumps(_MARK).encode(), raw), words


def _read(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        # XML, an error page, or what was spoilt before.
        return None


def _places(value: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield each value with its path, its holder and its key there."""
    pairs: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, part in pairs:
        here = f"{path}/{key}"
        yield here, value, key
        yield from _places(part, here)


def _spoil(chance: Random, path: str, holder: Any, key: Any) -> tuple[str, bytes]:
    kind = chance.choice(("replace", "replace", "replace", "remove", "add", "wrap"))
    odd = chance.choice(ODD_VALUES)
    if kind == "remove":
        del holder[key]
        return f"{path} is missing", b""
    if kind == "wrap":
        holder[key] = chance.choice(([holder[key]], {"value": holder[key]}))
        return f"{path} is wrapped in {type(holder[key]).__name__}", b""
    if kind == "add" and isinstance(holder, dict):
        holder[chance.choice(("Id", "Fault", "status", "", "Неизвестно"))] = _MARK
        return f"beside {path} there is {_short(odd)} too", odd
    if kind == "add":
        holder.append(_MARK)
        return f"beside {path} there is {_short(odd)} too", odd
    holder[key] = _MARK
    return f"{path} is {_short(odd)}", odd


def _short(odd: bytes) -> str:
    return ascii(odd if len(odd) < 40 else odd[:30] + b"...")[2:-1]
