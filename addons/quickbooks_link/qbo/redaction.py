"""Take the secrets out of anything that may be logged or shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MASK = "***"

# Compared in lower case, without "-" and "_".
_SECRET_KEYS = frozenset(
    {
        "accesstoken",
        "assertion",
        "authorization",
        "clientsecret",
        "code",
        "cookie",
        "idtoken",
        "intuitsignature",
        "password",
        "refreshtoken",
        "secret",
        "setcookie",
        "state",
        "token",
        "verifiertoken",
        "webhookverifiertoken",
    }
)
# A fault's "code" is a number that support needs; no OAuth code is so short.
_FAULT_CODE = re.compile(r"\A\d{1,6}\Z")
_NO_FAULT_CODE = r"(?!\d{1,6}(?:[\s\"'&,;}]|\Z))"

_KEY = (
    r"(?:access|refresh|id|verifier)[_-]?token|client[_-]?secret|token|code|state"
    r"|password|secret|assertion"
)
_PATTERNS = (
    (re.compile(r"\b(Bearer|Basic)\s+[^\s\"',;]+", re.I), rf"\1 {MASK}"),
    (
        re.compile(
            rf"((?<![\w-])\"?(?:{_KEY})\"?\s*[:=]\s*\"?){_NO_FAULT_CODE}[^\s\"'&,;}}]+",
            re.I,
        ),
        rf"\1{MASK}",
    ),
    # A JWT or Intuit's encrypted access token: dot-separated base64url parts.
    (re.compile(r"\beyJ[\w-]+(?:\.[\w-]*){2,4}"), MASK),
)
# What every secret in plain text goes along with. Texts are long, and most have none.
_MARKS = ("bearer", "basic", "eyj")
_KEY_ENDS = re.compile(r"(?:token|code|state|password|secret|assertion)\"?\s*[:=]")
_BEFORE = re.compile(r"(?:^|[^\w-])(?:(?:access|refresh|id|verifier|client)[_-]?)?\Z")
_LONGEST_BEFORE = len("?verifier_")


def mask(value: Any) -> Any:
    """Return *value* with every secret replaced by ``***``.

    :param value: text, bytes, mappings and sequences of them; other values are
        returned as they are. The argument itself is never changed.
    """
    if isinstance(value, Mapping):
        return {key: _mask_item(key, item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [mask(item) for item in value]
    if isinstance(value, bytes):
        return mask(value.decode("utf-8", "replace"))
    if isinstance(value, str):
        return _mask_text(value)
    return value


def _mask_item(key: Any, item: Any) -> Any:
    name = re.sub(r"[-_]", "", str(key)).lower()
    if name not in _SECRET_KEYS:
        return mask(item)
    if name == "code" and _FAULT_CODE.match(str(item)):
        return item
    return MASK


def _mask_text(text: str) -> str:
    if not _may_hold_secret(text):
        return text
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def _may_hold_secret(text: str) -> bool:
    """Tell whether any of the patterns could be found, in a fraction of their time."""
    if not text.isascii():
        # Some letters become others, or more of them, in lower case.
        return True
    small = text.lower()
    return any(mark in small for mark in _MARKS) or any(
        _BEFORE.search(small[max(0, end.start() - _LONGEST_BEFORE) : end.start()])
        for end in _KEY_ENDS.finditer(small)
    )
