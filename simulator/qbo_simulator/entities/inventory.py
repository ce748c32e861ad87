"""The rules of inventory adjustments."""

from decimal import Decimal

from qbo_simulator.books.ledger import Entry, Posting
from qbo_simulator.books.money import cents
from qbo_simulator.company import Record
from qbo_simulator.entities.base import Body
from qbo_simulator.entities.transaction import (
    TransactionRules,
    check_lines,
    number_lines,
)
from qbo_simulator.errors import ServiceFault, business, required
from qbo_simulator.schema.inventoryadjustment import DETAIL

_ACCOUNTS = ("Cost of Goods Sold", "Expense", "Other Expense", "Income", "Equity")


class InventoryAdjustmentRules(TransactionRules):
    """Quantities counted, against an account for what is lost or found."""

    numbers_itself = True

    def settle(self, new: Body, old: Record | None) -> None:
        """Check the account, and that every line counts a stocked item."""
        account = self.company.get("Account", new["AdjustAccountRef"]["value"]).body
        if account["AccountType"] not in _ACCOUNTS:
            raise ServiceFault("6430", "AdjustAccountRef")
        check_lines(new.get("Line"))
        for line in new["Line"]:
            line.setdefault("DetailType", DETAIL)
            if DETAIL not in line:
                raise required(DETAIL)
            self._check_item(new, line[DETAIL]["ItemRef"]["value"])
        number_lines(new["Line"], old)

    def _check_item(self, new: Body, item_id: str) -> None:
        item = self.company.get("Item", item_id).body
        if item.get("Type") != "Inventory":
            raise business("Only inventory items can be adjusted.", "ItemRef")
        if new["TxnDate"] < item.get("InvStartDate", ""):
            raise ServiceFault("6270", "TxnDate")

    def entry(self, record: Record) -> Entry:
        """Return the entry: each item's worth at its cost, against the account."""
        body = record.body
        against = body["AdjustAccountRef"]["value"]
        postings = []
        for line in body["Line"]:
            detail = line[DETAIL]
            item = self.company.get("Item", detail["ItemRef"]["value"]).body
            moved = Decimal(detail["QtyDiff"])
            value = cents(moved * Decimal(item.get("PurchaseCost", 0)))
            asset = item["AssetAccountRef"]["value"]
            counted = {"item": item["Id"], "quantity": str(moved)}
            postings.append(Posting(asset, value, value, **counted))
            postings.append(Posting(against, -value, -value))
        day, home = body["TxnDate"], self.company.home_currency
        return Entry(record.entity, record.id, day, home, tuple(postings))
