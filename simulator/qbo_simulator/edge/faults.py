"""Faults on order: the next N calls of a kind go wrong in a chosen way."""

import itertools
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qbo_simulator.edge.labels import Call

KINDS = (
    "status",
    "fault",
    "delay",
    "drop",
    "drop_after",
    "late",
    "truncate",
    "spoil",
    "throttle",
    "token_expired",
)
_AFTER_KINDS = ("drop_after", "truncate", "spoil")
_MATCH_KEYS = ("method", "label", "path", "realm_id")


class FaultOrderError(ValueError):
    """An order that cannot be understood; the text says what is wrong with it."""


@dataclass
class FaultRule:
    """One order: the first ``skip`` calls that fit pass, the next ``times`` do not.

    Both count down. ``when`` is ``before`` or ``after`` the API has done its work.
    """

    id: int
    kind: str
    times: int
    skip: int
    when: str
    match: Mapping[str, str]
    settings: Mapping[str, Any] = field(default_factory=dict)

    def fits(self, method: str, path: str, call: Call) -> bool:
        """Tell whether this rule is meant for the call."""
        wanted = self.match
        return (
            self.times > 0
            and wanted.get("method", method).upper() == method
            and wanted.get("path", "") in path
            and _label_fits(wanted.get("label", ""), call.label)
            and wanted.get("realm_id", call.realm_id) == call.realm_id
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the rule as the control plane shows it."""
        return {
            "id": self.id,
            "kind": self.kind,
            "times": self.times,
            "skip": self.skip,
            "when": self.when,
            "match": dict(self.match),
            **self.settings,
        }


def _label_fits(wanted: str, label: str) -> bool:
    """Match the whole label or its first word, whatever the case."""
    wanted, label = wanted.lower(), label.lower()
    return wanted in ("", label, label.partition(" ")[0])


_SETTINGS: dict[str, tuple[type, ...]] = {
    "status": (int,),
    "code": (str, int),
    "detail": (str,),
    "element": (str,),
    "seconds": (int, float),
    "retry_after": (int,),
    "cut": (str,),
    "seed": (int,),
}
ORDER_KEYS = ("kind", "times", "skip", "when", "match", *_SETTINGS)


class Faults:
    """The open orders; each call takes the first that fits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._rules: list[FaultRule] = []
        # In words, what was done to the answers that were spoilt, the last first.
        self.spoilt: deque[str] = deque(maxlen=50)

    def order(self, wish: Mapping[str, Any]) -> FaultRule:
        """Add a rule from the control plane's JSON; FaultOrderError if it is wrong."""
        rule = _rule_of(next(self._ids), wish)
        with self._lock:
            self._rules.append(rule)
        return rule

    def clear(self) -> None:
        """Cancel every order, and forget what was spoilt."""
        with self._lock:
            self._rules = []
            self.spoilt.clear()

    def open_orders(self) -> list[FaultRule]:
        """Return the rules that still have times to go."""
        with self._lock:
            return [rule for rule in self._rules if rule.times > 0]

    def take(self, when: str, method: str, path: str, call: Call) -> list[FaultRule]:
        """Use up and return what is due: any delays, then at most one other rule."""
        due: list[FaultRule] = []
        with self._lock:
            for rule in self._rules:
                if rule.when != when or not rule.fits(method, path, call):
                    continue
                if rule.skip:
                    rule.skip -= 1
                    continue
                rule.times -= 1
                due.append(rule)
                if rule.kind != "delay":
                    break
        return due


def _rule_of(number: int, wish: Mapping[str, Any]) -> FaultRule:
    kind = wish.get("kind")
    if kind not in KINDS:
        raise FaultOrderError(f"kind must be one of {', '.join(KINDS)}")
    times, skip = _whole(wish, "times", 1, 1), _whole(wish, "skip", 0, 0)
    when = wish.get("when", "after" if kind in _AFTER_KINDS else "before")
    if when not in ("before", "after") or (kind in _AFTER_KINDS and when == "before"):
        raise FaultOrderError("when must be before or after; this kind comes after")
    if kind == "drop" and when == "after":
        raise FaultOrderError("to drop after committing use kind drop_after")
    if kind == "late" and when == "after":
        raise FaultOrderError("what is executed late is answered before")
    settings = {key: wish[key] for key in _SETTINGS if key in wish}
    _check_settings(settings)
    return FaultRule(number, kind, times, skip, when, _match_of(wish), settings)


def _whole(wish: Mapping[str, Any], key: str, default: int, least: int) -> int:
    number = wish.get(key, default)
    if not isinstance(number, int) or isinstance(number, bool) or number < least:
        raise FaultOrderError(f"{key} must be a whole number from {least}")
    return number


def _match_of(wish: Mapping[str, Any]) -> dict[str, str]:
    match = wish.get("match", {})
    known = ", ".join(_MATCH_KEYS)
    if not isinstance(match, dict) or set(match) - set(_MATCH_KEYS):
        raise FaultOrderError(f"match is an object with keys among {known}")
    if not all(isinstance(value, str) for value in match.values()):
        raise FaultOrderError(f"match holds strings under {known}")
    return match


def _check_settings(settings: Mapping[str, Any]) -> None:
    for key, value in settings.items():
        types = _SETTINGS[key]
        if not isinstance(value, types) or isinstance(value, bool):
            names = " or ".join(kind.__name__ for kind in types)
            raise FaultOrderError(f"{key} must be {names}")
    status = settings.get("status", 500)
    if not 200 <= status <= 599:
        raise FaultOrderError("status must be from 200 to 599")
    if settings.get("cut", "body") not in ("body", "json"):
        raise FaultOrderError("cut must be body (short body) or json (short text)")
