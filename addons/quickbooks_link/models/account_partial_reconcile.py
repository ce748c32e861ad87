from odoo import api, models


class AccountPartialReconcile(models.Model):
    """What Odoo applies and takes off, QuickBooks follows."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        """Note which credit notes have been applied to invoices."""
        partials = super().create(vals_list)
        partials._quickbooks_applied(partials._quickbooks_pairs())
        return partials

    def unlink(self):
        # EXTENDS account
        pairs = self._quickbooks_pairs()
        unlinked = super().unlink()
        self._quickbooks_applied(
            [pair for pair in pairs if pair[0].exists() and pair[1].exists()]
        )
        return unlinked

    def _quickbooks_pairs(self):
        """Return the pairs that QuickBooks follows, not those that it has told."""
        if self.env.context.get("quickbooks_following"):
            return []
        return self.env["quickbooks.application"]._pairs_of(self)

    def _quickbooks_applied(self, pairs):
        if pairs:
            self.env["quickbooks.application"]._follow_odoo(pairs, self.env.user)
