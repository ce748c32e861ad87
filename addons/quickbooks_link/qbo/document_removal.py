"""What is left of a document that was taken out of the books again.

An invoice is voided: it keeps its number, and every amount becomes zero. QuickBooks
has no such thing for credit memos, which are deleted. A voided transaction has no
status: it is known by its figures and its note. (Intuit: Invoice and CreditMemo in the
API reference.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .exactjson import to_decimal

# What QuickBooks writes into the note.
VOIDED = "Voided"


def is_voided(record: Mapping[str, Any]) -> bool:
    """Return whether an Invoice of QuickBooks' has been voided."""
    if to_decimal(record.get("TotalAmt")):
        return False
    return VOIDED in (record.get("PrivateNote") or "") or not _has_figures(record)


def payments_on(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the Ids of the payments that are applied to an Invoice or CreditMemo."""
    links = record.get("LinkedTxn") or []
    return tuple(
        str(link.get("TxnId")) for link in links if link.get("TxnType") == "Payment"
    )


def _has_figures(record: Mapping[str, Any]) -> bool:
    """Tell whether any line of it has an amount or a quantity."""
    for line in record.get("Line") or []:
        detail = line.get("SalesItemLineDetail") or {}
        if to_decimal(line.get("Amount")) or to_decimal(detail.get("Qty")):
            return True
    return False
