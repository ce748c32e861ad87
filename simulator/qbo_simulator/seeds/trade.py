"""Twelve months of sales: invoices, payments, credit memos, up to today."""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from itertools import count
from typing import Any

from qbo_simulator.seeds.books import Books, days_between, months_before
from qbo_simulator.seeds.data import Row, Sample

Body = dict[str, Any]
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class _Payer:
    """How a customer pays: usual delay after the due date in days; part, ever."""

    delay: int
    pays_in_parts: bool
    ever_pays: bool


class Trade:
    """Lets a sample company trade from a year ago until ``today``."""

    def __init__(
        self, books: Books, sample: Sample, rng: random.Random, today: date
    ) -> None:
        self._books = books
        self._sample = sample
        self._settings = sample.settings
        self._rng = rng
        self._today = today
        self._items = {row["name"]: row for row in sample.items}
        self._agenda: list[tuple[date, int, Callable[[date], None]]] = []
        self._order = count()
        self._written = count()
        self._customers = {_full_name(row): row for row in sample.customers}
        self._appetites = [rng.choice((1, 1, 2, 3, 6)) for _ in self._customers]
        self._payers = {name: self._payer(name) for name in self._customers}

    def plant(self) -> None:
        """Write the year, day by day, in the order it would have happened."""
        start = months_before(self._today, 12)
        self._plan_contracts()
        self._plan_advances()
        for day in days_between(start, self._today):
            self._books.on(day)
            while self._agenda and self._agenda[0][0] <= day:
                heapq.heappop(self._agenda)[2](day)
            if day.weekday() < 5:
                self._sell(day)
        self._retire()

    def _later(self, day: date, deed: Callable[[date], None]) -> None:
        heapq.heappush(self._agenda, (day, next(self._order), deed))

    # -- selling -----------------------------------------------------------------

    def _plan_contracts(self) -> None:
        for contract in self._settings["contracts"]:
            for months in range(0, 12, contract["every_months"]):
                day = months_before(self._today, months)
                self._later(day, partial(self._bill, contract))

    def _bill(self, contract: Body, day: date) -> None:
        customer = contract["customer"]
        quantity = Decimal(contract["quantity"])
        line = self._line(contract["item"], quantity, self._is_foreign(customer))
        self._invoice(customer, [line], day)

    def _plan_advances(self) -> None:
        """Let some customers pay before there is an invoice."""
        for number, advance in enumerate(self._settings["on_account"]):
            day = self._today - timedelta(9 + 4 * number)
            self._later(day, partial(self._pay_ahead, advance))

    def _pay_ahead(self, advance: Body, day: date) -> None:
        amount = Decimal(advance["amount"])
        self._books.create("Payment", self._payment(advance["customer"], amount, day))

    def _sell(self, day: date) -> None:
        """Write the day's invoices; spring is busier than winter."""
        busy = self._settings["season"][day.month - 1]
        for _ in range(self._rng.choice((0, 1, 1, 2)) if busy > 3 else 1):
            if self._rng.random() < busy / 9:
                customer = self._pick_customer(day)
                self._invoice(customer, self._basket(customer), day)

    def _pick_customer(self, day: date) -> str:
        """Choose a buyer; those now inactive stopped buying half a year ago."""
        names = list(self._customers)
        recent = (self._today - day).days < 180
        while True:
            (name,) = self._rng.choices(names, self._appetites)
            if self._customers[name]["active"] == "yes" or not recent:
                return name

    def _basket(self, customer: str) -> list[Body]:
        kept_back = self._settings["only_by_contract"]
        names = [name for name in self._items if name not in kept_back]
        chosen = self._rng.sample(names, self._rng.choice((1, 1, 2, 2, 3, 4, 5)))
        abroad = self._is_foreign(customer)
        return [self._line(name, self._quantity(name), abroad) for name in chosen]

    def _quantity(self, name: str) -> Decimal:
        item = self._items[name]
        price = Decimal(item["price"])
        if item["type"] == "Service" and price > 20:
            return Decimal(self._rng.randrange(2, 13)) / 2
        for limit, most, step in ((5, 12, 10), (15, 8, 5), (60, 8, 1)):
            if price < limit:
                return Decimal(self._rng.randint(1, most) * step)
        return Decimal(self._rng.randint(1, 3))

    def _line(self, name: str, quantity: Decimal, abroad: bool = False) -> Body:
        item = self._items[name]
        price = Decimal(item["price"])
        amount = (price * quantity).quantize(_CENT, ROUND_HALF_UP)
        detail: Body = {
            "ItemRef": self._books.ref("Item", name),
            "Qty": quantity,
            "UnitPrice": price,
            "TaxCodeRef": self._tax_code(item, abroad),
        }
        return {
            "DetailType": "SalesItemLineDetail",
            "Amount": amount,
            "Description": item["description"] or name,
            "SalesItemLineDetail": detail,
        }

    def _tax_code(self, item: Row, abroad: bool) -> dict[str, str]:
        if self._sample.country == "US":
            return {"value": item["tax_code"]}
        name = self._settings["foreign_tax_code"] if abroad else item["tax_code"]
        return self._books.ref("TaxCode", name)

    def _invoice(self, customer: str, lines: list[Body], day: date) -> None:
        body = self._header(customer, lines, day)
        row = self._customers[customer]
        body["SalesTermRef"] = self._books.ref("Term", row["terms"])
        if row["given"]:
            thanks = "Thank you for your business."
            body["CustomerMemo"] = {"value": thanks}
        invoice = self._books.create("Invoice", body)
        number = next(self._written)
        if number % 47 == 13:
            self._later(day + timedelta(1), lambda _: self._void(invoice))
            return
        if number % 15 == 4:
            back = day + timedelta(self._rng.randint(3, 15))
            self._later(back, lambda day: self._take_back(customer, lines[0], day))
        self._plan_payment(customer, invoice)

    def _header(self, customer: str, lines: list[Body], day: date) -> Body:
        row = self._customers[customer]
        body: Body = {
            "CustomerRef": self._books.ref("Customer", customer),
            "TxnDate": day.isoformat(),
            "Line": lines,
        }
        if self._settings["multicurrency"]:
            body |= self._currency(row)
        if self._sample.country != "US":
            body["GlobalTaxCalculation"] = "TaxExcluded"
        return body

    def _currency(self, row: Row) -> Body:
        currency = row["currency"]
        rate = self._settings["rates"].get(currency)
        fields: Body = {"CurrencyRef": {"value": currency}}
        return fields | {"ExchangeRate": rate} if rate else fields

    def _is_foreign(self, customer: str) -> bool:
        currency = self._customers[customer]["currency"]
        return currency != self._settings["home_currency"]

    def _void(self, invoice: Body) -> None:
        self._books.void("Invoice", invoice["Id"])

    def _take_back(self, customer: str, line: Body, day: date) -> None:
        """Credit part of a sale: goods that came back."""
        detail = line["SalesItemLineDetail"]
        quantity = max(Decimal(1), (detail["Qty"] / 4).quantize(Decimal(1)))
        amount = (detail["UnitPrice"] * quantity).quantize(_CENT, ROUND_HALF_UP)
        credited = line | {
            "Amount": amount,
            "Description": f"Returned: {line['Description']}",
            "SalesItemLineDetail": detail | {"Qty": quantity},
        }
        memo = self._books.create("CreditMemo", self._header(customer, [credited], day))
        if self._rng.random() < 0.85:
            self._later(
                day + timedelta(2), lambda day: self._apply_credit(customer, memo, day)
            )

    # -- being paid --------------------------------------------------------------

    def _payer(self, name: str) -> _Payer:
        delay = self._rng.choice((-8, -5, -2, 0, 0, 2, 5, 12, 30))
        in_parts = name in self._settings["pay_in_instalments"]
        return _Payer(delay, in_parts, in_parts or self._rng.random() > 0.06)

    def _plan_payment(self, customer: str, invoice: Body) -> None:
        payer = self._payers[customer]
        gone = self._customers[customer]["active"] != "yes"
        if not payer.ever_pays and not gone:
            return
        due = date.fromisoformat(str(invoice["DueDate"]))
        day = due + timedelta(payer.delay + self._rng.randint(0, 6))
        day = max(day, date.fromisoformat(str(invoice["TxnDate"])))
        number = invoice["Id"]
        if payer.pays_in_parts:
            self._later(
                day, lambda day: self._receive(customer, number, day, half=True)
            )
            day += timedelta(45)
        self._later(day, lambda day: self._receive(customer, number, day))

    def _receive(
        self, customer: str, invoice_id: str, day: date, half: bool = False
    ) -> None:
        balance = Decimal(self._books.read("Invoice", invoice_id)["Balance"])
        amount = (balance / 2).quantize(_CENT, ROUND_HALF_UP) if half else balance
        if amount <= 0:
            return
        body = self._payment(customer, amount, day)
        body["Line"] = [_applied(amount, "Invoice", invoice_id)]
        self._books.create("Payment", body)

    def _apply_credit(self, customer: str, memo: Body, day: date) -> None:
        """Set a credit memo off against the customer's oldest open invoice."""
        customer_id = self._books.ref("Customer", customer)["value"]
        credit = Decimal(self._books.read("CreditMemo", memo["Id"])["Balance"])
        for invoice in self._books.open_invoices(customer_id):
            amount = min(credit, Decimal(invoice["Balance"]))
            if amount <= 0:
                continue
            body = self._payment(customer, Decimal(0), day)
            body["Line"] = [
                _applied(amount, "Invoice", invoice["Id"]),
                _applied(amount, "CreditMemo", memo["Id"]),
            ]
            self._books.create("Payment", body)
            return

    def _payment(self, customer: str, amount: Decimal, day: date) -> Body:
        body: Body = {
            "CustomerRef": self._books.ref("Customer", customer),
            "TxnDate": day.isoformat(),
            "TotalAmt": amount,
        }
        if amount and not self._is_foreign(customer) and self._rng.random() < 0.85:
            bank = self._settings["accounts"]["bank"]
            body["DepositToAccountRef"] = self._books.ref("Account", bank)
        if amount:
            body["PaymentRefNum"] = f"{self._rng.randrange(100000, 999999)}"
        if self._settings["multicurrency"]:
            body |= self._currency(self._customers[customer])
        return body

    # -- the end -----------------------------------------------------------------

    def _retire(self) -> None:
        """Make inactive what is marked so, now that its history is written."""
        for entity, rows in (
            ("Customer", self._sample.customers),
            ("Item", self._sample.items),
        ):
            for row in rows:
                if row["active"] != "yes":
                    name = _full_name(row) if entity == "Customer" else row["name"]
                    record_id = self._books.ref(entity, name)["value"]
                    self._books.change(entity, record_id, Active=False)


def _full_name(row: Row) -> str:
    return ":".join(filter(None, (row.get("parent"), row["name"])))


def _applied(amount: Decimal, kind: str, transaction_id: str) -> Body:
    linked = [{"TxnId": transaction_id, "TxnType": kind}]
    return {"Amount": amount, "LinkedTxn": linked}
