from odoo import api, fields, models
from odoo.tools import SQL

from .quickbooks_sliced import OPEN

# First of the two keys of PostgreSQL's advisory locks: "QB".
CLAIM = 0x5142
# A run whose worker was killed so often in a row is given up: it may be what kills.
MOST_CRASHES = 3


class QuickBooksSyncRun(models.Model):
    """Runs in the background: several scheduled actions work on them side by side.

    See docs/decisions/0010-how-syncs-share-the-cron-workers.md.
    """

    _inherit = "quickbooks.sync.run"

    crashes = fields.Integer(
        readonly=True, help="How often its worker was killed since it last got on."
    )

    # === Waking === #

    @api.model
    def _wake_cron(self, at):
        """Have a worker look for open runs at ``at``."""
        self._trigger(self.env.ref("quickbooks_link.ir_cron_quickbooks_sync"), at)

    @api.model
    def _wake_helpers(self, runs):
        """Have as many workers as there are other runs; each takes one of them."""
        for cron in self._helpers()[: max(0, len(runs) - 1)]:
            self._trigger(cron, fields.Datetime.now())

    @api.model
    def _helpers(self):
        """Return the scheduled actions that help; copies of them help as well."""
        first = self.env.ref("quickbooks_link.ir_cron_quickbooks_sync").sudo()
        alike = [
            ("model_id", "=", first.model_id.id),
            ("code", "=", first.code),
            ("id", "!=", first.id),
        ]
        return self.env["ir.cron"].sudo().search(alike)

    @api.model
    def _trigger(self, cron, at):
        """Trigger ``cron``, unless that was done for a moment still to come."""
        now = fields.Datetime.now()
        if at > now:
            pending = [
                ("cron_id", "=", cron.id),
                ("call_at", ">", now),
                ("call_at", "<=", at),
            ]
            if self.env["ir.cron.trigger"].sudo().search_count(pending, limit=1):
                return
        cron.sudo()._trigger(at)

    @api.model
    def _wake_cron_for_others(self):
        """Come back when the runs that are driven or paused now may need it."""
        now = fields.Datetime.now()
        for run in self.search([("state", "in", OPEN)]):
            at = run._due_at()
            if at > now:
                self._wake_cron(at)
        if self.env["quickbooks.webhook"].search_count([("wake_at", "!=", False)]):
            self._wake_cron(now + self._left_behind_after)

    # === Working === #

    @api.model
    def _cron_work(self):
        """Go on with the runs that no dialog drives, a turn each.

        A job ends when its ten seconds are over, with one slice at most above them;
        for what is left it triggers itself. So neither Odoo's time limits nor a
        killed worker cost more than the slice that was under way.
        """
        cron = self.env["ir.cron"]
        self._queue_hinted()
        runs = self._left_behind()
        cron._commit_progress(remaining=len(runs))
        self._wake_helpers(runs)
        turns, seconds = 0, 1
        for run in runs:
            # Counted before it is done: a job that is killed again and again must
            # not look like one that never gets anywhere.
            seconds = cron._commit_progress(1)
            if not seconds:
                break
            turns += run._take_turn()
        self._wake_cron_for_others()
        if turns or not seconds:
            self._go_on_later()
        else:
            # Others work on all of them.
            cron._commit_progress(remaining=0)

    @api.model
    def _go_on_later(self):
        """Have the job called again if there is more to do."""
        cron = self.env["ir.cron"]
        seconds = cron._commit_progress()
        left = len(self._left_behind())
        if left and not seconds:
            self._wake_cron(fields.Datetime.now())
            left = 0
        cron._commit_progress(remaining=left)

    def _take_turn(self):
        # EXTENDS quickbooks.sliced: return whether it was this worker's turn
        mine = self._claim()
        if mine:
            super()._take_turn()
        return mine

    def _claim(self):
        """Keep other workers off the run until this job's transaction ends.

        The lock of the run's row is let go between two slices; without the claim
        two workers would take them in turn, with a log-in each.
        """
        query = SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", CLAIM, self.id)
        return self.env.execute_query(query)[0][0]

    def _begin_turn(self):
        """Count the turn as a crash until it gets on; return whether to begin it."""
        with self._locked() as run:
            if run.state not in OPEN:
                return False
            if run.crashes >= MOST_CRASHES:
                run._end_failed(
                    self.env._(
                        "The server was stopped each time it worked on this sync, "
                        "perhaps because it takes too much time or memory. "
                        "Its log has the details."
                    )
                )
                return False
            run.crashes += 1
        return True

    def _count(self, calls):
        # EXTENDS quickbooks.sync.run: whatever is noted of a run, it got on.
        self.crashes = 0
        return super()._count(calls)
