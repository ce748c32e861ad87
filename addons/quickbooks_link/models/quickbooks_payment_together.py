import logging
from collections import namedtuple

from odoo import models

from ..database_errors import DATABASE_GAVE_UP
from ..payment_plan import receivable_lines
from .quickbooks_payment_reconciling import open_of
from .quickbooks_payment_request import MARKER

_logger = logging.getLogger(__name__)

# A payment's line and an invoice's that are reconciled by an amount, for the payment.
Match = namedtuple("Match", "row line target amount")


class QuickBooksPayment(models.Model):
    """Many payments of QuickBooks that need nothing but to be booked, at once.

    Odoo creates, posts and reconciles many at a time for far less than each by itself.
    Whatever is not as simple as that, or is refused, is left to :meth:`_settle_one`,
    which says what is wrong; it finds what is done here, and does it no second time.
    """

    _inherit = "quickbooks.payment"

    def _settle_together(self):
        """Book and reconcile those that are plain: all of them, or none."""
        try:
            with self.env.cr.savepoint():
                plans = self._plain_plans()
                if len(plans) > 1:
                    self._book_together(plans)
                    self._reconcile_together(plans)
        except DATABASE_GAVE_UP:
            raise
        except Exception as error:
            _logger.info("Payments are taken in one by one: %s", error)

    # === Which === #

    def _plain_plans(self):
        """Return the plans of those that are plain, by row."""
        plans = {row: row._read_plan() for row in self if row._may_be_plain()}
        return {row: plan for row, plan in plans.items() if row._is_plain(plan)}

    def _may_be_plain(self):
        """Return whether it is new, and certainly none that Odoo had first.

        What was refused before would be again, and keep the others back.
        """
        return (
            self.status == "present"
            and self.state != "attention"
            and not self.payment_id
            and not self.twin_ids
            and not MARKER.search(self.memo or "")
            and self.currency_id == self.company_id.currency_id
            and self.company_id.quickbooks_payments != "show"
        )

    def _is_plain(self, plan):
        """Return whether nothing has to be asked, waited for or worked out."""
        journal = plan.route.journal_id
        return bool(
            plan.content.total
            and plan.moves
            and not plan.discounts
            and not plan.refunds
            and plan.partner
            and journal
            and not self._violated_locks(self.date, journal)
            and (self.distinct or not self._find_twins(plan))
        )

    # === Booking === #

    def _book_together(self, plans):
        """Create and post the Odoo payments; ``plans`` are by row."""
        values = [row._prepare_payment(plan) for row, plan in plans.items()]
        payments = self.env["account.payment"].create(values).with_env(self.env)
        for payment, (row, plan) in zip(payments, plans.items(), strict=True):
            row.write({"payment_id": payment.id, "booked": plan.booked})
        payments.action_post()
        payments._quickbooks_note_each(
            {row.payment_id.id: row._words_booked() for row in plans}
        )

    # === Reconciling === #

    def _reconcile_together(self, plans):
        """Reconcile each payment's own money with the invoice that it pays.

        Of lines that several of them settle, the first only.
        """
        matches, taken = [], set()
        for row, plan in plans.items():
            match = row._match_of(plan)
            if match and match.target not in taken:
                taken.add(match.target)
                matches.append(match)
        if matches:
            self._reconcile_matches(matches)
            self._note_matches(matches)

    def _match_of(self, plan):
        """Return the one :class:`Match` that the payment consists of, or None."""
        wanted = [*plan.wanted().items()]
        if len(wanted) != 1:
            return None
        [((source, invoice), amount)] = wanted
        lines = receivable_lines(self.payment_id.move_id)
        targets = receivable_lines(invoice)
        if source or len(lines) != 1 or len(targets) != 1:
            return None
        fits = amount <= open_of(targets) and amount <= -open_of(lines)
        return Match(self, lines, targets, amount) if fits else None

    def _reconcile_matches(self, matches):
        amounts = {one.line.id: float(one.amount) for one in matches}
        lines = self.env["account.move.line"].with_context(quickbooks_amounts=amounts)
        lines._reconcile_plan(
            [(one.line | one.target).with_env(lines.env) for one in matches]
        )
        rows = {one.line: one.row for one in matches}
        for partial in self.env["account.partial.reconcile"].search(
            [
                ("credit_move_id", "in", [line.id for line in rows]),
                ("quickbooks_payment_id", "=", False),
            ]
        ):
            partial.quickbooks_payment_id = rows[partial.credit_move_id]

    def _note_matches(self, matches):
        words = {
            one.target.move_id.id: one.row._words_applied(
                None, one.target.move_id, one.amount
            )
            for one in matches
        }
        invoices = self.env["account.move"].browse(words)
        invoices._quickbooks_note_each(words)
