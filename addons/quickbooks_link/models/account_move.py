from odoo import api, fields, models
from odoo.exceptions import UserError

from ..client_actions import notification, soft_reload
from ..document_checks import checks, sender_checks
from ..document_reading import KINDS, connection_of
from ..exceptions import form_of
from ..groups import MANAGER, READERS, check_sender
from ..qbo.client import MAX_BATCH


class AccountMove(models.Model):
    """Invoices and credit notes of a company that QuickBooks keeps the books of."""

    _inherit = "account.move"

    quickbooks_document_ids = fields.One2many(
        "quickbooks.document", "move_id", string="QuickBooks Documents", groups=READERS
    )
    quickbooks_document_id = fields.Many2one(
        "quickbooks.document",
        string="QuickBooks Document",
        compute="_compute_quickbooks_document_id",
        compute_sudo=True,
        groups=READERS,
    )
    quickbooks_state = fields.Selection(
        selection=lambda self: self.env["quickbooks.document"]._selection_shown_state(),
        string="QuickBooks",
        compute="_compute_quickbooks_document_id",
        compute_sudo=True,
        groups=READERS,
        help="How far the document is on its way to QuickBooks.",
    )
    quickbooks_previewable = fields.Boolean(
        compute="_compute_quickbooks_document_id",
        compute_sudo=True,
        help="There is something that QuickBooks will hold.",
    )
    quickbooks_number = fields.Char(
        string="Number from QuickBooks",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="QuickBooks has numbered this document, and Odoo took the number over.",
    )

    @api.depends("state", "move_type", "quickbooks_document_ids.shown_state")
    def _compute_quickbooks_document_id(self):
        linked = self._quickbooks_linked()
        for move in self:
            document = move.quickbooks_document_ids[:1]
            move.quickbooks_document_id = document
            unsent = move in linked and move.state == "posted" and "waiting"
            move.quickbooks_state = document.shown_state or unsent
            move.quickbooks_previewable = (
                move in linked and move.state != "cancel" and document.state != "sent"
            )

    def _quickbooks_linked(self):
        """Return the documents of companies that are linked to QuickBooks."""
        moves = self.filtered(lambda move: move.move_type in KINDS)
        if not moves:
            return moves
        companies = moves.company_id
        linked = companies.filtered(lambda company: connection_of(company).realm_id)
        return moves.filtered(lambda move: move.company_id in linked)

    # === Posting === #

    def _post(self, soft=True):
        # EXTENDS account: no call here. The row is of this transaction, and it is
        # sent after the commit.
        posted = super()._post(soft)
        posted._quickbooks_linked()._quickbooks_enqueue()
        return posted

    def _quickbooks_enqueue(self):
        """Write down that the documents go to QuickBooks, and send if one may."""
        if not self:
            return
        documents = self.env["quickbooks.document"]
        user = self.env.user
        for company in self.company_id:
            moves = self.filtered(
                lambda move, company=company: move.company_id == company
            )
            may = user._quickbooks_may_send(company)
            sender = user if may else user.browse()
            rows = documents._open_for(moves, sender)
            if may:
                rows._send_after_commit(user)
            elif user.has_group(MANAGER):
                rows._wait_for_login()

    # === Buttons === #

    def action_quickbooks_send(self):
        """Send the chosen documents: any number, whatever kept them waiting."""
        check_sender(self)
        moves = self._quickbooks_sendable()
        if not moves:
            raise UserError(
                self.env._(
                    "There is nothing to send: choose posted invoices or credit notes "
                    "of a linked company that are not in QuickBooks yet."
                )
            )
        rows = self.env["quickbooks.document"]._open_for(moves, self.env.user)
        if len(rows) > MAX_BATCH:
            return rows._progress_action()
        rows._send_after_commit(self.env.user)
        return self._quickbooks_tell_sent(len(moves)) if len(self) > 1 else True

    def _quickbooks_sendable(self):
        """Return the documents that are to go to QuickBooks and are not there."""
        return self._quickbooks_linked().filtered(
            lambda move: (
                move.state == "posted"
                and move.sudo().quickbooks_document_ids.state != "sent"
            )
        )

    def _quickbooks_tell_sent(self, count):
        words = self.env._(
            "%s documents are on their way. Those that can't go say why under "
            "QuickBooks Documents.",
            count,
        )
        title = self.env._("Sending to QuickBooks")
        return notification(words, soft_reload(), title=title, kind="info")

    def action_quickbooks_open_document(self):
        """Open the document's row: what was sent, and what QuickBooks holds."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "quickbooks.document",
            "res_id": self.quickbooks_document_id.id,
            "views": [(False, "form")],
        }

    def action_quickbooks_preview(self):
        """Show the document as QuickBooks will hold it; nothing is sent."""
        self.ensure_one()
        self.check_access("read")
        preview = self.env["quickbooks.document.preview"].create({"move_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("QuickBooks Preview"),
            "res_model": preview._name,
            "res_id": preview.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # === Banner === #

    def _get_alerts(self):
        # EXTENDS account: the banner of the form
        alerts = super()._get_alerts()
        if self._quickbooks_linked() and self.env.user.has_groups(READERS):
            alerts.update(self._quickbooks_alerts())
        return alerts

    def _quickbooks_alerts(self):
        """Return what is to be told of QuickBooks, in the form of ``alerts``."""
        document = self.quickbooks_document_id.sudo()
        if self.state == "draft":
            return self._quickbooks_alerts_of(
                self._quickbooks_draft_checks(), "warning"
            )
        if self.state != "posted":
            return self._quickbooks_alert_of_error(document)
        if document.state == "sent":
            return self._quickbooks_alerts_when_sent(document)
        found = [*checks(self), *sender_checks(self)]
        level = "danger" if document.state == "attention" else "warning"
        return {
            **self._quickbooks_alert_of_state(document, found),
            **self._quickbooks_alerts_of(found, level),
        }

    def _quickbooks_draft_checks(self):
        """Return what would keep the draft from QuickBooks, once it is complete."""
        if not (self.partner_id and self.invoice_line_ids):
            return []
        # It gets its number when it is confirmed.
        return [check for check in checks(self) if check.code != "number_missing"]

    def _quickbooks_alerts_of(self, found, level):
        return {
            f"quickbooks_{number}_{check.code}": {
                "level": level if check.blocks else "info",
                "message": check.message,
                **_button(check),
            }
            for number, check in enumerate(found)
        }

    def _quickbooks_alert_of_state(self, document, found):
        """Tell how the document stands, where ``found`` doesn't say it."""
        if document.error and document.hold != "checks":
            return self._quickbooks_alert_of_error(document)
        words = self._quickbooks_describe(document, found)
        return {"quickbooks_state": {"level": "info", "message": words}}

    def _quickbooks_describe(self, document, found):
        if document.hold == "checks" and not found:
            if document.recheck:
                return self.env._(
                    "Everything is mended: it will be sent in a moment, or press Send "
                    "to QuickBooks."
                )
            return self.env._(
                "Everything is mended: press Send to QuickBooks to send it now."
            )
        if document.state == "sending":
            return self.env._("This document is being sent to QuickBooks.")
        blocked = any(check.blocks for check in found)
        if document.hold == "later" or (document.user_id and not blocked):
            return self.env._(
                "This document is not in QuickBooks yet. It will be sent soon."
            )
        return self.env._("This document is not in QuickBooks yet.")

    def _quickbooks_alert_of_error(self, document):
        if not document.error:
            return {}
        level = "danger" if document.state == "attention" else "warning"
        words = document._error_in_banner()
        if document.state == "sending" or document.hold == "later":
            words = self.env._("%s It will be tried again by itself.", words)
        return {"quickbooks_error": {"level": level, "message": words}}

    def _quickbooks_alerts_when_sent(self, document):
        alerts = self._quickbooks_alert_of_error(document)
        if document.differences:
            alerts["quickbooks_differences"] = {
                "level": "warning",
                "message": self.env._(
                    "QuickBooks holds this document otherwise:\n%s",
                    document.differences,
                ),
                "action": form_of(document),
                "action_text": self.env._("Decide"),
            }
        return alerts

    # === QuickBooks' numbers === #

    def _quickbooks_awaits_number(self):
        """Return whether QuickBooks has still to number this document."""
        self.ensure_one()
        numbers = self.company_id.sudo().quickbooks_use_document_numbers
        document = self.sudo().quickbooks_document_ids
        arrived = document.quickbooks_id and not document.number_pending
        return bool(numbers and document and not arrived)

    def _quickbooks_take_number(self, number):
        """Take QuickBooks' number over, as name and payment reference."""
        self.ensure_one()
        is_own_reference = (
            self.payment_reference == self._get_invoice_computed_reference()
        )
        self.write({"name": number, "quickbooks_number": number})
        if self.payment_reference and is_own_reference:
            self.payment_reference = self._get_invoice_computed_reference()

    def _get_last_sequence_domain(self, relaxed=False):
        # EXTENDS account: QuickBooks' numbers are not of Odoo's sequence
        where, params = super()._get_last_sequence_domain(relaxed)
        return f"{where} AND quickbooks_number IS NULL", params

    def _deduce_sequence_number_reset(self, name):
        # EXTENDS account: nor do they tell when Odoo's sequence begins anew
        if name and self._quickbooks_gave(name):
            own = self.sudo().search(
                [
                    ("journal_id", "=", self.journal_id.id),
                    ("quickbooks_number", "=", False),
                    ("name", "not in", ("/", "", False)),
                ],
                order="date desc, id desc",
                limit=1,
            )
            name = own.name or self._get_starting_sequence()
        return super()._deduce_sequence_number_reset(name)

    def _quickbooks_gave(self, name):
        """Return whether ``name`` is a number of QuickBooks', in this company."""
        here = [("company_id", "=", self.company_id.id)]
        return bool(connection_of(self.company_id)) and bool(
            self.search_count([*here, ("quickbooks_number", "=", name)], limit=1)
        )

    def _must_check_constrains_date_sequence(self):
        # EXTENDS account: QuickBooks' numbers say nothing of a date
        return super()._must_check_constrains_date_sequence() and (
            not self.quickbooks_number
        )

    def _compute_made_sequence_gap(self):
        # EXTENDS account: nor do they have to follow each other
        numbered = self.filtered("quickbooks_number")
        numbered.made_sequence_gap = False
        return super(AccountMove, self - numbered)._compute_made_sequence_gap()


def _button(check):
    """Return what an alert has for its button, if there is one."""
    if check.call:
        return {"action_call": check.call, "action_text": check.button}
    if check.action:
        return {"action": check.action, "action_text": check.button}
    return {}
