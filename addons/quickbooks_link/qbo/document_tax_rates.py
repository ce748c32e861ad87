"""QuickBooks' arithmetic of tax on a whole document.

Tax is computed for each tax *rate* on the sum of its lines, not line by line, and
rounded half up to cents. (Intuit: TaxCode, TaxRate and TxnTaxDetail in the API
reference; the rounding is inferred from its samples.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from .amounts import ZERO, percent_of, rounded
from .taxes import TaxRate, charged


@dataclass(frozen=True)
class RateTax:
    """What one rate comes to on a whole document."""

    percent: Decimal
    base: Decimal
    amount: Decimal


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
