"""Balances of accounts, customers and vendors, kept in step with the postings.

A balance is ``own`` (this record) and ``total`` (with everything under it), in
hundredths. What they mean to the API is written into the record's body at once, so
that a query reads it like any other field.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from qbo_simulator import jsontext
from qbo_simulator.books.money import amount, plain
from qbo_simulator.company import Company, Record
from qbo_simulator.store import seconds
from qbo_simulator.webhooks.catalogue import UPDATE

_FIELDS = {
    "Customer": ("Balance", "BalanceWithJobs"),
    "Vendor": ("Balance", ""),
    "Account": ("CurrentBalance", "CurrentBalanceWithSubAccounts"),
}
_NOT_SHOWN = frozenset(("Revenue", "Expense"))


def adjust(company: Company, entity: str, record_id: str, delta: int) -> None:
    """Add hundredths to a record's balance and to the totals of all above it."""
    if not delta:
        return
    _add(company, entity, record_id, delta, delta)
    for above in _ancestors(company, entity, record_id):
        _add(company, entity, above, 0, delta)


def moved(company: Company, record: Record, old: Mapping[str, Any] | None) -> None:
    """Carry a record's total from its old parent's line to its new one's."""
    total = _total(company, record)
    if old is not None and total:
        for above in _line_from(company, record.entity, old["value"]):
            _add(company, record.entity, above, 0, -total)
    new = record.body.get("ParentRef")
    if new is not None and total:
        for above in _line_from(company, record.entity, new["value"]):
            _add(company, record.entity, above, 0, total)


def balance(company: Company, entity: str, record_id: str) -> tuple[int, int]:
    """Return own and total in hundredths."""
    rows = company.store.rows(
        "SELECT own, total FROM balances WHERE realm = ? AND entity = ? AND id = ?",
        (company.realm_id, entity, record_id),
    )
    return (rows[0]["own"], rows[0]["total"]) if rows else (0, 0)


def move_stock(company: Company, item: str, moved_by: Decimal) -> None:
    """Add to what an inventory item has on hand."""
    row = company.store.get(company.realm_id, "Item", item)
    if row is None:
        return
    quantity = Decimal(jsontext.loads(row.body).get("QtyOnHand", 0)) + moved_by
    company.store.change(
        "UPDATE records SET body = json_set(body, '$.QtyOnHand', json(?))"
        " WHERE realm = ? AND entity = 'Item' AND id = ?",
        (format(plain(quantity), "f"), company.realm_id, item),
    )


def _total(company: Company, record: Record) -> int:
    return balance(company, record.entity, record.id)[1]


def _ancestors(company: Company, entity: str, record_id: str) -> list[str]:
    return _line_from(company, entity, record_id)[1:]


def _line_from(company: Company, entity: str, record_id: str | None) -> list[str]:
    """Return a record's id and those of all above it, nearest first."""
    line: list[str] = []
    while record_id is not None and record_id not in line:
        line.append(record_id)
        rows = company.store.rows(
            "SELECT json_extract(body, '$.ParentRef.value') FROM records"
            " WHERE realm = ? AND entity = ? AND id = ?",
            (company.realm_id, entity, record_id),
        )
        record_id = rows[0][0] if rows else None
    return line


def _add(company: Company, entity: str, record_id: str, own: int, total: int) -> None:
    (row,) = company.store.change(
        "INSERT INTO balances VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (realm, entity, id) DO UPDATE"
        " SET own = own + excluded.own, total = total + excluded.total"
        " RETURNING own, total",
        (company.realm_id, entity, record_id, own, total),
    )
    show(company, entity, record_id, row["own"], row["total"])


def show(company: Company, entity: str, record_id: str, own: int, total: int) -> None:
    """Write a balance into the record's body; times follow by switch."""
    sign = _sign(company, record_id) if entity == "Account" else 1
    fields = zip(_FIELDS[entity], (own, total), strict=True)
    changes = {
        f"$.{name}": jsontext.dumps(amount(sign * value)).decode()
        for name, value in fields
        if name
    }
    columns = ""
    if entity != "Account":
        columns = _touch(company, entity, record_id, changes)
    paths = ", ".join("?, json(?)" for _ in changes)
    values = [part for pair in changes.items() for part in pair]
    company.store.change(
        f"UPDATE records SET body = json_set(body, {paths}){columns}"
        " WHERE realm = ? AND entity = ? AND id = ? AND deleted = 0",
        (*values, company.realm_id, entity, record_id),
    )


def _touch(
    company: Company, entity: str, record_id: str, changes: dict[str, str]
) -> str:
    """Add what a moved balance does to times and SyncToken; return the columns."""
    wish = company.switches.get("balance_touches_customer")
    if wish == "no":
        return ""
    changes["$.MetaData.LastUpdatedTime"] = f'"{company.stamp}"'
    if company.switches.get("webhook_balance") == "on":
        company.changes.note(entity, record_id, UPDATE)
    columns = f", updated = {seconds(company.now)}"
    if wish == "token":
        row = company.store.get(company.realm_id, entity, record_id)
        token = row.sync_token + 1 if row else 0
        changes["$.SyncToken"] = f'"{token}"'
        columns += f", sync_token = {token}"
    return columns


def _sign(company: Company, account: str) -> int:
    """Return how an account's debit balance is shown.

    Profit and loss accounts show nothing; credit cards show what is owed as positive;
    other liabilities show it as negative, as in Intuit's sample company.
    """
    rows = company.store.rows(
        "SELECT json_extract(body, '$.Classification'),"
        " json_extract(body, '$.AccountType') FROM records"
        " WHERE realm = ? AND entity = 'Account' AND id = ?",
        (company.realm_id, account),
    )
    if not rows or rows[0][0] in _NOT_SHOWN:
        return 0
    return -1 if rows[0][1] == "Credit Card" else 1
