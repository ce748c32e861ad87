from odoo.tests import tagged

from .payment_common import PaymentCase


class RegisterCase(PaymentCase):
    """People who register payments in Odoo."""

    def register(self, invoice, amount=None, user=None, **values):
        """Register a payment in Odoo, and commit as the end of the request does."""
        with self.own_cursors():
            wizard = (
                self.seen(self.env["account.payment.register"], user)
                .with_context(active_model="account.move", active_ids=invoice.ids)
                .create({"payment_date": "2026-11-21", **values})
            )
            if amount is not None:
                wizard.amount = amount
            payment = wizard._create_payments()
            self.commit()
        self.env.invalidate_all()
        return payment.with_env(self.env)

    def request_of(self, payment):
        requests = self.env["quickbooks.payment.request"]
        return requests.search([("payment_id", "=", payment.id)])

    def run_payments_cron(self):
        cron = self.env.ref("quickbooks_link.ir_cron_quickbooks_payments")
        with self.own_cursors():
            cron.method_direct_trigger()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestFlowPaymentOut(RegisterCase):
    """Payments registered in Odoo go to QuickBooks once, and come back recognised."""

    def setUp(self):
        super().setUp()
        self.company.quickbooks_payments_out = "send"

    def test_is_sent_once_and_comes_back_recognised(self):
        invoice = self.sent(100)
        before = set(self.records("Payment"))
        payment = self.register(invoice, 60, communication="Cheque")
        request = self.request_of(payment)
        self.assertEqual(request.state, "sent", request.error)
        [made] = set(self.records("Payment")) - before
        held = self.records("Payment")[made]
        self.assertEqual(held["TotalAmt"], 60)
        self.assertEqual(held["TxnDate"], "2026-11-21")
        self.assertEqual(held["UnappliedAmt"], 0)
        self.assert_agree(invoice)
        row = self.row(held)
        self.assertEqual((row.state, row.payment_id), ("done", payment))
        self.sync("payments")
        self.connection.payments_watermark = False
        self.sync("payments")
        self.assertEqual(self.odoo_payments(), payment)
        self.assertEqual(set(self.records("Payment")) - before, {made})
        # Applied further in Odoo, then taken back.
        self.do(payment, "action_cancel")
        self.assertEqual(self.request_of(payment).state, "sent", request.error)
        self.assertFalse(self.records("Payment")[made]["TotalAmt"])
        self.sync("payments")
        self.assertEqual(self.row(held).state, "undone")
        self.assert_agree(invoice)

    def test_a_lost_answer_makes_no_second_payment(self):
        invoice = self.sent(100)
        before = set(self.records("Payment"))
        self.fault("drop_after", "create Payment", times=2)
        payment = self.register(invoice, 100)
        request = self.request_of(payment)
        self.assertEqual(request.state, "sending")
        self.sync("payments")
        self.assertEqual(self.odoo_payments(), payment)
        request.next_try = "2020-01-01 00:00:00"
        request.flush_recordset()
        self.run_payments_cron()
        self.assertEqual(request.state, "sent", request.error)
        self.assertEqual(len(set(self.records("Payment")) - before), 1)
        self.assert_agree(invoice)

    def test_what_is_void_or_gone_there_already_is_cancelled_here_too(self):
        for name, take_out in (
            ("voided", lambda record: self.void("Payment", record)),
            ("deleted", lambda record: self.remove("Payment", record["Id"])),
        ):
            with self.subTest(name):
                invoice = self.sent(100)
                before = set(self.records("Payment"))
                payment = self.register(invoice, 60)
                [made] = set(self.records("Payment")) - before
                take_out({"Id": made})
                self.forget_calls()
                self.do(payment, "action_cancel")
                request = self.request_of(payment)
                self.assertEqual(request.state, "sent", request.error)
                self.assertEqual(payment.state, "canceled")
                self.assertNotIn("void Payment", self.calls())
                self.assert_agree(invoice)
                self.assertEqual(self.open_in_odoo(invoice), 100)

    def test_a_balance_that_can_not_be_read_just_then_comes_with_the_next_sync(self):
        invoice = self.sent(100)
        self.fault("status", "batch", times=2, status=503)
        payment = self.register(invoice, 60)
        request = self.request_of(payment)
        self.assertEqual(request.state, "sent", request.error)
        self.simulator.delete("faults")
        self.sync("payments")
        self.assert_agree(invoice)
        self.assertEqual(self.document(invoice).balance, 40)

    def test_a_log_in_that_is_refused_afresh_is_asked_for_as_for_documents(self):
        token = self.connection._token_of(self.manager)
        lines = [{"quantity": 1, "price_unit": 100, "tax_ids": self.no_tax()}]
        invoice = self.sent(100)
        for label in ("query Payment", "create Invoice"):
            self.fault("token_expired", label, times=99)
            if label == "create Invoice":
                late = self.post(self.invoice(lines=lines))
                waiting = self.document(late)
            else:
                waiting = self.request_of(self.register(invoice, 60))
            self.assertEqual((waiting.state, waiting.hold), ("waiting", "login"))
            states = (token.state, self.connection.state)
            self.assertEqual(states, ("reconnect", "attention"))
            self.simulator.delete("faults")
            self.connect(realm_id=self.realm)
            self.assertEqual(self.connection.state, "connected")
            self.run_payments_cron()
            self.run_cron()
            self.assertEqual(waiting.state, "sent", waiting.error)
        self.assert_agree(invoice, late)

    def test_applied_later_in_odoo_is_applied_in_quickbooks(self):
        invoice = self.sent(100)
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.partner.id,
                "amount": 80,
                "date": "2026-11-21",
                "journal_id": self.bank.id,
            }
        )
        self.do(payment, "action_post")
        row = payment.quickbooks_payment_id
        self.assertEqual(self.records("Payment")[row.quickbooks_id]["UnappliedAmt"], 80)
        lines = (payment.move_id | invoice).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        self.do(lines, "reconcile")
        self.assertEqual(self.records("Payment")[row.quickbooks_id]["UnappliedAmt"], 0)
        self.assert_agree(invoice)

    def test_what_was_paid_as_a_draft_is_applied_when_the_invoice_arrives(self):
        lines = [{"quantity": 1, "price_unit": 100, "tax_ids": self.no_tax()}]
        invoice = self.invoice(lines=lines)
        payment = self.register(invoice, 60)
        row = payment.quickbooks_payment_id
        self.assertEqual(self.records("Payment")[row.quickbooks_id]["UnappliedAmt"], 60)
        self.post(invoice)
        self.go_on(payment)
        self.assertEqual(self.records("Payment")[row.quickbooks_id]["UnappliedAmt"], 0)
        self.assert_agree(invoice)

    def test_what_waited_for_its_invoice_goes_when_that_has_arrived(self):
        self.fault("drop", "create Invoice", times=2)
        lines = [{"quantity": 1, "price_unit": 100, "tax_ids": self.no_tax()}]
        invoice = self.post(self.invoice(lines=lines))
        payment = self.register(invoice, 60)
        self.assertEqual(self.request_of(payment).state, "attention")
        told = self.seen(payment, self.accountant).quickbooks_request_error
        self.assertIn("is not in QuickBooks", told)
        self.make_due(self.document(invoice))
        self.run_cron()
        self.go_on(payment)
        self.assertEqual(self.request_of(payment).state, "sent")
        self.assert_agree(invoice)

    def go_on(self, payment):
        """Let the scheduler do what a worker does after its commit."""
        request = self.request_of(payment)
        self.assertFalse(request.error)
        request.next_try = "2020-01-01 00:00:00"
        request.flush_recordset()
        self.run_payments_cron()

    def test_is_asked_about_when_the_company_wishes_it(self):
        self.company.quickbooks_payments_out = "ask"
        one, two = self.sent(100), self.sent(50)
        payments = self.register(one), self.register(two)
        requests = [self.request_of(payment) for payment in payments]
        self.assertEqual({request.state for request in requests}, {"offered"})
        self.press(requests[0], "action_decline")
        self.do(requests[1], "action_send")
        self.assertEqual([r.state for r in requests], ["declined", "sent"])
        self.assertEqual(self.there("Invoice", self.id_of(one))["Balance"], 100)
        self.assertEqual(self.there("Invoice", self.id_of(two))["Balance"], 0)
        self.company.quickbooks_payments_out = "off"
        three = self.sent(10)
        self.assertFalse(self.request_of(self.register(three)))

    def test_of_another_quickbooks_company_it_is_not_sent_to_this_one(self):
        self.company.quickbooks_payments_out = "ask"
        request = self.request_of(self.register(self.sent(100)))
        request.realm_id = "4620816365000000000"
        before = set(self.records("Payment"))
        self.do(request, "action_send")
        self.assertEqual(request.state, "attention")
        self.assertIn("another QuickBooks company", request.error)
        self.assertEqual(set(self.records("Payment")), before)

    def id_of(self, move):
        return self.document(move).quickbooks_id


@tagged("post_install", "-at_install")
class TestFlowPaymentTwin(RegisterCase):
    """One payment that was written down on both sides, and two that look alike."""

    def test_the_same_payment_on_both_sides_is_asked_about(self):
        one, two = self.sent(100), self.sent(100)
        ours = self.register(one)
        same = self.pay(100, (one, 100), TxnDate="2026-11-22")
        other = self.pay(100, (two, 100), TxnDate="2026-11-20")
        far = self.pay(100, TxnDate="2026-11-02")
        self.sync("payments")
        rows = self.row(same), self.row(other)
        for row in rows:
            self.assertEqual((row.state, row.twin_ids), ("ask", ours))
        self.assertEqual(self.row(far).state, "done")
        self.assertEqual(len(self.odoo_payments()), 2)
        self.assertIn("same", " ".join(self.alerts(one).values()))
        self.press(rows[1], "action_distinct")
        self.press(rows[0], "action_same")
        self.assertEqual(rows[0].payment_id, ours)
        self.assertNotEqual(rows[1].payment_id, ours)
        self.assertEqual({row.state for row in rows}, {"done"}, rows[0].error)
        self.assertEqual(len(self.odoo_payments()), 3)
        self.assert_agree(one, two)
        self.sync("payments")
        self.assertEqual(len(self.odoo_payments()), 3)

    def test_references_tell_payments_apart(self):
        one, two = self.sent(100), self.sent(100)
        ours = self.register(one)
        ours.payment_reference = "CHQ 1"
        alike = self.pay(100, (two, 100), PaymentRefNum="CHQ 2")
        same = self.pay(100, (one, 100), PaymentRefNum="chq1", TxnDate="2026-10-01")
        self.sync("payments")
        self.assertEqual(self.row(alike).state, "done")
        self.assertEqual(self.row(same).twin_ids, ours)

    def test_quickbooks_is_asked_before_a_payment_is_sent(self):
        self.company.quickbooks_payments_out = "send"
        invoice = self.sent(100)
        theirs = self.pay(100, (invoice, 100))
        ours = self.register(invoice)
        request = self.request_of(ours)
        self.assertEqual(request.state, "attention")
        self.press(self.row(theirs), "action_same")
        self.assertEqual(request.state, "sent")
        self.assertEqual(self.row(theirs).payment_id, ours)
        self.sync("payments")
        self.assert_agree(invoice)
