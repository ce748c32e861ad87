"""What Odoo holds of QuickBooks, compared: with before, and with QuickBooks itself."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .stand import Stand

if TYPE_CHECKING:
    from .office import Office

# Tables that a sync writes, and Odoo's own that follow.
HELD = {
    "quickbooks_customer": "company_id",
    "quickbooks_item": "company_id",
    "quickbooks_tax_code": "company_id",
    "quickbooks_document": "company_id",
    "quickbooks_payment": "company_id",
    "quickbooks_payment_allocation": "company_id",
    "account_payment": "company_id",
    "account_move": "company_id",
    "account_partial_reconcile": "company_id",
}
LISTS = {
    "quickbooks_customer": ("Customer", "DisplayName"),
    "quickbooks_item": ("Item", "Name"),
    "quickbooks_tax_code": ("TaxCode", "Name"),
}


class Tables:
    """The tables of one company."""

    def __init__(self, stand: Stand, company_id: int) -> None:
        self.stand, self.company_id = stand, company_id

    def digest(self) -> dict[str, Any]:
        """Return a digest of every row, by table."""
        with self.stand.sql() as cursor:
            return {table: self._digest(cursor, table) for table in HELD}

    def _digest(self, cursor: Any, table: str) -> Any:
        cursor.execute(
            f"SELECT count(*), md5(string_agg(md5(t::text), ',' ORDER BY id))"
            f" FROM {table} t WHERE {HELD[table]} = %s",
            (self.company_id,),
        )
        return cursor.fetchone()

    def differences(self, before: dict[str, Any]) -> list[str]:
        """Return which tables are not as they were."""
        now = self.digest()
        return [
            f"{table} was changed all the same"
            for table in HELD
            if now[table] != before[table]
        ]

    def untrue(self, office: Office) -> list[str]:
        """Return where the mirrors, and what is open, are not what QuickBooks has."""
        found = []
        for table, (entity, name) in LISTS.items():
            records = office.quickbooks.records(entity, office.realm_id)
            there = {one["Id"]: (one[name], one.get("Active", True)) for one in records}
            here = self._names(table)
            found += [
                f"{table} {key} is {here.get(key)}, and there {there.get(key)}"
                for key in here.keys() | there.keys()
                if here.get(key) != there.get(key)
            ]
        return [*found, *self._open(office)]

    def _names(self, table: str) -> dict[str, tuple[str, bool]]:
        with self.stand.sql() as cursor:
            cursor.execute(
                f"SELECT quickbooks_id, name, active FROM {table}"
                " WHERE company_id = %s AND status != 'gone'",
                (self.company_id,),
            )
            return {key: (name, active) for key, name, active in cursor.fetchall()}

    def _open(self, office: Office) -> list[str]:
        """Return invoices that are not as open in Odoo as in QuickBooks."""
        there = {one["Id"]: Decimal(one["Balance"]) for one in office.records()}
        return [
            f"{name} is open by {amount}, and there by {there[key]}"
            for name, key, amount in self._residuals()
            if key in there and Decimal(amount) != there[key]
        ]

    def _residuals(self) -> list[tuple[str, str, Decimal]]:
        with self.stand.sql() as cursor:
            cursor.execute(
                "SELECT m.name, d.quickbooks_id, m.amount_residual"
                " FROM quickbooks_document d JOIN account_move m ON m.id = d.move_id"
                " WHERE d.company_id = %s AND d.state = 'sent'"
                " AND m.state = 'posted' AND m.move_type = 'out_invoice'",
                (self.company_id,),
            )
            return cursor.fetchall()
