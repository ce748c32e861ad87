import logging
import time
from datetime import timedelta, timezone

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from psycopg2.errors import LockNotAvailable, SerializationFailure

from ..explanations import explain
from ..qbo.errors import (
    AppKeysError,
    AuthorizationError,
    GrantError,
    OAuthError,
    QuickBooksError,
    TransportError,
)
from ..vault import VaultError, seal, unseal

_logger = logging.getLogger(__name__)

# A token that ends within this time is renewed before it is used: a request may
# wait in a queue, and clocks differ.
EARLY = timedelta(minutes=2)
LOCK_PAUSES = (0.05, 0.1, 0.2, 0.4)
# Seconds to connect to Intuit and to wait for it, where the caller names none.
PATIENCE = (5, 60)


class QuickBooksToken(models.Model):
    """One user's consent for one connection.

    Intuit replaces the refresh token about once a day and refuses the old one at
    once, and it may take two refreshes at a time for theft. So a token is
    refreshed by one worker at a time, under a lock of its row, in a transaction of
    its own that is committed before the new token is used: no roll-back of the
    caller's work can lose it.
    """

    _name = "quickbooks.token"
    _description = "QuickBooks Consent"
    _rec_name = "user_id"

    connection_id = fields.Many2one(
        "quickbooks.connection",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, index=True
    )
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="cascade"
    )
    state = fields.Selection(
        [("active", "Connected"), ("reconnect", "Log in again")],
        default="active",
        required=True,
        readonly=True,
    )
    problem = fields.Char(readonly=True, help="Why the user has to log in again.")
    access_token_sealed = fields.Text(groups=fields.NO_ACCESS, prefetch=False)
    refresh_token_sealed = fields.Text(groups=fields.NO_ACCESS, prefetch=False)
    access_expires_at = fields.Datetime(readonly=True)
    refresh_expires_at = fields.Datetime(
        readonly=True, help="Without any use, the consent ends at this time."
    )
    refresh_hard_expires_at = fields.Datetime(
        readonly=True, help="However it is used, the consent ends at this time."
    )

    _user_unique = models.Constraint(
        "UNIQUE (connection_id, user_id)",
        "A user has one QuickBooks consent for each company.",
    )

    # === Storing === #

    def _store(self, tokens):
        """Keep what Intuit's token endpoint answered (a :class:`TokenSet`)."""
        self.ensure_one()
        self.sudo().write(
            {
                "state": "active",
                "problem": False,
                "access_token_sealed": seal(tokens.access_token),
                "refresh_token_sealed": seal(tokens.refresh_token),
                "access_expires_at": _naive(tokens.access_expires_at),
                "refresh_expires_at": _naive(tokens.refresh_expires_at),
                "refresh_hard_expires_at": _naive(tokens.refresh_hard_expires_at)
                or self.refresh_hard_expires_at,
            }
        )

    def _refuse(self, problem):
        """Note that nothing but a new log-in helps, and why."""
        self.sudo().write({"state": "reconnect", "problem": problem})

    def _refuse_apart(self, error):
        """Note the same in a transaction of its own: this one may be rolled back.

        :param error: with which QuickBooks has refused a log-in that looked good
        """
        access = isinstance(error, AuthorizationError)
        problem = explain(self.env, error) if access else str(error)
        with self.env.registry.cursor() as cr:
            token = self.with_env(self.env(cr=cr, su=True)).exists()
            if token.state == "active":
                token._refuse(problem)
        self.invalidate_recordset()

    def _tell_problem(self):
        """Return what the user has to do, and why."""
        return self.env._(
            "Has to press Connect to QuickBooks and log in again. %s",
            self.problem or "",
        ).strip()

    # === Using === #

    def _source(self, **options):
        """Return the function that hands access tokens to a client of the API.

        It takes whether the token it handed out last was refused.

        :param options: of the :class:`Transport` that renews the token
        """
        handed = None

        def access_token(force_refresh=False):
            nonlocal handed
            handed = self._access_token(handed if force_refresh else None, **options)
            return handed

        return access_token

    def _access_token(self, refused=None, **options):
        """Return an access token that is good for the next minutes.

        :param refused: an access token that QuickBooks has just refused
        :param options: of the :class:`Transport` that renews the token
        :raise GrantError: the user has to log in again; the row says so
        """
        self.ensure_one()
        current = self._fresh_access_token(refused)
        return current or self._refresh(refused, options)

    def _fresh_access_token(self, refused):
        token = self.sudo()
        if token.state == "reconnect":
            raise GrantError(token.problem or "The user has to log in again")
        soon = fields.Datetime.now() + EARLY
        if not token.access_expires_at or token.access_expires_at < soon:
            return None
        access_token = self._unseal(token.access_token_sealed)
        return access_token if access_token != refused else None

    def _unseal(self, sealed):
        try:
            return unseal(sealed or "")
        except VaultError as error:
            raise GrantError(
                "The stored token can't be opened with this server's key"
            ) from error

    # === Refreshing === #

    def _refresh(self, refused, options):
        """Renew the token, or take over what another worker has just renewed."""
        for pause in LOCK_PAUSES:
            try:
                return self._refresh_in_own_transaction(refused, options)
            except SerializationFailure:  # noqa: PERF203
                # Another worker renewed it while we waited for the lock: a new
                # transaction sees its result.
                time.sleep(pause)
            except LockNotAvailable as error:
                raise TransportError(
                    "Another worker is renewing the log-in", sent=False
                ) from error
        return self._refresh_in_own_transaction(refused, options)

    def _refresh_in_own_transaction(self, refused, options):
        with self.env.registry.cursor() as cr:
            token = self.with_env(self.env(cr=cr, su=True))
            token._lock(sum(options.get("timeout", PATIENCE)))
            access_token = token._fresh_access_token(refused)
            if access_token:
                return access_token
            access_token, failure = token._renew(options)
        self.invalidate_recordset()
        if failure:
            raise failure
        return access_token

    def _lock(self, seconds):
        """Wait for the row's lock; nothing else of the row's is held up by it.

        :param seconds: how long at most: as long as the call itself may take
        """
        self.env.cr.execute(SQL("SET LOCAL lock_timeout = %s", int(seconds * 1000)))
        query = SQL("SELECT id FROM quickbooks_token WHERE id = %s", self.id)
        self.env.cr.execute(SQL("%s FOR NO KEY UPDATE", query), log_exceptions=False)
        self.invalidate_recordset()

    def _renew(self, options):
        """Ask Intuit for new tokens; return the access token, or the refusal.

        The refusal is returned rather than raised, so that what it says of the row
        is committed.
        """
        try:
            tokens = self._ask_for_new_tokens(options)
        except GrantError as error:
            self._refuse(str(error))
            return None, error
        self._store(tokens)
        return tokens.access_token, None

    def _ask_for_new_tokens(self, options):
        app = self.env["quickbooks.app"]
        environment = self.connection_id.environment
        history = app._sign_in_transport(
            environment, self.connection_id, self.user_id, **options
        )
        with history as transport:
            client = app._oauth_client(environment, transport)
            return client.refresh(self._unseal(self.refresh_token_sealed))

    # === Ending === #

    def _revoke(self):
        """Tell Intuit that the consents have ended; return whether it heard.

        The rows are deleted either way: without them nobody here can use them.
        """
        heard = all([token._revoke_at_intuit() for token in self.sudo()])
        self.sudo().unlink()
        return heard

    def _revoke_at_intuit(self):
        app = self.env["quickbooks.app"]
        environment = self.connection_id.environment
        history = app._sign_in_transport(environment, self.connection_id, self.user_id)
        try:
            with history as transport:
                client = app._oauth_client(environment, transport)
                client.revoke(self._unseal(self.refresh_token_sealed))
        except OAuthError as error:
            # A dead token is refused, and its end was what was wanted.
            return not isinstance(error, AppKeysError)
        except (QuickBooksError, UserError) as error:
            _logger.warning(
                "QuickBooks consent of user %s could not be revoked at Intuit: %s",
                self.user_id.id,
                error,
            )
            return False
        return True


def _naive(moment):
    """Return Odoo's form of an aware time: UTC without saying so."""
    return moment and moment.astimezone(timezone.utc).replace(tzinfo=None)
