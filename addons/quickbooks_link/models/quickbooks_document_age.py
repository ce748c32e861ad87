from odoo import api, fields, models

from ..health import OPEN


class QuickBooksDocument(models.Model):
    """For how long a document has not been in QuickBooks."""

    _inherit = "quickbooks.document"

    open_since = fields.Datetime(
        string="Waiting Since",
        compute="_compute_open_since",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="Since when Odoo has had something that QuickBooks has not.",
    )

    @api.depends("state")
    def _compute_open_since(self):
        now = fields.Datetime.now()
        for document in self:
            is_open = document.state in OPEN
            document.open_since = is_open and (document.open_since or now)
