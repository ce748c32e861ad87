from odoo import models

from ..qbo.client import MAX_BATCH


class AccountMove(models.Model):
    """Posting many at once: who does so sees how they get to QuickBooks."""

    _inherit = "account.move"

    def action_validate_moves_with_confirmation(self):
        # EXTENDS account: the button Confirm of the list
        looking_on = self.with_context(quickbooks_looking_on=True)
        res = super(AccountMove, looking_on).action_validate_moves_with_confirmation()
        return res or self._quickbooks_show_progress()

    def _quickbooks_show_progress(self):
        """Return the dialog that sends what was posted, if that takes a while."""
        rows = self.sudo().quickbooks_document_ids.filtered(
            lambda row: row.user_id == self.env.user and row._is_to_send()
        )
        if len(rows) <= MAX_BATCH:
            return False
        return rows.with_env(self.env)._progress_action()

    def _quickbooks_enqueue(self):
        # EXTENDS quickbooks_link: the dialog sends them, batch by batch; where nobody
        # opens it, the scheduler does
        many = self.env.context.get("quickbooks_looking_on") and len(self) > MAX_BATCH
        return super(
            AccountMove, self.with_context(quickbooks_sent_by_dialog=many)
        )._quickbooks_enqueue()


class QuickBooksOutbox(models.AbstractModel):
    _inherit = "quickbooks.outbox"

    def _send_after_commit(self, user):
        # EXTENDS quickbooks_link
        if self.env.context.get("quickbooks_sent_by_dialog"):
            return None
        return super()._send_after_commit(user)
