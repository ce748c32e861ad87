from odoo import models

from ..payment_plan import receivable_lines


class QuickBooksDocument(models.Model):
    """What was paid in Odoo before QuickBooks had the invoice."""

    _inherit = "quickbooks.document"

    def _arrived(self, record):
        # EXTENDS quickbooks_link: such as a payment registered on the draft, which
        # went to QuickBooks as the customer's credit
        res = super()._arrived(record)
        if self.company_id.quickbooks_payments_out in ("ask", "send"):
            lines = receivable_lines(self.move_id)
            partials = lines.matched_credit_ids | lines.matched_debit_ids
            payments = partials._quickbooks_own_payments()
            payments.with_user(self.user_id or self.env.user)._quickbooks_offer()
        return res
