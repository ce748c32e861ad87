"""The rules of the small lists (qbo-api.md 4.5)."""

from collections.abc import Mapping
from typing import Any

from qbo_simulator.company import Record
from qbo_simulator.entities.base import Body, Rules
from qbo_simulator.entities.currency import currency_reference, settle_currency
from qbo_simulator.entities.naming import HierarchyRules
from qbo_simulator.entities.people import PeopleRules
from qbo_simulator.errors import ServiceFault, business, required


class ClassRules(HierarchyRules):
    """Classes."""

    child_flag = "SubClass"
    has_level = False

    def prepare(self, new: Body, old: Record | None) -> None:
        """A class is under another or not."""
        super().prepare(new, old)
        new["SubClass"] = "ParentRef" in new


class DepartmentRules(HierarchyRules):
    """Departments, which are called locations on the screen."""

    child_flag = "SubDepartment"
    has_level = False

    def prepare(self, new: Body, old: Record | None) -> None:
        """A department is under another or not."""
        super().prepare(new, old)
        new["SubDepartment"] = "ParentRef" in new


class VendorRules(PeopleRules):
    """Vendors share customers' names; they have no parents."""

    child_flag = ""
    has_level = False

    def prepare(self, new: Body, old: Record | None) -> None:
        """Settle currency and balance on top of the names."""
        super().prepare(new, old)
        new.pop("FullyQualifiedName", None)
        settle_currency(self.company, new, old)
        new["Balance"] = old.body["Balance"] if old else 0


class EmployeeRules(PeopleRules):
    """Employees share customers' names."""

    child_flag = ""
    has_level = False

    def prepare(self, new: Body, old: Record | None) -> None:
        """Mask the social security number."""
        super().prepare(new, old)
        if new.get("SSN"):
            new["SSN"] = "XXX-XX-XXXX"


class CompanyCurrencyRules(Rules):
    """Currencies the company deals in; names are Intuit's."""

    def prepare(self, new: Body, old: Record | None) -> None:
        """Take the name of the code; each code once."""
        reference = currency_reference(new["Code"])
        if old is not None and old.body["Code"] != new["Code"]:
            raise business("The code of a currency cannot be changed.", "Code")
        new.setdefault("Name", reference["name"])
        taken = self.company.search(
            "CompanyCurrency", "json_extract(body, '$.Code') = ?", new["Code"]
        )
        if old is None and taken:
            raise ServiceFault("6240", "Code")


class ExchangeRateRules(Rules):
    """Rates of the day; writing one again replaces it, without Id or SyncToken."""

    def update(self, body: Mapping[str, Any]) -> Record:
        """Write a rate for a currency and day: there is no Id to be found by."""
        return self.create(body)

    def create(self, body: Mapping[str, Any]) -> Record:
        """Write a rate for a currency and day."""
        new = self._tidy(body)
        for name in ("SourceCurrencyCode", "Rate"):
            if name not in new:
                raise required(name)
        currency_reference(new["SourceCurrencyCode"])
        if new["Rate"] <= 0:
            raise ServiceFault("2110", "Rate", "Rate must be above zero.")
        home = self.company.home_currency
        if new.setdefault("TargetCurrencyCode", home) != home:
            raise business("The target currency is the home currency.")
        new.setdefault("AsOfDate", self.company.today.isoformat())
        found = self.company.search(
            "ExchangeRate",
            "txn_date = ? AND json_extract(body, '$.SourceCurrencyCode') = ?",
            new["AsOfDate"],
            new["SourceCurrencyCode"],
        )
        if found:
            return self.company.save(found[0], new)
        return self.company.insert("ExchangeRate", new)
