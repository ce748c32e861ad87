from odoo import api, models
from odoo.exceptions import UserError

from ..payment_plan import receivable_lines
from ..qbo import reconciliation as books
from ..qbo import statements


class QuickBooksReconciliationLine(models.Model):
    """Findings that are payments: what is left of them, in one book or otherwise."""

    _inherit = "quickbooks.reconciliation.line"

    def _send_chosen(self):
        # EXTENDS quickbooks_link
        found = self.filtered("payment_id")
        rest = self - found
        for payment in found.payment_id:
            self.env["quickbooks.payment.request"]._bring(payment)
        if not rest:
            return found
        return found | super(QuickBooksReconciliationLine, rest)._send_chosen()

    def _pull_one(self, client):
        # EXTENDS quickbooks_link
        if self.kind != books.PAYMENT:
            return super()._pull_one(client)
        connection = self.company_id.sudo().quickbooks_connection_id
        books_of = self.env["quickbooks.books"].with_context(quickbooks_wanted=True)
        key = self.quickbooks_id or self.payment_id.quickbooks_payment_id.quickbooks_id
        where = statements.condition("Id", "=", key)
        records = client.query(statements.select("Payment", where)).rows
        gone = [] if records else [key]
        books_of._store(connection, {"Payment": records}, {"Payment": gone})
        payments = books_of._of(connection).env["quickbooks.payment"]
        [row] = payments._held(connection, [key]).values()
        row._settle()
        # What still keeps it out is told here, and the others are pulled all the same.
        self.sudo().advice = row.error
        return None if row.error else row.payment_id.with_env(self.env)


class QuickBooksReconciliation(models.Model):
    _inherit = "quickbooks.reconciliation"

    def _in_words(self, pair, names):
        # EXTENDS quickbooks_link: what a payment is applied to tells why
        words = super()._in_words(pair, names)
        if pair.paper.kind != books.PAYMENT or not words or not pair.odoo:
            return words
        payment = self.env["account.payment"].browse(int(pair.odoo.key))
        return "\n".join([words, *self._applied_in_words(payment)])

    def _applied_in_words(self, payment):
        """Yield what a payment is applied to, in Odoo and in QuickBooks."""
        partials = receivable_lines(payment.move_id).matched_debit_ids
        here = [
            f"{one.debit_move_id.move_id.name} {one.debit_amount_currency:.2f}"
            for one in partials
        ]
        there = [
            f"{one.move_id.name or one.kind + ' ' + one.quickbooks_id} {one.amount:.2f}"
            for one in payment.quickbooks_payment_id.allocation_ids
        ]
        yield self.env._("Applied in Odoo: %s", ", ".join(here) or "–")
        yield self.env._("Applied in QuickBooks: %s", ", ".join(there) or "–")


class QuickBooksPaymentRequest(models.Model):
    _inherit = "quickbooks.payment.request"

    @api.model
    def _ask_for(self, payment):
        """Return the row of a payment that a person wants to be in QuickBooks."""
        requests = self.sudo()
        request = requests.search([("payment_id", "=", payment.id)])
        return request or requests.create(requests._prepare_request(payment.sudo()))

    @api.model
    def _bring(self, payment):
        """Let QuickBooks have a payment, and apply it as Odoo does.

        :raise UserError: its contact is no customer there
        """
        if not payment.partner_id._quickbooks_customer(payment.company_id):
            raise UserError(
                self.env._(
                    "%s is of a contact that is no QuickBooks Customer. Link the "
                    "contact first.",
                    payment.display_name,
                )
            )
        request = self._ask_for(payment)
        request._check_manager()
        if not request.unsure:
            request.act = "apply" if payment.sudo()._quickbooks_linked() else "create"
        request._send_for(self.env.user)
