"""Odoo's figures of a document, for tests: its two ways of rounding, in ``Decimal``.

After ``account.tax`` of Odoo 19 (``_get_tax_details``,
``_round_base_lines_tax_details`` and ``_distribute_delta_amount_smoothly``), for
percentage taxes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from qbo.amounts import CENT, rounded
from qbo.document_parts import TaxAmount

ZERO = Decimal(0)


@dataclass(frozen=True)
class Tax:
    """An ``account.tax``, with the code in QuickBooks that it is mapped to."""

    name: str
    code: str
    percent: Decimal
    included: bool = False


@dataclass(frozen=True)
class OdooLine:
    """What a person typed on a line. Its taxes are all included, or none is."""

    quantity: Decimal
    price: Decimal
    discount: Decimal
    taxes: tuple[Tax, ...]

    @property
    def raw(self) -> Decimal:
        return self.quantity * self.price * (100 - self.discount) / 100

    @property
    def included(self) -> bool:
        return any(tax.included for tax in self.taxes)


@dataclass(frozen=True)
class Figures:
    """What Odoo books: amounts of the lines, of the taxes, and the total."""

    amounts: tuple[Decimal, ...]
    taxes: tuple[TaxAmount, ...]

    @property
    def tax(self) -> Decimal:
        return sum((tax.amount for tax in self.taxes), ZERO)

    @property
    def total(self) -> Decimal:
        return sum(self.amounts, ZERO) + self.tax


Parts = tuple[Decimal, dict[Tax, Decimal]]


def per_line(lines: Sequence[OdooLine]) -> Figures:
    """Round each line's base and taxes ("Round per Line")."""
    parts = [_parts(line, rounded) for line in lines]
    amounts = tuple(base for base, _taxes in parts)
    return Figures(amounts, tuple(_sums(parts)))


def globally(lines: Sequence[OdooLine]) -> Figures:
    """Round each tax on the whole document ("Round Globally")."""
    raw = [_parts(line, lambda value: value) for line in lines]
    taxes = tuple(
        TaxAmount(one.tax_code_id, rounded(one.base), rounded(one.amount), one.percent)
        for one in _sums(raw)
    )
    amounts = [rounded(base) for base, _taxes in raw]
    delta = _target(lines, raw, taxes) - sum(amounts, ZERO)
    weights = [base for base, _taxes in raw]
    return Figures(tuple(_spread(amounts, weights, delta)), taxes)


def _parts(line: OdooLine, round_: Callable[[Decimal], Decimal]) -> Parts:
    """Return a line's base and its taxes."""
    base = round_(line.raw)
    if not line.included:
        taxes = {tax: round_(base * tax.percent / 100) for tax in line.taxes}
        return base, taxes
    net = base / (1 + sum(tax.percent for tax in line.taxes) / 100)
    taxes = {tax: round_(net * tax.percent / 100) for tax in line.taxes}
    return base - sum(taxes.values(), ZERO), taxes


def _sums(parts: Sequence[Parts]) -> list[TaxAmount]:
    taxes = list(dict.fromkeys(tax for _base, found in parts for tax in found))
    return [
        TaxAmount(
            tax.code,
            sum((base for base, found in parts if tax in found), ZERO),
            sum((found[tax] for _base, found in parts if tax in found), ZERO),
            tax.percent,
        )
        for tax in taxes
    ]


def _target(
    lines: Sequence[OdooLine], raw: Sequence[Parts], taxes: Sequence[TaxAmount]
) -> Decimal:
    """Return the untaxed total: of its own, or what prices with tax leave over."""
    base = sum((one for one, _taxes in raw), ZERO)
    if any(not tax.included for line in lines for tax in line.taxes):
        return rounded(base)
    whole = base + sum((sum(found.values(), ZERO) for _base, found in raw), ZERO)
    return rounded(whole) - sum((tax.amount for tax in taxes), ZERO)


def _spread(
    amounts: Sequence[Decimal], weights: Sequence[Decimal], delta: Decimal
) -> list[Decimal]:
    """Spread cents over the lines, the heaviest first."""
    found = list(amounts)
    cents = abs(int(delta / CENT))
    cent = CENT.copy_sign(delta)
    whole = sum((abs(weight) for weight in weights), ZERO)
    order = sorted(range(len(found)), key=lambda index: -abs(weights[index]))
    left = cents
    for index in order:
        share = abs(weights[index]) / whole if whole else Decimal(1) / len(found)
        given = min(round(share * cents), left)
        found[index] += cent * given
        left -= given
    for index in order[:left]:
        found[index] += cent
    return found
