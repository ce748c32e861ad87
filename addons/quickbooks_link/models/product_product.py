from odoo import api, fields, models
from odoo.fields import Domain

from ..groups import READERS
from .product_template import ITEM_FIELD, check_item


class ProductProduct(models.Model):
    """Variants, each of which may have a QuickBooks Item of its own."""

    _inherit = "product.product"

    # Not the template's: a variant may have its own.
    quickbooks_item_id = fields.Many2one("quickbooks.item", **ITEM_FIELD)
    quickbooks_item_status = fields.Selection(
        related="quickbooks_item_id.status",
        string="QuickBooks Item Status",
        groups=READERS,
        help="Whether the QuickBooks Item is still active there.",
    )
    quickbooks_item_inactive = fields.Boolean(
        compute="_compute_quickbooks_item_inactive",
        search="_search_quickbooks_item_inactive",
        compute_sudo=True,
        string="Inactive in QuickBooks",
        groups=READERS,
        help="The QuickBooks Item that is used for the variant is inactive or gone.",
    )
    quickbooks_item_placeholder = fields.Char(
        compute="_compute_quickbooks_item_placeholder", groups=READERS
    )

    @api.depends(
        "quickbooks_item_id.active", "product_tmpl_id.quickbooks_item_id.active"
    )
    @api.depends_context("company")
    def _compute_quickbooks_item_inactive(self):
        for product in self:
            item = product.quickbooks_item_id
            item = item or product.product_tmpl_id.quickbooks_item_id
            product.quickbooks_item_inactive = item and not item.active

    @api.model
    def _search_quickbooks_item_inactive(self, operator, value):
        if operator != "in":
            return NotImplemented
        linked = Domain("quickbooks_item_id", "!=", False)
        inactive = linked & Domain("quickbooks_item_id.active", "=", False)
        found = inactive | (~linked & Domain("product_tmpl_id", "any", inactive))
        return found if True in value else ~found

    @api.depends("product_tmpl_id.quickbooks_item_id")
    @api.depends_context("company", "lang")
    def _compute_quickbooks_item_placeholder(self):
        """Show what the template gives to a variant without an item of its own."""
        for product in self:
            item = product.product_tmpl_id.quickbooks_item_id
            product.quickbooks_item_placeholder = (
                self.env._("%s, as all variants", item.display_name)
                if item
                else self.env._("None")
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
