"""Credit notes that Odoo applies to invoices, and QuickBooks after it."""

from decimal import Decimal

from odoo import fields
from odoo.tests import tagged

from ..qbo import payments
from .test_flow_document_cancel import CancelCase


class ApplicationCase(CancelCase):
    def reverse(self, invoice, user=None, **values):
        """Make a credit note of an invoice as a person does, and confirm it."""
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard = wizard.create({"journal_id": invoice.journal_id.id, "reason": "Late"})
        credit = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        credit.invoice_date = "2026-11-23"
        if values:
            credit.invoice_line_ids.write(values)
        return self.post(credit, user)

    def reconcile(self, *moves, user=None):
        with self.own_cursors():
            self.receivables(*moves, user=user).reconcile()
            self.commit()
        self.env.invalidate_all()

    def unreconcile(self, *moves, user=None):
        with self.own_cursors():
            self.receivables(*moves, user=user).remove_move_reconcile()
            self.commit()
        self.env.invalidate_all()

    def receivables(self, *moves, user=None):
        lines = self.env["account.move"].union(*moves).line_ids
        lines = lines.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        return self.seen(lines, user)

    def application(self, invoice):
        return self.document(invoice).credit_application_ids

    def balance(self, move, entity="Invoice"):
        return self.in_quickbooks(move, entity)["Balance"]

    def ties(self, invoice):
        """Return the payments of nothing that stand against the invoice."""
        known = self.document(invoice).quickbooks_id
        return [
            one
            for one in self.records("Payment").values()
            if any(
                linked["TxnId"] == known
                for line in one["Line"]
                for linked in line["LinkedTxn"]
            )
        ]

    def assert_applied(self, invoice, credit, amount="144"):
        row = self.application(invoice)
        self.assertEqual((row.state, row.error), ("sent", False))
        self.assertEqual(row.applied, float(amount))
        [tie] = self.ties(invoice)
        self.assertEqual(tie["Id"], row.quickbooks_id)
        self.assertEqual(tie["TotalAmt"], 0)
        amounts = {Decimal(line["Amount"]) for line in tie["Line"]}
        self.assertEqual(amounts, {Decimal(amount)})
        left = Decimal("144") - Decimal(amount)
        self.assertEqual(self.balance(invoice), left)
        paid = Decimal(str(credit.amount_total)) - Decimal(amount)
        self.assertEqual(self.balance(credit, "CreditMemo"), paid)

    def assert_open(self, *moves):
        for move in moves:
            invoice = move.move_type == "out_invoice"
            entity = "Invoice" if invoice else "CreditMemo"
            self.assertEqual(self.balance(move, entity), Decimal("144"))


@tagged("post_install", "-at_install")
class TestApplications(ApplicationCase):
    def test_a_reversal_is_applied_to_its_invoice(self):
        invoice = self.posted()
        credit = self.reverse(invoice)
        self.assertEqual(self.document(credit).state, "sent")
        self.assert_applied(invoice, credit)
        self.assertEqual(self.calls(), {"create CreditMemo": 1, "create Payment": 1})
        [tie] = self.ties(invoice)
        self.assertIn(self.application(invoice).marker, tie["PrivateNote"])
        self.assertEqual(tie["TxnDate"], "2026-11-23")

    def test_applied_later_taken_off_and_applied_again(self):
        invoice, credit = self.posted(), self.posted("out_refund")
        self.assert_open(invoice, credit)
        self.reconcile(invoice, credit)
        self.assert_applied(invoice, credit)
        self.unreconcile(invoice)
        self.assert_open(invoice, credit)
        self.assertEqual(self.ties(invoice), [])
        self.reconcile(invoice, credit)
        self.assert_applied(invoice, credit)

    def test_a_part_of_it_and_another_part_when_it_changes(self):
        invoice = self.posted()
        credit = self.reverse(invoice, quantity=1)
        self.assert_applied(invoice, credit, "48")
        self.unreconcile(invoice)
        self.seen(credit).button_draft()
        credit.invoice_line_ids.quantity = 2
        self.post(credit)
        self.reconcile(invoice, credit)
        self.assert_applied(invoice, credit, "96")

    def test_what_happens_to_the_call(self):
        for kind, label, more in (
            ("drop_after", "create Payment", {}),
            ("drop", "create Payment", {}),
            ("status", "create Payment", {"status": 503, "when": "after"}),
            ("truncate", "create Payment", {}),
        ):
            with self.subTest(kind=kind):
                invoice = self.posted()
                self.fault(kind, label, times=2, **more)
                credit = self.reverse(invoice)
                row = self.application(invoice)
                self.assertEqual((row.state, row.unsure), ("sending", True))
                self.assertIn("tried again", "".join(self.alerts(invoice).values()))
                self.make_application_due(row)
                self.run_cron()
                self.assert_applied(invoice, credit)
        self.fault("drop_after", "delete Payment", times=2)
        self.unreconcile(invoice)
        self.assertEqual(row.state, "sending")
        self.make_application_due(row)
        self.run_cron()
        self.assert_open(invoice, credit)
        self.assertEqual((row.state, row.applied), ("sent", 0))

    def make_application_due(self, row):
        row.write({"next_try": "2020-01-01 00:00:00"})
        row.flush_recordset()

    def test_odoo_changed_its_mind_while_the_answer_was_lost(self):
        invoice, credit = self.posted(), self.posted("out_refund")
        self.fault("drop_after", "create Payment", times=2)
        self.reconcile(invoice, credit)
        self.unreconcile(invoice)
        row = self.application(invoice)
        for _turn in range(2):
            self.make_application_due(row)
            self.run_cron()
        self.assert_open(invoice, credit)
        self.assertEqual((row.state, row.applied), ("sent", 0))

    def test_undone_and_done_again_at_once_there_is_nothing_to_send(self):
        invoice = self.posted()
        credit = self.reverse(invoice)
        self.forget_calls()
        with self.own_cursors():
            self.receivables(invoice).remove_move_reconcile()
            self.receivables(invoice, credit).reconcile()
            self.commit()
        self.env.invalidate_all()
        self.assertEqual(self.calls(), {})
        self.assert_applied(invoice, credit)

    def test_what_another_credit_note_takes_is_less_in_the_same_payment(self):
        invoice = self.posted()
        credit = self.reverse(invoice)
        small = self.posted("out_refund", lines=[{"quantity": 1, "price_unit": 40}])
        [tie] = self.ties(invoice)
        with self.own_cursors():
            self.receivables(invoice).remove_move_reconcile()
            self.receivables(invoice, small).reconcile()
            self.receivables(invoice, credit).reconcile()
            self.commit()
        self.env.invalidate_all()
        rows = self.application(invoice)
        self.assertEqual(set(rows.mapped("state")), {"sent"}, rows.mapped("error"))
        self.assertEqual(sorted(rows.mapped("applied")), [48, 96])
        self.assertEqual(len(self.ties(invoice)), 2)
        held = self.records("Payment")[tie["Id"]]
        amounts = {Decimal(line["Amount"]) for line in held["Line"]}
        self.assertEqual(amounts, {Decimal("96")})
        self.assertEqual(self.balance(invoice), 0)
        self.assertEqual(self.balance(credit, "CreditMemo"), 48)

    def test_a_request_that_quickbooks_has_had_is_looked_for(self):
        invoice, credit = self.posted(), self.posted("out_refund")
        self.fault("fault", "create Payment", code="600", when="after")
        self.reconcile(invoice, credit)
        self.assert_applied(invoice, credit)

    def test_always_changed_meanwhile_it_needs_attention_until_sent_again(self):
        invoice = self.posted()
        credit = self.reverse(invoice)
        self.fault("fault", "delete Payment", times=3, code="5010")
        self.unreconcile(invoice)
        row = self.application(invoice)
        self.assertEqual((row.state, row.applied), ("attention", 144))
        self.assertIn("changed in QuickBooks at the same moment", row.error)
        self.press_and_commit(invoice, "action_quickbooks_apply")
        self.assertEqual((row.state, row.applied), ("sent", 0), row.error)
        self.assert_open(invoice, credit)

    def test_a_version_that_cannot_be_read_is_tried_as_it_was(self):
        invoice = self.posted()
        credit = self.reverse(invoice)
        self.fault("fault", "delete Payment", code="5010")
        self.fault("fault", "read Payment", code="610")
        self.unreconcile(invoice)
        row = self.application(invoice)
        self.assertEqual((row.state, row.applied), ("sent", 0), row.error)
        self.assert_open(invoice, credit)

    def test_an_accountants_waits_for_an_erp_manager(self):
        invoice, credit = self.posted(), self.posted("out_refund")
        self.reconcile(invoice, credit, user=self.accountant)
        row = self.application(invoice)
        self.assertEqual((row.state, row.hold), ("waiting", "manager"))
        self.assertEqual(self.calls(), {})
        self.assertIn("is not applied", "".join(self.alerts(invoice).values()))
        self.press_and_commit(invoice, "action_quickbooks_apply")
        self.assert_applied(invoice, credit)
        self.assertEqual(self.alerts(invoice), {})

    def test_it_waits_for_documents_that_wait(self):
        invoice = self.post(self.invoice(), self.accountant)
        credit = self.reverse(invoice)
        self.assertEqual(self.application(invoice).hold, "documents")
        self.send(invoice)
        self.assert_applied(invoice, credit)

    def test_a_refusal_is_told_with_both_names(self):
        invoice, credit = self.posted(), self.posted("out_refund")
        self.pay_in_quickbooks(invoice)
        self.reconcile(invoice, credit)
        words = self.application(invoice).error
        for name in (invoice.name, credit.name, "open balance"):
            self.assertIn(name, words)
        self.assertIn(credit.name, "".join(self.alerts(invoice).values()))


@tagged("post_install", "-at_install")
class TestApplicationsThere(ApplicationCase):
    def pull(self):
        found = {
            entity: list(self.records(entity).values())
            for entity in ("Invoice", "CreditMemo", "Payment")
        }
        self.env["quickbooks.books"]._take_in(self.connection, found, {})
        self.env.invalidate_all()

    def test_the_pull_brings_nothing_back(self):
        invoice = self.posted()
        credit = self.reverse(invoice)
        moves = self.env["account.move"].search_count([])
        self.pull()
        self.pull()
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        self.assert_applied(invoice, credit)
        self.unreconcile(invoice)
        self.assert_open(invoice, credit)
        held = self.env["quickbooks.payment"].search([])
        self.assertNotIn("attention", held.mapped("state"))

    def test_taken_off_in_quickbooks_it_is_open_here_too(self):
        invoice = self.posted()
        credit = self.reverse(invoice)
        self.pull()
        gone = self.application(invoice).quickbooks_id
        self.remove("Payment", gone)
        found = {"Invoice": list(self.records("Invoice").values())}
        deleted = {"Payment": [gone]}
        self.env["quickbooks.books"]._take_in(self.connection, found, deleted)
        self.commit()
        self.assertEqual(invoice.amount_residual, 144)
        self.assert_open(invoice, credit)
        self.assertEqual(self.application(invoice).applied, 0)

    def test_applied_by_quickbooks_itself(self):
        wish = {"SalesFormsPrefs": {"AutoApplyCredit": True}}
        self.change("Preferences", {"Id": "1"}, **wish)
        for other in self.records("Invoice").values():
            if other["CustomerRef"]["value"] == self.customer.quickbooks_id:
                self.remove("Invoice", other["Id"])
        invoice = self.posted()
        credit = self.reverse(invoice)
        row = self.application(invoice)
        self.assertEqual((row.state, row.foreign), ("sent", True), row.error)
        self.assert_applied(invoice, credit)

        # Odoo can't take off what is not its own.
        self.unreconcile(invoice)
        self.assertEqual(row.state, "attention")
        self.assertIn("by itself", row.error)
        self.assertEqual(len(self.ties(invoice)), 1)

    def test_changed_there_or_gone_meanwhile_it_is_taken_off_all_the_same(self):
        invoice = self.posted()
        credit = self.reverse(invoice)
        [tie] = self.ties(invoice)
        self.change("Payment", tie, PrivateNote="Looked at by our bookkeeper")
        self.unreconcile(invoice)
        self.assert_open(invoice, credit)
        row = self.application(invoice)
        self.assertEqual((row.state, row.applied), ("sent", 0), row.error)
        self.reconcile(invoice, credit)
        self.assert_applied(invoice, credit)
        self.remove("Payment", row.quickbooks_id)
        self.unreconcile(invoice)
        self.assert_open(invoice, credit)
        self.assertEqual((row.state, row.applied), ("sent", 0), row.error)

    def test_where_the_books_are_closed_it_is_applied_today(self):
        invoice, credit = self.posted(), self.posted("out_refund")
        self.connection.book_close_date = "2026-11-24"
        self.reconcile(invoice, credit)
        self.assert_applied(invoice, credit)
        [tie] = self.ties(invoice)
        today = fields.Date.context_today(self.application(invoice))
        self.assertEqual(tie["TxnDate"], str(today))

    def test_of_another_quickbooks_company_it_is_not_sent_to_this_one(self):
        invoice, credit = self.posted(), self.posted("out_refund")
        self.reconcile(invoice, credit, user=self.accountant)
        row = self.application(invoice)
        row.realm_id = "4620816365000000000"
        self.press_and_commit(invoice, "action_quickbooks_apply")
        self.assertEqual(row.state, "attention")
        self.assertIn("another QuickBooks company", row.error)
        self.assert_open(invoice, credit)

    def test_cancelled_it_is_taken_off_before(self):
        invoice = self.posted()
        credit = self.reverse(invoice)
        self.answer(credit)
        self.assertEqual(self.document(credit).state, "voided")
        self.assertEqual(credit.state, "cancel")
        self.assert_open(invoice)
        self.run_cron()
        self.assertEqual(self.ties(invoice), [])
        self.assertEqual(self.application(invoice).applied, 0)

    def test_a_program_cancels_what_is_applied(self):
        invoice = self.posted()
        credit = self.reverse(invoice)
        self.press_and_commit(credit, "button_cancel")
        self.assertEqual(self.document(credit).state, "voided")
        self.assert_open(invoice)

    def test_taken_off_and_refused_it_is_applied_again(self):
        invoice = self.posted()
        credit = self.reverse(invoice)
        self.fault("fault", "delete CreditMemo", code="6540", detail="Deposited")
        self.answer(credit)
        self.assertEqual(credit.state, "posted")
        row = self.application(invoice)
        row.next_try = "2020-01-01 00:00:00"
        self.run_cron()
        self.assert_applied(invoice, credit)

    def test_ours_is_what_it_says(self):
        invoice = self.posted()
        self.reverse(invoice)
        read = payments.read(self.ties(invoice)[0])
        self.assertEqual(read.total, 0)
        self.assertEqual(
            read.id, self.env["quickbooks.application"].search([]).quickbooks_id
        )
