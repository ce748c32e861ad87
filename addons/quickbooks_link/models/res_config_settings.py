from odoo import api, fields, models

from ..groups import ADMIN
from ..settings import server_setting
from .quickbooks_app import PRODUCTION, SANDBOX


class ResConfigSettings(models.TransientModel):
    """The app keys of Intuit, in General Settings."""

    _inherit = "res.config.settings"

    quickbooks_production_client_id = fields.Char(
        string="Production Client ID",
        groups=ADMIN,
        help="The client ID of your app at Intuit, under Production.",
    )
    quickbooks_production_client_secret = fields.Char(
        string="Production Client Secret",
        groups=ADMIN,
        help="The client secret of your app at Intuit, under Production. "
        "It is sealed and never shown again.",
    )
    quickbooks_production_state = fields.Selection(
        "_selection_quickbooks_state", readonly=True, groups=ADMIN
    )
    quickbooks_sandbox_client_id = fields.Char(
        string="Sandbox Client ID",
        groups=ADMIN,
        help="The client ID of your app at Intuit, under Development.",
    )
    quickbooks_sandbox_client_secret = fields.Char(
        string="Sandbox Client Secret",
        groups=ADMIN,
        help="The client secret of your app at Intuit, under Development. "
        "It is sealed and never shown again.",
    )
    quickbooks_sandbox_state = fields.Selection(
        "_selection_quickbooks_state", readonly=True, groups=ADMIN
    )
    quickbooks_redirect_url = fields.Char(
        string="Redirect URI",
        compute="_compute_quickbooks_redirect_url",
        groups=ADMIN,
        help="Register this address at Intuit, exactly as it is.",
    )

    @api.model
    def _selection_quickbooks_state(self):
        words = {
            "missing": self.env._("Not set"),
            "set": self.env._("Set"),
            "server": self.env._("Set by the server's configuration"),
        }
        return list(words.items())

    @api.depends("company_id")
    def _compute_quickbooks_redirect_url(self):
        url = self.env.company._quickbooks_callback_url()
        self.quickbooks_redirect_url = url

    @api.model
    def get_values(self):
        """EXTENDS base: show the client IDs; a secret is never read back."""
        values = super().get_values()
        if self.env.user.has_group(ADMIN):
            for environment in (SANDBOX, PRODUCTION):
                values.update(self._quickbooks_get(environment))
        return values

    def set_values(self):
        """EXTENDS base: keep the app keys; an empty secret changes nothing."""
        result = super().set_values()
        if self.env.user.has_group(ADMIN):
            for environment in (SANDBOX, PRODUCTION):
                self._quickbooks_set(environment)
        return result

    @api.model
    def _quickbooks_get(self, environment):
        app = self.env["quickbooks.app"]._of(environment)
        state = "set" if app.client_id and app.client_secret_sealed else "missing"
        if server_setting(f"{environment}_client_id"):
            state = "server"
        return {
            f"quickbooks_{environment}_client_id": app.client_id,
            f"quickbooks_{environment}_client_secret": False,
            f"quickbooks_{environment}_state": state,
        }

    def _quickbooks_set(self, environment):
        """Hand the keys over, and keep no copy of the secret in this row."""
        secret = f"quickbooks_{environment}_client_secret"
        self.env["quickbooks.app"]._set(
            environment, self[f"quickbooks_{environment}_client_id"] or "", self[secret]
        )
        self[secret] = False
