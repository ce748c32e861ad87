from odoo import api, fields, models

from ..client_actions import soft_reload
from ..groups import MANAGER

# Fields of the tab that show a field of the connection.
SHOWN = {
    "quickbooks_last_success": "last_success",
    "quickbooks_next_run": "next_run",
    "quickbooks_last_error": "last_error",
    "quickbooks_open_run_id": "open_run_id",
    "quickbooks_calls_this_month": "calls_this_month",
    "quickbooks_calls_forecast": "calls_forecast",
    "quickbooks_calls_warning": "calls_warning",
}
# Sections of the tab whose lists QuickBooks tells the changes of.
TOLD = (
    "quickbooks_customers_last_completed",
    "quickbooks_items_last_completed",
    "quickbooks_payments_last_completed",
)


class ResCompany(models.Model):
    """The part of the tab that tells how the link keeps itself going."""

    _inherit = "res.company"

    quickbooks_full_sync_hours = fields.Integer(
        string="Full Sync Every",
        default=24,
        groups=MANAGER,
        help="Between full syncs the scheduler asks QuickBooks only for what has "
        "changed. With 0 hours every scheduled sync is a full one.",
    )
    quickbooks_last_success = fields.Datetime(
        string="Last Success",
        compute="_compute_quickbooks_schedule",
        groups=MANAGER,
        help="When a sync last came to its end without a fault.",
    )
    quickbooks_next_run = fields.Datetime(
        string="Next Scheduled Sync",
        compute="_compute_quickbooks_schedule",
        groups=MANAGER,
        help="How often is set in Settings › Technical › Scheduled Actions, "
        "“QuickBooks: scheduled sync”.",
    )
    quickbooks_last_error = fields.Text(
        string="Last Scheduled Sync Failed",
        compute="_compute_quickbooks_schedule",
        groups=MANAGER,
        help="Why the last scheduled sync failed.",
    )
    quickbooks_open_run_id = fields.Many2one(
        "quickbooks.sync.run",
        string="Sync Under Way",
        compute="_compute_quickbooks_schedule",
        groups=MANAGER,
        help="The sync that is running now, or waits for its turn.",
    )

    quickbooks_calls_this_month = fields.Integer(
        string="Metered Calls This Month",
        compute="_compute_quickbooks_schedule",
        groups=MANAGER,
        help="Reads of this QuickBooks company that Intuit counts; sandbox companies "
        "are free. 500,000 a month are included for all companies of an app.",
    )
    quickbooks_calls_forecast = fields.Integer(
        string="Forecast of Metered Calls",
        compute="_compute_quickbooks_schedule",
        groups=MANAGER,
        help="What this month will come to if it goes on as the last seven days.",
    )
    quickbooks_calls_warning = fields.Char(
        compute="_compute_quickbooks_schedule",
        groups=MANAGER,
        help="Intuit lets an app make so many calls a month for nothing.",
    )

    _quickbooks_full_sync_hours_positive = models.Constraint(
        "CHECK (quickbooks_full_sync_hours >= 0)",
        "The hours between two full syncs can't be negative.",
    )

    @api.depends(
        "quickbooks_connection_ids.last_success",
        "quickbooks_connection_ids.last_error",
        "quickbooks_connection_ids.token_ids",
    )
    @api.depends_context("allowed_company_ids", "uid")
    def _compute_quickbooks_schedule(self):
        for company in self:
            for name, source in SHOWN.items():
                company[name] = company.quickbooks_connection_id[source]

    @api.depends("quickbooks_connection_ids.changes_until")
    @api.depends_context("allowed_company_ids", "uid")
    def _compute_quickbooks_of_connection(self):
        # EXTENDS quickbooks_link: a list is complete as well when all is read that
        # has changed of it since it was pulled whole
        res = super()._compute_quickbooks_of_connection()
        for company in self:
            until = company.quickbooks_connection_id.changes_until
            for name in TOLD:
                if until and company[name]:
                    company[name] = max(company[name], until)
        return res

    def action_quickbooks_sync_changes(self):
        """Pull what has changed in QuickBooks since the last sync."""
        self._quickbooks_check_manager()
        known = self.quickbooks_connection_id.sudo()._knows_changes()
        return self._quickbooks_sync("changes" if known else "full")

    def action_quickbooks_show_run(self):
        """Show the progress of the sync that is under way."""
        self._quickbooks_check_manager()
        run = self.quickbooks_open_run_id
        if run:
            return run.action_show_progress()
        return soft_reload()
