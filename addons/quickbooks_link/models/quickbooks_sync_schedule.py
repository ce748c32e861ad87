import logging
from datetime import timedelta

from odoo import api, fields, models
from psycopg2.errors import UniqueViolation

from ..qbo.errors import AuthorizationError
from ..vault import VaultError
from .quickbooks_sliced import OPEN

_logger = logging.getLogger(__name__)

# Minutes after which a scheduled run tries once more to reach QuickBooks.
PUT_OFF = (1, 5, 15)
HINTS_APART = timedelta(minutes=5)


class QuickBooksSyncRun(models.Model):
    """Runs that the scheduler begins: as the first user whose log-in works."""

    _inherit = "quickbooks.sync.run"

    refusals = fields.Json(readonly=True)
    user_notes = fields.Text(
        string="Could Not Log In",
        compute="_compute_user_notes",
        help="The users that were tried, and why they could not log in.",
    )

    @api.depends("refusals")
    def _compute_user_notes(self):
        for run in self:
            run.user_notes = run._tell_refusals() or False

    # === Beginning === #

    @api.model
    def _cron_scheduled(self):
        """Queue a sync for every connected company, and begin with the work.

        What is left when the time of this job is over, and what a killed worker
        leaves, is done by the other scheduled actions.
        """
        for connection in self.env["quickbooks.connection"]._to_be_synced():
            self._queue_safely(connection)
            self.env["ir.cron"]._commit_progress()
        # In case that this very process is killed.
        self._wake_cron(fields.Datetime.now() + self._left_behind_after)
        self._cron_work()
        if self._left_behind():
            self._wake_cron(fields.Datetime.now())
        # Done for this time: the runs that are left are no longer this job's.
        self.env["ir.cron"]._commit_progress(remaining=0)

    @api.model
    def _queue_safely(self, connection):
        try:
            with self.env.cr.savepoint():
                connection._queue_scheduled()
        except Exception:
            # The others are synced all the same, and Odoo must not deactivate the job.
            _logger.exception("QuickBooks: the sync of %s could not begin", connection)

    @api.model
    def _queue(self, connection, kind):
        """Begin a run of ``kind`` for the scheduler to work on.

        :return: the run, or nothing if one is open already
        """
        runs = self.sudo()
        open_run = [
            ("company_id", "=", connection.company_id.id),
            ("state", "in", OPEN),
        ]
        if runs.search_count(open_run, limit=1):
            return runs
        values = runs._prepare(
            connection.company_id, kind, True, user_id=False, scheduled=True
        )
        try:
            with self.env.cr.savepoint():
                return runs.create(values)
        except UniqueViolation:
            # A person has pressed Sync Now in this very moment.
            return runs

    @api.model
    def _queue_hinted(self):
        """Queue a look at the changes of companies that QuickBooks has told of.

        A busy company is looked at every few minutes, not at each of its events:
        QuickBooks meters the calls.
        """
        recently = fields.Datetime.now() - HINTS_APART
        busy = self.search([("state", "in", OPEN)]).connection_id
        busy |= busy.search([("last_success", ">", recently)])
        for connection in self.env["quickbooks.webhook"]._take_due(busy.ids):
            self._queue(
                connection, "changes" if connection._knows_changes() else "full"
            )

    # === Log-ins === #

    def _login(self):
        # EXTENDS quickbooks.sync.run
        if not self.scheduled:
            return super()._login()
        with self._locked() as run:
            if run.state not in OPEN:
                return self.env["res.users"]
            run._check_user()
            user_id = run.user_id.id
        return self.env["res.users"].browse(user_id)

    def _check_user(self):
        """Go on as somebody who may, also if that changed during the run."""
        problem = self.user_id and self.connection_id._access_problem(self.user_id)
        if problem:
            self._note_refusal(self.user_id, problem.words)
            self.user_id = False
        if not self.user_id:
            self._take_next_user()

    def _lose_user(self, error):
        # EXTENDS quickbooks.sync.run
        if not self.scheduled:
            super()._lose_user(error)
            return
        words = self._explain(error)
        # With a lost key it is not the user who has to do something.
        if not isinstance(error.__cause__, VaultError):
            self._mark_token(words if isinstance(error, AuthorizationError) else error)
        self._note_refusal(self.user_id, words)
        self.user_id = False
        self._take_next_user()

    def _mark_token(self, reason):
        """Leave the user out until the next log-in, and say so in the tab's list."""
        token = self.connection_id._token_of(self.user_id)
        if token.state == "active":
            token._refuse(str(reason))

    def _note_refusal(self, user, words):
        _logger.info(
            "QuickBooks sync %s can't go on as user %s: %s", self.id, user.id, words
        )
        refusal = {"user_id": user.id, "name": user.name, "reason": words}
        self.refusals = [*(self.refusals or []), refusal]

    def _take_next_user(self):
        """Go on as the next user who may; without one the run has failed."""
        tried = {refusal["user_id"] for refusal in self.refusals or []}
        for user in self.connection_id._background_users():
            if user.id in tried:
                continue
            problem = self.connection_id._access_problem(user)
            if not problem:
                self.user_id = user
                return
            self._note_refusal(user, problem.words)
        self._fail_without_user()

    def _fail_without_user(self):
        words = self.env._(
            "Nobody could log in to QuickBooks, so nothing was synced.\n%s",
            self._tell_refusals()
            or self.env._("Nobody is chosen in Run Background Sync As."),
        )
        _logger.error(
            "QuickBooks sync of %s: no user could log in. %s",
            self.company_id.display_name,
            "; ".join(self._tell_refusals().splitlines()),
        )
        self.login_required = True
        self._end_failed(words)

    def _tell_refusals(self):
        return "\n".join(
            f"{refusal['name']}: {refusal['reason']}" for refusal in self.refusals or []
        )

    # === States === #

    def _put_off(self, error):
        # EXTENDS quickbooks.sync.run: nobody waits, so it may try again a bit later
        if not self.scheduled or self.pauses >= len(PUT_OFF):
            super()._put_off(error)
            return
        at = fields.Datetime.now() + timedelta(minutes=PUT_OFF[self.pauses])
        self.write({"retry_at": at, "pauses": self.pauses + 1})
        self._wake_cron(at)

    def _end(self, state):
        # EXTENDS quickbooks.sync.run
        res = super()._end(state)
        self.connection_id._note_end(self)
        return res
