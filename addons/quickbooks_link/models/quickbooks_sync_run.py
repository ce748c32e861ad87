from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from psycopg2.errors import UniqueViolation

from ..groups import MANAGER
from ..sync_budget import web_budget
from .quickbooks_sliced import OPEN
from .quickbooks_sync_line import COUNTS


class QuickBooksSyncRun(models.Model):
    """One run of one sync: what it does now, and afterwards what came of it.

    The progress dialog drives a run by calling :meth:`advance` again and again.
    """

    _name = "quickbooks.sync.run"
    _inherit = ["quickbooks.sliced"]
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
    scheduled = fields.Boolean(
        readonly=True,
        help="Begun by the scheduler: it logs in as the first of Run Background Sync "
        "As who can.",
    )
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
        ) or runs._create_alone(self._prepare(company, kind, background))
        self._wake_cron(fields.Datetime.now() + self._left_behind_after)
        return run._action_progress()

    @api.model
    def _create_alone(self, values):
        """Create the run.

        :raise ConcurrencyError: somebody has just begun one, which this transaction
            can't see yet: the request is done again, and shows that one
        """
        try:
            return self.create(values)
        except UniqueViolation as error:
            raise ConcurrencyError("a sync was begun at the same moment") from error

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

    # === Working === #

    def _work(self, budget, user=None):
        # EXTENDS quickbooks.sliced
        user = self._login()
        return super()._work(budget, user) if user else None

    def _work_as_next(self, budget):
        # EXTENDS quickbooks.sliced
        if self.scheduled:
            self._work(budget)

    def _login(self):
        """Return as whom the run goes on; nobody if it can't."""
        return self.user_id

    def _slice(self, client, budget, calls):
        # EXTENDS quickbooks.sliced
        with self._locked() as run:
            if not run._goes_on():
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

    def _words_other_books(self):
        return self.env._(
            "The company was linked to another QuickBooks company while the sync was "
            "running. Start it again."
        )

    # === States === #

    def _after_step(self, _client):
        self._touch()

    def _finish_if_done(self):
        """End the run if its last list is done; return whether it goes on."""
        if self._current_line():
            return True
        self._end("done")
        if self.kind == "full":
            self.connection_id.full_sync_last_completed = self.finished_at
        return False

    def _end_failed(self, words):
        # EXTENDS quickbooks.sliced
        self.error = words
        self._give_up("failed")

    def _give_up(self, state):
        """End the run with what is complete; of the rest nothing is kept."""
        self._current_line().state = state
        self.env["quickbooks.sync.staging"]._clear(self.line_ids)
        self._end(state)

    def _words_mistake(self):
        return self.env._(
            "The sync met a mistake in the program; the server's log has the details. "
            "What was synced before is unchanged."
        )
