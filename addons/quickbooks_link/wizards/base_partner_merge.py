from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts keeps the QuickBooks Customers of all of them."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # EXTENDS base: a row that can't have the new contact, as that is linked
        # already, would be deleted. The mirror keeps it, without link.
        links = self.env["quickbooks.customer"].sudo().with_context(active_test=False)
        partners = src_partners | dst_partner
        held = links.search([("partner_id", "in", partners.ids)])
        for same in held.grouped(
            lambda link: (link.company_id, link.realm_id)
        ).values():
            keep = (
                same.filtered(lambda link: link.partner_id == dst_partner) or same[:1]
            )
            (same - keep).partner_id = False
        held.flush_recordset(["partner_id"])
        return super()._update_foreign_keys(src_partners, dst_partner)
