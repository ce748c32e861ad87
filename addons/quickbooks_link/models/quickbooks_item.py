from odoo import api, fields, models

from ..qbo.document_lines import NOT_POSTED
from .quickbooks_mirror import pick

POSTED_ITEMS = str([("item_type", "not in", NOT_POSTED)])


class QuickBooksItem(models.Model):
    """A product or service as QuickBooks holds it."""

    _name = "quickbooks.item"
    _inherit = "quickbooks.mirror"
    _description = "QuickBooks Item"
    _order = "full_name, id"
    _rec_name = "full_name"
    _rec_names_search = ["full_name", "sku"]

    _quickbooks_entity = "Item"
    _quickbooks_list = "items"
    _quickbooks_sequence = 20
    _quickbooks_action = "quickbooks_link.action_quickbooks_item"

    name = fields.Char(string="Item", help="The name in QuickBooks.")
    full_name = fields.Char(
        readonly=True,
        index="trigram",
        help="The item's name after that of its category.",
    )
    item_type = fields.Selection(
        [
            ("Service", "Service"),
            ("Inventory", "Inventory"),
            ("NonInventory", "Non-inventory"),
            ("Group", "Bundle"),
            ("Category", "Category"),
        ],
        string="Type",
        readonly=True,
        help="What kind of item it is in QuickBooks.",
    )
    sku = fields.Char(
        string="SKU",
        readonly=True,
        index="btree_not_null",
        help="The stock keeping unit in QuickBooks.",
    )
    description = fields.Text(
        readonly=True, help="The description on sales documents in QuickBooks."
    )
    category = fields.Char(
        readonly=True, help="The category of the item in QuickBooks."
    )
    currency_id = fields.Many2one(
        "res.currency",
        readonly=True,
        help="Always the currency of the QuickBooks company.",
    )
    # QuickBooks keeps more decimals of a price than its currency has.
    unit_price = fields.Float(
        readonly=True,
        min_display_digits="Product Price",
        aggregator=None,
        help="The sales price in QuickBooks.",
    )

    @api.model
    def _quickbooks_values(self, record, lookups):
        # EXTENDS quickbooks.mirror
        return {
            **super()._quickbooks_values(record, lookups),
            **_names(record),
            **_kind(record),
            "currency_id": lookups.home_currency_id,
            "unit_price": record.get("UnitPrice") or 0,
        }


def _names(record):
    return {
        "full_name": record.get("FullyQualifiedName") or record.get("Name"),
        "sku": record.get("Sku"),
        "description": record.get("Description"),
    }


def _kind(record):
    """Return the type and the category's name.

    The category stands before the item's name in FullyQualifiedName, also where
    the reference to it carries no name.
    """
    full_name = record.get("FullyQualifiedName") or ""
    return {
        "item_type": record.get("Type"),
        "category": full_name.rpartition(":")[0] or pick(record, "ParentRef", "name"),
    }
