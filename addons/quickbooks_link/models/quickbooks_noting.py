from contextlib import contextmanager

from markupsafe import Markup, escape
from odoo import models


class QuickBooksNoting(models.AbstractModel):
    """Records whose chatter tells what happened between them and QuickBooks."""

    _name = "quickbooks.noting"
    _description = "QuickBooks Notes"

    def _quickbooks_note(self, text, company=None):
        """Post a note in words on each of the records, as the acting user.

        It notifies nobody, and is never a mail.

        :param text: a translated sentence or two, or ``Markup``
        :param company: whose QuickBooks it is about, named where companies share
            the record
        """
        self._quickbooks_note_each(dict.fromkeys(self._ids, text), company)

    def _quickbooks_note_each(self, texts, company=None):
        """Post a note of its own on each of the records; ``texts`` are by id."""
        bodies = {
            record.id: record._quickbooks_words(texts[record.id], company)
            for record in self
        }
        # Not _message_log: on taxes that are not used yet it stays silent.
        self._message_log_batch(bodies, **self._quickbooks_author())

    def _quickbooks_author(self):
        """Return who tells it, where that is known without a look."""
        sender = self.env.context.get("quickbooks_sender")
        if not sender or sender.user_id != self.env.uid:
            return {}
        contact_id, address = sender.author
        return {"author_id": contact_id, "email_from": address}

    def _quickbooks_words(self, text, company=None):
        """Return ``text`` as it stands in the chatter of this record."""
        words = Markup("<br/>").join(escape(line) for line in text.split("\n"))
        if isinstance(text, Markup):
            words = text
        if not company:
            return words
        owner = "company_id" in self._fields and self.sudo().company_id
        if owner or not self._quickbooks_several_links():
            return words
        return Markup("%s: %s") % (company.name, words)

    def _quickbooks_several_links(self):
        connections = self.env["quickbooks.connection"].sudo()
        return connections.search_count([("realm_id", "!=", False)], limit=2) > 1

    @contextmanager
    def _quickbooks_noting_link(self, name, values):
        """Note which records get another counterpart in QuickBooks meanwhile.

        :param name: the field that names the counterpart
        :param values: what is about to be written
        """
        records = self if name in values else self.browse()
        former = {record: record.sudo()[name] for record in records}
        yield
        for record, before in former.items():
            now = record.sudo()[name]
            if now != before:
                company = (now or before).company_id
                record._quickbooks_note(
                    record._quickbooks_changed(before, now), company
                )

    def _quickbooks_changed(self, before, now):
        """Say that the link has changed from ``before`` to ``now``."""
        kind = (now or before)._description
        if not before:
            return self.env._(
                "Linked to the %(kind)s “%(name)s”.", kind=kind, name=now.display_name
            )
        if not now:
            return self.env._(
                "No longer linked to the %(kind)s “%(name)s”.",
                kind=kind,
                name=before.display_name,
            )
        return self.env._(
            "Linked to the %(kind)s “%(now)s”, no longer to “%(before)s”.",
            kind=kind,
            now=now.display_name,
            before=before.display_name,
        )
