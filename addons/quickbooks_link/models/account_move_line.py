from odoo import api, fields, models


class AccountMoveLine(models.Model):
    """Reconciling what QuickBooks has applied, and no more of it."""

    _inherit = "account.move.line"

    @api.model
    def _prepare_reconciliation_single_partial(
        self, debit_values, credit_values, shadowed_aml_values=None
    ):
        # EXTENDS account: reconcile no more than QuickBooks has allocated, by the line
        # that settles. What is left of both lines stays open, in both currencies at
        # the line's own rate.
        amounts = self.env.context.get("quickbooks_amounts") or {}
        amount = amounts.get(credit_values["aml"].id)
        if amount is None:
            return super()._prepare_reconciliation_single_partial(
                debit_values, credit_values, shadowed_aml_values=shadowed_aml_values
            )
        capped = (_capped(debit_values, amount), _capped(credit_values, -amount))
        found = super()._prepare_reconciliation_single_partial(
            *(dict(values) for values in capped),
            shadowed_aml_values=shadowed_aml_values,
        )
        # There is one pair of lines, and it is done with.
        return {**found, "debit_values": None, "credit_values": None}


def _capped(values, amount):
    """Return what is open of a line, but not more than ``amount`` of its currency."""
    line = values["aml"]
    residual = values["amount_residual_currency"]
    if line.currency_id.compare_amounts(abs(residual), abs(amount)) <= 0:
        return values
    share = amount / residual
    home = line.company_currency_id.round(values["amount_residual"] * share)
    return {**values, "amount_residual_currency": amount, "amount_residual": home}


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    quickbooks_payment_id = fields.Many2one(
        "quickbooks.payment",
        string="QuickBooks Payment",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The QuickBooks payment that this reconciliation follows.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account: QuickBooks may be to apply a payment so, too
        partials = super().create(vals_list)
        partials._quickbooks_own_payments()._quickbooks_offer()
        return partials

    def unlink(self):
        # EXTENDS account: somebody undoes in Odoo what QuickBooks still has
        rows = self.sudo().quickbooks_payment_id
        own = self._quickbooks_own_payments()
        unlinked = super().unlink()
        if not self.env.context.get("quickbooks_following"):
            rows._undone_here()
        own.exists()._quickbooks_offer()
        return unlinked

    def _quickbooks_own_payments(self):
        lines = self.debit_move_id | self.credit_move_id
        return lines.move_id.origin_payment_id
