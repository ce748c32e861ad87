from odoo import api, fields, models

from .product_template import ITEM_FIELD, READERS, check_item


class ProductProduct(models.Model):
    _inherit = "product.product"

    # Not the template's: a variant may have its own.
    quickbooks_item_id = fields.Many2one("quickbooks.item", **ITEM_FIELD)
    quickbooks_item_status = fields.Selection(
        related="quickbooks_item_id.status",
        string="QuickBooks Item Status",
        groups=READERS,
    )

    @api.constrains("quickbooks_item_id")
    def _check_quickbooks_item_id(self):
        check_item(self)

    def _quickbooks_item(self, company):
        """Return the QuickBooks Item of this variant, else that of its template.

        As superuser, also if it is inactive; empty if there is none in the
        QuickBooks company that ``company`` is linked to.
        """
        self.ensure_one()
        product = self.sudo().with_company(company)
        own = product.quickbooks_item_id._quickbooks_of(company)
        return own or product.product_tmpl_id.quickbooks_item_id._quickbooks_of(company)
