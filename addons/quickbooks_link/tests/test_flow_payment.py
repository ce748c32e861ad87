from decimal import Decimal

from odoo.tests import tagged

from .guide import guide
from .payment_common import PaymentCase


@tagged("post_install", "-at_install")
class TestFlowPayment(PaymentCase):
    """Payments recorded in QuickBooks show in Odoo, by the amounts allocated there."""

    def test_what_a_bank_statement_has_is_not_taken_apart(self):
        method = self.bank.inbound_payment_method_line_ids[0]
        method.payment_account_id = self.env["account.account"].create(
            {
                "name": "Outstanding receipts",
                "code": "OUTREC",
                "account_type": "asset_current",
                "reconcile": True,
                "company_ids": [(6, 0, self.company.ids)],
            }
        )
        invoice = self.sent(100)
        paid = self.pay(60, (invoice, 60))
        self.sync("payments")
        payment = self.row(paid).payment_id
        liquidity, _counterpart, _other = payment._seek_for_lines()
        matched = self.on_statement(liquidity)
        self.void("Payment", paid)
        self.sync("payments")
        row = self.row(paid)
        self.assertEqual((row.state, row.payment_id), ("attention", payment))
        self.assertIn("is matched with a bank statement in Odoo", row.error)
        self.assertEqual(self.open_in_odoo(invoice), 40)
        matched.remove_move_reconcile()
        self.sync("payments")
        self.assertEqual((row.state, payment.state), ("undone", "canceled"), row.error)
        self.assert_agree(invoice)

    def on_statement(self, liquidity):
        """Match the money with a line of a bank statement; return what was matched."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": "2026-11-23",
                "payment_ref": "Ainsty",
                "amount": 60,
            }
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = liquidity.account_id
        both = suspense | liquidity
        both.reconcile()
        return both

    @guide("9.10")
    def test_a_payment_pays_its_invoice_and_never_twice(self):
        invoice = self.sent(100)
        paid = self.pay(
            100, (invoice, 100), PaymentRefNum="CHQ 17", PrivateNote="Thank you"
        )
        run = self.sync("payments")
        row = self.row(paid)
        self.assertEqual(row.state, "done", row.error)
        payment = row.payment_id
        self.assertEqual(payment.state, "paid")
        self.assertEqual(str(payment.date), "2026-11-21")
        self.assertEqual(payment.payment_reference, "CHQ 17")
        self.assertEqual(payment.memo, "Thank you")
        self.assertEqual(payment.journal_id, self.bank)
        self.assertEqual(payment.partner_id, self.partner)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self.document(invoice).paid_there, "paid")
        self.assertIn("100", self.notes(invoice))
        self.assert_agree(invoice)
        self.assertTrue(self.connection.payments_last_completed)
        self.assertGreater(run.created, 0)
        before = self.versions()
        run = self.sync("payments")
        self.assertEqual((run.created, run.updated, run.deactivated), (0, 0, 0))
        self.assertEqual(run.calls, 1)
        self.connection.payments_watermark = False
        run = self.sync("payments")
        self.assertEqual((run.created, run.updated, run.deactivated), (0, 0, 0))
        self.assertEqual(self.versions(), before)
        self.assertEqual(self.odoo_payments(), payment)

    @guide("9.10")
    def test_refreshing_the_customer_brings_the_payments_of_its_invoices(self):
        invoice = self.sent(100)
        paid = self.pay(60, (invoice, 60))
        self.press(self.partner, "action_quickbooks_refresh")
        self.assertEqual(self.row(paid).state, "done", self.row(paid).error)
        self.assertEqual(invoice.payment_state, "partial")
        self.assert_agree(invoice)

    def versions(self):
        """Return where the rows lie: one that is written lies elsewhere."""
        self.env.flush_all()
        found = []
        for table in ("quickbooks_payment", "quickbooks_document", "account_payment"):
            self.env.cr.execute(f"SELECT id, ctid FROM {table} ORDER BY id")
            found.append(self.env.cr.fetchall())
        return found

    def test_partial_payments_several_invoices_and_what_is_left(self):
        one, two = self.sent(100), self.sent(200)
        self.pay("33.33", (one, "33.33"))
        both = self.pay("216.67", (one, "66.66"), (two, "150.01"))
        over = self.pay(60, (two, "49.99"))
        self.sync("payments")
        self.assertEqual((one.payment_state, two.payment_state), ("partial", "paid"))
        self.assertEqual(self.open_in_odoo(one), Decimal("0.01"))
        self.assert_agree(one, two)
        self.assertEqual(self.document(one).paid_there, "partial")
        self.assertEqual(self.row(over).unapplied, 10.01)
        open_lines = self.row(over).payment_id.move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        self.assertEqual(open_lines.amount_residual, -10.01)
        self.assertEqual(self.row(both).allocation_ids.move_id, one | two)

    def test_amounts_are_those_allocated_and_not_what_would_fit(self):
        one, two = self.sent(100), self.sent(100)
        self.pay(100, (one, 30), (two, 70))
        self.sync("payments")
        self.assertEqual(self.open_in_odoo(one), 70)
        self.assertEqual(self.open_in_odoo(two), 30)
        self.assert_agree(one, two)

    def test_unapplied_credit_is_applied_later(self):
        invoice = self.sent(100)
        credit = self.pay(40)
        self.sync("payments")
        payment = self.row(credit).payment_id
        self.assertEqual(self.open_in_odoo(invoice), 100)
        self.assertEqual(self.row(credit).state, "done")
        self.change(
            "Payment",
            credit,
            Line=[self.applied(invoice, 40)],
            SyncToken="0",
            sparse=True,
        )
        self.sync("payments")
        self.assertEqual(self.row(credit).payment_id, payment, "still the same payment")
        self.assertEqual(self.open_in_odoo(invoice), 60)
        self.assert_agree(invoice)

    def test_a_credit_memo_pays_an_invoice_by_the_very_amount(self):
        invoice, credit = self.sent(300), self.sent(200, "out_refund")
        tied = self.pay(0, (invoice, 120), (credit, 120))
        self.sync("payments")
        row = self.row(tied)
        self.assertEqual(row.state, "done", row.error)
        self.assertEqual(row.kind, "credit", "no payment of nothing")
        self.assertFalse(row.payment_id)
        self.assertEqual(self.open_in_odoo(invoice), 180)
        self.assertEqual(self.open_in_odoo(credit), 80)
        self.assert_agree(invoice, credit)
        mixed = self.pay(100, (invoice, 180), (credit, 80))
        self.sync("payments")
        self.assertEqual(self.row(mixed).kind, "payment")
        self.assertEqual(self.row(mixed).payment_id.amount, 100)
        self.assertEqual(invoice.payment_state, "paid")
        self.assert_agree(invoice, credit)

    def test_what_pays_documents_that_odoo_does_not_have(self):
        invoice = self.sent(100)
        item = {"value": self.item.quickbooks_id}
        code = {"value": self.one("tax.code", "No VAT").quickbooks_id}
        line = {
            "Amount": 50,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": item, "TaxCodeRef": code},
        }
        other = self.add(
            "Invoice",
            CustomerRef={"value": self.customer.quickbooks_id},
            Line=[line],
        )
        foreign = ("Invoice", other["Id"])
        mixed = self.pay(120, (invoice, 100), (foreign, 20))
        alone = self.pay(30, (foreign, 30))
        self.sync("payments")
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self.row(mixed).payment_id.amount, 120)
        self.assertEqual(self.row(alone).state, "elsewhere")
        self.assertFalse(self.row(alone).payment_id)
        self.assertFalse(self.row(alone).allocation_ids.move_id)
        self.assertEqual(len(self.odoo_payments()), 1)

    def test_undone_when_changed_unapplied_voided_or_deleted(self):
        invoices = [self.sent(100) for _number in range(4)]
        changed = invoices[0]
        paid = [self.pay(100, (invoice, 100)) for invoice in invoices]
        self.sync("payments")
        self.assertEqual({one.payment_state for one in invoices}, {"paid"})
        first = self.row(paid[0]).payment_id
        self.change(
            "Payment",
            paid[0],
            TotalAmt=60,
            Line=[self.applied(changed, 60)],
            sparse=True,
            SyncToken="0",
        )
        self.change("Payment", paid[1], Line=[], sparse=True, SyncToken="0")
        self.void("Payment", paid[2])
        self.act("delete", "Payment", paid[3])
        self.sync("payments")
        self.assert_agree(*invoices)
        self.assertEqual(first.state, "canceled")
        self.assertEqual(self.row(paid[0]).payment_id.amount, 60)
        self.assertEqual(self.row(paid[1]).payment_id.amount, 100)
        self.assertEqual(self.row(paid[2]).status, "voided")
        self.assertEqual(self.row(paid[3]).status, "deleted")
        self.assertEqual({self.row(one).state for one in paid[2:]}, {"undone"})
        self.assertFalse((self.row(paid[2]) | self.row(paid[3])).payment_id)
        self.assertEqual(sum(self.odoo_payments().mapped("amount")), 160)
        for invoice, word in zip(
            invoices, ("changed", "taken off", "voided", "deleted"), strict=True
        ):
            self.assertIn(word, self.notes(invoice))

    def test_the_whole_list_finds_what_was_deleted(self):
        invoice = self.sent(100)
        paid = self.pay(100, (invoice, 100))
        self.sync("payments")
        self.act("delete", "Payment", paid)
        self.connection.payments_watermark = False
        self.sync("payments")
        self.assertEqual(self.row(paid).status, "deleted")
        self.assert_agree(invoice)

    def test_what_odoo_has_settled_otherwise_is_told(self):
        invoice = self.sent(100)
        self.company.quickbooks_payments_out = "off"
        ours = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        ours.create({"amount": 70, "payment_date": "2026-11-01"})._create_payments()
        paid = self.pay(100, (invoice, 100))
        self.sync("payments")
        row = self.row(paid)
        self.assertEqual(row.state, "attention")
        name = row.payment_id.name
        self.assertRegex(row.error, f"70.00 GBP of {name} .*pay {invoice.name}")
        self.assertIn("settled otherwise", " ".join(self.alerts(invoice).values()))
        self.assertEqual(self.open_in_odoo(invoice), 0)

    def test_a_locked_date_waits_and_is_done_once_unlocked(self):
        invoice = self.sent(100)
        paid = self.pay(100, (invoice, 100))
        self.company.fiscalyear_lock_date = "2026-11-30"
        self.sync("payments")
        row = self.row(paid)
        self.assertEqual((row.state, row.hold), ("waiting", "lock"))
        self.assertIn("locked", row.error)
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertIn("locked", " ".join(self.alerts(invoice).values()))
        self.company.fiscalyear_lock_date = False
        self.sync("payments")
        self.assertEqual((row.state, row.hold), ("done", False))
        self.assertEqual(invoice.payment_state, "paid")
        self.company.fiscalyear_lock_date = "2026-11-30"
        self.void("Payment", paid)
        self.sync("payments")
        self.assertEqual((row.state, row.hold), ("waiting", "lock"))
        self.assertEqual(invoice.payment_state, "paid")
        self.company.fiscalyear_lock_date = False
        self.sync("payments")
        self.assertEqual((row.state, row.hold), ("undone", False))
        self.assert_agree(invoice)

    def test_what_pays_an_invoice_that_is_a_draft_again_waits_for_it(self):
        one, two = self.sent(100), self.sent(50)
        with self.own_cursors():
            self.seen(two).button_draft()
            self.commit()
        alone = self.pay(40, (two, 40))
        both = self.pay(20, (one, 15), (two, 5))
        self.sync("payments")
        self.assertEqual(self.row(alone).state, "new")
        self.assert_agree(one)
        self.post(two)
        self.sync("payments")
        self.assertEqual({self.row(alone).state, self.row(both).state}, {"done"})
        self.assert_agree(one, two)

    def test_what_pays_an_invoice_that_is_cancelled_here_says_so(self):
        invoice, credit = self.sent(300), self.sent(200, "out_refund")
        tied = self.pay(0, (invoice, 120), (credit, 120))
        paid = self.pay(50, (invoice, 50))
        self.sync("payments")
        with self.own_cursors():
            self.seen(invoice).button_cancel()
            self.commit()
        self.assertIn("a payment is applied to it", self.document(invoice).error)
        self.sync("payments")
        for payment, amount in ((tied, "120.00"), (paid, "50.00")):
            row = self.row(payment)
            self.assertEqual(row.state, "attention")
            self.assertIn(f"{amount} GBP of it are applied to", row.error)
        # The bookkeeper does as she is told.
        for payment in (tied, paid):
            self.act("delete", "Payment", payment)
        self.sync("payments")
        with self.own_cursors():
            self.seen(invoice).action_quickbooks_void()
            self.commit()
        self.assertEqual(self.document(invoice).state, "voided")
        rows = self.row(tied) | self.row(paid)
        self.assertEqual(set(rows.mapped("state")), {"undone"})
        self.assert_agree(credit)

    def test_a_company_may_choose_to_be_shown_only(self):
        invoice = self.sent(100)
        paid = self.pay(40, (invoice, 40))
        self.company.quickbooks_payments = "show"
        self.sync("payments")
        self.assertEqual(self.row(paid).state, "shown")
        self.assertFalse(self.odoo_payments())
        document = self.document(invoice)
        self.assertEqual((document.balance, document.paid_there), (60, "partial"))
