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
