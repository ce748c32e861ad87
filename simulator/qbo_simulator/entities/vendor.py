"""The rules of vendors and employees."""

from decimal import Decimal

from qbo_simulator.company import Record
from qbo_simulator.entities.base import Body
from qbo_simulator.entities.currency import settle_currency
from qbo_simulator.entities.people import PeopleRules


class EmployeeRules(PeopleRules):
    """Employees stand side by side."""

    has_level = False


class VendorRules(PeopleRules):
    """Vendors have a currency and a balance, which bills move."""

    has_level = False

    def prepare(self, new: Body, old: Record | None) -> None:
        """Settle currency and balance on top of the names."""
        super().prepare(new, old)
        settle_currency(self.company, new, old)
        new["Balance"] = old.body.get("Balance", Decimal(0)) if old else Decimal(0)
