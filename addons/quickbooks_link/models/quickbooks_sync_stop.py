from odoo import fields, models

from ..client_actions import soft_reload
from .quickbooks_sliced import OPEN


class QuickBooksSyncStop(models.Model):
    """A person's wish that a sync ends.

    A row of its own: that of the run is locked while a worker is at it. The worker
    looks for the wish before each slice of work.
    """

    _name = "quickbooks.sync.stop"
    _description = "QuickBooks Sync to Be Stopped"
    _log_access = False
    _rec_name = "run_id"

    run_id = fields.Many2one(
        "quickbooks.sync.run", required=True, index=True, ondelete="cascade"
    )


class QuickBooksSyncRun(models.Model):
    """Runs can be stopped: what is complete stays, the rest is as it was."""

    _inherit = "quickbooks.sync.run"

    stop_ids = fields.One2many("quickbooks.sync.stop", "run_id")

    def action_stop(self):
        """Stop the sync, at the latest when the slice under way is done.

        :raise AccessError: for anybody but ERP managers of the run's company
        """
        self._check_manager()
        with self._locked() as run:
            if run and run.state in OPEN:
                run._give_up("stopped")
            at_work = not run
        if at_work:
            self.env["quickbooks.sync.stop"].sudo().create({"run_id": self.id})
        return soft_reload()

    def _goes_on(self):
        # EXTENDS quickbooks.sliced: not if a person wants it to end
        return super()._goes_on() and not self._obey_stop()

    def _obey_stop(self):
        """End the run if a person wants it to; return whether it has ended."""
        if not self.stop_ids:
            return False
        self._give_up("stopped")
        return True
