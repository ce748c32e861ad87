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

from .exactjson import to_decimal

_HUNDRED = Decimal(100)


class UnknownTaxRateError(LookupError):
    """A tax code names a tax rate that was not given."""


@dataclass(frozen=True)
class CodeRates:
    """Effective percentages, exact: ``Decimal("14.975")``. A side without any rate
    in force is None, which is not the same as 0 %."""

    sales: Decimal | None
    purchase: Decimal | None


@dataclass(frozen=True)
class _Part:
    """One rate of a code: percent, what it is charged on, and its place."""

    percent: Decimal
    basis: str
    order: int
    on_order: int | None


def code_rates(
    tax_code: Mapping[str, Any], tax_rates: Mapping[str, Mapping[str, Any]], on: date
) -> CodeRates:
    """Return the effective rates of *tax_code* on a date.

    :param tax_rates: TaxRate records by Id, inactive ones too: old codes use them.
    :raise UnknownTaxRateError: a rate of the code is not among them.
    :raise ValueError: a rate is charged on something QuickBooks does not define.
    """
    return CodeRates(
        sales=_effective(tax_code, "SalesTaxRateList", tax_rates, on),
        purchase=_effective(tax_code, "PurchaseTaxRateList", tax_rates, on),
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


def _effective(
    tax_code: Mapping[str, Any],
    side: str,
    tax_rates: Mapping[str, Mapping[str, Any]],
    on: date,
) -> Decimal | None:
    details = (tax_code.get(side) or {}).get("TaxRateDetail") or []
    parts = [part for part in (_part(d, tax_rates, on) for d in details) if part]
    return _combined(parts) if parts else None


def _part(
    detail: Mapping[str, Any], tax_rates: Mapping[str, Mapping[str, Any]], on: date
) -> _Part | None:
    rate_id = str(detail["TaxRateRef"]["value"])
    if rate_id not in tax_rates:
        raise UnknownTaxRateError(f"QuickBooks' TaxRate {rate_id} is not known.")
    percent = rate_on(tax_rates[rate_id], on)
    if percent is None:
        return None
    on_order = detail.get("TaxOnTaxOrder")
    return _Part(
        percent=percent,
        basis=detail.get("TaxTypeApplicable") or "TaxOnAmount",
        order=int(detail.get("TaxOrder") or 0),
        # Captured answers hold -1 where no other tax is meant.
        on_order=None if on_order is None or int(on_order) < 0 else int(on_order),
    )


def _combined(parts: Iterable[_Part]) -> Decimal:
    """Return what the parts come to on an amount of 100."""
    taxes: list[tuple[int, Decimal]] = []
    for part in sorted(parts, key=lambda part: part.order):
        base = _base(part, taxes)
        taxes.append((part.order, base * part.percent / _HUNDRED))
    return _plain(sum((tax for _order, tax in taxes), Decimal(0)))


def _base(part: _Part, taxes: list[tuple[int, Decimal]]) -> Decimal:
    """Return what a part is charged on, of an amount of 100 and the taxes so far."""
    earlier = sum((tax for order, tax in taxes if _meant(part, order)), Decimal(0))
    if part.basis == "TaxOnAmount":
        return _HUNDRED
    if part.basis == "TaxOnAmountPlusTax":
        return _HUNDRED + earlier
    if part.basis == "TaxOnTax":
        return earlier
    raise ValueError(f"QuickBooks charges a tax on something unknown: {part.basis}")


def _meant(part: _Part, order: int) -> bool:
    """Tell whether the tax at *order* is among those a part is charged on: the one
    it names, or all that come before it."""
    return order < part.order if part.on_order is None else order == part.on_order


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
