from odoo import api, models
from odoo.exceptions import UserError

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
            line.can_pull = open_ and bool(line.quickbooks_id)
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


class QuickBooksPaymentRequest(models.Model):
    _inherit = "quickbooks.payment.request"

    @api.model
    def _ask_for(self, payment):
        """Return the row of a payment that a person wants to be in QuickBooks."""
        requests = self.sudo()
        request = requests.search([("payment_id", "=", payment.id)])
        return request or requests.create(requests._prepare_request(payment.sudo()))
