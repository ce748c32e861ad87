from odoo import models
from odoo.exceptions import AccessError

from ..groups import MANAGER


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_quickbooks_preview_many(self):
        """Show what sending the chosen documents would do; nothing is sent."""
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only ERP managers can send documents to QuickBooks.")
            )
        self.check_access("read")
        return self.env["quickbooks.send.preview"]._open_for(self)


class QuickBooksDocument(models.Model):
    _inherit = "quickbooks.document"

    def action_preview(self):
        """Show what sending the chosen documents would do; nothing is sent."""
        return self.move_id.action_quickbooks_preview_many()
