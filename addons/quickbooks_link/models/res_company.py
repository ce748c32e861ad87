from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.http import STORED_SESSION_BYTES, request
from odoo.tools import format_date, format_list
from odoo.tools.urls import urljoin

from ..client_actions import notification, soft_reload
from ..company_profile import read_profile
from ..explanations import explain
from ..groups import MANAGER
from ..qbo.errors import AuthenticationError, GrantError, QuickBooksError
from .quickbooks_app import PRODUCTION, SANDBOX
from .quickbooks_outbox import REFUSED_LOGINS

CALLBACK_PATH = "/quickbooks/oauth/callback"
# Fields of the tab that show a field of the connection.
SHOWN = {
    "quickbooks_company_name": "quickbooks_company_name",
    "quickbooks_realm_id": "realm_id",
    "quickbooks_customers_last_completed": "customers_last_completed",
    "quickbooks_items_last_completed": "items_last_completed",
    "quickbooks_tax_codes_last_completed": "tax_codes_last_completed",
    "quickbooks_payments_last_completed": "payments_last_completed",
    "quickbooks_full_sync_last_completed": "full_sync_last_completed",
}


class ResCompany(models.Model):
    """The tab Junari QuickBooks Link: its options, state and buttons."""

    _inherit = "res.company"

    # === Options of the tab === #

    quickbooks_use_sandbox = fields.Boolean(
        string="Use Sandbox",
        groups=MANAGER,
        help="Connect to a QuickBooks sandbox company, to test without touching real "
        "books. It can be changed while the company is not connected.",
    )
    quickbooks_use_document_numbers = fields.Boolean(
        string="Use QuickBooks Document Numbers",
        groups=MANAGER,
        help="QuickBooks numbers the invoices and credit notes. Make sure that "
        "“Custom transaction numbers” is disabled in QuickBooks.",
    )
    quickbooks_include_customer_name = fields.Boolean(
        string="Include Customer Name",
        groups=MANAGER,
        help="QuickBooks documents show the customer's company name with the billing "
        "address. Once enabled, the name will always appear with the address.",
    )
    quickbooks_background_user_ids = fields.One2many(
        "quickbooks.background.user",
        "company_id",
        string="Run Background Sync As",
        groups=MANAGER,
        help="ERP managers with access to QuickBooks Online. The background sync logs "
        "in as the first of them and goes down the list until one works.",
    )

    # === State of the link === #

    quickbooks_connection_ids = fields.One2many(
        "quickbooks.connection",
        "company_id",
        string="QuickBooks Connections",
        groups=MANAGER,
    )
    quickbooks_connection_id = fields.Many2one(
        "quickbooks.connection",
        compute="_compute_quickbooks_connection_id",
        search="_search_quickbooks_connection_id",
        string="QuickBooks Connection",
        groups=MANAGER,
    )
    quickbooks_state = fields.Selection(
        [
            ("disconnected", "Not connected"),
            ("connected", "Connected"),
            ("others", "Connected by others"),
            ("attention", "Log in again"),
            ("elsewhere", "Another company is selected"),
        ],
        compute="_compute_quickbooks_state",
        groups=MANAGER,
    )
    quickbooks_status = fields.Char(
        compute="_compute_quickbooks_state",
        groups=MANAGER,
        help="How the link stands, and what to do next.",
    )
    quickbooks_company_name = fields.Char(
        string="Connected QB Company Name",
        compute="_compute_quickbooks_of_connection",
        groups=MANAGER,
        help="The QuickBooks company that this company is linked to.",
    )
    quickbooks_realm_id = fields.Char(
        string="Connected QB Company ID",
        compute="_compute_quickbooks_of_connection",
        groups=MANAGER,
        help="The ID of that company in QuickBooks.",
    )
    quickbooks_customers_last_completed = fields.Datetime(
        string="Customers Last Completed",
        compute="_compute_quickbooks_of_connection",
        groups=MANAGER,
        help="When all customers, or all that had changed of them, were last pulled.",
    )
    quickbooks_items_last_completed = fields.Datetime(
        string="Products and Services Last Completed",
        compute="_compute_quickbooks_of_connection",
        groups=MANAGER,
        help="When all products and services, or all that had changed of them, were "
        "last pulled.",
    )
    quickbooks_tax_codes_last_completed = fields.Datetime(
        string="Tax Codes Last Completed",
        compute="_compute_quickbooks_of_connection",
        groups=MANAGER,
        help="When all tax codes were last pulled.",
    )
    quickbooks_full_sync_last_completed = fields.Datetime(
        string="Full Sync Last Completed",
        compute="_compute_quickbooks_of_connection",
        groups=MANAGER,
        help="When all lists were last pulled.",
    )

    # Not related fields: those are computed as superuser, and would show a manager
    # the links of companies that are not theirs.
    @api.depends(*(f"quickbooks_connection_ids.{name}" for name in SHOWN.values()))
    @api.depends_context("allowed_company_ids", "uid")
    def _compute_quickbooks_of_connection(self):
        for company in self:
            for name, source in SHOWN.items():
                company[name] = company.quickbooks_connection_id[source]

    @api.depends("quickbooks_connection_ids")
    @api.depends_context("allowed_company_ids", "uid")
    def _compute_quickbooks_connection_id(self):
        """Find the links that the user may see: those of the active companies."""
        connections = self.env["quickbooks.connection"].search(
            [("company_id", "in", self.ids)]
        )
        by_company = connections.grouped("company_id")
        for company in self:
            company.quickbooks_connection_id = by_company.get(company._origin, False)

    @api.model
    def _search_quickbooks_connection_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        connections = self.env["quickbooks.connection"]
        chosen = connections.browse([one for one in value if one]).exists()
        domain = Domain("id", "in", chosen.company_id.ids)
        if False in value:
            # Each has one.
            linked = connections.search([("company_id", "!=", False)]).company_id
            domain |= Domain("id", "not in", linked.ids)
        return domain

    @api.depends("quickbooks_connection_ids.token_ids.state")
    @api.depends_context("allowed_company_ids", "uid", "lang")
    def _compute_quickbooks_state(self):
        for company in self:
            state = company._quickbooks_find_state()
            company.quickbooks_state = state
            company.quickbooks_status = company._quickbooks_describe(state)

    def _quickbooks_find_state(self):
        if self._origin not in self.env.companies:
            return "elsewhere"
        connection = self.quickbooks_connection_id
        if connection.state != "connected":
            return connection.state or "disconnected"
        mine = connection._token_of(self.env.user)
        if not mine:
            return "others"
        return "connected" if mine.state == "active" else "attention"

    def _quickbooks_describe(self, state):
        """Return ``state`` in words, with what can be done next."""
        describe = {
            "elsewhere": self._quickbooks_describe_elsewhere,
            "disconnected": self._quickbooks_describe_disconnected,
            "attention": self._quickbooks_describe_attention,
        }.get(state, self._quickbooks_describe_connected)
        return describe()

    def _quickbooks_describe_elsewhere(self):
        return self.env._(
            "Select %s in the company menu to see and manage its link to QuickBooks.",
            self.name or self.env._("this company"),
        )

    def _quickbooks_describe_disconnected(self):
        connection = self.quickbooks_connection_id
        if not connection.realm_id:
            return self.env._(
                "Not connected. Press Connect to QuickBooks and log in to the "
                "QuickBooks company that keeps the books of %s.",
                self.name or self.env._("this company"),
            )
        return self.env._(
            "Not connected. The link to “%s” is remembered: connect to it again and "
            "everything continues where it stopped.",
            connection.quickbooks_company_name,
        )

    def _quickbooks_describe_attention(self):
        return self.env._(
            "QuickBooks asks you to log in again. Press Connect to QuickBooks."
        )

    def _quickbooks_describe_connected(self):
        connection = self.quickbooks_connection_id
        mine = connection._token_of(self.env.user)
        if mine:
            return self.env._(
                "Connected to “%(company)s” as %(user)s. The log-in stays valid with "
                "use, and at least until %(until)s.",
                company=connection.quickbooks_company_name,
                user=self.env.user.name,
                until=format_date(self.env, mine.refresh_expires_at),
            )
        users = connection.sudo().token_ids.filtered(lambda t: t.state == "active")
        return self.env._(
            "Connected to “%(company)s” by %(users)s. Press Connect to QuickBooks to "
            "log in yourself.",
            company=connection.quickbooks_company_name,
            users=format_list(self.env, users.user_id.mapped("name")),
        )

    @api.constrains("quickbooks_use_sandbox")
    def _check_quickbooks_use_sandbox(self):
        for company in self:
            connection = company.quickbooks_connection_id
            wanted = company._quickbooks_environment()
            if connection.token_ids and connection.environment != wanted:
                raise ValidationError(
                    self.env._(
                        "Disconnect %s from QuickBooks before you change Use Sandbox.",
                        company.name,
                    )
                )

    # === Buttons === #

    def action_quickbooks_open(self):
        """Open the company at its tab."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "quickbooks_link.action_company_link"
        )
        return {**action, "res_id": self.id}

    def action_quickbooks_connect(self):
        """Send the user to Intuit's log-in and consent page."""
        self._quickbooks_check_manager()
        app = self.env["quickbooks.app"]
        environment = self._quickbooks_environment()
        self._quickbooks_get_connection()
        state = self.env["quickbooks.oauth.request"]._open(
            self, environment, request.session.sid[:STORED_SESSION_BYTES]
        )
        try:
            with app._transport(environment) as transport:
                client = app._oauth_client(environment, transport)
                url = client.authorization_url(self._quickbooks_callback_url(), state)
        except QuickBooksError as error:
            raise UserError(explain(self.env, error)) from error
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def action_quickbooks_test(self):
        """Ask QuickBooks for its company and tell which one answered."""
        self._quickbooks_check_manager()
        connection = self._quickbooks_get_connection()
        try:
            with connection._client() as client:
                profile = read_profile(self.env, client, connection.environment)
        except QuickBooksError as error:
            return self._quickbooks_answer_failure(connection, error)
        connection.write(profile)
        return self._quickbooks_notify(
            self.env._(
                "Connected to “%(name)s” (company ID %(realm)s).",
                name=connection.quickbooks_company_name,
                realm=connection.realm_id,
            ),
            title=self.env._("QuickBooks answers"),
        )

    def _quickbooks_answer_failure(self, connection, error):
        """Return what follows when QuickBooks did not answer the user as it should.

        With a log-in that it refused, the tab asks for a new one from now on.
        """
        if isinstance(error, REFUSED_LOGINS):
            connection._token_of(self.env.user)._refuse_apart(error)
        if isinstance(error, (GrantError, AuthenticationError)):
            return self.action_quickbooks_connect()
        words = explain(self.env, error)
        if not isinstance(error, REFUSED_LOGINS):
            raise UserError(words) from error
        title = self.env._("Not working")
        return self._quickbooks_notify(words, title, kind="danger")

    def action_quickbooks_disconnect(self):
        """End the link: all users' log-ins are revoked at Intuit and deleted here."""
        self._quickbooks_check_manager()
        heard = self._quickbooks_get_connection()._disconnect()
        if heard:
            return self._quickbooks_notify(
                self.env._(
                    "All stored log-ins have been cleared. QuickBooks records and "
                    "mappings are kept."
                ),
                title=self.env._("Disconnected from QuickBooks"),
            )
        return self._quickbooks_notify(
            self.env._(
                "All stored log-ins have been cleared here, but Intuit could not be "
                "told. To be sure, remove the app in QuickBooks under Apps."
            ),
            title=self.env._("Disconnected from QuickBooks"),
            kind="warning",
        )

    def action_quickbooks_forget(self):
        """Let go of the remembered QuickBooks company, to link another one."""
        self._quickbooks_check_manager()
        name = self.quickbooks_company_name
        if not name:
            # Pressed on a page from before.
            return soft_reload()
        self._quickbooks_get_connection()._forget()
        return self._quickbooks_notify(
            self.env._("“%s” is no longer linked to this company.", name),
            title=self.env._("QuickBooks company forgotten"),
        )

    def action_quickbooks_sync_customers(self):
        """Pull Customers and Account Balances."""
        return self._quickbooks_sync("customers")

    def action_quickbooks_sync_items(self):
        """Pull Products and Services."""
        return self._quickbooks_sync("items")

    def action_quickbooks_sync_tax_codes(self):
        """Pull Tax Codes."""
        return self._quickbooks_sync("tax_codes")

    def action_quickbooks_sync_full(self):
        """Pull customers, products, tax codes, then invoices and payments."""
        return self._quickbooks_sync("full")

    def _quickbooks_sync(self, kind):
        self._quickbooks_check_manager()
        token = self._quickbooks_get_connection()._token_of(self.env.user)
        if token.state != "active":
            return self.action_quickbooks_connect()
        return self.env["quickbooks.sync.run"]._start(self, kind)

    # === Helpers === #

    def _quickbooks_check_manager(self):
        """Refuse whoever may not manage the link of this one company.

        The buttons can be called over RPC by anybody: what the view hides is
        checked here.
        """
        self.ensure_one()
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only ERP managers can use the link to QuickBooks.")
            )
        if self not in self.env.companies:
            raise AccessError(self._quickbooks_describe_elsewhere())

    def _quickbooks_environment(self):
        return SANDBOX if self.quickbooks_use_sandbox else PRODUCTION

    def _quickbooks_callback_url(self):
        """Return the address to register at Intuit, byte for byte."""
        return urljoin(self.get_base_url(), CALLBACK_PATH)

    def _quickbooks_get_connection(self):
        """Return the company's connection, as superuser; make it if need be."""
        self.ensure_one()
        connections = self.env["quickbooks.connection"].sudo()
        return connections.search([("company_id", "=", self.id)]) or connections.create(
            {"company_id": self.id}
        )

    def _quickbooks_notify(self, message, title, kind="success"):
        return notification(message, soft_reload(), title=title, kind=kind)
