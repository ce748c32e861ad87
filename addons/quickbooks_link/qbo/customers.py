"""Customers as QuickBooks takes them: names, characters, lengths and payloads.

Everything that QuickBooks would refuse, or quietly spoil, is found here before a
call is made. (Intuit: Customer in the API reference; post of 2017-02-08 on names.)
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from . import statements

MAX_NAME = 500
MAX_COMPANY_NAME = 100
# Levels of customers are written Parent:Child; tabs and line ends separate records
# in exports.
FORBIDDEN = ":\t\n"
# An inactive record keeps its name with this at its end.
SUFFIX = " (deleted)"
# The lists that share one space of names.
SHARING_NAMES = ("Customer", "Vendor", "Employee")
_ACTIVE_OR_NOT = statements.condition("Active", "IN", (True, False))

# Letters that don't come apart into a letter and an accent, and typographic signs.
_PLAIN = str.maketrans(
    {
        **{"Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Ħ": "H", "ħ": "h"},
        **{"Œ": "OE", "œ": "oe", "ı": "i", "\u2018": "'", "\u2019": "'"},
        **{"\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-", "…": "..."},
        **{"\u00a0": " ", "\u202f": " ", "€": "EUR"},
    }
)
# What QuickBooks holds of a contact, in characters.
_LENGTHS = {
    "email": 100,
    "phone": 30,
    "street": 500,
    "street2": 500,
    "city": 255,
    "state": 255,
    "postcode": 30,
    "country": 255,
}


@dataclass(frozen=True)
class Contact:
    """What is to be told of a customer; empty means there is nothing to tell.

    :param name: as it is to be found in QuickBooks, of all names unique.
    :param company_name: printed on documents.
    :param country: in words, as a person writes it.
    :param tax_number: VAT or other tax number.
    :param currency: code; empty where QuickBooks keeps one currency only.
    :param term: Id of a Term.
    """

    name: str
    company_name: str = ""
    email: str = ""
    phone: str = ""
    street: str = ""
    street2: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""
    tax_number: str = ""
    currency: str = ""
    term: str = ""


# === NAMES === #


def tidy(name: str) -> str:
    """Return a name as QuickBooks keeps it: trimmed, with single blanks."""
    return " ".join(part for part in name.strip(" ").split(" ") if part)


def forbidden_in(name: str) -> str:
    """Return the characters of *name* that QuickBooks refuses in names."""
    return "".join(character for character in FORBIDDEN if character in name)


def is_too_long(name: str) -> bool:
    """Return whether QuickBooks can't hold *name*."""
    return len(name) > MAX_NAME


def allowed_name(name: str, most: int = MAX_NAME) -> str:
    """Return *name* without what QuickBooks refuses, as a proposal to a person."""
    for character, instead in zip(FORBIDDEN, (" -", " ", " "), strict=True):
        name = name.replace(character, instead)
    return tidy(name)[:most].rstrip()


def company_name(name: str) -> str:
    """Return *name* if it will do as CompanyName, else nothing.

    QuickBooks makes the name on cheques of it, which may not hold what names may
    not; without it that is made of DisplayName.
    """
    fits = len(name) <= MAX_COMPANY_NAME and not forbidden_in(name)
    return name if fits else ""


def name_queries(name: str) -> dict[str, str]:
    """Return the statements that find who has *name*, by entity.

    Records that are not active count: theirs are found with and without the end
    that QuickBooks gives their names.
    """
    names = statements.condition("DisplayName", "IN", (name, name + SUFFIX))
    where = statements.both(names, _ACTIVE_OR_NOT)
    return {entity: statements.select(entity, where) for entity in SHARING_NAMES}


# === CHARACTERS === #


def can_hold(text: str, country: str) -> bool:
    """Return whether QuickBooks keeps *text* as it is.

    Companies in the US lose what ISO-8859-1 doesn't have (reported by integrators);
    control characters are lost in all.

    :param country: two-letter code of the QuickBooks company.
    """
    return _held(text, country) == text


def held_contact(contact: Contact, country: str) -> Contact:
    """Return *contact* as QuickBooks will be able to hold it.

    What it can't hold is written in plain letters, and as a question mark where
    there are none. Forbidden characters of the name stay: a person chooses a name.
    """
    texts = {
        field.name: _held(getattr(contact, field.name), country)
        for field in fields(contact)
    }
    return replace(contact, **texts)


def held_name(name: str, country: str) -> str:
    """Return *name* as QuickBooks will be able to hold it, as a proposal."""
    return _held(name, country)


def differing(one: Contact, other: Contact) -> dict[str, tuple[str, str]]:
    """Return the values of both by the names of the fields that differ."""
    return {
        field.name: (getattr(one, field.name), getattr(other, field.name))
        for field in fields(one)
        if getattr(one, field.name) != getattr(other, field.name)
    }


def too_long(contact: Contact) -> dict[str, int]:
    """Return how many characters QuickBooks takes, for the fields with more."""
    return {
        name: most
        for name, most in _LENGTHS.items()
        if len(getattr(contact, name)) > most
    }


def _held(text: str, country: str) -> str:
    return "".join(_held_character(character, country) for character in text)


def _held_character(character: str, country: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cs"):
        return character if character in FORBIDDEN else " "
    if country != "US" or _is_latin(character):
        return character
    apart = unicodedata.normalize("NFKD", character.translate(_PLAIN))
    plain = "".join(part for part in apart if not unicodedata.combining(part))
    return plain if plain and _is_latin(plain) else "?"


def _is_latin(text: str) -> bool:
    try:
        text.encode("iso-8859-1")
    except UnicodeEncodeError:
        return False
    return True


# === PAYLOADS === #


def payload(contact: Contact) -> dict[str, Any]:
    """Return the body that creates the customer, or its fields for an update.

    What is empty is left out: a sparse update then leaves it as it is in
    QuickBooks.
    """
    return _filled(
        {
            "DisplayName": contact.name,
            "CompanyName": contact.company_name,
            "PrimaryEmailAddr": _filled({"Address": contact.email}),
            "PrimaryPhone": _filled({"FreeFormNumber": contact.phone}),
            "BillAddr": _address(contact),
            "PrimaryTaxIdentifier": contact.tax_number,
            "CurrencyRef": _filled({"value": contact.currency}),
            "SalesTermRef": _filled({"value": contact.term}),
        }
    )


def _address(contact: Contact) -> dict[str, Any]:
    return _filled(
        {
            "Line1": contact.street,
            "Line2": contact.street2,
            "City": contact.city,
            "CountrySubDivisionCode": contact.state,
            "PostalCode": contact.postcode,
            "Country": contact.country,
        }
    )


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


# === TERMS === #


def term_queries() -> dict[str, str]:
    """Return the statement that reads the terms in use."""
    return {"Term": statements.select("Term")}


def term_of(terms: Iterable[Mapping[str, Any]], days: int) -> str:
    """Return the Id of the term that is due after *days* days, if there is one.

    Terms with a discount, or due on a day of the month, are others.
    """
    return next(
        (str(term["Id"]) for term in terms if _is_plain_term(term, days)),
        "",
    )


def _is_plain_term(term: Mapping[str, Any], days: int) -> bool:
    return term.get("DueDays") == days and not (
        term.get("DiscountPercent") or term.get("DayOfMonthDue")
    )
