import logging
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError

from ..database_errors import DATABASE_GAVE_UP
from ..qbo.errors import QuickBooksError, ThrottledError, TransportError
from ..sync_budget import OutOfTimeError, background_budget, web_budget
from .quickbooks_outbox import LOGIN_ERRORS
from .res_partner import MANAGER

_logger = logging.getLogger(__name__)

OPEN = ("queued", "running")
# A run that nobody has worked on for so long is left behind: its form was closed.
LEFT_BEHIND = timedelta(seconds=30)
# How often QuickBooks may ask to slow down before the run gives up.
MOST_PAUSES = 10


class QuickBooksReconciliation(models.Model):
    """Both books of a company held against each other, for a period.

    The form drives it by calling :meth:`advance`; when nobody does, the scheduler
    goes on. It works in slices, each a transaction of its own that holds the lock of
    the row: what a slice has read is kept aside until all is there to be compared.
    """

    _name = "quickbooks.reconciliation"
    _inherit = ["quickbooks.historied"]
    _description = "QuickBooks Reconciliation"
    _order = "id desc"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="The Odoo company whose books are compared.",
    )
    connection_id = fields.Many2one(
        "quickbooks.connection", readonly=True, ondelete="cascade"
    )
    realm_id = fields.Char(string="QuickBooks Company ID", readonly=True)
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(month=1, day=1),
        help="Documents dated from this day on are compared. Older ones that are "
        "still open are, too: they belong to what customers owe.",
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: fields.Date.context_today(self),
        help="Documents dated up to this day are compared.",
    )
    state = fields.Selection(
        [
            ("draft", "New"),
            ("queued", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        default="draft",
        required=True,
        readonly=True,
        help="How far it is: once it is done, both books have been compared.",
    )
    step = fields.Selection(
        [
            ("asking", "Asking QuickBooks what there is"),
            ("reading", "Reading from QuickBooks"),
            ("looking", "Looking for missing documents"),
            ("comparing", "Comparing"),
        ],
        readonly=True,
        help="What is being done at the moment.",
    )
    reading_entity = fields.Char(readonly=True)
    position = fields.Integer(readonly=True)
    expected = fields.Integer(
        readonly=True,
        help="How many records QuickBooks says it has.",
    )
    fetched = fields.Integer(
        readonly=True,
        help="How many records QuickBooks has handed over so far.",
    )
    progress = fields.Float(
        compute="_compute_progress",
        help="How much of the work is done, in percent.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Run As",
        readonly=True,
        ondelete="set null",
        help="Whose QuickBooks login is used.",
    )
    background = fields.Boolean(readonly=True)
    touched_at = fields.Datetime(readonly=True)
    retry_at = fields.Datetime(readonly=True)
    pauses = fields.Integer(readonly=True)
    started_at = fields.Datetime(
        string="Started",
        readonly=True,
        help="When the comparison began.",
    )
    finished_at = fields.Datetime(
        string="Finished",
        readonly=True,
        help="When the comparison ended, well or not.",
    )
    duration = fields.Float(
        string="Seconds",
        readonly=True,
        digits=(12, 1),
        help="How long the comparison took.",
    )
    calls = fields.Integer(
        string="Calls to QuickBooks",
        readonly=True,
        help="How often QuickBooks was asked for this comparison.",
    )
    metered_calls = fields.Integer(
        readonly=True, help="Those that count against Intuit's monthly allowance."
    )
    error = fields.Text(
        readonly=True,
        help="Why it failed, and what to do about it.",
    )
    login_required = fields.Boolean(readonly=True)

    _period = models.Constraint(
        "CHECK (date_from <= date_to)", "The period has to begin before it ends."
    )
    _one_open = models.UniqueIndex(
        "(company_id) WHERE state IN ('queued', 'running')",
        "A reconciliation of this company is already under way.",
    )

    @api.depends("date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "%(first)s to %(last)s", first=run.date_from, last=run.date_to
            )

    @api.depends("fetched", "expected", "step")
    def _compute_progress(self):
        for run in self:
            share = run.fetched / run.expected if run.expected else 0
            run.progress = 95 if run.step in ("looking", "comparing") else 90 * share

    # === What a person may write === #

    @api.model_create_multi
    def create(self, vals_list):
        """Take the period from a person, and nothing that a run finds out."""
        for vals in vals_list:
            self._check_values(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Take the period from a person, and nothing that a run finds out.

        What was found for another period is forgotten: it isn't true of this one.
        """
        self._check_values(vals)
        if not self.env.su:
            self._check_at_rest()
            self.sudo()._start_afresh(vals)
        return super().write(vals)

    @api.model
    def _check_values(self, vals):
        if not self.env.su and not {"date_from", "date_to", "company_id"}.issuperset(
            vals
        ):
            raise AccessError(self.env._("Only the period of it can be changed."))

    @api.ondelete(at_uninstall=False)
    def _check_at_rest(self):
        if any(run.state in OPEN for run in self):
            raise UserError(
                self.env._("This reconciliation is under way. Wait until it is done.")
            )

    def _start_afresh(self, vals):
        """Forget what was found before ``vals`` change the period or the company."""
        for run in self.filtered(lambda run: run.state != "draft"):
            new = run.new(vals, origin=run)
            if any(new[name] != run[name] for name in vals):
                run._forget_result()
                run.state = "draft"

    # === Starting === #

    def action_start(self):
        """Compare both books, anew if that was done before."""
        self._check_manager()
        company = self.company_id
        connection = company._quickbooks_get_connection()
        if not connection.realm_id:
            raise UserError(
                self.env._("Connect %s to QuickBooks first.", company.display_name)
            )
        if connection._token_of(self.env.user).state != "active":
            return company.action_quickbooks_connect()
        run = self.sudo()
        run._check_none_open()
        run._begin(connection, self.env.user)
        return True

    def _check_none_open(self):
        domain = [("company_id", "=", self.company_id.id), ("state", "in", OPEN)]
        if self.search_count(domain, limit=1):
            raise UserError(
                self.env._("A reconciliation of this company is already under way.")
            )

    def _begin(self, connection, user):
        now = fields.Datetime.now()
        self._forget_result()
        self.write(
            {
                "state": "queued",
                "step": "asking",
                "connection_id": connection.id,
                "realm_id": connection.realm_id,
                "user_id": user.id,
                "started_at": now,
                "touched_at": now,
                **dict.fromkeys(("position", "expected", "fetched", "pauses"), 0),
                **dict.fromkeys(("calls", "metered_calls", "duration"), 0),
                **dict.fromkeys(("background", "retry_at", "finished_at"), False),
                **dict.fromkeys(("error", "login_required", "reading_entity"), False),
            }
        )
        self._wake_cron(now + LEFT_BEHIND)

    def _check_manager(self):
        self.ensure_one()
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only ERP managers can reconcile QuickBooks."))
        self.check_access("read")

    # === For the form === #

    def advance(self):
        """Work for some seconds; return whether there is more to do.

        :return: ``state``, and the ``progress`` in words and in percent
        :raise AccessError: for anybody but ERP managers of the company
        """
        self._check_manager()
        run = self.sudo()
        if run.state in OPEN and not run.background:
            run._work(web_budget())
        return run._told()

    def _told(self):
        """Return how far it is, as committed."""
        with self.env.registry.cursor() as cr:
            run = self.with_env(self.env(cr=cr, su=True))
            steps = dict(self._fields["step"]._description_selection(self.env))
            return {
                "state": run.state,
                "step": steps.get(run.step, ""),
                "percent": round(run.progress),
                "fetched": run.fetched,
                "expected": run.expected,
                "background": run.background,
            }

    # === Working === #

    def _work(self, budget):
        """Work until it is finished, or ``budget`` is used up.

        What keeps QuickBooks from answering is written to the row; a mistake of this
        program is as well, and is raised too.
        """
        self.ensure_one()
        calls = []
        try:
            with self._open_client(budget, calls) as client:
                while budget.lasts() and self._slice(client, calls):
                    pass
        except DATABASE_GAVE_UP:
            # Nothing is lost: the slice is simply done again.
            raise
        except OutOfTimeError:
            self._record(calls, "_hand_over")
        except ThrottledError as error:
            self._record(calls, "_pause", error)
        except TransportError as error:
            hurried = budget.strict and not budget.lasts()
            self._record(calls, "_hand_over" if hurried else "_fail", error)
        except (QuickBooksError, UserError, RedirectWarning) as error:
            self._record(calls, "_fail", error)
        except Exception as error:
            self._record(calls, "_fail", error)
            raise

    @contextmanager
    def _open_client(self, budget, calls):
        client = self.connection_id._client(
            user=self.user_id,
            on_call=calls.append,
            before_call=budget.before_call,
            timeout=budget.timeout,
            retries=budget.retries,
        )
        with client as opened, opened.about(self):
            yield opened

    @contextmanager
    def _locked(self):
        """Give the row, locked, in a transaction of its own; or nothing."""
        with self.env.registry.cursor() as cr:
            run = self.with_env(self.env(cr=cr, su=True))
            yield run.try_lock_for_update(allow_referencing=True)

    def _slice(self, client, calls):
        """Do the next slice of work; return whether there is more to do."""
        with self._locked() as run:
            if run.state not in OPEN:
                return False
            run._check_same_books()
            # Odoo's names and figures are those of the person who asked.
            asked = run.with_context(lang=run.user_id.lang)
            getattr(asked, f"_step_{run.step}")(client)
            run._count(calls)
            if run.state in OPEN:
                run._touch()
            return run.state in OPEN

    def _check_same_books(self):
        if self.connection_id.realm_id != self.realm_id:
            raise UserError(
                self.env._(
                    "The company was linked to another QuickBooks company meanwhile. "
                    "Start the reconciliation again."
                )
            )

    # === States: written here and nowhere else === #

    def _record(self, calls, method, *args):
        """Note what a slice ended with; its own transaction was rolled back."""
        with self._locked() as run:
            if run.state in OPEN:
                run._count(calls)
                getattr(run, method)(*args)

    def _count(self, calls):
        self.calls += len(calls)
        self.metered_calls += sum(call.metered for call in calls)
        calls.clear()

    def _touch(self):
        self.write(
            {"state": "running", "touched_at": fields.Datetime.now(), "retry_at": False}
        )

    def _hand_over(self, _error=None):
        self.background = True
        self._wake_cron(fields.Datetime.now())

    def _pause(self, error):
        if self.pauses >= MOST_PAUSES:
            self._fail(error)
            return
        at = fields.Datetime.now() + timedelta(seconds=error.retry_after)
        self.write({"background": True, "retry_at": at, "pauses": self.pauses + 1})
        self._wake_cron(at)

    def _fail(self, error):
        _logger.warning(
            "QuickBooks reconciliation %s failed: %s (intuit_tid %s)",
            self.id,
            error,
            getattr(error, "tid", None),
        )
        self._forget_result()
        login_required = isinstance(error, LOGIN_ERRORS)
        self.write({"error": self._explain(error), "login_required": login_required})
        self._end("failed")

    def _explain(self, error):
        if isinstance(error, QuickBooksError):
            return self.connection_id._explain(error)
        if isinstance(error, (UserError, RedirectWarning)):
            return error.args[0]
        return self.env._(
            "The reconciliation met a mistake in the program; the server's log has the "
            "details. Nothing was changed."
        )

    def _end(self, state):
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        seconds = max(0.0, (now - self.started_at).total_seconds())
        self.write(
            {
                "state": state,
                "finished_at": fields.Datetime.now(),
                "duration": seconds,
                "retry_at": False,
                "step": False,
            }
        )

    # === Scheduler === #

    @api.model
    def _wake_cron(self, at):
        cron = self.env.ref("quickbooks_link.ir_cron_quickbooks_reconciliation")
        cron.sudo()._trigger(at)

    @api.model
    def _cron_work(self):
        """Go on with the runs that no form drives, a turn each."""
        cron = self.env["ir.cron"]
        runs = self._left_behind()
        cron._commit_progress(remaining=len(runs))
        for run in runs:
            run._take_turn()
            if not cron._commit_progress(1):
                break
        for run in self.search([("state", "in", OPEN)]):
            self._wake_cron(run.retry_at or run.touched_at + LEFT_BEHIND)
        cron._commit_progress(remaining=len(self._left_behind()))

    @api.model
    def _left_behind(self):
        now = fields.Datetime.now()
        open_runs = self.search([("state", "in", OPEN)], order="id")
        return open_runs.filtered(
            lambda run: (
                (not run.retry_at or run.retry_at <= now)
                and (run.background or run.touched_at <= now - LEFT_BEHIND)
            )
        )

    def _take_turn(self):
        """Work for a while; one company's trouble must not stop the others'."""
        try:
            self._work(background_budget())
        except DATABASE_GAVE_UP as error:
            _logger.info("QuickBooks reconciliation %s goes on: %s", self.id, error)
        except Exception:
            # The row says so already; the scheduler must go on with the others.
            _logger.exception("QuickBooks reconciliation %s failed", self.id)
