from odoo import models
from odoo.exceptions import AccessError

from ..outbox_helpers import PROMPT
from ..qbo.client import MAX_BATCH
from .res_partner import MANAGER


class QuickBooksDocument(models.Model):
    """Sending many documents, while the person who sends them looks on."""

    _inherit = "quickbooks.document"

    def _progress_action(self):
        """Return the dialog that sends the documents, batch by batch."""
        return {
            "type": "ir.actions.client",
            "name": self.env._("Sending to QuickBooks"),
            "tag": "quickbooks_link.send_progress",
            "target": "new",
            "params": {"document_ids": self.ids},
        }

    def advance_sending(self):
        """Send the next batch of the documents, and tell how far they are.

        What is not sent by then, because nobody looks on any more, the scheduler
        takes up.

        :return: how many there are of each kind
        """
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only ERP managers can send documents to QuickBooks.")
            )
        self.check_access("read")
        todo = self.filtered(lambda row: row._is_to_send())
        todo[:MAX_BATCH]._deliver(self.env.user, PROMPT)
        # What was committed meanwhile, this transaction can't see.
        with self.env.registry.cursor() as cr:
            return self.with_env(self.env(cr=cr)).sudo()._progress()

    def _progress(self):
        rows = self.exists()
        counts = {
            "total": len(self),
            "open": len(rows.filtered(lambda row: row._is_to_send())),
            "sent": len(rows.filtered(lambda row: row.state == "sent")),
            "attention": len(rows.filtered(lambda row: row.state == "attention")),
        }
        settled = counts["open"] + counts["sent"] + counts["attention"]
        return {**counts, "later": len(rows) - settled}

    def _is_to_send(self):
        """Return whether it was not tried yet, and nothing keeps it back."""
        return self.state == "waiting" and not self.hold
