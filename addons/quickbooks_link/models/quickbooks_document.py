import logging
import secrets
from datetime import timedelta

from odoo import api, fields, models

from ..document_reading import KINDS, connection_of, exact
from ..explanations import explain
from ..qbo import documents, exactjson
from ..qbo.client import new_requestid
from ..qbo.errors import (
    AppKeysError,
    AuthenticationError,
    AuthorizationError,
    GrantError,
)
from .product_template import READERS

_logger = logging.getLogger(__name__)

LOGIN_ERRORS = (AppKeysError, AuthenticationError, AuthorizationError, GrantError)
# How long to wait after each failure that may pass by itself, in minutes.
DELAYS = (1, 2, 5, 15, 60, 240, 720)
MOST_TRIES = 14
# Intuit cuts every request after 120 seconds: what a batch asked for is there by
# then, or never will be. (A single request can be repeated at once: its requestid
# makes sure that it is done once.)
BATCH_SETTLES = timedelta(seconds=130)
# A worker that has just posted sends by itself; the scheduler takes over later.
HEAD_START = timedelta(seconds=60)
PAGES = {
    "sandbox": "https://app.sandbox.qbo.intuit.com/app",
    "production": "https://app.qbo.intuit.com/app",
}


class QuickBooksDocument(models.Model):
    """An invoice or credit note on its way to QuickBooks, or there.

    The row is written with what causes it, in one transaction, and is sent after
    that: a roll-back sends nothing, and a crash forgets nothing. It is committed as
    *sending*, with its ``requestid`` and what will be sent, before the call; who
    finds it so later looks first whether QuickBooks has the document, and else
    repeats the very same request.
    """

    _name = "quickbooks.document"
    _description = "QuickBooks Document"
    _order = "id desc"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    realm_id = fields.Char(string="QuickBooks Company ID", required=True, readonly=True)
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(related="move_id.partner_id", string="Customer")
    kind = fields.Selection(
        [("invoice", "Invoice"), ("creditmemo", "Credit Memo")],
        string="Type",
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("waiting", "Not Sent"),
            ("sending", "Sending"),
            ("sent", "In QuickBooks"),
            ("attention", "Needs Attention"),
            ("voided", "Voided"),
        ],
        default="waiting",
        required=True,
        readonly=True,
        index=True,
    )
    hold = fields.Selection(
        [
            ("manager", "An ERP manager has to send it"),
            ("login", "A log-in to QuickBooks is needed"),
            ("draft", "It is not posted"),
            ("later", "It will be tried again"),
            ("checks", "Something has to be mended first"),
        ],
        string="Waits Because",
        readonly=True,
    )
    user_id = fields.Many2one(
        "res.users", string="Sent As", readonly=True, ondelete="set null"
    )
    error = fields.Text(string="Reason", readonly=True)

    # How it is sent
    marker = fields.Char(
        readonly=True,
        required=True,
        help="Stands in the memo in QuickBooks, so that the document can be found.",
    )
    requestid = fields.Char(readonly=True, required=True, groups=fields.NO_ACCESS)
    payload = fields.Text(readonly=True, groups=fields.NO_ACCESS)
    sent_payload = fields.Text(
        readonly=True, groups=fields.NO_ACCESS, help="What QuickBooks was last sent."
    )
    unsure = fields.Boolean(
        readonly=True, help="QuickBooks may have got it: nobody has seen the answer."
    )
    settles_at = fields.Datetime(
        readonly=True, help="Before this time, a batch may still be at work on it."
    )
    tries = fields.Integer(readonly=True)
    next_try = fields.Datetime(readonly=True, index="btree_not_null")

    # What QuickBooks holds
    quickbooks_id = fields.Char(string="QuickBooks ID", readonly=True)
    sync_token = fields.Char(readonly=True)
    doc_number = fields.Char(string="Number in QuickBooks", readonly=True)
    number_pending = fields.Boolean(
        readonly=True, help="Odoo has still to take over QuickBooks' number."
    )
    sent_at = fields.Datetime(string="Sent", readonly=True)
    currency_id = fields.Many2one(related="move_id.currency_id")
    odoo_total = fields.Monetary(string="Total in Odoo", readonly=True)
    odoo_tax = fields.Monetary(string="Tax in Odoo", readonly=True)
    quickbooks_total = fields.Monetary(string="Total in QuickBooks", readonly=True)
    quickbooks_tax = fields.Monetary(string="Tax in QuickBooks", readonly=True)
    differences = fields.Text(readonly=True)
    url = fields.Char(compute="_compute_url", groups=READERS)

    _move_unique = models.Constraint(
        "UNIQUE (move_id)", "An invoice goes to QuickBooks once."
    )
    _quickbooks_unique = models.UniqueIndex(
        "(company_id, realm_id, kind, quickbooks_id) WHERE quickbooks_id IS NOT NULL",
        "This QuickBooks document belongs to another invoice already.",
    )

    @api.depends("move_id.name", "doc_number")
    def _compute_display_name(self):
        for document in self:
            document.display_name = document.doc_number or document.move_id.display_name

    @api.depends("quickbooks_id", "kind")
    def _compute_url(self):
        for document in self:
            environment = connection_of(document.company_id).environment
            page = PAGES.get(environment, PAGES["production"])
            document.url = document.quickbooks_id and (
                f"{page}/{document.kind}?txnId={document.quickbooks_id}"
            )

    def action_open_invoice(self):
        """Open the invoice or credit note."""
        self.ensure_one()
        return self.move_id.get_formview_action()

    def action_send(self):
        """Send the chosen documents, whatever kept them waiting."""
        return self.move_id.action_quickbooks_send()

    # === States: written here and nowhere else === #

    @api.model
    def _open_for(self, moves, user):
        """Write down that ``moves`` are to go to QuickBooks, in this transaction.

        :param user: who sends them; empty if that is for an ERP manager to decide
        :return: the rows, as superuser
        """
        rows = self.sudo()
        found = rows.search([("move_id", "in", moves.ids)])
        as_sent = found.filtered(lambda row: row.quickbooks_id and row._is_as_sent())
        settled = {"hold": False, "error": False, "next_try": False}
        as_sent.write({"state": "sent", **settled})
        waiting = found - as_sent
        new = rows.create(
            [
                rows._prepare_row(move)
                for move in moves
                if move not in found.move_id and connection_of(move.company_id).realm_id
            ]
        )
        (waiting | new)._wait_for(user)
        return waiting | new

    @api.model
    def _prepare_row(self, move):
        return {
            "company_id": move.company_id.id,
            "realm_id": connection_of(move.company_id).realm_id,
            "move_id": move.id,
            "kind": KINDS[move.move_type],
            "marker": f"Odoo {secrets.token_hex(6).upper()}",
            "requestid": new_requestid(),
        }

    def _wait_for(self, user):
        """Let the documents be sent as ``user``, or wait for somebody who may.

        One that is being sent stays so: whether QuickBooks has it decides what is
        to be done.
        """
        at = user and fields.Datetime.now() + HEAD_START
        self.write(
            {
                "user_id": user.id,
                "hold": False if user else "manager",
                "next_try": at,
                "error": False,
            }
        )
        unsure = self.filtered("unsure")
        unsure.write({"state": "sending"})
        (self - unsure).write({"state": "waiting"})
        # A change is another request, with delays of its own.
        (self - unsure).filtered("quickbooks_id").write({"tries": 0})
        if user:
            self._wake_cron(at)

    def _hold_back(self, reason, words=False):
        """Let the document wait for somebody to do something."""
        self.write(
            {"state": "waiting", "hold": reason, "error": words, "next_try": False}
        )

    def _need_attention(self, words, hold=False):
        self.write(
            {"state": "attention", "hold": hold, "error": words, "next_try": False}
        )

    def _begin(self, user, payload, totals, batch):
        """Become *sending*; to be committed before the call."""
        now = fields.Datetime.now()
        self.write(
            {
                "state": "sending",
                "hold": False,
                "error": False,
                "user_id": user.id,
                "realm_id": connection_of(self.company_id).realm_id,
                "payload": exactjson.dumps(payload),
                "odoo_total": float(totals.total),
                "odoo_tax": float(totals.tax),
                "settles_at": batch and now + BATCH_SETTLES,
                **self._another_try(now + HEAD_START),
            }
        )

    def _begin_again(self, user):
        """Stay *sending*, for another attempt with the very same request."""
        at = fields.Datetime.now() + HEAD_START
        self.write({"user_id": user.id, "error": False, **self._another_try(at)})
        self.state = "sending"

    def _let_settle(self):
        """Wait until what an earlier batch asked for is there, or never will be."""
        self.write({"state": "sending", "next_try": self.settles_at})
        self._wake_cron(self.settles_at)

    def _another_try(self, at):
        self._wake_cron(at)
        return {"unsure": True, "tries": self.tries + 1, "next_try": at}

    def _fail(self, error):
        """Note why QuickBooks did not take the document, and what comes next."""
        _logger.info(
            "QuickBooks did not take the document of %s: %s (intuit_tid %s)",
            self.move_id.id,
            error,
            error.tid,
        )
        words = explain(self.env, error)
        if isinstance(error, LOGIN_ERRORS):
            self._not_called(words)
        elif error.retryable and self.tries < MOST_TRIES:
            self._retry_later(error, words)
        else:
            self._refused(error, words)

    def _not_called(self, words):
        """Wait for somebody to log in, or to mend the settings."""
        self.unsure = self.tries > 1
        self._hold_back("login", words)

    def _retry_later(self, error, words):
        minutes = DELAYS[min(self.tries, len(DELAYS)) - 1]
        seconds = max(60 * minutes, getattr(error, "retry_after", 0))
        at = fields.Datetime.now() + timedelta(seconds=seconds)
        # What a former attempt has left open stays open.
        unsure = error.sent or self.tries > 1
        self.write(
            {
                "state": "sending" if unsure else "waiting",
                "unsure": unsure,
                "hold": "later",
                "error": words,
                "next_try": at,
            }
        )
        self._wake_cron(at)

    def _refused(self, error, words):
        """Need attention; a refusal ends the request, so the next is another."""
        if not error.retryable:
            self.write({"unsure": False, "requestid": new_requestid()})
        self._need_attention(words)

    def _mistake(self):
        """Note that this program failed; the log has the details."""
        self._need_attention(
            self.env._(
                "A mistake in the program kept it from being sent; the server's log "
                "has the details. Press Send to QuickBooks to try again: it looks "
                "first whether QuickBooks has it."
            )
        )

    def _changed_there(self, record):
        """Let a person decide: it was changed in Odoo and in QuickBooks."""
        self.write({"unsure": False, "sync_token": record.get("SyncToken")})
        self._need_attention(
            self.env._(
                "It was changed in QuickBooks too since it was sent. Look at it there. "
                "Press Send to QuickBooks to replace it by what Odoo has."
            )
        )

    def _arrived(self, record):
        """Take in what QuickBooks holds now.

        :param record: an Invoice or CreditMemo in QuickBooks' words
        """
        payload = exactjson.loads(self.payload)
        total = exactjson.to_decimal(record.get("TotalAmt"))
        tax = (record.get("TxnTaxDetail") or {}).get("TotalTax")
        found = documents.compare(payload, self._totals(), record)
        number = record.get("DocNumber")
        self.write(
            {
                "state": "sent",
                "unsure": False,
                "hold": False,
                "error": False,
                "next_try": False,
                "quickbooks_id": str(record["Id"]),
                "sync_token": record.get("SyncToken"),
                "sent_payload": self.payload,
                "requestid": new_requestid(),
                "doc_number": number,
                "number_pending": bool(number and "DocNumber" not in payload),
                "sent_at": fields.Datetime.now(),
                "quickbooks_total": float(total),
                "quickbooks_tax": float(exactjson.to_decimal(tax)),
                "differences": self._describe_differences(found),
            }
        )

    def _number_taken(self, words):
        """Note that Odoo has QuickBooks' number, or why it can't have it."""
        self.write({"number_pending": False, "error": words})

    # === Helpers === #

    def _totals(self):
        return self._exact(self.odoo_total, self.odoo_tax)

    def _held_totals(self):
        return self._exact(self.quickbooks_total, self.quickbooks_tax)

    def _exact(self, total, tax):
        return documents.Totals(
            total=exact(total, self.currency_id), tax=exact(tax, self.currency_id)
        )

    def _describe_differences(self, found):
        """Return one line for each :class:`documents.Difference`."""
        return "\n".join(self._describe_difference(one) for one in found) or False

    def _describe_difference(self, difference):
        names = {"total": self.env._("Total"), "tax": self.env._("Tax")}
        name = names.get(difference.field, difference.field)
        if difference.line:
            name = self.env._(
                "Line %(line)s, %(field)s", line=difference.line, field=name
            )
        return self.env._(
            "%(name)s: %(odoo)s in Odoo, %(quickbooks)s in QuickBooks",
            name=name,
            odoo=difference.odoo,
            quickbooks=difference.quickbooks,
        )

    @api.model
    def _wake_cron(self, at):
        cron = self.env.ref("quickbooks_link.ir_cron_quickbooks_documents")
        cron.sudo()._trigger(at)
