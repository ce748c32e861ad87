import json

from odoo import Command, api, fields, models

from ..document_checks import checks
from ..document_reading import connection_of, read_books, read_document
from ..qbo import document_versions, documents, exactjson

TOTALS = ("TotalAmt", "TotalTax")


class QuickBooksSendPreview(models.TransientModel):
    """What Send to QuickBooks would do with the chosen documents; nothing is sent."""

    _name = "quickbooks.send.preview"
    _description = "QuickBooks Preview of Many"

    line_ids = fields.One2many(
        "quickbooks.send.preview.line",
        "preview_id",
        help="What would become of each of the chosen documents.",
    )
    summary = fields.Char(
        compute="_compute_summary",
        help="How many documents would be created, changed, left or held back.",
    )

    @api.depends("line_ids.act")
    @api.depends_context("lang")
    def _compute_summary(self):
        for preview in self:
            acts = preview.line_ids.mapped("act")
            preview.summary = self.env._(
                "Nothing was sent. Send to QuickBooks would create %(create)s, change "
                "%(update)s and leave %(nothing)s as they are; %(blocked)s can't go.",
                **{act: acts.count(act) for act, _words in ACTS},
            )

    @api.model
    def _open_for(self, moves):
        """Return the action that shows what would become of ``moves``."""
        rows = self.env["quickbooks.send.preview.line"]
        lines = [Command.create(rows._foresee(move)) for move in moves]
        preview = self.create({"line_ids": lines})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("QuickBooks Preview"),
            "res_model": self._name,
            "res_id": preview.id,
            "views": [(False, "form")],
            "target": "new",
        }


ACTS = [
    ("create", "Create"),
    ("update", "Change"),
    ("nothing", "Nothing to Do"),
    ("blocked", "Can't Go"),
]


class QuickBooksSendPreviewLine(models.TransientModel):
    """What would become of one document."""

    _name = "quickbooks.send.preview.line"
    _description = "QuickBooks Preview Line"

    preview_id = fields.Many2one(
        "quickbooks.send.preview", required=True, ondelete="cascade"
    )
    move_id = fields.Many2one(
        "account.move",
        string="Document",
        readonly=True,
        help="The document that was chosen to be sent.",
    )
    partner_id = fields.Many2one(
        related="move_id.partner_id",
        string="Customer",
        help="The customer on the document.",
    )
    currency_id = fields.Many2one(related="move_id.currency_id")
    amount_total = fields.Monetary(
        related="move_id.amount_total",
        help="The document's total with taxes, as it is in Odoo.",
    )
    act = fields.Selection(
        ACTS,
        string="Would",
        readonly=True,
        help="What Send to QuickBooks would do with the document.",
    )
    details = fields.Text(
        readonly=True, help="Field by field: what QuickBooks has → what it would have."
    )

    @api.model
    def _foresee(self, move):
        """Return the values of the line for ``move``."""
        document = move.sudo().quickbooks_document_ids
        reason = self._obstacle(move, document)
        if reason:
            return {"move_id": move.id, "act": "blocked", "details": reason}
        if document.origin == "quickbooks":
            words = self.env._("It came from QuickBooks.")
            return {"move_id": move.id, "act": "nothing", "details": words}
        after = self._version(move, document)
        there = document.quickbooks_id and document.state != "voided"
        before = self._version_there(document) if there else {}
        act = "update" if there else "create"
        if there and (document.state == "sent" or _bare(before) == _bare(after)):
            return {"move_id": move.id, "act": "nothing", "details": False}
        details = self._in_words(move, document, before, after)
        return {"move_id": move.id, "act": act, "details": details}

    def _obstacle(self, move, document):
        """Return what would keep the document from QuickBooks."""
        if not connection_of(move.company_id).realm_id:
            return self.env._("Its company is not linked to QuickBooks.")
        if move.state != "posted":
            return self.env._("It is not posted.")
        if document.unsure:
            return self.env._("It is being sent already; its answer is not known yet.")
        found = [check.message for check in checks(move) if check.blocks]
        return "\n".join(found)

    def _version(self, move, document):
        """Return what QuickBooks would be sent."""
        paper = read_document(move, document.marker or "")
        body = documents.build(paper, read_books(move))
        body = exactjson.loads(exactjson.dumps(body))
        figures = _figures(documents.totals(paper))
        return {**document_versions.version(body, body), **figures}

    def _version_there(self, document):
        """Return what QuickBooks has, as far as it was seen."""
        seen = document.changed_to or document.seen
        if document.sent_payload and not document.changed_to:
            sent = exactjson.loads(document.sent_payload)
            figures = _figures(document._held_totals())
            return {**document_versions.version(sent, sent), **figures}
        return json.loads(seen) if seen else {}

    def _in_words(self, move, document, before, after):
        names = self.env["quickbooks.document"].sudo()
        row = document or names.new(
            {
                "move_id": move.id,
                "company_id": move.company_id.id,
                "realm_id": connection_of(move.company_id).realm_id,
            }
        )
        lines = []
        for change in document_versions.changes(before, after):
            if change.field == "ExchangeRate" and {*change[1:]} <= {"", "1"}:
                continue
            label = row._label_of(change.field)
            now = row._value_of(change.field, change.after) or "–"
            was = row._value_of(change.field, change.before) or "–"
            lines.append(f"{label}: {was} → {now}" if before else f"{label}: {now}")
        return "\n".join(lines)


def _figures(totals):
    """Return totals as a version tells them: what is sent leaves them out."""
    record = {"TotalAmt": totals.total, "TxnTaxDetail": {"TotalTax": totals.tax}}
    told = document_versions.version(record)
    return {name: told[name] for name in TOTALS}


def _bare(version):
    """Return a version without its totals, which follow from the rest."""
    return {name: value for name, value in version.items() if name not in TOTALS}
