from odoo import api, fields, models
from odoo.exceptions import UserError

from ..groups import READERS


class AccountPayment(models.Model):
    """Payments in Odoo that a payment in QuickBooks stands behind."""

    _name = "account.payment"
    _inherit = ["account.payment", "quickbooks.noting"]

    quickbooks_payment_id = fields.Many2one(
        "quickbooks.payment",
        string="QuickBooks Payment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=READERS,
        help="The payment in QuickBooks that this one was made of, or became.",
    )

    def _prepare_move_line_default_vals(
        self, write_off_line_vals=None, force_balance=None
    ):
        # EXTENDS account: QuickBooks' amount in company currency, also beside a
        # discount for early payment
        found = super()._prepare_move_line_default_vals(
            write_off_line_vals=write_off_line_vals, force_balance=force_balance
        )
        home = self.env.context.get("quickbooks_home")
        if home is None or not write_off_line_vals:
            return found
        liquidity, counterpart, *others = found
        balances = [home, -home - sum(line["balance"] for line in others)]
        return [
            {**line, "debit": max(balance, 0.0), "credit": max(-balance, 0.0)}
            for line, balance in zip((liquidity, counterpart), balances, strict=True)
        ] + others

    def _quickbooks_linked(self):
        """Return the payment's row if it still is what stands for it in Odoo."""
        rows = self.sudo().quickbooks_payment_id
        return rows.filtered(lambda row: row.payment_id in self)

    def _quickbooks_references(self):
        """Return what people may have written down as the payment's reference.

        Not the memo where it merely names the invoices, as Odoo fills it in.
        """
        names = self.reconciled_invoice_ids.mapped("name")
        memo = self.memo if self.memo and not any(n in self.memo for n in names) else ""
        found = (self.payment_reference, memo)
        return {"".join(text.split()).casefold() for text in found if text}

    def action_draft(self):
        # EXTENDS account
        self._quickbooks_check_own()
        return super().action_draft()

    def action_cancel(self):
        # EXTENDS account
        self._quickbooks_check_own()
        return super().action_cancel()

    def _quickbooks_check_own(self):
        """Leave what QuickBooks decides to QuickBooks.

        :raise UserError: the payment is one that QuickBooks has
        """
        if self.env.context.get("quickbooks_following"):
            return
        for row in self._quickbooks_linked():
            if row.status == "present":
                raise UserError(
                    self.env._(
                        "%s is a payment in QuickBooks. Change, void or delete it "
                        "there; the next sync does the same here.",
                        row.payment_id.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_quickbooks(self):
        self._quickbooks_check_own()

    def action_quickbooks_open_payment(self):
        """Open the row of the QuickBooks payment."""
        self.ensure_one()
        return self.quickbooks_payment_id.get_formview_action()
