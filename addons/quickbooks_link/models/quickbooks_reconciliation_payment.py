from odoo import api, models
from odoo.exceptions import UserError

from ..payment_plan import receivable_lines
from ..qbo import reconciliation as books


class QuickBooksReconciliationLine(models.Model):
    """Findings that are payments: what is left of them, in one book or otherwise."""

    _inherit = "quickbooks.reconciliation.line"

    @api.depends("payment_id.state")
    def _compute_can(self):
        # EXTENDS quickbooks_link: payments go and come by ways of their own
        res = super()._compute_can()
        found = self.filtered(lambda line: line.kind == books.PAYMENT)
        for line in found:
            open_ = line.done not in ("sent", "pulled")
            ours = line.status == books.ODOO_ONLY and not line.quickbooks_id
            live = line.payment_id.state in ("in_process", "paid")
            line.can_send = open_ and ours and live
            line.can_pull = open_ and line.status == books.QUICKBOOKS_ONLY
        return res

    def _send_chosen(self):
        # EXTENDS quickbooks_link
        found = self.filtered("payment_id")
        res = super(QuickBooksReconciliationLine, self - found)._send_chosen()
        requests = self.env["quickbooks.payment.request"]
        for payment in found.payment_id:
            if not payment.partner_id._quickbooks_customer(payment.company_id):
                raise UserError(
                    self.env._(
                        "%s is of a contact that is no QuickBooks Customer. Link the "
                        "contact first.",
                        payment.display_name,
                    )
                )
            requests._ask_for(payment).action_send()
        return res

    def _pull_one(self, client):
        # EXTENDS quickbooks_link
        if self.kind != books.PAYMENT:
            return super()._pull_one(client)
        record = client.read("Payment", self.quickbooks_id)
        connection = self.company_id.sudo().quickbooks_connection_id
        books_of = self.env["quickbooks.books"].with_context(quickbooks_wanted=True)
        books_of._store(connection, {"Payment": [record]}, {})
        payments = books_of._of(connection).env["quickbooks.payment"]
        [row] = payments._held(connection, [self.quickbooks_id]).values()
        row._settle()
        if row.error:
            raise UserError(row.error)
        return row.payment_id.with_env(self.env)


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
