from odoo import fields, models

from ..client_actions import close_dialog


class QuickBooksReconciliationIgnore(models.TransientModel):
    """Why findings of a reconciliation are to be ignored."""

    _name = "quickbooks.reconciliation.ignore"
    _description = "Ignore Findings"

    line_ids = fields.Many2many(
        "quickbooks.reconciliation.line",
        relation="quickbooks_reconciliation_ignore_rel",
        required=True,
        readonly=True,
    )
    reason = fields.Char(
        required=True,
        help="Is shown the next time as well, until the documents change.",
    )

    def action_ignore(self):
        """Remember the reason, and leave the findings out from now on."""
        self.ensure_one()
        self.line_ids._check_manager()
        self.line_ids._ignore(self.reason)
        self.line_ids.reconciliation_id._recount()
        return close_dialog()
