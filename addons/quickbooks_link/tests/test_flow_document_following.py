import json

from odoo import sql_db
from odoo.tests import tagged

from ..qbo import exactjson
from .payment_common import PaymentCase
from .test_flow_document_cancel import CancelCase


@tagged("post_install", "-at_install")
class TestFlowDocumentFollowing(PaymentCase, CancelCase):
    """What people do in QuickBooks to documents, customers and items is followed."""

    def merge(self, entity, loser, survivor_id):
        """Merge a record into another in QuickBooks."""
        wish = {"realm_id": self.realm, "entity": entity, "survivor": survivor_id}
        self.simulator.post("merge", {**wish, "loser": loser.quickbooks_id})

    def edit(self, move, **values):
        held = self.there("Invoice", self.document(move).quickbooks_id)
        return self.change("Invoice", held, sparse=True, **values)

    def test_an_edit_is_shown_with_both_versions_and_a_person_chooses(self):
        keep, again = self.sent(100), self.sent(100)
        for invoice in (keep, again):
            self.edit(invoice, DueDate="2027-01-31", CustomerMemo={"value": "Late"})
        paid = self.pay(30, (keep, 30))
        self.sync("payments")
        self.assertEqual(self.row(paid).state, "done", "payments go on")
        for invoice in (keep, again):
            document = self.document(invoice)
            self.assertEqual((document.there, document.state), ("changed", "attention"))
            self.assertIn("2027-01-31", document.versions)
            self.assertIn("Late", document.versions)
            self.assertRegex(document.reason, "^Changed in QuickBooks. Compare")
            self.assertIn("Due Date", document.error)
            self.assertNotIn("Due Date", document.reason, "the table has it")
            self.assertIn("Due Date", " ".join(self.alerts(invoice).values()))
            self.assertIn("2027-01-31", self.notes(invoice))
        self.press(self.document(keep), "action_keep_quickbooks")
        self.do(self.document(again), "action_send_odoo")
        self.sync("payments")
        kept, sent = self.document(keep), self.document(again)
        self.assertEqual((kept.there, kept.state), ("present", "sent"))
        self.assertIn("01/31/2027", kept.differences)
        self.assertEqual((sent.there, sent.state), ("present", "sent"), sent.error)
        held = self.there("Invoice", sent.quickbooks_id)
        self.assertEqual(held["DueDate"], str(again.invoice_date_due))
        self.connection.payments_watermark = False
        self.sync("payments")
        self.assertEqual({kept.there, sent.there}, {"present"})

    def test_an_edit_that_is_taken_back_there_is_no_question_any_more(self):
        invoice, gone = self.sent(100), self.sent(100)
        document, deleted = self.document(invoice), self.document(gone)
        due = self.there("Invoice", document.quickbooks_id)["DueDate"]
        self.edit(invoice, DueDate="2027-01-31")
        self.act("delete", "Invoice", {"Id": deleted.quickbooks_id})
        self.sync("payments")
        self.assertEqual((document.there, document.state), ("changed", "attention"))
        self.assertEqual(deleted.there, "deleted")
        notes = self.notes(gone)
        self.edit(invoice, DueDate=due)
        self.sync("payments")
        self.assertEqual((document.there, document.state), ("present", "sent"))
        self.assertFalse(document.error or document.changed_to)
        self.assertEqual(self.alerts(invoice), {})
        self.connection.payments_watermark = False
        self.sync("payments")
        self.assertEqual(deleted.there, "deleted")
        self.assertEqual(self.notes(gone), notes, "told once")

    def test_what_is_as_it_was_sent_costs_nothing_more_each(self):
        self.sent(100)
        few = self.statements_of_reading()
        for _ in range(4):
            self.sent(100)
        self.assertLessEqual(self.statements_of_reading() - few, 4)

    def statements_of_reading(self):
        """Return how many statements it takes to read again what is known."""
        self.sync("payments")
        start = sql_db.sql_counter
        self.sync("payments")
        return sql_db.sql_counter - start

    def test_another_price_is_told_in_money_and_is_no_part_payment(self):
        invoice = self.sent(100)
        held = self.there("Invoice", self.document(invoice).quickbooks_id)
        [line] = json.loads(exactjson.dumps(held["Line"]))[:1]
        line["Amount"] = line["SalesItemLineDetail"]["UnitPrice"] = 80
        self.change("Invoice", held, sparse=True, Line=[line])
        self.sync("payments")
        self.assertEqual(self.document(invoice).paid_there, "open")
        [words] = self.alerts(invoice).values()
        self.assertEqual(words.splitlines()[0], "It was changed in QuickBooks:")
        self.assertIn("\nTotal: 100.00 → 80.00\n", words)
        self.assertIn("Price: 100.00 → 80.00", words)

    def test_voided_or_deleted_there_is_marked_and_can_be_mended(self):
        voided, deleted, credited = self.sent(100), self.sent(100), self.sent(100)
        paid = self.pay(40, (voided, 40))
        self.sync("payments")
        for move, verb in ((voided, "void"), (deleted, "delete"), (credited, "void")):
            self.act(verb, "Invoice", {"Id": self.document(move).quickbooks_id})
        self.sync("payments")
        found = [self.document(move) for move in (voided, deleted, credited)]
        self.assertEqual(
            [document.there for document in found], ["voided", "deleted", "voided"]
        )
        for document, words in zip(found, ("voided", "deleted", "voided"), strict=True):
            self.assertEqual(document.shown_state, words)
            self.assertEqual(document.move_id.quickbooks_state, words)
            self.assertEqual(document.reason, document.error)
        self.assertEqual(self.notes(deleted).count("eleted in QuickBooks"), 1)
        self.assertNotIn("Voided", self.notes(deleted))
        for move in (voided, deleted, credited):
            self.assertIn("Cancel", " ".join(self.alerts(move).values()))
            self.assertEqual(move.state, "posted", "Odoo decides by people alone")
        self.assertFalse(self.row(paid).allocation_ids)
        self.assertEqual(self.open_in_odoo(voided), 100)
        self.press(found[0], "action_cancel_in_odoo")
        self.assertEqual(voided.state, "cancel")
        self.assertFalse(self.alerts(voided))
        self.do(found[1], "action_send_odoo")
        self.assertEqual((found[1].state, found[1].there), ("sent", "present"))
        self.assert_agree(deleted)
        action = self.press(found[2], "action_credit_in_odoo")
        self.assertEqual(action["res_model"], "account.move.reversal")
        reversal = (
            self.seen(self.env["account.move.reversal"])
            .with_context(active_model="account.move", active_ids=credited.ids)
            .create({"journal_id": credited.journal_id.id, "date": "2026-11-25"})
        )
        with self.own_cursors():
            reversal.refund_moves()
            note = credited.reversal_move_ids
            note.with_user(self.manager).action_post()
            self.commit()
        self.env.invalidate_all()
        self.assertFalse(self.document(note), "it makes up for nothing in QuickBooks")
        before = len(self.records("CreditMemo"))
        self.run_cron()
        self.assertEqual(len(self.records("CreditMemo")), before)

    def test_what_odoo_takes_out_itself_is_not_taken_for_a_persons_doing(self):
        credit, invoice = self.sent(100, "out_refund"), self.sent(100)
        self.sync("payments")
        self.fault("drop_after", "delete CreditMemo", times=2)
        self.fault("drop_after", "void Invoice", times=2)
        for move in (credit, invoice):
            document = self.answer(move)
            self.assertEqual((document.state, document.unsure), ("sending", True))
        self.sync("payments")
        for move in (credit, invoice):
            document = self.document(move)
            self.assertEqual(document.state, "sending", "its next attempt finds out")
            self.assertEqual(document.there, "present")
            self.make_due(document)
        self.run_cron()
        for move in (credit, invoice):
            document = self.document(move)
            self.assertEqual((move.state, document.state), ("cancel", "voided"))
            self.assertFalse(document.error or document.unsure)
            self.assertNotRegex(self.notes(move), "It was (deleted|voided)")

    def test_what_waits_to_go_and_is_gone_there_is_cancelled_in_odoo(self):
        credit, invoice, edited = (
            self.sent(100, kind)
            for kind in ("out_refund", "out_invoice", "out_invoice")
        )
        for move in (credit, invoice, edited):
            document = self.answer(move, user=self.accountant)
            self.assertEqual((document.act, document.hold), ("remove", "manager"))
        self.remove("CreditMemo", self.document(credit).quickbooks_id)
        self.act("void", "Invoice", {"Id": self.document(invoice).quickbooks_id})
        self.edit(edited, CustomerMemo={"value": "Late"})
        self.sync("payments")
        self.run_cron()
        for move in (credit, invoice):
            document = self.document(move)
            self.assertEqual((move.state, document.state), ("cancel", "voided"))
            self.assertFalse(document.error or document.cancel_pending)
        document = self.document(edited)
        self.assertEqual((document.state, document.there), ("waiting", "changed"))
        self.send(edited)
        self.assertEqual((edited.state, document.state), ("posted", "sent"))
        self.assertIn("was changed in QuickBooks", document.error)
        self.assertIn("Late", document.versions)
        self.answer(edited)
        self.assert_void(edited)

    def test_a_message_written_there_is_not_overwritten_unasked(self):
        invoice = self.sent(100)
        self.edit(invoice, CustomerMemo={"value": "Late"})
        self.seen(invoice).button_draft()
        invoice.invoice_line_ids.price_unit = 120
        self.post(invoice)
        document = self.document(invoice)
        self.assertEqual(document.state, "attention")
        held = self.there("Invoice", document.quickbooks_id)
        self.assertEqual(held["CustomerMemo"]["value"], "Late")
        self.send(invoice)
        self.assertEqual(document.state, "sent", document.error)
        self.assert_agree(invoice)

    def test_what_quickbooks_keeps_is_told_where_odoo_was_changed_too(self):
        invoice = self.sent(100)
        self.edit(invoice, CustomerMemo={"value": "Late"})
        self.seen(invoice).button_draft()
        invoice.invoice_line_ids.price_unit = 120
        self.post(invoice)
        self.sync("payments")
        document = self.document(invoice)
        self.assertEqual((document.there, document.state), ("changed", "attention"))
        self.press(document, "action_keep_quickbooks")
        self.assertEqual(document.state, "sent")
        self.assertIn("Late", document.differences)
        self.assertIn(
            "Total: 120.00 in Odoo, 100.00 in QuickBooks", document.differences
        )
        self.assertEqual(document.quickbooks_total, 100)

    def test_a_message_of_odoos_goes_there_beside_a_payment(self):
        invoice = self.sent(100)
        self.pay(30, (invoice, 30))
        self.seen(invoice).button_draft()
        invoice.narration = "<p>Thank you</p>"
        self.post(invoice)
        document = self.document(invoice)
        self.assertEqual(document.state, "sent", document.error)
        held = self.there("Invoice", document.quickbooks_id)
        self.assertEqual(held["CustomerMemo"]["value"], "Thank you")

    def test_links_follow_the_survivor_of_a_merge(self):
        invoice = self.sent(100)
        other = self.add("Customer", DisplayName="Ainsty Gardens Ltd")
        item = self.add(
            "Item",
            Name="Lawn care, renamed",
            Type="Service",
            IncomeAccountRef=self.records("Item")[self.item.quickbooks_id][
                "IncomeAccountRef"
            ],
        )
        self.sync("customers")
        self.sync("items")
        self.merge("Customer", self.customer, other["Id"])
        self.merge("Item", self.item, item["Id"])
        self.sync("full")
        survivor = self.held("customer", other["Id"])
        self.assertEqual(survivor.partner_id, self.partner)
        self.assertEqual(self.customer.status, "gone")
        self.assertEqual(self.customer.merged_into, other["Id"])
        template = self.product.product_tmpl_id
        self.assertEqual(template.quickbooks_item_id.quickbooks_id, item["Id"])
        self.connection.payments_watermark = False
        run = self.sync("payments")
        document = self.document(invoice)
        self.assertEqual((document.there, document.state), ("present", "sent"))
        self.assertEqual(run.calls, 1, "the merged are not looked for again")
        paid = self.pay(100, (invoice, 100), CustomerRef={"value": other["Id"]})
        self.sync("payments")
        self.assertEqual(self.row(paid).state, "done")
        self.assertEqual(invoice.payment_state, "paid")

    def test_two_contacts_whose_customers_were_merged_are_mended_by_a_person(self):
        invoice = self.sent(100)
        there = self.add("Customer", DisplayName="Bramley & Daughters")
        self.sync("customers")
        survivor = self.held("customer", there["Id"])
        second = self.contact("Bramley & Daughters")
        survivor._link_to(second)
        self.merge("Customer", self.customer, survivor.quickbooks_id)
        self.sync("full")
        self.assertEqual(self.customer.merged_into, survivor.quickbooks_id)
        self.assertEqual(survivor.partner_id, second, "nothing is decided unasked")
        self.assertIn("was merged into", self.notes(self.partner))
        partner = self.seen(self.partner)
        self.assertEqual(partner.quickbooks_merged_into_id, second)
        self.assertFalse(self.seen(second).quickbooks_merged_into_id)
        draft = self.invoice()
        self.assertIn("is inactive in QuickBooks", str(self.alerts(draft)))
        # Either the two become one in Odoo as well,
        with self.env.cr.savepoint() as savepoint:
            action = partner.action_quickbooks_merge_contacts()
            merging = self.env[action["res_model"]].with_user(self.manager)
            wizard = merging.with_context(**action["context"]).create({})
            self.assertEqual(wizard.dst_partner_id, second)
            self.assertEqual(wizard.partner_ids, second | self.partner)
            wizard.sudo().action_merge()
            self.env.invalidate_all()
            self.assertFalse(self.partner.exists())
            self.assertEqual(survivor.partner_id, second)
            self.assertEqual(invoice.partner_id, second)
            savepoint.rollback()
        self.env.invalidate_all()
        # or the one whose customer is gone takes the other's place.
        self.press(self.partner, "action_quickbooks_keep_contact")
        self.assertEqual(survivor.partner_id, self.partner)
        self.assertFalse(self.linked(second))
        self.assertIn("is linked to Ainsty", self.notes(second))
        self.assertFalse(self.seen(self.partner).quickbooks_merged_into_id)
        self.assertFalse(self.alerts(draft))
        self.connection.payments_watermark = False
        self.sync("payments")
        document = self.document(invoice)
        self.assertEqual((document.there, document.state), ("present", "sent"))

    def test_a_tax_code_that_is_gone_is_followed_where_documents_name_another(self):
        invoice = self.sent(100)
        code = self.one("tax.code", "No VAT")
        tax = code.tax_ids
        other = self.one("tax.code", "0.0% Z")
        other.deactivated = True
        held = self.there("Invoice", self.document(invoice).quickbooks_id)
        [line, *_sums] = json.loads(exactjson.dumps(held["Line"]))
        code_there = {"value": other.quickbooks_id}
        line["SalesItemLineDetail"]["TaxCodeRef"] = code_there
        self.edit(invoice, Line=[line])
        self.change("TaxCode", {"Id": code.quickbooks_id}, Active=False)
        self.sync("full")
        self.assertEqual(tax.quickbooks_tax_code_id, code, "it is inactive, not gone")
        self.assertEqual(self.document(invoice).there, "changed")
        draft = self.invoice(lines=[{"tax_ids": [(6, 0, tax.ids)]}])
        self.assertIn("“No VAT” of the tax", str(self.alerts(draft)))
        self.remove("TaxCode", code.quickbooks_id)
        self.sync("tax_codes")
        self.sync("payments")
        self.assertEqual(code.merged_into, other.quickbooks_id)
        self.assertEqual(tax.quickbooks_tax_code_id, other)
        self.assertFalse(other.deactivated)
        self.assertIn("0.0% Z", self.notes(tax))
        document = self.document(invoice)
        self.assertEqual((document.there, document.state), ("present", "sent"))
        self.assertFalse(self.alerts(draft))

    def test_refresh_brings_the_payments_of_the_customers_invoices(self):
        one, two = self.sent(100), self.sent(100)
        paid = self.pay(100, (one, 100))
        self.forget_calls()
        self.press(self.partner, "action_quickbooks_refresh")
        self.assertEqual(sum(self.calls().values()), 2, self.calls())
        self.assertEqual(one.payment_state, "paid")
        self.act("delete", "Payment", paid)
        self.pay(50, (two, 50))
        self.press(self.partner, "action_quickbooks_refresh")
        self.assertEqual(self.row(paid).status, "deleted")
        self.assert_agree(one, two)

    def test_a_merge_that_is_told_of_again_or_of_others_changes_nothing(self):
        other = self.add("Customer", DisplayName="Ainsty Gardens Ltd")
        self.sync("customers")
        books = self.env["quickbooks.books"]
        loser, survivor = self.customer.quickbooks_id, other["Id"]

        def told(entity, survivor_id, merged_id):
            return books._merged(self.connection, entity, survivor_id, merged_id)

        self.assertFalse(told("Vendor", survivor, loser))
        self.assertFalse(told("Customer", survivor, "999999"))
        self.assertFalse(self.customer.merged_into)
        for _time in range(2):
            self.assertTrue(told("Customer", survivor, loser))
            self.assertEqual(self.customer.merged_into, survivor)
            self.assertEqual(self.held("customer", survivor).partner_id, self.partner)
