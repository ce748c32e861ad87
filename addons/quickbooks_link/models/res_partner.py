from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..groups import MANAGER


class ResPartner(models.Model):
    """Contacts, each with the QuickBooks Customer it is in a company."""

    _inherit = "res.partner"

    quickbooks_customer_ids = fields.One2many(
        "quickbooks.customer",
        "partner_id",
        string="QuickBooks Customers",
        context={"active_test": False},
        groups=MANAGER,
        help="The contact's QuickBooks Customers of all companies.",
    )
    quickbooks_customer_id = fields.Many2one(
        "quickbooks.customer",
        string="QuickBooks Customer",
        compute="_compute_quickbooks_customer_id",
        inverse="_inverse_quickbooks_customer_id",
        search="_search_quickbooks_customer_id",
        compute_sudo=True,
        groups=MANAGER,
        help="The QuickBooks Customer that this contact is in the current company.",
    )

    @api.depends("quickbooks_customer_ids")
    @api.depends_context("company")
    def _compute_quickbooks_customer_id(self):
        mirror = self.env["quickbooks.customer"]
        here = Domain(mirror._quickbooks_here(self.env.company))
        for partner in self:
            linked = partner.quickbooks_customer_ids.filtered_domain(here)
            partner.quickbooks_customer_id = linked[:1]

    def _inverse_quickbooks_customer_id(self):
        for partner in self:
            partner.quickbooks_customer_id._link_to(partner)

    @api.model
    def _search_quickbooks_customer_id(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        mirror = self.env["quickbooks.customer"]
        here = Domain(mirror._quickbooks_here(self.env.company))
        if operator == "any":
            return Domain("quickbooks_customer_ids", "any", here & Domain(value))
        if operator != "in":
            named = Domain("display_name", operator, value)
            return Domain("quickbooks_customer_ids", "any", here & named)
        chosen = Domain("id", "in", [one for one in value if one])
        domain = Domain("quickbooks_customer_ids", "any", here & chosen)
        if False in value:
            domain |= ~Domain("quickbooks_customer_ids", "any", here)
        return domain

    @api.constrains("parent_id", "is_company")
    def _check_quickbooks_top_level(self):
        """Keep a linked contact from becoming part of another company."""
        for partner in self.sudo():
            linked = partner.quickbooks_customer_ids[:1]
            if linked and partner.commercial_partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "You may only link the top-level Company record. "
                        "%(contact)s is linked to the QuickBooks Customer "
                        "“%(customer)s”: remove that link before you make it part of "
                        "another company.",
                        contact=partner.name or partner.display_name,
                        customer=linked.display_name,
                    )
                )

    def _quickbooks_customer(self, company):
        """Return the QuickBooks Customer that invoices to this contact are for.

        That of its top-level company contact, as superuser; an empty recordset if
        there is none in the QuickBooks company that ``company`` is linked to.
        """
        self.ensure_one()
        linked = self.commercial_partner_id.sudo().quickbooks_customer_ids
        return linked._quickbooks_of(company)[:1]
