from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    a_posted = fields.Integer(copy=False, help="How often it was posted.")

    def _post(self, soft=True):
        # EXTENDS account: writes before and after, as other addons do
        for move in self:
            move.a_posted += 1
        posted = super()._post(soft)
        posted.message_post(body="a was here")
        return posted
