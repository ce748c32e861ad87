from contextlib import ExitStack, contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..explanations import explain
from ..qbo.client import QuickBooksClient
from ..qbo.errors import NoLoginError
from .quickbooks_app import ENVIRONMENTS, PRODUCTION
from .quickbooks_call import KEPT_TEXT


class QuickBooksConnection(models.Model):
    """The link of one Odoo company to one QuickBooks company.

    It outlives a disconnection: the QuickBooks company stays remembered, so that
    nobody mixes the books of two companies by connecting another one.
    """

    _name = "quickbooks.connection"
    _description = "QuickBooks Connection"
    _rec_name = "quickbooks_company_name"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    environment = fields.Selection(ENVIRONMENTS, default=PRODUCTION, required=True)
    token_ids = fields.One2many("quickbooks.token", "connection_id")
    state = fields.Selection(
        [
            ("disconnected", "Not connected"),
            ("connected", "Connected"),
            ("attention", "Log in again"),
        ],
        compute="_compute_state",
        compute_sudo=True,
    )

    # What QuickBooks says of its company
    realm_id = fields.Char(string="QuickBooks Company ID", index=True)
    quickbooks_company_name = fields.Char(string="QuickBooks Company")
    country_code = fields.Char(help="Decides QuickBooks' tax model.")
    home_currency_id = fields.Many2one("res.currency")
    multicurrency = fields.Boolean()
    custom_transaction_numbers = fields.Boolean()
    book_close_date = fields.Date()
    terms = fields.Json(help="QuickBooks' payment terms, for invoices to name.")
    tax_model = fields.Selection(
        [
            ("none", "No sales tax"),
            ("us_automated", "US automated sales tax"),
            ("us_manual", "US sales tax"),
            ("global", "Tax code on every line"),
        ]
    )

    # When each list was last pulled whole
    customers_last_completed = fields.Datetime()
    items_last_completed = fields.Datetime()
    tax_codes_last_completed = fields.Datetime()
    payments_last_completed = fields.Datetime()
    payments_watermark = fields.Datetime(
        help="QuickBooks' time up to which invoices and payments were read."
    )
    full_sync_last_completed = fields.Datetime()

    _company_unique = models.Constraint(
        "UNIQUE (company_id)", "An Odoo company has one link to QuickBooks."
    )
    _realm_unique = models.UniqueIndex(
        "(realm_id) WHERE realm_id IS NOT NULL",
        "This QuickBooks company is already linked to another Odoo company.",
    )

    @api.depends("token_ids.state")
    def _compute_state(self):
        for connection in self:
            states = set(connection.token_ids.mapped("state"))
            if not states:
                connection.state = "disconnected"
            else:
                connection.state = "connected" if "active" in states else "attention"

    # === Calling QuickBooks === #

    def _token_of(self, user):
        """Return ``user``'s consent for this connection, as superuser."""
        self.ensure_one()
        return self.sudo().token_ids.filtered(lambda token: token.user_id == user)

    @contextmanager
    def _client(
        self,
        *,
        user=None,
        on_call=None,
        before_call=None,
        patience=None,
        meanwhile=None,
        **options,
    ):
        """Give a :class:`QuickBooksClient` that acts as ``user``.

        :param user: whose consent is used, by default the current user's
        :param on_call: told of every call made, as a :class:`CallRecord`
        :param before_call: told of every call to be made; may raise
        :param patience: seconds that a call waits for its place at most
        :param meanwhile: done while the first answer is awaited, see :class:`Transport`
        :param options: others of :class:`Transport`, such as ``timeout``
        :raise NoLoginError: the user has no consent here; further
            :class:`QuickBooksError` come from the calls
        """
        self.ensure_one()
        token = self._token_of(user or self.env.user)
        if not token:
            raise NoLoginError("The user has not connected to QuickBooks")
        hooks = patience, before_call, on_call
        watched = self._watched(token, *hooks, meanwhile=meanwhile, **options)
        with watched as transport:
            yield QuickBooksClient(
                transport,
                self.env["quickbooks.app"]._api_url(self.environment),
                self.realm_id,
                token._source(before_call=before_call, **options),
            )

    @contextmanager
    def _watched(self, token, patience, before_call, on_call, **options):
        """Give the transport of a client, with all who are told of its calls."""
        watchers = self._watchers(patience)
        before = [*(watcher.before_call for watcher in watchers), before_call]
        after = [*(watcher.after_call for watcher in watchers), on_call]
        with ExitStack() as stack:
            history = self.env["quickbooks.call"]._recorder(self, token.user_id)
            recorder = stack.enter_context(history)
            for watcher in watchers:
                stack.callback(watcher.close)
            yield stack.enter_context(
                self.env["quickbooks.app"]._transport(
                    self.environment,
                    before_call=_each(before),
                    after_call=recorder.after(_each(after)),
                    keep_texts=KEPT_TEXT,
                    **options,
                )
            )

    def _watchers(self, _patience):
        """Return who is told of every call of a client, before and after it.

        Each has ``before_call`` and ``after_call``, as :class:`Transport` calls them,
        and ``close``. To be extended.

        :param _patience: seconds that a call may be made to wait, or None
        """
        return []

    @api.model
    def _explain(self, error):
        """Return a :class:`QuickBooksError` in words for a person."""
        return explain(self.env, error)

    # === Connecting === #

    def _lock(self):
        """Lock the link and its consents.

        :raise LockError: somebody else is connecting this company right now
        """
        self.lock_for_update(allow_referencing=True)
        self.token_ids.lock_for_update(allow_referencing=True)

    def _adopt(self, profile, tokens, user):
        """Link to the QuickBooks company that ``user`` has just agreed to.

        :param profile: values of this model, as :class:`CompanyProfile` gives them
        :param tokens: the :class:`TokenSet` of the consent
        """
        self.ensure_one()
        connection = self.sudo()
        connection.write(profile)
        token = connection._token_of(user) or connection.token_ids.create(
            {"connection_id": connection.id, "user_id": user.id}
        )
        token._store(tokens)

    def _update_profile(self, profile):
        """Keep what QuickBooks says of its company now, where it differs."""
        self.ensure_one()
        self.write(self._profile_changes(profile))

    def _profile_changes(self, profile):
        """Return those values of ``profile`` that are not held so already."""
        return {
            name: value
            for name, value in profile.items()
            if self._in_cache(name, value) != self._in_cache(name, self[name])
        }

    def _in_cache(self, name, value):
        return self._fields[name].convert_to_cache(value, self)

    def _refusal(self, profile):
        """Return why the QuickBooks company can't be linked here, or nothing."""
        self.ensure_one()
        connection = self.sudo()
        refusals = (
            connection._refuse_other_realm(profile),
            connection._refuse_taken_realm(profile),
            connection._refuse_currency(profile),
        )
        return next(filter(None, refusals), None)

    def _refuse_other_realm(self, profile):
        if self.realm_id in (False, profile["realm_id"]):
            return None
        return self.env._(
            "%(company)s is linked to the QuickBooks company “%(linked)s” "
            "(ID %(linked_id)s), and you chose “%(chosen)s” (ID %(chosen_id)s). "
            "Connect again and choose “%(linked)s”. To change to another QuickBooks "
            "company, disconnect and press Forget QuickBooks Company first.",
            company=self.company_id.name,
            linked=self.quickbooks_company_name,
            linked_id=self.realm_id,
            chosen=profile["quickbooks_company_name"],
            chosen_id=profile["realm_id"],
        )

    def _refuse_taken_realm(self, profile):
        other = self.search(
            [("realm_id", "=", profile["realm_id"]), ("id", "!=", self.id)], limit=1
        )
        return other and self.env._(
            "The QuickBooks company “%(chosen)s” is already linked to the Odoo "
            "company %(other)s. Choose another QuickBooks company, or disconnect "
            "%(other)s and press Forget QuickBooks Company there first.",
            chosen=profile["quickbooks_company_name"],
            other=other.company_id.name,
        )

    def _refuse_currency(self, profile):
        ours = self.company_id.currency_id
        if profile["home_currency_id"] == ours.id:
            return None
        theirs = self.env["res.currency"].browse(profile["home_currency_id"])
        return self.env._(
            "The QuickBooks company “%(chosen)s” keeps its books in %(theirs)s, and "
            "%(company)s in %(ours)s. Both must use the same currency: choose "
            "another QuickBooks company, or correct the currency of %(company)s.",
            chosen=profile["quickbooks_company_name"],
            theirs=theirs.name or profile["home_currency_code"],
            company=self.company_id.name,
            ours=ours.name,
        )

    # === Disconnecting === #

    def _disconnect(self):
        """End every user's consent; return whether Intuit could be told."""
        self.ensure_one()
        return self.sudo().token_ids._revoke()

    def _forget(self):
        """Let go of the QuickBooks company; its records are kept, inactive."""
        self.ensure_one()
        if self.state != "disconnected":
            raise UserError(
                self.env._("Disconnect from QuickBooks before you forget the company.")
            )
        self.env["quickbooks.mirror"]._archive_all(self)
        self.sudo().write(
            {
                "realm_id": False,
                "quickbooks_company_name": False,
                "customers_last_completed": False,
                "items_last_completed": False,
                "tax_codes_last_completed": False,
                "payments_last_completed": False,
                "payments_watermark": False,
                "full_sync_last_completed": False,
                "changes_until": False,
            }
        )


def _each(hooks):
    """Return one hook that calls all of ``hooks`` that there are."""
    hooks = [hook for hook in hooks if hook]

    def call(record):
        for hook in hooks:
            hook(record)

    return call
