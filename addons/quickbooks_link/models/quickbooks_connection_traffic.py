from odoo import api, fields, models
from odoo.http import request

from .quickbooks_app import PRODUCTION
from .quickbooks_meter import Meter

# Seconds that a call waits for its place, unless its caller says otherwise: a person
# waits for a web request, nobody for the scheduler.
WEB_PATIENCE = 5
BACKGROUND_PATIENCE = 60

FREE_CALLS = 500_000
WARN_AT = 80


class QuickBooksConnection(models.Model):
    """The calls of a link: kept within Intuit's limits, and counted."""

    _inherit = "quickbooks.connection"

    calls_this_month = fields.Integer(
        string="Metered Calls This Month",
        compute="_compute_calls",
        help="Reads of this QuickBooks company that Intuit counts.",
    )
    calls_forecast = fields.Integer(
        string="Forecast of Metered Calls",
        compute="_compute_calls",
        help="What this month will come to if it goes on as the last seven days.",
    )
    calls_warning = fields.Char(
        compute="_compute_calls_warning",
        help="Set when the free calls of all companies together may not last for the "
        "month.",
    )

    def _watchers(self, patience=None):
        # EXTENDS quickbooks.connection
        return [*super()._watchers(patience), Governed(self, patience), Meter(self)]

    def _compute_calls(self):
        meter = self.env["quickbooks.meter"]
        for connection in self:
            realms = [connection.realm_id] if connection.realm_id else []
            so_far, forecast = meter._figures(realms)
            connection.calls_this_month = so_far
            connection.calls_forecast = forecast

    def _compute_calls_warning(self):
        words = self._tell_calls_warning()
        for connection in self:
            # Intuit counts only what is asked in production.
            counted = connection.environment == PRODUCTION
            connection.calls_warning = words if counted else False

    @api.model
    def _tell_calls_warning(self):
        """Return what to tell when the free calls may not last, or nothing."""
        so_far, forecast = self.env["quickbooks.meter"]._figures()
        free, share = self._free_calls()
        if max(so_far, forecast) < free * share / 100:
            return False
        return self.env._(
            "Intuit meters reads: %(so_far)s of %(free)s free calls are used this "
            "month, and it will come to about %(forecast)s. Beyond the limit Intuit "
            "blocks the app or bills it. Let the scheduled sync run less often.",
            so_far=f"{so_far:,}",
            free=f"{free:,}",
            forecast=f"{forecast:,}",
        )

    @api.model
    def _free_calls(self):
        """Return how many metered calls are free a month, and when to warn (%)."""
        parameters = self.env["ir.config_parameter"].sudo()
        free = parameters.get_param("quickbooks_link.free_calls") or FREE_CALLS
        share = parameters.get_param("quickbooks_link.warn_at") or WARN_AT
        return int(free), int(share)


class Governed:
    """Keeps the calls of one client within Intuit's limits."""

    def __init__(self, connection, patience):
        self.governor = connection.env["quickbooks.governor"]
        self.realm_id = connection.realm_id
        usual = WEB_PATIENCE if request else BACKGROUND_PATIENCE
        self.patience = usual if patience is None else patience

    def before_call(self, record):
        """Wait for a place, or raise :class:`LimitReachedError`."""
        self.governor._wait_for_place(
            self.realm_id, batch=record.label == "batch", patience=self.patience
        )

    def after_call(self, record):
        """Tell everybody when QuickBooks asks to slow down."""
        if record.status == 429:
            self.governor._close_gate(self.realm_id, record.asked_wait)

    def close(self):
        """Nothing is held between two calls."""
