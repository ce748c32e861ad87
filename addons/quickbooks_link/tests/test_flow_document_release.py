"""A document that waits goes at once when the person mends what it waited for."""

from odoo import Command, fields
from odoo.tests import tagged

from .document_common import DocumentCase


@tagged("post_install", "-at_install")
class TestRelease(DocumentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.group_ids += cls.env.ref("product.group_product_manager")

    def post_held(self, move):
        """Post an invoice that can't pass yet."""
        document = self.document(self.post(move))
        self.assertEqual((document.state, document.hold), ("attention", "checks"))
        return document

    def due(self, document):
        """Do what the scheduler does when it is woken; nobody presses a button."""
        self.env.flush_all()
        self.assertTrue(document.recheck, "not marked: nobody would look at it")
        self.assertTrue(self.woken())
        self.run_cron()
        return document.state

    def woken(self):
        cron = self.env.ref("quickbooks_link.ir_cron_quickbooks_documents")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        return [one for one in triggers if one.call_at <= fields.Datetime.now()]

    def test_mapping_product_tax_and_customer_releases_what_waited_for_all(self):
        self.customer.partner_id = False
        self.product.product_tmpl_id.quickbooks_item_id = False
        self.tax.quickbooks_tax_code_id = False
        document = self.post_held(self.invoice())
        self.seen(self.tax).quickbooks_tax_code_id = self.one("tax.code", "20.0% S")
        self.assertEqual(self.due(document), "attention")
        self.assertNotIn("has no QuickBooks Tax Code", document.error)
        self.assertIn("Lawn care is not linked", document.error)
        self.seen(self.product).quickbooks_item_id = self.item
        self.assertEqual(self.due(document), "attention")
        self.assertEqual(self.calls(), {})
        self.seen(self.partner).quickbooks_customer_id = self.customer
        self.assertEqual(self.due(document), "sent")
        self.assertEqual(len(self.held_by_quickbooks(document.move_id)), 1)

    def test_only_what_waited_for_it_is_looked_at(self):
        self.product.product_tmpl_id.quickbooks_item_id = False
        document = self.post_held(self.invoice())
        other = self.contact("Weaver Ltd")
        waiting = self.post_held(self.invoice(partner_id=other.id))
        sent = self.document(self.post(self.invoice(lines=[{"quantity": 1}])))
        self.seen(self.product.product_tmpl_id).quickbooks_item_id = self.item
        self.assertEqual(self.due(document), "sent")
        self.assertEqual(waiting.state, "attention")
        self.assertIn("Weaver Ltd is not linked", waiting.error)
        self.assertNotIn("Lawn care", waiting.error)
        self.assertFalse(waiting.recheck)
        self.assertIn(sent.state, ("sent", "attention"))
        self.seen(self.partner).email = "new@ainsty.example"
        self.assertFalse(waiting.recheck)

    def test_a_part_of_a_group_and_the_contacts_address(self):
        group = self.tax.copy(
            {
                "name": "Group",
                "amount_type": "group",
                "children_tax_ids": [Command.set(self.tax.ids)],
            }
        )
        self.tax.quickbooks_tax_code_id = False
        self.partner.email = "no address"
        lines = [{"quantity": 1, "price_unit": 10, "tax_ids": [Command.set(group.ids)]}]
        document = self.post_held(self.invoice(lines=lines))
        self.seen(self.tax).quickbooks_tax_code_id = self.one("tax.code", "20.0% S")
        self.assertEqual(self.due(document), "attention")
        self.assertEqual(document.error.count("\n"), 0)
        self.seen(self.partner).email = "office@ainsty.example"
        self.assertEqual(self.due(document), "sent")

    def test_opening_the_period_in_quickbooks_and_pressing_test_connection(self):
        self.connection.book_close_date = "2026-12-31"
        document = self.post_held(self.invoice())
        self.assertIn("closed until", document.error)
        company = self.as_manager(self.company)
        company.action_quickbooks_test()
        self.assertEqual(self.due(document), "sent")

    def test_a_period_that_quickbooks_alone_knew_to_be_closed(self):
        self.change_books(BookCloseDate="2026-12-31")
        document = self.document(self.post(self.invoice()))
        self.assertEqual(document.state, "attention")
        self.assertIn(document.refusal, ("6200", "6210"))
        self.forget_calls()
        self.as_manager(self.company).action_quickbooks_test()
        self.assertEqual(self.due(document), "attention")
        self.assertEqual(document.hold, "checks", "it can't pass, and is not sent")
        self.assertNotIn("create Invoice", self.calls())
        self.change_books(BookCloseDate="2026-01-31")
        self.as_manager(self.company).action_quickbooks_test()
        self.assertEqual(self.due(document), "sent")
        self.assertEqual(len(self.held_by_quickbooks(document.move_id)), 1)

    def change_books(self, **values):
        self.change("Preferences", {"Id": "1"}, AccountingInfoPrefs=values)

    def test_what_quickbooks_refused_is_not_sent_again_as_it_was(self):
        self.fault("fault", "create Invoice", code="6000", status=400)
        document = self.document(self.post(self.invoice()))
        self.assertEqual((document.state, document.refusal), ("attention", "6000"))
        self.forget_calls()
        self.seen(self.partner).email = self.partner.email
        self.assertEqual(self.due(document), "attention")
        self.assertEqual(self.calls(), {})
        other = self.mirror("item").filtered(lambda i: i.item_type == "Service")[1]
        self.seen(self.product.product_tmpl_id).quickbooks_item_id = other
        self.assertEqual(self.due(document), "sent")

    def test_a_sync_that_brings_back_what_was_missing(self):
        item = self.item
        self.change("Item", self.records("Item")[item.quickbooks_id], Active=False)
        self.sync("items")
        document = self.post_held(self.invoice())
        self.assertIn("inactive in QuickBooks", document.error)
        self.change("Item", self.records("Item")[item.quickbooks_id], Active=True)
        self.sync("items")
        self.assertEqual(self.due(document), "sent")

    def test_connecting_again_and_switching_an_option(self):
        self.connection._disconnect()
        move = self.post(self.invoice())
        self.send(move)
        document = self.document(move)
        self.assertEqual((document.state, document.hold), ("attention", "checks"))
        self.connect(realm_id=self.realm)
        self.assertEqual(self.due(document), "sent")
        self.connection.custom_transaction_numbers = True
        self.seen(self.company).quickbooks_use_document_numbers = True
        document = self.post_held(self.invoice())
        self.seen(self.company).quickbooks_use_document_numbers = False
        self.assertEqual(self.due(document), "sent")
