"""Documents that QuickBooks has already: linked to an invoice, or brought to Odoo."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..document_checks import checks
from ..document_pulling import as_payload, draft_values
from ..document_reading import KINDS, connection_of, read_books, read_document
from ..exceptions import MendableError, form_of
from ..qbo import documents, exactjson
from ..qbo.client import new_requestid

# What is known of a document only while QuickBooks has it.
OF_QUICKBOOKS = (
    "quickbooks_id",
    "sync_token",
    "doc_number",
    "sent_payload",
    "sent_at",
    "differences",
)


class QuickBooksDocument(models.Model):
    """Rows for what was not sent from here."""

    _inherit = "quickbooks.document"

    origin = fields.Selection(
        [("odoo", "Odoo"), ("quickbooks", "QuickBooks")],
        default="odoo",
        required=True,
        readonly=True,
        help="Where it was made. What QuickBooks has made is never sent there.",
    )

    @api.model
    def _open_for(self, moves, user):
        # EXTENDS: what came from QuickBooks never goes there
        rows = moves.sudo().quickbooks_document_ids
        came = rows.filtered(lambda row: row.origin == "quickbooks")
        return super()._open_for(moves - came.move_id, user)

    def _adopt(self, record, payload, totals):
        """Take ``record`` for what this document is in QuickBooks.

        :param record: an Invoice or CreditMemo in QuickBooks' words
        :param payload: what Odoo would send for it
        :param totals: Odoo's :class:`documents.Totals`
        """
        self.ensure_one()
        self._check_is_answered()
        self.write(
            {
                "payload": exactjson.dumps(payload),
                "odoo_total": float(totals.total),
                "odoo_tax": float(totals.tax),
                "realm_id": connection_of(self.company_id).realm_id,
            }
        )
        # Told there: this is no arrival.
        self.with_context(quickbooks_adopted=True)._arrived(record)
        # The invoice keeps the number it has.
        self.number_pending = False

    def _check_is_answered(self):
        if self.unsure:
            raise UserError(
                self.env._(
                    "%s is being sent to QuickBooks just now. Wait until its answer is "
                    "known.",
                    self.move_id.display_name,
                )
            )

    def _arrival_in_words(self, again):
        # EXTENDS: it was there already
        if not self.env.context.get("quickbooks_adopted"):
            return super()._arrival_in_words(again)
        number = self.doc_number or self.quickbooks_id
        if self.origin == "quickbooks":
            words = self.env._("Made from %s in QuickBooks.", number)
        else:
            words = self.env._("Linked to %s, which QuickBooks had already.", number)
        return self._with_link(self._with_differences(words))

    def _cancelled(self):
        # EXTENDS: nor is it voided there because the copy is cancelled here
        return super()._cancelled().filtered(lambda row: row.origin == "odoo")

    def _overrule(self, sync_token):
        """Let Odoo's version replace QuickBooks', which a person has looked at.

        :param sync_token: the version in QuickBooks that was looked at
        """
        for document in self.filtered("quickbooks_id"):
            document.write({"sync_token": sync_token, "sent_payload": False})

    def _start_over(self):
        """Forget what QuickBooks no longer has, to send it anew."""
        for document in self:
            document.write(
                {
                    **dict.fromkeys(OF_QUICKBOOKS, False),
                    "requestid": new_requestid(),
                    "there": "present",
                    "unsure": False,
                    "tries": 0,
                    "state": "waiting",
                }
            )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _quickbooks_adopt(self, record):
        """Link this invoice to a document that QuickBooks has already."""
        self.ensure_one()
        documents_here = self.env["quickbooks.document"].sudo()
        row = documents_here.search([("move_id", "=", self.id)])
        if row.quickbooks_id:
            raise UserError(
                self.env._("%s is linked to QuickBooks already.", self.display_name)
            )
        row = row or documents_here.create(documents_here._prepare_row(self))
        document = read_document(self, row.marker)
        if any(check.blocks for check in checks(self)):
            # It could not be sent, and need not be: only the figures are compared.
            payload = as_payload(record)
        else:
            payload = documents.build(document, read_books(self))
        row._adopt(record, payload, documents.totals(document))

    @api.model
    def _quickbooks_pull(self, company, kind, record):
        """Return a draft of a document that QuickBooks has, linked to it.

        Nothing of it is ever sent. It is a draft so that a person looks at products
        and taxes before it counts.

        :param kind: ``invoice`` or ``creditmemo``
        :param record: an Invoice or CreditMemo in QuickBooks' words
        :raise MendableError: its customer is no contact's
        """
        partner = self._quickbooks_payer(company, record)
        move_type = next(name for name, one in KINDS.items() if one == kind)
        moves = self.with_company(company).with_context(
            default_move_type=move_type, allowed_company_ids=company.ids
        )
        move = moves.create(
            {
                "move_type": move_type,
                "partner_id": partner.id,
                **draft_values(self.env, company, record),
            }
        )
        move._quickbooks_pulled(record)
        return move

    def _quickbooks_pulled(self, record):
        """Write the row that ties the draft to what QuickBooks has."""
        rows = self.env["quickbooks.document"].sudo()
        row = rows.create(
            {
                **rows._prepare_row(self),
                "origin": "quickbooks",
                # The memo in QuickBooks has no marker of ours.
                "user_id": self.env.uid,
            }
        )
        # The fields of the draft as they are held there: only figures may differ.
        totals = documents.totals(read_document(self))
        row._adopt(record, as_payload(record), totals)
        number = record.get("DocNumber")
        if number:
            self._quickbooks_take_number(number)

    @api.model
    def _quickbooks_payer(self, company, record):
        reference = record.get("CustomerRef") or {}
        customers = self.env["quickbooks.customer"].sudo()
        customer = customers.with_context(active_test=False).search(
            [
                *customers._quickbooks_here(company),
                ("quickbooks_id", "=", str(reference.get("value") or "")),
            ]
        )
        if not customer:
            raise UserError(
                self.env._(
                    "Odoo doesn't know the QuickBooks Customer “%s” yet. Sync the "
                    "customers first.",
                    reference.get("name") or reference.get("value"),
                )
            )
        if not customer.partner_id:
            raise self._quickbooks_no_payer(customer)
        return customer.partner_id

    @api.model
    def _quickbooks_no_payer(self, customer):
        """Return the error that nobody is linked to it, with a button that helps."""
        return MendableError(
            self.env._(
                "No contact is linked to the QuickBooks Customer “%s”. Link one, then "
                "pull the document again.",
                customer.display_name,
            ),
            form_of(customer),
            self.env._("Open %s", customer.display_name),
        )

    def _sequence_matches_date(self):
        # EXTENDS account: QuickBooks' numbers say nothing of a date
        return bool(self.quickbooks_number) or super()._sequence_matches_date()
