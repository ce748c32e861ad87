import logging
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from math import ceil

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError

from ..database_errors import DATABASE_GAVE_UP
from ..qbo.errors import (
    AuthenticationError,
    AuthorizationError,
    GrantError,
    LimitReachedError,
    QuickBooksError,
    ThrottledError,
    TransportError,
)
from ..sync_budget import OutOfTimeError, web_budget
from .quickbooks_sync_line import COUNTS

_logger = logging.getLogger(__name__)

MANAGER = "base.group_erp_manager"
OPEN = ("queued", "running")
# A run that nobody has worked on for so long is left behind: its dialog was closed
# or its worker is gone.
LEFT_BEHIND = timedelta(seconds=60)
# How often QuickBooks may ask a run to slow down before the run gives up.
MOST_PAUSES = 10
LOGIN_ERRORS = (AuthenticationError, AuthorizationError, GrantError)


class QuickBooksSyncRun(models.Model):
    """One run of one sync: what it does now, and afterwards what came of it.

    The progress dialog drives a run by calling :meth:`advance` again and again;
    when nobody does, or QuickBooks is too slow for that, the cron takes over. The
    work is cut into slices, each a transaction of its own that holds the lock of
    the run's row: whoever comes second finds it locked and waits for its turn, and
    a slice that is killed leaves the run where the slice before it ended.
    """

    _name = "quickbooks.sync.run"
    _description = "QuickBooks Sync"
    _order = "id desc"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The Odoo company that was synced.",
    )
    connection_id = fields.Many2one(
        "quickbooks.connection", required=True, readonly=True, ondelete="cascade"
    )
    realm_id = fields.Char(
        string="QuickBooks Company ID",
        required=True,
        readonly=True,
        help="The ID of the company in QuickBooks.",
    )
    kind = fields.Selection(
        [
            ("customers", "Customers and Account Balances"),
            ("items", "Products and Services"),
            ("tax_codes", "Tax Codes"),
            ("payments", "Invoices and Payments"),
            ("full", "Full Sync"),
            ("changes", "Changes in QuickBooks"),
        ],
        string="Sync",
        required=True,
        readonly=True,
        help="What was synced.",
    )
    state = fields.Selection(
        [
            ("queued", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("stopped", "Stopped"),
        ],
        default="queued",
        required=True,
        readonly=True,
        help="How far the sync is.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Run As",
        readonly=True,
        ondelete="cascade",
        help="Whose QuickBooks login is used.",
    )
    background = fields.Boolean(
        readonly=True, help="No dialog follows the run: the scheduler works on it."
    )
    scheduled = fields.Boolean(
        readonly=True,
        help="Begun by the scheduler: it logs in as the first of Run Background Sync "
        "As who can.",
    )
    touched_at = fields.Datetime(readonly=True, help="When it was last worked on.")
    retry_at = fields.Datetime(
        readonly=True, help="QuickBooks asked not to be called before this time."
    )
    pauses = fields.Integer(readonly=True)
    finished_at = fields.Datetime(readonly=True, help="When the sync ended.")
    duration = fields.Float(
        string="Seconds",
        readonly=True,
        digits=(12, 1),
        aggregator="avg",
        help="How long the sync took.",
    )
    calls = fields.Integer(
        string="Calls to QuickBooks", readonly=True, help="Repeated ones included."
    )
    error = fields.Text(readonly=True, help="Why it failed, and what to do.")
    login_required = fields.Boolean(readonly=True)
    line_ids = fields.One2many(
        "quickbooks.sync.line",
        "run_id",
        readonly=True,
        help="The lists that were read, and what came of each.",
    )
    created = fields.Integer(
        compute="_compute_counts", help="Records that are new in Odoo."
    )
    updated = fields.Integer(
        compute="_compute_counts", help="Records that QuickBooks had changed."
    )
    deactivated = fields.Integer(
        compute="_compute_counts", help="Records that became inactive in Odoo."
    )
    reactivated = fields.Integer(
        compute="_compute_counts", help="Records that became active again."
    )
    unchanged = fields.Integer(
        compute="_compute_counts", help="Records that were the same as before."
    )

    _one_open = models.UniqueIndex(
        "(company_id) WHERE state IN ('queued', 'running')",
        "A sync of this company is already under way.",
    )

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for run in self:
            run.display_name = kinds.get(run.kind)

    @api.depends(*(f"line_ids.{name}" for name in COUNTS))
    def _compute_counts(self):
        for run in self:
            for name in COUNTS:
                run[name] = sum(run.line_ids.mapped(name))

    # === Starting === #

    @api.model
    def _start(self, company, kind, background=False):
        """Start a sync of ``company`` as the current user and show it.

        If one is open already, that one is shown: two at a time would do the same
        work twice.

        :param kind: one of the lists, or ``full``
        :return: the action of the progress dialog
        """
        runs = self.sudo()
        run = runs.search(
            [("company_id", "=", company.id), ("state", "in", OPEN)], limit=1
        ) or runs.create(self._prepare(company, kind, background))
        self._wake_cron(fields.Datetime.now() + LEFT_BEHIND)
        return run._action_progress()

    @api.model
    def _prepare(self, company, kind, background, **values):
        connection = company._quickbooks_get_connection()
        if not connection.realm_id:
            raise UserError(
                self.env._("Connect %s to QuickBooks first.", company.display_name)
            )
        return {
            "company_id": company.id,
            "connection_id": connection.id,
            "realm_id": connection.realm_id,
            "kind": kind,
            "user_id": self.env.uid,
            "background": background,
            "touched_at": fields.Datetime.now(),
            "line_ids": [
                fields.Command.create(self._new_line(entity, number, connection))
                for number, entity in enumerate(self._entities(kind, connection))
            ],
            **values,
        }

    @api.model
    def _new_line(self, entity, sequence, _connection):
        """Return the values of the line of one list."""
        return {"entity": entity, "sequence": sequence}

    @api.model
    def _entities(self, kind, connection):
        """Return the lists that a sync of ``kind`` reads, in their order."""
        lists = self.env["quickbooks.sync.line"]._lists()
        return lists if kind == "full" else [kind]

    def _action_progress(self):
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "quickbooks_link.sync_progress",
            "name": self.display_name,
            "target": "new",
            "context": {"dialog_size": "medium"},
            "params": {"run_id": self.id},
        }

    def action_show_progress(self):
        """Show the run's progress dialog."""
        self._check_manager()
        return self._action_progress()

    def action_try_again(self):
        """Start the same sync once more, and show it."""
        self._check_manager()
        company = self.company_id
        if self.kind == "changes":
            return company.action_quickbooks_sync_changes()
        return company._quickbooks_sync(self.kind)

    # === For the dialog === #

    def advance(self):
        """Work on the run for some seconds and return how far it is.

        :return: what the progress dialog shows, see :meth:`_progress`
        :raise AccessError: for anybody but ERP managers of the run's company
        """
        self._check_manager()
        run = self.sudo()
        if run.state in OPEN and not run.background:
            run._work(web_budget())
        return run._progress()

    def continue_in_background(self):
        """Let the scheduler go on with the run: its dialog was closed."""
        self._check_manager()
        with self._locked() as run:
            if run and run.state in OPEN:
                run._hand_over()

    def _check_manager(self):
        self.ensure_one()
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only ERP managers can sync QuickBooks."))
        self.check_access("read")

    def _progress(self):
        """Return how far the run is, as committed, for the dialog."""
        with self.env.registry.cursor() as cr:
            return self.with_env(self.env(cr=cr, su=True))._tell_progress()

    def _tell_progress(self):
        names = ("kind", "state", "background", "calls", "error", "login_required")
        return {
            **{name: self[name] for name in names},
            "company_id": self.company_id.id,
            "seconds": self.duration or self._age(),
            "waiting": bool(self.retry_at and self.state in OPEN),
            "lines": [line._progress() for line in self.line_ids],
        }

    def _age(self):
        # Odoo's now() leaves out fractions, which create_date has.
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        return max(0.0, (now - self.create_date).total_seconds())

    # === Working === #

    def _work(self, budget):
        """Work until the run is finished, or ``budget`` is used up.

        What keeps QuickBooks from answering is written to the run; a mistake of
        this program is as well, and is raised too.

        :param budget: a :class:`Budget`
        """
        self.ensure_one()
        calls = []
        user = self._login()
        if not user:
            return
        try:
            with self._open_client(budget, calls, user) as client:
                while budget.lasts() and self._slice(client, budget, calls):
                    pass
        except DATABASE_GAVE_UP:
            # Nothing is lost: the slice is simply done again.
            raise
        except OutOfTimeError:
            # One slice was too long, so it would be the next time as well.
            self._record(calls, "_hand_over")
        except ThrottledError as error:
            self._record(calls, "_pause", error)
        except TransportError as error:
            # Whoever has more patience may still get an answer.
            hurried = budget.strict and not budget.lasts()
            self._record(calls, "_hand_over" if hurried else "_put_off", error)
        except LOGIN_ERRORS as error:
            self._record(calls, "_lose_user", error)
            if self.scheduled:
                self._work(budget)
        except (QuickBooksError, UserError, RedirectWarning) as error:
            self._record(calls, "_fail", error)
        except Exception as error:
            self._record(calls, "_fail", error)
            raise

    def _login(self):
        """Return as whom the run goes on; nobody if it can't."""
        return self.user_id

    def _open_client(self, budget, calls, user=None):
        return self.connection_id._client(
            user=user or self.user_id,
            on_call=calls.append,
            before_call=budget.before_call,
            patience=budget.patience(),
            timeout=budget.timeout,
            retries=budget.retries,
        )

    @contextmanager
    def _locked(self):
        """Give the run, locked, in a transaction of its own; or nothing.

        Nothing if another worker has it just now.
        """
        with self.env.registry.cursor() as cr:
            run = self.with_env(self.env(cr=cr, su=True))
            yield run.try_lock_for_update(allow_referencing=True)

    def _slice(self, client, budget, calls):
        """Do the next slice of work; return whether there is more to do here."""
        with self._locked() as run:
            if run.state not in OPEN or run._obey_stop():
                return False
            line = run._current_line()
            if line.state == "writing" and line.fetched > budget.most_rows:
                run._hand_over()
                return False
            run._check_same_books()
            line._step(client)
            run._after_step(client)
            run._count(calls)
            return run._finish_if_done()

    def _current_line(self):
        return self.line_ids.filtered(lambda line: line.state != "done")[:1]

    def _check_same_books(self):
        """Never write what one QuickBooks company says into another's mirror."""
        if self.connection_id.realm_id != self.realm_id:
            raise UserError(
                self.env._(
                    "The company was linked to another QuickBooks company while the "
                    "sync was running. Start it again."
                )
            )

    # === States: written here and nowhere else === #

    def _record(self, calls, method, *args):
        """Note what a slice ended with; its own transaction was rolled back."""
        with self._locked() as run:
            if run.state in OPEN and not run._obey_stop():
                run._count(calls)
                getattr(run, method)(*args)

    def _count(self, calls):
        self.calls += len(calls)
        calls.clear()

    def _after_step(self, _client):
        self.write(
            {"state": "running", "touched_at": fields.Datetime.now(), "retry_at": False}
        )

    def _hand_over(self, _error=None):
        """Let the scheduler go on at once."""
        self.background = True
        self._wake_cron(fields.Datetime.now())

    def _pause(self, error):
        """Let the scheduler go on when QuickBooks wants to be called again.

        A block that lasts, such as a used-up monthly allowance, ends the run; that
        others use up our own limits does not.
        """
        own = isinstance(error, LimitReachedError)
        if self.pauses >= MOST_PAUSES and not own:
            self._fail(error)
            return
        at = fields.Datetime.now() + timedelta(seconds=ceil(error.retry_after))
        pauses = self.pauses + (not own)
        self.write({"background": True, "retry_at": at, "pauses": pauses})
        self._wake_cron(at)

    def _put_off(self, error):
        """QuickBooks could not be reached: nobody waits for it, so that is the end."""
        self._fail(error)

    def _lose_user(self, error):
        """The user's log-in is of no use any more."""
        self._fail(error)

    def _finish_if_done(self):
        """End the run if its last list is done; return whether it goes on."""
        if self._current_line():
            return True
        self._end("done")
        if self.kind == "full":
            self.connection_id.full_sync_last_completed = self.finished_at
        return False

    def _fail(self, error):
        _logger.warning(
            "QuickBooks sync %s of company %s failed: %s (intuit_tid %s)",
            self.id,
            self.company_id.id,
            error,
            getattr(error, "tid", None),
        )
        self.login_required = isinstance(error, LOGIN_ERRORS)
        self._end_failed(self._explain(error))

    def _end_failed(self, words):
        self.error = words
        self._give_up("failed")

    def _give_up(self, state):
        """End the run with what is complete; of the rest nothing is kept."""
        self._current_line().state = state
        self.env["quickbooks.sync.staging"]._clear(self.line_ids)
        self._end(state)

    def _explain(self, error):
        if isinstance(error, QuickBooksError):
            return self.connection_id._explain(error)
        if isinstance(error, (UserError, RedirectWarning)):
            return error.args[0]
        return self.env._(
            "The sync met a mistake in the program; the server's log has the details. "
            "What was synced before is unchanged."
        )

    def _end(self, state):
        self.write(
            {
                "state": state,
                "finished_at": fields.Datetime.now(),
                "duration": self._age(),
                "retry_at": False,
            }
        )
