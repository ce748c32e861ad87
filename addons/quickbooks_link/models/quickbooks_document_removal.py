from odoo import fields, models
from odoo.exceptions import RedirectWarning, UserError

from ..outbox_helpers import meets_all
from ..qbo.client import new_requestid
from ..qbo.document_removal import is_voided, payments_on
from ..qbo.errors import (
    DuplicateRequestError,
    ObjectNotFoundError,
    QuickBooksError,
    StaleObjectError,
)

# How often it is read and taken out again when somebody else changes it meanwhile.
REMOVAL_TRIES = 3


class QuickBooksDocument(models.Model):
    """Taking documents out of QuickBooks' books again, as they are cancelled.

    As everything it is an intent first: the row says so, and that is committed before
    the call. QuickBooks goes first and Odoo follows, so what QuickBooks refuses leaves
    Odoo as it was.
    """

    _inherit = "quickbooks.document"

    act = fields.Selection(
        [("save", "Send"), ("remove", "Void or Delete")],
        string="To Do",
        default="save",
        required=True,
        readonly=True,
        help="What is to be done in QuickBooks.",
    )
    kept = fields.Boolean(
        string="Cancelled in Odoo Only",
        readonly=True,
        help="Somebody cancelled it in Odoo and left it in QuickBooks.",
    )
    cancel_pending = fields.Boolean(
        readonly=True,
        help="It is out of QuickBooks' books, and Odoo has still to cancel it.",
    )

    def action_void(self):
        """Void the chosen documents in QuickBooks, or delete them there."""
        return self.move_id.action_quickbooks_void()

    # === States: written here and in quickbooks_document.py === #

    def _is_there(self):
        """Return whether QuickBooks' books count the document."""
        self.ensure_one()
        return bool(self.quickbooks_id) and self.state != "voided"

    def _open_removal(self, user):
        """Write down that the documents are to go out of QuickBooks' books.

        :param user: as whom that is done; empty if an ERP manager has to decide
        :return: the rows that are about to go
        """
        rows = self.sudo().filtered(lambda row: row._is_there())
        rows.write({"act": "remove", "kept": False, "tries": 0})
        rows._wait_for(user)
        return rows

    def _remove_for(self, user):
        """Take the documents out of QuickBooks' books, at once if ``user`` may.

        :return: the rows that are about to go
        """
        opened = self.browse()
        for company, rows in self.sudo().grouped("company_id").items():
            may = user._quickbooks_may_send(company)
            rows = rows._open_removal(user if may else user.browse())
            if may:
                rows._send_after_commit(user)
            opened |= rows
        return opened

    def _withdraw_removal(self):
        """Leave the documents in QuickBooks after all, if nothing was asked yet."""
        for row in self.sudo().filtered(lambda row: row.act == "remove"):
            row._back_in_place()

    def _open_for(self, moves, user):
        # EXTENDS: what is posted again is cancelled no more
        rows = moves.sudo().quickbooks_document_ids
        rows._withdraw_removal()
        rows.filtered("kept").write({"kept": False})
        return super()._open_for(moves, user)

    def _keep(self):
        """Mark what is cancelled in Odoo and stays in QuickBooks."""
        self._withdraw_removal()
        self.sudo().filtered(lambda row: row._is_there()).write({"kept": True})

    def _cancelled(self):
        """Follow the cancellation of the invoices.

        :return: the documents that should go out of QuickBooks' books too
        """
        rows = self.sudo()
        there = rows.filtered(lambda row: row._is_there())
        void = rows.filtered(lambda row: row.state == "voided")
        # Whoever cancels has been kept from it while QuickBooks might have one.
        (rows - there - void).unlink()
        return there.filtered(lambda row: not row.kept)

    def _back_in_place(self, words=False):
        """Stay in QuickBooks as before; ``words`` say why, if somebody wished else."""
        changed = self.move_id.state == "posted" and not self._is_as_sent()
        self.write(
            {
                "act": "save",
                "state": "attention" if changed else "sent",
                "unsure": False,
                "hold": False,
                "error": words,
                "next_try": False,
                "requestid": new_requestid(),
            }
        )

    def _not_removed(self, words):
        """Tell why QuickBooks keeps the document; Odoo stays as it was."""
        if self.move_id.state == "cancel":
            # A program has cancelled it without asking.
            self.unsure = False
            self._need_attention(
                self.env._(
                    "It was cancelled in Odoo, and QuickBooks still holds it: %s", words
                )
            )
            return
        told = self.env._(
            "It was not cancelled, neither in QuickBooks nor here: %s", words
        )
        self._back_in_place(told)
        self._note(told)

    def _removed(self, record=None):
        """Note that QuickBooks' books count the document no more.

        :param record: what is left of it, in QuickBooks' words
        """
        self.write(
            {
                "state": "voided",
                "act": "save",
                "kept": False,
                "unsure": False,
                "hold": False,
                "error": False,
                "next_try": False,
                "tries": 0,
                "requestid": new_requestid(),
                "quickbooks_id": self.quickbooks_id if record else False,
                "sync_token": record and record.get("SyncToken"),
                "sent_payload": False,
                "quickbooks_total": 0,
                "quickbooks_tax": 0,
                "differences": False,
                "number_pending": False,
                "cancel_pending": self.move_id.state != "cancel",
            }
        )

    def _refused(self, error, words):
        # EXTENDS: a refusal leaves everything as it was
        if self.act == "remove" and not error.retryable:
            self._not_removed(words)
            return None
        return super()._refused(error, words)

    def _cancelled_too(self, words):
        """Note that Odoo has cancelled the invoice, or why it can't."""
        self.write({"cancel_pending": False, "error": words})

    # === Sending === #

    def _prepare(self, user, batch):
        # EXTENDS: there is nothing to check, and no content
        if self.act == "save" or self.unsure:
            return super()._prepare(user, batch)
        if self._is_elsewhere():
            self._not_removed(
                self.env._(
                    "It is in another QuickBooks company than the one that is linked "
                    "now."
                )
            )
            return False
        self.write({"payload": False, "settles_at": False, "hold": False})
        self._begin_again(user)
        return True

    def _look_and_call(self, client):
        # EXTENDS
        removals = self.filtered(lambda row: row.act == "remove")
        for row in removals:
            with client.about(row):
                row._remove_one(client)
        return super(QuickBooksDocument, self - removals)._look_and_call(client)

    def _remove_one(self, client):
        """Void or delete the document, or note why QuickBooks keeps it."""
        try:
            self._remove_or_tell(client)
        except QuickBooksError as error:
            if meets_all(error):
                raise
            self._fail(error)

    def _remove_or_tell(self, client):
        """Look first: an earlier attempt may have done it, or it is in use there."""
        tries = REMOVAL_TRIES
        while tries:
            tries -= 1
            try:
                record = self._read_there(client)
                if is_voided(record) and self.kind == "invoice":
                    return self._removed(record)
                obstacle = self._obstacle(record)
                if obstacle:
                    return self._not_removed(obstacle)
                return self._removed(self._remove(client, record))
            except ObjectNotFoundError:
                return self._removed()
            except (StaleObjectError, DuplicateRequestError):
                # It was changed between the two calls, or has been voided before.
                if not tries:
                    raise

    def _read_there(self, client):
        """Return the document as QuickBooks has it now."""
        return client.read(self._entity(), self.quickbooks_id)

    def _obstacle(self, record):
        """Return in words what should not be lost with the document, if anything."""
        if payments_on(record):
            return self.env._(
                "a payment is applied to it in QuickBooks. Take the payment off there "
                "(or delete it), then cancel again."
            )
        seen = self.sync_token == record.get("SyncToken")
        # Whoever asks again has been told.
        self.sync_token = record.get("SyncToken")
        if not (seen or self._is_as_left(record)):
            return self.env._(
                "it was changed in QuickBooks since Odoo sent it. Look at it there. "
                "If it is to go all the same, cancel again."
            )
        return None

    def _remove(self, client, record):
        """Call; return what is left of the document, nothing if it is deleted."""
        token = record["SyncToken"]
        call = client.void if self.kind == "invoice" else client.delete
        left = call(
            self._entity(), self.quickbooks_id, token, requestid=self._request_of(token)
        )
        return left if self.kind == "invoice" else None

    def _request_of(self, token):
        """Return the requestid of the call that removes this very version."""
        return f"{self.requestid}-{token}"[:50]

    # === What follows in Odoo === #

    def _has_to_follow(self):
        # EXTENDS
        return super()._has_to_follow() | fields.Domain("cancel_pending", "=", True)

    def _follow(self):
        # EXTENDS
        res = super()._follow()
        if self.cancel_pending:
            self._cancelled_too(self._cancel_move())
        return res

    def _cancel_move(self):
        """Cancel the invoice in Odoo; return what keeps Odoo from that."""
        move = self.move_id.with_user(self.user_id or self.env.user).sudo()
        move = move.with_context(allowed_company_ids=self.company_id.ids)
        if move.state == "cancel":
            return False
        try:
            with self.env.cr.savepoint():
                move.button_cancel()
        except (UserError, RedirectWarning) as error:
            return self.env._(
                "It is void in QuickBooks, and Odoo can't cancel it: %s", error.args[0]
            )
        return False
