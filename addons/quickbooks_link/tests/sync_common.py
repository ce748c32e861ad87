"""What the tests of the sync share: a connected company and ways to run a sync."""

from contextlib import nullcontext
from decimal import Decimal

import requests

from ..qbo import exactjson
from ..sync_budget import background_budget
from .common import QuickBooksLinkCase

OPEN = ("queued", "running")


class SyncCase(QuickBooksLinkCase):
    """A company in pounds, connected to a QuickBooks company of the test's own."""

    quickbooks_company = "empty"
    # Which sample each test gets afresh
    sample = "empty"

    def setUp(self):
        super().setUp()
        self.realm = self.open_realm(self.sample)
        self.connection = self.connect(realm_id=self.realm)

    def open_realm(self, sample):
        """Open one more company in QuickBooks; return its id."""
        return self.simulator.post("companies", {"company": sample})["realm_id"]

    # --- Odoo --- #

    def own_cursors(self):
        """Let the engine's own transactions see what the test has written."""
        if self._registry_patched:
            self.env.flush_all()
            return nullcontext()
        return self.enter_registry_test_mode()

    def start(self, kind, company=None, user=None):
        """Press Sync Now; return the run that it starts or shows."""
        company = self.as_manager(company or self.company, user)
        action = getattr(company, f"action_quickbooks_sync_{kind}")()
        self.assertEqual(action["tag"], "quickbooks_link.sync_progress")
        return self.as_manager(
            self.env["quickbooks.sync.run"].browse(action["params"]["run_id"]), user
        )

    def finish(self, run, most=100):
        """Do what the dialog and the scheduler do, until the run is over."""
        with self.own_cursors():
            for _turn in range(most):
                run.advance()
                run.invalidate_recordset()
                if run.background and run.state in OPEN:
                    run.sudo()._work(background_budget())
                    run.invalidate_recordset()
                if run.state not in OPEN:
                    break
        self.env.invalidate_all()
        return run

    def sync(self, kind, company=None, user=None):
        """Press Sync Now and wait; the sync has to succeed."""
        run = self.finish(self.start(kind, company, user))
        self.assertEqual(run.state, "done", run.error)
        return run

    def slice(self, run):
        """Do one slice of the run's work, as the worker that dies after it."""
        budget, calls = background_budget(), []
        run = run.sudo()
        with (
            self.own_cursors(),
            run._open_client(budget, calls) as client,
        ):
            return run._slice(client, budget, calls)

    def mirror(self, name, company=None):
        """Return all rows of a mirror in a company, inactive ones too."""
        return (
            self.env[f"quickbooks.{name}"]
            .with_context(active_test=False)
            .search([("company_id", "=", (company or self.company).id)])
        )

    def held(self, name, quickbooks_id, company=None):
        """Return the one row that mirrors a QuickBooks record."""
        rows = self.mirror(name, company)
        return rows.filtered(lambda row: row.quickbooks_id == quickbooks_id)

    # --- QuickBooks --- #

    def add(self, entity, realm=None, **body):
        """Create a record in QuickBooks, as a person would; return it."""
        wish = {"realm_id": realm or self.realm, "body": body}
        return self.simulator.post(f"records/{entity}", wish)

    def change(self, entity, record, **body):
        """Change a record in QuickBooks."""
        wish = {"realm_id": self.realm, "body": body}
        return self.simulator.post(f"records/{entity}/{record['Id']}", wish)

    def remove(self, entity, quickbooks_id):
        """Take a record out of QuickBooks for good, as a merge does."""
        path = f"records/{entity}/{quickbooks_id}?realm_id={self.realm}"
        self.simulator.delete(path)

    def records(self, entity, realm=None):
        """Return every record QuickBooks has, by id, with exact amounts."""
        found, start = {}, 1
        while True:
            path = f"records/{entity}?realm_id={realm or self.realm}&start={start}"
            answer = requests.get(f"{self.server.url}/_sim/{path}", timeout=30)
            rows = exactjson.loads(answer.content)["records"]
            found.update((row["Id"], row) for row in rows)
            if len(rows) < 1000:
                return found
            start += 1000

    def fault(self, kind, label, times=1, **settings):
        """Let the next calls of a kind go wrong."""
        order = {"kind": kind, "times": times, "match": {"label": label}, **settings}
        self.simulator.post("faults", order)
        self.addCleanup(self.simulator.delete, "faults")

    def calls(self):
        """Return how many calls QuickBooks had since :meth:`forget_calls`."""
        return self.simulator.get("stats")["calls"]

    def forget_calls(self):
        self.simulator.delete("stats")


def exact(value):
    """Return an amount of Odoo's as it is shown: to the penny."""
    return Decimal(str(value))
