from odoo import models
from odoo.exceptions import AccessError

from ..groups import MANAGER


class AccountMove(models.Model):
    """Credit notes that are to be applied to invoices in QuickBooks."""

    _inherit = "account.move"

    def action_quickbooks_apply(self):
        """Apply the credit notes in QuickBooks as they are applied here."""
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only ERP managers can apply credit notes in QuickBooks.")
            )
        self.check_access("read")
        self._quickbooks_unapplied()._send_for(self.env.user)
        return True

    def _quickbooks_unapplied(self):
        """Return what QuickBooks has still to follow."""
        rows = self.sudo().quickbooks_document_ids._applications()
        return rows.filtered(lambda row: row.state != "sent")

    def _quickbooks_application_with(self, other):
        """Return the row that applies one of two documents to the other, if any."""
        rows = self.env["quickbooks.application"].sudo()
        by_type = (self | other).grouped("move_type")
        if set(by_type) != {"out_invoice", "out_refund"}:
            return rows
        return rows._of_pair(by_type["out_invoice"], by_type["out_refund"])

    def _quickbooks_alerts_when_sent(self, document):
        # EXTENDS
        alerts = super()._quickbooks_alerts_when_sent(document)
        for row in self._quickbooks_unapplied():
            alerts[f"quickbooks_application_{row.id}"] = self._quickbooks_alert_of(row)
        return alerts

    def _quickbooks_alert_of(self, row):
        words = row._waits_in_words()
        if row.state == "sending" or row.hold == "later":
            words = self.env._("%s It will be tried again by itself.", words)
        alert = {"level": "warning", "message": words}
        if self.env.user.has_group(MANAGER) and row.hold != "documents":
            alert["action_text"] = self.env._("Apply in QuickBooks")
            alert["action_call"] = ("account.move", "action_quickbooks_apply", self.ids)
        return alert
