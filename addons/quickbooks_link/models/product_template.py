from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..groups import READERS
from .quickbooks_item import POSTED_ITEMS

# Those who may read QuickBooks' items and tax codes.
ITEM_FIELD = {
    "string": "QuickBooks Product or Service",
    "company_dependent": True,
    "check_company": True,
    "domain": POSTED_ITEMS,
    "groups": READERS,
    "help": "The QuickBooks Item that lines with this product are posted to.",
}


class ProductTemplate(models.Model):
    """Products and services, each with the QuickBooks Item it is posted to."""

    _inherit = "product.template"

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
        help="The product's QuickBooks Item, or that of one of its variants, is "
        "inactive or gone.",
    )
    quickbooks_item_placeholder = fields.Char(
        compute="_compute_quickbooks_item_placeholder", groups=READERS
    )

    @api.depends(
        "quickbooks_item_id.active", "product_variant_ids.quickbooks_item_id.active"
    )
    @api.depends_context("company")
    def _compute_quickbooks_item_inactive(self):
        for template in self:
            items = template.quickbooks_item_id
            items |= template.product_variant_ids.quickbooks_item_id
            template.quickbooks_item_inactive = not all(items.mapped("active"))

    @api.model
    def _search_quickbooks_item_inactive(self, operator, value):
        if operator != "in":
            return NotImplemented
        inactive = Domain("quickbooks_item_id.active", "=", False)
        inactive &= Domain("quickbooks_item_id", "!=", False)
        found = inactive | Domain("product_variant_ids", "any", inactive)
        return found if True in value else ~found

    def _compute_quickbooks_item_placeholder(self):
        self.quickbooks_item_placeholder = self.env._("None")

    @api.constrains("quickbooks_item_id")
    def _check_quickbooks_item_id(self):
        check_item(self)


def check_item(products):
    """Refuse items that no line can be posted to.

    :param products: records of product.template or product.product
    """
    for product in products.sudo():
        item = product.quickbooks_item_id
        if words := _why_not_posted(item):
            raise ValidationError(words)


def _why_not_posted(item):
    env, name = item.env, item.display_name
    if item.item_type == "Category":
        return env._("“%s” is a category in QuickBooks: choose one of its items.", name)
    if item.item_type == "Group":
        return env._("“%s” is a bundle in QuickBooks: choose one of its items.", name)
    if item and not item.active:
        return env._("“%s” is inactive in QuickBooks: choose an active item.", name)
    return ""
