from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from psycopg2.errors import SerializationFailure

# A company is woken this long after the first of its events: by then the others of
# the same change have come, and one look at QuickBooks serves them all.
GATHER = timedelta(seconds=3)


class QuickBooksWebhook(models.Model):
    """When Intuit last told of a change in a company, and when it is looked at.

    A table of its own: thousands of events must never wait for, or hold up, whoever
    has locked the connection.
    """

    _name = "quickbooks.webhook"
    _description = "QuickBooks Webhook"
    _log_access = False
    _rec_name = "connection_id"

    connection_id = fields.Many2one(
        "quickbooks.connection", required=True, readonly=True, ondelete="cascade"
    )
    last_heard = fields.Datetime(readonly=True)
    wake_at = fields.Datetime(
        readonly=True, help="When QuickBooks is asked what has changed."
    )

    _connection_unique = models.Constraint(
        "UNIQUE (connection_id)", "A link listens to Intuit once."
    )

    @api.model
    def _hear(self, realm_ids, environments):
        """Wake the scheduler for the companies that Intuit tells of; make no call.

        :param realm_ids: QuickBooks companies; those not linked here are ignored
        :param environments: only links of these are woken
        """
        connections = self.env["quickbooks.connection"].search(
            [
                ("realm_id", "in", list(realm_ids)),
                ("environment", "in", environments),
                ("token_ids", "!=", False),
            ]
        )
        if connections and self._plan(connections):
            self._wake_scheduler()

    @api.model
    def _plan(self, connections):
        """Note that ``connections`` were heard of; return whether any is to be woken.

        A wake-up that is still to come covers this event too. So does the one that
        another worker is writing, or has just written: nobody waits here.
        """
        self._make_rows(connections)
        now = fields.Datetime.now()
        plan = SQL(
            """
            UPDATE quickbooks_webhook SET last_heard = %(now)s, wake_at = %(at)s
            WHERE id IN (
                SELECT id FROM quickbooks_webhook
                WHERE connection_id IN %(ids)s
                AND (wake_at IS NULL OR wake_at <= %(now)s)
                FOR UPDATE SKIP LOCKED
            )
            """,
            now=now,
            at=now + GATHER,
            ids=tuple(connections.ids),
        )
        return bool(self._count_unless_overtaken(plan))

    @api.model
    def _count_unless_overtaken(self, query):
        """Return how many rows ``query`` has written; none if others did just now."""
        self.flush_model()
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(query, log_exceptions=False)
                written = self.env.cr.rowcount
        except SerializationFailure:
            return 0
        self.invalidate_model()
        return written

    @api.model
    def _make_rows(self, connections):
        known = self.search([("connection_id", "in", connections.ids)]).connection_id
        for connection in connections - known:
            self._count_unless_overtaken(
                SQL(
                    """
                    INSERT INTO quickbooks_webhook (connection_id) VALUES (%s)
                    ON CONFLICT DO NOTHING
                    """,
                    connection.id,
                )
            )

    @api.model
    def _take_due(self, busy=()):
        """Return the connections that are to be looked at now, and forget it.

        To be called in the transaction that writes down the look itself: a roll-back
        brings the hint back.

        :param busy: ids of connections whose hints have to wait
        """
        now = fields.Datetime.now()
        due = [("wake_at", "<=", now), ("connection_id", "not in", list(busy))]
        rows = self.sudo().search(due)
        rows = rows.try_lock_for_update()
        connections = rows.connection_id
        rows.wake_at = False
        return connections

    @api.model
    def _wake_scheduler(self):
        cron = self.env.ref("quickbooks_link.ir_cron_quickbooks_sync")
        cron._trigger(fields.Datetime.now() + GATHER)


class QuickBooksConnection(models.Model):
    _inherit = "quickbooks.connection"

    webhook_last_heard = fields.Datetime(
        compute="_compute_webhook_last_heard",
        compute_sudo=True,
        help="When Intuit last told of a change in this QuickBooks company.",
    )

    def _compute_webhook_last_heard(self):
        rows = self.env["quickbooks.webhook"].search(
            [("connection_id", "in", self.ids)]
        )
        heard = {row.connection_id: row.last_heard for row in rows}
        for connection in self:
            connection.webhook_last_heard = heard.get(connection._origin, False)
