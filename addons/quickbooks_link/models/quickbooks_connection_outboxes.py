from odoo import models

OUTBOXES = (
    "quickbooks.document",
    "quickbooks.application",
    "quickbooks.attachment",
    "quickbooks.payment.request",
)


class QuickBooksConnection(models.Model):
    """A new log-in lets go what has waited for one."""

    _inherit = "quickbooks.connection"

    def _adopt(self, profile, tokens, user):
        """EXTENDS: what has waited for a log-in goes by itself."""
        res = super()._adopt(profile, tokens, user)
        for name in OUTBOXES:
            self.env[name]._logged_in(self.company_id, user)
        return res
