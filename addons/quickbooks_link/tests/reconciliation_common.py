"""What the tests of the reconciliation share: two books that agree to begin with."""

from ..sync_budget import background_budget
from .document_common import DocumentCase

FIRST, LAST = "2026-11-01", "2026-11-30"


class ReconciliationCase(DocumentCase):
    """Books in which QuickBooks has a history from before Odoo, which is ignored."""

    def setUp(self):
        super().setUp()
        self.run_id = self.as_manager(
            self.env["quickbooks.reconciliation"].create(
                {
                    "company_id": self.company.id,
                    "date_from": FIRST,
                    "date_to": LAST,
                }
            )
        )

    def reconcile(self, run=None):
        """Press Reconcile and wait; it has to succeed."""
        run = self.finish_run(self.begin(run))
        self.assertEqual(run.state, "done", run.error)
        return run

    def begin(self, run=None):
        run = run or self.run_id
        self.assertIs(run.action_start(), True)
        return run

    def finish_run(self, run):
        with self.own_cursors():
            for _turn in range(50):
                told = run.advance()
                run.invalidate_recordset()
                if told["state"] in ("done", "failed"):
                    break
                if told["background"]:
                    run.sudo()._work(background_budget())
        self.env.invalidate_all()
        return run

    def ignore_history(self):
        """Ignore what QuickBooks has from before Odoo."""
        run = self.reconcile()
        self.ignore(run.line_ids, "from before Odoo")
        return run

    def ignore(self, lines, reason):
        wizard = self.env["quickbooks.reconciliation.ignore"].with_user(self.manager)
        context = lines.action_ignore()["context"]
        wizard.with_context(**context).create({"reason": reason}).action_ignore()
        self.env.invalidate_all()

    def findings(self, run):
        """Return what is noticed, by status."""
        noticed = run.line_ids.filtered(lambda line: line.done != "ignored")
        return noticed.grouped("status")

    def sale(self, **values):
        """Return the body of an invoice that a person writes in QuickBooks."""
        line = {
            "DetailType": "SalesItemLineDetail",
            "Amount": 120,
            "Description": "Mowing",
            "SalesItemLineDetail": {
                "ItemRef": {"value": self.item.quickbooks_id},
                "Qty": 3,
                "UnitPrice": 40,
                "TaxCodeRef": {"value": self.tax.quickbooks_tax_code_id.quickbooks_id},
            },
        }
        return {
            "CustomerRef": {"value": self.customer.quickbooks_id},
            "TxnDate": "2026-11-20",
            "GlobalTaxCalculation": "TaxExcluded",
            "Line": [line],
            **values,
        }
