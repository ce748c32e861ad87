from odoo import fields, models

from .product_template import READERS


class AccountTax(models.Model):
    _inherit = "account.tax"

    quickbooks_tax_code_id = fields.Many2one(
        "quickbooks.tax.code",
        string="QuickBooks Tax Code",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        copy=False,
        groups=READERS,
        help="The tax code that lines with this tax get in QuickBooks.",
    )

    def _quickbooks_tax_code(self):
        """Return the tax codes that a line with these taxes gets in QuickBooks.

        QuickBooks takes one on each line, so the line can be posted if there is
        exactly one. A group without a tax code of its own counts as its parts.
        As superuser; also inactive ones.
        """
        codes = self.env["quickbooks.tax.code"].sudo()
        for tax in self.sudo():
            own = tax.quickbooks_tax_code_id._quickbooks_of(tax.company_id)
            codes |= own or tax.children_tax_ids._quickbooks_tax_code()
        return codes
