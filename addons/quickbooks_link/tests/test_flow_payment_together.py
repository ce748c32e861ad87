from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .payment_common import PaymentCase


@tagged("post_install", "-at_install")
class TestFlowPaymentTogether(PaymentCase):
    """Many payments are taken in at once, and each comes to what it would by itself."""

    def setUp(self):
        super().setUp()
        self.moves = [self.sent(100 * number) for number in (1, 2, 3)]
        one, two, three = self.moves
        self.plain = [
            self.pay(100, (one, 100)),
            self.pay(50, (two, 50)),
            self.pay("310.10", (three, 300)),
        ]
        # Of an invoice that another pays too: after that one.
        self.second = self.pay(25, (two, 25))

    def alone(self):
        """Count what is booked by itself; return the rows."""
        model = type(self.env["quickbooks.payment"])
        original, booked = model._book, []

        def book(row, plan):
            booked.append(row)
            return original(row, plan)

        self.patch(model, "_book", book)
        return booked

    def assert_settled(self):
        for paid in (*self.plain, self.second):
            row = self.row(paid)
            self.assertEqual(row.state, "done", row.error)
            self.assertEqual(row.payment_id.quickbooks_payment_id, row)
            self.assertIn(row.display_name, self.notes(row.payment_id))
            self.assertEqual(
                row.partial_ids.debit_move_id.move_id, row.allocation_ids.move_id
            )
        self.assertEqual(len(self.odoo_payments()), 4)
        self.assertEqual(
            [move.payment_state for move in self.moves], ["paid", "partial", "paid"]
        )
        self.assert_agree(*self.moves)
        for move in self.moves:
            self.assertIn("was applied as in QuickBooks", self.notes(move))

    def test_they_are_booked_at_once(self):
        alone = self.alone()
        self.sync("payments")
        self.assertEqual(alone, [])
        self.assert_settled()
        self.connection.payments_watermark = False
        run = self.sync("payments")
        self.assertEqual((run.created, run.updated), (0, 0))
        self.assert_settled()

    def test_what_needs_more_waits_by_itself(self):
        lock = {"sale_lock_date": "2026-11-15", "fiscalyear_lock_date": "2026-11-15"}
        locked = self.pay(10, (self.moves[1], 10), TxnDate="2026-11-10")
        self.company.write(lock)
        self.sync("payments")
        self.assertEqual(self.row(locked).hold, "lock")
        self.assertFalse(self.row(locked).payment_id)
        self.company.write(dict.fromkeys(lock, False))
        self.sync("payments")
        self.assertEqual(self.row(locked).state, "done", self.row(locked).error)
        self.assert_agree(*self.moves)

    def test_where_one_is_refused_each_is_booked_by_itself(self):
        alone = self.alone()
        model = type(self.env["account.payment"])
        original = model.action_post
        refused, words = self.plain[1]["Id"], "The journal is closed"

        def post(payments):
            rows = payments.sudo().quickbooks_payment_id
            if refused in rows.mapped("quickbooks_id"):
                raise UserError(words)
            return original(payments)

        with patch.object(model, "action_post", post):
            self.sync("payments")
        row = self.row(self.plain[1])
        self.assertEqual((row.state, row.error), ("attention", words))
        self.assertFalse(row.payment_id)
        self.assertEqual(len(alone), 4)
        self.assertEqual(len(self.odoo_payments()), 3)
        self.sync("payments")
        self.assert_settled()
