import logging

from odoo import http
from odoo.exceptions import UserError
from odoo.http import STORED_SESSION_BYTES, request

from ..explanations import explain
from ..models.res_company import CALLBACK_PATH
from ..qbo.errors import GrantError, QuickBooksError

_logger = logging.getLogger(__name__)


class QuickBooksOauthController(http.Controller):
    """Intuit sends people back here from its consent page."""

    @http.route(CALLBACK_PATH, type="http", auth="user", methods=["GET"])
    def callback(self, state=None, code=None, realmId=None, error=None, **_other):
        """Finish what the button Connect to QuickBooks began.

        :param state: proof that the person left from here, a moment ago
        :param code: Intuit's one-time code for tokens
        :param realmId: the QuickBooks company that was chosen
        :param error: Intuit's word for why there is no code
        """
        opened = request.env["quickbooks.oauth.request"]._close(
            state, request.session.sid[:STORED_SESSION_BYTES]
        )
        if not opened:
            return self._page_expired()
        company, environment = opened
        company = company.with_company(company)
        company._quickbooks_check_manager()
        if error or not (code and realmId):
            return self._page_cancelled(company, error)
        return self._connect(company, environment, code, realmId)

    def _connect(self, company, environment, code, realm_id):
        try:
            refusal = self._exchange_and_adopt(company, environment, code, realm_id)
        except GrantError:
            return self._page_code_refused(company)
        except QuickBooksError as error:
            _logger.warning("Connecting to QuickBooks failed: %s", error)
            return self._page_failed(company, explain(request.env, error))
        except UserError as error:
            return self._page_failed(company, str(error))
        if refusal:
            return self._page_refused(company, refusal)
        return request.redirect(self._company_url(company))

    def _exchange_and_adopt(self, company, environment, code, realm_id):
        """Link the company; return why not, where the two don't fit."""
        app = request.env["quickbooks.app"]
        connection = company._quickbooks_get_connection()
        # A code serves once. With the rows locked, nothing can make Odoo roll this
        # request back and try it again with a code that is used up.
        connection._lock()
        history = app._sign_in_transport(environment, connection, request.env.user)
        with history as transport:
            oauth = app._oauth_client(environment, transport)
            tokens = oauth.exchange(code, company._quickbooks_callback_url())
            profile = app._read_profile(environment, transport, realm_id, tokens)
            refusal = connection._refusal(profile)
            if refusal:
                # A consent that isn't used should not live on at Intuit.
                self._revoke_quietly(oauth, tokens)
                return refusal
        connection._adopt(profile, tokens, request.env.user)
        return None

    def _revoke_quietly(self, oauth, tokens):
        try:
            oauth.revoke(tokens.refresh_token)
        except QuickBooksError as error:
            _logger.warning("An unused QuickBooks consent lives on: %s", error)

    # === Pages === #

    def _page_expired(self):
        return self._page(
            request.env.company,
            request.env._("This log-in has expired"),
            request.env._(
                "The way back from QuickBooks works once and for 15 minutes, in the "
                "browser where you pressed Connect to QuickBooks. Nothing was changed."
            ),
            status=400,
        )

    def _page_cancelled(self, company, error):
        if error in (None, "access_denied"):
            return self._page(
                company,
                request.env._("Not connected"),
                request.env._(
                    "You did not approve the connection in QuickBooks. "
                    "Nothing was changed."
                ),
            )
        return self._page_failed(
            company, request.env._("QuickBooks answered “%s”.", error)
        )

    def _page_code_refused(self, company):
        return self._page(
            company,
            request.env._("QuickBooks did not accept the log-in"),
            request.env._(
                "The code from the consent page was used before, or came too late. "
                "Nothing was changed."
            ),
            status=400,
        )

    def _page_refused(self, company, reason):
        title = request.env._("This QuickBooks company can't be linked")
        return self._page(company, title, reason, status=409)

    def _page_failed(self, company, reason):
        title = request.env._("Connecting to QuickBooks failed")
        return self._page(company, title, reason, status=502)

    def _page(self, company, title, text, status=200):
        values = {"title": title, "text": text, "back_url": self._company_url(company)}
        response = request.render("quickbooks_link.oauth_page", values)
        response.status_code = status
        return response

    def _company_url(self, company):
        action = request.env.ref("quickbooks_link.action_company_link").sudo()
        return f"/odoo/{action.path}/{company.id}"
