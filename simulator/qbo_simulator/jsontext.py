"""JSON with exact decimals: what came in as 1861.08 never passes through a float."""

import json
import re
from decimal import Decimal
from typing import Any

import orjson

_LONG = 19
_MOST_DIGITS = 500
_HALVES = re.compile(rb"\\u[dD][89a-fA-F]")


def loads(text: str | bytes) -> Any:
    """Parse JSON, numbers with a fraction as Decimal. Raises ValueError."""
    return _DECODER.decode(text if isinstance(text, str) else text.decode())


def loads_foreign(text: bytes) -> Any:
    """Parse what a client sent. Raises ValueError, UnicodeEncodeError.

    Numbers too large for a machine word become Decimals; half of a surrogate pair
    (``"\\ud800"``) is no character and is refused.
    """
    value = json.loads(
        text, parse_float=_fraction, parse_int=_whole, parse_constant=_refuse
    )
    if _HALVES.search(text):
        json.dumps(value, ensure_ascii=False, default=str).encode()
    return value


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) < _LONG else Decimal(digits)


def _fraction(digits: str) -> Decimal:
    number = Decimal(digits)
    if abs(number.adjusted()) > _MOST_DIGITS:
        raise ValueError(f"{digits} is out of range")
    return number


def dumps(value: Any) -> bytes:
    """Return JSON; Decimals are written digit by digit, ``orjson.Fragment`` as is."""
    return orjson.dumps(value, default=_exact)


def _exact(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f").encode())
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


# Made once: records are read by the thousand, and making one takes as long as reading.
_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse)
