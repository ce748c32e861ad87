"""Many records quickly, for speed tests and long lists.

Names and addresses come from pools made once with Faker, seeded, so that the same
request on the same books gives the same records.
"""

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from faker import Faker

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator

Body = dict[str, Any]
KINDS = ("customers", "items", "invoices", "payments")
_LOCALES = {"GB": "en_GB", "US": "en_US"}
_POOL = 300
_TRADES = (
    "Plumbing",
    "Bakery",
    "Electrical",
    "Motors",
    "Catering",
    "Roofing",
    "Dental",
    "Books",
    "Interiors",
    "Haulage",
)
_THINGS = ("Bracket", "Hinge", "Panel", "Cable", "Lamp", "Valve", "Crate", "Tray")
_ADJECTIVES = ("Steel", "Oak", "Brass", "Heavy", "Light", "Long", "Compact", "Grey")


@cache
def _pool(country: str, what: str) -> tuple[str, ...]:
    """Return a pool of names of a kind as Faker calls it (``city``, ``last_name``)."""
    faker = Faker(_LOCALES.get(country, "en_GB"))
    faker.seed_instance(f"bulk/{country}/{what}")
    return tuple(str(getattr(faker, what)()) for _ in range(_POOL))


class Bulk:
    """Creates many records of one company through the engine."""

    def __init__(self, simulator: "Simulator", realm_id: str) -> None:
        realm = simulator.store.realm(realm_id)
        self._simulator = simulator
        self._engine = simulator.engine
        self._realm_id = realm_id
        self._country = realm.country if realm else "GB"
        self._rng = random.Random(f"{simulator.seed}/bulk/{realm_id}")

    def create(self, kind: str, number: int) -> int:
        """Create ``number`` records of a kind and return how many there are now new."""
        makers: dict[str, Callable[[int], int]] = {
            "customers": self._customers,
            "items": self._items,
            "invoices": self._invoices,
            "payments": self._payments,
        }
        return makers[kind](number)

    def _write(self, entity: str, bodies: list[Body]) -> int:
        return len(self._engine.bulk_create(self._realm_id, entity, bodies))

    def _count(self, entity: str) -> int:
        statement = f"SELECT COUNT(*) FROM {entity}"
        if entity in ("Customer", "Item"):
            statement += " WHERE Active IN (true, false)"
        answer = self._engine.query(self._realm_id, statement)
        return int(answer["QueryResponse"]["totalCount"])

    def _rows(self, entity: str, where: str, limit: int) -> list[Body]:
        """Return up to ``limit`` records that meet a condition, by Id."""
        found: list[Body] = []
        while len(found) < limit:
            answer = self._engine.query(
                self._realm_id,
                f"SELECT * FROM {entity} {where} ORDERBY Id"
                f" STARTPOSITION {len(found) + 1} MAXRESULTS {min(1000, limit)}",
            )
            page = answer["QueryResponse"].get(entity, [])
            found += page
            if len(page) < min(1000, limit):
                break
        return found[:limit]

    # -- names -------------------------------------------------------------------

    def _customers(self, number: int) -> int:
        first = self._count("Customer") + 1
        bodies = [self._customer(n) for n in range(first, first + number)]
        return self._write("Customer", bodies)

    def _customer(self, n: int) -> Body:
        family = self._pick("last_name")
        name = f"{family} {self._rng.choice(_TRADES)} {n:05d}"
        address = {
            "Line1": self._pick("street_address").replace("\n", ", "),
            "City": self._pick("city"),
            "PostalCode": self._pick("postcode"),
            "Country": self._country,
        }
        return {
            "DisplayName": name,
            "CompanyName": name,
            "GivenName": self._pick("first_name"),
            "FamilyName": family,
            "PrimaryEmailAddr": {"Address": f"office{n}@bulk.example"},
            "PrimaryPhone": {"FreeFormNumber": f"01632 96{n % 10000:04d}"},
            "BillAddr": address,
        }

    def _pick(self, what: str) -> str:
        return self._rng.choice(_pool(self._country, what))

    def _items(self, number: int) -> int:
        first = self._count("Item") + 1
        account = self._rows("Account", "WHERE AccountType = 'Income'", 1)[0]["Id"]
        bodies = [self._item(n, account) for n in range(first, first + number)]
        return self._write("Item", bodies)

    def _item(self, n: int, account: str) -> Body:
        words = f"{self._rng.choice(_ADJECTIVES)} {self._rng.choice(_THINGS)}"
        return {
            "Name": f"{words} {n:05d}",
            "Sku": f"BK-{n:05d}",
            "Description": words,
            "Type": self._rng.choice(("Service", "NonInventory")),
            "UnitPrice": Decimal(self._rng.randrange(50, 50000)) / 100,
            "IncomeAccountRef": {"value": account},
        }

    # -- transactions ------------------------------------------------------------

    def _invoices(self, number: int) -> int:
        customers = self._rows("Customer", "", 1000)
        items = self._rows("Item", "WHERE Type IN ('Service', 'NonInventory')", 1000)
        tax = self._tax_ref()
        bodies = [self._invoice(customers, items, tax) for _ in range(number)]
        return self._write("Invoice", bodies)

    def _invoice(
        self, customers: list[Body], items: list[Body], tax: dict[str, str]
    ) -> Body:
        customer = self._rng.choice(customers)
        day = self._simulator.clock.today() - timedelta(self._rng.randrange(365))
        body: Body = {
            "CustomerRef": {"value": customer["Id"]},
            "TxnDate": day.isoformat(),
            "Line": [self._line(items, tax) for _ in range(self._rng.randint(1, 3))],
        }
        if "CurrencyRef" in customer:
            body["CurrencyRef"] = {"value": customer["CurrencyRef"]["value"]}
        return body

    def _line(self, items: list[Body], tax: dict[str, str]) -> Body:
        item = self._rng.choice(items)
        quantity = self._rng.randint(1, 9)
        price = Decimal(str(item.get("UnitPrice") or 10))
        detail = {
            "ItemRef": {"value": item["Id"]},
            "Qty": quantity,
            "UnitPrice": price,
            "TaxCodeRef": item.get("SalesTaxCodeRef") or tax,
        }
        return {
            "DetailType": "SalesItemLineDetail",
            "Amount": (price * quantity).quantize(Decimal("0.01")),
            "SalesItemLineDetail": detail,
        }

    def _tax_ref(self) -> dict[str, str]:
        if self._country == "US":
            return {"value": "TAX"}
        return {"value": self._rows("TaxCode", "", 1)[0]["Id"]}

    def _payments(self, number: int) -> int:
        invoices = self._rows("Invoice", "WHERE Balance > '0'", number)
        return self._write("Payment", [_payment(invoice) for invoice in invoices])


def _payment(invoice: Body) -> Body:
    """Return the payment that settles an invoice in full."""
    linked = [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]
    body: Body = {
        "CustomerRef": {"value": invoice["CustomerRef"]["value"]},
        "TxnDate": invoice["TxnDate"],
        "TotalAmt": invoice["Balance"],
        "Line": [{"Amount": invoice["Balance"], "LinkedTxn": linked}],
    }
    if "CurrencyRef" in invoice:
        body["CurrencyRef"] = {"value": invoice["CurrencyRef"]["value"]}
    return body
