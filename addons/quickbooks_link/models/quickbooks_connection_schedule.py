from collections import namedtuple
from datetime import timedelta

from odoo import api, fields, models

from ..groups import MANAGER
from .quickbooks_sliced import OPEN

# Intuit's change data capture looks back 30 days; a day is for clocks and for luck.
LOOK_BACK = timedelta(days=29)
# Tax codes and preferences seldom change. A bit less than a day, as scheduled syncs
# are a bit more or less than an hour apart.
UNCOVERED_EVERY = timedelta(hours=23)

# Why a user can't run the background sync: the state of the list's badge, and what
# to do about it in words.
AccessProblem = namedtuple("AccessProblem", "state words")


class QuickBooksConnection(models.Model):
    """When a link is synced by itself, as whom, and how that went."""

    _inherit = "quickbooks.connection"

    last_success = fields.Datetime(help="When a sync last came to its end.")
    last_success_user_id = fields.Many2one(
        "res.users", string="Last Synced As", ondelete="set null"
    )
    last_failure = fields.Datetime(help="When a scheduled sync last failed.")
    last_error = fields.Text(help="Why it failed. Empty when all is well.")
    failing_since = fields.Datetime(
        help="When the first scheduled sync failed that no success has followed."
    )
    changes_until = fields.Datetime(
        string="Changes Read Until",
        help="Everything changed in QuickBooks up to this time is in Odoo. It is "
        "QuickBooks' clock.",
    )
    next_run = fields.Datetime(compute="_compute_next_run", compute_sudo=True)
    open_run_id = fields.Many2one(
        "quickbooks.sync.run",
        string="Sync Under Way",
        compute="_compute_open_run_id",
        compute_sudo=True,
    )

    @api.depends("token_ids")
    def _compute_next_run(self):
        cron = self.env.ref(
            "quickbooks_link.ir_cron_quickbooks_scheduled", raise_if_not_found=False
        )
        at = cron and cron.active and cron.nextcall
        for connection in self:
            connection.next_run = at if connection.token_ids else False

    def _compute_open_run_id(self):
        runs = self.env["quickbooks.sync.run"].search(
            [("connection_id", "in", self.ids), ("state", "in", OPEN)]
        )
        by_connection = runs.grouped("connection_id")
        for connection in self:
            connection.open_run_id = by_connection.get(connection._origin)

    # === Who === #

    def _background_users(self):
        """Return the users to try, in their order; without a list who connected."""
        self.ensure_one()
        chosen = self.company_id.sudo().quickbooks_background_user_ids.user_id
        return chosen or self.sudo().token_ids.sorted("id").user_id

    def _access_problem(self, user):
        """Return why ``user`` can't sync this company now, as far as Odoo knows.

        :return: an :class:`AccessProblem`, or nothing
        """
        self.ensure_one()
        user = user.sudo()
        if not user.active:
            return self._unfit(self.env._("The user is archived in Odoo."))
        if not user.has_group(MANAGER):
            return self._unfit(
                self.env._("The user is no longer an ERP manager (“Access Rights”).")
            )
        if self.company_id not in user.company_ids:
            return self._unfit(
                self.env._("The user has no access to %s.", self.company_id.name)
            )
        return self._login_problem(self._token_of(user))

    def _unfit(self, words):
        return AccessProblem("unfit", words)

    def _login_problem(self, token):
        if not token:
            return AccessProblem(
                "missing",
                self.env._("Has to press Connect to QuickBooks here and log in once."),
            )
        if token.state != "active":
            return AccessProblem("reconnect", token._tell_problem())
        return None

    # === When === #

    @api.model
    def _to_be_synced(self):
        """Return the links of every connected company."""
        return self.sudo().search(
            [
                ("realm_id", "!=", False),
                ("token_ids", "!=", False),
                ("company_id.active", "=", True),
            ]
        )

    def _queue_scheduled(self):
        """Queue what the scheduler is to do now: all, or only what has changed.

        Nothing if that was queued already in this very turn of the scheduled action,
        whose worker was killed then.
        """
        self.ensure_one()
        since = self._turn_of_scheduler()
        runs = self.env["quickbooks.sync.run"]
        queued = [
            ("connection_id", "=", self.id),
            ("scheduled", "=", True),
            ("create_date", ">=", since),
        ]
        if since and runs.sudo().search_count(queued, limit=1):
            return runs
        return runs._queue(self, "full" if self._full_sync_due() else "changes")

    @api.model
    def _turn_of_scheduler(self):
        """Return when the scheduled action became due, if it is not through yet."""
        cron = self.env.ref("quickbooks_link.ir_cron_quickbooks_scheduled")
        due = cron.sudo().nextcall
        return due if due <= fields.Datetime.now() else None

    def _full_sync_due(self):
        """Return whether changes alone would not do."""
        self.ensure_one()
        if not self._knows_changes():
            return True
        # Some leeway: a sync that took minutes must not shift the next by an hour.
        hours = self.company_id.sudo().quickbooks_full_sync_hours
        passed = fields.Datetime.now() - self.full_sync_last_completed
        return passed >= timedelta(hours=hours) * 23 / 24

    def _knows_changes(self):
        """Return whether QuickBooks can still tell all that has changed."""
        if not (self.full_sync_last_completed and self.changes_until):
            return False
        return fields.Datetime.now() - self._changes_since() <= LOOK_BACK

    def _changes_since(self):
        """Return from when on changes are to be asked for, on QuickBooks' clock."""
        return min(filter(None, (self.changes_until, self.payments_watermark)))

    def _uncovered_due(self):
        """Return whether to read again what QuickBooks tells no changes of."""
        last = self.tax_codes_last_completed
        return not last or fields.Datetime.now() - last >= UNCOVERED_EVERY

    # === How it went === #

    def _note_end(self, run):
        """Keep what came of ``run`` for those who look after the link."""
        if run.preview:
            return
        if run.state == "done":
            self.write(
                {
                    "last_success": run.finished_at,
                    "last_success_user_id": run.user_id.id,
                    "last_error": False,
                    "failing_since": False,
                }
            )
        elif run.state == "failed" and run.scheduled:
            self.write(
                {
                    "last_failure": run.finished_at,
                    "last_error": run.error,
                    "failing_since": self.failing_since or run.finished_at,
                }
            )
