import logging
import re

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..document_reading import connection_of
from ..exceptions import form_of
from ..groups import MANAGER, READERS
from ..outbox_helpers import meets_all, wake
from ..payment_reading import applied, read_payment, untold
from ..qbo import exactjson, payments, statements
from ..qbo.client import new_requestid
from ..qbo.errors import ObjectNotFoundError, QuickBooksError

_logger = logging.getLogger(__name__)

MARKER = re.compile(r"\bOdoo [0-9A-F]{12}\b")


class QuickBooksPaymentRequest(models.Model):
    """A payment that was registered in Odoo, on its way to QuickBooks.

    Before it is created, QuickBooks is asked for payments of the same customer and
    amount: one may be this very payment, from an attempt whose answer was lost, or
    written down by hand.
    """

    _name = "quickbooks.payment.request"
    _description = "Payment for QuickBooks"
    _inherit = ["quickbooks.outbox"]
    _order = "id desc"
    _rec_name = "payment_id"

    payment_id = fields.Many2one(
        "account.payment",
        string="Odoo Payment",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The payment in Odoo.",
    )
    partner_id = fields.Many2one(
        related="payment_id.partner_id", help="The customer who has paid."
    )
    date = fields.Date(related="payment_id.date", help="The date of the payment.")
    currency_id = fields.Many2one(related="payment_id.currency_id")
    amount = fields.Monetary(
        related="payment_id.amount", help="The amount of the payment."
    )
    act = fields.Selection(
        [("create", "Send"), ("apply", "Apply Anew"), ("void", "Void")],
        string="To Do",
        default="create",
        required=True,
        readonly=True,
        help="What is to be done in QuickBooks.",
    )
    state = fields.Selection(
        selection_add=[("offered", "To Be Decided"), ("declined", "Only in Odoo")],
        ondelete={"offered": "cascade", "declined": "cascade"},
        help="How far the payment is on its way to QuickBooks.",
    )
    body = fields.Text(readonly=True, groups=fields.NO_ACCESS)

    _payment_unique = models.Constraint(
        "UNIQUE (payment_id)", "A payment goes to QuickBooks once."
    )

    # === Intent === #

    @api.model
    def _open_for(self, payment, act):
        """Write down, in this transaction, what is to be done for ``payment``.

        Sent by itself if the company wishes that and the user may, after the commit;
        else a person is asked.
        """
        requests = self.sudo()
        request = requests.search([("payment_id", "=", payment.id)])
        if request.unsure or request.state == "declined":
            # What is on its way is looked at again when it has arrived.
            return
        never_sent = request and not request._is_there()
        if never_sent and act == "void":
            request.unlink()
            return
        request = request or requests.create(requests._prepare_request(payment))
        request.act = "create" if never_sent else act
        request._send_or_offer()

    def _is_there(self):
        """Return whether QuickBooks has anything of it."""
        return bool(self.quickbooks_id)

    @api.model
    def _prepare_request(self, payment):
        return {
            "company_id": payment.company_id.id,
            "realm_id": connection_of(payment.company_id).realm_id,
            "payment_id": payment.id,
        }

    def _send_or_offer(self):
        user = self.env.user
        by_itself = self.company_id.quickbooks_payments_out == "send"
        if by_itself and user._quickbooks_may_send(self.company_id):
            self._send_for(user)
        else:
            self.write({"state": "offered", "error": False, "next_try": False})

    def _send_for(self, user):
        self._wait_for(user)
        self._send_after_commit(user)

    # === Buttons === #

    def action_open_payment(self):
        """Open the payment in Odoo."""
        self.ensure_one()
        return form_of(self.payment_id)

    def action_send(self):
        """Send the chosen payments to QuickBooks."""
        self._check_manager()
        rows = self.sudo().filtered(lambda row: row.state != "sent")
        rows._send_for(self.env.user)
        return True

    def action_decline(self):
        """Leave the chosen payments in Odoo only."""
        self._check_manager()
        rows = self.sudo().filtered(lambda row: row.state in ("offered", "attention"))
        rows.write({"state": "declined", "error": False, "next_try": False})
        return True

    def _check_manager(self):
        self.check_access("read")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only ERP managers can send payments to QuickBooks.")
            )

    # === Sending === #

    @api.model
    def _cron_send(self):
        # EXTENDS quickbooks.outbox: and take in what has waited for Odoo
        res = super()._cron_send()
        connections = self.env["quickbooks.connection"].search(
            [("realm_id", "!=", False)]
        )
        for connection in connections:
            self.env["quickbooks.books"]._settle(connection)
            self.env["ir.cron"]._commit_progress()
        return res

    @api.model
    def _wake_cron(self, at):
        # OVERRIDE quickbooks.outbox
        wake(self.env, "quickbooks_link.ir_cron_quickbooks_payments", at)

    def _prepare(self, user, batch):
        # EXTENDS quickbooks.outbox
        if self.unsure:
            return self._prepare_again(user)
        if self._is_elsewhere():
            self._need_attention(
                self.env._("It belongs to another QuickBooks company than the linked.")
            )
            return False
        words = self._untold() if self.act != "void" else None
        if words:
            self._need_attention(words)
            return False
        if self.act != "void":
            self._prepare_bodies()
        self.hold = False
        self._begin_again(user)
        return True

    def _untold(self):
        """Return what keeps QuickBooks from taking it as it is, in words."""
        return untold(self.payment_id)

    def _prepare_bodies(self):
        """Write down what will be sent."""
        content = read_payment(self.payment_id, self.marker)
        self.body = exactjson.dumps(payments.build(content))

    def _look_and_call(self, client):
        # EXTENDS quickbooks.outbox
        for row in self:
            row._call_one(client)

    def _call_one(self, client):
        paid = self._paid_documents()
        try:
            getattr(self, f"_call_{self.act}")(client)
        except QuickBooksError as error:
            if meets_all(error):
                raise
            self._fail(error)
        else:
            self._refresh_documents(client, paid | self._paid_documents())

    def _call_create(self, client):
        """Create the payment, unless QuickBooks has it, or may have it, already."""
        body = exactjson.loads(self.body)
        alike = client.query(self._query_alike(body)).rows
        mine = [one for one in alike if self.marker in (one.get("PrivateNote") or "")]
        books = self.env["quickbooks.books"]
        if not mine and books._asks_about(self._connection(), alike, self.payment_id):
            self.unsure = False
            self._need_attention(
                self.env._(
                    "QuickBooks has a payment of this customer and amount already. "
                    "Decide under QuickBooks Payments whether it is the same."
                )
            )
            return
        record = mine[0] if mine else None
        if not record:
            record = self._create_payment(client, body)
        self._arrived(record)

    def _create_payment(self, client, body):
        """Create the payment, and return it; to be extended by what goes with it."""
        return client.create("Payment", body, requestid=self.requestid)

    def _query_alike(self, body):
        amount = exactjson.to_decimal(body["TotalAmt"])
        where = statements.both(
            statements.condition("CustomerRef", "=", body["CustomerRef"]["value"]),
            statements.condition("TotalAmt", "=", amount),
        )
        return statements.select("Payment", where)

    def _call_apply(self, client):
        """Let QuickBooks apply the payment as Odoo does now.

        What it pays there and Odoo doesn't know stays as it is.
        """
        row = self._linked()
        held = client.read("Payment", row.quickbooks_id)
        body = {
            "Id": row.quickbooks_id,
            "SyncToken": held["SyncToken"],
            "Line": [*exactjson.loads(self.body)["Line"], *row._lines_elsewhere()],
        }
        self._arrived(client.update("Payment", body, sparse=True))

    def _call_void(self, client):
        try:
            held = client.read("Payment", self.quickbooks_id)
        except ObjectNotFoundError:
            self._arrived(None)
            return
        if not payments.read(held).void:
            held = client.void("Payment", held["Id"], held["SyncToken"])
        self._arrived(held)

    def _delete_there(self, client, entity, quickbooks_id):
        """Delete what belongs to the payment, if it is still there."""
        try:
            held = client.read(entity, quickbooks_id)
            client.delete(entity, held["Id"], held["SyncToken"])
        except ObjectNotFoundError:
            _logger.info("QuickBooks' %s %s is gone", entity, quickbooks_id)

    def _linked(self):
        return self.payment_id.quickbooks_payment_id

    def _connection(self):
        return connection_of(self.company_id)

    def _paid_documents(self):
        """Return what the payment settles, here or in QuickBooks."""
        documents = self.env["quickbooks.document"].union(*applied(self.payment_id))
        return documents | self._linked().allocation_ids.document_id

    def _refresh_documents(self, client, documents):
        """Read what is open of ``documents`` now: the answer does not tell."""
        books = self.env["quickbooks.books"]
        try:
            records = books._read_documents(client, documents.filtered("quickbooks_id"))
        except QuickBooksError as error:
            # The payment is there all the same, and the next sync brings the balance.
            _logger.info("QuickBooks balances were not read: %s", error)
            return
        changed = {}
        for (entity, _id), record in records.items():
            changed.setdefault(entity, []).append(record)
        books._take_in(self._connection(), changed, {})

    # === States === #

    def _settled(self, quickbooks_id):
        """Note that QuickBooks has what Odoo has."""
        self.write(
            {
                **self._values_settled(),
                "requestid": new_requestid(),
                "quickbooks_id": quickbooks_id,
                "tries": 0,
            }
        )

    def _arrived(self, record):
        """Take in what QuickBooks has now; nothing if it has the payment no more."""
        gone = [] if record else [self.quickbooks_id]
        self._settled(record["Id"] if record else self.quickbooks_id)
        self.env["quickbooks.books"]._take_in(
            self._connection(),
            {"Payment": [record] if record else []},
            {"Payment": gone},
        )


class QuickBooksPayment(models.Model):
    _inherit = "quickbooks.payment"

    def _recognise(self):
        """Link the Odoo payment that this one was made of, by the mark in its note."""
        marker = MARKER.search(self.memo or "")
        if self.payment_id or not marker:
            return
        request = self.env["quickbooks.payment.request"].search(
            [
                ("marker", "=", marker.group()),
                ("company_id", "=", self.company_id.id),
                ("realm_id", "=", self.realm_id),
            ]
        )
        if request.payment_id.state in ("in_process", "paid"):
            self._link_own(request.payment_id)
            request._settled(self.quickbooks_id)

    def _lines_elsewhere(self):
        """Return the lines of the payment that stand against what Odoo doesn't have."""
        return [
            {
                "Amount": exactjson.to_decimal(line.exact_amount),
                "LinkedTxn": [{"TxnId": line.quickbooks_id, "TxnType": line.kind}],
            }
            for line in self.allocation_ids
            if not line.document_id
        ]

    def _decide(self, twin):
        # EXTENDS quickbooks_link: what waited for the decision goes on
        asked = self.twin_ids
        res = super()._decide(twin)
        requests = self.env["quickbooks.payment.request"].sudo()
        waiting = requests.search(
            [("payment_id", "in", asked.ids), ("state", "=", "attention")]
        )
        same = waiting.filtered(lambda request: request.payment_id == twin)
        same._settled(self.quickbooks_id)
        if not twin and waiting:
            waiting.action_send()
        return res


class QuickBooksBooks(models.AbstractModel):
    _inherit = "quickbooks.books"

    @api.model
    def _asks_about(self, connection, records, payment):
        """Take in payments alike; return whether one of them may be ``payment``."""
        self._take_in(connection, {"Payment": records}, {})
        found = (
            self._of(connection)
            .env["quickbooks.payment"]
            .search(
                [
                    ("company_id", "=", connection.company_id.id),
                    ("state", "=", "ask"),
                    ("twin_ids", "in", payment.ids),
                ]
            )
        )
        return bool(found)


class AccountPayment(models.Model):
    _inherit = "account.payment"

    quickbooks_request_ids = fields.One2many(
        "quickbooks.payment.request", "payment_id", groups=READERS
    )
    quickbooks_request_state = fields.Selection(
        related="quickbooks_request_ids.state",
        string="QuickBooks",
        groups=READERS,
        help="How far the payment is on its way to QuickBooks.",
    )
    quickbooks_request_error = fields.Text(
        related="quickbooks_request_ids.error",
        string="Reason",
        groups=READERS,
        help="What keeps the payment from QuickBooks.",
    )

    def action_quickbooks_send(self):
        """Send the payment to QuickBooks."""
        return self.quickbooks_request_ids.action_send()

    def action_quickbooks_decline(self):
        """Leave the payment in Odoo only."""
        return self.quickbooks_request_ids.action_decline()

    def action_post(self):
        # EXTENDS account
        res = super().action_post()
        self._quickbooks_offer()
        return res

    def _quickbooks_offer(self):
        """Offer to QuickBooks what was registered here, or applied otherwise."""
        if self.env.context.get("quickbooks_following"):
            return
        for payment in self.sudo().filtered(lambda p: p._quickbooks_is_offered()):
            row = payment._quickbooks_linked()
            if not row:
                payment.env["quickbooks.payment.request"]._open_for(payment, "create")
            elif row.status == "present" and row._is_applied_otherwise():
                payment.env["quickbooks.payment.request"]._open_for(payment, "apply")

    def _quickbooks_is_offered(self):
        company = self.company_id
        return (
            company.quickbooks_payments_out in ("ask", "send")
            and connection_of(company).realm_id
            and self.partner_type == "customer"
            and self._quickbooks_goes_there()
            and self.state in ("in_process", "paid")
            and self.partner_id
            and self.partner_id._quickbooks_customer(company)
        )

    def _quickbooks_goes_there(self):
        """Return whether it is of a kind that QuickBooks can be told of."""
        return self.payment_type == "inbound"

    def action_cancel(self):
        # EXTENDS account: QuickBooks is to void what it has of Odoo's own payments
        leaving = self.browse()
        if not self.env.context.get("quickbooks_following"):
            leaving = self.filtered(lambda p: p._quickbooks_may_cancel())
        rest = self - leaving
        res = super(AccountPayment, rest).action_cancel() if rest else True
        if leaving:
            following = leaving.with_context(quickbooks_following=True)
            res = super(AccountPayment, following).action_cancel()
        for payment in leaving.sudo():
            payment.env["quickbooks.payment.request"]._open_for(payment, "void")
        return res

    def _quickbooks_may_cancel(self):
        """Return whether Odoo had it first, and may tell QuickBooks of its end."""
        return bool(
            self.sudo().quickbooks_request_ids
            and self.company_id.sudo().quickbooks_payments_out in ("ask", "send")
        )
