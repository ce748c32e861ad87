from unittest.mock import patch
from urllib.parse import parse_qs, urlencode, urlsplit

from markupsafe import Markup
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..models.res_company import CALLBACK_PATH
from .common import QuickBooksLinkCase
from .guide import guide

CONTROLLER_LOG = "odoo.addons.quickbooks_link.controllers.oauth"


class ConnectCase(QuickBooksLinkCase, HttpCase):
    """An ERP manager in a browser session, on the way to QuickBooks and back."""

    def setUp(self):
        super().setUp()
        self.authenticate(self.manager.login, self.manager.login)

    def press(self, button, company=None):
        """Press a button of the tab, as the web client does; return its action."""
        company = company or self.company
        result = self.make_jsonrpc_request(
            "/web/dataset/call_button/res.company/" + button,
            {
                "model": "res.company",
                "method": button,
                "args": [company.ids],
                "kwargs": {"context": {"allowed_company_ids": company.ids}},
            },
        )
        return result

    def leave(self, company=None):
        """Press Connect to QuickBooks; return the address it sends the person to."""
        return self.press("action_quickbooks_connect", company)["url"]

    def come_back(self, location):
        """Follow Intuit's redirect to Odoo."""
        parts = urlsplit(location)
        self.assertEqual(parts.path, CALLBACK_PATH)
        return self.url_open(f"{parts.path}?{parts.query}", allow_redirects=False)

    def connect_in_browser(self, company=None, **choice):
        location = self.simulator.consent(self.leave(company), **choice)
        return self.come_back(location)

    def assertPage(self, answer, status, *words):
        self.assertEqual(answer.status_code, status)
        for text in words:
            self.assertIn(text, Markup(answer.text).unescape())
        self.assertIn("Back to the company", answer.text)

    def history(self):
        """Return the calls to Intuit that are kept of the company."""
        calls = self.env["quickbooks.call"]
        return calls.search([("company_id", "=", self.company.id)], order="id")

    def tokens(self, company=None):
        company = company or self.company
        return company._quickbooks_get_connection().token_ids


@tagged("post_install", "-at_install")
class TestGuide2Connect(ConnectCase):
    """The guide, section 2: click Connect to QuickBooks and complete the login."""

    @guide("2.1")
    def test_connect_leads_to_the_consent_page_of_intuit(self):
        url = self.leave()
        query = parse_qs(urlsplit(url).query)
        keys = self.server.credentials(environment="sandbox")
        self.assertTrue(url.startswith(self.server.url))
        self.assertEqual(query["client_id"], [keys["client_id"]])
        self.assertEqual(query["scope"], ["com.intuit.quickbooks.accounting"])
        self.assertEqual(
            query["redirect_uri"], [self.company._quickbooks_callback_url()]
        )

    @guide("1.4")
    def test_use_sandbox_decides_which_quickbooks_it_leads_to(self):
        for wanted, environment in ((True, "sandbox"), (False, "production")):
            self.company.quickbooks_use_sandbox = wanted
            query = parse_qs(urlsplit(self.leave()).query)
            keys = self.server.credentials(environment=environment)
            self.assertEqual(query["client_id"], [keys["client_id"]])
        self.assertNotEqual(
            keys["client_id"],
            self.server.credentials(environment="sandbox")["client_id"],
        )

    @guide("2.1")
    def test_approve_links_the_company_and_returns_to_it(self):
        answer = self.connect_in_browser()
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].endswith(f"/{self.company.id}"))
        token = self.tokens()
        self.assertEqual((token.user_id, token.state), (self.manager, "active"))
        info = self.server.credentials()
        self.assertRecordValues(
            token.connection_id,
            [
                {
                    "realm_id": info["realm_id"],
                    "quickbooks_company_name": info["company_name"],
                    "environment": "sandbox",
                    "country_code": "GB",
                    "home_currency_id": self.gbp.id,
                    "tax_model": "global",
                }
            ],
        )
        self.assertTrue(token.refresh_hard_expires_at > token.refresh_expires_at)
        exchanged, asked = self.history()
        self.assertEqual((exchanged.label, asked.label), ("oauth token", "batch"))
        self.assertEqual(exchanged.user_id, self.manager)
        self.assertIn("&code=***&", exchanged.request)
        self.assertIn('"refresh_token":"***"', exchanged.response.replace(" ", ""))

    def test_cancel_changes_nothing_and_says_so(self):
        query = parse_qs(urlsplit(self.leave()).query)
        back = urlencode({"error": "access_denied", "state": query["state"][0]})
        answer = self.url_open(f"{CALLBACK_PATH}?{back}")
        self.assertPage(answer, 200, "You did not approve the connection")
        self.assertFalse(self.tokens())

    def test_a_second_manager_has_a_token_of_their_own(self):
        second = self.new_manager("second", self.company)
        self.connect_in_browser()
        self.authenticate(second.login, second.login)
        self.connect_in_browser()
        self.assertEqual(self.tokens().user_id, self.manager + second)

    def test_connecting_again_renews_the_same_token(self):
        self.connect_in_browser()
        token = self.tokens()
        token._refuse("expired")
        self.connect_in_browser()
        self.assertEqual(self.tokens(), token)
        self.assertEqual(token.state, "active")


@tagged("post_install", "-at_install")
class TestTheWayBackIsGuarded(ConnectCase):
    """``state`` is signed, single-use, bound to user and session, and expires."""

    def assertExpired(self, answer):
        self.assertPage(answer, 400, "works once and for 15 minutes")
        self.assertFalse(self.tokens())

    def test_a_state_serves_once(self):
        location = self.simulator.consent(self.leave())
        self.come_back(location)
        self.tokens().unlink()
        self.assertExpired(self.come_back(location))

    def test_a_forged_state_is_refused(self):
        location = self.simulator.consent(self.leave())
        state = parse_qs(urlsplit(location).query)["state"][0]
        for forged in (state[:-2] + "xx", "", "AAAA", "\u00e9"):
            back = urlencode({"state": forged, "code": "c", "realmId": "1"})
            self.assertExpired(self.url_open(f"{CALLBACK_PATH}?{back}"))

    def test_no_state_at_all_is_refused(self):
        self.assertExpired(self.url_open(f"{CALLBACK_PATH}?code=c&realmId=1"))

    def test_another_users_state_is_refused(self):
        second = self.new_manager("second", self.company)
        location = self.simulator.consent(self.leave())
        self.authenticate(second.login, second.login)
        self.assertExpired(self.come_back(location))

    def test_another_sessions_state_is_refused(self):
        location = self.simulator.consent(self.leave())
        self.authenticate(self.manager.login, self.manager.login)
        self.assertExpired(self.come_back(location))

    def test_a_state_expires(self):
        location = self.simulator.consent(self.leave())
        request = self.env["quickbooks.oauth.request"].search([])
        request.expires_at = "2020-01-01"
        self.assertExpired(self.come_back(location))

    def test_without_a_log_in_odoo_asks_for_one(self):
        location = self.simulator.consent(self.leave())
        self.authenticate(None, None)
        answer = self.come_back(location)
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])

    def test_who_lost_erp_manager_access_meanwhile_is_refused(self):
        location = self.simulator.consent(self.leave())
        manager_group = self.env.ref("base.group_erp_manager")
        self.manager.group_ids -= manager_group
        with mute_logger("odoo.http"):
            self.assertEqual(self.come_back(location).status_code, 403)
        self.assertFalse(self.tokens())

    def test_a_reused_code_is_refused(self):
        location = self.simulator.consent(self.leave())
        used = parse_qs(urlsplit(location).query)
        self.come_back(location)
        self.tokens().unlink()
        state = parse_qs(urlsplit(self.leave()).query)["state"][0]
        back = {"code": used["code"][0], "realmId": used["realmId"][0], "state": state}
        answer = self.url_open(f"{CALLBACK_PATH}?{urlencode(back)}")
        self.assertPage(answer, 400, "was used before, or came too late")
        self.assertFalse(self.tokens())

    def test_old_requests_are_cleaned_up(self):
        self.leave()
        self.env["quickbooks.oauth.request"].search([]).expires_at = "2020-01-01"
        self.env["quickbooks.oauth.request"]._gc_expired()
        self.assertFalse(self.env["quickbooks.oauth.request"].search([]))


@tagged("post_install", "-at_install")
class TestConnectingIsRefused(ConnectCase):
    """Companies that don't fit together are not linked, and the person is told."""

    def test_a_quickbooks_company_in_another_currency(self):
        realm_id = self.simulator.post("companies", {"company": "us"})["realm_id"]
        answer = self.connect_in_browser(realm_id=realm_id)
        self.assertPage(answer, 409, "keeps its books in USD", "in GBP")
        self.assertFalse(self.tokens())
        self.assertFalse(self.company._quickbooks_get_connection().realm_id)

    def test_a_company_that_is_linked_to_another_quickbooks_company(self):
        first = self.server.credentials()
        self.connect_in_browser(realm_id=first["realm_id"])
        other = self.simulator.post("companies", {"company": "uk", "name": "Twin Ltd"})
        answer = self.connect_in_browser(realm_id=other["realm_id"])
        self.assertPage(answer, 409, first["company_name"], "Twin Ltd", "Forget")
        connection = self.company._quickbooks_get_connection()
        self.assertEqual(connection.realm_id, first["realm_id"])
        self.assertEqual(self.tokens().state, "active")

    def test_the_guard_outlives_a_disconnection(self):
        first = self.server.credentials()
        self.connect(realm_id=first["realm_id"])._disconnect()
        other = self.simulator.post("companies", {"company": "uk", "name": "Twin Ltd"})
        answer = self.connect_in_browser(realm_id=other["realm_id"])
        self.assertPage(answer, 409, "Twin Ltd")

    def test_after_forgetting_another_quickbooks_company_can_be_linked(self):
        connection = self.connect(realm_id=self.server.credentials()["realm_id"])
        connection._disconnect()
        self.press("action_quickbooks_forget")
        other = self.simulator.post("companies", {"company": "uk", "name": "Twin Ltd"})
        self.assertEqual(
            self.connect_in_browser(realm_id=other["realm_id"]).status_code, 303
        )
        connection.invalidate_recordset()
        self.assertEqual(connection.realm_id, other["realm_id"])

    def test_what_is_forgotten_already_is_not_forgotten_again(self):
        self.connect()._disconnect()
        self.press("action_quickbooks_forget")
        answer = self.press("action_quickbooks_forget")
        self.assertEqual(answer["tag"], "soft_reload")

    def test_a_quickbooks_company_that_another_odoo_company_is_linked_to(self):
        self.connect()
        second = self.new_company("Second Ltd")
        self.manager.company_ids += second
        answer = self.connect_in_browser(second)
        self.assertPage(answer, 409, "already linked", self.company.name)
        self.assertFalse(self.tokens(second))

    def test_a_consent_that_is_not_used_is_revoked_at_intuit(self):
        realm_id = self.simulator.post("companies", {"company": "us"})["realm_id"]
        self.simulator.delete("stats")
        self.connect_in_browser(realm_id=realm_id)
        self.assertEqual(self.simulator.calls("oauth revoke"), 1)

    def test_a_consent_that_can_not_be_revoked_is_logged_and_the_refusal_told(self):
        realm_id = self.simulator.post("companies", {"company": "us"})["realm_id"]
        order = {"kind": "status", "status": 503, "times": 50}
        self.simulator.post("faults", {**order, "match": {"label": "oauth revoke"}})
        self.addCleanup(self.simulator.delete, "faults")
        with self.assertLogs(CONTROLLER_LOG, "WARNING") as log:
            answer = self.connect_in_browser(realm_id=realm_id)
        self.assertIn("consent lives on", log.output[0])
        self.assertPage(answer, 409, "USD")
        self.assertFalse(self.tokens())

    def test_another_answer_of_the_consent_page_is_told(self):
        location = self.simulator.consent(self.leave())
        query = parse_qs(urlsplit(location).query)
        state = query["state"][0]
        back = f"{CALLBACK_PATH}?error=invalid_scope&state={state}"
        answer = self.url_open(back, allow_redirects=False)
        self.assertPage(answer, 502, "QuickBooks answered “invalid_scope”.")

    def test_missing_app_keys(self):
        location = self.simulator.consent(self.leave())
        missing = {"QUICKBOOKS_LINK_SANDBOX_CLIENT_SECRET": ""}
        with patch.dict("os.environ", missing):
            answer = self.come_back(location)
        self.assertPage(answer, 502, "app keys")
        self.assertFalse(self.tokens())

    def test_wrong_app_keys(self):
        wrong = {"QUICKBOOKS_LINK_SANDBOX_CLIENT_SECRET": "wrong"}
        with (
            patch.dict("os.environ", wrong),
            self.assertLogs(CONTROLLER_LOG, "WARNING"),
        ):
            answer = self.connect_in_browser()
        self.assertPage(answer, 502, "Intuit refused the app keys")
        self.assertFalse(self.tokens())
        [refused] = self.history()
        self.assertEqual((refused.label, refused.failed), ("oauth token", True))
        self.assertFalse(refused.realm_id)

    def test_quickbooks_out_of_order(self):
        location = self.simulator.consent(self.leave())
        self.simulator.post(
            "faults",
            {"kind": "status", "status": 503, "times": 50, "match": {"label": "batch"}},
        )
        with self.assertLogs(CONTROLLER_LOG, "WARNING"):
            answer = self.come_back(location)
        self.simulator.delete("faults")
        self.assertPage(answer, 502, "QuickBooks has a problem of its own")
        self.assertFalse(self.tokens())


@tagged("post_install", "-at_install")
class TestGuide2Verify(ConnectCase):
    """The guide, section 2: Test Connection, and logging in again."""

    @guide("2.2")
    def test_test_connection_notifies_which_quickbooks_company_is_linked(self):
        self.connect()
        action = self.press("action_quickbooks_test")
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(action["params"]["type"], "success")
        info = self.server.credentials()
        self.assertIn(info["company_name"], action["params"]["message"])
        self.assertIn(info["realm_id"], action["params"]["message"])

    @guide("2.3", "9.3")
    def test_an_expired_token_prompts_to_log_in_again(self):
        connection = self.connect()
        self.simulator.post("tokens/revoke", {})
        action = self.press("action_quickbooks_test")
        self.assertEqual(action["type"], "ir.actions.act_url")
        self.assertIn("/connect/oauth2", action["url"])
        connection.token_ids.invalidate_recordset()
        self.assertEqual(connection.token_ids.state, "reconnect")

    @guide("9.3")
    def test_logging_in_again_refreshes_the_token(self):
        token = self.connect().token_ids
        self.simulator.post("tokens/revoke", {})
        location = self.simulator.consent(self.press("action_quickbooks_test")["url"])
        self.come_back(location)
        token.invalidate_recordset()
        self.assertEqual(token.state, "active")
        action = self.press("action_quickbooks_test")
        self.assertEqual(action["params"]["type"], "success")

    def test_a_log_in_without_access_any_more_is_told_and_has_to_be_made_anew(self):
        token = self.connect().token_ids
        wish = {key: self.server.credentials()[key] for key in ("user", "realm_id")}
        self.simulator.post("access", {**wish, "allowed": False})
        action = self.press("action_quickbooks_test")
        self.simulator.post("access", {**wish, "allowed": True})
        self.assertEqual(action["params"]["type"], "danger")
        self.assertTrue(action["params"]["sticky"], "it stays until it is read")
        self.assertIn("has no access", action["params"]["message"])
        token.invalidate_recordset()
        self.assertEqual(token.state, "reconnect")
        self.assertEqual(self.as_manager(self.company).quickbooks_state, "attention")

    def test_an_expired_access_token_is_renewed_without_asking(self):
        self.connect()
        self.simulator.post("tokens/expire", {"kind": "access"})
        action = self.press("action_quickbooks_test")
        self.assertEqual(action["tag"], "display_notification")

    def test_a_manager_without_a_log_in_is_sent_to_log_in(self):
        second = self.new_manager("second", self.company)
        self.connect()
        self.authenticate(second.login, second.login)
        action = self.press("action_quickbooks_test")
        self.assertEqual(action["type"], "ir.actions.act_url")

    def test_sync_now_without_a_valid_log_in_prompts_to_log_in(self):
        self.connect().token_ids._refuse("expired")
        for kind in ("customers", "items", "tax_codes", "full"):
            action = self.press(f"action_quickbooks_sync_{kind}")
            self.assertEqual(action["type"], "ir.actions.act_url")

    def test_a_button_pressed_on_a_page_from_before_the_link_sends_to_log_in(self):
        company = self.new_company("Brook Ltd")
        self.manager.company_ids += company
        for button in ("test", "sync_customers", "sync_changes"):
            with self.subTest(button):
                action = self.press(f"action_quickbooks_{button}", company)
                self.assertIn("/connect/oauth2", action["url"])
        action = self.press("action_quickbooks_disconnect", company)
        self.assertEqual(action["tag"], "display_notification")

    def test_a_renamed_quickbooks_company_shows_its_new_name(self):
        connection = self.connect()
        self.simulator.post(
            "records/CompanyInfo/1", {"body": {"CompanyName": "Renamed Ltd"}}
        )
        self.press("action_quickbooks_test")
        connection.invalidate_recordset()
        self.assertEqual(connection.quickbooks_company_name, "Renamed Ltd")


@tagged("post_install", "-at_install")
class TestGuide2Disconnect(ConnectCase):
    """The guide, section 2: Disconnect resets everything."""

    @guide("2.4")
    def test_disconnect_clears_the_cached_authorisation_tokens_of_all_users(self):
        second = self.new_manager("second", self.company)
        self.connect()
        self.connect(user=second)
        self.press("action_quickbooks_disconnect")
        self.assertFalse(self.tokens())
        self.assertEqual(self.as_manager(self.company).quickbooks_state, "disconnected")

    def test_disconnect_revokes_the_consent_at_intuit(self):
        self.connect()
        self.simulator.delete("stats")
        action = self.press("action_quickbooks_disconnect")
        self.assertEqual(action["params"]["type"], "success")
        self.assertEqual(self.simulator.calls("oauth revoke"), 1)

    def test_disconnect_asks_first(self):
        arch = (
            self.env["res.company"].with_user(self.manager).get_view(view_type="form")
        )
        self.assertRegex(
            arch["arch"], 'name="action_quickbooks_disconnect"[^>]*confirm="[^"]+'
        )

    def test_disconnect_works_when_intuit_can_not_be_reached_and_says_so(self):
        self.connect()
        fault = {"kind": "drop", "times": 50, "match": {"label": "oauth revoke"}}
        self.simulator.post("faults", fault)
        with self.assertLogs("odoo.addons.quickbooks_link", "WARNING"):
            action = self.press("action_quickbooks_disconnect")
        self.simulator.delete("faults")
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn("Intuit could not be told", action["params"]["message"])
        self.assertFalse(self.tokens())

    def test_disconnect_remembers_the_quickbooks_company(self):
        connection = self.connect()
        realm_id = connection.realm_id
        self.press("action_quickbooks_disconnect")
        connection.invalidate_recordset()
        self.assertEqual(connection.realm_id, realm_id)
