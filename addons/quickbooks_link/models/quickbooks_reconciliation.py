from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..groups import MANAGER
from ..sync_budget import web_budget
from .quickbooks_sliced import OPEN


class QuickBooksReconciliation(models.Model):
    """Both books of a company held against each other, for a period.

    The form drives it by calling :meth:`advance`; when nobody does, the scheduler
    goes on. What a slice has read is kept aside until all is there to be compared.
    """

    _name = "quickbooks.reconciliation"
    _inherit = ["quickbooks.historied", "quickbooks.sliced"]
    _description = "QuickBooks Reconciliation"
    _order = "id desc"

    _left_behind_after = timedelta(seconds=30)

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
                "%(first)s to %(last)s",
                first=format_date(self.env, run.date_from),
                last=format_date(self.env, run.date_to),
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
        self._wake_cron(now + self._left_behind_after)

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

    def _slice(self, client, budget, calls):
        # EXTENDS quickbooks.sliced
        with self._locked() as run:
            if not run._goes_on():
                return False
            run._check_same_books()
            # Odoo's names and figures are those of the person who asked.
            asked = run.with_context(lang=run.user_id.lang)
            getattr(asked, f"_step_{run.step}")(client)
            run._count(calls)
            if run._goes_on():
                run._touch()
            return run._goes_on()

    def _words_other_books(self):
        return self.env._(
            "The company was linked to another QuickBooks company meanwhile. Start the "
            "reconciliation again."
        )

    # === States === #

    def _count(self, calls):
        # EXTENDS quickbooks.sliced
        self.metered_calls += sum(call.metered for call in calls)
        return super()._count(calls)

    def _end_failed(self, words):
        # EXTENDS quickbooks.sliced
        self._forget_result()
        self.error = words
        self._end("failed")

    def _words_mistake(self):
        return self.env._(
            "The reconciliation met a mistake in the program; the server's log has the "
            "details. Nothing was changed."
        )

    def _begun_at(self):
        # EXTENDS quickbooks.sliced: it can be started again
        return self.started_at

    def _end(self, state):
        # EXTENDS quickbooks.sliced
        self.step = False
        return super()._end(state)

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
            self._wake_cron(run._due_at())
        cron._commit_progress(remaining=len(self._left_behind()))
