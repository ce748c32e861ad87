"""The rules of accounts (qbo-api.md 4.5)."""

from decimal import Decimal

from qbo_simulator.books.balances import moved
from qbo_simulator.company import Record
from qbo_simulator.entities.base import Body
from qbo_simulator.entities.currency import currency_reference, settle_currency
from qbo_simulator.entities.naming import HierarchyRules
from qbo_simulator.errors import ServiceFault, business
from qbo_simulator.schema.account import CLASSIFICATION, DEFAULT_SUBTYPE

_WITH_CURRENCY = ("Bank", "Credit Card", "Accounts Receivable", "Accounts Payable")
_CURRENT = ("CurrentBalance", "CurrentBalanceWithSubAccounts")


class AccountRules(HierarchyRules):
    """The chart of accounts."""

    child_flag = "SubAccount"
    has_level = False

    def before_check(self, body: Body, old: Body | None) -> None:
        """An account needs a type (6010); a subtype or classification implies it."""
        if body.get("AccountType"):
            return
        subtypes = {subtype: kind for kind, subtype in DEFAULT_SUBTYPE.items()}
        kind = subtypes.get(body.get("AccountSubType", ""))
        if kind is None:
            raise ServiceFault("6010", "AccountType")
        body["AccountType"] = kind

    def prepare(self, new: Body, old: Record | None) -> None:
        """Settle classification, subtype, currency; keep the balance."""
        super().prepare(new, old)
        kind = new["AccountType"]
        new["Classification"] = CLASSIFICATION[kind]
        new.setdefault("AccountSubType", DEFAULT_SUBTYPE[kind])
        new["SubAccount"] = "ParentRef" in new
        if old is not None and old.body["AccountType"] != kind:
            self._check_change_of_type(new, old)
        self._check_number(new, old)
        settle_currency(self.company, new, old)
        if kind not in _WITH_CURRENCY:
            new["CurrencyRef"] = currency_reference(self.company.home_currency)
        for name in _CURRENT:
            new[name] = old.body[name] if old else Decimal(0)

    def check_parent(self, new: Body, parent: Record) -> None:
        """A sub-account has its parent's type."""
        if parent.body["AccountType"] != new["AccountType"]:
            raise business("A sub-account must be of its parent's type.", "ParentRef")

    def _check_change_of_type(self, new: Body, old: Record) -> None:
        frozen = ("Accounts Receivable", "Accounts Payable")
        if old.body["AccountType"] in frozen or new["AccountType"] in frozen:
            raise business("The type of this account cannot be changed.", "AccountType")

    def _check_number(self, new: Body, old: Record | None) -> None:
        """Account numbers are unique while they are in use."""
        wanted = new.get("AcctNum")
        if not wanted or (old and old.body.get("AcctNum") == wanted):
            return
        taken = self.company.search(
            "Account", "json_extract(body, '$.AcctNum') = ?", wanted
        )
        if any(old is None or other.id != old.id for other in taken):
            detail = "Another account is already using this number."
            raise ServiceFault("6240", "AcctNum", detail)

    def after(self, record: Record, old: Body | None) -> None:
        """Carry names and balances to a new place."""
        super().after(record, old)
        if old is not None and old.get("ParentRef") != record.body.get("ParentRef"):
            moved(self.company, record, old.get("ParentRef"))
