from odoo.tests import HttpCase, tagged

from .document_common import CommitHooks
from .reconciliation_common import ReconciliationCase


@tagged("post_install", "-at_install", "browser")
class TestTourReconciliation(CommitHooks, ReconciliationCase, HttpCase):
    def test_a_planted_difference_is_found_and_mended(self):
        self.ignore_history()
        move, changed = self.post(self.invoice(), self.accountant), self.invoice()
        [there] = self.held_by_quickbooks(self.post(changed))
        self.change("Invoice", there, DueDate="2027-01-31", TxnDate="2026-11-19")
        self.add("Invoice", **self.sale_in_euros(DocNumber="QB-9"))
        run = self.env["quickbooks.reconciliation"].create(
            {
                "company_id": self.company.id,
                "date_from": self.run_id.date_from,
                "date_to": self.run_id.date_to,
            }
        )
        path = f"/odoo/quickbooks-reconciliation/{run.id}"
        self.start_tour(path, "quickbooks_link_reconciliation", login="bookkeeper")
        self.env.invalidate_all()
        self.assertEqual(self.document(move).state, "sent")
        self.assertEqual(str(changed.invoice_date_due), "2027-01-31")
        self.assertEqual(run.sudo().ignored_count, len(run.line_ids))
        self.assertTrue(self.reconcile(self.as_manager(run)).agrees)

    def sale_in_euros(self, **values):
        """Return an invoice of QuickBooks' in a currency that Odoo doesn't use."""
        euro = self.env.ref("base.EUR")
        euro.active = False
        customer = self.mirror("customer").filtered(lambda c: c.currency_id == euro)[0]
        values["CustomerRef"] = {"value": customer.quickbooks_id}
        return self.sale(TxnDate="2026-11-21", CurrencyRef={"value": "EUR"}, **values)

    def test_a_sync_is_previewed_and_nothing_written(self):
        self.change("Customer", {"Id": self.customer.quickbooks_id}, Notes="Pays late")
        path = f"/odoo/companies/{self.company.id}"
        self.start_tour(path, "quickbooks_link_preview", login="bookkeeper")
        self.env.invalidate_all()
        self.assertFalse(self.customer.notes)
