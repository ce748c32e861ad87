"""What the tests of the scheduler share: several QuickBooks users, and its action."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from .common import link
from .sync_common import SyncCase

HELEN = "helen.marsh@accounts.example"
TOM = "tom.okafor@accounts.example"
RUN_LOGGER = "odoo.addons.quickbooks_link.models.quickbooks_sliced"
SCHEDULE_LOGGER = "odoo.addons.quickbooks_link.models.quickbooks_sync_schedule"
SCHEDULED = "quickbooks_link.ir_cron_quickbooks_scheduled"


class ScheduleCase(SyncCase):
    """A company that two ERP managers have connected, each as another person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deputy = cls.new_manager("deputy", cls.company)

    def setUp(self):
        super().setUp()
        self.log_in(self.deputy, TOM)
        # As between two turns of the scheduled action.
        soon = fields.Datetime.now() + timedelta(minutes=57)
        self.env.ref(SCHEDULED).nextcall = soon

    def log_in(self, user, person, company=None, realm=None):
        """Log in to QuickBooks as one of its users, as the consent page does."""
        keys = self.server.credentials(realm or self.realm, person)
        return link(company or self.company, user, keys)

    def choose(self, *users, company=None):
        """Fill the list Run Background Sync As, in this order."""
        company = company or self.company
        company.quickbooks_background_user_ids.unlink()
        company.quickbooks_background_user_ids = [
            fields.Command.create({"user_id": user.id, "sequence": number})
            for number, user in enumerate(users)
        ]

    def scheduled(self, action=SCHEDULED):
        """Let the scheduled action do its work once; return the runs it began."""
        before = self.env["quickbooks.sync.run"].search([])
        with self.own_cursors():
            self.env.ref(action).method_direct_trigger()
        self.env.invalidate_all()
        return self.env["quickbooks.sync.run"].search([]) - before

    def work(self):
        """Let the scheduler go on with what is open."""
        self.scheduled("quickbooks_link.ir_cron_quickbooks_sync")

    def full_syncs_are_done(self, connection=None):
        """Pretend a full sync of today, so that only changes are due."""
        now = fields.Datetime.now()
        (connection or self.connection).write(
            {
                "full_sync_last_completed": now,
                "tax_codes_last_completed": now,
                "changes_until": now - timedelta(minutes=1),
            }
        )

    @contextmanager
    def odoo_clock(self, shift):
        """Let Odoo's clock be wrong by ``shift``, or move it on.

        Not freezegun: it stops the stop-watches of the engine as well.
        """
        now = fields.Datetime.now

        def shifted(*_arguments):
            return now() + shift

        with patch.object(fields.Datetime, "now", staticmethod(shifted)):
            yield

    def withdraw(self, person, realm=None):
        """Disconnect the app in QuickBooks, or change the password."""
        wish = {"user": person, "realm_id": realm or self.realm}
        self.simulator.post("tokens/revoke", wish)

    def set_access(self, person, allowed):
        wish = {"user": person, "realm_id": self.realm, "allowed": allowed}
        self.simulator.post("access", wish)

    def seed(self, customers, realm=None):
        wish = {"realm_id": realm or self.realm, "customers": customers}
        self.simulator.post("seed", wish)

    def state_in_list(self, user):
        """Return what the tab's list shows of a user."""
        self.env.invalidate_all()
        lines = self.as_manager(self.company).quickbooks_background_user_ids
        line = lines.filtered(lambda line: line.user_id == user)
        return line.login_state, line.login_problem or ""
