from datetime import timedelta

from odoo import api, fields, models

from ..document_reading import KINDS, connection_of, exact
from ..groups import READERS
from ..qbo import documents, exactjson
from ..qbo.client import new_requestid
from .quickbooks_outbox import HEAD_START

# Intuit cuts every request after 120 seconds: what a batch asked for is there by
# then, or never will be. (A single request can be repeated at once: its requestid
# makes sure that it is done once.)
BATCH_SETTLES = timedelta(seconds=130)
PAGES = {
    "sandbox": "https://app.sandbox.qbo.intuit.com/app",
    "production": "https://app.qbo.intuit.com/app",
}


class QuickBooksDocument(models.Model):
    """An invoice or credit note on its way to QuickBooks, or there.

    The row is committed as *sending*, with its ``requestid`` and what will be sent,
    before the call; who finds it so later looks first whether QuickBooks has the
    document, and else repeats the very same request.
    """

    _name = "quickbooks.document"
    _inherit = ["quickbooks.outbox"]
    _description = "QuickBooks Document"
    _order = "id desc"

    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The invoice or credit note in Odoo.",
    )
    partner_id = fields.Many2one(
        related="move_id.partner_id",
        string="Customer",
        help="The customer of the document.",
    )
    kind = fields.Selection(
        [("invoice", "Invoice"), ("creditmemo", "Credit Memo")],
        string="Type",
        required=True,
        readonly=True,
        help="What the document is in QuickBooks.",
    )
    state = fields.Selection(
        selection_add=[("voided", "Voided or Deleted")],
        ondelete={"voided": "set default"},
        help="How far the document is on its way to QuickBooks.",
    )
    hold = fields.Selection(
        selection_add=[
            ("draft", "It is not posted"),
            ("checks", "Something has to be mended first"),
        ],
        help="Why it is not sent yet.",
    )

    # How it is sent
    payload = fields.Text(readonly=True, groups=fields.NO_ACCESS)
    sent_payload = fields.Text(
        readonly=True, groups=fields.NO_ACCESS, help="What QuickBooks was last sent."
    )
    settles_at = fields.Datetime(
        readonly=True, help="Before this time, a batch may still be at work on it."
    )
    # What QuickBooks holds
    doc_number = fields.Char(
        string="Number in QuickBooks",
        readonly=True,
        help="The number of the document in QuickBooks.",
    )
    number_pending = fields.Boolean(
        readonly=True, help="Odoo has still to take over QuickBooks' number."
    )
    sent_at = fields.Datetime(
        string="Sent", readonly=True, help="When QuickBooks last took it in."
    )
    # Stored: an invoice has very many fields, and this is all that is needed of it.
    currency_id = fields.Many2one(
        related="move_id.currency_id", store=True, precompute=True
    )
    odoo_total = fields.Monetary(
        string="Total in Odoo",
        readonly=True,
        help="The total in Odoo when it was last sent.",
    )
    odoo_tax = fields.Monetary(
        string="Tax in Odoo",
        readonly=True,
        help="The tax in Odoo when it was last sent.",
    )
    quickbooks_total = fields.Monetary(
        string="Total in QuickBooks",
        readonly=True,
        help="The total that QuickBooks holds.",
    )
    quickbooks_tax = fields.Monetary(
        string="Tax in QuickBooks", readonly=True, help="The tax that QuickBooks holds."
    )
    differences = fields.Text(
        readonly=True, help="What QuickBooks holds otherwise than Odoo."
    )
    url = fields.Char(
        compute="_compute_url", groups=READERS, help="Opens the document in QuickBooks."
    )

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
            document.url = document.quickbooks_id and document._page()

    def _page(self):
        """Return the address at which QuickBooks shows the document."""
        environment = connection_of(self.company_id).environment
        page = PAGES.get(environment, PAGES["production"])
        return f"{page}/{self.kind}?txnId={self.quickbooks_id}"

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
        found = moves.sudo().quickbooks_document_ids
        as_sent = found.filtered(lambda row: row.quickbooks_id and row._is_as_sent())
        settled = {"hold": False, "error": False, "next_try": False}
        as_sent.write({"state": "sent", **settled})
        waiting = found - as_sent
        fresh = (moves - found.move_id).filtered(
            lambda move: connection_of(move.company_id).realm_id
        )
        values = rows._values_waiting(user)
        new = rows.create([{**rows._prepare_row(move), **values} for move in fresh])
        if new and user:
            self._wake_cron(new[0].next_try)
        waiting._wait_for(user)
        return waiting | new

    @api.model
    def _prepare_row(self, move):
        return {
            "company_id": move.company_id.id,
            "realm_id": connection_of(move.company_id).realm_id,
            "move_id": move.id,
            "kind": KINDS[move.move_type],
        }

    def _begin(self, paper):
        """Take what is to be sent; :meth:`_begin_all` follows.

        :param paper: the :class:`Paper` that is sent
        """
        self._write_if_new(
            {
                "realm_id": paper.realm_id,
                "payload": paper.payload,
                "odoo_total": float(paper.totals.total),
                "odoo_tax": float(paper.totals.tax),
            }
        )

    def _begin_all(self, user, batch):
        """Become *sending*; to be committed before the call."""
        now = fields.Datetime.now()
        alike = self.grouped(
            lambda row: tuple(row._another_try(now + HEAD_START).items())
        )
        for another_try, rows in alike.items():
            rows.write(
                {
                    "state": "sending",
                    "hold": False,
                    "error": False,
                    "user_id": user.id,
                    "settles_at": batch and now + BATCH_SETTLES,
                    **dict(another_try),
                }
            )

    def _let_settle(self):
        """Wait until what an earlier batch asked for is there, or never will be."""
        self.write({"state": "sending", "next_try": self.settles_at})
        self._wake_cron(self.settles_at)

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
        self._write_if_new(
            {**self._values_settled(), **self._values_there(record, payload)}
        )

    def _values_settled(self):
        # EXTENDS quickbooks.outbox
        return {**super()._values_settled(), "sent_at": fields.Datetime.now()}

    def _values_there(self, record, payload):
        """Return what the row says of its own document; to be extended.

        :param record: an Invoice or CreditMemo in QuickBooks' words
        :param payload: the body by which it came there
        """
        total = exactjson.to_decimal(record.get("TotalAmt"))
        tax = (record.get("TxnTaxDetail") or {}).get("TotalTax")
        found = documents.compare(payload, self._totals(), record)
        number = record.get("DocNumber")
        return {
            "quickbooks_id": str(record["Id"]),
            "sync_token": record.get("SyncToken"),
            "sent_payload": self.payload,
            "requestid": new_requestid(),
            "doc_number": number,
            "number_pending": bool(number and "DocNumber" not in payload),
            "quickbooks_total": float(total),
            "quickbooks_tax": float(exactjson.to_decimal(tax)),
            "differences": self._describe_differences(found),
        }

    def _number_taken(self, words):
        """Note that Odoo has QuickBooks' number, or why it can't have it."""
        self.write({"number_pending": False, "error": words})

    # === Helpers === #

    def _write_if_new(self, values):
        """Write what differs; return ``updated`` if that is anything."""
        new = {name: value for name, value in values.items() if self[name] != value}
        if new:
            self.write(new)
        return "updated" if new else None

    @api.model
    def _with_numbers(self, company_id, kind, numbers):
        """Return the company's documents of a kind that QuickBooks has under them."""
        return self.search(
            [
                ("company_id", "=", company_id),
                ("doc_number", "in", list(numbers)),
                ("kind", "=", kind),
            ]
        )

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
        field = difference.field
        name = names.get(field) or self._label_of(field)
        if difference.line:
            name = self.env._(
                "Line %(line)s, %(field)s", line=difference.line, field=name
            )
        return self.env._(
            "%(name)s: %(odoo)s in Odoo, %(quickbooks)s in QuickBooks",
            name=name,
            odoo=self._value_of(field, difference.odoo),
            quickbooks=self._value_of(field, difference.quickbooks),
        )
