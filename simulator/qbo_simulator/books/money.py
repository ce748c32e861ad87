"""Exact amounts: Decimal outside, whole hundredths inside the books."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal(0)
_PLACES = 10
_LARGEST_EXACT = Decimal(10) ** 16


def rounded(value: Decimal | int) -> Decimal:
    """Return an amount to two decimals, halves away from zero."""
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


def cents(value: Decimal | int) -> int:
    """Return an amount in hundredths."""
    return int(rounded(value) * 100)


def amount(hundredths: int) -> Decimal:
    """Return hundredths as an amount with two decimals; nothing is a bare ``0``."""
    return Decimal(hundredths).scaleb(-2) if hundredths else ZERO


def shown(value: Decimal | int) -> Decimal:
    """Return an amount as Intuit writes it: two decimals, nothing as ``0``."""
    return amount(cents(value))


def plain(value: Decimal | int) -> Decimal:
    """Return a number without needless zeros, as quantities and prices are written."""
    number = Decimal(value)
    if abs(number) < _LARGEST_EXACT and number != round(number, _PLACES):
        number = number.quantize(Decimal(1).scaleb(-_PLACES), ROUND_HALF_UP)
    if number == number.to_integral_value():
        return number.quantize(Decimal(1))
    return number.normalize()
