"""Where people mend what documents wait for: each tells the documents."""

from odoo import api, models
from odoo.fields import Domain

from .quickbooks_document_release import OF_PERIOD, OF_REFERENCE

# What the checks of a document read of QuickBooks' preferences, and of our options.
OF_CONNECTION = {
    "book_close_date",
    "country_code",
    "custom_transaction_numbers",
    "home_currency_id",
    "multicurrency",
    "tax_model",
}
OF_COMPANY = {
    "quickbooks_default_item_id",
    "quickbooks_include_customer_name",
    "quickbooks_rounding_item_id",
    "quickbooks_tax_choice",
    "quickbooks_use_document_numbers",
}
OF_PARTNER = {"email", "parent_id", "is_company"}


def _mended(records, *domains):
    records.env["quickbooks.document"]._mended(Domain.OR(domains))


class QuickBooksCustomer(models.Model):
    _inherit = "quickbooks.customer"

    def write(self, vals):
        """Release the documents of a contact that is linked now."""
        res = super().write(vals)
        partners = self.sudo().partner_id
        if partners and {"partner_id", "active"} & set(vals):
            commercial = "move_id.commercial_partner_id"
            _mended(self, Domain(commercial, "in", partners.ids))
        return res


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """Release the documents that the contact's address has held back."""
        res = super().write(vals)
        if OF_PARTNER & set(vals):
            _mended(
                self,
                Domain("move_id.partner_id", "in", self.ids),
                Domain("move_id.commercial_partner_id", "in", self.ids),
            )
        return res


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        """Release the documents that waited for the product's QuickBooks Item."""
        res = super().write(vals)
        if "quickbooks_item_id" in vals:
            product = "move_id.invoice_line_ids.product_id.product_tmpl_id"
            _mended(self, Domain(product, "in", self.ids))
        return res


class ProductProduct(models.Model):
    _inherit = "product.product"

    def write(self, vals):
        """Release the documents that waited for the variant's QuickBooks Item."""
        res = super().write(vals)
        if "quickbooks_item_id" in vals:
            product = "move_id.invoice_line_ids.product_id"
            _mended(self, Domain(product, "in", self.ids))
        return res


class AccountTax(models.Model):
    _inherit = "account.tax"

    def write(self, vals):
        """Release the documents that waited for the tax's QuickBooks Tax Code."""
        res = super().write(vals)
        if "quickbooks_tax_code_id" in vals:
            tax = "move_id.invoice_line_ids.tax_ids"
            _mended(
                self,
                Domain(tax, "in", self.ids),
                Domain(f"{tax}.children_tax_ids", "in", self.ids),
            )
        return res


class QuickBooksConnection(models.Model):
    _inherit = "quickbooks.connection"

    def write(self, vals):
        """Release what a preference of QuickBooks has held back."""
        watched = OF_CONNECTION & set(vals)
        before = {connection: connection._values_of(watched) for connection in self}
        res = super().write(vals)
        changed = self.filtered(lambda one: one._values_of(watched) != before[one])
        if changed:
            _mended(self, Domain("company_id", "in", changed.company_id.ids))
        return res

    def _adopt(self, *args, **kwargs):
        """EXTENDS: release what waited for the company to be connected."""
        res = super()._adopt(*args, **kwargs)
        _mended(self, Domain("company_id", "in", self.sudo().company_id.ids))
        return res

    def _values_of(self, names):
        return {name: self[name] for name in names}


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        """Release what an option of the tab has held back."""
        res = super().write(vals)
        if OF_COMPANY & set(vals):
            _mended(self, Domain("company_id", "in", self.ids))
        return res

    def action_quickbooks_test(self):
        """EXTENDS: QuickBooks answers again: the period may be open now."""
        answer = super().action_quickbooks_test()
        self.env["quickbooks.document"]._mended_there(self, OF_PERIOD)
        return answer


class QuickBooksMirror(models.AbstractModel):
    _inherit = "quickbooks.mirror"

    @api.model
    def _quickbooks_merge(self, line):
        # EXTENDS: what was missing or inactive may be there now
        counts = super()._quickbooks_merge(line)
        self._quickbooks_release(line.company_id, counts)
        return counts

    @api.model
    def _quickbooks_release(self, company, counts):
        documents = self.env["quickbooks.document"]
        if counts["reactivated"]:
            documents._mended_there(company, OF_REFERENCE)
        if counts["created"] or counts["updated"] or counts["reactivated"]:
            documents._mended(Domain("company_id", "=", company.id))
