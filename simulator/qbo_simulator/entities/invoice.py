"""The rules of invoices and credit memos (qbo-api.md 4.7, 4.8)."""

import hashlib
from decimal import Decimal

from qbo_simulator.company import Record
from qbo_simulator.entities.autoapply import apply_new_credit, apply_to_new_invoice
from qbo_simulator.entities.base import Body
from qbo_simulator.entities.sales import SalesRules
from qbo_simulator.entities.sources import (
    check_sources,
    forget_sources,
    free_sources,
    take_sources,
)
from qbo_simulator.errors import ServiceFault, business

_ONLINE = ("AllowOnlineCreditCardPayment", "AllowOnlineACHPayment")
_LINK = (
    "https://connect.intuit.com/portal/app/CommerceNetwork/view/scs-v1-{}"
    "?locale=en_US&cta=v3invoicelink"
)


class InvoiceRules(SalesRules):
    """Invoices."""

    has_due_date = True

    def before_check(self, body: Body, old: Body | None) -> None:
        """Refuse an invoice for nobody (UNCONFIRMED: as a missing parameter)."""
        super().before_check(body, old)
        code = self.company.switches.get("invoice_without_customer")
        if code == "6250" and "CustomerRef" not in body:
            raise ServiceFault("6250", "CustomerRef")

    def settle(self, new: Body, old: Record | None) -> None:
        """Check the deposit on top of what all sales documents ask."""
        self._check_deposit(new)
        check_sources(self.company, new, old.body if old else None)
        super().settle(new, old)
        deposit = Decimal(new.setdefault("Deposit", Decimal(0)))
        if deposit > new["TotalAmt"]:
            raise business("The deposit is more than the invoice.", "Deposit")

    def answer(self, record: Record) -> Body:
        """Add the address where the customer pays, when it is asked for and exists."""
        body = record.body
        wanted = "invoicelink" in self.company.options
        online = any(body.get(name) for name in _ONLINE)
        if not (wanted and online and body.get("BillEmail")):
            return body
        key = f"{self.company.realm_id}-{record.id}"
        digest = hashlib.sha256(key.encode()).hexdigest()
        return {**body, "InvoiceLink": _LINK.format(digest)}

    def after(self, record: Record, old: Body | None) -> None:
        """Post; let credits pay a new invoice if the company wishes it."""
        super().after(record, old)
        take_sources(self.company, record, old)
        if old is None:
            apply_to_new_invoice(self.company, record)
            self.company.refresh(record)

    def release(self, record: Record) -> None:
        """Give back payments, and let the sources be invoiced again."""
        super().release(record)
        free_sources(self.company, record)

    def voided(self, new: Body) -> None:
        """A void invoice is made from nothing."""
        forget_sources(new)

    def _check_deposit(self, new: Body) -> None:
        deposit = Decimal(new.get("Deposit", 0))
        allowed = self.company.preference("SalesFormsPrefs", "AllowDeposit", True)
        if deposit and not allowed:
            raise business("Deposits are not enabled for this company.", "Deposit")
        if deposit < 0:
            raise ServiceFault("2140", "Deposit")


class CreditMemoRules(SalesRules):
    """Credit memos."""

    sign = -1

    def after(self, record: Record, old: Body | None) -> None:
        """Post; let a new credit pay invoices if the company wishes it."""
        super().after(record, old)
        if old is None:
            apply_new_credit(self.company, record)
            self.company.refresh(record)
