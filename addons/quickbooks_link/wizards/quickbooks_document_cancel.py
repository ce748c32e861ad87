from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ..client_actions import close_dialog
from ..document_reading import connection_of


class QuickBooksDocumentCancel(models.TransientModel):
    """The question what becomes of a cancelled document in QuickBooks."""

    _name = "quickbooks.document.cancel"
    _description = "Cancel in QuickBooks Too?"

    move_ids = fields.Many2many("account.move", required=True, readonly=True)
    told = fields.Text(
        compute="_compute_question",
        string="In QuickBooks",
        help="What will be done in QuickBooks.",
    )
    foreseen = fields.Text(
        compute="_compute_question",
        help="Why QuickBooks will refuse to void it, as far as is known here.",
    )
    invoices = fields.Boolean(compute="_compute_question")
    credit_notes = fields.Boolean(compute="_compute_question")
    paid = fields.Boolean(compute="_compute_question")
    waits = fields.Boolean(compute="_compute_question")

    @api.depends("move_ids")
    @api.depends_context("uid", "lang")
    def _compute_question(self):
        for wizard in self:
            rows = wizard._rows()
            kinds = set(rows.mapped("kind"))
            wizard.told = "\n".join(wizard._tell(row) for row in rows)
            wizard.foreseen = "\n".join(
                text for row in rows for text in self._foresee(row)
            )
            wizard.invoices = "invoice" in kinds
            wizard.credit_notes = "creditmemo" in kinds
            wizard.paid = any(wizard.move_ids.mapped("matched_payment_ids")) or any(
                move.payment_state not in ("not_paid", "blocked")
                for move in wizard.move_ids
            )
            wizard.waits = not all(
                self.env.user._quickbooks_may_send(company)
                for company in rows.company_id
            )

    def _rows(self):
        """Return the rows of those that QuickBooks has."""
        rows = self.move_ids.sudo().quickbooks_document_ids
        return rows.filtered(lambda row: row._is_there())

    def _tell(self, row):
        return self.env._(
            "%(name)s is in QuickBooks as %(number)s, with %(total)s.",
            name=row.move_id.display_name,
            number=row.doc_number or row.quickbooks_id,
            total=formatLang(
                self.env, row.quickbooks_total, currency_obj=row.currency_id
            ),
        )

    def _foresee(self, row):
        """Yield why QuickBooks will refuse, and what to do about it."""
        closed, day = connection_of(row.company_id).book_close_date, row._held_day()
        name = row.move_id.display_name
        if closed and day and day <= closed:
            yield self.env._(
                "QuickBooks' books are closed until %(closed)s, and it holds %(name)s "
                "with the date %(day)s. Move the closing date there and press Test "
                "Connection; or don't cancel it, and make a credit note.",
                closed=format_date(self.env, closed),
                name=name,
                day=format_date(self.env, day),
            )
        if row._is_paid_by_others():
            yield self.env._(
                "A payment is applied to %s in QuickBooks. Take it off there, or "
                "delete it, and sync Invoices and Payments first.",
                name,
            )

    # === Buttons === #

    def action_void(self):
        """Void them in QuickBooks; Odoo cancels each that QuickBooks has voided."""
        moves = self._checked_moves()
        rows = self._rows()
        moves._quickbooks_try_cancel()
        (moves - rows.move_id).button_cancel()
        rows._remove_for(self.env.user)
        return close_dialog()

    def action_keep(self):
        """Cancel them in Odoo only, and mark that QuickBooks holds them."""
        moves = self._checked_moves()
        self._rows()._keep()
        moves.button_cancel()
        return close_dialog()

    def _checked_moves(self):
        self.ensure_one()
        self.move_ids.check_access("write")
        self.move_ids._quickbooks_check_settled()
        return self.move_ids
