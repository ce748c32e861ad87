"""What Odoo holds, in the words of :mod:`demo.expected`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .expected import rounded


def held(
    mirrors: Mapping[str, list[dict[str, Any]]], currencies: Mapping[int, str]
) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """Return, by entity, pairs of QuickBooks Id and what Odoo shows of the record.

    :param mirrors: rows read from Odoo, by entity
    :param currencies: codes of Odoo's currencies by id
    """
    quickbooks_ids = {row["id"]: row["quickbooks_id"] for row in mirrors["Customer"]}
    readers = {
        "Customer": lambda row: _customer(row, currencies, quickbooks_ids),
        "Item": lambda row: _item(row, currencies),
        "TaxCode": _tax_code,
    }
    return {
        entity: [
            (row["quickbooks_id"], {**read(row), "version": _text(row["sync_token"])})
            for row in mirrors[entity]
        ]
        for entity, read in readers.items()
    }


def _customer(
    row: dict[str, Any],
    currencies: Mapping[int, str],
    quickbooks_ids: Mapping[int, str],
) -> dict[str, Any]:
    return {
        "name": _text(row["name"]),
        "full name": _text(row["full_name"]),
        "company": _text(row["company_name"]),
        "balance": Decimal(row["balance"]),
        "balance with sub-customers": Decimal(row["balance_with_sub_customers"]),
        "currency": currencies.get(_id(row["currency_id"]), ""),
        "notes": _text(row["notes"]),
        "active": row["active"],
        "email": _text(row["email"]),
        "phone": _text(row["phone"]),
        "street": ", ".join(filter(None, (row["street"], row["street2"]))),
        "city": _text(row["city"]),
        "state": _text(row["state_name"]),
        "postcode": _text(row["zip"]),
        "country": _text(row["country_name"]),
        "parent": quickbooks_ids.get(_id(row["parent_id"]), ""),
    }


def _item(row: dict[str, Any], currencies: Mapping[int, str]) -> dict[str, Any]:
    return {
        "name": _text(row["name"]),
        "full name": _text(row["full_name"]),
        "type": _text(row["item_type"]),
        "SKU": _text(row["sku"]),
        "description": _text(row["description"]),
        "unit price": Decimal(row["unit_price"]),
        "active": row["active"],
        "category": _text(row["category"]),
        "currency": currencies.get(_id(row["currency_id"]), ""),
    }


def _tax_code(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": _text(row["name"]),
        "description": _text(row["description"]),
        "active": row["active"],
        "taxable": row["taxable"],
        "group": row["tax_group"],
        "sales rate": _rate(row, "sales_rate"),
        "purchase rate": _rate(row, "purchase_rate"),
    }


def _rate(row: dict[str, Any], name: str) -> Decimal | None:
    return rounded(Decimal(row[name])) if row[f"has_{name}"] else None


def _text(value: str | bool) -> str:
    """Return a text; Odoo's word for an empty one is False."""
    return value or ""


def _id(value: list | bool) -> int | None:
    """Return the id of a many-to-one value, which is a pair of id and name."""
    return value[0] if value else None
