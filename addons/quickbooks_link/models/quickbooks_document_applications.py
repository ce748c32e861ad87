from odoo import api, fields, models

from ..qbo.document_removal import payments_on


class QuickBooksDocument(models.Model):
    """Credit notes applied to invoices, beside the documents themselves."""

    _inherit = "quickbooks.document"

    credit_application_ids = fields.One2many(
        "quickbooks.application",
        "invoice_id",
        string="Credits Applied",
        help="The invoices that the credit note is applied to.",
    )
    invoice_application_ids = fields.One2many(
        "quickbooks.application",
        "credit_id",
        string="Applied To",
        help="The credit notes that are applied to the invoice.",
    )

    def _applications(self):
        return (self.credit_application_ids | self.invoice_application_ids).sudo()

    @api.model
    def _open_for(self, moves, user):
        # EXTENDS: Odoo reconciles a reversal as it posts it, before there is a row
        rows = super()._open_for(moves, user)
        applications = self.env["quickbooks.application"]
        lines = moves.line_ids
        partials = (lines.matched_debit_ids | lines.matched_credit_ids).sudo()
        applications._follow_odoo(applications._pairs_of(partials), user)
        return rows

    def _is_paid_by_others(self):
        """Tell whether QuickBooks has payments on it that Odoo doesn't take off."""
        if self.paid_there not in ("partial", "paid"):
            return False
        mine = self._applications().filtered(lambda row: not row.foreign)
        there = self._allocations_there().payment_id.mapped("quickbooks_id")
        return not there or bool(set(there) - set(mine.mapped("quickbooks_id")))

    @api.model
    def _cron_send(self):
        # EXTENDS: what is applied follows what it is applied to
        res = super()._cron_send()
        self.env["quickbooks.application"]._cron_send()
        return res

    def _deliver_together(self, user, patience):
        # EXTENDS
        res = super()._deliver_together(user, patience)
        self.env["quickbooks.application"]._documents_arrived(self, user)
        return res

    def _read_there(self, client):
        # EXTENDS: what Odoo has applied is taken off by Odoo
        record = super()._read_there(client)
        ids = payments_on(record)
        mine = self._applications().filtered(
            lambda row: row.quickbooks_id in ids and not row.foreign
        )
        if not mine:
            return record
        mine._take_off(client)
        return super()._read_there(client)

    def _not_removed(self, words):
        # EXTENDS: what was taken off is applied again
        res = super()._not_removed(words)
        rows = self._applications().filtered(lambda row: not row._is_settled())
        rows._wait_for(self.user_id)
        return res


class QuickBooksPayment(models.Model):
    _inherit = "quickbooks.payment"

    def _application(self):
        """Return the application that Odoo made this payment for, if it did."""
        return self.env["quickbooks.application"].search(
            [
                ("company_id", "in", self.company_id.ids),
                ("realm_id", "in", self.mapped("realm_id")),
                ("quickbooks_id", "in", self.mapped("quickbooks_id")),
            ]
        )

    def _undone_here(self):
        # EXTENDS: what Odoo has applied it takes off in QuickBooks as well
        own = self._application().filtered(lambda row: not row.foreign)
        ids = own.mapped("quickbooks_id")
        theirs = self.filtered(lambda row: row.quickbooks_id not in ids)
        return super(QuickBooksPayment, theirs)._undone_here()

    def _release_one(self):
        # EXTENDS: somebody has taken it off there
        if self.status != "present":
            self._application()._gone_there()
        return super()._release_one()
