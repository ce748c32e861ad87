"""The part of the story about invoices: mapped, posted, credited, cancelled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from .companies import Company
from .desk import Desk
from .odooclient import Odoo
from .quickbooks import QuickBooks
from .steps import Step, Steps
from .webclient import WebClient

# What the business sells, and the QuickBooks tax code of its tax.
SALES = {
    "uk": ("Spring planting, labour", "20.0% S", Decimal(20)),
    "us": ("Trail bike service", "Austin, TX", Decimal("8.25")),
}
LINES = (
    {"quantity": 3, "price_unit": 40, "discount": 0},
    {"quantity": 1.75, "price_unit": 19.99, "discount": 12.5},
    {"quantity": 7, "price_unit": 0.33, "discount": 0},
)
ENTITIES = {"out_invoice": "Invoice", "out_refund": "CreditMemo"}


class DocumentsStory:
    """One play of it, after the first sync."""

    def __init__(
        self,
        company: Company,
        steps: Steps,
        client: WebClient,
        odoo: Odoo,
        quickbooks: QuickBooks,
        moment: Callable[[str, WebClient], None],
    ) -> None:
        self.company, self.steps, self.client = company, steps, client
        self.odoo, self.quickbooks = odoo, quickbooks
        self.desk, self.moment = Desk(client), moment

    def play(self) -> None:
        """Play all steps."""
        self._found()
        with self.steps.step("Look at an invoice before anything is mapped") as step:
            self._look(step)
        with self.steps.step("Map its contact, product and tax") as step:
            self._map(step)
        with self.steps.step("Preview it as QuickBooks will hold it") as step:
            self._preview(step)
        with self.steps.step("Confirm it, and see QuickBooks' number arrive") as step:
            self._confirm(step, self.invoice_id)
            self.moment("invoice", self.client)
        with self.steps.step("Make a credit note of it") as step:
            self._credit(step)
        with self.steps.step("Cancel another invoice, there too") as step:
            self._cancel(step)
        self.desk.open_documents()
        self.moment("documents", self.client)

    # === What the business has in Odoo already === #

    def _found(self) -> None:
        product, self.code, percent = SALES[self.company.sample]
        books = self.quickbooks.books()
        self.customer = self._first_customer(books["Customer"])
        self.item = next(r for r in books["Item"] if _is_service(r))["Name"]
        self.partner_id = self._create_contact()
        self.tax_id = self._tax(percent)
        taxes = [(6, 0, [self.tax_id])]
        values = {"name": product, "type": "service", "taxes_id": taxes}
        self.template_id = self.odoo.call("product.template", "create", values)
        domain = [["product_tmpl_id", "=", self.template_id]]
        [self.product_id] = self.odoo.call("product.product", "search", domain)
        values = {"quickbooks_use_document_numbers": True}
        self.odoo.call("res.company", "write", [self._company_id()], values)
        self.invoice_id = self.draft()

    def _company_id(self) -> int:
        return self.odoo.call("res.company", "search", [], limit=1)[0]

    def _first_customer(self, customers: list[dict[str, Any]]) -> str:
        names = [
            record["DisplayName"]
            for record in customers
            if record["Active"]
            and not record.get("Job")
            and self._currency_of(record) == self.company.currency
        ]
        return min(names)

    def _currency_of(self, record: dict[str, Any]) -> str:
        """Return it; a company with one currency doesn't say it of each customer."""
        home = {"value": self.company.currency}
        return record.get("CurrencyRef", home)["value"]

    def _create_contact(self) -> int:
        values = {
            "name": self.customer,
            "is_company": True,
            "email": "accounts@customer.example",
            "street": "1 Low Lane",
            "city": self.company.values["city"],
            "zip": self.company.values["zip"],
        }
        return self.odoo.call("res.partner", "create", values)

    def _tax(self, percent: Decimal) -> int:
        """Return the sales tax of that rate, made if Odoo's chart has none."""
        domain = [["type_tax_use", "=", "sale"], ["amount", "=", float(percent)]]
        found = self.odoo.call("account.tax", "search", domain, limit=1)
        values = {"name": f"Sales Tax {percent}%", "amount": float(percent)}
        return found[0] if found else self.odoo.call("account.tax", "create", values)

    def draft(self, wanted: Sequence[dict[str, float]] = LINES) -> int:
        """Return an invoice of the mapped contact and product, not confirmed yet."""
        sold = {"product_id": self.product_id, "tax_ids": [(6, 0, [self.tax_id])]}
        values = {
            "move_type": "out_invoice",
            "partner_id": self.partner_id,
            "invoice_date": date.today().isoformat(),
            "invoice_line_ids": [(0, 0, {**line, **sold}) for line in wanted],
        }
        return self.odoo.call("account.move", "create", values)

    # === Steps === #

    def _look(self, step: Step) -> None:
        self.desk.open_invoice(self.invoice_id)
        said = self.desk.banner()
        self.moment("checks", self.client)
        for name in (self.customer, SALES[self.company.sample][0]):
            step.expect(name in said, f"the banner doesn't name {name}: {said}")
        step.tell(said[:300])

    def _map(self, step: Step) -> None:
        self.desk.link_contact(self.partner_id, self.customer)
        self.moment("contact", self.client)
        self.desk.link_product(self.template_id, self.item)
        self.moment("product", self.client)
        self.desk.link_tax(self.tax_id, self.code)
        self.moment("tax", self.client)
        step.tell(f"{self.customer}; {self.item}; {self.code}")

    def _preview(self, step: Step) -> None:
        self.desk.open_invoice(self.invoice_id)
        shown = self.desk.open_preview()
        self.moment("preview", self.client)
        self.desk.close_preview()
        total = self._move(self.invoice_id)["amount_total"]
        step.tell(f"total {shown}")
        step.expect(f"{total:.2f}" in shown, f"Odoo's total is {total}")

    def _confirm(self, step: Step, key: int) -> None:
        state = self.desk.confirm()
        move, record = self._move(key), self._record(key)
        step.tell(f"{state}: number {record['DocNumber']}, total {record['TotalAmt']}")
        step.expect(move["name"] == record["DocNumber"], f"Odoo says {move['name']}")
        step.expect(self.desk.name() == move["name"], "the form shows another number")
        self._compare(step, move, record)

    def _compare(
        self, step: Step, move: dict[str, Any], record: dict[str, Any]
    ) -> None:
        tax = record["TxnTaxDetail"]["TotalTax"]
        for there, here in (
            (record["TotalAmt"], move["amount_total"]),
            (tax, move["amount_tax"]),
        ):
            step.expect(_cents(there) == _cents(here), f"{there} there, {here} in Odoo")

    def _credit(self, step: Step) -> None:
        self.desk.open_invoice(self.invoice_id)
        self.desk.credit()
        domain = [["reversed_entry_id", "=", self.invoice_id]]
        [key] = self.odoo.call("account.move", "search", domain)
        self._confirm(step, key)

    def _cancel(self, step: Step) -> None:
        # Another than before, which Odoo would call a duplicate.
        key = self.draft(LINES[1:])
        self.desk.open_invoice(key)
        self.desk.confirm()
        state = self.desk.cancel_there_too()
        move, record = self._move(key), self._record(key)
        step.tell(f"{state}: {record['DocNumber']}, total {record['TotalAmt']}")
        step.expect(record["TotalAmt"] == 0, f"QuickBooks holds {record['TotalAmt']}")
        step.expect(move["state"] == "cancel", f"it is {move['state']} in Odoo")

    # === Both sides === #

    def _move(self, key: int) -> dict[str, Any]:
        names = ["name", "state", "move_type", "amount_total", "amount_tax"]
        return self.odoo.call("account.move", "read", [key], names)[0]

    def _record(self, key: int) -> dict[str, Any]:
        """Return what QuickBooks holds of an invoice or credit note."""
        domain, names = [["move_id", "=", key]], ["quickbooks_id"]
        [row] = self.odoo.call("quickbooks.document", "search_read", domain, names)
        entity = ENTITIES[self._move(key)["move_type"]]
        return self.quickbooks.read(entity, row["quickbooks_id"])


def _is_service(record: dict[str, Any]) -> bool:
    return bool(record["Active"] and record["Type"] == "Service")


def _cents(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))
