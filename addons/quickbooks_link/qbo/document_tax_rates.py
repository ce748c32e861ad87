"""The rates of tax codes, and QuickBooks' arithmetic with them.

Tax is computed for each tax *rate* on the sum of its lines, not line by line, and
rounded half up to cents. (Intuit: TaxCode, TaxRate and TxnTaxDetail in the API
reference; the rounding is inferred from its samples.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .amounts import ZERO, percent_of, rounded
from .taxes import UnknownTaxRateError, rate_on

ON_AMOUNT = "TaxOnAmount"
ON_AMOUNT_PLUS_TAX = "TaxOnAmountPlusTax"
ON_TAX = "TaxOnTax"


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


@dataclass(frozen=True)
class RateTax:
    """What one rate comes to on a whole document."""

    percent: Decimal
    base: Decimal
    amount: Decimal


def sales_rates(
    tax_code: Mapping[str, Any], tax_rates: Mapping[str, Mapping[str, Any]], on: date
) -> tuple[TaxRate, ...]:
    """Return the rates that a TaxCode charges on sales on a date, in their order.

    :param tax_rates: TaxRate records by Id, inactive ones too.
    :raise UnknownTaxRateError: a rate of the code is not among them.
    """
    details = (tax_code.get("SalesTaxRateList") or {}).get("TaxRateDetail") or []
    found = (_rate(detail, tax_rates, on) for detail in details)
    return tuple(sorted((rate for rate in found if rate), key=lambda rate: rate.order))


def computed(
    bases: Mapping[str, Decimal], codes: Mapping[str, tuple[TaxRate, ...]]
) -> dict[str, RateTax]:
    """Return the tax that QuickBooks will compute, by Id of the rate.

    :param bases: sum of the lines' amounts, by tax code.
    """
    shares: dict[str, RateTax] = {}
    for code, base in bases.items():
        for rate, rate_base in charged(base, codes.get(code, ())):
            before = shares.get(rate.rate_id, RateTax(rate.percent, ZERO, ZERO))
            whole = before.base + rate_base
            shares[rate.rate_id] = RateTax(rate.percent, whole, ZERO)
    return {
        rate_id: RateTax(
            share.percent, share.base, rounded(percent_of(share.base, share.percent))
        )
        for rate_id, share in shares.items()
    }


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
