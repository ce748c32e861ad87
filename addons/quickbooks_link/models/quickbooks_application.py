from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ..document_reading import connection_of, exact
from ..outbox_helpers import PROMPT, meets_all
from ..qbo import credit_applications, exactjson, statements
from ..qbo.client import new_requestid
from ..qbo.document_removal import payments_on
from ..qbo.errors import (
    DuplicateRequestError,
    ObjectNotFoundError,
    QuickBooksError,
    StaleObjectError,
    ValidationFaultError,
)

PAYMENT = credit_applications.ENTITY
# How often it is read and written again when somebody else changes it meanwhile.
CHANGE_TRIES = 3


class QuickBooksApplication(models.Model):
    """A credit note applied to an invoice, as Odoo has reconciled the two.

    QuickBooks holds it as a payment of nothing that ties both. The row says what Odoo
    wants (``amount``) and what QuickBooks has (``applied``).
    """

    _name = "quickbooks.application"
    _description = "QuickBooks Credit Application"
    _inherit = ["quickbooks.outbox"]
    _order = "id desc"

    hold = fields.Selection(
        selection_add=[("documents", "Invoice and credit note go first")]
    )
    invoice_id = fields.Many2one(
        "quickbooks.document",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The invoice that it is applied to.",
    )
    credit_id = fields.Many2one(
        "quickbooks.document",
        string="Credit Memo",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The credit note that is applied.",
    )
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    day = fields.Date(readonly=True, help="When Odoo has reconciled the two.")
    amount = fields.Monetary(
        string="Applied in Odoo", readonly=True, help="What is wanted in QuickBooks."
    )
    applied = fields.Monetary(
        string="Applied in QuickBooks",
        readonly=True,
        help="How much of the credit note the invoice has got in QuickBooks.",
    )
    foreign = fields.Boolean(
        string="Applied by QuickBooks",
        readonly=True,
        help="QuickBooks or somebody there has applied it: Odoo doesn't change that.",
    )
    payload = fields.Text(readonly=True, groups=fields.NO_ACCESS)

    _pair_unique = models.Constraint(
        "UNIQUE (invoice_id, credit_id)",
        "A credit note is applied to an invoice by one payment of nothing.",
    )

    @api.depends("invoice_id.display_name", "credit_id.display_name")
    def _compute_display_name(self):
        for row in self:
            row.display_name = self.env._(
                "%(credit)s applied to %(invoice)s",
                credit=row.credit_id.display_name,
                invoice=row.invoice_id.display_name,
            )

    # === What Odoo wants === #

    @api.model
    def _follow_odoo(self, pairs, user):
        """Note what Odoo has reconciled of pairs, and let QuickBooks follow.

        :param pairs: tuples of an invoice and a credit note
        :param user: who has reconciled them, or undone it
        """
        for invoice, credit in pairs:
            documents = (invoice | credit).sudo().quickbooks_document_ids
            if len(documents) < 2 or invoice.currency_id != credit.currency_id:
                continue
            row = self.sudo()._of_pair(invoice, credit)
            amount, day = row._reconciled(invoice, credit)
            if not row and amount:
                row = self.sudo()._open_pair(invoice, credit)
            if row and row.amount != float(amount):
                row.write({"amount": float(amount), "day": day or row.day})
                row._send_for(user)

    @api.model
    def _of_pair(self, invoice, credit):
        return self.search(
            [
                ("invoice_id.move_id", "=", invoice.id),
                ("credit_id.move_id", "=", credit.id),
            ]
        )

    @api.model
    def _open_pair(self, invoice, credit):
        document = invoice.sudo().quickbooks_document_ids
        return self.create(
            {
                "company_id": document.company_id.id,
                "realm_id": document.realm_id,
                "invoice_id": document.id,
                "credit_id": credit.sudo().quickbooks_document_ids.id,
            }
        )

    def _reconciled(self, invoice, credit):
        """Return how much Odoo has applied, and when; QuickBooks' own is left out."""
        partials = self.env["account.partial.reconcile"].search(
            [
                ("debit_move_id.move_id", "=", invoice.id),
                ("credit_move_id.move_id", "=", credit.id),
            ]
        )
        own = partials.filtered(
            lambda one: (
                one.quickbooks_payment_id.quickbooks_id in (False, self.quickbooks_id)
            )
        )
        amounts = [exact(one.debit_amount_currency, invoice.currency_id) for one in own]
        return sum(amounts), max(own.mapped("max_date"), default=False)

    def _waits_in_words(self):
        """Say that QuickBooks doesn't have it, or why."""
        return self.error or self.env._(
            "%(credit)s is not applied to %(invoice)s in QuickBooks yet.",
            credit=self.credit_id.move_id.display_name,
            invoice=self.invoice_id.move_id.display_name,
        )

    def _send_for(self, user):
        """Let QuickBooks follow, at once if ``user`` may."""
        for company, rows in self.grouped("company_id").items():
            may = user and user._quickbooks_may_send(company)
            rows._wait_for(user if may else user.browse())
            if may:
                rows._send_after_commit(user)

    # === States === #

    def _is_settled(self):
        """Return whether QuickBooks has what Odoo wants."""
        return self.currency_id.compare_amounts(self.amount, self.applied) == 0

    def _arrived(self, record):
        """Take in what QuickBooks has now.

        :param record: the Payment in QuickBooks' words; nothing if it is gone
        """
        invoice, credit = self.invoice_id.quickbooks_id, self.credit_id.quickbooks_id
        record = record or {}
        applied = credit_applications.applied_amount(record, invoice, credit)
        self.write(
            {
                **self._values_settled(),
                "applied": float(applied),
                "quickbooks_id": record.get("Id", False),
                "sync_token": record.get("SyncToken", False),
                "requestid": new_requestid(),
                "tries": 0,
            }
        )
        if not self._is_settled():
            # Odoo has changed its mind meanwhile.
            self._wait_for(self.user_id)

    def _gone_there(self):
        """Note that somebody has taken it off in QuickBooks; Odoo follows that."""
        self.sudo().write(
            {
                "amount": 0,
                "applied": 0,
                "quickbooks_id": False,
                "sync_token": False,
                "state": "sent",
                "hold": False,
                "error": False,
                "next_try": False,
            }
        )

    def _refused(self, error, words):
        # EXTENDS: say what it is about
        told = self.env._(
            "%(credit)s could not be applied to %(invoice)s in QuickBooks: %(words)s",
            credit=self.credit_id.move_id.display_name,
            invoice=self.invoice_id.move_id.display_name,
            words=words,
        )
        return super()._refused(error, told)

    # === Sending === #

    def _prepare(self, user, batch):
        # EXTENDS
        if self.unsure:
            return self._prepare_again(user)
        if self._is_settled():
            self.write({"state": "sent", "hold": False, "next_try": False})
            return False
        obstacle = self._obstacle()
        if obstacle:
            self._need_attention(obstacle)
            return False
        ready = all(one.state == "sent" for one in self.invoice_id | self.credit_id)
        if self.amount and not ready:
            self._hold_back("documents")
            return False
        self.payload = exactjson.dumps(self._body()) if self.amount else False
        self.hold = False
        self._begin_again(user)
        return True

    def _obstacle(self):
        if self._is_elsewhere():
            return self.env._(
                "It is in another QuickBooks company than the one that is linked now."
            )
        if self.foreign:
            return self.env._(
                "QuickBooks has applied %(applied)s of the credit memo by itself, and "
                "Odoo %(amount)s. Change it in QuickBooks, or here.",
                applied=self.currency_id.format(self.applied),
                amount=self.currency_id.format(self.amount),
            )
        return None

    def _body(self):
        return credit_applications.build(
            exactjson.loads(self.invoice_id.sent_payload),
            self.invoice_id.quickbooks_id,
            self.credit_id.quickbooks_id,
            exact(self.amount, self.currency_id),
            self._day(),
            f"{self.marker}\n{self.display_name}",
        )

    def _day(self):
        """Return when it is applied; today, where those books are closed."""
        closed = connection_of(self.company_id).book_close_date
        if closed and self.day <= closed:
            return fields.Date.context_today(self)
        return self.day

    def _look_and_call(self, client):
        # EXTENDS
        for row in self:
            with client.about(row.credit_id):
                row._call_one(client)

    def _call_one(self, client):
        try:
            self._arrived(self._call(client))
        except QuickBooksError as error:
            if meets_all(error):
                raise
            if not self._takes_theirs(client, error):
                self._fail(error)

    def _call(self, client):
        """Let QuickBooks have what was prepared; return the Payment that is left."""
        if self.quickbooks_id:
            return self._change(client)
        found = self.tries > 1 and self._look(client)
        return found or self._create_there(client)

    def _create_there(self, client):
        body = exactjson.loads(self.payload)
        try:
            return client.create(PAYMENT, body, requestid=self.requestid)
        except DuplicateRequestError:
            return self._look(client)

    def _look(self, client):
        """Return the Payment that an earlier attempt has made, if there is one."""
        body = exactjson.loads(self.payload)
        customer = body["CustomerRef"]["value"]
        where = statements.both(
            statements.condition("CustomerRef", "=", customer),
            statements.condition("TxnDate", "=", body["TxnDate"]),
        )
        found = client.query(statements.select(PAYMENT, where)).rows
        mine = (one for one in found if self.marker in (one.get("PrivateNote") or ""))
        return next(mine, None)

    def _change(self, client):
        """Change or delete the Payment, whatever its version is by now."""
        tries, token = CHANGE_TRIES, self.sync_token
        while tries:
            tries -= 1
            try:
                return self._change_version(client, token)
            except ObjectNotFoundError:
                return None
            except (StaleObjectError, DuplicateRequestError):
                if not tries:
                    raise
                token = self._read_token(client)

    def _read_token(self, client):
        try:
            return client.read(PAYMENT, self.quickbooks_id)["SyncToken"]
        except ObjectNotFoundError:
            # The next call says so, too.
            return self.sync_token

    def _change_version(self, client, token):
        requestid = f"{self.requestid}-{token}"[:50]
        if not self.payload:
            client.delete(PAYMENT, self.quickbooks_id, token, requestid=requestid)
            return None
        body = exactjson.loads(self.payload)
        body.update(Id=self.quickbooks_id, SyncToken=token)
        return client.update(PAYMENT, body, sparse=True, requestid=requestid)

    def _takes_theirs(self, client, error):
        """Take it as done where QuickBooks has applied the credit by itself.

        That is its option "Automatically apply credits".
        """
        if not isinstance(error, ValidationFaultError) or self.quickbooks_id:
            return False
        invoice, credit = self.invoice_id.quickbooks_id, self.credit_id.quickbooks_id
        ids = payments_on(client.read("CreditMemo", credit))
        where = ids and statements.condition("Id", "IN", ids)
        rows = client.query(statements.select(PAYMENT, where)).rows if ids else ()
        for record in rows:
            if credit_applications.applied_amount(record, invoice, credit):
                self.foreign = True
                self._arrived(record)
                return True
        return False

    # === With the documents === #

    @api.model
    def _documents_arrived(self, documents, user):
        """Apply what has waited for documents that are in QuickBooks now."""
        of_these = Domain("invoice_id", "in", documents.ids) | Domain(
            "credit_id", "in", documents.ids
        )
        # This transaction may have begun before they arrived.
        with self.env.registry.cursor() as cr:
            rows = self.with_env(self.env(cr=cr, su=True))
            ids = rows.search(self._ready() & of_these).ids
        self.browse(ids)._deliver(user, PROMPT)

    @api.model
    def _ready(self):
        """Return the domain of those that have waited for what is there now."""
        waiting = Domain("hold", "=", "documents") & Domain("state", "=", "waiting")
        arrived = Domain("invoice_id.state", "=", "sent") & Domain(
            "credit_id.state", "=", "sent"
        )
        return waiting & arrived

    @api.model
    def _due(self):
        # EXTENDS: who sent the documents may have been stopped before it came to these
        ready = self.search(self._ready() & Domain("user_id", "!=", False))
        return super()._due() | ready

    def _take_off(self, client):
        """Delete the payments, so that their documents can be taken out too.

        Whatever is still wanted then is applied again.
        """
        for row in self.filtered("quickbooks_id"):
            row.payload = False
            row._arrived(row._change(client))

    # === Pairs === #

    @api.model
    def _pairs_of(self, partials):
        """Return the invoices and credit notes that reconciliations tie."""
        found = defaultdict(bool)
        for partial in partials:
            invoice = partial.debit_move_id.move_id
            credit = partial.credit_move_id.move_id
            kinds = (invoice.move_type, credit.move_type)
            if kinds == ("out_invoice", "out_refund"):
                found[invoice, credit] = True
        return list(found)
