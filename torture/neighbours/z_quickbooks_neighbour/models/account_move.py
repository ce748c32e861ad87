from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    z_posted = fields.Integer(copy=False, help="How often it was posted.")

    def _post(self, soft=True):
        # EXTENDS account: writes before and after, as other addons do
        for move in self:
            move.z_posted += 1
        posted = super()._post(soft)
        posted.message_post(body="z was here")
        return posted
