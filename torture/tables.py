"""What Odoo holds of QuickBooks, compared: with before, and with QuickBooks itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .balances import unequal
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
        return [*found, *unequal(office, self._sent())]

    def _names(self, table: str) -> dict[str, tuple[str, bool]]:
        with self.stand.sql() as cursor:
            cursor.execute(
                f"SELECT quickbooks_id, name, active FROM {table}"
                " WHERE company_id = %s AND status != 'gone'",
                (self.company_id,),
            )
            return {key: (name, active) for key, name, active in cursor.fetchall()}

    def _sent(self) -> list[int]:
        with self.stand.sql() as cursor:
            cursor.execute(
                "SELECT move_id FROM quickbooks_document WHERE company_id = %s",
                (self.company_id,),
            )
            return [key for (key,) in cursor.fetchall()]
