"""JSON with exact decimals: what came in as 1861.08 never passes through a float."""

import json
from decimal import Decimal
from typing import Any

import orjson


def loads(text: str | bytes) -> Any:
    """Parse JSON, numbers with a fraction as Decimal. Raises ValueError."""
    return json.loads(text, parse_float=Decimal, parse_constant=_refuse)


def dumps(value: Any) -> bytes:
    """Return JSON; Decimals are written digit by digit, ``orjson.Fragment`` as is."""
    return orjson.dumps(value, default=_exact)


def _exact(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f").encode())
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
