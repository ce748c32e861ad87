"""The rules of customers (qbo-api.md 4.2)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from qbo_simulator.books.balances import moved
from qbo_simulator.company import API_ACTOR, Record
from qbo_simulator.entities.base import Body
from qbo_simulator.entities.currency import settle_currency
from qbo_simulator.entities.opening import balance_out, book_opening_balance
from qbo_simulator.entities.people import PeopleRules
from qbo_simulator.errors import ServiceFault, business

_MASKED = ("PrimaryTaxIdentifier", "SecondaryTaxIdentifier")


class CustomerRules(PeopleRules):
    """Customers and sub-customers ("jobs")."""

    child_flag = "Job"

    def update(self, body: Mapping[str, Any]) -> Record:
        """Change a customer; what one owes whom a person gives up is balanced first."""
        record = self.current(body)
        leaves = body.get("Active") in (False, "false") and record.body.get(
            "Active", True
        )
        if leaves and self.company.actor != API_ACTOR and not self.company.system:
            balance_out(self.company, record)
            token = str(self.company.get("Customer", record.id).row.sync_token)
            body = {**body, "SyncToken": token}
        return super().update(body)

    def prepare(self, new: Body, old: Record | None) -> None:
        """Settle currency, balance, tax identifiers on top of the names."""
        self._opening = self._opening_balance(new, old)
        super().prepare(new, old)
        settle_currency(self.company, new, old)
        for name in _MASKED:
            if name in new:
                new[name] = masked(new[name], old.body.get(name) if old else None)
        new["IsProject"] = bool(old and old.body.get("IsProject"))
        if new.get("BillWithParent") and not new.get("ParentRef"):
            raise ServiceFault("6130", "BillWithParent", "There is no parent to bill.")
        self._check_preferred_delivery(new)
        if old is None:
            new["Balance"] = new["BalanceWithJobs"] = Decimal(0)
        else:
            for name in ("Balance", "BalanceWithJobs"):
                new[name] = old.body.get(name, Decimal(0))

    def _opening_balance(self, new: Body, old: Record | None) -> Decimal:
        """Return the balance a new customer starts with; it needs its date (6060)."""
        wanted = Decimal(new.get("Balance") or 0)
        if old is not None or not wanted:
            return Decimal(0)
        if not new.get("OpenBalanceDate"):
            raise ServiceFault("6060", "OpenBalanceDate")
        if wanted < 0:
            raise business("An opening balance cannot be negative.", "Balance")
        return wanted

    def _check_preferred_delivery(self, new: Mapping[str, Any]) -> None:
        wants_email = new.get("PreferredDeliveryMethod") == "Email"
        if wants_email and not new.get("PrimaryEmailAddr"):
            raise ServiceFault("6420", "PrimaryEmailAddr")

    def after(self, record: Record, old: Body | None) -> None:
        """Book an opening balance; move balances when the parent changed."""
        super().after(record, old)
        if old is None:
            self._book_opening_balance(record)
        elif old.get("ParentRef") != record.body.get("ParentRef"):
            moved(self.company, record, old.get("ParentRef"))

    def _book_opening_balance(self, record: Record) -> None:
        if self._opening:
            book_opening_balance(self.company, record, self._opening)


def masked(value: str, before: str | None) -> str:
    """Return a tax identifier as it is read: all but the last five as X."""
    if value == before or set(value[:-5]) <= {"X"}:
        return value
    return "X" * max(len(value) - 5, 0) + value[-5:]
