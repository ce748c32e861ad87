"""The PDF of an invoice goes along, after the invoice, and never in its way."""

from unittest.mock import patch

import requests
from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_flow_document_cancel import CancelCase

CONTENT = b"%PDF-1.4 the invoice as the customer got it \x00\xff"


@tagged("post_install", "-at_install")
class TestPdf(CancelCase):
    def setUp(self):
        super().setUp()
        self.company.quickbooks_attach_pdf = True

    def attachment(self, move):
        return self.document(move).attachment_ids

    def make_due_again(self, move):
        row = self.attachment(move)
        row.next_try = "2020-01-01 00:00:00"
        row.flush_recordset()
        self.run_cron()
        return row

    def with_pdf(self, move, content=CONTENT):
        """Give the invoice the PDF that Odoo makes when it goes to the customer."""
        name = "invoice_pdf_report_file"
        values = {"res_model": move._name, "res_id": move.id, "res_field": name}
        self.env["ir.attachment"].create(
            {"name": "invoice.pdf", "raw": content, "mimetype": "application/pdf"}
            | values
        )
        move.invalidate_recordset()

    def files(self, move):
        """Return what is attached to the invoice in QuickBooks."""
        known = self.document(move).quickbooks_id
        owner = {"type": "Invoice", "value": known}
        return [
            one
            for one in self.records("Attachable").values()
            if one["AttachableRef"]
            and owner.items() <= one["AttachableRef"][0]["EntityRef"].items()
        ]

    def content(self, file):
        with self.connection._client(user=self.manager) as client:
            record = client.read("Attachable", file["Id"])
        return requests.get(record["TempDownloadUri"], timeout=30).content

    def test_it_follows_the_invoice_and_is_byte_for_byte_what_the_customer_got(self):
        move = self.posted()
        self.with_pdf(move)
        self.assertEqual(self.files(move), [])
        self.assertEqual(self.attachment(move).state, "waiting")
        self.run_cron()
        [file] = self.files(move)
        self.assertEqual(self.content(file), CONTENT)
        self.assertEqual(file["FileName"], move._get_invoice_report_filename())
        row = self.attachment(move)
        self.assertEqual((row.state, row.content), ("sent", False))
        self.run_cron()
        self.assertEqual(self.calls()["upload"], 1)

    def test_where_there_is_none_yet_it_is_made(self):
        move = self.posted("out_refund")
        self.run_cron()
        row = self.attachment(move)
        self.assertEqual(row.state, "sent")
        file = self.records("Attachable")[row.quickbooks_id]
        self.assertEqual(file["AttachableRef"][0]["EntityRef"]["type"], "CreditMemo")
        self.assertIn(move.name.encode(), self.content(file))

    def test_without_the_option_nothing_goes_along(self):
        self.company.quickbooks_attach_pdf = False
        move = self.posted()
        self.run_cron()
        self.assertFalse(self.attachment(move))
        self.assertNotIn("upload", self.calls())

    def test_whatever_happens_to_the_call_it_is_there_once(self):
        for kind, more in (
            ("drop_after", {}),
            ("drop", {}),
            ("status", {"status": 503, "when": "after"}),
            ("truncate", {}),
        ):
            with self.subTest(kind=kind):
                move = self.posted()
                self.with_pdf(move)
                self.fault(kind, "upload", times=1, **more)
                self.run_cron()
                row = self.attachment(move)
                self.assertEqual((row.state, row.unsure), ("sending", True))
                self.assertEqual(self.document(move).state, "sent")
                wait = row.next_try - fields.Datetime.now()
                self.assertGreater(wait.total_seconds(), 100)
                told = "".join(self.alerts(move).values())
                self.assertIn("The PDF is not in QuickBooks yet", told)
                self.make_due_again(move)
                self.assertEqual(row.state, "sent", row.error)
                self.assertEqual(len(self.files(move)), 1)

    def test_refused_it_is_shown_and_can_be_tried_again(self):
        move = self.posted()
        self.fault("fault", "upload", code="6030", detail="Too large")
        self.run_cron()
        row = self.attachment(move)
        self.assertEqual(row.state, "attention")
        self.assertIn("Too large", "".join(self.alerts(move).values()))
        self.press_and_commit(move, "action_quickbooks_attach")
        self.assertEqual(row.state, "sent")
        self.assertEqual(self.alerts(move), {})

    def test_a_server_that_makes_no_pdfs_says_so(self):
        move = self.posted()
        words = "Unable to find Wkhtmltopdf on this system."
        with patch.object(
            type(self.env["ir.actions.report"]),
            "_pre_render_qweb_pdf",
            side_effect=UserError(words),
        ):
            self.run_cron()
        self.assertIn(words, self.attachment(move).error)
        self.assertEqual(self.document(move).state, "sent")

    def test_changed_and_sent_again_the_new_one_takes_the_place_of_the_old(self):
        move = self.posted()
        self.run_cron()
        [old] = self.files(move)
        self.seen(move).button_draft()
        move.invoice_line_ids.quantity = 5
        self.post(move)
        self.with_pdf(move)
        self.run_cron()
        [new] = self.files(move)
        self.assertNotEqual(new["Id"], old["Id"])
        self.assertEqual(self.content(new), CONTENT)

    def test_changed_or_deleted_by_somebody_the_old_one_goes_all_the_same(self):
        move = self.posted()
        self.run_cron()
        for quantity, meddle in (
            (5, lambda file: self.change("Attachable", file, Note="For the auditor")),
            (6, lambda file: self.remove("Attachable", file["Id"])),
        ):
            with self.subTest(quantity=quantity):
                [old] = self.files(move)
                meddle(old)
                self.seen(move).button_draft()
                move.invoice_line_ids.quantity = quantity
                self.post(move)
                self.run_cron()
                row = self.attachment(move)
                self.assertEqual((row.state, row.stale_id), ("sent", False), row.error)
                [new] = self.files(move)
                self.assertNotEqual(new["Id"], old["Id"])

    def test_it_goes_where_its_document_is(self):
        move = self.posted()
        self.with_pdf(move)
        self.attachment(move).realm_id = "4620816365000000000"
        row = self.make_due_again(move)
        self.assertEqual((row.state, row.realm_id), ("sent", self.realm), row.error)
        self.assertEqual(len(self.files(move)), 1)

    def test_it_waits_for_its_document(self):
        move = self.posted()
        self.with_pdf(move)
        document = self.document(move)
        document.state = "attention"
        row = self.make_due_again(move)
        self.assertEqual((row.hold, self.files(move)), ("documents", []))
        document.state = "sent"
        row.write({"hold": False, "user_id": self.manager.id})
        row = self.make_due_again(move)
        self.assertEqual((row.state, len(self.files(move))), ("sent", 1), row.error)

    def test_changed_while_an_answer_was_lost_the_new_one_follows(self):
        move = self.posted()
        self.with_pdf(move)
        self.fault("drop_after", "upload", times=9)
        self.run_cron()
        row = self.attachment(move)
        self.assertTrue(row.unsure, row.error)
        self.simulator.delete("faults")
        self.seen(move).button_draft()
        move.invoice_line_ids[0].quantity = 5
        self.post(move)
        self.assertTrue(row.again)
        self.with_pdf(move, CONTENT + b"2")
        self.make_due_again(move)
        self.make_due_again(move)
        self.assertEqual((row.state, row.again), ("sent", False), row.error)
        [file] = self.files(move)
        self.assertEqual(self.content(file), CONTENT + b"2")


@tagged("post_install", "-at_install")
class TestPdfNumber(CancelCase):
    use_numbers = True

    def test_it_carries_quickbooks_number(self):
        self.company.quickbooks_attach_pdf = True
        move = self.posted()
        self.run_cron()
        name = self.document(move).attachment_ids.name
        self.assertIn(self.document(move).doc_number, name)
