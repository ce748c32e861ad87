from odoo.tests import HttpCase, tagged

from ..models import quickbooks_sync_run
from ..sync_budget import background_budget
from .guide import guide
from .sync_common import SyncCase


@tagged("post_install", "-at_install", "browser")
class TestTourSync(SyncCase, HttpCase):
    """The guide, section 4, in the browser."""

    sample = "uk"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.group_ids += cls.env.ref("account.group_account_manager")

    def tour(self, name, path=None):
        path = path or f"/odoo/quickbooks-link/{self.company.id}"
        self.start_tour(path, name, login=self.manager.login)
        self.env.invalidate_all()

    def let_the_dialog_finish(self):
        """Let no slowness of this machine hand its syncs to the scheduler."""
        self.patch(quickbooks_sync_run, "web_budget", background_budget)

    def runs(self):
        company = [("company_id", "=", self.company.id)]
        return self.env["quickbooks.sync.run"].search(company)

    @guide("4.1", "4.2")
    def test_sync_now_shows_progress_outcome_and_last_completed(self):
        self.let_the_dialog_finish()
        self.tour("quickbooks_link_sync")
        runs = self.runs()
        self.assertEqual(runs.mapped("kind"), ["customers", "full"])
        self.assertEqual(runs.mapped("state"), ["done", "done"])

    def test_lists_and_forms_show_what_was_synced(self):
        self.sync("full")
        self.tour("quickbooks_link_lists", "/odoo/quickbooks-customers")

    def test_a_lost_login_leads_to_the_login_and_back(self):
        self.let_the_dialog_finish()
        user = self.server.credentials(self.realm)["user"]
        login = {"user": user, "realm_id": self.realm}
        self.simulator.post("tokens/revoke", login)
        self.simulator.post("switches", {"auto_approve": login})
        with self.assertLogs(level="WARNING"):
            self.tour("quickbooks_link_sync_fault")
        self.assertTrue(self.mirror("item"))

    def test_a_long_sync_shows_how_far_it_is_and_can_be_left(self):
        self.simulator.post("seed", {"realm_id": self.realm, "customers": 3500})
        self.fault("delay", "query Customer", times=20, seconds=3)
        self.tour("quickbooks_link_sync_progress")
        self.simulator.delete("faults")
        run = self.runs()
        self.assertTrue(run.background)
        self.finish(run)
        self.assertEqual(len(self.mirror("customer")), len(self.records("Customer")))

    def test_a_sync_can_be_stopped_in_the_dialog(self):
        self.simulator.post("seed", {"realm_id": self.realm, "customers": 6500})
        self.fault("delay", "query Customer", times=20, seconds=2)
        self.tour("quickbooks_link_sync_stop")
        self.assertEqual(self.runs().state, "stopped")
        self.assertFalse(self.mirror("customer"))

    def test_a_scheduled_sync_is_followed_and_stopped_where_it_is_seen(self):
        customers = 2500 - len(self.records("Customer"))
        self.simulator.post("seed", {"realm_id": self.realm, "customers": customers})
        run = self.env["quickbooks.sync.run"]._queue(self.connection, "full")
        run.user_id = self.manager
        self.slice(run)
        self.slice(run)
        self.tour("quickbooks_link_sync_scheduled")
        self.assertEqual(run.state, "running")
        self.tour("quickbooks_link_sync_stop_in_list", "/odoo/quickbooks-syncs")
        self.assertEqual(run.state, "stopped")
