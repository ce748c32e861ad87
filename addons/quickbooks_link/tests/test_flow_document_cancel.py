"""Invoices and credit notes that are cancelled after QuickBooks has them."""

from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .document_common import DocumentCase


class CancelCase(DocumentCase):
    def posted(self, kind="out_invoice", **values):
        move = self.post(self.invoice(kind, **values))
        self.assertEqual(self.document(move).state, "sent", self.document(move).error)
        self.forget_calls()
        return move

    def ask(self, move, user=None):
        """Press Cancel; return the question."""
        action = self.seen(move, user).action_quickbooks_cancel()
        question = self.env[action["res_model"]].browse(action["res_id"])
        return self.seen(question, user)

    def answer(self, move, choice="action_void", user=None):
        """Press Cancel and choose; commit as the end of the request does."""
        with self.own_cursors():
            getattr(self.ask(move, user), choice)()
            self.commit()
        self.env.invalidate_all()
        return self.document(move[:1])

    def press_and_commit(self, move, button, user=None):
        self.do(move, button, user)
        return self.document(move)

    def in_quickbooks(self, move, entity="Invoice"):
        return self.records(entity).get(self.document(move).quickbooks_id)

    def assert_void(self, move):
        document = self.document(move)
        self.assertEqual((move.state, document.state), ("cancel", "voided"))
        self.assertFalse(document.error or document.unsure or document.cancel_pending)
        record = self.in_quickbooks(move)
        self.assertEqual(record["TotalAmt"], 0)
        self.assertIn("Voided", record["PrivateNote"])
        self.assertEqual(record["SyncToken"], document.sync_token)

    def assert_untouched(self, move, words, state="posted"):
        """QuickBooks and Odoo are as they were, and the reason is told."""
        document = self.document(move)
        self.assertEqual((move.state, document.state), (state, "sent"))
        self.assertEqual(document.act, "save")
        self.assertIn(words, document.error)
        self.assertIn(words, "".join(self.alerts(move).values()))
        self.assertEqual(self.in_quickbooks(move)["TotalAmt"], Decimal("144"))

    def pay_in_quickbooks(self, move):
        linked = {"TxnId": self.document(move).quickbooks_id, "TxnType": "Invoice"}
        return self.add(
            "Payment",
            CustomerRef={"value": self.customer.quickbooks_id},
            TotalAmt=50,
            Line=[{"Amount": 50, "LinkedTxn": [linked]}],
        )


@tagged("post_install", "-at_install")
class TestCancel(CancelCase):
    def test_voided_and_looked_at_there_it_is_the_same_document_when_posted_again(self):
        move = self.posted()
        self.answer(move)
        self.assert_void(move)
        held = self.in_quickbooks(move)
        copy = {"Address": "copy@harrowpike.example"}
        self.change("Invoice", held, sparse=True, BillEmailCc=copy)
        self.seen(move).button_draft()
        self.post(move)
        self.assertEqual(self.document(move).state, "sent", self.document(move).error)
        self.assertEqual(self.in_quickbooks(move)["TotalAmt"], Decimal("144"))
        self.assertEqual(self.in_quickbooks(move)["BillEmailCc"], copy)

    def test_the_question_tells_the_consequences_and_changes_nothing(self):
        move = self.posted()
        question = self.ask(move)
        self.assertIn(f"in QuickBooks as {move.name}, with £", question.told)
        self.assertTrue(question.invoices)
        self.assertFalse(question.credit_notes or question.paid or question.waits)
        self.assertFalse(question.foreseen)
        # What QuickBooks will refuse is said before.
        self.connection.book_close_date = "2026-11-20"
        told = self.ask(move).foreseen
        self.assertIn("closed until 11/20/2026, and it holds", told)
        self.connection.book_close_date = "2026-11-19"
        self.document(move).balance = 10
        self.assertIn("A payment is applied", self.ask(move).foreseen)
        self.assertEqual((move.state, self.calls()), ("posted", {}))

    def test_an_invoice_is_voided_and_then_cancelled(self):
        for reset in (False, True):
            with self.subTest(reset_to_draft_before=reset):
                move = self.posted()
                if reset:
                    self.seen(move).button_draft()
                self.answer(move)
                self.assert_void(move)
                self.assertEqual(self.calls(), {"read Invoice": 1, "void Invoice": 1})
                self.assertEqual(self.alerts(move), {})

    def test_a_credit_note_is_deleted(self):
        move = self.posted("out_refund")
        known = self.document(move).quickbooks_id
        self.assertTrue(self.ask(move).credit_notes)
        document = self.answer(move)
        self.assertEqual((move.state, document.state), ("cancel", "voided"))
        self.assertEqual(document.shown_state, "deleted")
        self.assertIn(
            "Deleted in QuickBooks", " ".join(move.message_ids.mapped("body"))
        )
        self.assertFalse(document.quickbooks_id)
        self.assertNotIn(known, self.records("CreditMemo"))

    def test_only_in_odoo_it_is_marked_and_can_be_voided_later(self):
        move = self.posted()
        document = self.answer(move, "action_keep")
        self.assertEqual((move.state, document.state), ("cancel", "sent"))
        self.assertTrue(document.kept)
        self.assertEqual(self.calls(), {})
        self.assertIn("in Odoo only", "".join(self.alerts(move).values()))
        self.press_and_commit(move, "action_quickbooks_void")
        self.assert_void(move)
        self.assertFalse(self.document(move).kept)

    def test_posted_again_it_is_the_same_invoice_and_another_credit_memo(self):
        invoice, credit = self.posted(), self.posted("out_refund")
        for move in (invoice, credit):
            self.answer(move)
            self.seen(move).button_draft()
            self.post(move)
            self.assertEqual(self.document(move).state, "sent")
            self.assertFalse(self.document(move).differences)
        self.assertEqual(len(self.held_by_quickbooks(invoice)), 1)
        self.assertEqual(self.in_quickbooks(invoice)["TotalAmt"], Decimal("144"))
        self.assertEqual(len(self.held_by_quickbooks(credit, "CreditMemo")), 1)

    def test_after_only_in_odoo_posted_again_nothing_is_sent(self):
        move = self.posted()
        self.answer(move, "action_keep")
        self.seen(move).button_draft()
        self.post(move)
        self.assertEqual(self.document(move).state, "sent")
        self.assertFalse(self.document(move).kept)
        self.assertEqual(self.calls(), {})

    def test_several_at_once_each_by_itself(self):
        moves = self.posted() + self.posted()
        self.pay_in_quickbooks(moves[0])
        self.answer(moves)
        self.assert_void(moves[1])
        self.assert_untouched(moves[0], "a payment is applied to it")


@tagged("post_install", "-at_install")
class TestCancelRefused(CancelCase):
    def test_paid_in_quickbooks(self):
        move = self.posted()
        self.pay_in_quickbooks(move)
        self.answer(move)
        self.assert_untouched(move, "a payment is applied to it")
        self.assertNotIn("void Invoice", self.calls())

    def test_in_a_closed_period(self):
        move = self.posted()
        closed = {"AccountingInfoPrefs": {"BookCloseDate": "2026-11-21"}}
        self.change("Preferences", {"Id": "1"}, **closed)
        self.seen(move).button_draft()
        self.answer(move)
        self.assert_untouched(move, "closed", state="draft")
        self.post(move)
        self.assertEqual(self.document(move).state, "sent")
        self.assertFalse(self.document(move).error)

    def test_in_another_quickbooks_company(self):
        move = self.posted()
        self.document(move).realm_id = "4620816365000000000"
        self.answer(move)
        self.assert_untouched(move, "another QuickBooks company")

    def test_deposited(self):
        move = self.posted()
        self.fault("fault", "void Invoice", code="6540", detail="Deposited")
        self.answer(move)
        self.assert_untouched(move, "deposit")
        self.answer(move)
        self.assert_void(move)

    def test_changed_there_meanwhile_it_is_asked_once_more(self):
        move = self.posted()
        self.change("Invoice", self.in_quickbooks(move), TxnDate="2026-11-22")
        self.answer(move)
        self.assert_untouched(move, "was changed in QuickBooks")
        self.answer(move)
        self.assert_void(move)

    def test_a_change_beside_what_odoo_sent_is_no_obstacle(self):
        move = self.posted()
        copy = {"Address": "copy@harrowpike.example"}
        self.change("Invoice", self.in_quickbooks(move), BillEmailCc=copy)
        self.answer(move)
        self.assert_void(move)

    def test_what_odoo_refuses_is_not_voided(self):
        move = self.posted()
        self.company.sale_lock_date = "2026-11-22"
        self.company.hard_lock_date = "2026-11-22"
        with self.assertRaises(UserError):
            self.answer(move)
        self.assertEqual((move.state, self.calls()), ("posted", {}))
        self.assertEqual(self.document(move).act, "save")

    def test_what_odoo_refuses_meanwhile_is_told(self):
        move = self.posted()
        with self.own_cursors():
            self.ask(move).action_void()
            self.company.hard_lock_date = "2026-11-22"
            self.commit()
        self.env.invalidate_all()
        document = self.document(move)
        self.assertEqual((move.state, document.state), ("posted", "voided"))
        self.assertIn("Odoo can't cancel it", document.error)
        self.assertFalse(document.cancel_pending)
        with self.assertRaisesRegex(UserError, "nothing to send"):
            self.send(move)


@tagged("post_install", "-at_install")
class TestCancelOnce(CancelCase):
    def retry(self, move):
        self.make_due(self.document(move))
        self.run_cron()

    def test_whatever_happens_to_the_call(self):
        for kind, label, more in (
            ("drop_after", "void Invoice", {}),
            ("drop", "void Invoice", {}),
            ("drop", "read Invoice", {}),
            ("status", "void Invoice", {"status": 503, "when": "after"}),
            ("throttle", "void Invoice", {"when": "after"}),
            ("truncate", "void Invoice", {}),
        ):
            with self.subTest(kind=kind, label=label):
                move = self.posted()
                self.fault(kind, label, times=2, **more)
                document = self.answer(move)
                self.assertEqual((move.state, document.state), ("posted", "sending"))
                self.assertEqual(self.seen(move).quickbooks_state, "voiding")
                for act in ("button_draft", "button_cancel", "action_quickbooks_keep"):
                    with self.assertRaisesRegex(UserError, "answer is not known yet"):
                        getattr(self.seen(move), act)()
                self.retry(move)
                self.assert_void(move)

    def test_a_credit_memo_whose_answer_was_lost(self):
        move = self.posted("out_refund")
        self.fault("drop_after", "delete CreditMemo", times=2)
        self.assertEqual(self.answer(move).state, "sending")
        self.retry(move)
        self.assertEqual((move.state, self.document(move).state), ("cancel", "voided"))

    def test_killed_between_the_answer_and_odoo_it_follows_later(self):
        move = self.posted()
        model = type(self.document(move))
        with patch.object(model, "_follow_up", lambda _rows: None):
            self.assertTrue(self.answer(move).cancel_pending)
        self.assertEqual(move.state, "posted")
        self.run_cron()
        self.assert_void(move)

    def test_what_is_gone_there_is_gone(self):
        move = self.posted()
        self.remove("Invoice", self.document(move).quickbooks_id)
        document = self.answer(move)
        self.assertEqual((move.state, document.state), ("cancel", "voided"))
        self.assertFalse(document.quickbooks_id)

    def test_voided_there_already(self):
        move = self.posted()
        with self.connection._client(user=self.manager) as client:
            document = self.document(move)
            client.void("Invoice", document.quickbooks_id, document.sync_token)
        self.answer(move)
        self.assert_void(move)
        self.assertEqual(self.calls()["void Invoice"], 1)


@tagged("post_install", "-at_install")
class TestCancelByOthers(CancelCase):
    def test_an_accountants_wish_waits_for_an_erp_manager(self):
        move = self.posted()
        self.assertTrue(self.ask(move, self.accountant).waits)
        document = self.answer(move, user=self.accountant)
        self.assertEqual((document.state, document.hold), ("waiting", "manager"))
        self.assertEqual((move.state, self.calls()), ("posted", {}))
        self.run_cron()
        self.assertEqual(self.calls(), {})
        self.assertIn("ERP Manager access", "".join(self.alerts(move).values()))
        with self.assertRaises(AccessError):
            self.seen(move, self.accountant).action_quickbooks_void()
        self.send(move)
        self.assert_void(move)

    def test_the_wish_can_be_taken_back(self):
        move = self.posted()
        self.answer(move, user=self.accountant)
        self.press_and_commit(move, "action_quickbooks_keep", self.accountant)
        self.assertEqual((move.state, self.document(move).state), ("posted", "sent"))
        self.assertEqual(self.document(move).act, "save")

    def test_a_program_that_cancels_loses_nothing(self):
        move = self.posted()
        with self.own_cursors():
            self.seen(move).button_cancel()
            self.assertEqual(move.state, "cancel")
            self.assertEqual(self.calls(), {})
            self.commit()
        self.env.invalidate_all()
        self.assert_void(move)

    def test_a_program_without_access_leaves_it_waiting(self):
        move = self.posted()
        self.press_and_commit(move, "button_cancel", self.accountant)
        document = self.document(move)
        self.assertEqual((document.state, document.hold), ("waiting", "manager"))
        self.assertEqual((move.state, document.act), ("cancel", "remove"))
        self.send(move)
        self.assert_void(move)

    def test_a_program_cancelled_what_quickbooks_keeps(self):
        move = self.posted()
        self.pay_in_quickbooks(move)
        document = self.press_and_commit(move, "button_cancel")
        self.assertEqual((move.state, document.state), ("cancel", "attention"))
        self.assertIn("QuickBooks still holds it", document.error)
        self.press_and_commit(move, "action_quickbooks_keep")
        self.assertTrue(self.document(move).kept)

    def test_posting_again_takes_the_wish_back(self):
        move = self.posted()
        self.seen(move).button_draft()
        self.answer(move, user=self.accountant)
        self.post(move)
        document = self.document(move)
        self.assertEqual((document.act, document.state), ("save", "sent"))

    def test_what_was_never_there_is_just_cancelled(self):
        move = self.post(self.invoice(), self.accountant)
        self.press_and_commit(move, "button_cancel")
        self.assertEqual(move.state, "cancel")
        self.assertFalse(self.document(move))
        self.assertEqual(self.calls(), {})
