"""Customers, vendors and employees: one space of names, contact details."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from qbo_simulator.company import Record
from qbo_simulator.entities.base import Body
from qbo_simulator.entities.naming import (
    HierarchyRules,
    check_characters,
    suffixed,
    tidy_name,
)
from qbo_simulator.errors import ServiceFault

PEOPLE = ("Customer", "Vendor", "Employee")
NAME_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+$")
_EMAIL_FIELDS = ("PrimaryEmailAddr", "BillEmail", "BillEmailCc", "BillEmailBcc")
_ADDRESSES = ("BillAddr", "ShipAddr", "ShipFromAddr", "PrimaryAddr", "VendorAddr")
_LINES = tuple(f"Line{number}" for number in range(1, 6))
_MOST_IN_LINES = 2000


class PeopleRules(HierarchyRules):
    """What customers, vendors and employees have in common (qbo-api.md 4.2)."""

    name_space = PEOPLE
    unique_by_name = True

    @property
    def label_field(self) -> str:
        """References show the display name."""
        return "DisplayName"

    @property
    def keeps(self) -> frozenset[str]:
        """DisplayName and PrintOnCheckName cannot be removed."""
        return frozenset(("DisplayName", "PrintOnCheckName"))

    def before_check(self, body: Body, old: Body | None) -> None:
        """Build the display name of its parts; refuse (6080) a body without any."""
        if not body.get("DisplayName"):
            body["DisplayName"] = self._built_name(body)

    def prepare(self, new: Body, old: Record | None) -> None:
        """Check names and contact details; complete them."""
        for name in (*NAME_PARTS, "PrintOnCheckName"):
            if name in new:
                check_characters(name, new[name], self.entity.forbidden)
        super().prepare(new, old)
        check_contacts(new)
        number_addresses(self.company, new, old)
        printed = new.get("PrintOnCheckName")
        if printed is None:
            printed = new.get("CompanyName") or new["DisplayName"]
        if not new.get("Active", True):
            printed = suffixed(printed, self.entity.fields["PrintOnCheckName"].size)
        new["PrintOnCheckName"] = printed[:110]

    def _built_name(self, body: Mapping[str, Any]) -> str:
        parts = [body[name] for name in NAME_PARTS if body.get(name)]
        name = tidy_name(self.company, " ".join(parts))
        if not name:
            detail = (
                "At least one of DisplayName, Title, GivenName, MiddleName, FamilyName"
                " or Suffix is required"
            )
            raise ServiceFault("6080", "DisplayName", detail)
        return name


def check_contacts(body: Mapping[str, Any]) -> None:
    """Refuse a malformed e-mail address (2210) or web address (2200)."""
    for name in _EMAIL_FIELDS:
        address = (body.get(name) or {}).get("Address")
        if address and not _all_addresses(address):
            detail = (
                "Email Address does not conform to the syntax rules of RFC 822."
                f" Supplied value:{ascii(address)[1:-1]}"
            )
            raise ServiceFault("2210", name, detail)
    uri = (body.get("WebAddr") or {}).get("URI")
    if uri and not _is_uri(uri):
        raise ServiceFault("2200", "WebAddr", f"Malformed URL: {ascii(uri)[1:-1]}")


def _all_addresses(text: str) -> bool:
    return all(_EMAIL.match(part.strip()) for part in text.split(","))


def _is_uri(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return " " not in text and bool(parts.netloc or parts.path)


def number_addresses(company: Any, new: Body, old: Record | None) -> None:
    """Give every new or changed address an Id; refuse (2050) lines too long in all."""
    for name in _ADDRESSES:
        address = new.get(name)
        if not address:
            continue
        length = sum(len(address.get(line, "")) for line in _LINES)
        if length > _MOST_IN_LINES:
            detail = f"{name} lines combined. Max:{_MOST_IN_LINES} supplied:{length}"
            raise ServiceFault("2050", name, detail)
        before = old.body.get(name, {}) if old else {}
        if _content(before) == _content(address) and before:
            address["Id"] = before["Id"]
        else:
            address["Id"] = str(company.next_number("address"))


def _content(address: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in address.items() if key != "Id"}
