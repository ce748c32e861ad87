from odoo import models

from ..groups import check_sender


class AccountMove(models.Model):
    """The preview of what sending many documents would do."""

    _inherit = "account.move"

    def action_quickbooks_preview_many(self):
        """Show what sending the chosen documents would do; nothing is sent."""
        check_sender(self)
        return self.env["quickbooks.send.preview"]._open_for(self)


class QuickBooksDocument(models.Model):
    _inherit = "quickbooks.document"

    def action_preview(self):
        """Show what sending the chosen documents would do; nothing is sent."""
        return self.move_id.action_quickbooks_preview_many()
