import logging

from odoo import api, fields, models

from ..qbo import webhooks
from ..settings import server_setting
from ..vault import VaultError, seal, unseal
from .quickbooks_app import PRODUCTION, SANDBOX

_logger = logging.getLogger(__name__)

WEBHOOK_PATH = "/quickbooks/webhooks"


class QuickBooksApp(models.Model):
    """The verifier tokens, with which Intuit signs what it sends."""

    _inherit = "quickbooks.app"

    webhook_verifier_sealed = fields.Char(groups=fields.NO_ACCESS)

    @api.model
    def _set_webhook_verifier(self, environment, verifier):
        """Store the verifier token of ``environment``."""
        app = self._of(environment) or self.sudo().create({"environment": environment})
        app.webhook_verifier_sealed = seal(verifier.strip())

    @api.model
    def _webhook_verifier(self, environment):
        """Return the verifier token of ``environment``, or an empty string."""
        configured = server_setting(f"{environment}_webhook_verifier")
        sealed = self._of(environment).webhook_verifier_sealed
        if configured or not sealed:
            return configured
        try:
            return unseal(sealed)
        except VaultError as error:
            _logger.warning(
                "The webhook verifier token of %s can't be used: %s", environment, error
            )
            return ""

    @api.model
    def _webhook_signers(self, body, signature):
        """Return the environments whose verifier token has signed ``body``.

        Usually one or none; both if they share a token.
        """
        tokens = {
            environment: self._webhook_verifier(environment)
            for environment in (SANDBOX, PRODUCTION)
        }
        return [
            environment
            for environment, token in tokens.items()
            if token and webhooks.is_signed(token, body, signature)
        ]
