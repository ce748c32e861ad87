from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..exceptions import MendableError, form_of
from ..qbo.errors import ObjectNotFoundError


class QuickBooksCustomer(models.Model):
    """The link of a QuickBooks Customer to one contact.

    The link is kept here, where it is one per company: a contact that companies
    share is another customer in the books of each.
    """

    _inherit = "quickbooks.customer"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The Odoo contact that is this customer.",
    )

    refreshed_at = fields.Datetime(
        string="Refreshed",
        readonly=True,
        help="When this customer was last read from QuickBooks by itself.",
    )

    _partner_unique = models.UniqueIndex(
        "(company_id, realm_id, partner_id) WHERE partner_id IS NOT NULL",
        "The contact is already linked to another QuickBooks Customer.",
    )

    @api.constrains("partner_id")
    def _check_partner_id(self):
        for customer in self:
            _check_top_level(customer.partner_id)

    def _link_to(self, partner):
        """Link this customer, or none, to ``partner`` and end its former link.

        For the company the customer is of, or without one the current company.

        :raise ValidationError: the customer is another contact's, or another
            company's; or the contact isn't a top-level one
        """
        company = self.env.company
        mirror = self.env["quickbooks.customer"].sudo()
        customer = mirror.browse(self.ids)
        customer._check_linkable(company, partner)
        here = mirror._quickbooks_here(company)
        former = mirror.with_context(active_test=False).search(
            [*here, ("partner_id", "=", partner.id)]
        )
        if former == customer:
            return
        # In two statements: PostgreSQL checks the unique index row by row.
        former.partner_id = False
        former.flush_recordset(["partner_id"])
        customer.partner_id = partner

    def _check_linkable(self, company, partner):
        if not self:
            return
        _check_top_level(partner)
        if not self._quickbooks_of(company):
            raise ValidationError(
                self.env._(
                    "The QuickBooks Customer “%(customer)s” is not of the QuickBooks "
                    "company that %(company)s is linked to.",
                    customer=self.display_name,
                    company=company.name,
                )
            )
        self._check_free(partner)

    def _check_free(self, partner):
        holder = self.partner_id
        if holder and holder != partner:
            raise MendableError(
                self.env._(
                    "The QuickBooks Customer “%(customer)s” is already linked to "
                    "%(holder)s. Remove that link first, or choose another customer.",
                    customer=self.display_name,
                    holder=holder.display_name,
                ),
                form_of(holder),
                self.env._("Open %s", holder.display_name),
            )

    # === Reading one customer === #

    @api.model
    def _quickbooks_store(self, connection, record):
        # EXTENDS quickbooks.mirror
        row = super()._quickbooks_store(connection, record)
        row.parent_id = row.search(
            [
                ("company_id", "=", row.company_id.id),
                ("realm_id", "=", row.realm_id),
                ("quickbooks_id", "=", row.parent_quickbooks_id or ""),
            ]
        )
        row.refreshed_at = fields.Datetime.now()
        return row

    def _quickbooks_refresh(self, client):
        """Bring this customer up to date; inactive and deleted ones, too.

        To be extended by whatever else a refresh brings.
        """
        self.ensure_one()
        connection = self.company_id.sudo().quickbooks_connection_id
        try:
            record = client.read(self._quickbooks_entity, self.quickbooks_id)
        except ObjectNotFoundError:
            # Deleted, or merged into another customer.
            self.sudo().write(
                {
                    "active": False,
                    "status": "gone",
                    "refreshed_at": fields.Datetime.now(),
                }
            )
        else:
            self._quickbooks_store(connection, record)


def _check_top_level(partner):
    """Refuse contacts that belong to a company: that one can be linked."""
    env, top = partner.env, partner.commercial_partner_id
    if partner != top:
        raise MendableError(
            env._(
                "You may only link the top-level Company record. "
                "%(contact)s belongs to %(company)s: link that one.",
                contact=partner.name or partner.display_name,
                company=top.display_name,
            ),
            form_of(top),
            env._("Open %s", top.display_name),
        )
