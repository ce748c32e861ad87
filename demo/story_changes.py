"""The part of the story in which somebody edits an invoice on QuickBooks' page."""

from __future__ import annotations

from .steps import Step
from .story_documents import LINES
from .story_payments import PaymentsStory

# What the first line costs after it was edited.
PRICE = "38"


class ChangesStory:
    """One play of it, after the payments."""

    def __init__(self, payments: PaymentsStory) -> None:
        self.payments, self.documents = payments, payments.documents
        self.steps, self.moment = payments.steps, payments.moment
        self.client, self.page = payments.client, payments.page
        self.odoo, self.quickbooks = payments.odoo, payments.quickbooks

    def play(self) -> None:
        """Play all steps."""
        with self.steps.step("Edit an invoice on QuickBooks' page") as step:
            self._edit(step)
        with self.steps.step("See both versions in Odoo, and keep QuickBooks'") as step:
            self._decide(step)

    def _edit(self, step: Step) -> None:
        self.invoice_id = self.documents.draft(LINES[:2])
        self.documents.desk.open_invoice(self.invoice_id)
        self.documents.desk.confirm()
        realm, key = self.quickbooks.realm_id, self._row()["quickbooks_id"]
        self.page.goto(f"{self.quickbooks.url}/company/{realm}/Invoice/{key}/edit")
        self.page.fill("input[name=line-0-UnitPrice]", PRICE)
        self.page.click("form.fields button[type=submit]")
        self.page.wait_for_url("**done=saved")
        self.payments.sync(step)

    def _decide(self, step: Step) -> None:
        self.documents.desk.open_invoice(self.invoice_id)
        step.tell(said := self.documents.desk.banner())
        step.expect("40.00 → 38.00" in said, "the banner doesn't tell the price")
        self.moment("changed", self.client)
        self.page.click(".o_form_view [name=alerts] a:has-text('Decide')")
        self.page.click("button[name=action_keep_quickbooks]:visible")
        self.page.wait_for_selector(
            ".o_form_view strong:has-text('holds it otherwise')"
        )
        self.documents.desk.open_invoice(self.invoice_id)
        self.moment("differs", self.client)
        row = self._row()
        step.expect(row["state"] == "sent", f"it is {row['state']}: {row['error']}")

    def _row(self) -> dict[str, str]:
        domain = [["move_id", "=", self.invoice_id]]
        names = ["quickbooks_id", "state", "error"]
        return self.odoo.call("quickbooks.document", "search_read", domain, names)[0]
