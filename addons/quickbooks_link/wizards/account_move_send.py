from odoo import models


class AccountMoveSendWizard(models.TransientModel):
    """Telling what an invoice waits for that QuickBooks has still to number."""

    _inherit = "account.move.send.wizard"

    def action_send_and_print(self, allow_fallback_pdf=False):
        # EXTENDS account: tell what it waits for
        answer = super().action_send_and_print(allow_fallback_pdf=allow_fallback_pdf)
        return self.move_id._quickbooks_tell_waiting() or answer


class AccountMoveSendBatchWizard(models.TransientModel):
    _inherit = "account.move.send.batch.wizard"

    def action_send_and_print(self, force_synchronous=False, allow_fallback_pdf=False):
        # EXTENDS account: the job need not look at those without their number
        answer = super().action_send_and_print(
            force_synchronous=force_synchronous, allow_fallback_pdf=allow_fallback_pdf
        )
        for move in self.move_ids.filtered("sending_data"):
            if move._quickbooks_awaits_number():
                self._quickbooks_hold(move, move.sending_data)
        return self.move_ids._quickbooks_tell_waiting() or answer
