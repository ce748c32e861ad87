from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Those who may read QuickBooks' items and tax codes.
READERS = (
    "base.group_erp_manager,account.group_account_readonly,account.group_account_invoice"
)
ITEM_FIELD = {
    "string": "QuickBooks Product or Service",
    "company_dependent": True,
    "check_company": True,
    "domain": "[('item_type', '!=', 'Category')]",
    "groups": READERS,
    "help": "The QuickBooks Item that lines with this product are posted to.",
}


class ProductTemplate(models.Model):
    _inherit = "product.template"

    quickbooks_item_id = fields.Many2one("quickbooks.item", **ITEM_FIELD)
    quickbooks_item_status = fields.Selection(
        related="quickbooks_item_id.status",
        string="QuickBooks Item Status",
        groups=READERS,
    )

    @api.constrains("quickbooks_item_id")
    def _check_quickbooks_item_id(self):
        check_item(self)


def check_item(products):
    """Refuse items that no line can be posted to.

    :param products: records of product.template or product.product
    """
    for product in products.sudo():
        item = product.quickbooks_item_id
        if item.item_type == "Category":
            raise ValidationError(
                products.env._(
                    "“%s” is a category in QuickBooks: choose one of its items.",
                    item.display_name,
                )
            )
        if item and not item.active:
            raise ValidationError(
                products.env._(
                    "“%s” is inactive in QuickBooks: choose an active item.",
                    item.display_name,
                )
            )
