"""What the chatter tells of QuickBooks, in words."""

from odoo import Command
from odoo.tests import tagged
from odoo.tools import html2plaintext

from .document_common import DocumentCase


@tagged("post_install", "-at_install")
class TestNoting(DocumentCase):
    def notes(self, record):
        """Return what the chatter tells of QuickBooks, oldest first."""
        messages = record.message_ids.sorted("id")
        found = [(html2plaintext(m.body), m) for m in messages]
        return [(text, m) for text, m in found if "QuickBooks" in text]

    def last(self, record):
        text, message = self.notes(record)[-1]
        self.assertEqual(message.message_type, "notification")
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_note"))
        self.assertFalse(message.notification_ids)
        return text, message

    def test_an_invoice_tells_of_its_arrival_and_of_changes(self):
        mails = self.env["mail.mail"].search_count([])
        move = self.post(self.invoice())
        text, message = self.last(move)
        self.assertIn(f"Arrived in QuickBooks: Invoice {move.name}", text)
        self.assertIn("144.00", text)
        self.assertIn(f'href="{self.document(move).url}"', message.body)
        self.assertEqual(message.author_id, self.manager.partner_id)
        self.seen(move).button_draft()
        move.invoice_line_ids.quantity = 4
        self.post(move)
        self.assertIn("Updated in QuickBooks: Invoice", self.last(move)[0])
        self.assertIn("192.00", self.last(move)[0])
        self.assertEqual(len(self.notes(move)), 2)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_an_invoice_tells_once_what_needs_attention(self):
        self.product.product_tmpl_id.quickbooks_item_id = False
        move = self.post(self.invoice())
        self.assertIn("Lawn care is not linked", self.last(move)[0])
        self.send(move)
        [told] = self.notes(move)
        self.assertIn("needs your attention", told[0])

    def test_what_the_scheduler_sends_is_told_in_the_senders_name(self):
        self.fault("drop", "create Invoice", times=2)
        move = self.post(self.invoice())
        self.assertFalse(self.notes(move))
        self.make_due(self.document(move))
        self.run_cron()
        self.assertEqual(self.last(move)[1].author_id, self.manager.partner_id)

    def test_a_void_is_told_in_words(self):
        move = self.post(self.invoice())
        self.document(move).sudo().state = "voided"
        self.assertIn("Voided in QuickBooks", self.last(move)[0])

    def test_contacts_products_and_taxes_tell_of_their_links(self):
        template = self.product.product_tmpl_id
        self.assertIn(f"“{self.item.display_name}”", self.last(template)[0])
        template.quickbooks_item_id = False
        self.assertIn("No longer linked to the QuickBooks Item", self.last(template)[0])
        self.product.quickbooks_item_id = self.item
        self.assertIn("Linked to the QuickBooks Item", self.last(template)[0])
        self.assertIn("Linked to the QuickBooks Tax Code", self.last(self.tax)[0])
        other = self.one("tax.code", "5.0% R")
        self.tax.quickbooks_tax_code_id = other
        self.assertIn("no longer to “20.0% S”", self.last(self.tax)[0])
        self.tax.quickbooks_tax_code_id = other
        self.assertEqual(len(self.notes(self.tax)), 2)
        self.customer.browse()._link_to(self.partner)
        told = [text for text, _message in self.notes(self.partner)]
        self.assertIn("Linked to the QuickBooks Customer", told[0])
        self.assertIn("No longer linked to the QuickBooks Customer", told[1])

    def test_a_variant_is_named_on_its_product(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [Command.create({"name": x}) for x in ("S", "L")],
            }
        )
        values = Command.set(attribute.value_ids.ids)
        template = self.env["product.template"].create(
            {
                "name": "Shears",
                "attribute_line_ids": [
                    Command.create(
                        {"attribute_id": attribute.id, "value_ids": [values]}
                    )
                ],
            }
        )
        template.product_variant_ids[1].quickbooks_item_id = self.item
        self.assertIn("Shears (L): Linked to", self.last(template)[0])

    def test_a_created_customer_is_told_and_whose_quickbooks_where_shared(self):
        partner = self.contact("Harrow & Pike Ltd")
        self.create_customer(partner)
        text, message = self.last(partner)
        self.assertTrue(text.startswith("Created in QuickBooks as “Harrow & Pike Ltd”"))
        self.assertEqual(message.author_id, self.manager.partner_id)
        other = self.new_company("Second Ltd")
        self.connect(other, realm_id=self.open_realm("uk"))
        self.customer.browse()._link_to(partner)
        self.assertIn("Brook & Sons Ltd: No longer linked", self.last(partner)[0])
