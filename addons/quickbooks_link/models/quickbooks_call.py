import logging
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

import psycopg2
from odoo import api, fields, models
from odoo.tools import SQL

from ..explanations import explain
from ..qbo import exactjson
from ..qbo.redaction import mask

_logger = logging.getLogger(__name__)

# Characters of what was sent and answered; longer ones are cut. PostgreSQL
# compresses them by itself.
KEPT_TEXT = 16_000
# So many calls are written at once; a session seldom makes more.
AT_ONCE = 200
# Rows that one vacuum deletes of one company; the next one goes on.
DELETED_AT_ONCE = 50_000
COLUMNS = (
    "company_id",
    "realm_id",
    "user_id",
    "called_at",
    "label",
    "method",
    "url",
    "requestid",
    "attempt",
    "metered",
    "status",
    "seconds",
    "tid",
    "failed",
    "error",
    "request",
    "response",
)


class QuickBooksCall(models.Model):
    """One call to QuickBooks as it went over the wire: who, when, what, and the answer.

    Written with SQL, in a transaction of its own: what is rolled back here was said
    to QuickBooks all the same. Nobody may change it.
    """

    _name = "quickbooks.call"
    _description = "QuickBooks Call"
    _order = "id desc"
    _rec_name = "label"
    _log_access = False

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The Odoo company whose QuickBooks was called.",
    )
    realm_id = fields.Char(
        string="QuickBooks Company ID",
        readonly=True,
        help="The ID of the company in QuickBooks.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="As",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Whose QuickBooks login was used.",
    )
    called_at = fields.Datetime(
        string="When",
        required=True,
        readonly=True,
        index=True,
        help="When the call was made.",
    )
    label = fields.Char(
        string="Call", readonly=True, help="What was asked of QuickBooks."
    )
    method = fields.Char(readonly=True, help="GET reads, POST writes or asks.")
    url = fields.Char(
        string="Address", readonly=True, help="The address that was called."
    )
    requestid = fields.Char(
        string="Request ID",
        readonly=True,
        index="btree_not_null",
        help="QuickBooks carries out a request once for each of these.",
    )
    attempt = fields.Integer(readonly=True, help="1 for the first try.")
    metered = fields.Boolean(
        readonly=True, help="Counts against Intuit's monthly allowance of reads."
    )
    status = fields.Integer(
        string="HTTP Status", readonly=True, aggregator=None, help="0: no answer came."
    )
    seconds = fields.Float(
        readonly=True,
        digits=(12, 3),
        aggregator="avg",
        help="How long QuickBooks took to answer.",
    )
    tid = fields.Char(
        string="Intuit Transaction ID",
        readonly=True,
        help="What Intuit's support asks for.",
    )
    failed = fields.Boolean(readonly=True)
    error = fields.Text(readonly=True, help="Why it failed, in words.")
    request = fields.Text(
        string="Sent", readonly=True, help="What was sent, with secrets masked."
    )
    response = fields.Text(
        string="Answer", readonly=True, help="What was answered, with secrets masked."
    )
    subject_ids = fields.One2many(
        "quickbooks.call.subject", "call_id", string="Subjects", readonly=True
    )
    about = fields.Char(
        compute="_compute_about", help="The records that the call was about."
    )

    @api.depends("subject_ids")
    def _compute_about(self):
        for call in self:
            names = call.subject_ids.mapped("display_name")
            rest = len(names) - 3
            shown = ", ".join(names[:3])
            call.about = f"{shown} (+{rest})" if rest > 0 else shown

    # === Writing === #

    @contextmanager
    def _recorder(self, connection, user):
        """Give the function that takes in :class:`CallRecord`, and write them at last.

        :param connection: whose calls they are
        :param user: whose consent they are made with
        """
        recorder = Recorder(self.sudo(), connection, user)
        try:
            yield recorder
        finally:
            recorder.flush()

    def _own_cursor(self):
        return self.env.registry.cursor()

    @api.model
    def _write_calls(self, rows, subjects):
        """Write calls, in a transaction of their own.

        A history that can't be written must not keep the work back.

        :param rows: values of each call, by :data:`COLUMNS`
        :param subjects: for each call, pairs of model and id that it is about
        """
        try:
            with self._own_cursor() as cr:
                self.with_env(self.env(cr=cr))._insert(rows, subjects)
        except psycopg2.Error:
            _logger.warning(
                "The history of %s calls was lost", len(rows), exc_info=True
            )

    @api.model
    def _insert(self, rows, subjects):
        columns = SQL(", ").join(map(SQL.identifier, COLUMNS))
        values = SQL(", ").join(SQL("%s", row) for row in rows)
        # Should somebody hold what the rows refer to. Nobody waits for the disk: the
        # answer is committed after this, and takes it along there.
        query = SQL(
            "SET LOCAL lock_timeout = '3s'; SET LOCAL synchronous_commit = off;"
            " INSERT INTO quickbooks_call (%s) VALUES %s RETURNING id",
            columns,
            values,
        )
        ids = [call_id for [call_id] in self.env.execute_query(query)]
        pairs = [
            (call_id, *subject)
            for call_id, about in zip(ids, subjects, strict=True)
            for subject in about
        ]
        if pairs:
            self.env["quickbooks.call.subject"]._insert(pairs)

    # === Showing === #

    @api.model
    def _action_about(self, records):
        """Return the action that shows all calls that are about ``records``."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "quickbooks_link.action_quickbooks_call"
        )
        about = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        return {**action, "domain": [("subject_ids", "any", about)], "context": {}}

    # === Forgetting === #

    @api.autovacuum
    def _gc_old(self):
        """Delete what is older than its company keeps it."""
        left = False
        # Each keeps it for days of its own.
        for [company] in self.sudo()._read_group([], ["company_id"]):
            days = company.quickbooks_history_days
            before = fields.Datetime.now() - timedelta(days=days)
            query = SQL(
                """
                DELETE FROM quickbooks_call WHERE id IN (
                    SELECT id FROM quickbooks_call
                     WHERE company_id = %s AND called_at < %s LIMIT %s)
                """,
                company.id,
                before,
                DELETED_AT_ONCE,
            )
            self.env.cr.execute(query)
            left = left or self.env.cr.rowcount == DELETED_AT_ONCE
        self.invalidate_model()
        return 0, left


class QuickBooksCallSubject(models.Model):
    """A record that a call is about; a batch is about several."""

    _name = "quickbooks.call.subject"
    _description = "QuickBooks Call Subject"
    _log_access = False

    call_id = fields.Many2one(
        "quickbooks.call", required=True, readonly=True, index=True, ondelete="cascade"
    )
    res_model = fields.Char(required=True, readonly=True)
    # No Many2one: the record may be of a transaction that was rolled back.
    res_id = fields.Many2oneReference(
        model_field="res_model", required=True, readonly=True
    )

    _record_index = models.Index("(res_model, res_id)")

    @api.depends("res_model", "res_id")
    def _compute_display_name(self):
        for subject in self:
            subject.display_name = subject._record_name() or self.env._("(deleted)")

    def _record_name(self):
        if self.res_model not in self.env:
            return None
        record = self.env[self.res_model].browse(self.res_id).exists()
        shown = record._filtered_access("read")
        return shown.display_name if shown else None

    @api.model
    def _insert(self, pairs):
        values = SQL(", ").join(SQL("%s", pair) for pair in pairs)
        self.env.cr.execute(
            SQL(
                "INSERT INTO quickbooks_call_subject (call_id, res_model, res_id)"
                " VALUES %s",
                values,
            )
        )


class Recorder:
    """Takes in the calls of one session, and writes them in bulk.

    :param calls: ``quickbooks.call``, as superuser
    """

    def __init__(self, calls, connection, user):
        self._calls = calls
        realm_id = connection.realm_id or None
        self._whose = (connection.company_id.id, realm_id, user.id)
        self._rows = []
        self._subjects = []

    def after(self, on_call):
        """Return what a :class:`Transport` calls after each call.

        :param on_call: called before, where there is somebody else to tell
        """

        def after_call(record):
            self._note(record)
            if on_call:
                on_call(record)

        return after_call

    def _note(self, record):
        self._rows.append(tuple(_storable(value) for value in self._values(record)))
        self._subjects.append([(one._name, one.id) for one in record.about or ()])
        if len(self._rows) >= AT_ONCE:
            self.flush()

    def _values(self, record):
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        failure = record.failure
        return (
            *self._whose,
            now - timedelta(seconds=record.seconds),
            record.label,
            record.method,
            record.url,
            record.requestid,
            record.attempt,
            record.metered,
            record.status or 0,
            record.seconds,
            record.tid,
            bool(failure or record.error),
            mask(explain(self._calls.env, failure)) if failure else record.error,
            record.sent,
            record.got,
        )

    def flush(self):
        """Write what was taken in since the last time."""
        rows, self._rows = self._rows, []
        subjects, self._subjects = self._subjects, []
        if rows:
            self._calls._write_calls(rows, subjects)


def _storable(value):
    return exactjson.storable(value) if isinstance(value, str) else value
