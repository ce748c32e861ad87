"""Exactly once: whatever happens to a call, QuickBooks has one document."""

import itertools
import time
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from qbo_simulator import batching

from ..models import account_move_posting, quickbooks_document_progress
from ..outbox_helpers import PROMPT
from ..qbo import exactjson
from .document_common import DocumentCase


@tagged("post_install", "-at_install")
class TestExactlyOnce(DocumentCase):
    def assert_once(self, move, calls):
        """It is in QuickBooks once, Odoo knows it, and it took so many creations."""
        [record] = self.held_by_quickbooks(move)
        document = self.document(move)
        self.assertEqual(document.state, "sent", document.error)
        self.assertEqual(document.quickbooks_id, record["Id"])
        self.assertFalse(document.unsure)
        self.assertEqual(self.calls().get("create Invoice", 0), calls)

    def fail_to_post(self, kind, times=2, **settings):
        """Post while each attempt of the call goes wrong; return the invoice."""
        self.fault(kind, "create Invoice", times=times, **settings)
        move = self.post(self.invoice())
        self.assertNotEqual(self.document(move).state, "sent")
        return move

    def retry(self, move):
        self.make_due(self.document(move))
        self.run_cron()

    def test_a_lost_answer_is_looked_for_and_not_sent_again(self):
        move = self.fail_to_post("drop_after")
        document = self.document(move)
        self.assertEqual((document.state, document.unsure), ("sending", True))
        self.assertTrue(document.error)
        sent = self.calls()["create Invoice"]
        self.retry(move)
        self.assert_once(move, sent)
        self.assertEqual(self.calls()["batch"], 1)

    def test_a_call_that_never_arrived_is_made_again(self):
        move = self.fail_to_post("drop")
        self.assertEqual(self.held_by_quickbooks(move), [])
        self.retry(move)
        self.assert_once(move, 3)

    def test_a_server_error_before_or_after_the_work(self):
        for when in ("before", "after"):
            with self.subTest(when=when):
                move = self.fail_to_post("status", status=503, when=when)
                self.retry(move)
                self.assertEqual(len(self.held_by_quickbooks(move)), 1)
                self.assertEqual(self.document(move).state, "sent")

    def test_what_is_done_after_the_answer_is_done_once(self):
        """A gateway gives up at 504 while QuickBooks is still at work."""
        move = self.fail_to_post("late", seconds=1.5)
        self.retry(move)
        time.sleep(2)
        self.assertEqual(len(self.held_by_quickbooks(move)), 1)
        document = self.document(move)
        self.assertEqual((document.state, document.unsure), ("sent", False))

    def test_throttled_after_the_work_and_told_when_to_come_back(self):
        move = self.fail_to_post("throttle", when="after", retry_after=300)
        document = self.document(move)
        wait = document.next_try - document.write_date
        self.assertGreaterEqual(wait.total_seconds(), 290)
        self.retry(move)
        self.assertEqual(len(self.held_by_quickbooks(move)), 1)
        self.assertEqual(self.document(move).state, "sent")

    def test_a_truncated_answer(self):
        move = self.fail_to_post("truncate")
        self.retry(move)
        self.assertEqual(len(self.held_by_quickbooks(move)), 1)
        self.assertEqual(self.document(move).state, "sent")

    def test_an_expired_token_in_mid_flight_goes_unnoticed(self):
        self.simulator.post("tokens/expire", {"kind": "access"})
        move = self.post(self.invoice())
        self.assertEqual(self.document(move).state, "sent", self.document(move).error)
        self.assertEqual(len(self.held_by_quickbooks(move)), 1)

    def test_a_worker_killed_before_the_call_leaves_it_to_the_scheduler(self):
        move = self.invoice()
        with self.enter_registry_test_mode():
            self.seen(move).action_post()
            self.env.flush_all()
            self.env.cr.postcommit.clear()
            self.document(move)._claim(self.manager)
        self.env.invalidate_all()
        self.assertEqual(self.document(move).state, "sending")
        self.assertEqual(self.calls(), {})
        self.retry(move)
        self.assert_once(move, 1)

    def test_a_worker_killed_after_quickbooks_committed(self):
        move = self.invoice()
        with self.enter_registry_test_mode():
            self.seen(move).action_post()
            self.env.flush_all()
            self.env.cr.postcommit.clear()
            document = self.document(move).sudo()
            document._claim(self.manager)
            with self.connection._client(user=self.manager) as client:
                body = exactjson.loads(document.payload)
                client.create("Invoice", body, requestid=document.requestid)
        self.retry(move)
        self.assert_once(move, 1)

    def test_a_second_worker_leaves_a_locked_document_alone(self):
        move = self.invoice()
        with self.enter_registry_test_mode():
            self.seen(move).action_post()
            self.env.cr.postcommit.clear()
        document = self.document(move).sudo()
        self.patch(
            type(document),
            "try_lock_for_update",
            lambda rows, **options: rows.browse(),
        )
        with self.enter_registry_test_mode():
            document._deliver(self.manager, PROMPT)
        self.assertEqual(self.calls(), {})

    def test_a_document_that_may_be_there_cannot_be_reset_to_draft(self):
        move = self.fail_to_post("drop_after")
        with self.assertRaisesRegex(Exception, "answer is not known yet"):
            self.seen(move).button_draft()

    def test_delays_grow(self):
        self.fault("drop", "create Invoice", times=100)
        move = self.post(self.invoice())
        document = self.document(move)
        waits = []
        for _attempt in range(3):
            waits.append((document.next_try - document.write_date).total_seconds())
            self.retry(move)
        self.assertEqual(waits, sorted(waits))
        self.assertGreater(waits[-1], waits[0])


@tagged("post_install", "-at_install")
class TestMany(DocumentCase):
    def post_many(self, count):
        moves = self.env["account.move"].union(*(self.invoice() for _n in range(count)))
        return self.post(moves)

    def test_many_go_in_batches_of_thirty(self):
        moves = self.post_many(33)
        sent = [move for move in moves if self.document(move).state == "sent"]
        self.assertEqual(len(sent), 30)
        self.assertEqual(self.calls(), {"batch": 1})
        self.run_cron()
        states = {self.document(move).state for move in moves}
        self.assertEqual(states, {"sent"})
        self.assertEqual(len(self.records("Invoice")), self.before + 33)

    def setUp(self):
        super().setUp()
        self.before = len(self.records("Invoice"))

    def test_a_person_who_sends_many_sees_how_far_they_are(self):
        moves = self.env["account.move"].union(*(self.invoice() for _n in range(32)))
        moves |= self.invoice(partner_id=self.contact("Weaver Ltd").id)
        self.post(moves, self.accountant)
        action = self.send(moves)
        self.assertEqual(action["tag"], "quickbooks_link.send_progress")
        self.assertEqual(self.calls(), {})
        ids = action["params"]["document_ids"]
        rows = self.env["quickbooks.document"].browse(ids)
        with self.assertRaises(AccessError):
            self.seen(rows, self.accountant).advance_sending()
        self.patch(quickbooks_document_progress, "MOMENT", 0)
        counts = [self.press(rows, "advance_sending") for _turn in range(2)]
        self.assertEqual([count["open"] for count in counts], [3, 0])
        self.assertEqual(counts[1]["total"], 33)
        self.assertEqual((counts[1]["sent"], counts[1]["attention"]), (32, 1))
        self.assertEqual(self.calls(), {"batch": 2})

    def test_they_fail_one_by_one(self):
        moves = self.env["account.move"].union(*(self.invoice() for _n in range(3)))
        self.seen(moves[:1]).action_post()
        self.env.cr.postcommit.clear()
        taken = {
            "CustomerRef": {"value": self.customer.quickbooks_id},
            "DocNumber": f"{moves[0].name[:-1]}2",
            "Line": [
                {
                    "DetailType": "SalesItemLineDetail",
                    "Amount": 1,
                    "SalesItemLineDetail": {
                        "ItemRef": {"value": self.item.quickbooks_id},
                        "TaxCodeRef": {
                            "value": self.tax.quickbooks_tax_code_id.quickbooks_id
                        },
                    },
                }
            ],
        }
        self.add("Invoice", **taken)
        self.post(moves[1:])
        states = [self.document(move).state for move in moves[1:]]
        self.assertEqual(sorted(states), ["attention", "sent"])

    def test_a_batch_whose_answer_was_lost_is_settled_document_by_document(self):
        self.fault("drop_after", "batch", times=2)
        moves = self.post_many(3)
        states = {self.document(move).state for move in moves}
        self.assertEqual(states, {"sending"})
        documents = self.document(moves[0]).search([("move_id", "in", moves.ids)])
        documents.next_try = "2020-01-01 00:00:00"
        self.run_cron()
        # QuickBooks may still be at work on the batch: nobody asks too early.
        self.assertEqual(self.calls()["batch"], 2)
        self.make_due(documents)
        self.run_cron()
        self.assertEqual(set(documents.mapped("state")), {"sent"})
        self.assertEqual(len(self.records("Invoice")), self.before + 3)
        self.assertNotIn("create Invoice", self.calls())

    def test_a_failure_of_quickbooks_own_in_a_batch_is_looked_into(self):
        moves = self.env["account.move"].union(*(self.invoice() for _n in range(3)))
        works, count = batching.perform, itertools.count()

        def perform(*arguments):
            done = works(*arguments)
            if next(count) == 1:
                raise RuntimeError("The second of them, after the work")
            return done

        logged = self.assertLogs("qbo_simulator.batching", "ERROR")
        with patch.object(batching, "perform", perform), logged:
            self.post(moves)
        documents = self.env["quickbooks.document"].search(
            [("move_id", "in", moves.ids)]
        )
        unsure = documents.filtered("unsure")
        self.assertEqual((len(unsure), unsure.state), (1, "sending"), unsure.error)
        self.make_due(unsure)
        self.run_cron()
        self.assertEqual(set(documents.mapped("state")), {"sent"})
        self.assertEqual(len(self.records("Invoice")), self.before + 3)

    def test_confirming_many_in_a_list_shows_how_they_get_there(self):
        self.patch(account_move_posting, "MAX_BATCH", 1)
        one, *more = (self.invoice() for _n in range(5))
        confirm = "action_validate_moves_with_confirmation"
        self.assertFalse(self.do(one, confirm))
        self.assertEqual(self.document(one).state, "sent")
        self.forget_calls()
        moves = self.env["account.move"].union(*more[:2])
        rows = self.check_dialog(self.do(moves, confirm), moves)
        self.press(rows, "advance_sending")
        self.assertEqual(set(rows.mapped("state")), {"sent"})
        # Those of a later date are to be confirmed once more.
        moves = self.env["account.move"].union(*more[2:])
        wizard = self.seen(self.env["validate.account.move"]).with_context(
            active_model="account.move", active_ids=moves.ids
        )
        self.check_dialog(self.do(wizard.create({}), "validate_move"), moves)

    def check_dialog(self, action, moves):
        """The dialog is about the documents, and nothing is sent behind its back."""
        self.assertEqual(action["tag"], "quickbooks_link.send_progress")
        rows = self.env["quickbooks.document"].browse(action["params"]["document_ids"])
        self.assertEqual(rows.move_id, moves)
        self.assertEqual(set(rows.mapped("state")), {"waiting"})
        return rows
