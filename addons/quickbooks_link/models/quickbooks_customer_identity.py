from odoo import api, fields, models


class QuickBooksCustomer(models.Model):
    """What a customer can be recognised by, beside its name and address."""

    _inherit = "quickbooks.customer"

    tax_identifier = fields.Char(
        string="Tax Number",
        readonly=True,
        help="VAT or other tax number. QuickBooks shows its last five characters only.",
    )

    @api.model
    def _quickbooks_values(self, record, lookups):
        # EXTENDS quickbooks.mirror
        return {
            **super()._quickbooks_values(record, lookups),
            "tax_identifier": record.get("PrimaryTaxIdentifier"),
        }
