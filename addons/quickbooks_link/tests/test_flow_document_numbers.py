"""Use QuickBooks Document Numbers, and Include Customer Name."""

from odoo.tests import tagged

from .document_common import DocumentCase
from .guide import guide


@tagged("post_install", "-at_install")
class TestQuickBooksNumbers(DocumentCase):
    use_numbers = True

    @guide("1.6", "9.4")
    def test_odoo_takes_over_number_and_payment_reference(self):
        move = self.post(self.invoice())
        [record] = self.held_by_quickbooks(move)
        self.assertTrue(record["DocNumber"].isdigit())
        self.assertEqual(move.name, record["DocNumber"])
        self.assertEqual(move.payment_reference, record["DocNumber"])
        self.assertEqual(self.document(move).doc_number, record["DocNumber"])
        self.assertFalse(self.document(move).number_pending)

    @guide("1.6")
    def test_invoices_and_credit_notes_do_not_clash_with_the_sequence(self):
        names = [
            self.post(self.invoice(kind)).name
            for kind in ("out_invoice", "out_refund", "out_invoice", "out_invoice")
        ]
        self.assertEqual(len(set(names)), 4)
        self.assertTrue(all(name.isdigit() for name in names), names)
        self.start_waiting()
        self.assertIn("/2026/", self.post(self.invoice(), self.accountant).name)

    def test_they_say_nothing_of_sequences_in_other_companies(self):
        number = self.post(self.invoice()).name
        elsewhere = self.new_company("Elsewhere Ltd")
        journal = self.env["account.journal"].create(
            {
                "name": "Elsewhere",
                "type": "general",
                "code": "ELSE",
                "company_id": elsewhere.id,
            }
        )
        entry = self.env["account.move"].create({"journal_id": journal.id})
        self.assertEqual(self.invoice()._deduce_sequence_number_reset(number), "year")
        self.assertEqual(entry._deduce_sequence_number_reset(number), "never")

    def start_waiting(self):
        self.fault("drop", "create Invoice", times=100)

    def test_several_that_wait_have_numbers_of_odoos_own(self):
        self.post(self.invoice())
        first = self.post(self.invoice(), self.accountant)
        second = self.post(self.invoice(), self.accountant)
        self.assertNotEqual(first.name, second.name)
        self.send(first + second)
        self.assertTrue((first.name + second.name).isdigit())

    def test_a_lost_answer_costs_no_number(self):
        self.fault("drop_after", "create Invoice", times=2)
        move = self.post(self.invoice())
        self.make_due(self.document(move))
        self.run_cron()
        [record] = self.held_by_quickbooks(move)
        self.assertEqual(move.name, record["DocNumber"])

    def test_a_number_that_odoo_cannot_take_is_told(self):
        move = self.post(self.invoice(), self.accountant)
        self.company.hard_lock_date = "2026-11-22"
        self.send(move)
        document = self.document(move)
        self.assertEqual(document.state, "sent")
        self.assertIn("can't take over", document.error)


@tagged("post_install", "-at_install")
class TestOdooNumbers(DocumentCase):
    def test_a_long_number_is_shortened_by_a_rule_that_is_told(self):
        move = self.invoice()
        move.name = "INVOICE/LONDON/2026/00042"
        told = "".join(self.alerts(move).values())
        self.assertIn("21 characters", told)
        self.post(move)
        [record] = self.held_by_quickbooks(move)
        self.assertIn(record["DocNumber"], told)
        self.assertLessEqual(len(record["DocNumber"]), 21)
        self.assertTrue(record["DocNumber"].endswith("2026/00042"))
        self.assertEqual(move.name, "INVOICE/LONDON/2026/00042")

    def test_a_number_that_somebody_has_used_in_quickbooks_is_told(self):
        move = self.invoice()
        move.name = "INV/2026/00777"
        line = {
            "Amount": 5,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {
                "TaxCodeRef": {"value": self.tax.quickbooks_tax_code_id.quickbooks_id}
            },
        }
        ref = {"value": self.customer.quickbooks_id}
        self.add("Invoice", CustomerRef=ref, DocNumber=move.name, Line=[line])
        self.post(move)
        document = self.document(move)
        self.assertEqual(document.state, "attention")
        self.assertIn("give it another number", document.error)
        with self.own_cursors():
            self.seen(move).button_draft()
            self.seen(move).name = "INV/2026/00778"
            self.commit()
        self.post(move)
        self.assertEqual((document.state, document.error), ("sent", False))
        [record] = self.held_by_quickbooks(move)
        self.assertEqual(record["DocNumber"], "INV/2026/00778")

    @guide("1.7", "1.8")
    def test_include_customer_name(self):
        contact = self.env["res.partner"].create(
            {
                "name": "Accounts Office",
                "type": "invoice",
                "parent_id": self.partner.id,
                "street": "PO Box 12",
            }
        )
        name, own = self.partner.name, self.partner.street
        for kind, to, address in (
            ("out_invoice", contact, "PO Box 12"),
            ("out_invoice", self.partner, own),
            ("out_refund", contact, "PO Box 12"),
        ):
            for wanted, lines in ((False, [address]), (True, [name, address])):
                self.company.quickbooks_include_customer_name = wanted
                move = self.post(self.invoice(kind, partner_id=to.id))
                with self.subTest(kind=kind, to=to.name, wanted=wanted):
                    self.assertEqual(self.top_of_address(move, len(lines)), lines)

    @guide("1.8")
    def test_once_enabled_what_is_sent_again_has_the_name_too(self):
        move = self.post(self.invoice())
        self.assertEqual(self.top_of_address(move, 1), [self.partner.street])
        self.company.quickbooks_include_customer_name = True
        self.seen(move).button_draft()
        self.seen(move).ref = "PO 7731"
        self.post(move)
        self.assertEqual(self.document(move).state, "sent", self.document(move).error)
        self.assertEqual(self.top_of_address(move, 1), [self.partner.name])

    def top_of_address(self, move, lines):
        """Return the first lines of the billing address in QuickBooks."""
        entity = "CreditMemo" if move.move_type == "out_refund" else "Invoice"
        [record] = self.held_by_quickbooks(move, entity)
        return [record["BillAddr"][f"Line{number + 1}"] for number in range(lines)]
