"""What reports are made of: postings, transactions and accounts as plain values."""

from dataclasses import dataclass
from typing import NamedTuple

RECEIVABLE = "Accounts Receivable"
PAYABLE = "Accounts Payable"
PROFIT_AND_LOSS = (
    "Income",
    "Cost of Goods Sold",
    "Expense",
    "Other Income",
    "Other Expense",
)


class Move(NamedTuple):
    """One posting: hundredths at home, debit above zero, and what it was for."""

    day: str
    kind: str
    id: str
    account: str
    home: int
    party_type: str = ""
    party: str = ""
    item: str = ""
    quantity: str = ""
    tax_rate: str = ""
    class_id: str = ""
    department: str = ""
    memo: str = ""


class Txn(NamedTuple):
    """What reports tell of a transaction."""

    kind: str
    id: str
    day: str
    number: str = ""
    memo: str = ""
    customer: str = ""
    vendor: str = ""
    employee: str = ""
    due: str = ""
    created: str = ""
    changed: str = ""
    posts: bool = True
    total: str = "0"


@dataclass(frozen=True)
class Account:
    """An account of the chart."""

    id: str
    name: str
    full_name: str
    kind: str
    subtype: str
    number: str
    parent: str
    active: bool
    description: str

    @property
    def signed(self) -> int:
        """1 where a debit adds to what the account shows, -1 where a credit does."""
        return -1 if self.kind in _CREDIT else 1


_CREDIT = (
    "Accounts Payable",
    "Credit Card",
    "Other Current Liability",
    "Long Term Liability",
    "Equity",
    "Income",
    "Other Income",
)
