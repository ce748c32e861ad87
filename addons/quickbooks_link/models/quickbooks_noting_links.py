"""What the chatter tells of links: contacts, products and taxes."""

from odoo import models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "quickbooks.noting"]


class QuickBooksCustomer(models.Model):
    _inherit = "quickbooks.customer"

    def write(self, vals):
        """Note on contacts that they are linked now, or no longer."""
        if "partner_id" not in vals:
            return super().write(vals)
        former = {customer: customer.partner_id for customer in self}
        res = super().write(vals)
        for customer, partner in former.items():
            customer._note_link(partner)
        return res

    def _note_link(self, former):
        none = self.browse()
        if self.partner_id != former:
            for partner, before, now in (
                (former, self, none),
                (self.partner_id, none, self),
            ):
                words = partner and self._link_in_words(partner, before, now)
                partner._quickbooks_note(words, self.company_id)

    def _link_in_words(self, partner, before, now):
        if now and self.env.context.get("quickbooks_created"):
            return self.env._(
                "Created in QuickBooks as “%s”, and linked.", now.display_name
            )
        return partner._quickbooks_changed(before, now)


class QuickBooksCustomerRequest(models.Model):
    _inherit = "quickbooks.customer.request"

    def _finish(self, record):
        # EXTENDS: the note tells that the customer is new
        return super(
            QuickBooksCustomerRequest, self.with_context(quickbooks_created=True)
        )._finish(record)


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "quickbooks.noting"]

    def write(self, vals):
        """Note that the product has another QuickBooks Item."""
        with self._quickbooks_noting_link("quickbooks_item_id", vals):
            return super().write(vals)


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "quickbooks.noting"]

    def write(self, vals):
        """Note that the variant has another QuickBooks Item."""
        with self._quickbooks_noting_link("quickbooks_item_id", vals):
            return super().write(vals)

    def _quickbooks_note(self, text, company=None):
        # EXTENDS: people look at the product, not at its variants
        for variant in self:
            template = variant.product_tmpl_id
            if template.product_variant_count > 1:
                text = self.env._(
                    "%(variant)s: %(text)s", variant=variant.display_name, text=text
                )
            template._quickbooks_note(text, company)


class AccountTax(models.Model):
    _name = "account.tax"
    _inherit = ["account.tax", "quickbooks.noting"]

    def write(self, vals):
        """Note that the tax has another QuickBooks Tax Code."""
        with self._quickbooks_noting_link("quickbooks_tax_code_id", vals):
            return super().write(vals)
