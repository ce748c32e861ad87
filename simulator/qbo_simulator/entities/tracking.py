"""Classes and locations: taken where the preferences track them (qbo-api.md 4.7).

Elsewhere QuickBooks ignores them without a word: that much is known of a class at the
level that the company does not use. The API reference says the same of the class and
location of a TimeActivity, and of the class of an Item nothing: that one is kept.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from qbo_simulator.company import Company
from qbo_simulator.entities.base import Body
from qbo_simulator.errors import business

_WORDS = {"ClassRef": "Class", "DepartmentRef": "Location"}
_Part = tuple[Body, Mapping[str, Any], frozenset[str]]


def settle_tracking(
    company: Company, new: Body, old: Mapping[str, Any], *, by_level: bool
) -> None:
    """Leave what is not tracked as it was; by switch refuse it, or take it.

    ``by_level``: sales documents have their class in the head or on the lines, as the
    company has chosen, and somebody's hours have a head only; all others take it in
    both places. Raises ServiceFault.
    """
    policy = company.switches.get("untracked_reference")
    if policy == "keep":
        return
    for body, before, tracked in _parts(company, new, old, by_level):
        for name in _WORDS.keys() & body.keys() - tracked:
            if policy == "refuse":
                raise business(f"{_WORDS[name]} tracking is not enabled.", name)
            body.pop(name)
            if name in before:
                body[name] = before[name]


def _parts(
    company: Company, new: Body, old: Mapping[str, Any], by_level: bool
) -> Iterator[_Part]:
    """Yield the head and each line's detail, as it was, and what is tracked there."""
    head, line = _tracked(company, by_level)
    yield new, old, head
    earlier = {one.get("Id"): one for one in old.get("Line", [])}
    for one in new.get("Line") or []:
        for name, detail in one.items():
            if name.endswith("Detail") and isinstance(detail, dict):
                yield detail, earlier.get(one.get("Id"), {}).get(name, {}), line
                yield from _inside(detail, line)


def _inside(bundle: Body, tracked: frozenset[str]) -> Iterator[_Part]:
    for one in bundle.get("Line", []):
        for name, detail in one.items():
            if name.endswith("Detail"):
                yield detail, {}, tracked


def _tracked(company: Company, by_level: bool) -> tuple[frozenset[str], frozenset[str]]:
    """Return what is tracked in the head of a document, and on its lines."""
    prefs = company.preferences.get("AccountingInfoPrefs", {})
    locations = {"DepartmentRef"} if prefs.get("TrackDepartments") else set()
    head, line = (
        bool(prefs.get(name))
        for name in ("ClassTrackingPerTxn", "ClassTrackingPerTxnLine")
    )
    if not by_level:
        head = line = head or line
    found = (locations | ({"ClassRef"} if on else set()) for on in (head, line))
    return tuple(map(frozenset, found))  # type: ignore[return-value]
