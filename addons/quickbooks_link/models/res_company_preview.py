from odoo import models

KIND = "quickbooks_preview_kind"


class ResCompany(models.Model):
    """The buttons Preview beside Sync Now."""

    _inherit = "res.company"

    def action_quickbooks_preview(self):
        """Show what a sync would do, and do nothing.

        The context says of which list; without that, of all.
        """
        kind = self.env.context.get(KIND)
        company = self.with_context(quickbooks_preview=True)
        lists = self.env["quickbooks.sync.line"]._lists()
        return company._quickbooks_sync(kind if kind in lists else "full")
