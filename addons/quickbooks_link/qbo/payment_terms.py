"""Payment terms: which of QuickBooks' says the same as Odoo's.

(Intuit: Term in the API reference.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .exactjson import to_decimal


@dataclass(frozen=True)
class Term:
    """So many days until it is due, less a discount for who pays early.

    :param days: None for a day of the month, which Odoo's days can't be held against.
    :param discount: in percent, for payment within *discount_days*.
    """

    days: int | None
    discount: Decimal = Decimal(0)
    discount_days: int = 0
    id: str = ""
    name: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what :func:`from_json` takes, for keeping."""
        return {
            "id": self.id,
            "name": self.name,
            "days": self.days,
            "discount": str(self.discount),
            "discount_days": self.discount_days,
        }


def read(record: Mapping[str, Any]) -> Term:
    """Return a Term record of QuickBooks'."""
    days = record.get("DueDays")
    return Term(
        days=None if days is None else int(days),
        discount=to_decimal(record.get("DiscountPercent")),
        discount_days=int(record.get("DiscountDays") or 0),
        id=str(record["Id"]),
        name=str(record.get("Name") or ""),
    )


def from_json(values: Mapping[str, Any]) -> Term:
    """Return a term that was kept."""
    return Term(
        days=values["days"],
        discount=Decimal(values["discount"]),
        discount_days=values["discount_days"],
        id=values["id"],
        name=values.get("name", ""),
    )


def same(wanted: Term, terms: Iterable[Term]) -> str:
    """Return the Id of the term that says what *wanted* does, empty if none does."""
    for term in terms:
        if wanted.days is not None and _meaning(term) == _meaning(wanted):
            return term.id
    return ""


def _meaning(term: Term) -> tuple[int | None, Decimal, int]:
    discount = term.discount.normalize() if term.discount else Decimal(0)
    return term.days, discount, term.discount_days if discount else 0
