from odoo import api, fields, models
from odoo.exceptions import UserError

from ..groups import MANAGER


class ResPartner(models.Model):
    """Two contacts whose QuickBooks Customers have become one.

    QuickBooks says which of its two customers is left. Which of Odoo's contacts is to
    be left, nobody but a person can say.
    """

    _inherit = "res.partner"

    quickbooks_merged_into_id = fields.Many2one(
        "res.partner",
        string="Merged in QuickBooks with",
        compute="_compute_quickbooks_merged_into_id",
        compute_sudo=True,
        groups=MANAGER,
        help="The contact of the customer that this one was merged into in QuickBooks.",
    )

    @api.depends(
        "quickbooks_customer_id.merged_into", "quickbooks_customer_ids.merged_into"
    )
    @api.depends_context("company")
    def _compute_quickbooks_merged_into_id(self):
        for partner in self:
            survivor = partner.quickbooks_customer_id._survivor()
            partner.quickbooks_merged_into_id = survivor.partner_id - partner

    def action_quickbooks_merge_contacts(self):
        """Open Odoo's merging of contacts, with the other contact to be kept."""
        self.ensure_one()
        kept = self._quickbooks_other_contact()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge Contacts"),
            "res_model": "base.partner.merge.automatic.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "active_model": self._name,
                "active_ids": (self | kept).ids,
                "default_dst_partner_id": kept.id,
            },
        }

    def action_quickbooks_keep_contact(self):
        """Link this contact to the customer that is left, in place of the other."""
        self.ensure_one()
        other = self._quickbooks_other_contact()
        survivor = self.quickbooks_customer_id.sudo()._survivor()
        # Statement by statement: PostgreSQL checks the unique index row by row.
        for customer in (survivor, self.quickbooks_customer_id.sudo()):
            customer.partner_id = False
            customer.flush_recordset(["partner_id"])
        survivor.partner_id = self
        other._quickbooks_note(
            self.env._(
                "Its QuickBooks Customer is linked to %s now: the two were merged in "
                "QuickBooks.",
                self.display_name,
            ),
            survivor.company_id,
        )
        return True

    def _quickbooks_other_contact(self):
        self._quickbooks_check_manager()
        if not self.quickbooks_merged_into_id:
            raise UserError(
                self.env._(
                    "Its QuickBooks Customer was not merged into another contact's."
                )
            )
        return self.quickbooks_merged_into_id


class QuickBooksCustomer(models.Model):
    _inherit = "quickbooks.customer"

    def _survivor(self):
        """Return the customer that this one was merged into, or none."""
        if not self.merged_into:
            return self.browse()
        return self.with_context(active_test=False).search(
            [
                ("company_id", "=", self.company_id.id),
                ("realm_id", "=", self.realm_id),
                ("quickbooks_id", "=", self.merged_into),
            ]
        )
