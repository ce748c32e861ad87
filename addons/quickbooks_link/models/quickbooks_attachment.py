import base64
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..outbox_helpers import meets_all
from ..qbo import statements, uploads
from ..qbo.client import new_requestid
from ..qbo.errors import ObjectNotFoundError, QuickBooksError, StaleObjectError
from .quickbooks_document import BATCH_SETTLES

PDF = "application/pdf"
# When QuickBooks' number is not on the invoice yet.
SOON = timedelta(minutes=1)


class QuickBooksAttachment(models.Model):
    """The PDF of an invoice on its way to QuickBooks, after the invoice itself.

    Nothing says that QuickBooks heeds the ``requestid`` of an upload. So one whose
    answer was lost is looked for first, when QuickBooks has surely stopped working
    on it.
    """

    _name = "quickbooks.attachment"
    _description = "QuickBooks Attachment"
    _inherit = ["quickbooks.outbox"]
    _order = "id desc"
    _rec_name = "name"

    hold = fields.Selection(selection_add=[("documents", "The document goes first")])
    document_id = fields.Many2one(
        "quickbooks.document",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    name = fields.Char(string="File", readonly=True)
    content = fields.Binary(
        attachment=True,
        readonly=True,
        groups=fields.NO_ACCESS,
        help="What is sent; empty once it has arrived.",
    )
    stale_id = fields.Char(
        readonly=True, help="The PDF before, which has to go from QuickBooks."
    )
    again = fields.Boolean(
        readonly=True, help="The document has changed since this was begun."
    )

    _document_unique = models.Constraint(
        "UNIQUE (document_id)", "A document has one PDF in QuickBooks."
    )

    # === States === #

    @api.model
    def _open_for_document(self, document):
        """Write down that the PDF of a document that has arrived is to follow."""
        row = self.sudo().search([("document_id", "=", document.id)])
        if not row:
            row = self.sudo().create(
                {
                    "company_id": document.company_id.id,
                    "realm_id": document.realm_id,
                    "document_id": document.id,
                }
            )
        elif row.unsure:
            row.again = True
        elif row.quickbooks_id:
            row.write({"stale_id": row.quickbooks_id, "quickbooks_id": False})
        row._wait_for(document.user_id)
        # Making a PDF takes a while, and nobody should wait for it.
        row.next_try = fields.Datetime.now()
        self._wake_cron(fields.Datetime.now())

    def _send_for(self, user):
        """Try once more, as ``user``."""
        self._wait_for(user)
        self._send_after_commit(user)

    def _arrived(self, record):
        """Take in that QuickBooks has the file: an Attachable in its words."""
        again = self.again
        self.write(
            {
                **self._values_settled(),
                "quickbooks_id": str(record["Id"]),
                "sync_token": record.get("SyncToken"),
                "requestid": new_requestid(),
                "content": False,
                "again": False,
                "tries": 0,
            }
        )
        if again:
            self._open_for_document(self.document_id)

    def _retry_later(self, error, words):
        # EXTENDS: nobody looks for it before QuickBooks has given it up
        res = super()._retry_later(error, words)
        if self.unsure:
            settled = fields.Datetime.now() + BATCH_SETTLES
            self.next_try = max(self.next_try, settled)
        return res

    def _refused(self, error, words):
        # EXTENDS: say what it is about
        told = self.env._("The PDF is not in QuickBooks: %s", words)
        return super()._refused(error, told)

    # === Sending === #

    def _prepare(self, user, batch):
        # EXTENDS
        if self.unsure:
            return self._prepare_again(user)
        if not (self._follows_its_document() and self._take_pdf()):
            return False
        self._begin_again(user)
        return True

    def _follows_its_document(self):
        """Return whether the document is there, with its number; else wait for it."""
        document = self.document_id
        if document.state != "sent":
            self._hold_back("documents")
            return False
        if document.number_pending:
            self.next_try = fields.Datetime.now() + SOON
            self._wake_cron(self.next_try)
            return False
        if self._is_elsewhere():
            self.realm_id = document.realm_id
        return True

    def _take_pdf(self):
        """Keep the PDF that is sent; return whether it could be made."""
        move = self.document_id.move_id
        try:
            content = self._pdf(move)
        except UserError as error:
            # Such as a server that can't make PDFs.
            words = self.env._("The PDF could not be made: %s", error.args[0])
            self._need_attention(words)
            return False
        self.write(
            {
                "name": move._get_invoice_report_filename(),
                "content": base64.b64encode(content),
                "hold": False,
            }
        )
        return True

    @api.model
    def _pdf(self, move):
        """Return the PDF as the customer gets it: the one that is there, or anew."""
        if move.invoice_pdf_report_id:
            return move.invoice_pdf_report_id.raw
        report = self.env["account.move.send"]._get_default_pdf_report_id(move)
        reports = self.env["ir.actions.report"].with_company(move.company_id)
        content, kind = reports._pre_render_qweb_pdf(report.report_name, move.ids)
        return reports._get_splitted_report(report.report_name, content, kind)[move.id]

    def _look_and_call(self, client):
        # EXTENDS
        for row in self:
            with client.about(row.document_id):
                row._attach(client)

    def _attach(self, client):
        try:
            self._delete_stale(client)
            self._arrived(self._look(client) or self._upload(client))
        except QuickBooksError as error:
            if meets_all(error):
                raise
            self._fail(error)

    def _upload(self, client):
        document = self.document_id
        metadata = uploads.metadata(
            document._entity(), document.quickbooks_id, self.name, PDF, self.marker
        )
        content = base64.b64decode(self.content)
        return client.upload(metadata, content, requestid=self.requestid)

    def _look(self, client):
        """Return what an earlier attempt has left in QuickBooks, if it did."""
        if self.tries < 2:
            return None
        where = statements.condition("FileName", "=", self.name)
        found = client.query(statements.select(uploads.ENTITY, where)).rows
        mine = (
            one
            for one in found
            if one.get("Note") == self.marker and one["Id"] != self.stale_id
        )
        return next(mine, None)

    def _delete_stale(self, client):
        """Delete the PDF of what the document was before."""
        if not self.stale_id:
            return
        token = self.sync_token or "0"
        try:
            self._delete_version(client, token)
        except StaleObjectError:
            record = client.read(uploads.ENTITY, self.stale_id)
            self._delete_version(client, record["SyncToken"])
        self.stale_id = False

    def _delete_version(self, client, token):
        requestid = f"{self.requestid}-{token}"[:50]
        try:
            client.delete(uploads.ENTITY, self.stale_id, token, requestid=requestid)
        except ObjectNotFoundError:
            return
