"""Whether both books say the same: documents matched, and where they differ.

Plain arithmetic on what each side holds. A credit memo's amounts are positive, as
in QuickBooks; where money is added up, it counts below zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .document_removal import is_voided
from .errors import UnexpectedAnswerError
from .exactjson import to_decimal

Row = Mapping[str, Any]

KINDS: Mapping[str, str] = {"Invoice": "invoice", "CreditMemo": "creditmemo"}
# What is left of a payment is a credit of the customer's, and part of what is owed.
PAYMENT = "payment"

SAME = "same"
DIFFERENT = "different"
UNLINKED = "unlinked"
ODOO_ONLY = "odoo_only"
QUICKBOOKS_ONLY = "quickbooks_only"

_ZERO = Decimal(0)
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Paper:
    """One invoice, credit memo or payment as one side holds it.

    :param key: the side's own id.
    :param counterpart: of Odoo's: the id in QuickBooks it is linked to, or empty.
    :param customer: the QuickBooks id of the customer; something else for a contact
        of Odoo's that has none.
    :param home_total: the total in the home currency, as ``home_balance``.
    :param balance: what is still open; None where it isn't to be compared.
    :param void: it stands in the books with nothing: voided, cancelled or a draft.
    """

    key: str
    kind: str
    number: str
    day: date
    customer: str
    customer_name: str
    currency: str
    total: Decimal
    tax: Decimal
    balance: Decimal
    home_total: Decimal
    home_balance: Decimal
    counterpart: str = ""
    void: bool = False

    @property
    def sign(self) -> int:
        """What the document does to what the customer owes."""
        return 1 if self.kind == "invoice" else -1


@dataclass(frozen=True)
class Pair:
    """One document of both books, or of one of them, and in what the two differ."""

    status: str
    odoo: Paper | None
    quickbooks: Paper | None
    differences: tuple[str, ...] = ()

    @property
    def paper(self) -> Paper:
        """QuickBooks' paper, or Odoo's where there is none."""
        found = self.quickbooks or self.odoo
        assert found
        return found

    def touches(self, first: date, last: date) -> bool:
        """Tell whether either side has it in a period."""
        papers = (self.odoo, self.quickbooks)
        return any(paper and first <= paper.day <= last for paper in papers)

    def open_difference(self, today: date) -> Decimal:
        """Return how much more is owed for it in QuickBooks, in the home currency.

        What is dated later than *today* is not owed yet.
        """
        return _owed(self.quickbooks, today) - _owed(self.odoo, today)


@dataclass
class Sums:
    """Counts and money of one kind of document, or of one customer."""

    odoo_count: int = 0
    quickbooks_count: int = 0
    odoo_total: Decimal = _ZERO
    quickbooks_total: Decimal = _ZERO
    statuses: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    explained: Decimal = _ZERO

    def add(self, pair: Pair) -> None:
        """Count one pair."""
        self.statuses[pair.status] += 1
        if pair.odoo and not pair.odoo.void:
            self.odoo_count += 1
            self.odoo_total += pair.odoo.sign * pair.odoo.home_total
        if pair.quickbooks and not pair.quickbooks.void:
            self.quickbooks_count += 1
            self.quickbooks_total += pair.quickbooks.sign * pair.quickbooks.home_total


# === QUICKBOOKS' RECORDS === #


def paper_of(entity: str, record: Row, home_currency: str) -> Paper:
    """Return an Invoice, CreditMemo or Payment of QuickBooks' as a :class:`Paper`."""
    rate = to_decimal(record.get("ExchangeRate", 1))
    total = to_decimal(record.get("TotalAmt"))
    balance = to_decimal(record.get("UnappliedAmt", _open_amount(record)))
    customer = record.get("CustomerRef") or {}
    return Paper(
        key=str(record["Id"]),
        kind=KINDS.get(entity, PAYMENT),
        number=str(record.get("DocNumber") or record.get("PaymentRefNum") or ""),
        day=date.fromisoformat(record["TxnDate"]),
        customer=str(customer.get("value") or ""),
        customer_name=str(customer.get("name") or ""),
        currency=(record.get("CurrencyRef") or {}).get("value") or home_currency,
        total=total,
        tax=to_decimal((record.get("TxnTaxDetail") or {}).get("TotalTax")),
        balance=balance,
        home_total=to_decimal(record.get("HomeTotalAmt", _cents(total * rate))),
        home_balance=_cents(balance * rate),
        void=is_voided(record),
    )


def _open_amount(record: Row) -> Any:
    return record.get("RemainingCredit", record.get("Balance"))


# === MATCHING === #


def match(
    odoo: Iterable[Paper], quickbooks: Iterable[Paper], *, balances: bool = True
) -> list[Pair]:
    """Return every document of the two books once.

    First those that Odoo knows to be the same. Then what only looks the same: of one
    kind, customer, date, total and number, or without regard to the number where
    that leaves one of each. Papers that are void and linked to nothing are left out.

    :param balances: compare what is still open.
    """
    theirs: dict[tuple[str, str], Paper]
    theirs = {(paper.kind, paper.key): paper for paper in quickbooks}
    pairs: list[Pair] = []
    ours: list[Paper] = []
    for paper in odoo:
        # Ids are never empty, so what is linked to nothing finds nothing.
        found = theirs.pop((paper.kind, paper.counterpart), None)
        if found:
            pairs.append(_compared(paper, found, balances))
        elif not paper.void:
            ours.append(paper)
    rest = [paper for paper in theirs.values() if not paper.void]
    return pairs + _unlinked(ours, rest)


def _compared(odoo: Paper, quickbooks: Paper, balances: bool) -> Pair:
    found = tuple(differences(odoo, quickbooks, balances=balances))
    return Pair(DIFFERENT if found else SAME, odoo, quickbooks, found)


def differences(
    odoo: Paper, quickbooks: Paper, *, balances: bool = True
) -> Iterator[str]:
    """Yield the names of the fields in which the two differ."""
    if odoo.void or quickbooks.void:
        if odoo.void != quickbooks.void:
            yield "void"
        return
    names = ["currency", "total", "tax", "balance", "day", "customer"]
    for name in names if balances else [n for n in names if n != "balance"]:
        if getattr(odoo, name) != getattr(quickbooks, name):
            yield name


def _unlinked(ours: list[Paper], theirs: list[Paper]) -> list[Pair]:
    free = [paper for paper in ours if not paper.counterpart]
    pairs: list[Pair] = []
    for key in (_with_number, _without_number):
        found = list(_twins(free, theirs, key))
        pairs += [Pair(UNLINKED, one, other) for one, other in found]
        taken = {id(paper) for couple in found for paper in couple}
        free = [paper for paper in free if id(paper) not in taken]
        theirs = [paper for paper in theirs if id(paper) not in taken]
    lost = [paper for paper in ours if paper.counterpart]
    pairs += [Pair(ODOO_ONLY, paper, None) for paper in (*lost, *free)]
    return pairs + [Pair(QUICKBOOKS_ONLY, None, paper) for paper in theirs]


def _without_number(paper: Paper) -> Hashable:
    known = paper.customer and paper.total
    same = (paper.kind, paper.customer, paper.day, paper.total, paper.currency)
    return same if known else None


def _with_number(paper: Paper) -> Hashable:
    same = _without_number(paper)
    number = "".join(paper.number.split()).casefold()
    return (same, number) if same and number else None


def _twins(
    ours: list[Paper], theirs: list[Paper], key: Callable[[Paper], Hashable]
) -> Iterator[tuple[Paper, Paper]]:
    """Yield those of which each side has exactly one."""
    one, other = _by(ours, key), _by(theirs, key)
    for same, papers in one.items():
        if same is not None and len(papers) == len(other.get(same, ())) == 1:
            yield papers[0], other[same][0]


def _by(
    papers: Iterable[Paper], key: Callable[[Paper], Hashable]
) -> dict[Hashable, list[Paper]]:
    groups: dict[Hashable, list[Paper]] = defaultdict(list)
    for paper in papers:
        groups[key(paper)].append(paper)
    return groups


# === SUMS === #


def sums_by_kind(pairs: Iterable[Pair], first: date, last: date) -> dict[str, Sums]:
    """Return counts and money of the documents that are of the period."""
    sums = {kind: Sums() for kind in KINDS.values()}
    for pair in pairs:
        if pair.paper.kind in sums and pair.touches(first, last):
            sums[pair.paper.kind].add(pair)
    return sums


def sums_by_customer(
    pairs: Iterable[Pair], first: date, last: date, today: date
) -> dict[str, Sums]:
    """Return the same by customer, with what all pairs explain of what is owed today.

    A document that is another customer's in each of the books counts for both.
    """
    sums: dict[str, Sums] = defaultdict(Sums)
    for pair in pairs:
        for customer in _customers(pair):
            part = _part_of(pair, customer)
            sums[customer].explained += part.open_difference(today)
            if part.paper.kind != PAYMENT and part.touches(first, last):
                sums[customer].add(part)
    return dict(sums)


def _customers(pair: Pair) -> set[str]:
    return {paper.customer for paper in (pair.odoo, pair.quickbooks) if paper}


def _part_of(pair: Pair, customer: str) -> Pair:
    """Return of a pair what is the customer's."""
    odoo, quickbooks = (
        paper if paper and paper.customer == customer else None
        for paper in (pair.odoo, pair.quickbooks)
    )
    return Pair(pair.status, odoo, quickbooks, pair.differences)


def _owed(paper: Paper | None, today: date) -> Decimal:
    if paper is None or paper.void or paper.day > today:
        return _ZERO
    return paper.sign * paper.home_balance


# === WHAT IS OWED === #

AGES = 5


def owed_by_customer(report: Row) -> dict[str, list[Decimal]]:
    """Read QuickBooks' AgedReceivables: by customer the amounts of each age.

    Not due, 1-30, 31-60, 61-90 and over 90 days. Of a customer with sub-customers
    the report has a section, whose head is what is its own.

    :raise UnexpectedAnswerError: the report is not made as QuickBooks makes them.
    """
    with _reading_report():
        return _report_of_owed(report)


def _report_of_owed(report: Row) -> dict[str, list[Decimal]]:
    owed: dict[str, list[Decimal]] = {}
    for cells in _data_rows(report):
        customer = str(cells[0].get("id") or "")
        if customer and len(cells) > AGES:
            amounts = [_amount(cell) for cell in cells[1 : AGES + 1]]
            before = owed.get(customer, [_ZERO] * AGES)
            owed[customer] = [a + b for a, b in zip(before, amounts, strict=True)]
    return owed


def credits_in(report: Row) -> tuple[list[str], list[str]]:
    """Read QuickBooks' AgedReceivableDetail: what customers have to their credit.

    That a transaction's Id stands beside its type is seen, but not promised.

    :return: Ids of transactions; and of the customers of those that have none there
    :raise UnexpectedAnswerError: the report is not made as QuickBooks makes them.
    """
    with _reading_report():
        return _credits_in(report)


def _credits_in(report: Row) -> tuple[list[str], list[str]]:
    columns = (report.get("Columns") or {}).get("Column") or []
    keys = [_column_key(column) for column in columns]
    ids: dict[str, None] = {}
    customers: dict[str, None] = {}
    for cells in _data_rows(report):
        named = dict(zip(keys, cells, strict=False))
        if "cust_name" not in named or _amount(cells[-1]) >= 0:
            continue
        found = str(named.get("txn_type", {}).get("id") or "")
        customer = str(named["cust_name"].get("id") or "")
        (ids if found else customers)[found or customer] = None
    customers.pop("", None)
    return list(ids), list(customers)


def _column_key(column: Row) -> str:
    """Return what a column is: titles are in the language of the company."""
    told = {one.get("Name"): one.get("Value") for one in column.get("MetaData") or []}
    return str(told.get("ColKey") or column.get("ColType") or "")


@contextmanager
def _reading_report() -> Iterator[None]:
    """Tell of a report that is not made as QuickBooks makes them."""
    try:
        yield
    except (AttributeError, TypeError, ValueError, ArithmeticError) as error:
        raise UnexpectedAnswerError(
            "QuickBooks' report of what is owed is not made as its reports are."
        ) from error


def _data_rows(section: Row) -> Iterator[list[Row]]:
    """Yield the cells of each row of a report, or of a section of it."""
    for row in (section.get("Rows") or {}).get("Row") or []:
        if row.get("ColData"):
            yield row["ColData"]
        head = (row.get("Header") or {}).get("ColData") or []
        if any(cell.get("value") for cell in head[1:]):
            yield head
        yield from _data_rows(row)


def _amount(cell: Row) -> Decimal:
    amount = Decimal(cell.get("value") or 0)
    if not amount.is_finite():
        raise ValueError(amount)
    return amount


def age(due: date, today: date) -> int:
    """Return which of the five ages something has: 0 not due, 4 over 90 days."""
    days = (today - due).days
    return 0 if days <= 0 else min((days - 1) // 30 + 1, AGES - 1)


def _cents(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)
