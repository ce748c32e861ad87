from odoo import api, fields, models
from odoo.tools import formatLang


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

    # === Buttons === #

    def action_void(self):
        """Void them in QuickBooks; Odoo cancels each that QuickBooks has voided."""
        moves = self._checked_moves()
        rows = self._rows()
        moves._quickbooks_try_cancel()
        (moves - rows.move_id).button_cancel()
        rows._remove_for(self.env.user)
        return {"type": "ir.actions.act_window_close"}

    def action_keep(self):
        """Cancel them in Odoo only, and mark that QuickBooks holds them."""
        moves = self._checked_moves()
        self._rows()._keep()
        moves.button_cancel()
        return {"type": "ir.actions.act_window_close"}

    def _checked_moves(self):
        self.ensure_one()
        self.move_ids.check_access("write")
        self.move_ids._quickbooks_check_settled()
        return self.move_ids
