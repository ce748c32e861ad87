"""The arithmetic of sales taxes: per rate on sums, half-up (qbo-api.md 4.7). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from qbo_simulator.books.money import ZERO, rounded

ON_AMOUNT = "TaxOnAmount"
ON_TAX = "TaxOnTax"
_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Rate:
    """One rate of a tax code: percent, what it is taken on, its place in the order.

    ``on_order`` is the place of the tax it is taken on; None or -1 mean all before it.
    """

    id: str
    percent: Decimal
    applies_to: str = ON_AMOUNT
    order: int = 0
    on_order: int | None = None


@dataclass(frozen=True)
class Share:
    """An amount that one tax code's rates apply to."""

    amount: Decimal
    rates: tuple[Rate, ...]


@dataclass(frozen=True)
class Tax:
    """The tax of one rate. ``delta`` is what an override added to the computed tax."""

    rate: Rate
    taxable: Decimal
    amount: Decimal
    delta: Decimal = ZERO


def on_top(shares: Iterable[Share], each: bool = False) -> list[Tax]:
    """Return the taxes on net amounts, one for each rate in the order they appear.

    ``each``: the tax of each share is rounded by itself, not that of their sum.
    """
    found: dict[str, tuple[Rate, Decimal, Decimal]] = {}
    for share in shares:
        for rate, taxable, tax in _exact(share.amount, share.rates):
            _, base, total = found.get(rate.id, (rate, ZERO, ZERO))
            tax = rounded(tax) if each else tax
            found[rate.id] = (rate, base + taxable, total + tax)
    return [
        Tax(rate, rounded(taxable), rounded(tax))
        for rate, taxable, tax in found.values()
    ]


def within(shares: Iterable[Share], each: bool = False) -> list[Tax]:
    """Return the taxes contained in gross amounts."""
    nets = (
        Share(share.amount / (1 + combined(share.rates)), share.rates)
        for share in shares
    )
    return on_top(nets, each)


def combined(rates: Sequence[Rate]) -> Decimal:
    """Return all the tax on an amount of one."""
    return sum((tax for _, _, tax in _exact(Decimal(1), rates)), ZERO)


def net_amounts(
    grosses: Sequence[Decimal], rates: Sequence[Sequence[Rate]], taxes: Sequence[Tax]
) -> list[Decimal]:
    """Return net amounts that make, with the taxes, exactly the sum of the grosses.

    Each is rounded by itself; what is left over goes to the largest.
    """
    nets = [
        rounded(gross / (1 + combined(one)))
        for gross, one in zip(grosses, rates, strict=True)
    ]
    rest = sum(grosses, ZERO) - sum((tax.amount for tax in taxes), ZERO)
    rest -= sum(nets, ZERO)
    if rest and nets:
        largest = max(range(len(nets)), key=lambda index: abs(nets[index]))
        nets[largest] += rest
    return nets


def overridden(taxes: Sequence[Tax], amounts: Mapping[str, Decimal]) -> list[Tax]:
    """Return the taxes with given amounts by rate id, noting the differences."""
    changed = []
    for tax in taxes:
        wish = amounts.get(tax.rate.id, tax.amount)
        changed.append(replace(tax, amount=wish, delta=wish - tax.amount))
    return changed


def prorated(taxes: Sequence[Tax], total: Decimal) -> list[Tax]:
    """Spread a given total over the rates by computed share, else by percent."""
    weights = [tax.amount for tax in taxes]
    if not sum(weights, ZERO):
        weights = [tax.rate.percent for tax in taxes]
    whole = sum(weights, ZERO)
    if not whole:
        weights, whole = [Decimal(1)] * len(taxes), Decimal(len(taxes))
    parts = [rounded(total * weight / whole) for weight in weights]
    if parts:
        parts[-1] += total - sum(parts, ZERO)
    amounts = {tax.rate.id: part for tax, part in zip(taxes, parts, strict=True)}
    return overridden(taxes, amounts)


def _exact(
    amount: Decimal, rates: Sequence[Rate]
) -> list[tuple[Rate, Decimal, Decimal]]:
    """Return rate, base and tax before rounding, in the order of the rates."""
    done: list[tuple[Rate, Decimal, Decimal]] = []
    for rate in sorted(rates, key=lambda one: one.order):
        base = _base(amount, rate, done)
        done.append((rate, base, base * rate.percent / _HUNDRED))
    return done


def _base(
    amount: Decimal, rate: Rate, done: Sequence[tuple[Rate, Decimal, Decimal]]
) -> Decimal:
    if rate.applies_to == ON_AMOUNT:
        return amount
    wanted = rate.on_order
    every = wanted is None or wanted < 0
    before = sum((tax for one, _, tax in done if every or one.order == wanted), ZERO)
    return before if rate.applies_to == ON_TAX else amount + before
