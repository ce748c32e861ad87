import threading
from datetime import timedelta
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..qbo.errors import GrantError, TransportError
from .common import QuickBooksLinkCase, SimulatorMixin, link


@tagged("post_install", "-at_install")
class TestTokenRefresh(QuickBooksLinkCase):
    """Access tokens are renewed early; a refusal is told apart from a failure."""

    def setUp(self):
        super().setUp()
        self.connection = self.connect()
        self.token = self.connection.token_ids
        self.simulator.delete("stats")

    def refreshes(self):
        return self.simulator.get("stats")["calls"].get("oauth token", 0)

    def ask(self, times=1):
        """Call QuickBooks as the manager, ``times`` times with one client."""
        with (
            self.enter_registry_test_mode(),
            self.connection._client(user=self.manager) as client,
        ):
            return [client.company_info()["CompanyName"] for _time in range(times)]

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

    def test_a_revoked_consent_is_marked_and_says_why(self):
        self.simulator.post("tokens/revoke", {"kind": "all"})
        with self.assertRaises(GrantError):
            self.ask()
        self.token.invalidate_recordset()
        self.assertEqual(self.token.state, "reconnect")
        self.assertTrue(self.token.problem)
        self.simulator.delete("stats")
        with self.assertRaises(GrantError):
            self.ask()
        self.assertEqual(self.simulator.get("stats")["total"], 0)

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

    def test_a_roll_back_of_the_callers_work_keeps_the_new_token(self):
        self.end_soon()
        with self.enter_registry_test_mode(), self.env.registry.cursor() as cr:
            connection = self.connection.with_env(self.env(cr=cr))
            with connection._client(user=self.manager) as client:
                client.company_info()
            cr.rollback()
        self.token.invalidate_recordset()
        self.assertGreater(
            self.token.access_expires_at, fields.Datetime.now() + timedelta(minutes=50)
        )


@tagged("post_install", "-at_install")
class TestTwoWorkersRefreshAtOnce(SimulatorMixin, BaseCase):
    """Real transactions on real connections: workers that share nothing else."""

    WORKERS = 4

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
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
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["quickbooks.connection"].browse(self.connection_id).unlink()

    def work(self, start, results):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            connection = env["quickbooks.connection"].browse(self.connection_id)
            connection.token_ids.mapped("state")  # takes the snapshot early
            start.wait()
            with connection._client(user=env.ref("base.user_admin")) as client:
                results.append(client.company_info()["CompanyName"])

    def test_they_end_with_one_valid_token_and_one_refresh(self):
        # The real day between rotations, so that a second refresh would be fatal.
        self.simulator.post("clock", {"advance": 26 * 3600})
        start, results = threading.Barrier(self.WORKERS), []
        workers = [
            threading.Thread(target=self.work, args=(start, results))
            for _number in range(self.WORKERS)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertEqual(len(results), self.WORKERS)
        self.assertEqual(self.simulator.get("stats")["calls"]["oauth token"], 1)
