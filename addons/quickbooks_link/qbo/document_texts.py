"""The texts of a document as a whole, within QuickBooks' lengths."""

from __future__ import annotations

from .document_lines import held_text
from .document_parts import Header

# Intuit: PrivateNote and CustomerMemo of Invoice.
MAX_PRIVATE_NOTE = 4000
MAX_MEMO = 1000
_MORE = " ..."


def private_note(header: Header, country: str) -> str:
    """Return the memo of the document, below the customer's reference."""
    return cut(whole_private_note(header, country), MAX_PRIVATE_NOTE)


def whole_private_note(header: Header, country: str) -> str:
    """Return the memo as long as it is."""
    parts = (header.reference, header.private_note)
    return "\n".join(filter(None, (held_text(part, country) for part in parts)))


def memo(header: Header, country: str) -> str:
    """Return the message to the customer."""
    return cut(held_text(header.customer_memo, country), MAX_MEMO)


def cut(text: str, most: int) -> str:
    """Return *text* with at most so many characters, showing that there was more."""
    return text if len(text) <= most else text[: most - len(_MORE)] + _MORE
