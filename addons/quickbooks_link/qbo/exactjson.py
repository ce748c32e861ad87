"""JSON without floating point: amounts stay what was written.

Python's own encoder can't write a ``Decimal`` as a JSON number, and its
decoder makes a ``float`` of 0.1. QuickBooks compares amounts to the cent
(error 6070), so neither will do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any

# Escapes that may stand for what can't be stored; most often there is none.
_ODD_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_ODD_ESCAPE_BYTES = re.compile(_ODD_ESCAPE.pattern.encode())
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Written(str):
    """JSON that is written already: :func:`dumps` takes it as it is."""

    __slots__ = ()


def loads(text: bytes | str) -> Any:
    """Parse JSON; numbers with a fraction or exponent become ``Decimal``.

    What no database can hold is replaced, see :func:`storable`.

    :raise ValueError: if it is not JSON in UTF-8, or holds NaN or Infinity, or nests
        too deeply.
    """
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("The JSON nests too deeply.") from error
    return _all_storable(value) if _may_not_be_storable(text) else value


def storable(text: str) -> str:
    """Return *text* with U+FFFD for what no database can hold.

    That is the character NUL, and halves of characters.
    """
    return _UNSTORABLE.sub("\ufffd", text)


def _may_not_be_storable(text: bytes | str) -> bool:
    if isinstance(text, str):
        return bool(_ODD_ESCAPE.search(text))
    return bool(_ODD_ESCAPE_BYTES.search(text))


def _all_storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_all_storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): _all_storable(item) for key, item in value.items()}
    return value


def dumps(value: Any) -> str:
    """Write JSON in pure ASCII; ``Decimal`` becomes a number, digit by digit.

    ASCII because QuickBooks answers bytes it can't decode with an error 500.

    :raise TypeError: for a ``float``, whose digits can't be trusted, and for
        anything else that has no exact JSON form.
    """
    if type(value) is str:
        return _quoted(value)
    if isinstance(value, Mapping):
        pairs = [f"{_key(key)}:{dumps(item)}" for key, item in value.items()]
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([dumps(item) for item in value]) + "]"
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, float):
        raise TypeError("Amounts must be Decimal, not float.")
    return str(value) if isinstance(value, Written) else json.dumps(value)


def to_decimal(value: Any) -> Decimal:
    """Return a number read from QuickBooks as ``Decimal``; absent means zero.

    Whole amounts arrive as JSON integers, and QuickBooks leaves out what is
    empty: this gives one type for all of them.
    """
    if value is None:
        return Decimal(0)
    if isinstance(value, (float, bool)):
        raise TypeError(f"No exact number: {type(value).__name__}.")
    return Decimal(value)


def parse_time(text: str) -> datetime:
    """Return a QuickBooks time stamp as an aware ``datetime``.

    :raise ValueError: if it is no ISO time or has no offset.
    """
    # datetime.fromisoformat learnt the letter Z only in Python 3.11.
    value = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if value.tzinfo is None:
        raise ValueError(f"The time has no offset: {text}")
    return value


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError("JSON keys must be text.")
    return _quoted(key)


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise TypeError("JSON has no NaN or Infinity.")
    return format(value, "f")


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON.")
