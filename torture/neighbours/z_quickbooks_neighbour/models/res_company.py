from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    z_note = fields.Char(help="Anything.")
