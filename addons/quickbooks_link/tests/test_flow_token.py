import threading
from datetime import timedelta
from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo import SUPERUSER_ID, api, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..qbo.errors import GrantError, TransportError
from .common import QuickBooksLinkCase, WorkersCase, link


@tagged("post_install", "-at_install")
class TestTokenRefresh(QuickBooksLinkCase):
    """Access tokens are renewed early; a refusal is told apart from a failure."""

    def setUp(self):
        super().setUp()
        self.connection = self.connect()
        self.token = self.connection.token_ids
        self.simulator.delete("stats")

    def refreshes(self):
        return self.simulator.calls("oauth token")

    def ask(self, times=1):
        """Call QuickBooks as the manager, ``times`` times with one client."""
        with (
            self.enter_registry_test_mode(),
            self.connection._client(user=self.manager) as client,
        ):
            return [
                client.read("CompanyInfo", client.realm_id)["CompanyName"]
                for _time in range(times)
            ]

    def end_soon(self):
        self.token.access_expires_at = fields.Datetime.now() + timedelta(seconds=30)

    def test_a_good_token_is_used_as_it_is(self):
        self.ask(3)
        self.assertEqual(self.refreshes(), 0)

    def test_a_token_that_ends_soon_is_renewed_before_it_is_used(self):
        self.end_soon()
        before = self.token.access_token_sealed
        self.ask(3)
        self.assertEqual(self.refreshes(), 1)
        self.token.invalidate_recordset()
        self.assertNotEqual(self.token.access_token_sealed, before)
        self.assertGreater(
            self.token.access_expires_at, fields.Datetime.now() + timedelta(minutes=50)
        )

    def test_a_refused_token_is_renewed_once_and_the_call_repeated(self):
        self.simulator.post("tokens/expire", {"kind": "access"})
        self.assertTrue(self.ask())
        self.assertEqual(self.refreshes(), 1)

    def test_a_rotated_refresh_token_replaces_the_old_one(self):
        self.simulator.post("clock", {"advance": 26 * 3600})
        self.addCleanup(self.simulator.post, "clock", {"advance": -26 * 3600})
        before = self.token._unseal(self.token.refresh_token_sealed)
        self.ask()
        self.token.invalidate_recordset()
        after = self.token._unseal(self.token.refresh_token_sealed)
        self.assertNotEqual(after, before)
        self.simulator.post("tokens/expire", {"kind": "access"})
        self.assertTrue(self.ask())

    def test_the_end_of_the_five_years_is_kept(self):
        self.end_soon()
        self.ask()
        self.token.invalidate_recordset()
        years = (self.token.refresh_hard_expires_at - fields.Datetime.now()).days / 365
        self.assertAlmostEqual(years, 5, delta=0.1)

    @mute_logger("odoo.addons.quickbooks_link.qbo.transport")
    def test_an_unreachable_token_endpoint_is_no_refusal(self):
        self.end_soon()
        fault = {"kind": "drop", "times": 50, "match": {"label": "oauth token"}}
        self.simulator.post("faults", fault)
        with self.assertRaises(TransportError):
            self.ask()
        self.simulator.delete("faults")
        self.assertEqual(self.token.state, "active")
        self.assertTrue(self.ask())

    def test_a_lost_key_asks_for_a_new_log_in(self):
        other_key = {"QUICKBOOKS_LINK_TOKEN_KEY": Fernet.generate_key().decode()}
        with patch.dict("os.environ", other_key), self.assertRaises(GrantError):
            self.ask()


@tagged("post_install", "-at_install")
class TestRefreshInRealTransactions(WorkersCase):
    """Workers with connections of their own, that share nothing but the database."""

    WORKERS = 4
    PATIENCE = 30

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            company, admin = env.ref("base.main_company"), env.ref("base.user_admin")
            connection = link(company, admin, self.server.credentials())
            connection.token_ids.access_expires_at = fields.Datetime.now()
            self.connection_id = connection.id
        self.addCleanup(self.clean_up)
        self.simulator.delete("stats")

    def clean_up(self):
        with self.registry.cursor() as cr:
            self.environment(cr).unlink()

    def environment(self, cr):
        env = api.Environment(cr, SUPERUSER_ID, {})
        return env["quickbooks.connection"].browse(self.connection_id)

    def ask(self, connection):
        user = connection.env.ref("base.user_admin")
        with connection._client(user=user) as client:
            return client.read("CompanyInfo", client.realm_id)["CompanyName"]

    def work(self, start, results):
        with self.registry.cursor() as cr:
            connection = self.environment(cr)
            connection.token_ids.mapped("state")  # takes the snapshot early
            start.wait(self.PATIENCE)
            results.append(self.ask(connection))

    def test_two_workers_end_with_one_valid_token_and_one_refresh(self):
        # A day later the refresh token changes, so that a second refresh with the
        # old one would be fatal.
        self.simulator.post("clock", {"advance": 26 * 3600})
        start, results = threading.Barrier(self.WORKERS), []
        workers = [
            threading.Thread(target=self.work, args=(start, results))
            for _number in range(self.WORKERS)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(self.PATIENCE)
        self.assertEqual(len(results), self.WORKERS)
        self.assertEqual(self.simulator.calls("oauth token"), 1)

    def test_a_roll_back_of_the_callers_work_keeps_the_new_token(self):
        with self.registry.cursor() as cr:
            connection = self.environment(cr)
            self.ask(connection)
            cr.rollback()
            left = connection.token_ids.access_expires_at - fields.Datetime.now()
        self.assertGreater(left, timedelta(minutes=50))

    def test_a_revoked_consent_is_marked_for_good_and_not_tried_again(self):
        self.simulator.post("tokens/revoke", {})
        with self.registry.cursor() as cr:
            connection = self.environment(cr)
            with self.assertRaises(GrantError):
                self.ask(connection)
            cr.rollback()
            self.assertEqual(connection.token_ids.state, "reconnect")
            self.assertTrue(connection.token_ids.problem)
            self.simulator.delete("stats")
            with self.assertRaises(GrantError):
                self.ask(connection)
        self.assertEqual(self.simulator.calls("oauth token"), 0)

    def test_nobody_waits_longer_for_the_lock_than_the_call_may_take(self):
        with self.registry.cursor() as busy, self.registry.cursor() as cr:
            self.environment(busy).token_ids._lock(5)
            connection = self.environment(cr)
            user = connection.env.ref("base.user_admin")
            with (
                self.assertRaises(TransportError),
                connection._client(user=user, timeout=(0.2, 0.3)) as client,
            ):
                client.read("CompanyInfo", client.realm_id)
        self.assertEqual(self.simulator.get("stats")["total"], 0)
