"""What a tax code comes to, worked out from QuickBooks' tax rates.

On purpose not the addon's arithmetic: two ways to the same figure check each other.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

HUNDRED = Fraction(100)


def percentage(
    tax_code: Mapping[str, Any], side: str, rates: Mapping[str, Any], today: date
) -> Decimal | None:
    """Return the percentage of a TaxCode on ``Sales`` or ``Purchase``, or None.

    None is a code with no rate in force on that side, which is not 0 %.

    :param rates: TaxRate records by Id
    """
    listed = tax_code.get(f"{side}TaxRateList", {}).get("TaxRateDetail", [])
    in_force = [
        (detail, rate)
        for detail in listed
        if (rate := _rate(rates[detail["TaxRateRef"]["value"]], today)) is not None
    ]
    if not in_force:
        return None
    taxes: dict[int, Fraction] = {}
    for detail, rate in sorted(in_force, key=lambda pair: pair[0].get("TaxOrder", 0)):
        order = detail.get("TaxOrder", 0)
        taxes[order] = taxes.get(order, 0) + _base(detail, taxes) * rate / HUNDRED
    total = sum(taxes.values(), Fraction(0))
    return Decimal(total.numerator) / Decimal(total.denominator)


def _base(detail: Mapping[str, Any], taxes: Mapping[int, Fraction]) -> Fraction:
    """Return what a rate is charged on, of 100 and of the taxes before it."""
    named, order = detail.get("TaxOnTaxOrder", -1), detail.get("TaxOrder", 0)
    chosen = [n for n in taxes if (n == named if named >= 0 else n < order)]
    below = sum((taxes[n] for n in chosen), Fraction(0))
    kind = detail.get("TaxTypeApplicable", "TaxOnAmount")
    return {
        "TaxOnAmount": HUNDRED,
        "TaxOnAmountPlusTax": HUNDRED + below,
        "TaxOnTax": below,
    }[kind]


def _rate(tax_rate: Mapping[str, Any], today: date) -> Fraction | None:
    """Return the percentage of a TaxRate today; the latest that has begun counts."""
    history = tax_rate.get("EffectiveTaxRate", [])
    if not history:
        value = tax_rate.get("RateValue")
        return None if value is None else Fraction(value)
    day = today.isoformat()
    begun = [
        (entry.get("EffectiveDate", "")[:10], Fraction(entry["RateValue"]))
        for entry in history
        if entry.get("EffectiveDate", "")[:10] <= day
        and day <= entry.get("EndDate", "9999-12-31")[:10]
    ]
    return max(begun)[1] if begun else None
