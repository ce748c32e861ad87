from odoo import api, fields, models
from odoo.tools.urls import urljoin

from ..groups import ADMIN
from ..settings import server_setting
from .quickbooks_app import PRODUCTION, SANDBOX
from .quickbooks_app_webhooks import WEBHOOK_PATH


class ResConfigSettings(models.TransientModel):
    """The verifier tokens of webhooks: handed in, sealed, never read back."""

    _inherit = "res.config.settings"

    quickbooks_webhook_url = fields.Char(
        string="Webhook Endpoint",
        compute="_compute_quickbooks_webhook_url",
        groups=ADMIN,
        help="Enter this address at Intuit, on your app's page under Webhooks.",
    )
    quickbooks_production_webhook_verifier = fields.Char(
        string="Production Verifier Token",
        groups=ADMIN,
        help="Intuit shows it under Webhooks in the production settings of your app.",
    )
    quickbooks_production_webhook_state = fields.Selection(
        "_selection_quickbooks_state",
        string="Production Verifier Token State",
        readonly=True,
        groups=ADMIN,
        help="Whether a verifier token is known, and where from.",
    )
    quickbooks_sandbox_webhook_verifier = fields.Char(
        string="Sandbox Verifier Token",
        groups=ADMIN,
        help="Intuit shows it under Webhooks in the development settings of your app.",
    )
    quickbooks_sandbox_webhook_state = fields.Selection(
        "_selection_quickbooks_state",
        string="Sandbox Verifier Token State",
        readonly=True,
        groups=ADMIN,
        help="Whether a verifier token is known, and where from.",
    )

    @api.depends("company_id")
    def _compute_quickbooks_webhook_url(self):
        url = urljoin(self.env.company.get_base_url(), WEBHOOK_PATH)
        self.quickbooks_webhook_url = url

    @api.model
    def get_values(self):
        """EXTENDS base: tell whether tokens are set; they are never read back."""
        values = super().get_values()
        if self.env.user.has_group(ADMIN):
            for environment in (SANDBOX, PRODUCTION):
                state = self._quickbooks_webhook_state(environment)
                values[f"quickbooks_{environment}_webhook_state"] = state
        return values

    def set_values(self):
        """EXTENDS base: keep the tokens; an empty one changes nothing."""
        result = super().set_values()
        if self.env.user.has_group(ADMIN):
            for environment in (SANDBOX, PRODUCTION):
                self._quickbooks_set_webhook(environment)
        return result

    @api.model
    def _quickbooks_webhook_state(self, environment):
        if server_setting(f"{environment}_webhook_verifier"):
            return "server"
        app = self.env["quickbooks.app"]._of(environment)
        return "set" if app.webhook_verifier_sealed else "missing"

    def _quickbooks_set_webhook(self, environment):
        """Hand the token over, and keep no copy of it in this row."""
        name = f"quickbooks_{environment}_webhook_verifier"
        if self[name]:
            self.env["quickbooks.app"]._set_webhook_verifier(environment, self[name])
        self[name] = False
