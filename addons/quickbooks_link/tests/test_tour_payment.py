from odoo.tests import HttpCase, tagged

from .document_common import CommitHooks
from .payment_common import PaymentCase

# Fills in the form of QuickBooks' page and submits it, as a person does.
RECEIVE = """
    const form = document.querySelector("form.fields");
    form.elements.reference.value = "TOUR 1";
    form.elements.date.value = "2026-11-21";
    const frame = document.createElement("iframe");
    frame.name = form.target = "answer";
    document.body.append(frame);
    frame.addEventListener("load", () => {
        const address = frame.contentWindow.location.href;
        if (address.includes("done=paid")) {
            console.log("test successful");
        } else if (address !== "about:blank") {
            console.error("It says: " + frame.contentDocument.body.innerText);
        }
    });
    form.querySelector("button[type=submit]").click();
"""


@tagged("post_install", "-at_install", "browser")
class TestTourPayment(CommitHooks, PaymentCase, HttpCase):
    """Paid on QuickBooks' page, synced, and paid in Odoo."""

    def test_paid_in_quickbooks_synced_and_paid_in_odoo(self):
        invoice = self.sent(120)
        held = self.document(invoice).quickbooks_id
        page = f"{self.server.url}/company/{self.realm}/Invoice/{held}/payment"
        self.browser_js(page, RECEIVE, "!!document.querySelector('form.fields')")
        self.start_tour(
            f"/odoo/quickbooks-link/{self.company.id}",
            "quickbooks_link_payment_sync",
            login=self.manager.login,
        )
        self.env.invalidate_all()
        self.assertEqual(invoice.payment_state, "paid")
        path = f"/odoo/customer-invoices/{invoice.id}"
        self.start_tour(path, "quickbooks_link_payment_paid", login=self.manager.login)
        there = self.there("Invoice", held)
        self.change("Invoice", there, DueDate="2027-01-31")
        self.sync("payments")
        self.start_tour(
            path, "quickbooks_link_document_changed", login=self.manager.login
        )
