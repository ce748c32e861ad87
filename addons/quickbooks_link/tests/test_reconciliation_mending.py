"""Findings: the buttons that each offers mend it, or it says what a person must do."""

import json
from decimal import Decimal

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..payment_plan import receivable_lines
from ..qbo import exactjson
from .payment_common import PaymentCase
from .reconciliation_common import ReconciliationCase

BUTTONS = ("send", "pull", "link", "take", "void", "open_payments")


class MendingCase(PaymentCase, ReconciliationCase):
    def found(self, run, move):
        """Return the finding about a move, or about a payment of Odoo's."""
        name = "payment_id" if move._name == "account.payment" else "move_id"
        return run.line_ids.filtered(lambda line: line[name] == move)

    def assert_offers(self, line, *buttons):
        self.assertEqual(len(line), 1)
        self.env.invalidate_all()
        offered = {name for name in BUTTONS if line[f"can_{name}"]}
        self.assertEqual(offered, set(buttons), (line.differences, line.advice))

    def register(self, move, amount):
        """Register a payment in Odoo, which stays there."""
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        values = {"payment_date": "2026-11-21", "amount": amount}
        return wizard.create(values)._create_payments()

    def settle_by_entry(self, move, amount):
        """Write off a part of an invoice in Odoo by a journal entry."""
        account = receivable_lines(move).account_id
        expense = self.env["account.account"].search(
            [("account_type", "=", "expense"), ("company_ids", "in", self.company.id)],
            limit=1,
        )
        partner = {"partner_id": move.partner_id.id}
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-11-21",
                "company_id": self.company.id,
                "line_ids": [
                    Command.create(
                        {"account_id": account.id, "credit": amount, **partner}
                    ),
                    Command.create({"account_id": expense.id, "debit": amount}),
                ],
            }
        )
        entry.action_post()
        (receivable_lines(entry) | receivable_lines(move)).reconcile()
        return entry


@tagged("post_install", "-at_install")
class TestReconciliationMending(MendingCase):
    def test_a_balance_is_mended_from_the_side_that_has_the_payment(self):
        self.ignore_history()
        there, here, entry = (self.sent(price) for price in (100, 200, 300))
        self.pay(60, (there, 60))
        payment = self.register(here, 150)
        written_off = self.settle_by_entry(entry, 25)
        run = self.reconcile()
        lines = {move: self.found(run, move) for move in (there, here, entry)}
        self.assert_offers(lines[there], "pull")
        self.assertIn("settled £\xa060.00 of it, and Odoo", lines[there].advice)
        self.assert_offers(lines[here], "send")
        told = f"{payment.move_id.name} settles £\xa0150.00 of it in Odoo only"
        self.assertIn(told, lines[here].advice)
        self.assert_offers(lines[entry])
        self.assertIn(f"{written_off.name} settles", lines[entry].advice)
        self.assertIn("undo that reconciliation", lines[entry].advice)
        self.do(lines[there], "action_pull")
        self.assertEqual(lines[there].done, "pulled")
        self.assertEqual(there.amount_residual, 40)
        self.do(lines[here], "action_send")
        self.assertEqual(lines[here].done, "sent")
        self.assert_agree(there, here)
        run = self.reconcile()
        self.assertEqual(
            self.findings(run)["different"], self.found(run, entry), run.line_ids
        )

    def test_what_pulling_does_not_mend_says_what_does(self):
        self.ignore_history()
        undone, late = self.sent(50), self.sent(70)
        self.pay(50, (undone, 50))
        self.sync("payments")
        receivable_lines(undone).remove_move_reconcile()
        self.pay(70, (late, 70), TxnDate="2026-10-06")
        self.company.fiscalyear_lock_date = "2026-10-31"
        run = self.reconcile()
        line = self.found(run, undone)
        self.assertIn("Somebody undid", line.advice)
        self.assert_offers(line, "pull", "open_payments")
        self.do(line, "action_pull")
        self.assertEqual(line.done, "pulled")
        self.assert_agree(undone)
        line = self.found(run, late)
        self.assert_offers(line, "pull")
        self.do(line, "action_pull")
        self.assertFalse(line.done)
        self.assertIn("is locked in Odoo until", line.advice)
        self.assert_offers(line, "open_payments")
        action = self.do(line, "action_payments")
        payments = self.env["quickbooks.payment"].search(action["domain"])
        self.assertEqual(payments.hold, "lock")

    def test_a_credit_applied_in_odoo_only_is_sent(self):
        self.ignore_history()
        invoice, credit = self.sent(100), self.sent(30, "out_refund")
        # Somebody does it who may not send it.
        lines = receivable_lines(invoice) | receivable_lines(credit)
        lines.with_user(self.accountant).reconcile()
        run = self.reconcile()
        for move in (invoice, credit):
            self.assert_offers(self.found(run, move), "send")
            self.assertIn("is not applied to", self.found(run, move).advice)
        self.do(self.found(run, invoice), "action_send")
        self.sync("payments")
        self.assert_agree(invoice, credit)
        self.assertTrue(self.reconcile().agrees)

    def test_what_is_void_or_of_another_customer_says_what_helps(self):
        self.ignore_history()
        voided, kept, draft, moved, again = (self.sent(10) for _number in range(5))
        self.act("void", "Invoice", {"Id": self.document(voided).quickbooks_id})
        self.act("void", "Invoice", {"Id": self.document(again).quickbooks_id})
        action = self.seen(kept).action_quickbooks_cancel()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.press(wizard, "action_keep")
        self.seen(draft).button_draft()
        unknown = self.contact("Unknown Ltd")
        moved.with_context(quickbooks_taking=True).button_draft()
        moved.partner_id = unknown
        moved.with_context(quickbooks_taking=True).action_post()
        run = self.reconcile()
        self.assert_offers(self.found(run, voided), "send")
        self.assertIn("make a credit note", self.found(run, voided).advice)
        self.assert_offers(self.found(run, kept), "void")
        self.assert_offers(self.found(run, draft))
        self.assertIn("Confirm it", self.found(run, draft).advice)
        line = self.found(run, moved)
        self.assert_offers(line, "take")
        self.assertIn("Link Unknown Ltd to its QuickBooks Customer", line.advice)
        self.do(self.found(run, kept), "action_void")
        self.do(self.found(run, again), "action_send")
        self.post(draft)
        self.assertEqual(self.document(again).state, "sent")
        self.partner.quickbooks_customer_id.sudo().active = False
        with self.assertRaisesRegex(UserError, "is inactive in QuickBooks"):
            self.do(self.found(run, voided), "action_send")
        self.assertFalse(self.found(run, voided).done)
        self.partner.quickbooks_customer_id.sudo().active = True
        self.seen(voided).button_cancel()
        run = self.reconcile()
        self.assertEqual(run.line_ids.filtered(lambda x: not x.done).move_id, moved)

    def test_what_quickbooks_made_and_took_out_is_to_be_cancelled_here_too(self):
        self.ignore_history()
        records = [self.add("Invoice", **self.sale(DocNumber=n)) for n in ("Q1", "Q2")]
        found = self.findings(self.reconcile())["quickbooks_only"]
        self.do(found, "action_pull")
        voided, deleted = found.move_id.sorted("name")
        self.post(voided | deleted)
        self.assertEqual((voided.name, deleted.name), ("Q1", "Q2"))
        self.act("void", "Invoice", records[0])
        self.act("delete", "Invoice", records[1])
        run = self.reconcile()
        for move in (voided, deleted):
            self.assert_offers(self.found(run, move))
            self.assertEqual(self.found(run, move).advice, "Cancel it in Odoo too.")
        (voided | deleted).button_cancel()
        self.assertFalse(self.reconcile().line_ids.filtered(lambda one: not one.done))

    def test_a_tax_that_is_quickbooks_to_work_out_is_left_to_it(self):
        self.ignore_history()
        invoice = self.post(self.invoice())
        held = self.there("Invoice", self.document(invoice).quickbooks_id)
        [line] = held["TxnTaxDetail"]["TaxLine"]
        more = Decimal("24.01")
        detail = {"TotalTax": more, "TaxLine": [{**line, "Amount": more}]}
        detail = json.loads(exactjson.dumps(detail))
        self.change("Invoice", held, sparse=True, TxnTaxDetail=detail)
        run = self.reconcile()
        self.assert_offers(self.found(run, invoice), "send", "take")
        self.company.quickbooks_tax_choice = "quickbooks"
        run = self.reconcile()
        self.assert_offers(self.found(run, invoice))
        self.assertIn("QuickBooks' own tax is kept", self.found(run, invoice).advice)

    def test_payments_applied_otherwise_are_mended_too(self):
        self.ignore_history()
        invoice, other = self.sent(100), self.sent(80)
        theirs = self.pay(50, PaymentRefNum="BACS 1")
        gone = self.pay(20, PaymentRefNum="BACS 2")
        self.sync("payments")
        payment, lost = self.row(theirs).payment_id, self.row(gone).payment_id
        (receivable_lines(payment.move_id) | receivable_lines(invoice)).reconcile()
        self.remove("Payment", gone["Id"])
        run = self.reconcile()
        self.assert_offers(self.found(run, payment), "send")
        self.assert_offers(self.found(run, lost), "pull")
        self.do(self.found(run, payment), "action_send")
        self.do(self.found(run, lost), "action_pull")
        self.assertEqual(lost.state, "canceled")
        self.assert_agree(invoice)
        self.assertTrue(self.reconcile().agrees)
        self.change("Payment", self.there("Payment", theirs["Id"]), Line=[])
        again = self.there("Payment", theirs["Id"])
        line = [self.applied(other, 50)]
        self.change("Payment", again, Line=line)
        run = self.reconcile()
        for move in (invoice, other):
            self.assert_offers(self.found(run, move), "pull")
        lines = self.found(run, invoice) | self.found(run, other)
        self.do(lines, "action_pull")
        self.assert_agree(invoice, other)
        self.assertTrue(self.reconcile().agrees)
