"""What Odoo should hold for a record of QuickBooks, worked out from the record alone.

Every function returns what is compared, by the words used for it in a report.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .rates import percentage

# Odoo keeps percentages as floating point numbers.
RATE_PRECISION = Decimal("0.000001")


@dataclass(frozen=True)
class Books:
    """What QuickBooks holds, by entity, and what is needed to read it."""

    records: Mapping[str, list[dict[str, Any]]]
    home_currency: str
    today: date


def expected(books: Books) -> dict[str, dict[str, dict[str, Any]]]:
    """Return, by entity and QuickBooks Id, what Odoo should show."""
    rates = {rate["Id"]: rate for rate in books.records["TaxRate"]}
    readers = {
        "Customer": lambda record: _customer(record, books),
        "Item": lambda record: _item(record, books),
        "TaxCode": lambda record: _tax_code(record, rates, books.today),
    }
    return {
        entity: {record["Id"]: read(record) for record in books.records[entity]}
        for entity, read in readers.items()
    }


def _customer(record: dict[str, Any], books: Books) -> dict[str, Any]:
    balance = record.get("Balance", 0)
    return {
        "name": record["DisplayName"],
        "full name": record["FullyQualifiedName"],
        "company": record.get("CompanyName", ""),
        "balance": Decimal(balance),
        "balance with sub-customers": Decimal(record.get("BalanceWithJobs", balance)),
        "currency": record.get("CurrencyRef", {}).get("value", books.home_currency),
        "notes": record.get("Notes", ""),
        "active": record["Active"],
        "email": record.get("PrimaryEmailAddr", {}).get("Address", ""),
        "phone": record.get("PrimaryPhone", {}).get("FreeFormNumber", ""),
        **_address(record.get("BillAddr", {})),
        "parent": record.get("ParentRef", {}).get("value", ""),
        "version": record["SyncToken"],
    }


def _address(address: dict[str, Any]) -> dict[str, str]:
    lines = [address.get(f"Line{number}") for number in range(1, 6)]
    return {
        "street": ", ".join(line for line in lines if line),
        "city": address.get("City", ""),
        "state": address.get("CountrySubDivisionCode", ""),
        "postcode": address.get("PostalCode", ""),
        "country": address.get("Country", ""),
    }


def _item(record: dict[str, Any], books: Books) -> dict[str, Any]:
    names = {item["Id"]: item["FullyQualifiedName"] for item in books.records["Item"]}
    return {
        "name": record["Name"],
        "full name": record["FullyQualifiedName"],
        "type": record["Type"],
        "SKU": record.get("Sku", ""),
        "description": record.get("Description", ""),
        "unit price": Decimal(record.get("UnitPrice", 0)),
        "active": record["Active"],
        "category": names.get(record.get("ParentRef", {}).get("value"), ""),
        "currency": books.home_currency,
        "version": record["SyncToken"],
    }


def _tax_code(
    record: dict[str, Any], rates: Mapping[str, Any], today: date
) -> dict[str, Any]:
    # The American TAX and NON are no records of their own: they bring next to nothing.
    return {
        "name": record["Name"],
        "description": record.get("Description", ""),
        "active": record.get("Active", True),
        "taxable": record.get("Taxable", False),
        "group": record.get("TaxGroup", False),
        "sales rate": rounded(percentage(record, "Sales", rates, today)),
        "purchase rate": rounded(percentage(record, "Purchase", rates, today)),
        "version": record.get("SyncToken", ""),
    }


def rounded(rate: Decimal | None) -> Decimal | None:
    """Return a percentage as it is compared."""
    return None if rate is None else rate.quantize(RATE_PRECISION)
