from contextlib import suppress

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..document_checks import Check, ask_about
from ..groups import MANAGER, READERS


class _Undone(Exception):
    """Ends a trial, whose changes are taken back."""


class AccountMove(models.Model):
    """Cancelling, resetting and deleting what QuickBooks has, or may have."""

    _inherit = "account.move"

    quickbooks_state = fields.Selection(
        selection=lambda self: [
            *self.env["quickbooks.document"]._selection_shown_state(),
            ("voiding", self.env._("To Be Voided")),
        ],
        help="How far the document is on its way to QuickBooks.",
    )
    quickbooks_asks = fields.Boolean(
        compute="_compute_quickbooks_document_id",
        compute_sudo=True,
        groups=READERS,
        help="Cancelling it is a question of QuickBooks too.",
    )

    @api.depends("quickbooks_document_ids.act", "quickbooks_document_ids.quickbooks_id")
    def _compute_quickbooks_document_id(self):
        # EXTENDS
        res = super()._compute_quickbooks_document_id()
        for move in self:
            document = move.quickbooks_document_id
            leaving = document.act == "remove"
            if leaving and document.state in ("waiting", "sending"):
                move.quickbooks_state = "voiding"
            move.quickbooks_asks = document and document._is_there()
        return res

    # === Guards === #

    def _post(self, soft=True):
        # EXTENDS account: what may be void by now is not posted
        self._quickbooks_check_settled()
        return super()._post(soft)

    def button_draft(self):
        # EXTENDS account: what QuickBooks may be taking in just now stays as it is
        self._quickbooks_check_settled()
        return super().button_draft()

    def _quickbooks_check_settled(self):
        for document in self.sudo().quickbooks_document_ids.filtered("unsure"):
            name = document.move_id.display_name
            if document.act == "remove":
                words = self.env._(
                    "%s is being voided in QuickBooks, and its answer is not known "
                    "yet. Press Void in QuickBooks, or wait for the next attempt; then "
                    "it can be changed.",
                    name,
                )
            else:
                words = self.env._(
                    "%s is being sent to QuickBooks, and its answer is not known yet. "
                    "Press Send to QuickBooks, or wait for the next attempt; then it "
                    "can be changed.",
                    name,
                )
            raise UserError(words)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_quickbooks(self):
        ours = self.sudo().quickbooks_document_ids
        # A draft that was pulled from QuickBooks may be thrown away again.
        for document in ours.filtered(lambda row: row.origin == "odoo"):
            if document.quickbooks_id or document.unsure:
                raise UserError(
                    self.env._(
                        "%s is in QuickBooks and can't be deleted here. Cancel it "
                        "instead: that voids it in QuickBooks too.",
                        document.move_id.display_name,
                    )
                )

    # === Cancelling === #

    def button_cancel(self):
        # EXTENDS account: called by a program, for people are asked before
        # (action_quickbooks_cancel). The intent to void it is of this transaction.
        self._quickbooks_check_settled()
        cancelled = super().button_cancel()
        self.sudo().quickbooks_document_ids._cancelled()._remove_for(self.env.user)
        return cancelled

    def action_quickbooks_cancel(self):
        """Ask what is to become of the documents in QuickBooks."""
        self.check_access("write")
        self._quickbooks_check_settled()
        wizard = self.env["quickbooks.document.cancel"].create(
            {"move_ids": [fields.Command.set(self.ids)]}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel in QuickBooks Too?"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _quickbooks_try_cancel(self):
        """Find out whether Odoo will cancel them, and change nothing.

        :raise UserError: it won't, such as in a locked period
        """
        with suppress(_Undone), self.env.cr.savepoint():
            # So that nothing is sent, neither.
            self.sudo().quickbooks_document_ids._keep()
            self.button_cancel()
            raise _Undone

    def action_quickbooks_void(self):
        """Void in QuickBooks what is cancelled here, or is to be."""
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only ERP managers can void documents in QuickBooks.")
            )
        self.check_access("read")
        rows = self.sudo().quickbooks_document_ids.filtered(
            lambda row: row.act == "remove" or row.move_id.state == "cancel"
        )
        if not rows._remove_for(self.env.user):
            raise UserError(
                self.env._(
                    "There is nothing to void: choose cancelled invoices or credit "
                    "notes that QuickBooks still holds."
                )
            )
        return True

    def action_quickbooks_keep(self):
        """Leave the documents in QuickBooks after all."""
        self.check_access("write")
        self._quickbooks_check_settled()
        rows = self.sudo().quickbooks_document_ids
        rows._withdraw_removal()
        rows.filtered(lambda row: row.move_id.state == "cancel")._keep()
        return True

    def action_quickbooks_send(self):
        # EXTENDS: what is to be voided is on its way too
        leaving = self.filtered(
            lambda move: move.sudo().quickbooks_document_ids.act == "remove"
        )
        if not leaving:
            return super().action_quickbooks_send()
        leaving.action_quickbooks_void()
        rest = self - leaving
        return super(AccountMove, rest).action_quickbooks_send() if rest else True

    def _quickbooks_sendable(self):
        # EXTENDS: nobody brings back by accident what is void
        return (
            super()
            ._quickbooks_sendable()
            .filtered(
                lambda move: move.sudo().quickbooks_document_ids.state != "voided"
            )
        )

    # === Banner === #

    def _quickbooks_alerts(self):
        # EXTENDS
        document = self.quickbooks_document_id.sudo()
        if document.act == "remove":
            return self._quickbooks_alerts_of_removal(document)
        alerts = super()._quickbooks_alerts()
        if self.state == "draft":
            alerts.update(self._quickbooks_alert_of_error(document))
        if self.state == "cancel" and document.kept:
            words = self.env._("It was cancelled in Odoo only. QuickBooks holds it.")
            alerts["quickbooks_kept"] = {"level": "info", "message": words}
        return alerts

    def _quickbooks_alerts_of_removal(self, document):
        """Tell what the cancellation waits for."""
        if document.error:
            return self._quickbooks_alert_of_error(document)
        words = self.env._("It is about to be voided in QuickBooks.")
        if self.state != "cancel":
            words = self.env._("%s Then it will be cancelled here.", words)
        if document.hold == "manager":
            words = self.env._(
                "%s Only a user with ERP Manager access can do that: ask one to open "
                "it and press Void in QuickBooks.",
                words,
            )
            return self._quickbooks_alerts_of(
                [ask_about(self, Check("removal", words))], "warning"
            )
        return {"quickbooks_removal": {"level": "warning", "message": words}}
