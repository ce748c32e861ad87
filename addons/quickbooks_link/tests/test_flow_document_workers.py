"""Documents with transactions as they are on a server."""

import threading

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import SerializationFailure

from .real_common import RealTransactionsCase


@tagged("post_install", "-at_install")
class TestSendInRealTransactions(RealTransactionsCase):
    def assert_once(self):
        """It is in QuickBooks once, and Odoo knows it."""
        with self.registry.cursor() as cr:
            document = self.document(api.Environment(cr, SUPERUSER_ID, {}))
            self.assertEqual(document.state, "sent", document.error)
            known, marker = document.quickbooks_id, document.marker
        records = self.simulator.get("records/Invoice")["records"]
        found = [x["Id"] for x in records if marker in x.get("PrivateNote", "")]
        self.assertEqual(found, [known])

    def killed_in(self, name):
        """Post, and end the process in a method of the engine."""
        model = self.registry["quickbooks.document"]
        original = getattr(model, name)

        def killed(*_arguments):
            raise SystemExit

        setattr(model, name, killed)
        try:
            with self.assertRaises(SystemExit):
                self.press("action_post")
        finally:
            setattr(model, name, original)

    def test_posted_and_committed_it_is_there(self):
        self.press("action_post")
        self.assert_once()

    def test_a_rollback_leaves_nothing(self):
        before = len(self.simulator.get("records/Invoice")["records"])
        with self.registry.cursor() as cr:
            env = self.environment(cr)
            env["account.move"].browse(self.move_id).action_post()
            cr.rollback()
            self.assertFalse(self.document(env))
        after = len(self.simulator.get("records/Invoice")["records"])
        self.assertEqual(after, before)

    def test_killed_at_each_step_the_scheduler_ends_it(self):
        # After the row, after "sending" was committed, and after the answer.
        for step in ("_claim", "_transmit", "_arrived"):
            with self.subTest(step=step):
                self.killed_in(step)
                self.let_the_scheduler_work()
                self.assert_once()
                self.start_anew()

    def start_anew(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.document(env).unlink()
            move = env["account.move"].browse(self.move_id)
            move.button_draft()
            move.name = self.new_name()

    def test_a_credit_note_is_applied_as_soon_as_it_is_there(self):
        self.press("action_post")
        self.credit()
        self.assert_applied()

    def test_killed_before_it_is_applied_the_scheduler_does_that(self):
        self.press("action_post")
        applications = self.registry["quickbooks.application"]
        original = applications._documents_arrived
        applications._documents_arrived = _killed
        try:
            with self.assertRaises(SystemExit):
                self.credit()
        finally:
            applications._documents_arrived = original
        self.let_the_scheduler_work()
        self.assert_applied()

    def credit(self):
        """Make up for the invoice: Odoo reconciles the two as it posts the second."""
        values = {"move_type": "out_refund", "reversed_entry_id": self.move_id}
        with self.registry.cursor() as cr:
            move = self.environment(cr)["account.move"].browse(self.move_id)
            credit = move.copy({**values, "name": self.new_name()})
        self.addCleanup(self.take_back, credit.id)
        with self.registry.cursor() as cr:
            credit.with_env(self.environment(cr)).action_post()

    def assert_applied(self):
        with self.registry.cursor() as cr:
            row = self.applications(api.Environment(cr, SUPERUSER_ID, {}))
            self.assertEqual((row.state, row.hold), ("sent", False), row.error)
            self.assertEqual(row.applied, 25)

    def applications(self, env):
        document = self.document(env)
        return env["quickbooks.application"].search(
            [("invoice_id", "in", document.ids)]
        )

    def take_back(self, credit_id):
        """Delete what the test has made beside the invoice."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"force_delete": True})
            self.applications(env).unlink()
            credit = env["account.move"].browse(credit_id)
            credit.line_ids.remove_move_reconcile()
            credit.quickbooks_document_ids.unlink()
            credit.button_draft()
            credit.unlink()

    @mute_logger("odoo.sql_db")
    def test_two_people_press_at_once(self):
        self.killed_in("_claim")
        match = {"label": "create Invoice"}
        order = {"kind": "delay", "times": 1, "seconds": 1.5, "match": match}
        self.simulator.post("faults", order)
        self.addCleanup(self.simulator.delete, "faults")
        start = threading.Barrier(2)
        workers = [
            threading.Thread(target=self.work, args=(start,)) for _number in range(2)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(self.PATIENCE)
        self.assert_once()
        creations = self.simulator.calls("create Invoice")
        self.assertEqual(creations, 1)

    def work(self, start):
        start.wait(self.PATIENCE)
        try:
            self.press("action_quickbooks_send")
        except (SerializationFailure, UserError):
            # The other was first: Odoo would try the request again, which then
            # finds nothing to send.
            return


def _killed(*_arguments):
    raise SystemExit
