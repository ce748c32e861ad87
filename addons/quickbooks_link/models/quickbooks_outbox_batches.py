from odoo import api, fields, models

from ..outbox_helpers import PATIENT
from ..qbo.client import MAX_BATCH
from .quickbooks_outbox import OPEN


class QuickBooksOutbox(models.AbstractModel):
    """Sending more than a batch: by the scheduler, or while somebody looks on."""

    _inherit = "quickbooks.outbox"

    def _hand_over(self):
        """Let the scheduler send the rows, at once."""
        if not self:
            return
        with self._own_transaction() as rows:
            now = fields.Datetime.now()
            rows.filtered(lambda row: row.state in OPEN).write({"next_try": now})
            rows._wake_cron(now)

    @api.model
    def _cron_send(self):
        """Send what waits and is due, and what a worker has left behind."""
        cron = self.env["ir.cron"]
        due = self._due()
        cron._commit_progress(remaining=len(due))
        for (_company, user), rows in due.grouped(
            lambda row: (row.company_id, row.user_id)
        ).items():
            for batch in rows._deliver_batches(user, PATIENT):
                if not cron._commit_progress(len(batch)):
                    return
        for row in self.search(self._has_to_follow()):
            row._follow_up()

    @api.model
    def _due(self):
        return self.search(
            [
                ("state", "in", OPEN),
                ("user_id", "!=", False),
                ("next_try", "<=", fields.Datetime.now()),
            ],
            order="company_id, user_id, id",
        )

    def _deliver_batches(self, user, patience, is_last=None):
        """Send the rows, and yield each batch of them once that was done.

        :param patience: as in :meth:`_deliver`
        :param is_last: tells before each batch that no other is to be begun
        """
        rest = self
        while rest:
            batch, rest = rest[:MAX_BATCH], rest[MAX_BATCH:]
            if is_last and is_last():
                rest = self.browse()
            batch._deliver_before(rest[:MAX_BATCH], user, patience)
            yield batch

    def _deliver_before(self, _following, user, patience):
        """Send a batch; to be extended.

        :param _following: the batch that comes after it, if one does
        """
        self._deliver(user, patience)
