"""The part of the story about payments: paid in QuickBooks, synced, paid in Odoo."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .steps import Step
from .story_documents import DocumentsStory
from .webclient import DIALOG, WebClient

REFERENCE = "CHQ 1001"
PAID = "button[name=action_quickbooks_open_document] [name=quickbooks_paid]"


class PaymentsStory:
    """One play of it, with the mapped contact and product of the part before."""

    def __init__(
        self, documents: DocumentsStory, moment: Callable[[str, WebClient], None]
    ) -> None:
        self.documents, self.moment = documents, moment
        self.steps, self.client = documents.steps, documents.client
        self.odoo, self.quickbooks = documents.odoo, documents.quickbooks
        self.page = documents.client.page

    def play(self) -> None:
        """Play all steps."""
        with self.steps.step("Post one more invoice") as step:
            self._post(step)
        with self.steps.step("Receive its payment on QuickBooks' page") as step:
            self._receive(step)
        with self.steps.step("Press Sync Now of Invoices and Payments") as step:
            self.sync(step)
        with self.steps.step("See the invoice paid, and the payment in Odoo") as step:
            self._see(step)

    def _post(self, step: Step) -> None:
        self.invoice_id = self.documents.draft([{"quantity": 2, "price_unit": 45}])
        self.odoo.call("account.move", "action_post", [self.invoice_id])
        domain = [["move_id", "=", self.invoice_id]]
        names = ["quickbooks_id", "state", "error"]
        [row] = self.odoo.call("quickbooks.document", "search_read", domain, names)
        self.quickbooks_id = row["quickbooks_id"]
        step.tell(f"invoice {self.quickbooks_id} in QuickBooks")
        step.expect(row["state"] == "sent", f"it is {row['state']}: {row['error']}")

    def _receive(self, step: Step) -> None:
        realm, key = self.quickbooks.realm_id, self.quickbooks_id
        self.page.goto(f"{self.quickbooks.url}/company/{realm}/Invoice/{key}")
        self.page.click("text=Receive payment")
        self.page.fill("input[name=reference]", REFERENCE)
        self.moment("receive", self.client)
        self.page.click("form.fields button[type=submit]")
        self.page.wait_for_url("**done=paid")
        step.tell(f"reference {REFERENCE}")

    def sync(self, step: Step) -> None:
        """Press Sync Now of Invoices and Payments, and wait."""
        company = self.odoo.call("res.company", "search", [], limit=1)[0]
        self.page.goto(f"{self.client.url}/odoo/quickbooks-link/{company}")
        self.page.click("button[name=action_quickbooks_sync_payments]")
        self.page.wait_for_selector(DIALOG)
        outcome = self.client.wait_for_sync()
        for line in outcome.lists:
            step.tell(line)
        step.expect(outcome.done, "the sync did not succeed")
        self.client.close_dialog()

    def _see(self, step: Step) -> None:
        self.documents.desk.open_invoice(self.invoice_id)
        self.page.wait_for_selector(f"{PAID}:has-text('Paid')")
        self.moment("paid", self.client)
        move = self._read("account.move", self.invoice_id, "payment_state", "name")
        step.expect(move["payment_state"] == "paid", f"it is {move['payment_state']}")
        domain = [["reference", "=", REFERENCE]]
        names = ["amount", "state", "error", "payment_id"]
        [row] = self.odoo.call("quickbooks.payment", "search_read", domain, names)
        step.tell(f"{move['name']}: {Decimal(row['amount']):.2f} by {REFERENCE}")
        step.expect(row["state"] == "done", f"it is {row['state']}: {row['error']}")
        self.page.goto(f"{self.client.url}/odoo/quickbooks-payments")
        self.page.wait_for_selector(f".o_data_row:has-text('{REFERENCE}')")
        self.moment("payments", self.client)

    def _read(self, model: str, key: int, *names: str) -> dict[str, Any]:
        return self.odoo.call(model, "read", [key], list(names))[0]
