"""The arithmetic of amounts: what a line's quantity and price come to.

QuickBooks refuses a line whose Amount is not Qty × UnitPrice, rounded half up to
cents (Intuit: error 6070). Odoo's amount of a line may be another: less a discount,
without the tax its price includes, or with a cent moved to it so that the document
adds up. The amount is kept, and quantity and price are written to come to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from itertools import chain

CENT = Decimal("0.01")
ONE = Decimal(1)
ZERO = Decimal(0)
# Intuit's schema gives amounts ten digits and five decimals.
MAX_DECIMALS = 5
MAX_AMOUNT = Decimal("9999999999.99")

_HALF_CENT = Decimal("0.005")
_HUNDRED = Decimal(100)
# Products of amounts with many digits stay exact.
_EXACT = Context(prec=60)


@dataclass(frozen=True)
class Priced:
    """A quantity and a unit price that come to an amount.

    :param collapsed: no unit price came to it, so the quantity is 1 and the price is
        the amount.
    """

    quantity: Decimal
    unit_price: Decimal
    collapsed: bool = False


def rounded(value: Decimal) -> Decimal:
    """Return *value* to cents, halves away from zero."""
    return value.quantize(CENT, ROUND_HALF_UP, _EXACT)


def plain(value: Decimal) -> Decimal:
    """Return *value* without zeros at its end: 20, not 20.00 nor 2E+1."""
    short = value.normalize(_EXACT)
    whole = short == short.to_integral_value()
    return short.quantize(ONE, context=_EXACT) if whole else short


def decimals(value: Decimal) -> int:
    """Return how many decimals *value* needs."""
    exponent = plain(value).as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def written(value: Decimal, places: int = 2) -> str:
    """Return a number as text, with *places* decimals, or more if it has more."""
    return f"{value:.{max(places, decimals(value))}f}"


def times(one: Decimal, other: Decimal) -> Decimal:
    """Return the exact product."""
    return _EXACT.multiply(one, other)


def percent_of(amount: Decimal, percent: Decimal) -> Decimal:
    """Return the exact share of an amount."""
    return times(amount, percent).scaleb(-2)


def priced(
    quantity: Decimal,
    unit_price: Decimal,
    amount: Decimal,
    discount: Decimal = ZERO,
    price_included: bool = False,
) -> Priced:
    """Return how a line of *amount* is written.

    The first of these that comes to the amount: the unit price less the discount;
    the amount by the quantity with as few decimals as will do; 1 × the amount.

    :param unit_price: Odoo's, before the discount.
    :param amount: in whole cents, without tax.
    :param discount: in percent.
    :param price_included: *unit_price* includes tax, so it is not the one sought.
    """
    own = () if price_included else (less(unit_price, discount),)
    for price in chain(own, _by_division(quantity, amount)):
        if _comes_to(quantity, price, amount):
            return Priced(plain(quantity), plain(price))
    return Priced(ONE, amount, collapsed=True)


def less(price: Decimal, discount: Decimal) -> Decimal:
    """Return *price* less *discount* percent, exactly."""
    return percent_of(price, _HUNDRED - discount)


def unit_price_of(quantity: Decimal, amount: Decimal) -> Decimal:
    """Return the nearest unit price that QuickBooks can hold; none of nothing."""
    return _divided(amount, quantity, MAX_DECIMALS) if quantity else ZERO


def _by_division(quantity: Decimal, amount: Decimal) -> Iterator[Decimal]:
    for places in range(2, MAX_DECIMALS + 1):
        if quantity:
            yield _divided(amount, quantity, places)


def _divided(amount: Decimal, quantity: Decimal, places: int) -> Decimal:
    price = _EXACT.divide(amount, quantity)
    return price.quantize(ONE.scaleb(-places), ROUND_HALF_UP, _EXACT)


def _comes_to(quantity: Decimal, price: Decimal, amount: Decimal) -> bool:
    """Tell whether QuickBooks will agree to the amount.

    Nothing says which way it rounds half a cent below zero: such are not sent.
    """
    if decimals(quantity) > MAX_DECIMALS or decimals(price) > MAX_DECIMALS:
        return False
    error = times(quantity, price) - amount
    if abs(error) < _HALF_CENT:
        return True
    return error == -_HALF_CENT and amount > 0
