"""The part of the story about two living books: what Odoo has, and matching it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from .story_documents import DocumentsStory

if TYPE_CHECKING:
    from .steps import Step
    from .story import Story

# As somebody else has typed the same names.
SPELLINGS = ((" & ", " and "), (" Ltd", " Limited"), ("ll", "l"), ("rr", "r"))
SOLD = ("Service", "Inventory", "NonInventory")
# Of so many contacts there are invoices that are not confirmed yet.
DRAFTS = 3
ROWS = ".o_list_view .o_data_row"


class BusinessStory:
    """One play of it, after invoices and payments."""

    def __init__(self, story: Story, documents: DocumentsStory) -> None:
        self.steps, self.client, self.moment = story.steps, story.client, story.moment
        self.odoo, self.quickbooks = story.odoo, story.quickbooks
        self.documents, self.page = documents, story.client.page

    def play(self) -> None:
        """Play all steps."""
        with self.steps.step("Bring contacts and products, as Odoo has them") as step:
            self._bring(step)
        with self.steps.step("Find what belongs together") as step:
            self._match(step)
        with self.steps.step("Ask what still keeps invoices from QuickBooks") as step:
            self._check(step)
        with self.steps.step("Offer a payment registered in Odoo") as step:
            self._offer(step)

    def _bring(self, step: Step) -> None:
        books = self.quickbooks.books()
        known = self.documents.customer
        contacts = [
            _contact(record, number)
            for number, record in enumerate(books["Customer"])
            if record["Active"]
            and not record.get("Job")
            and record["DisplayName"] != known
        ]
        products = [
            {"name": record["Name"], "default_code": record.get("Sku") or False}
            for record in books["Item"]
            if record["Active"] and record["Type"] in SOLD
        ]
        people = self.odoo.call("res.partner", "create", contacts)
        self.odoo.call("product.template", "create", products)
        for partner_id in people[:DRAFTS]:
            self._draft(partner_id)
        step.tell(f"{len(contacts)} contacts, {len(products)} products")

    def _draft(self, partner_id: int) -> int:
        """Return an invoice that nobody has confirmed yet."""
        line = {
            "quantity": 1,
            "price_unit": 25,
            "product_id": self.documents.product_id,
            "tax_ids": [(6, 0, [self.documents.tax_id])],
        }
        values = {
            "move_type": "out_invoice",
            "partner_id": partner_id,
            "invoice_date": date.today().isoformat(),
            "invoice_line_ids": [(0, 0, line)],
        }
        return self.odoo.call("account.move", "create", values)

    def _match(self, step: Step) -> None:
        for name in ("tax-codes", "items", "customers"):
            self.page.goto(f"{self.client.url}/odoo/quickbooks-mapping-{name}")
            self.page.click(".o_quickbooks_find")
            self.page.wait_for_selector(f"{ROWS}:has-text('%')")
        self.moment("assistant", self.client)
        count = self.odoo.call("quickbooks.suggestion", "search_count", [])
        step.tell(f"{count} pairs suggested, each with its reason")
        step.expect(count > 0, "nothing was found")

    def _check(self, step: Step) -> None:
        company = self.odoo.call("res.company", "search", [], limit=1)[0]
        self.page.goto(f"{self.client.url}/odoo/quickbooks-link/{company}")
        found = self.page.locator(".o_quickbooks_readiness")
        found.locator("li, .text-success").first.wait_for()
        findings = found.locator("li").count()
        step.tell(f"{findings} findings")
        step.expect(findings > 0, "the contacts that are not linked are not told of")
        self.moment("readiness", self.client)

    def _offer(self, step: Step) -> None:
        company = self.odoo.call("res.company", "search", [], limit=1)
        option = {"quickbooks_payments_out": "ask"}
        self.odoo.call("res.company", "write", company, option)
        invoice_id = self._draft(self.documents.partner_id)
        self.odoo.call("account.move", "action_post", [invoice_id])
        context = {"active_model": "account.move", "active_ids": [invoice_id]}
        wizard = "account.payment.register"
        row = self.odoo.call(wizard, "create", {}, context=context)
        self.odoo.call(wizard, "action_create_payments", [row], context=context)
        requests = self.odoo.call("quickbooks.payment.request", "search_count", [])
        step.tell(f"{requests} waits for somebody to decide")
        step.expect(requests == 1, f"there are {requests}")


def _contact(record: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a contact like a customer of QuickBooks, typed by somebody else."""
    name = record["DisplayName"]
    before, after = SPELLINGS[number % len(SPELLINGS)]
    address = record.get("BillAddr", {})
    return {
        "name": name.replace(before, after, 1),
        "is_company": True,
        "email": record.get("PrimaryEmailAddr", {}).get("Address", False),
        "street": address.get("Line1", False),
        "city": address.get("City", False),
        "zip": address.get("PostalCode", False),
    }
