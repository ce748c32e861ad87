"""What the chatter of an invoice tells of its way to QuickBooks."""

from markupsafe import Markup
from odoo import api, models
from odoo.tools import formatLang, html2plaintext

from ..qbo.errors import QuickBooksError


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "quickbooks.noting"]

    def _quickbooks_last_words(self):
        """Return what the chatter was last told, as plain text."""
        messages = self.env["mail.message"].sudo()
        told = [("model", "=", self._name), ("res_id", "=", self.id)]
        last = messages.search(told, limit=1, order="id desc")
        return html2plaintext(last.body or "")


class QuickBooksDocument(models.Model):
    _inherit = "quickbooks.document"

    def write(self, vals):
        """Note that documents are void or deleted now."""
        if vals.get("state") != "voided":
            return super().write(vals)
        voided = self.filtered(lambda row: row.state != "voided")
        res = super().write(vals)
        for row in voided:
            row._note(row._words_gone(vals.get("quickbooks_id", True)))
        return res

    def _words_gone(self, is_left):
        if is_left:
            return self.env._("Voided in QuickBooks. It comes to nothing there.")
        return self.env._("Deleted in QuickBooks.")

    def _arrived(self, record):
        # EXTENDS: told on the invoice
        again = bool(self.quickbooks_id)
        res = super()._arrived(record)
        self._note(self._arrival_in_words(again))
        return res

    def _need_attention(self, words, hold=False):
        # EXTENDS: told on the invoice, and not again if that was the last word
        res = super()._need_attention(words, hold)
        text = self.env._("QuickBooks needs your attention: %s", words)
        if self.move_id._quickbooks_last_words() != html2plaintext(
            self.move_id._quickbooks_words(text)
        ):
            self._note(text)
        return res

    def _look_and_call(self, client):
        # EXTENDS: what is to be told of several is told at once
        notes = {}
        rows = self.with_context(quickbooks_notes=notes)
        try:
            res = super(QuickBooksDocument, rows)._look_and_call(client)
        except QuickBooksError:
            self._note_all(notes)
            raise
        self._note_all(notes)
        return res

    def _note(self, text):
        """Note on the invoice, in the name of whoever sends it."""
        notes = self.env.context.get("quickbooks_notes")
        if notes is None:
            self._note_all({self: [text]})
        else:
            notes.setdefault(self, []).append(text)

    @api.model
    def _note_all(self, notes):
        """Note on several invoices; ``notes`` are the texts by row."""
        while any(notes.values()):
            first = {row: texts.pop(0) for row, texts in notes.items() if texts}
            for user, rows in self.browse().concat(*first).grouped("user_id").items():
                moves = rows.move_id.with_user(user).sudo() if user else rows.move_id
                moves._quickbooks_note_each(
                    {row.move_id.id: first[row] for row in rows}
                )

    def _arrival_in_words(self, again):
        values = {
            "kind": self._kind_in_words(),
            "number": self.doc_number or self.quickbooks_id,
            "total": formatLang(
                self.env, self.quickbooks_total, currency_obj=self.currency_id
            ),
        }
        if again:
            words = self.env._(
                "Updated in QuickBooks: %(kind)s %(number)s, %(total)s.", **values
            )
        else:
            words = self.env._(
                "Arrived in QuickBooks: %(kind)s %(number)s, %(total)s.", **values
            )
        return self._with_link(self._with_differences(words))

    def _kind_in_words(self):
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _with_differences(self, words):
        if not self.differences:
            return words
        return self.env._(
            "%(words)s QuickBooks holds it otherwise:\n%(differences)s",
            words=words,
            differences=self.differences,
        )

    def _with_link(self, words):
        link = Markup('<a href="%s" target="_blank" rel="noreferrer">%s</a>')
        page = link % (self._page(), self.env._("Open in QuickBooks"))
        return Markup("%s %s") % (self.move_id._quickbooks_words(words), page)
