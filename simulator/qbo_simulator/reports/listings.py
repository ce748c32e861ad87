"""Lists of transactions and of postings: ledger, journal, profit and loss in detail."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from qbo_simulator.books.money import cents
from qbo_simulator.company import Company
from qbo_simulator.reports.details import Table, table_of
from qbo_simulator.reports.ledger import Ledger
from qbo_simulator.reports.moves import PROFIT_AND_LOSS, Account, Move, Txn
from qbo_simulator.reports.shape import Row, cell, report
from qbo_simulator.reports.wishes import Wishes

_LIST = (
    "tx_date",
    "txn_type",
    "doc_num",
    "is_no_post",
    "name",
    "memo",
    "account_name",
    "other_account",
    "subt_nat_amount",
)
_LEDGER = (
    "tx_date",
    "txn_type",
    "doc_num",
    "name",
    "memo",
    "split_acc",
    "subt_nat_amount",
    "rbal_nat_amount",
)
_JOURNAL = (
    "tx_date",
    "txn_type",
    "doc_num",
    "name",
    "memo",
    "account_num",
    "account_name",
    "debt_amt",
    "credit_amt",
)


class _Postings:
    """The postings of a ledger by transaction, to tell what stands against what."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.by_txn: dict[tuple[str, str], list[Move]] = defaultdict(list)
        for one in ledger.moves:
            self.by_txn[one.kind, one.id].append(one)

    def split(self, move: Move) -> dict[str, str]:
        """Return the account on the other side, or that there are several."""
        others = {
            one.account
            for one in self.by_txn[move.kind, move.id]
            if one.account != move.account
        }
        if len(others) > 1:
            return cell("-Split-")
        return self.account(next(iter(others), ""))

    def account(self, account: str) -> dict[str, str]:
        """Return an account's cell."""
        found = self.ledger.accounts.get(account)
        return cell(found.full_name, found.id) if found else cell("")

    def facts(self, table: Table, move: Move) -> dict[str, Any]:
        """Return what is known of a posting, by column."""
        ledger = self.ledger
        account = ledger.accounts[move.account]
        entity, party = ledger.party(move)
        return table.facts(ledger.txn(move)) | {
            "tx_date": move.day,
            "name": cell(ledger.name(entity, party), party),
            "memo": move.memo or ledger.txn(move).memo,
            "account_name": self.account(move.account),
            "account_num": account.number,
            "split_acc": self.split(move),
            "other_account": self.split(move),
            "klass_name": cell(ledger.name("Class", move.class_id), move.class_id),
            "dept_name": cell(
                ledger.name("Department", move.department), move.department
            ),
            "item_name": cell(ledger.name("Item", move.item), move.item),
            "quantity": move.quantity,
            "subt_nat_amount": account.signed * move.home,
            "debt_amt": move.home if move.home > 0 else "",
            "credit_amt": -move.home if move.home < 0 else "",
        }


# -- lists of transactions -----------------------------------------------------


def transaction_list(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return every transaction of a period."""
    ledger = Ledger(company, wishes)
    table = table_of(ledger, _LIST)
    postings = _Postings(ledger)
    rows = [table.row(_txn_facts(table, postings, one)) for one in _listed(ledger)]
    rows = table.sorted(rows)
    return report(company, "TransactionList", wishes, table.columns, rows)


def transactions_by_customer(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return the transactions of each customer."""
    return _by_party(company, wishes, "TransactionListByCustomer", "Customer")


def transactions_by_vendor(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return the transactions of each vendor."""
    return _by_party(company, wishes, "TransactionListByVendor", "Vendor")


def _by_party(
    company: Company, wishes: Wishes, name: str, entity: str
) -> dict[str, Any]:
    ledger = Ledger(company, wishes)
    table = table_of(ledger, [key for key in _LIST if key != "name"])
    postings = _Postings(ledger)
    groups: dict[str, list[Txn]] = defaultdict(list)
    for one in _listed(ledger):
        party = one.customer if entity == "Customer" else one.vendor
        if party:
            groups[party].append(one)
    named = sorted((ledger.name(entity, one), one) for one in groups)
    rows = []
    for title, party in named:
        facts = [_txn_facts(table, postings, one) for one in groups[party]]
        total = {"subt_nat_amount": sum(one["subt_nat_amount"] for one in facts)}
        lines = table.sorted(table.row(one) for one in facts)
        head = cell(title, party)
        rows.append(table.section(head, lines, f"Total for {title}", total))
    return report(company, name, wishes, table.columns, rows)


def _listed(ledger: Ledger) -> list[Txn]:
    """Return the transactions of the period that the filters let through."""
    wishes = ledger.wishes
    chosen = [
        one
        for one in ledger.txns.values()
        if one.day >= wishes.start
        and all(
            wishes.admits(name, getattr(one, name))
            for name in ("customer", "vendor", "employee")
        )
    ]
    if set(wishes.filters) & {"account", "class", "department", "item"}:
        posted = {(one.kind, one.id) for one in ledger.within()}
        chosen = [one for one in chosen if (one.kind, one.id) in posted]
    return sorted(chosen, key=lambda one: (one.day, int(one.id)))


def _txn_facts(table: Table, postings: _Postings, txn: Txn) -> dict[str, Any]:
    """Return a transaction's row: its first posting against the others, its total."""
    moves = postings.by_txn.get((txn.kind, txn.id), [])
    main = _main(postings.ledger, moves)
    facts = table.facts(txn)
    total = cents(Decimal(txn.total))
    facts["subt_nat_amount"] = total
    if main is not None:
        account = postings.ledger.accounts[main.account]
        same = sum(one.home for one in moves if one.account == main.account)
        facts |= {
            "account_name": postings.account(main.account),
            "other_account": postings.split(main),
            "split_acc": postings.split(main),
            "account_num": account.number,
            "subt_nat_amount": account.signed * same,
        }
    return facts


_MAIN = (
    "Accounts Receivable",
    "Accounts Payable",
    "Bank",
    "Credit Card",
    "Other Current Asset",
)


def _main(ledger: Ledger, moves: Sequence[Move]) -> Move | None:
    """Return the posting that stands for a transaction: who owes, or the money."""
    money_first = ("Bank", "Credit Card", "Other Current Asset", *_MAIN)
    of_payment = moves and moves[0].kind in ("Payment", "BillPayment", "Deposit")
    for kind in money_first if of_payment else _MAIN:
        for one in moves:
            if ledger.kind(one) == kind and not one.item:
                return one
    return moves[0] if moves else None


def transactions_with_splits(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return every transaction with each of its postings."""
    ledger = Ledger(company, wishes)
    table = table_of(ledger, [key for key in _LIST if key != "other_account"])
    postings = _Postings(ledger)
    rows = []
    for txn in _listed(ledger):
        moves = postings.by_txn.get((txn.kind, txn.id), [])
        lines = [table.row(postings.facts(table, one)) for one in moves]
        title = table.facts(txn)["txn_type"]
        rows.append(table.section(title, lines, "", {}))
    rows = rows[::-1] if wishes.descending else rows
    return report(company, "TransactionListWithSplits", wishes, table.columns, rows)


# -- postings by account -------------------------------------------------------


def general_ledger(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return every posting of a period by account, with running balances."""
    return _ledger_report(company, wishes, "GeneralLedger", balances=True)


def detail_by_account(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return every posting of a period by account, from nothing."""
    return _ledger_report(company, wishes, "TransactionDetailByAccount", balances=False)


def _ledger_report(
    company: Company, wishes: Wishes, name: str, balances: bool
) -> dict[str, Any]:
    ledger = Ledger(company, wishes)
    table = table_of(ledger, _LEDGER)
    postings = _Postings(ledger)
    begin: dict[str, int] = defaultdict(int)
    if balances:
        for one in ledger.before():
            begin[one.account] += one.home
    moved = _grouped(ledger.within(), lambda one: one.account)
    rows = [
        _account_section(table, postings, account, begin[account.id], moved)
        for account in ledger.accounts.values()
        if moved.get(account.id) or begin[account.id]
    ]
    return report(company, name, wishes, table.columns, rows)


def _account_section(
    table: Table,
    postings: _Postings,
    account: Account,
    begin: int,
    moved: dict[str, list[Move]],
) -> Row:
    rows, balance = [], account.signed * begin
    if begin:
        opening = {"tx_date": "Beginning Balance", "rbal_nat_amount": balance}
        rows.append(table.row(opening))
    lines, total = _running(table, postings, account, moved, balance)
    sums = {"subt_nat_amount": total}
    head = cell(account.full_name, account.id)
    words = f"Total for {account.full_name}"
    return table.section(head, [*rows, *table.sorted(lines)], words, sums)


def _running(
    table: Table,
    postings: _Postings,
    account: Account,
    moved: dict[str, list[Move]],
    balance: int = 0,
) -> tuple[list[Row], int]:
    """Return an account's postings with a running balance, and their sum."""
    lines, total = [], 0
    for one in moved.get(account.id, []):
        facts = postings.facts(table, one)
        total += facts["subt_nat_amount"]
        facts["rbal_nat_amount"] = balance + total
        lines.append(table.row(facts))
    return lines, total


def _grouped(
    moves: Iterable[Move], key: Callable[[Move], str]
) -> dict[str, list[Move]]:
    groups: dict[str, list[Move]] = defaultdict(list)
    for one in moves:
        groups[key(one)].append(one)
    return groups


_STATEMENT = (
    ("Ordinary Income/Expenses", "", ()),
    ("Income", "Income", ("Income",)),
    ("Cost of Goods Sold", "COGS", ("Cost of Goods Sold",)),
    ("Expenses", "Expenses", ("Expense",)),
    ("Other Income", "OtherIncome", ("Other Income",)),
    ("Other Expenses", "OtherExpenses", ("Other Expense",)),
)


def profit_and_loss_detail(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return every posting to income, costs and expenses, by account."""
    ledger = Ledger(company, wishes)
    table = table_of(ledger, _LEDGER)
    postings = _Postings(ledger)
    moved = _grouped(ledger.of_kinds(*PROFIT_AND_LOSS), lambda one: one.account)
    rows, net = [], 0
    for title, group, kinds in _STATEMENT:
        accounts = [one for one in ledger.accounts.values() if one.kind in kinds]
        part, total = _statement_part(table, postings, accounts, moved)
        if part:
            sums = {"subt_nat_amount": total}
            words = f"Total {title}"
            rows.append(table.section(title, part, words, sums, group))
        net += total if title.endswith("Income") else -total
    if rows:
        sums = {"subt_nat_amount": net}
        rows.append(table.section("", [], "Net Income", sums, "NetIncome"))
    return report(company, "ProfitAndLossDetail", wishes, table.columns, rows)


def _statement_part(
    table: Table,
    postings: _Postings,
    accounts: Iterable[Account],
    moved: dict[str, list[Move]],
) -> tuple[list[Row], int]:
    rows, whole = [], 0
    for account in accounts:
        if not moved.get(account.id):
            continue
        lines, total = _running(table, postings, account, moved)
        whole += total
        head = cell(account.full_name, account.id)
        sums = {"subt_nat_amount": total}
        words = f"Total for {account.full_name}"
        rows.append(table.section(head, table.sorted(lines), words, sums))
    return rows, whole


# -- the journal ---------------------------------------------------------------


def journal(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return every entry of a period: its debits and credits and their sums."""
    ledger = Ledger(company, wishes)
    table = table_of(ledger, _JOURNAL)
    postings = _Postings(ledger)
    entries: dict[tuple[str, str], list[Move]] = defaultdict(list)
    for one in ledger.within():
        entries[one.kind, one.id].append(one)
    rows: list[Row] = []
    debit = credit = 0
    for moves in entries.values():
        sums = _two_sums(moves)
        debit, credit = debit + sums["debt_amt"], credit + sums["credit_amt"]
        lines = [table.row(postings.facts(table, one)) for one in moves]
        rows.append(table.section("", lines, "", sums))
    rows = rows[::-1] if wishes.descending else rows
    if rows:
        total = {"debt_amt": debit, "credit_amt": credit}
        rows.append(table.section("", [], "TOTAL", total, "GrandTotal"))
    return report(company, "JournalReport", wishes, table.columns, rows)


def _two_sums(moves: Iterable[Move]) -> dict[str, int]:
    held = list(moves)
    return {
        "debt_amt": sum(one.home for one in held if one.home > 0),
        "credit_amt": -sum(one.home for one in held if one.home < 0),
    }


# -- the chart -----------------------------------------------------------------


def account_list(company: Company, wishes: Wishes) -> dict[str, Any]:
    """Return the chart of accounts with balances."""
    ledger = Ledger(company, wishes)
    keys = ("account_name", "account_type", "detail_acc_type", "account_desc")
    table = table_of(ledger, (*keys, "account_bal"))
    held: dict[str, int] = defaultdict(int)
    for one in ledger.moves:
        held[one.account] += one.home
    rows = []
    for account in ledger.accounts.values():
        if account.active and wishes.admits("account", account.id):
            facts: dict[str, Any] = {
                "account_name": cell(account.full_name, account.id),
                "account_num": account.number,
                "account_type": account.kind,
                "detail_acc_type": account.subtype,
                "account_desc": account.description,
            }
            if account.kind not in PROFIT_AND_LOSS:
                facts["account_bal"] = account.signed * held[account.id]
            rows.append(table.row(facts))
    rows = table.sorted(rows)
    return report(company, "AccountList", wishes, table.columns, rows)
