from odoo import api, fields, models

from ..client_actions import close_dialog, notification
from .account_move_send import SENDING_CRON


class AccountMove(models.Model):
    """Invoices that go to the customer once QuickBooks has numbered them."""

    _inherit = "account.move"

    quickbooks_sending = fields.Json(
        string="Sent Once QuickBooks Has Numbered It",
        copy=False,
        help="How it goes to the customer as soon as its number from QuickBooks is "
        "there.",
    )

    _quickbooks_sending = models.Index("(id) WHERE quickbooks_sending IS NOT NULL")

    @api.depends("quickbooks_sending")
    def _compute_is_being_sent(self):
        # EXTENDS account
        res = super()._compute_is_being_sent()
        self.filtered("quickbooks_sending").is_being_sent = True
        return res

    def _get_alerts(self):
        # EXTENDS account: the banner says what it waits for
        alerts = super()._get_alerts()
        if self.quickbooks_sending:
            alerts.pop("account_is_being_sent", None)
            call_off = (self._name, "action_quickbooks_call_off_sending", self.ids)
            alerts["quickbooks_sending"] = {
                "level": "info",
                "message": self.env._(
                    "It goes to the customer by itself as soon as QuickBooks has "
                    "numbered it."
                ),
                "action_text": self.env._("Don't Send It"),
                "action_call": call_off,
            }
        return alerts

    def _quickbooks_tell_waiting(self):
        """Return the notification for those that wait to be sent; none if none do."""
        waiting = self.filtered("quickbooks_sending")
        if not waiting:
            return None
        sending = self.env["account.move.send"]
        words = sending._quickbooks_words_of_waiting(waiting)
        title = self.env._("Waiting for QuickBooks")
        return notification(words, close_dialog(), title=title, kind="info")

    # === Called off === #

    def action_quickbooks_call_off_sending(self):
        """Don't send to the customer what waits for its number."""
        self.check_access("write")
        self._quickbooks_call_off_sending(
            self.env._(
                "It is not sent to the customer once QuickBooks has numbered it."
            )
        )
        return True

    def _quickbooks_call_off_sending(self, words):
        waiting = self.filtered("quickbooks_sending")
        if waiting:
            waiting.sudo().quickbooks_sending = False
            waiting._quickbooks_note(words)

    def button_draft(self):
        # EXTENDS account
        res = super().button_draft()
        self._quickbooks_never_mind_sending()
        return res

    def button_cancel(self):
        # EXTENDS account
        res = super().button_cancel()
        self._quickbooks_never_mind_sending()
        return res

    def _quickbooks_never_mind_sending(self):
        self._quickbooks_call_off_sending(
            self.env._(
                "It was to be sent to the customer once QuickBooks had numbered it. "
                "That is called off."
            )
        )

    # === Sent === #

    def _quickbooks_let_send(self):
        """Let Odoo's job send what has waited; it has its number now."""
        for move in self:
            move.sending_data = move.quickbooks_sending
            move.quickbooks_sending = False
        self.env.ref(SENDING_CRON).sudo()._trigger()


class QuickBooksDocument(models.Model):
    _inherit = "quickbooks.document"

    @api.model
    def _has_to_follow(self):
        # EXTENDS quickbooks_link: it may have its number since
        waiting = fields.Domain("move_id.quickbooks_sending", "!=", False)
        arrived = fields.Domain("quickbooks_id", "!=", False)
        return super()._has_to_follow() | waiting & arrived

    def _follow(self):
        # EXTENDS quickbooks_link: once Odoo has QuickBooks' number
        res = super()._follow()
        move = self.move_id
        if move.quickbooks_sending and not move._quickbooks_awaits_number():
            self._send_or_tell()
        return res

    def _send_or_tell(self):
        """Let the invoice go to the customer; not with a number that is not its own."""
        move = self.move_id
        own = self.company_id.quickbooks_use_document_numbers
        if own and move.name != self.doc_number:
            move._quickbooks_call_off_sending(
                self.env._(
                    "It was not sent to the customer, because Odoo could not take over "
                    "the number %s from QuickBooks. Look at it, and press Send.",
                    self.doc_number,
                )
            )
        else:
            move._quickbooks_let_send()
