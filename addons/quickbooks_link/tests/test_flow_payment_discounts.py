"""Discounts that are taken with a payment in Odoo, as credit memos in QuickBooks."""

from decimal import Decimal

from odoo.tests import tagged

from .reconciliation_common import ReconciliationCase
from .test_flow_payment_kinds import CurrencyCase, DiscountCase
from .test_flow_payment_out import RegisterCase


class DiscountOutCase(RegisterCase, DiscountCase):
    def setUp(self):
        super().setUp()
        self.company.quickbooks_payments_out = "send"
        self.company.quickbooks_default_item_id = self.item
        self.before = {name: set(self.records(name)) for name in self.kinds()}

    def kinds(self):
        return ("Payment", "CreditMemo")

    def made(self):
        """Return the payment and the credit memo that QuickBooks has got."""
        found = []
        for name in self.kinds():
            records = self.records(name)
            [key] = set(records) - self.before[name]
            found.append(records[key])
        return found

    def with_discount(self, computation="excluded", **values):
        term = self.two_percent(computation)
        return self.sent(100, invoice_payment_term_id=term.id, **values)


@tagged("post_install", "-at_install")
class TestFlowPaymentDiscounts(DiscountOutCase, ReconciliationCase):
    def test_is_sent_with_a_credit_memo_and_comes_back_recognised(self):
        self.ignore_history()
        self.company.quickbooks_default_item_id = False
        invoice = self.with_discount()
        payment = self.register(invoice)
        self.assertEqual((payment.amount, invoice.payment_state), (98, "paid"))
        request = self.request_of(payment)
        self.assertEqual(request.state, "attention")
        self.assertIn("choose an Item for Lines Without Product", request.error)
        self.company.quickbooks_default_item_id = self.item
        self.do(request, "action_send")
        self.assertEqual(request.state, "sent", request.error)
        there, credit = self.made()
        self.assertEqual((there["TotalAmt"], there["UnappliedAmt"]), (98, 0))
        self.assertEqual((credit["TotalAmt"], credit["RemainingCredit"]), (2, 0))
        self.assert_agree(invoice)
        row = self.row(there)
        self.assertEqual((row.state, row.payment_id), ("done", payment), row.error)
        self.assertEqual(row.discount, 2)
        self.connection.payments_watermark = False
        self.sync("payments")
        self.assertEqual(self.odoo_payments(), payment)
        run = self.reconcile()
        self.assertTrue(run.agrees, run.line_ids.mapped("number"))
        self.check_taken_back(invoice, payment, there, credit)

    def check_taken_back(self, invoice, payment, there, credit):
        """Cancelled in Odoo, neither the payment nor the discount is left there."""
        self.do(payment, "action_cancel")
        self.assertEqual(self.request_of(payment).state, "sent")
        self.assertFalse(self.there("Payment", there["Id"])["TotalAmt"])
        self.assertIsNone(self.there("CreditMemo", credit["Id"]))
        self.assert_agree(invoice)
        self.assertTrue(self.reconcile().agrees)

    def test_lost_answers_make_nothing_twice(self):
        invoice = self.with_discount()
        self.fault("drop_after", "create CreditMemo", times=2)
        payment = self.register(invoice)
        request = self.request_of(payment)
        self.assertEqual(request.state, "sending")
        self.fault("drop_after", "create Payment", times=9)
        request.next_try = "2020-01-01 00:00:00"
        request.flush_recordset()
        self.run_payments_cron()
        self.assertEqual(request.state, "sending")
        self.simulator.delete("faults")
        request.next_try = "2020-01-01 00:00:00"
        request.flush_recordset()
        self.run_payments_cron()
        self.assertEqual(request.state, "sent", request.error)
        self.made()
        self.assert_agree(invoice)

    def test_tax_that_the_discount_takes_with_it(self):
        term = self.two_percent("included").id
        invoice = self.post(self.invoice(invoice_payment_term_id=term))
        self.assertEqual(invoice.amount_total, 144)
        payment = self.register(invoice)
        self.assertEqual(payment.amount, 141.12)
        request = self.request_of(payment)
        self.assertEqual(request.state, "sent", request.error)
        there, credit = self.made()
        self.assertEqual(credit["TotalAmt"], Decimal("2.88"))
        self.assertEqual(credit["TxnTaxDetail"]["TotalTax"], Decimal("0.48"))
        self.assertEqual(self.row(there).state, "done", self.row(there).error)
        self.assert_agree(invoice)

    def test_what_is_written_off_beside_a_payment(self):
        invoice = self.sent(100)
        account = self.env["account.account"].search(
            [("account_type", "=", "expense")], limit=1
        )
        payment = self.write_off(invoice, 99.5, account)
        self.assertEqual((payment.amount, invoice.payment_state), (99.5, "paid"))
        self.assertEqual(self.request_of(payment).state, "sent")
        there, credit = self.made()
        self.assertEqual(credit["TotalAmt"], Decimal("0.5"))
        self.assertEqual(self.row(there).state, "done", self.row(there).error)
        self.assert_agree(invoice)
        # Undone in Odoo, it is told: QuickBooks can't be asked to do the same.
        lines = payment.move_id.line_ids.with_user(self.manager)
        lines.remove_move_reconcile()
        self.env.invalidate_all()
        self.assertEqual(self.row(there).state, "attention")

    def write_off(self, invoice, amount, account):
        """Register less than all, and mark the invoice as fully paid."""
        wizard = self.seen(self.env["account.payment.register"]).with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        with self.own_cursors():
            payment = wizard.create(
                {
                    "payment_date": "2026-11-21",
                    "amount": amount,
                    "payment_difference_handling": "reconcile",
                    "writeoff_account_id": account.id,
                }
            )._create_payments()
            self.commit()
        self.env.invalidate_all()
        return payment.with_env(self.env)


@tagged("post_install", "-at_install")
class TestFlowPaymentDiscountsAbroad(DiscountOutCase, CurrencyCase):
    def test_a_discount_in_another_currency_goes_there(self):
        invoice = self.with_discount(currency_id=self.usd.id)
        payment = self.register(invoice)
        self.assertEqual((payment.amount, payment.currency_id), (98, self.usd))
        request = self.request_of(payment)
        self.assertEqual(request.state, "sent", request.error)
        there, credit = self.made()
        self.assertEqual((there["TotalAmt"], credit["TotalAmt"]), (98, 2))
        # Each at its own rate: the discount is of what was invoiced.
        self.assertEqual(there["ExchangeRate"], Decimal("0.625"))
        self.assertEqual(credit["ExchangeRate"], Decimal("0.8"))
        self.assertEqual(self.row(there).state, "done", self.row(there).error)
        self.assertEqual(self.odoo_payments(), payment)
        self.assert_agree(invoice)
        # 80 were owed: 1.60 were let off, and 61.25 have come.
        self.assertEqual(self.exchanged(invoice | payment.move_id), Decimal("17.15"))
