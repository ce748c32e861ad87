"""Double entries: every transaction posts to accounts, and every posting balances."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from qbo_simulator.books.balances import adjust, move_stock
from qbo_simulator.company import Company

RECEIVABLE = "Accounts Receivable"
PAYABLE = "Accounts Payable"
STOCK = "Other Current Asset"


@dataclass(frozen=True)
class Posting:
    """One side of an entry: hundredths, debit above zero.

    ``amount`` is in the transaction's currency, ``home`` in that of the books. The
    rest says what it was for, so that reports can tell.
    """

    account: str
    amount: int
    home: int
    party_type: str | None = None
    party: str | None = None
    item: str | None = None
    quantity: str | None = None
    tax_rate: str | None = None
    class_id: str | None = None
    department: str | None = None
    memo: str | None = None


@dataclass(frozen=True)
class Entry:
    """What a transaction is in the books."""

    txn_type: str
    txn_id: str
    day: str
    currency: str
    postings: tuple[Posting, ...]


def levelled(postings: Sequence[Posting], party: Posting) -> list[Posting]:
    """Return a document's postings with its party's, levelled at home.

    Each was turned into home currency and rounded by itself; what the party owes is
    right, so the difference goes to the largest of the others.
    """
    rest = -party.home - sum(one.home for one in postings)
    if not rest or not postings:
        return [*postings, party]
    at = max(range(len(postings)), key=lambda place: abs(postings[place].home))
    large = replace(postings[at], home=postings[at].home + rest)
    return [*postings[:at], large, *postings[at + 1 :], party]


def post(company: Company, entry: Entry) -> None:
    """Write an entry in place of what the transaction posted before."""
    postings = [one for one in entry.postings if one.amount or one.home or one.quantity]
    if sum(one.home for one in postings):
        raise RuntimeError(f"{entry.txn_type} {entry.txn_id} does not balance")
    deltas, stock = _taken_back(company, entry.txn_type, entry.txn_id)
    company.store.change_many(
        "INSERT INTO postings VALUES"
        " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            _columns(company, entry, line, posting)
            for line, posting in enumerate(postings)
        ],
    )
    _count(company, deltas, entry.currency, postings, 1)
    _count_stock(company, stock, postings, 1)
    _apply(company, deltas, stock)


def _columns(
    company: Company, entry: Entry, line: int, posting: Posting
) -> tuple[Any, ...]:
    return (
        company.realm_id,
        entry.txn_type,
        entry.txn_id,
        line,
        entry.day,
        posting.account,
        posting.party_type,
        posting.party,
        posting.item,
        posting.quantity,
        posting.tax_rate,
        posting.class_id,
        posting.department,
        posting.memo,
        entry.currency,
        posting.amount,
        posting.home,
    )


def unpost(company: Company, txn_type: str, txn_id: str) -> None:
    """Take a transaction out of the books."""
    deltas, stock = _taken_back(company, txn_type, txn_id)
    _apply(company, deltas, stock)


Deltas = Counter[tuple[str, str]]
Stock = dict[str, Decimal]


def _taken_back(company: Company, txn_type: str, txn_id: str) -> tuple[Deltas, Stock]:
    """Delete a transaction's postings; return what that does to balances."""
    deltas: Deltas = Counter()
    stock: Stock = {}
    rows = company.store.change(
        "DELETE FROM postings WHERE realm = ? AND txn_type = ? AND txn_id = ?"
        " RETURNING account, amount, home, party_type, party, currency, item,"
        " quantity",
        (company.realm_id, txn_type, txn_id),
    )
    for row in rows:
        party = None if row["party"] is None else str(row["party"])
        one = Posting(
            str(row["account"]),
            row["amount"],
            row["home"],
            row["party_type"],
            party,
            None if row["item"] is None else str(row["item"]),
            row["quantity"],
        )
        _count(company, deltas, row["currency"], [one], -1)
        _count_stock(company, stock, [one], -1)
    return deltas, stock


def _count(
    company: Company,
    deltas: Deltas,
    currency: str,
    postings: Iterable[Posting],
    sign: int,
) -> None:
    for one in postings:
        kind, account_currency = account_facts(company, one.account)
        own = one.amount if account_currency == currency else one.home
        deltas["Account", one.account] += sign * own
        if kind == RECEIVABLE and one.party_type == "Customer" and one.party:
            deltas["Customer", one.party] += sign * one.amount
        elif kind == PAYABLE and one.party_type == "Vendor" and one.party:
            deltas["Vendor", one.party] -= sign * one.amount


def _count_stock(
    company: Company, stock: Stock, postings: Iterable[Posting], sign: int
) -> None:
    """Add up what postings to stock accounts move on and off the shelf."""
    for one in postings:
        if one.item is None or one.quantity is None:
            continue
        if account_facts(company, one.account)[0] == STOCK:
            moved = sign * Decimal(one.quantity)
            stock[one.item] = stock.get(one.item, Decimal(0)) + moved


def _apply(company: Company, deltas: Deltas, stock: Stock) -> None:
    for (entity, record_id), delta in deltas.items():
        adjust(company, entity, record_id, delta)
    for item, moved in stock.items():
        if moved:
            move_stock(company, item, moved)


def account_facts(company: Company, account: str) -> tuple[str, str]:
    """Return an account's type and currency."""
    key = ("account", account)
    if key not in company.notes:
        rows = company.store.rows(
            "SELECT json_extract(body, '$.AccountType'),"
            " json_extract(body, '$.CurrencyRef.value') FROM records"
            " WHERE realm = ? AND entity = 'Account' AND id = ?",
            (company.realm_id, account),
        )
        company.notes[key] = (rows[0][0], rows[0][1]) if rows else ("", "")
    return company.notes[key]
