"""Who pays whom: amounts of one transaction applied to another."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qbo_simulator.books.money import amount, cents, shown
from qbo_simulator.company import Company, Record

# What a Payment's lines call a Purchase, by its PaymentType (qbo-api.md 4.9).
PURCHASE = "Purchase"
JOURNAL = "JournalEntry"
PURCHASES = ("Check", "Expense")
OPEN_FIELDS = {
    "Invoice": ("Balance",),
    "CreditMemo": ("RemainingCredit", "Balance"),
    "Bill": ("Balance",),
    "VendorCredit": ("Balance",),
}
"""The fields of a document that say how much of it is still open."""


@dataclass(frozen=True)
class Link:
    """Hundredths of one transaction's line applied to another transaction."""

    from_type: str
    from_id: str
    line: int
    to_type: str
    to_id: str
    amount: int


def links_to(company: Company, to_type: str, to_id: str) -> list[Link]:
    """Return what is applied to a document, oldest first."""
    return _links(company, "to_type = ? AND to_id = ?", (to_type, to_id))


def links_from(company: Company, from_type: str, from_id: str) -> list[Link]:
    """Return what a transaction applies to others."""
    return _links(company, "from_type = ? AND from_id = ?", (from_type, from_id))


def _links(company: Company, condition: str, values: tuple[str, str]) -> list[Link]:
    rows = company.store.rows(
        "SELECT from_type, from_id, line, to_type, to_id, amount FROM links"
        f" WHERE realm = ? AND {condition} ORDER BY from_id, line",
        (company.realm_id, *values),
    )
    return [
        Link(row[0], str(row[1]), row[2], row[3], str(row[4]), row[5]) for row in rows
    ]


def replace_links(
    company: Company, from_type: str, from_id: str, links: Iterable[Link]
) -> set[tuple[str, str]]:
    """Write a transaction's links in place of its old ones; return all it touches."""
    touched = {
        (one.to_type, one.to_id) for one in links_from(company, from_type, from_id)
    }
    with company.store.transaction() as db:
        db.execute(
            "DELETE FROM links WHERE realm = ? AND from_type = ? AND from_id = ?",
            (company.realm_id, from_type, from_id),
        )
        for one in links:
            touched.add((one.to_type, one.to_id))
            db.execute(
                "INSERT INTO links VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    company.realm_id,
                    one.from_type,
                    one.from_id,
                    one.line,
                    one.to_type,
                    one.to_id,
                    one.amount,
                ),
            )
    return touched


def applied(company: Company, to_type: str, to_id: str) -> int:
    """Return the hundredths applied to a document."""
    return sum(one.amount for one in links_to(company, to_type, to_id))


def valued(
    company: Company, target: tuple[str, str] | None = None
) -> Iterator[tuple[Link, int]]:
    """Give all that is applied, or what is applied to one document, with its worth.

    The worth is in home hundredths at the document's rate, worked out on the running
    sum: the parts of a document paid in full are exactly what the document was worth,
    whatever rounding does to each.
    """
    rates: dict[tuple[str, str], Decimal] = {}
    sums: dict[tuple[str, str], int] = {}
    rows = company.store.rows(
        "SELECT l.from_type, l.from_id, l.line, l.to_type, l.to_id, l.amount,"
        " coalesce(json_extract(t.body, '$.ExchangeRate'), 1) AS rate FROM links l"
        " JOIN records t ON t.realm = l.realm AND t.entity = l.to_type"
        " AND t.id = l.to_id WHERE l.realm = ? AND l.amount != 0"
        + (" AND l.to_type = ? AND l.to_id = ?" if target else "")
        + " ORDER BY l.to_type, l.to_id, l.from_id, l.line",
        (company.realm_id, *(target or ())),
    )
    for row in rows:
        link = Link(row[0], str(row[1]), row[2], row[3], str(row[4]), row[5])
        to = (link.to_type, link.to_id)
        rate = rates.setdefault(to, Decimal(str(row[6])))
        before = sums.get(to, 0)
        sums[to] = before + link.amount
        yield link, _worth(sums[to], rate) - _worth(before, rate)


def _worth(hundredths: int, rate: Decimal) -> int:
    return hundredths if rate == 1 else cents(Decimal(hundredths) / 100 * rate)


def whole(body: dict[str, Any]) -> Decimal:
    """Return what a document asks to be paid: its total less a deposit."""
    return Decimal(body.get("TotalAmt", 0)) - Decimal(body.get("Deposit", 0))


def linked_entity(kind: str) -> str:
    """Return which entity a TxnType of a payment's line is."""
    return PURCHASE if kind in PURCHASES else kind


def linked_type(record: Record) -> str:
    """Return what a payment's lines call a transaction."""
    if record.entity != PURCHASE:
        return record.entity
    return "Check" if record.body.get("PaymentType") == "Check" else "Expense"


def receivable_lines(company: Company, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines of a Purchase that pay a customer back."""
    detail = "AccountBasedExpenseLineDetail"
    lines = [line for line in body.get("Line", []) if detail in line]
    kinds = [
        company.get("Account", line[detail]["AccountRef"]["value"]).body["AccountType"]
        for line in lines
    ]
    pairs = zip(lines, kinds, strict=True)
    return [line for line, kind in pairs if kind == "Accounts Receivable"]


def customers_lines(company: Company, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines of a journal entry that are a customer's.

    They stand on receivables; where there are several customers, the first's count.
    """
    found: list[dict[str, Any]] = []
    for line in body.get("Line", []):
        detail = line.get("JournalEntryLineDetail", {})
        account = (
            company.get("Account", detail["AccountRef"]["value"]) if detail else None
        )
        if account is not None and account.body["AccountType"] == "Accounts Receivable":
            owner = detail["Entity"]["EntityRef"]["value"]
            if not found or owner == _owner_of(found[0]):
                found.append(line)
    return found


def _owner_of(line: dict[str, Any]) -> str:
    return str(line["JournalEntryLineDetail"]["Entity"]["EntityRef"]["value"])


def owner(company: Company, record: Record) -> str | None:
    """Return the customer of a journal entry, if it is one's."""
    lines = customers_lines(company, record.body)
    return _owner_of(lines[0]) if lines else None


def owed(company: Company, body: dict[str, Any]) -> Decimal:
    """Return what a journal entry lets its customer owe; below zero, have."""
    sides = {"Debit": 1, "Credit": -1}
    return sum(
        (
            sides[line["JournalEntryLineDetail"]["PostingType"]]
            * Decimal(line["Amount"])
            for line in customers_lines(company, body)
        ),
        Decimal(0),
    )


def sign_of(company: Company, record: Record, signs: Mapping[str, int]) -> int:
    """Return 1 for what a payment pays and -1 for what pays with it."""
    if record.entity == JOURNAL:
        return 1 if owed(company, record.body) > 0 else -1
    return signs[record.entity]


def asked(company: Company, record: Record) -> Decimal:
    """Return how much of a transaction can be settled at all."""
    if record.entity == JOURNAL:
        return abs(owed(company, record.body))
    if record.entity != PURCHASE:
        return whole(record.body)
    lines = receivable_lines(company, record.body)
    return sum((Decimal(line["Amount"]) for line in lines), Decimal(0))


def settle_open_amount(
    company: Company, entity: str, body: dict[str, Any], record_id: str | None
) -> None:
    """Write what is open of a document, and what paid the rest, into its body."""
    links = links_to(company, entity, record_id) if record_id else []
    open_amount = shown(whole(body) - amount(sum(one.amount for one in links)))
    for name in OPEN_FIELDS.get(entity, ()):
        body[name] = open_amount
    if "HomeBalance" in body:
        rate = Decimal(body.get("ExchangeRate", 1))
        body["HomeBalance"] = shown(open_amount * rate)
    payers = {one.from_type for one in links} | {"Payment", "BillPayment"}
    kept = [
        one for one in body.get("LinkedTxn", []) if one.get("TxnType") not in payers
    ]
    for one in links:
        reference = {"TxnId": one.from_id, "TxnType": one.from_type}
        if reference not in kept:
            kept.append(reference)
    body["LinkedTxn"] = kept


def refresh(company: Company, targets: Iterable[tuple[str, str]]) -> None:
    """Let documents show what has been applied to them.

    Whether that raises their SyncToken is UNCONFIRMED (qbo-api.md 2.3): a switch.
    """
    raises = company.switches.get("linked_payment_raises_token") == "on"
    for entity, record_id in sorted(targets):
        record = company.find(entity, record_id)
        if record is None or entity not in OPEN_FIELDS:
            continue
        body = dict(record.body)
        settle_open_amount(company, entity, body, record_id)
        if body != record.body:
            company.save(record, body, raise_token=raises)


def open_amount(company: Company, record: Record) -> int:
    """Return the hundredths of a document that are not settled yet."""
    return cents(asked(company, record)) - applied(company, record.entity, record.id)
