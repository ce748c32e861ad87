from contextlib import contextmanager

from odoo import api, fields, models, tools
from odoo.exceptions import RedirectWarning, UserError

from ..company_profile import read_profile
from ..groups import ADMIN
from ..qbo import hosts
from ..qbo.client import QuickBooksClient
from ..qbo.oauth import AppKeys, OAuthClient, discover
from ..qbo.transport import Transport
from ..settings import server_setting
from ..vault import seal, unseal
from .quickbooks_call import KEPT_TEXT

SANDBOX = "sandbox"
PRODUCTION = "production"
ENVIRONMENTS = [(SANDBOX, "Sandbox"), (PRODUCTION, "Production")]

# Where Intuit answers. A server's configuration may name other places (a local
# QuickBooks, a proxy); the database may not, as a copied or altered database must
# not be able to send tokens elsewhere.
DISCOVERY_URLS = {
    SANDBOX: hosts.SANDBOX_DISCOVERY,
    PRODUCTION: hosts.PRODUCTION_DISCOVERY,
}
API_URLS = {SANDBOX: hosts.SANDBOX_API, PRODUCTION: hosts.PRODUCTION_API}


class QuickBooksApp(models.Model):
    """The app at Intuit that this server is: one row per environment."""

    _name = "quickbooks.app"
    _description = "Intuit App Keys"
    _rec_name = "environment"

    environment = fields.Selection(ENVIRONMENTS, required=True, readonly=True)
    client_id = fields.Char(string="Client ID")
    client_secret_sealed = fields.Char(groups=fields.NO_ACCESS)

    _environment_unique = models.Constraint(
        "UNIQUE (environment)", "There is one set of app keys for each environment."
    )

    @api.model
    def _of(self, environment):
        """Return the row of ``environment``, as superuser; it may be empty."""
        return self.sudo().search([("environment", "=", environment)], limit=1)

    @api.model
    def _set(self, environment, client_id=None, client_secret=None):
        """Store what is given for ``environment``; the rest stays as it is."""
        app = self._of(environment) or self.sudo().create({"environment": environment})
        if client_id is not None:
            app.client_id = client_id.strip()
        if client_secret:
            app.client_secret_sealed = seal(client_secret.strip())

    @api.model
    def _keys(self, environment):
        """Return the :class:`AppKeys` of ``environment``.

        The server's configuration comes first, so that a hosted installation
        keeps its keys out of the database.

        :raise RedirectWarning: none are set, and the user may set them
        :raise UserError: none are set, and an administrator has to
        """
        client_id = server_setting(f"{environment}_client_id")
        secret = server_setting(f"{environment}_client_secret")
        if not (client_id and secret):
            app = self._of(environment)
            client_id, sealed = app.client_id, app.client_secret_sealed
            secret = unseal(sealed) if sealed else ""
        if not (client_id and secret):
            self._raise_keys_missing(environment)
        return AppKeys(client_id, secret)

    @api.model
    def _raise_keys_missing(self, environment):
        label = dict(self._fields["environment"]._description_selection(self.env))
        message = self.env._(
            "The Intuit app keys for %(environment)s are not set. They are needed "
            "before anybody can log in to QuickBooks.",
            environment=label[environment],
        )
        if not self.env.user.has_group(ADMIN):
            raise UserError(
                message
                + "\n"
                + self.env._("Ask an administrator to set them in General Settings.")
            )
        action = self.env.ref("base_setup.action_general_configuration")
        raise RedirectWarning(message, action.id, self.env._("Go to General Settings"))

    @api.model
    def _discovery_url(self, environment):
        return (
            server_setting(f"{environment}_discovery_url")
            or DISCOVERY_URLS[environment]
        )

    @api.model
    def _api_url(self, environment):
        """Return the base address of the Accounting API of ``environment``."""
        return server_setting(f"{environment}_api_url") or API_URLS[environment]

    @api.model
    def _allowed_origins(self, environment):
        """Return the only origins that a request of ours may go to."""
        configured = {self._discovery_url(environment), self._api_url(environment)}
        return hosts.INTUIT_ORIGINS | {hosts.origin_of(url) for url in configured}

    @api.model
    def _transport(self, environment, **options):
        """Return a :class:`Transport` that reaches ``environment`` and no more."""
        return Transport(self._allowed_origins(environment), **options)

    @api.model
    @contextmanager
    def _sign_in_transport(self, environment, connection, user, **options):
        """Give a :class:`Transport` whose calls are kept in the company's history.

        :param connection: for whose company somebody logs in, or did
        :param user: whose consent it is about
        """
        history = self.env["quickbooks.call"]._recorder(connection, user)
        with history as recorder:
            kept = {"after_call": recorder.after(None), "keep_texts": KEPT_TEXT}
            transport = self._transport(environment, **kept, **options)
            with transport, transport.about(connection.company_id):
                yield transport

    @api.model
    def _oauth_client(self, environment, transport):
        """Return an :class:`OAuthClient` with the app keys of ``environment``."""
        endpoints = self._endpoints(self._discovery_url(environment))
        return OAuthClient(transport, self._keys(environment), endpoints)

    @api.model
    def _read_profile(self, environment, transport, realm_id, tokens):
        """Ask QuickBooks about the company for which ``tokens`` were just given.

        :return: values of ``quickbooks.connection``
        """
        client = QuickBooksClient(
            transport,
            self._api_url(environment),
            realm_id,
            lambda force_refresh=False: tokens.access_token,
        )
        return read_profile(self.env, client, environment)

    @api.model
    @tools.ormcache("discovery_url")
    def _endpoints(self, discovery_url):
        """Read Intuit's discovery document once, as Intuit asks clients to do."""
        environment = next(
            name
            for name in DISCOVERY_URLS
            if self._discovery_url(name) == discovery_url
        )
        with self._transport(environment) as transport:
            return discover(transport, discovery_url)
