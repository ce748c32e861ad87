from odoo import fields, models

from ..groups import MANAGER
from .quickbooks_item import POSTED_ITEMS

ITEM = {
    "comodel_name": "quickbooks.item",
    "check_company": True,
    "domain": POSTED_ITEMS,
    "groups": MANAGER,
}


class ResCompany(models.Model):
    """The part "Documents" of the tab Junari QuickBooks Link: how invoices go."""

    _inherit = "res.company"

    quickbooks_default_item_id = fields.Many2one(
        string="Item for Lines Without Product",
        help="The QuickBooks Item of lines that have no product, such as down payments "
        "and discounts. Without one, such lines keep their document from QuickBooks.",
        **ITEM,
    )
    quickbooks_rounding_item_id = fields.Many2one(
        string="Item for Cash Rounding",
        help="The QuickBooks Item of Odoo's lines for cash rounding. Where the biggest "
        "tax is rounded, there is no such line.",
        **ITEM,
    )
    quickbooks_attach_pdf = fields.Boolean(
        string="Attach the PDF",
        groups=MANAGER,
        help="The PDF of each invoice and credit note that arrives in QuickBooks from "
        "now on is attached to it there.",
    )
    quickbooks_tax_choice = fields.Selection(
        [("odoo", "Keep Odoo's tax"), ("quickbooks", "Take QuickBooks' tax")],
        string="Sales Tax on Invoices",
        default="odoo",
        required=True,
        groups=MANAGER,
        help="Only where QuickBooks computes sales tax by itself, in the US. Keep: "
        "QuickBooks is given Odoo's figure. Take: QuickBooks uses its own, and where "
        "that is another, the document shows the difference.",
    )
    quickbooks_tax_is_automated = fields.Boolean(
        compute="_compute_quickbooks_tax_is_automated", groups=MANAGER
    )

    def _compute_quickbooks_tax_is_automated(self):
        for company in self:
            model = company.sudo().quickbooks_connection_id.tax_model
            company.quickbooks_tax_is_automated = model == "us_automated"

    def _quickbooks_keeps_tax(self):
        """Return whether QuickBooks is to hold Odoo's tax, as superuser."""
        own = self.quickbooks_tax_choice == "quickbooks"
        return not (own and self.quickbooks_tax_is_automated)
