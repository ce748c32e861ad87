from odoo import models

from .quickbooks_sync_line import LISTS

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
        return company._quickbooks_sync(kind if kind in LISTS else "full")
