from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _get_move_constraints(self, move):
        # EXTENDS account: nobody gets a document before it has its number
        constraints = super()._get_move_constraints(move)
        if move._quickbooks_awaits_number():
            constraints["quickbooks_number"] = self.env._(
                "%s gets its number from QuickBooks. Send it to QuickBooks first; then "
                "it can go to the customer.",
                move.display_name,
            )
        return constraints
