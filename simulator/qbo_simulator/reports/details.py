"""Detail reports: one row for each transaction or posting, columns by choice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qbo_simulator.errors import ServiceFault
from qbo_simulator.reports.ledger import Ledger
from qbo_simulator.reports.moves import Txn
from qbo_simulator.reports.shape import Cell, Column, Row, cell, data, money, section

TITLES: Mapping[str, str] = {
    "tx_date": "Date",
    "txn_type": "Transaction Type",
    "doc_num": "Num",
    "is_no_post": "Posting",
    "is_adj": "Adj",
    "create_date": "Create Date",
    "last_mod_date": "Last Modified",
    "create_by": "Created By",
    "last_mod_by": "Last Modified By",
    "name": "Name",
    "cust_name": "Customer",
    "vend_name": "Vendor",
    "emp_name": "Employee",
    "klass_name": "Class",
    "dept_name": "Location",
    "item_name": "Product/Service",
    "memo": "Memo/Description",
    "account_name": "Account",
    "account_num": "Account #",
    "other_account": "Split",
    "split_acc": "Split",
    "due_date": "Due Date",
    "past_due": "Past Due",
    "quantity": "Qty",
    "rate": "Rate",
    "subt_nat_amount": "Amount",
    "rbal_nat_amount": "Balance",
    "nat_open_bal": "Open Balance",
    "subt_amount": "Amount",
    "subt_open_bal": "Open Balance",
    "rbal_open_bal": "Balance",
    "subt_neg_amount": "Amount",
    "subt_neg_open_bal": "Open Balance",
    "rbal_neg_open_bal": "Balance",
    "debt_amt": "Debit",
    "credit_amt": "Credit",
    "account_type": "Type",
    "detail_acc_type": "Detail type",
    "account_desc": "Description",
    "account_bal": "Balance",
    "home_amount": "FIFO Cost",
    "qty_on_hand": "Qty On Hand",
    "home_asset_value": "Asset Value",
    "item_sku": "SKU",
}
WORDS: Mapping[str, str] = {
    "BillPayment": "Bill Payment (Check)",
    "CreditCardPayment": "Credit Card Payment",
    "CreditMemo": "Credit Memo",
    "InventoryAdjustment": "Inventory Qty Adjust",
    "InventoryStart": "Inventory Starting Value",
    "JournalEntry": "Journal Entry",
    "Purchase": "Expense",
    "PurchaseOrder": "Purchase Order",
    "RefundReceipt": "Refund",
    "SalesReceipt": "Sales Receipt",
    "VendorCredit": "Vendor Credit",
}
"""What reports call a type of transaction, where that is not its name in the API."""

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """The chosen columns of one detail report."""

    ledger: Ledger
    keys: tuple[str, ...]

    @property
    def columns(self) -> list[Column]:
        """The columns; in detail reports a column's type is its key."""
        return [Column(TITLES[key], key, key) for key in self.keys]

    def facts(self, txn: Txn) -> dict[str, Any]:
        """Return what is known of a transaction, by column."""
        ledger = self.ledger
        entity, party = ledger.party_of(txn)
        tells = ledger.company.switches.get("report_ids") == "on"
        return {
            "tx_date": txn.day or "0-00-00",
            "txn_type": cell(WORDS.get(txn.kind, txn.kind), txn.id if tells else ""),
            "doc_num": txn.number,
            "is_no_post": "Yes" if txn.posts else "No",
            "create_date": txn.created,
            "last_mod_date": txn.changed,
            "name": cell(ledger.name(entity, party), party),
            "cust_name": cell(ledger.name("Customer", txn.customer), txn.customer),
            "vend_name": cell(ledger.name("Vendor", txn.vendor), txn.vendor),
            "emp_name": cell(ledger.name("Employee", txn.employee), txn.employee),
            "memo": txn.memo,
            "due_date": txn.due,
        }

    def row(self, facts: Facts, blank: str = "") -> Row:
        """Return a row of the chosen columns; whole numbers are hundredths."""
        return data(*(_shown(facts.get(key, blank)) for key in self.keys))

    def section(
        self,
        title: Cell,
        rows: Sequence[Row],
        words: str,
        sums: Facts,
        group: str = "",
    ) -> Row:
        """Return a section with its sums under the columns they belong to."""
        head = [title, *[""] * (len(self.keys) - 1)] if title else []
        total = [_shown(sums.get(key, "")) for key in self.keys]
        return section(head, rows, [words, *total[1:]], group)

    def sorted(self, rows: Iterable[Row]) -> list[Row]:
        """Return rows in the order that was asked for, else as they are."""
        wishes, found = self.ledger.wishes, list(rows)
        if wishes.sort_by not in self.keys:
            return found[::-1] if wishes.descending else found
        at = self.keys.index(wishes.sort_by)
        found.sort(key=lambda row: _rank(row["ColData"][at]["value"]))
        return found[::-1] if wishes.descending else found


def table_of(ledger: Ledger, default: Sequence[str]) -> Table:
    """Return the columns asked for, else a report's own. Raises 2170."""
    keys = ledger.wishes.columns or tuple(default)
    for key in keys:
        if key not in TITLES:
            raise ServiceFault(
                "2170", "columns", f"{ascii(key)[1:-1][:60]} is no column."
            )
    return Table(ledger, tuple(dict.fromkeys(keys)))


def _shown(value: Any) -> Cell:
    return money(value) if isinstance(value, int) else value


def _rank(value: str) -> tuple[int, Decimal, str]:
    """Sort numbers as numbers, the rest as text."""
    try:
        return 0, Decimal(value), ""
    except ArithmeticError:
        return 1, Decimal(0), value.casefold()
