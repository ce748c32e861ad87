"""What somebody edits in QuickBooks before Odoo knows its own answer is not lost."""

from odoo.tests import tagged

from .payment_common import PaymentCase

MESSAGE = {"CustomerMemo": {"value": "Late"}}


@tagged("post_install", "-at_install")
class TestEditedBeforeTheAnswer(PaymentCase):
    def lost(self, *moves):
        """Post; QuickBooks makes the documents, and its answers are lost."""
        self.fault("drop_after", "create Invoice", times=2 * len(moves))
        for move in moves:
            self.post(move)
            self.assertTrue(self.document(move).unsure)
        return [self.held_by_quickbooks(move)[0] for move in moves]

    def go_on(self, *moves):
        for move in moves:
            self.make_due(self.document(move))
        self.run_cron()

    def edit(self, record, **values):
        return self.change("Invoice", record, sparse=True, **values)

    def assert_told(self, move, words):
        document = self.document(move)
        self.assertEqual((document.there, document.state), ("changed", "attention"))
        self.assertFalse(document.unsure)
        seen = document.with_context(lang="en_US")
        self.assertIn(words, seen.versions)
        self.assertIn(words, " ".join(self.alerts(move).values()))
        return document

    def test_a_message_written_before_the_document_is_found(self):
        moves = [self.invoice(), self.invoice(), self.invoice()]
        keep, replace, paid = self.lost(*moves)
        for record in (keep, replace):
            self.edit(record, **MESSAGE)
        # It raises the version, and is no edit.
        self.pay(10, (("Invoice", paid["Id"]), 10))
        self.go_on(*moves)
        kept, replaced = (self.assert_told(move, "Late") for move in moves[:2])
        untouched = self.document(moves[2])
        self.assertEqual((untouched.there, untouched.state), ("present", "sent"))
        self.sync("payments")
        self.assert_told(moves[0], "Late")
        with self.own_cursors():
            self.seen(kept).action_keep_quickbooks()
            self.seen(replaced).action_send_odoo()
            self.commit()
        self.env.invalidate_all()
        self.assertEqual((kept.state, replaced.state), ("sent", "sent"))
        self.assertIn("Late", kept.differences)
        self.assertFalse(replaced.differences)
        [held] = self.held_by_quickbooks(moves[1])
        self.assertFalse((held.get("CustomerMemo") or {}).get("value"))
        self.sync("payments")
        self.assertEqual({kept.there, replaced.there}, {"present"})

    def test_a_date_changed_before_the_document_is_found_can_be_kept(self):
        move = self.invoice()
        [record] = self.lost(move)
        self.edit(record, DueDate="2027-01-31")
        self.go_on(move)
        document = self.assert_told(move, "01/31/2027")
        self.assertIn(str(move.invoice_date_due), document.versions)

    def change_and_lose(self, move, price):
        """Change a sent invoice; QuickBooks takes that in, and its answer is lost."""
        self.fault("drop_after", "update Invoice", times=2)
        self.seen(move).button_draft()
        move.invoice_line_ids.price_unit = price
        self.post(move)
        self.assertTrue(self.document(move).unsure)
        return self.there("Invoice", self.document(move).quickbooks_id)

    def test_an_edit_that_a_sync_passed_by_while_the_answer_was_out(self):
        edited, voided, alone = (self.sent(100) for _one in range(3))
        self.edit(self.change_and_lose(edited, 120), **MESSAGE)
        self.void("Invoice", self.change_and_lose(voided, 120))
        self.change_and_lose(alone, 120)
        self.sync("payments")
        for move in (edited, voided, alone):
            self.assertEqual(self.document(move).there, "present")
            self.assertTrue(self.document(move).missed)
        # No later sync will tell of it once more.
        self.env["quickbooks.document"].flush_model()
        self.go_on(edited, voided, alone)
        self.assert_told(edited, "Late")
        self.assertEqual(self.document(voided).there, "voided")
        document = self.document(alone)
        self.assertEqual((document.there, document.state), ("present", "sent"))
        self.assertEqual(document.quickbooks_total, 120)
        self.assertFalse(
            (edited | voided | alone).quickbooks_document_ids.filtered("missed")
        )

    def test_what_could_not_be_read_again_is_read_by_the_next_sync(self):
        move = self.sent(100)
        self.edit(self.change_and_lose(move, 120), **MESSAGE)
        self.sync("payments")
        self.fault("status", "read Invoice", times=10, status=503)
        self.go_on(move)
        self.assertEqual(
            (self.document(move).state, self.document(move).there), ("sent", "present")
        )
        self.simulator.delete("faults")
        self.connection.payments_watermark = "2026-11-26 00:00:00"
        self.sync("payments")
        self.assert_told(move, "Late")
