"""How names, numbers and addresses are compared, whoever typed them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz

# Left out at the end of a company's name: one book has it, the other has not.
LEGAL_FORMS = frozenset(
    (
        *("ltd", "limited", "plc", "llp", "llc", "lp", "inc", "incorporated", "corp"),
        *("corporation", "co", "company", "gmbh", "ag", "kg", "sa", "sarl", "sas"),
        *("bv", "nv", "srl", "spa", "oy", "ab", "aps", "as", "pty", "pvt"),
    )
)
# QuickBooks shows the last five characters of a tax identifier only (Intuit:
# Customer.PrimaryTaxIdentifier); with a space among them, four that count.
VISIBLE = (4, 5)
# National numbers without the leading zero have nine or ten digits.
SIGNIFICANT_DIGITS = 9
SHORTEST_PHONE = 7
# Names with other numbers in them are other things: "Plot 12" and "Plot 13".
OTHER_NUMBERS = 60.0
NEARLY = 99.0

_JOINED = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_MASKED = re.compile(r"^[X*]{2,}")


def plain(text: str) -> str:
    """Return *text* in small letters, without accents and punctuation."""
    # Small letters of some signs are signs to be spread again, such as ㎅ and kb.
    small = unicodedata.normalize("NFKD", text).casefold()
    spread = unicodedata.normalize("NFKD", small)
    bare = "".join(char for char in spread if not unicodedata.combining(char))
    joined = bare.replace("&", " and ").replace("'", "").replace("’", "")
    return " ".join(_JOINED.findall(joined))


@lru_cache(maxsize=100_000)
def bare_name(name: str) -> str:
    """Return *name* as it is compared: plain, without "the" and the legal form."""
    words = plain(name).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words = words[:-1]
    return " ".join(words)


def name_likeness(one: str, other: str, at_least: float = 0.0) -> float:
    """Return by how many per cent two bare names are alike, in any order of words.

    0 if it is less than *at_least*. Not 100 unless they are the same.
    """
    if one == other:
        return 100.0 if one else 0.0
    likeness = min(fuzz.token_sort_ratio(one, other, score_cutoff=at_least), NEARLY)
    if likeness and _numbers(one) != _numbers(other):
        likeness = min(likeness, OTHER_NUMBERS)
    return likeness if likeness >= at_least else 0.0


def _numbers(name: str) -> list[str]:
    return sorted(word for word in name.split() if _DIGIT.search(word))


def vat_marks(number: str | None) -> set[tuple[str, str]]:
    """Return what a tax identifier can be recognised by.

    A masked one by its visible end. The country's letters may be there or not.
    """
    text = "".join(_JOINED.findall((number or "").upper().replace("*", "X")))
    masked = _MASKED.match(text)
    rest = _MASKED.sub("", text) if masked else re.sub(r"^[A-Z]{2}", "", text)
    if len(rest) < min(VISIBLE):
        return set()
    return {("vat_end" if masked else "vat", rest)}


def whole_vat_marks(number: str | None) -> set[tuple[str, str]]:
    """Return :func:`vat_marks`, and the ends that show of it where it is masked."""
    marks = vat_marks(number)
    ends = {rest[-seen:] for kind, rest in marks if kind == "vat" for seen in VISIBLE}
    return marks | {("vat_end", end) for end in ends}


def email_marks(text: str | None) -> set[tuple[str, str]]:
    """Return the addresses in *text*; QuickBooks takes several, with commas."""
    return {
        ("email", address)
        for address in re.split(r"[,;\s]+", (text or "").casefold())
        if "@" in address
    }


def phone_marks(text: str | None) -> set[tuple[str, str]]:
    """Return the end of a telephone number: the same at home and from abroad."""
    digits = "".join(re.findall(r"\d", text or ""))
    if len(digits) < SHORTEST_PHONE:
        return set()
    return {("phone", digits[-SIGNIFICANT_DIGITS:])}


def code_marks(kind: str, text: str | None) -> set[tuple[str, str]]:
    """Return a code, such as a SKU or a postcode, without spaces and case."""
    code = "".join((text or "").split()).casefold()
    return {(kind, code)} if code else set()
