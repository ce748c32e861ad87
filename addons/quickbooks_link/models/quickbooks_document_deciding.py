import json

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..groups import MANAGER
from ..qbo.documents import Difference

GONE = ("voided", "deleted")


class QuickBooksDocument(models.Model):
    """What a person decides about a document that was changed in QuickBooks."""

    _inherit = "quickbooks.document"

    versions = fields.Html(
        compute="_compute_versions",
        compute_sudo=True,
        sanitize=False,
        string="Both Versions",
        help="What was changed in QuickBooks since both sides agreed.",
    )
    token_there = fields.Char(
        readonly=True, help="The version that QuickBooks has after the change."
    )

    @api.depends("there", "seen", "changed_to")
    @api.depends_context("lang")
    def _compute_versions(self):
        for document in self:
            document.versions = document._table_of_versions()

    def _table_of_versions(self):
        return self._table_of(
            self._changes_there(),
            self.env._("As Odoo sent it"),
            self.env._("In QuickBooks now"),
        )

    def _table_of(self, changes, before, after):
        """Return changes as a table; nothing if there are none.

        :param before: what the column of former values is called
        :param after: what the column of the others is called
        """
        # Long values break anywhere, labels between words.
        value = Markup("<td class='text-break'>%s</td>")
        row = Markup("<tr><td>%s</td>") + value + value + Markup("</tr>")
        rows = [
            row
            % (
                self._label_of(change.field),
                self._value_of(change.field, change.before),
                self._value_of(change.field, change.after),
            )
            for change in changes
        ]
        head = Markup("<tr><th></th><th>%s</th><th>%s</th></tr>") % (before, after)
        table = Markup(
            "<table class='table table-sm mb-0'>"
            "<thead>%s</thead><tbody>%s</tbody></table>"
        )
        return table % (head, Markup().join(rows)) if rows else False

    # === Changed there === #

    def action_keep_quickbooks(self):
        """Leave the document in QuickBooks as it is there now, and say so."""
        self._check_decides("changed")
        row = self.sudo()
        row.write(row._figures_kept())
        words = "\n".join([*row._lines_of_changes(), *row._figures_beside()])
        row.write(
            {
                "there": "present",
                "state": "sent",
                "error": False,
                "hold": False,
                "seen": row.changed_to,
                "changed_to": False,
                "differences": words,
            }
        )
        row.move_id._quickbooks_note(
            self.env._("QuickBooks keeps its own version of this document.")
        )
        return True

    def _figures_kept(self):
        """Return the figures that QuickBooks has after the change."""
        held = json.loads(self.changed_to)
        return {
            "quickbooks_total": float(held.get("TotalAmt", 0)),
            "quickbooks_tax": float(held.get("TotalTax", 0)),
        }

    def _figures_beside(self):
        """Return in words where Odoo has other figures, if it was changed here too."""
        if self._is_as_sent():
            return []
        move, kept = self.move_id, self._held_totals()
        here = self._exact(move.amount_total, move.amount_tax)
        pairs = (
            Difference("total", here.total, kept.total),
            Difference("tax", here.tax, kept.tax),
        )
        return [
            self._describe_difference(pair)
            for pair in pairs
            if pair.odoo != pair.quickbooks
        ]

    def action_send_odoo(self):
        """Let QuickBooks have what Odoo has, in place of what it has now."""
        self._check_decides("changed", *GONE)
        row = self.sudo()
        if row.origin == "quickbooks":
            raise UserError(
                self.env._("It came from QuickBooks, and nothing of it is sent there.")
            )
        if row.move_id.state != "posted":
            raise UserError(self.env._("Confirm the document in Odoo first."))
        values = {"there": "present", "sent_payload": False, "tries": 0}
        if row.there == "changed":
            values["sync_token"] = row.token_there
        row.write(values)
        row._wait_for(self.env.user)
        row._send_after_commit(self.env.user)
        return True

    # === Voided or deleted there === #

    def action_cancel_in_odoo(self):
        """Cancel in Odoo what QuickBooks' books no longer count."""
        self._check_decides(*GONE)
        self.move_id.button_cancel()
        self.sudo().error = False
        return True

    def action_credit_in_odoo(self):
        """Make a credit note, in Odoo only, for what QuickBooks no longer counts."""
        self._check_decides(*GONE)
        return self.move_id.action_reverse()

    def _check_decides(self, *kinds):
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only ERP managers can decide about QuickBooks documents.")
            )
        if self.there not in kinds:
            raise UserError(self.env._("There is nothing left to decide about it."))


class AccountMove(models.Model):
    _inherit = "account.move"

    def _quickbooks_linked(self):
        # EXTENDS quickbooks_link: what makes up for a document that is void in
        # QuickBooks has no place there
        return (
            super()
            ._quickbooks_linked()
            .filtered(
                lambda move: (
                    move.sudo().reversed_entry_id.quickbooks_document_ids.there
                    not in GONE
                )
            )
        )
