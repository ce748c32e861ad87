from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.constants import GC_UNLINK_LIMIT

from .quickbooks_sliced import OPEN

# Before so much is done, and so many seconds have passed, no time left is told.
FIRST_SHARE = 0.05
FIRST_SECONDS = 3
KEEP_DAYS = 60


class QuickBooksSyncLine(models.Model):
    """How far a list is, of how many records."""

    _inherit = "quickbooks.sync.line"

    estimate = fields.Integer(
        readonly=True,
        help="How many records were known when the sync began: what to expect until "
        "QuickBooks has told.",
    )

    def _progress(self):
        # EXTENDS quickbooks.sync.line
        return {**super()._progress(), "estimate": self.estimate}

    def _parts(self):
        """Return how many records are done, and how many there are to do."""
        whole = max(self.expected or self.estimate, self.fetched, 1)
        return (whole if self.state == "done" else self.fetched), whole


class QuickBooksSyncRun(models.Model):
    """What is shown of a run wherever it was started, and for how long it is kept."""

    _inherit = "quickbooks.sync.run"

    started_at = fields.Datetime(readonly=True, help="When the work began.")
    progress = fields.Float(compute="_compute_progress", help="In per cent.")

    @api.depends("line_ids.fetched", "line_ids.state")
    def _compute_progress(self):
        for run in self:
            run.progress = 100 * run._share()

    @api.model
    def _new_line(self, entity, sequence, connection):
        # EXTENDS quickbooks.sync.run
        values = super()._new_line(entity, sequence, connection)
        return {**values, "estimate": self._known(entity, connection)}

    @api.model
    def _known(self, entity, connection):
        """Return how many records of a list are held here."""
        mirror = self.env["quickbooks.mirror"]._quickbooks_mirrors().get(entity)
        if mirror is None:
            return 0
        here = [
            ("company_id", "=", connection.company_id.id),
            ("realm_id", "=", connection.realm_id),
            ("status", "!=", "gone"),
        ]
        return mirror.sudo().with_context(active_test=False).search_count(here)

    def _share(self):
        parts = [line._parts() for line in self.line_ids]
        if self.state == "done" or not parts:
            return 1.0 * (self.state == "done")
        return min(
            0.99, sum(done for done, _ in parts) / sum(all_ for _, all_ in parts)
        )

    def _seconds_left(self):
        """Return in how many seconds the run should be over, or nothing."""
        share, worked = self._share(), self.started_at and self._worked()
        if self.state not in OPEN or share < FIRST_SHARE or not worked:
            return None
        return round(worked * (1 - share) / share)

    def _worked(self):
        seconds = (fields.Datetime.now() - self.started_at).total_seconds()
        return seconds if seconds >= FIRST_SECONDS else 0

    def _after_step(self, client):
        # EXTENDS quickbooks.sync.run
        if not self.started_at:
            self.started_at = self.touched_at
        return super()._after_step(client)

    def read_progress(self):
        """Return how far the runs are, by their ids; nothing is done to them.

        :raise AccessError: for anybody but ERP managers of the runs' companies
        """
        for run in self:
            run._check_manager()
        return {run.id: run._progress() for run in self}

    def _tell_progress(self):
        # EXTENDS quickbooks.sync.run
        return {
            **super()._tell_progress(),
            "percent": round(100 * self._share()),
            "seconds_left": self._seconds_left(),
            "scheduled": self.scheduled,
            "stopping": bool(self.stop_ids) and self.state in OPEN,
            "user": self.user_id.name or "",
            "note": self.note or "",
        }

    # === Cleaning === #

    @api.autovacuum
    def _gc_old_runs(self):
        """Delete the runs of long ago, but for the last good one of each company."""
        parameters = self.env["ir.config_parameter"].sudo()
        days = int(parameters.get_param("quickbooks_link.keep_days") or KEEP_DAYS)
        newest = self._read_group([("state", "=", "done")], ["company_id"], ["id:max"])
        old = self.search(
            [
                ("state", "not in", OPEN),
                ("finished_at", "<", fields.Datetime.now() - timedelta(days=days)),
                ("id", "not in", [last for _company, last in newest]),
            ],
            limit=GC_UNLINK_LIMIT,
        )
        self.env["quickbooks.sync.staging"]._clear(old.line_ids)
        old.unlink()
        return len(old), len(old) == GC_UNLINK_LIMIT
