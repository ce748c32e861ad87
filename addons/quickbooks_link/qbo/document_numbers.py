"""Document numbers that fit QuickBooks.

The rule: a number of up to 21 characters goes as it is. A longer one keeps its last
15 characters, where the year and the counter are, after five characters made of the
whole number and a dash: ``INVOICE/LONDON/2026/03/00042`` becomes
``X3H7S-N/2026/03/00042``. So numbers of two sequences that end alike stay two numbers,
and a number always becomes the same one.
"""

from __future__ import annotations

import hashlib

# Intuit: DocNumber of Invoice and CreditMemo.
MAX_NUMBER = 21

# No letters that look like digits (Crockford's base 32).
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MARK = 5
# How many of a longer number's last characters are kept.
KEPT = MAX_NUMBER - _MARK - 1


def doc_number(number: str) -> str:
    """Return Odoo's *number* as QuickBooks can hold it (see the rule above)."""
    number = number.strip()
    if len(number) <= MAX_NUMBER:
        return number
    return f"{_mark(number)}-{number[-KEPT:].lstrip()}"


def is_shortened(number: str) -> bool:
    """Return whether QuickBooks will show another number than Odoo."""
    return doc_number(number) != number


def _mark(number: str) -> str:
    """Return 25 bits of the number's digest as letters and digits."""
    digest = hashlib.sha256(number.encode("utf-8", "surrogatepass")).digest()
    value = int.from_bytes(digest[:4], "big")
    return "".join(_ALPHABET[value >> (5 * place) & 31] for place in range(_MARK))
