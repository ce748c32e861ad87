from datetime import timedelta

from odoo import models
from odoo.exceptions import AccessError, UserError

from ..groups import MANAGER

# People write the same payment down on different days.
APART = timedelta(days=3)


class QuickBooksPayment(models.Model):
    """Payments that somebody has written down on both sides.

    Such a one must not be booked a second time, and another of the same amount must
    not be taken for it: where only a person can tell, one is asked.
    """

    _inherit = "quickbooks.payment"

    def _asks_about_twins(self, plan):
        """Return whether a person has to tell which payment of Odoo's this one is."""
        twins = self.env["account.payment"]
        if not self.distinct:
            twins = self._find_twins(plan)
        if twins != self.twin_ids:
            self.twin_ids = twins
        if twins:
            self._become("ask", error=self._words_twins(twins))
        return bool(twins)

    def _find_twins(self, plan):
        """Return payments of Odoo's that may be this one.

        Of the same customer and amount; with the same reference, or where one of the
        two has none, of about the same date. Two references that differ tell two
        payments apart, whatever else they share.
        """
        found = self.env["account.payment"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id.commercial_partner_id", "=", plan.partner.id),
                ("payment_type", "=", "inbound"),
                ("partner_type", "=", "customer"),
                ("state", "in", ("in_process", "paid")),
                ("quickbooks_payment_id", "=", False),
                ("amount", "=", float(plan.content.total)),
                ("currency_id", "=", self.currency_id.id),
            ]
        )
        return found.filtered(self._may_be)

    def _may_be(self, payment):
        ours, theirs = _plain(self.reference), payment._quickbooks_references()
        if ours and theirs:
            return ours in theirs
        return abs(payment.date - self.date) <= APART

    def _words_twins(self, twins):
        return self.env._(
            "It may be the same payment as %s, which somebody registered in Odoo: "
            "customer and amount agree, and the date or the reference does. Decide "
            "whether the two are one.",
            ", ".join(twins.mapped("display_name")),
        )

    # === Deciding === #

    def action_same(self):
        """Take the first payment that may be this one for it, and apply it so."""
        self._check_decidable()
        twin = self.twin_ids[:1]
        if not twin:
            raise UserError(
                self.env._("There is no payment in Odoo left that it may be.")
            )
        self.sudo()._decide(twin)

    def action_distinct(self):
        """Book it as a payment of its own."""
        self._check_decidable()
        self.sudo()._decide(self.env["account.payment"])

    def _check_decidable(self):
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only ERP managers can decide about QuickBooks payments.")
            )
        if self.state != "ask":
            raise UserError(self.env._("There is nothing left to decide about it."))

    def _decide(self, twin):
        books = self.env["quickbooks.books"]
        connection = self.company_id.quickbooks_connection_ids
        row = self.with_env(books._of(connection).env)
        if twin:
            row._link_own(twin.with_env(row.env))
        else:
            row.distinct = True
        row.twin_ids = False
        row._become("new")
        row._settle()

    def _link_own(self, payment):
        """Take ``payment``, which Odoo had first, for this one."""
        self.payment_id = payment
        payment.quickbooks_payment_id = self
        self.booked = self._read_plan().booked
        payment._quickbooks_note(self._words_booked())


def _plain(text):
    return "".join(str(text or "").split()).casefold()
