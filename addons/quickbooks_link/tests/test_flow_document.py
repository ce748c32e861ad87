"""Invoices and credit notes on their way to QuickBooks, over HTTP."""

from contextlib import suppress
from decimal import Decimal

from odoo.tests import tagged

from .document_common import DocumentCase
from .guide import guide


@tagged("post_install", "-at_install")
class TestPosting(DocumentCase):
    @guide("4.9", "6.4", "7.6")
    def test_an_invoice_that_an_erp_manager_posts_is_in_quickbooks_at_once(self):
        move = self.post(self.invoice(ref="PO 7731"))
        document = self.document(move)
        self.assertEqual(document.state, "sent", document.error)
        [record] = self.held_by_quickbooks(move)
        self.assertEqual(record["TotalAmt"], Decimal("144"))
        self.assertEqual(record["DocNumber"], move.name)
        self.assertEqual(record["CustomerRef"]["value"], self.customer.quickbooks_id)
        [detail] = self.details(record)
        self.assertEqual(detail["ItemRef"]["value"], self.item.quickbooks_id)
        code = self.tax.quickbooks_tax_code_id
        self.assertEqual(detail["TaxCodeRef"]["value"], code.quickbooks_id)
        self.assertEqual(document.quickbooks_id, record["Id"])
        self.assertEqual(document.quickbooks_total, 144)
        self.assertEqual(document.quickbooks_tax, 24)
        self.assertFalse(document.differences)
        self.assertEqual(self.calls(), {"create Invoice": 1})

    def details(self, record):
        """Return what the lines of a document in QuickBooks are of."""
        lines = (line.get("SalesItemLineDetail") for line in record["Line"])
        return [detail for detail in lines if detail]

    @guide("6.4", "7.6")
    def test_another_mapping_leads_to_another_item_and_tax_code(self):
        services = self.mirror("item").filtered(lambda i: i.item_type == "Service")
        other = (services - self.item)[0]
        self.product.quickbooks_item_id = other
        reduced = self.sale_tax(5)
        reduced.quickbooks_tax_code_id = self.one("tax.code", "5.0% R")
        lines = [{"quantity": 1, "price_unit": 40, "tax_ids": reduced.ids}]
        move = self.post(self.invoice(lines=lines))
        [record] = self.held_by_quickbooks(move)
        [detail] = self.details(record)
        self.assertEqual(detail["ItemRef"]["value"], other.quickbooks_id)
        code = reduced.quickbooks_tax_code_id
        self.assertEqual(detail["TaxCodeRef"]["value"], code.quickbooks_id)
        self.assertEqual(record["TotalAmt"], Decimal("42"))
        self.assertEqual(record["TxnTaxDetail"]["TotalTax"], Decimal("2"))

    def test_a_credit_note_becomes_a_credit_memo(self):
        move = self.post(self.invoice("out_refund"))
        self.assertEqual(self.document(move).state, "sent", self.document(move).error)
        [record] = self.held_by_quickbooks(move, "CreditMemo")
        self.assertEqual(record["TotalAmt"], Decimal("144"))

    def test_nothing_is_called_inside_the_transaction(self):
        move = self.invoice()
        with self.enter_registry_test_mode():
            self.seen(move).action_post()
            self.assertEqual(self.document(move).state, "waiting")
            self.assertEqual(self.calls(), {})
            self.commit()
        self.assertEqual(self.calls(), {"create Invoice": 1})

    def test_a_rollback_sends_nothing(self):
        move = self.invoice()
        with self.enter_registry_test_mode():
            with suppress(RuntimeError), self.env.cr.savepoint():
                self.seen(move).action_post()
                self.env.flush_all()
                raise RuntimeError
            self.commit()
        self.assertFalse(self.document(move))
        self.run_cron()
        self.assertEqual(self.calls(), {})

    @guide("9.9")
    def test_what_an_accountant_posts_waits_until_an_erp_manager_sends_it(self):
        move = self.post(self.invoice(), self.accountant)
        document = self.document(move)
        self.assertEqual((document.state, document.hold), ("waiting", "manager"))
        self.run_cron()
        self.assertEqual(self.calls(), {})
        self.send(move)
        self.assertEqual(self.document(move).state, "sent", document.error)
        self.assertEqual(len(self.held_by_quickbooks(move)), 1)

    def test_an_invoice_from_before_the_link_can_be_sent(self):
        self.connection.realm_id = False
        move = self.post(self.invoice())
        self.assertFalse(self.document(move))
        self.assertFalse(self.seen(move).quickbooks_state)
        self.connection.realm_id = self.realm
        self.env.invalidate_all()
        self.assertEqual(self.seen(move).quickbooks_state, "waiting")
        self.send(move)
        self.assertEqual(len(self.held_by_quickbooks(move)), 1)

    def test_a_company_without_a_link_has_nothing_to_do_with_it(self):
        self.connection.realm_id = False
        move = self.post(self.invoice())
        self.assertEqual(move.state, "posted")
        self.assertFalse(self.document(move))
        self.assertEqual(self.alerts(move), {})
        self.assertEqual(self.calls(), {})
