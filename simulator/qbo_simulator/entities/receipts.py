"""Sales receipts, refund receipts and estimates (qbo-api.md 4.8)."""

from decimal import Decimal

from qbo_simulator.books.accounts import account_for
from qbo_simulator.books.ledger import Entry, Posting, levelled
from qbo_simulator.company import Record
from qbo_simulator.entities.base import Body
from qbo_simulator.entities.sales import SalesRules
from qbo_simulator.errors import ServiceFault, required

_MONEY = ("Bank", "Other Current Asset", "Credit Card")


class SalesReceiptRules(SalesRules):
    """Sales paid at once."""

    def settle(self, new: Body, old: Record | None) -> None:
        """Settle the account of the money on top; nothing stays open."""
        super().settle(new, old)
        self.settle_account(new)
        new["Balance"] = Decimal(0)
        account = self.company.get("Account", new["DepositToAccountRef"]["value"]).body
        if account["AccountType"] not in _MONEY:
            detail = (
                "DepositToAccountRef must be a bank or other current asset account."
            )
            raise ServiceFault("6430", "DepositToAccountRef", detail)

    def settle_account(self, new: Body) -> None:
        """Money waits among the undeposited funds unless sent to a bank."""
        if "DepositToAccountRef" not in new:
            account = account_for(self.company, "undeposited")
            new["DepositToAccountRef"] = {"value": account}

    def with_party(self, body: Body, others: list[Posting]) -> list[Posting]:
        """Return all with the side of the money."""
        amount = -sum(one.amount for one in others)
        party = body.get("CustomerRef", {}).get("value")
        account = body["DepositToAccountRef"]["value"]
        home = self.posting(body, account, amount).home
        kind = "Customer" if party else None
        return levelled(others, Posting(account, amount, home, kind, party))


class RefundReceiptRules(SalesReceiptRules):
    """Money paid back at once; the account it is paid from must be said."""

    sign = -1

    def settle_account(self, new: Body) -> None:
        """Refuse a refund that says not where it is paid from."""
        if "DepositToAccountRef" not in new:
            raise required("DepositToAccountRef")


class EstimateRules(SalesRules):
    """Estimates: they post nothing."""

    has_due_date = False

    def settle(self, new: Body, old: Record | None) -> None:
        """An estimate is pending until somebody says otherwise."""
        super().settle(new, old)
        new.setdefault("TxnStatus", "Pending")
        if new["TxnStatus"] not in ("Pending", "Accepted", "Closed", "Rejected"):
            raise ServiceFault("2170", "TxnStatus")

    def entry(self, record: Record) -> Entry | None:
        """Return nothing: an estimate is a promise."""
        return None
