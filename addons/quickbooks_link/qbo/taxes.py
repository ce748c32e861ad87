"""What a tax code amounts to: its rates on sales and on purchases, on a date.

A tax code lists tax rates, each with what it is charged on (``TaxTypeApplicable``)
and its place in the order (``TaxOrder``); a tax rate has a history
(``EffectiveTaxRate``). (Intuit: TaxCode and TaxRate in the API reference.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .amounts import ZERO, percent_of
from .exactjson import to_decimal

SALES = "SalesTaxRateList"
PURCHASES = "PurchaseTaxRateList"
ON_AMOUNT = "TaxOnAmount"
ON_AMOUNT_PLUS_TAX = "TaxOnAmountPlusTax"
ON_TAX = "TaxOnTax"


class UnknownTaxRateError(LookupError):
    """A tax code names a tax rate that was not given."""


@dataclass(frozen=True)
class CodeRates:
    """Effective percentages, exact: ``Decimal("14.975")``. A side without any rate
    in force is None, which is not the same as 0 %."""

    sales: Decimal | None
    purchase: Decimal | None


@dataclass(frozen=True)
class TaxRate:
    """One rate of a tax code.

    :param basis: what it is charged on, in QuickBooks' words.
    :param order: its place among the code's rates.
    :param on_order: the place of the one it is charged on; None means all before it.
    """

    rate_id: str
    percent: Decimal
    basis: str = ON_AMOUNT
    order: int = 0
    on_order: int | None = None


def code_rates(
    tax_code: Mapping[str, Any], tax_rates: Mapping[str, Mapping[str, Any]], on: date
) -> CodeRates:
    """Return the effective rates of *tax_code* on a date.

    :param tax_rates: TaxRate records by Id, inactive ones too: old codes use them.
    :raise UnknownTaxRateError: a rate of the code is not among them.
    :raise ValueError: a rate is charged on something QuickBooks does not define.
    """
    return CodeRates(
        sales=_on_hundred(rates_of(tax_code, SALES, tax_rates, on)),
        purchase=_on_hundred(rates_of(tax_code, PURCHASES, tax_rates, on)),
    )


def rate_on(tax_rate: Mapping[str, Any], on: date) -> Decimal | None:
    """Return a TaxRate's percentage on a date, or None if none is in force.

    ``RateValue`` alone counts only for a rate that has no history.
    """
    history = tax_rate.get("EffectiveTaxRate")
    if not history:
        value = tax_rate.get("RateValue")
        return None if value is None else to_decimal(value)
    in_force = [entry for entry in history if _covers(entry, on)]
    if not in_force:
        return None
    newest = max(in_force, key=lambda entry: _day(entry, "EffectiveDate") or date.min)
    return to_decimal(newest.get("RateValue"))


def rates_of(
    tax_code: Mapping[str, Any],
    side: str,
    tax_rates: Mapping[str, Mapping[str, Any]],
    on: date,
) -> tuple[TaxRate, ...]:
    """Return the rates of one side of a TaxCode that are in force, in their order.

    :param side: :data:`SALES` or :data:`PURCHASES`.
    :param tax_rates: TaxRate records by Id, inactive ones too.
    :raise UnknownTaxRateError: a rate of the code is not among them.
    """
    details = (tax_code.get(side) or {}).get("TaxRateDetail") or []
    found = (_rate(detail, tax_rates, on) for detail in details)
    return tuple(sorted((rate for rate in found if rate), key=lambda rate: rate.order))


def sales_rates(
    tax_code: Mapping[str, Any], tax_rates: Mapping[str, Mapping[str, Any]], on: date
) -> tuple[TaxRate, ...]:
    """Return the rates that a TaxCode charges on sales; see :func:`rates_of`."""
    return rates_of(tax_code, SALES, tax_rates, on)


def charged(
    base: Decimal, rates: Iterable[TaxRate]
) -> tuple[tuple[TaxRate, Decimal], ...]:
    """Return each rate with what it is charged on, of an amount of *base*."""
    taxes: list[tuple[int, Decimal]] = []
    found: list[tuple[TaxRate, Decimal]] = []
    for rate in rates:
        rate_base = _base(rate, base, taxes)
        taxes.append((rate.order, percent_of(rate_base, rate.percent)))
        found.append((rate, rate_base))
    return tuple(found)


def effective(rates: Iterable[TaxRate]) -> Decimal:
    """Return what the rates come to on 100, unrounded."""
    shares = charged(Decimal(100), rates)
    return sum((percent_of(base, rate.percent) for rate, base in shares), ZERO)


def _base(rate: TaxRate, base: Decimal, taxes: list[tuple[int, Decimal]]) -> Decimal:
    if rate.basis == ON_AMOUNT:
        return base
    earlier = sum((tax for order, tax in taxes if _is_meant(rate, order)), ZERO)
    if rate.basis == ON_AMOUNT_PLUS_TAX:
        return base + earlier
    if rate.basis == ON_TAX:
        return earlier
    raise ValueError(f"QuickBooks charges a tax on something unknown: {rate.basis}")


def _is_meant(rate: TaxRate, order: int) -> bool:
    """Tell whether the tax at *order* is among those a rate is charged on: the one
    it names, or all that come before it."""
    return order < rate.order if rate.on_order is None else order == rate.on_order


def _rate(
    detail: Mapping[str, Any], tax_rates: Mapping[str, Mapping[str, Any]], on: date
) -> TaxRate | None:
    rate_id = str(detail["TaxRateRef"]["value"])
    if rate_id not in tax_rates:
        raise UnknownTaxRateError(f"QuickBooks' TaxRate {rate_id} is not known.")
    percent = rate_on(tax_rates[rate_id], on)
    if percent is None:
        return None
    on_order = detail.get("TaxOnTaxOrder")
    return TaxRate(
        rate_id=rate_id,
        percent=percent,
        basis=detail.get("TaxTypeApplicable") or ON_AMOUNT,
        order=int(detail.get("TaxOrder") or 0),
        # Captured answers hold -1 where no other tax is meant.
        on_order=None if on_order is None or int(on_order) < 0 else int(on_order),
    )


def _on_hundred(rates: tuple[TaxRate, ...]) -> Decimal | None:
    return _plain(effective(rates)) if rates else None


def _covers(entry: Mapping[str, Any], on: date) -> bool:
    start, end = _day(entry, "EffectiveDate"), _day(entry, "EndDate")
    return (start is None or start <= on) and (end is None or on <= end)


def _day(entry: Mapping[str, Any], key: str) -> date | None:
    """Return the calendar day of a time stamp as it is written: a rate begins on a
    day, whatever zone the stamp was made in."""
    text = entry.get(key)
    return date.fromisoformat(text[:10]) if text else None


def _plain(value: Decimal) -> Decimal:
    """Drop zeros at the end: 20, not 20.00 nor 2E+1."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short
