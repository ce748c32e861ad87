from odoo import models


class ValidateAccountMove(models.TransientModel):
    """Confirming many invoices shows how they get to QuickBooks."""

    _inherit = "validate.account.move"

    def validate_move(self):
        # EXTENDS account: the same for those that had to be confirmed first
        wizard = self.with_context(quickbooks_looking_on=True)
        res = super(ValidateAccountMove, wizard).validate_move()
        closes = res.get("type") == "ir.actions.act_window_close"
        return (closes and self.move_ids._quickbooks_show_progress()) or res
