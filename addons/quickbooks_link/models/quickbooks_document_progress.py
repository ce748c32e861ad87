import time

from odoo import fields, models

from ..groups import check_sender
from ..outbox_helpers import PROMPT

# Seconds after which whoever looks on is told how far it is.
MOMENT = 1.5
# Not tried yet, and nothing keeps it back.
TO_SEND = fields.Domain("state", "=", "waiting") & fields.Domain("hold", "=", False)


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
        """Send the next batches of the documents, and tell how far they are.

        As many as are begun in a moment, one at least. What is not sent by then,
        because nobody looks on any more, the scheduler takes up.

        :return: how many there are of each kind
        """
        check_sender(self)
        self._to_send()._send_for_a_moment()
        # What was committed meanwhile, this transaction can't see.
        with self.env.registry.cursor() as cr:
            return self.with_env(self.env(cr=cr)).sudo()._progress()

    def _to_send(self):
        """Return those that are still to be sent, in the order of the rows."""
        # Not by reading them: of thousands, it is the turn of thirty.
        left = set(self.search(fields.Domain("id", "in", self.ids) & TO_SEND)._ids)
        return self.browse(row_id for row_id in self._ids if row_id in left)

    def _send_for_a_moment(self):
        end = time.monotonic() + MOMENT
        batches = self._deliver_batches(
            self.env.user, PROMPT, is_last=lambda: time.monotonic() >= end
        )
        # Each is sent as it is taken.
        for _batch in batches:
            pass

    def _progress(self):
        groups = self._read_group(
            [("id", "in", self.ids)], ["state", "hold"], ["__count"]
        )
        counts = dict.fromkeys(("open", "sent", "attention", "later"), 0)
        for state, hold, number in groups:
            counts[_kind(state, hold)] += number
        return {"total": len(self), **counts}

    def _is_to_send(self):
        """Return whether it was not tried yet, and nothing keeps it back."""
        return _kind(self.state, self.hold) == "open"


def _kind(state, hold):
    """Return as what a row counts in the dialog."""
    if state in ("sent", "attention"):
        return state
    return "later" if state != "waiting" or hold else "open"
