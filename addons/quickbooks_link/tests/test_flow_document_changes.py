"""Invoices that are changed after QuickBooks has them."""

from decimal import Decimal

from odoo.tests import tagged

from .document_common import DocumentCase


@tagged("post_install", "-at_install")
class TestChanges(DocumentCase):
    def setUp(self):
        super().setUp()
        self.move = self.post(self.invoice())
        self.assertEqual(self.document(self.move).state, "sent")
        self.forget_calls()

    def change_quantity(self, quantity=5):
        self.seen(self.move).button_draft()
        self.move.invoice_line_ids.quantity = quantity
        return self.post(self.move)

    def assert_total(self, total):
        document = self.document(self.move)
        self.assertEqual(document.state, "sent", document.error)
        self.assertFalse(document.differences)
        [record] = self.held_by_quickbooks(self.move)
        self.assertEqual(record["TotalAmt"], Decimal(total))
        self.assertEqual(document.quickbooks_id, record["Id"])
        self.assertEqual(document.sync_token, record["SyncToken"])

    def in_quickbooks(self, **body):
        [record] = self.held_by_quickbooks(self.move)
        return self.change("Invoice", record, **body)

    def test_posted_again_it_updates_the_same_document(self):
        self.change_quantity()
        self.assert_total("240")
        self.assertEqual(self.calls(), {"update Invoice": 1})

    def test_a_lost_answer_of_an_update(self):
        self.fault("drop_after", "update Invoice", times=2)
        self.change_quantity()
        self.assertEqual(self.document(self.move).state, "sending")
        self.make_due(self.document(self.move))
        self.run_cron()
        self.assert_total("240")

    def test_an_update_that_is_there_and_was_answered_as_stale_is_found(self):
        self.fault("fault", "update Invoice", code="5010", when="after")
        self.change_quantity()
        self.assert_total("240")
        self.assertEqual(self.calls(), {"update Invoice": 1, "read Invoice": 1})

    def test_a_change_that_touches_nothing_of_odoos_is_no_obstacle(self):
        self.in_quickbooks(BillEmailCc={"Address": "copy@harrowpike.example"})
        self.change_quantity()
        self.assert_total("240")
        [record] = self.held_by_quickbooks(self.move)
        self.assertEqual(record["BillEmailCc"]["Address"], "copy@harrowpike.example")

    def test_changed_on_both_sides_a_person_decides(self):
        self.in_quickbooks(TxnDate="2026-11-22")
        self.change_quantity()
        document = self.document(self.move)
        self.assertEqual(document.state, "attention")
        self.assertIn("changed in QuickBooks too", document.error)
        self.send(self.move)
        self.assert_total("240")

    def test_refused_it_says_why_and_quickbooks_keeps_what_it_had(self):
        closed = {"AccountingInfoPrefs": {"BookCloseDate": "2026-11-21"}}
        self.change("Preferences", {"Id": "1"}, **closed)
        self.change_quantity()
        document = self.document(self.move)
        self.assertEqual(document.state, "attention")
        self.assertIn("closed for this date", document.error)
        self.assertIn("QuickBooks keeps what it had, with £", document.error)
        [record] = self.held_by_quickbooks(self.move)
        self.assertEqual(record["TotalAmt"], Decimal("144"))
