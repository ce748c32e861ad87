"""Credit notes that are paid back to the customer, on either side."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..payment_plan import receivable_lines
from ..payment_reading import read_payment
from ..payment_refunds import read_refund
from .reconciliation_common import ReconciliationCase
from .test_flow_payment_out import RegisterCase


class RefundCase(RegisterCase, ReconciliationCase):
    def setUp(self):
        super().setUp()
        self.sync("payments")
        routes = self.env["quickbooks.payment.route"].search(
            [("company_id", "=", self.company.id), ("kind", "=", "Account")]
        )
        accounts = self.records("Account")
        self.route = routes.filtered(
            lambda one: accounts[one.quickbooks_id]["AccountType"] == "Bank"
        )[0]
        self.route.journal_id = self.bank

    def credit(self, price=100):
        return self.sent(price, "out_refund")

    def refund(self, credit, amount, user=None):
        """Pay a credit note back in Odoo."""
        return self.register(credit, amount, user, journal_id=self.bank.id)

    def expenses(self):
        """Return what was paid back in QuickBooks to the customer."""
        return {
            key: one
            for key, one in self.records("Purchase").items()
            if one.get("EntityRef", {}).get("value") == self.customer.quickbooks_id
        }

    def pay_back(self, amount, **values):
        """Pay the customer back in QuickBooks."""
        [receivable] = [
            one
            for one in self.records("Account").values()
            if one["AccountType"] == "Accounts Receivable"
            and one["CurrencyRef"]["value"] == "GBP"
        ]
        detail = {"AccountRef": {"value": receivable["Id"]}}
        kind = "AccountBasedExpenseLineDetail"
        body = {
            "PaymentType": "Cash",
            "AccountRef": {"value": self.route.quickbooks_id},
            "EntityRef": {"value": self.customer.quickbooks_id, "type": "Customer"},
            "TxnDate": "2026-11-21",
            "GlobalTaxCalculation": "NotApplicable",
            "Line": [{"DetailType": kind, "Amount": amount, kind: detail}],
            **values,
        }
        return self.add("Purchase", **body)

    def tie(self, credit, amount, expense):
        """Apply a credit memo to what was paid back, in QuickBooks."""
        return self.pay(0, (credit, amount), (("Expense", expense["Id"]), amount))


@tagged("post_install", "-at_install")
class TestFlowPaymentRefunds(RefundCase):
    def test_a_refund_goes_there_once_and_is_taken_back(self):
        self.company.quickbooks_payments_out = "send"
        self.ignore_history()
        credit = self.credit()
        self.fault("drop_after", "create Purchase", times=2)
        payment = self.refund(credit, 60)
        request = self.request_of(payment)
        self.assertEqual(request.state, "sending", request.error)
        self.fault("drop_after", "create Payment", times=2)
        for _answer in ("the tie", "all"):
            request.next_try = "2020-01-01 00:00:00"
            request.flush_recordset()
            self.run_payments_cron()
        self.assertEqual(request.state, "sent", request.error)
        [expense] = self.expenses().values()
        self.assertEqual((expense["TotalAmt"], expense["TxnDate"]), (60, "2026-11-21"))
        self.assertEqual(expense["AccountRef"]["value"], self.route.quickbooks_id)
        self.assert_agree(credit)
        self.assertEqual(self.open_in_odoo(credit), 40)
        row = payment.quickbooks_payment_id
        self.assertEqual((row.state, row.payment_id), ("done", payment), row.error)
        self.assertFalse(self.alerts(credit))
        self.connection.payments_watermark = False
        self.sync("payments")
        self.assertEqual(self.odoo_payments(), payment)
        self.assertEqual(row.state, "done", row.error)
        self.assertTrue(self.reconcile().agrees)
        self.do(payment, "action_cancel")
        self.assertEqual(self.request_of(payment).state, "sent", request.error)
        self.assertFalse(self.expenses())
        self.assertEqual(self.open_in_odoo(credit), 100)
        self.assert_agree(credit)
        self.sync("payments")
        self.assertTrue(self.reconcile().agrees)

    def test_one_that_is_gone_there_already_is_cancelled_here_too(self):
        self.company.quickbooks_payments_out = "send"
        credit = self.credit()
        payment = self.refund(credit, 60)
        request = self.request_of(payment)
        self.assertEqual(request.state, "sent", request.error)
        self.remove("Payment", request.quickbooks_id)
        self.remove("Purchase", request.refund_quickbooks_id)
        self.do(payment, "action_cancel")
        self.assertEqual(request.state, "sent", request.error)
        self.assertEqual(payment.state, "canceled")
        self.assert_agree(credit)

    def test_one_recorded_in_quickbooks_first_is_told_and_recognised(self):
        self.company.quickbooks_payments_out = "send"
        credit = self.credit()
        expense = self.pay_back(70)
        tie = self.tie(credit, 70, expense)
        self.sync("payments")
        row = self.row(tie)
        self.assertEqual(row.state, "attention")
        told = " ".join(self.alerts(credit).values())
        self.assertIn("paid £\xa070.00 of RINV", told)
        payment = self.refund(credit, 70)
        request = self.request_of(payment)
        self.assertEqual(request.state, "sent", request.error)
        self.assertEqual(set(self.expenses()), {expense["Id"]})
        self.assertEqual((row.state, row.payment_id), ("done", payment))
        self.assert_agree(credit)
        with self.assertRaisesRegex(UserError, "is a payment in QuickBooks"):
            self.seen(payment).action_cancel()
        # Taken off there, the money is still paid back.
        self.remove("Payment", tie["Id"])
        self.sync("payments")
        self.assertIn(payment.state, ("in_process", "paid"))
        self.assertEqual(self.open_in_odoo(credit), 100)
        self.assert_agree(credit)
        self.do(payment, "action_cancel")
        self.assertEqual(request.state, "sent", request.error)
        self.assertEqual(set(self.expenses()), {expense["Id"]}, "a person's own")

    def test_what_stays_in_odoo_is_told_on_the_credit_note(self):
        self.ignore_history()
        credit = self.credit()
        self.route.journal_id = False
        payment = self.refund(credit, 30)
        self.assertFalse(self.request_of(payment))
        told = " ".join(self.alerts(credit).values())
        self.assertIn("of £\xa030.00 is not in QuickBooks", told)
        self.assertIn("which QuickBooks account", told)
        told = " ".join(self.alerts(credit, self.accountant).values())
        self.assertIn("Record it in QuickBooks", told)
        run = self.reconcile()
        line = run.line_ids.filtered(lambda one: one.move_id == credit)
        self.assertTrue(line.can_send)
        self.do(line, "action_send")
        request = self.request_of(payment)
        self.assertEqual(request.state, "attention")
        self.assertIn("which QuickBooks account", request.error)
        self.route.journal_id = self.bank
        # There is one alike, of which nobody knows whether it is the same.
        other = self.pay_back(30, TxnDate="2026-11-20")
        self.do(payment, "action_quickbooks_bring")
        self.assertIn("already, of 2026-11-20", request.error)
        self.assertEqual(set(self.expenses()), {other["Id"]})
        self.do(payment, "action_quickbooks_send")
        self.assertEqual(request.state, "sent", request.error)
        self.assertEqual(len(self.expenses()), 2)
        self.assert_agree(credit)
        self.assertFalse(self.alerts(credit))

    def test_what_quickbooks_can_not_be_told_is_recorded_by_hand(self):
        self.company.quickbooks_payments_out = "ask"
        credit, other = self.credit(50), self.credit(20)
        payment = self.refund(credit, 50)
        request = self.request_of(payment)
        self.assertEqual(request.state, "offered")
        used = self.pay_back(50)
        self.tie(credit, 50, used)
        # Nobody has synced: QuickBooks itself says what is left of it.
        self.do(payment, "action_quickbooks_send")
        self.assertEqual(request.state, "attention")
        self.assertIn("less left of the credit memo", request.error)
        self.sync("payments")
        self.assertEqual(request.state, "sent", request.error)
        self.assertEqual(set(self.expenses()), {used["Id"]})
        both = self.refund(other, 25)
        self.do(both, "action_quickbooks_send")
        self.assertIn("Record it in QuickBooks", self.request_of(both).error)
        declined = self.refund(self.credit(10), 10)
        self.press(self.request_of(declined), "action_decline")
        credit = declined.reconciled_invoice_ids
        self.assertFalse(self.alerts(credit))

    def test_an_overpayment_that_is_paid_back_is_told_and_recognised(self):
        self.ignore_history()
        invoice = self.sent(60)
        paid = self.pay(100, (invoice, 60))
        self.sync("payments")
        row, payment = self.row(paid), self.row(paid).payment_id
        expense = self.pay_back(40)
        lines = [
            self.applied(invoice, 60),
            self.applied(("Expense", expense["Id"]), 40),
        ]
        self.change("Payment", self.there("Payment", paid["Id"]), Line=lines)
        self.sync("payments")
        self.assertEqual(row.state, "attention")
        self.assertIn("paid £\xa040.00 of it back", row.error)
        line = self.reconcile().line_ids.filtered(lambda x: x.payment_id == payment)
        self.assertIn("paid £\xa040.00 of it back", line.advice)
        self.assertTrue(line.can_open_payments)
        back = self.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_type": "customer",
                "partner_id": self.partner.id,
                "amount": 40,
                "date": "2026-11-21",
                "journal_id": self.bank.id,
            }
        )
        back.action_post()
        (receivable_lines(back.move_id) | receivable_lines(payment.move_id)).reconcile()
        self.sync("payments")
        self.assertEqual((row.state, row.payment_id), ("done", payment), row.error)
        self.assertTrue(self.reconcile().agrees)
        # Taken off there, Odoo alone has it.
        self.change("Payment", self.there("Payment", paid["Id"]), Line=lines[:1])
        self.sync("payments")
        line = self.reconcile().line_ids.filtered(lambda x: x.payment_id == payment)
        self.assertIn("Record it in QuickBooks", line.advice)

    def test_payments_and_refunds_go_by_the_same_account_of_a_journal(self):
        """The first in the list of journals, where several have the same one."""
        routes = self.env["quickbooks.payment.route"]
        here = [("company_id", "=", self.company.id)]
        accounts = routes.search([*here, ("kind", "=", "Account")], order="id")
        older, newer = accounts[0], accounts[1]
        (older | newer).journal_id = self.bank
        older.name, newer.name = "Zinc Bank", "Amber Bank"
        payment = self.register(self.sent(50), 50, journal_id=self.bank.id)
        refund = self.refund(self.credit(50), 50)
        self.assertEqual(read_payment(payment).account_id, newer.quickbooks_id)
        expense, _amounts = read_refund(refund, "")
        self.assertEqual(expense["AccountRef"]["value"], newer.quickbooks_id)
        method = routes.search([*here, ("kind", "=", "PaymentMethod")], limit=1)
        method.journal_id = self.bank
        told = read_payment(payment)
        self.assertEqual((told.method_id, told.account_id), (method.quickbooks_id, ""))
        expense, _amounts = read_refund(refund, "")
        self.assertEqual(expense["AccountRef"]["value"], newer.quickbooks_id)
