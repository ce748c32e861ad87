"""Twelve months of purchases: vendors, their bills and expenses, and paying them."""

import heapq
import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from itertools import count
from typing import Any

from qbo_simulator.seeds.books import Books, months_before
from qbo_simulator.seeds.data import Row, Sample

Body = dict[str, Any]
_CENT = Decimal("0.01")


class Buying:
    """Lets a sample company buy from a year ago until ``today``."""

    def __init__(
        self, books: Books, sample: Sample, rng: random.Random, today: date
    ) -> None:
        self._books = books
        self._sample = sample
        self._settings = sample.settings
        self._rng = rng
        self._today = today
        self._agenda: list[tuple[date, int, Callable[[date], None]]] = []
        self._order = count()
        self._stocked = [
            row
            for row in sample.items
            if row["type"] == "Inventory" and row["active"] == "yes"
        ]

    def plant(self) -> None:
        """Write vendors, then the year's purchases in the order of their days."""
        self._books.on(months_before(self._today, 13))
        for row in self._sample.vendors:
            self._books.create("Vendor", self._vendor(row), row["name"])
            self._plan(row)
        while self._agenda:
            day, _, deed = heapq.heappop(self._agenda)
            if day <= self._today:
                self._books.on(day)
                deed(day)

    def _later(self, day: date, deed: Callable[[date], None]) -> None:
        heapq.heappush(self._agenda, (day, next(self._order), deed))

    def _vendor(self, row: Row) -> Body:
        body: Body = {
            "DisplayName": row["name"],
            "CompanyName": row["name"],
            "GivenName": row["given"],
            "FamilyName": row["family"],
            "CurrencyRef": {"value": row["currency"]},
            "BillAddr": {
                "Line1": row["line1"],
                "City": row["city"],
                "CountrySubDivisionCode": row["county"],
                "PostalCode": row["postcode"],
                "Country": row["country"],
            },
        }
        return {key: value for key, value in body.items() if value}

    def _plan(self, row: Row) -> None:
        """Put a vendor's purchases of the year on the agenda."""
        within = timedelta(self._rng.randrange(25))
        deed = self._spend if row["pays_by"] == "card" else self._bill
        for months in range(12, -1, -int(row["every_months"])):
            first = months_before(self._today, months)
            self._later(first + within, partial(deed, row))

    # -- documents ---------------------------------------------------------------

    def _bill(self, row: Row, day: date) -> None:
        body = {
            "VendorRef": self._books.ref("Vendor", row["name"]),
            "TxnDate": day.isoformat(),
            "SalesTermRef": self._books.ref("Term", row["terms"]),
            "DocNumber": f"{self._rng.randrange(1000, 99999)}",
            "Line": self._lines(row),
            **self._mode(),
        }
        bill = self._books.create("Bill", body)
        due = date.fromisoformat(str(bill["DueDate"]))
        if row["currency"] == self._settings["home_currency"]:
            late = timedelta(self._rng.choice((0, 0, 1, 3, 12)))
            self._later(due + late, partial(self._pay, row, bill))

    def _spend(self, row: Row, day: date) -> None:
        """Write an expense on the company's card."""
        vendor = {**self._books.ref("Vendor", row["name"]), "type": "Vendor"}
        body = {
            "PaymentType": "CreditCard",
            "AccountRef": self._account(self._settings["accounts"]["card"]),
            "EntityRef": vendor,
            "TxnDate": day.isoformat(),
            "Line": self._lines(row),
            **self._mode(),
        }
        self._books.create("Purchase", body)

    def _pay(self, row: Row, bill: Body, day: date) -> None:
        bank = self._account(self._settings["accounts"]["bank"])
        linked = [{"TxnId": bill["Id"], "TxnType": "Bill"}]
        body = {
            "VendorRef": self._books.ref("Vendor", row["name"]),
            "TxnDate": day.isoformat(),
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": bank},
            "TotalAmt": bill["TotalAmt"],
            "Line": [{"Amount": bill["TotalAmt"], "LinkedTxn": linked}],
        }
        self._books.create("BillPayment", body)

    def _mode(self) -> Body:
        if self._sample.country == "US":
            return {}
        return {"GlobalTaxCalculation": "TaxExcluded"}

    # -- lines -------------------------------------------------------------------

    def _lines(self, row: Row) -> list[Body]:
        if row["items"]:
            chosen = self._rng.sample(self._stocked, int(row["items"]))
            return [self._item_line(row, item) for item in chosen]
        wobble = Decimal(self._rng.randrange(90, 115)) / 100
        steady = row["every_months"] == "1" and row["terms"] == "Due on receipt"
        amount = Decimal(row["amount"]) * (1 if steady else wobble)
        detail = {"AccountRef": self._account(row["account"]), **self._tax(row)}
        return [
            {
                "DetailType": "AccountBasedExpenseLineDetail",
                "Amount": amount.quantize(_CENT, ROUND_HALF_UP),
                "AccountBasedExpenseLineDetail": detail,
            }
        ]

    def _item_line(self, row: Row, item: Row) -> Body:
        quantity = Decimal(self._rng.randrange(5, 30))
        cost = Decimal(item["cost"])
        detail = {
            "ItemRef": self._books.ref("Item", item["name"]),
            "Qty": quantity,
            "UnitPrice": cost,
            **self._tax(row),
        }
        return {
            "DetailType": "ItemBasedExpenseLineDetail",
            "Amount": (cost * quantity).quantize(_CENT, ROUND_HALF_UP),
            "ItemBasedExpenseLineDetail": detail,
        }

    def _tax(self, row: Row) -> Body:
        if not row["tax_code"]:
            return {}
        return {"TaxCodeRef": self._books.ref("TaxCode", row["tax_code"])}

    def _account(self, name: str) -> dict[str, str]:
        return self._books.ref("Account", name)
