from odoo import api, fields, models

from ..groups import MANAGER, check_sender

OF_COMPANY = ("quickbooks_attach_pdf", "quickbooks_payments_out", "alias_domain_id")


class QuickBooksDocument(models.Model):
    """The PDF that goes along with a document."""

    _inherit = "quickbooks.document"

    attachment_ids = fields.One2many("quickbooks.attachment", "document_id")
    pdf_state = fields.Selection(related="attachment_ids.state", string="PDF")
    pdf_error = fields.Text(related="attachment_ids.error", string="PDF Reason")

    @api.model
    def _cron_send(self):
        # EXTENDS
        res = super()._cron_send()
        self.env["quickbooks.attachment"]._cron_send()
        return res

    def _arrived(self, record):
        # EXTENDS: its PDF follows, in the same transaction an intent
        res = super()._arrived(record)
        # These alone: a company has very many fields. The last is for the note.
        self.company_id.fetch(OF_COMPANY)
        if self.company_id.quickbooks_attach_pdf:
            self.env["quickbooks.attachment"]._open_for_document(self)
        return res


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_quickbooks_attach(self):
        """Try once more to bring the PDF to QuickBooks."""
        check_sender(self)
        rows = self.sudo().quickbooks_document_ids.attachment_ids
        rows.filtered(lambda row: row.state != "sent")._send_for(self.env.user)
        return True

    def _quickbooks_alerts_when_sent(self, document):
        # EXTENDS
        alerts = super()._quickbooks_alerts_when_sent(document)
        for row in document.attachment_ids.filtered(lambda row: row.error):
            alerts["quickbooks_pdf"] = self._quickbooks_alert_of_pdf(row)
        return alerts

    def _quickbooks_alert_of_pdf(self, row):
        words = row.error
        if row.state == "sending" or row.hold == "later":
            words = self.env._(
                "The PDF is not in QuickBooks yet: %s It will be tried again by "
                "itself.",
                words,
            )
        alert = {"level": "warning", "message": words}
        if self.env.user.has_group(MANAGER):
            alert["action_text"] = self.env._("Attach the PDF Now")
            alert["action_call"] = (
                "account.move",
                "action_quickbooks_attach",
                self.ids,
            )
        return alert
