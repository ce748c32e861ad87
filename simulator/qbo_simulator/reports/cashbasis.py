"""The same postings on a cash basis: sales and purchases count when they are paid.

An invoice or bill posts nothing by itself; each payment of it brings the share of its
lines that is paid then. What a payment leaves unapplied is income or expense of its
own, as Intuit shows it. Receivables and payables of such documents are nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from qbo_simulator.books.links import valued
from qbo_simulator.books.money import cents
from qbo_simulator.company import Company
from qbo_simulator.reports.moves import PAYABLE, RECEIVABLE, Account, Move

OPEN = (RECEIVABLE, PAYABLE)

UNAPPLIED_INCOME = Account(
    "unapplied-income",
    "Unapplied Cash Payment Income",
    "Unapplied Cash Payment Income",
    "Income",
    "UnappliedCashPaymentIncome",
    "",
    "",
    True,
    "",
)
UNAPPLIED_EXPENSE = Account(
    "unapplied-expense",
    "Unapplied Cash Bill Payment Expense",
    "Unapplied Cash Bill Payment Expense",
    "Expense",
    "UnappliedCashBillPaymentExpense",
    "",
    "",
    True,
    "",
)
_DOCUMENTS = ("Invoice", "CreditMemo", "Bill", "VendorCredit")
_PAYMENTS = ("Payment", "BillPayment")
Key = tuple[str, str]


@dataclass
class _Document:
    """A document that waits for its payments: its lines and what came of them."""

    lines: list[Move] = field(default_factory=list)
    deposit: list[Move] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    so_far: int = 0

    @property
    def whole(self) -> int:
        """What is to be paid: above zero what comes in, below what goes out."""
        return -sum(one.home for one in self.lines)

    def paid(self, day: str, by: Key, part: int) -> list[Move]:
        """Return the lines that a payment of ``part`` hundredths brings.

        They add up to the part: what rounding leaves goes to the largest line.
        """
        self.done = self.done or [0] * len(self.lines)
        self.so_far += part
        wanted = [_share(one.home, self.so_far, self.whole) for one in self.lines]
        steps = [new - old for new, old in zip(wanted, self.done, strict=True)]
        if steps:
            largest = max(range(len(steps)), key=lambda at: abs(self.lines[at].home))
            steps[largest] += -part - sum(steps)
        self.done = [old + step for old, step in zip(self.done, steps, strict=True)]
        return [
            one._replace(day=max(day, one.day), kind=by[0], id=by[1], home=step)
            for one, step in zip(self.lines, steps, strict=True)
            if step
        ]

    def at_once(self) -> list[Move]:
        """Return what counts on the document's own day: what a deposit pays.

        A document that asks for nothing has nothing to wait for.
        """
        if not self.whole:
            return [*self.deposit, *self.lines]
        if not self.deposit:
            return []
        first = self.deposit[0]
        part = sum(one.home for one in self.deposit)
        return [*self.deposit, *self.paid(first.day, (first.kind, first.id), part)]


def _share(value: int, part: int, whole: int) -> int:
    return cents(Decimal(value) * part / whole / 100) if whole else 0


def on_cash_basis(
    company: Company, accounts: dict[str, Account], moves: Iterable[Move]
) -> list[Move]:
    """Return the postings on a cash basis; adds the accounts for unapplied money."""
    for account in (UNAPPLIED_INCOME, UNAPPLIED_EXPENSE):
        accounts.setdefault(account.id, account)
    kept: list[Move] = []
    documents: dict[Key, _Document] = {}
    payments: dict[Key, list[Move]] = {}
    for move in moves:
        key = (move.kind, move.id)
        if move.kind in _DOCUMENTS:
            document = documents.setdefault(key, _Document())
            _read_line(document, accounts[move.account].kind, move)
        elif move.kind in _PAYMENTS:
            payments.setdefault(key, []).append(move)
        else:
            kept.append(move)
    for document in documents.values():
        kept += document.at_once()
    parts = _parts(company)
    for key in sorted(payments, key=lambda one: (payments[one][0].day, int(one[1]))):
        kept += _payment(documents, accounts, payments[key], parts.get(key, []))
    return sorted(kept, key=lambda one: one.day)


def _read_line(document: _Document, kind: str, move: Move) -> None:
    if kind in OPEN:
        return
    is_money = kind in ("Bank", "Other Current Asset") and not move.item
    if move.kind == "Invoice" and is_money:
        document.deposit.append(move)
    else:
        document.lines.append(move)


def _payment(
    documents: Mapping[Key, _Document],
    accounts: Mapping[str, Account],
    moves: list[Move],
    parts: list[tuple[Key, int]],
) -> list[Move]:
    """Return a payment: its money, the shares it pays, and what it leaves."""
    first = moves[0]
    made = [one for one in moves if accounts[one.account].kind not in OPEN]
    for target, part in parts:
        if target in documents:
            made += documents[target].paid(first.day, (first.kind, first.id), part)
    rests: dict[str, int] = defaultdict(int)
    for one in made:
        rests[one.day] -= one.home
    account = UNAPPLIED_INCOME if first.kind == "Payment" else UNAPPLIED_EXPENSE
    plain = first._replace(account=account.id, item="", quantity="", tax_rate="")
    left = (plain._replace(day=day, home=rest) for day, rest in rests.items() if rest)
    return [*made, *left]


_SIGNS = {"Invoice": 1, "CreditMemo": -1, "Bill": -1, "VendorCredit": 1}


def _parts(company: Company) -> dict[Key, list[tuple[Key, int]]]:
    """Return what each payment pays of which documents, in home hundredths."""
    found: dict[Key, list[tuple[Key, int]]] = {}
    for link, home in valued(company):
        part = ((link.to_type, link.to_id), _SIGNS.get(link.to_type, 1) * home)
        found.setdefault((link.from_type, link.from_id), []).append(part)
    return found
