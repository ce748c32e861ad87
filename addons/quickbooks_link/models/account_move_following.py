from odoo import fields, models

from ..exceptions import form_of
from ..groups import READERS


class AccountMove(models.Model):
    """What an invoice shows of what happens to it in QuickBooks."""

    _inherit = "account.move"

    quickbooks_balance = fields.Monetary(
        related="quickbooks_document_ids.balance",
        string="QuickBooks Balance",
        groups=READERS,
    )
    quickbooks_paid = fields.Selection(
        related="quickbooks_document_ids.paid_there",
        groups=READERS,
        help="How much of it was paid, as QuickBooks says.",
    )
    quickbooks_there = fields.Selection(
        related="quickbooks_document_ids.there",
        string="Found in QuickBooks",
        groups=READERS,
    )

    def _quickbooks_alerts(self):
        # EXTENDS quickbooks_link: what was done there, and payments that wait
        document = self.quickbooks_document_ids.sudo()[:1]
        alerts = super()._quickbooks_alerts()
        reversed_here = self.payment_state == "reversed"
        if document.there == "changed" or (
            document.there in ("voided", "deleted") and not reversed_here
        ):
            alerts = self._quickbooks_alerts_there(document)
        for number, row in enumerate(document._waiting_payments()):
            alerts[f"quickbooks_payment_{number}"] = {
                "level": "warning",
                "message": self.env._(
                    "QuickBooks payment %(name)s: %(reason)s",
                    name=row.display_name,
                    reason=row.error,
                ),
                "action": form_of(row),
                "action_text": self.env._("Open the Payment"),
            }
        return alerts

    def _quickbooks_alerts_there(self, document):
        if not document.error:
            return {}
        return {
            "quickbooks_there": {
                "level": "danger",
                "message": document._error_in_banner(),
                "action": form_of(document),
                "action_text": self.env._("Decide"),
            }
        }
