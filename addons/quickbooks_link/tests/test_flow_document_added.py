"""What another addon adds to lines: sent, kept, compared, followed and emptied."""

import json

from odoo.tests import tagged

from ..document_reading import read_books, read_document
from ..qbo import documents, exactjson
from ..qbo.document_added import ITEM
from .document_common import DocumentCase


@tagged("post_install", "-at_install")
class TestAddedToLines(DocumentCase):
    """As an addon does that gives each line the QuickBooks class of its product."""

    def setUp(self):
        super().setUp()
        self.track(ClassTrackingPerTxnLine=True)
        self.lawns, self.beds = (
            {"value": self.add("Class", Name=name)["Id"]} for name in ("Lawns", "Beds")
        )
        self.class_of = {self.product: self.lawns}
        extended = self.env.registry["account.move.line"]
        before = extended._quickbooks_added_fields

        def added(line):
            reference = self.class_of.get(line.product_id, {"value": ""})
            return {**before(line), "ClassRef": reference}

        self.patch(extended, "_quickbooks_added_fields", added)
        self.forget_calls()

    def track(self, **preferences):
        self.change("Preferences", {"Id": "1"}, AccountingInfoPrefs=preferences)

    def sent(self, **values):
        move = self.post(self.invoice(**values))
        document = self.document(move)
        self.assertEqual(document.state, "sent", document.error)
        return move, document

    def held(self, document, entity="Invoice"):
        """Return the class that each line has in QuickBooks, by its text."""
        return {
            line["Description"]: line[ITEM].get("ClassRef", {}).get("value")
            for line in self.record(document, entity)["Line"]
            if line["DetailType"] == ITEM
        }

    def record(self, document, entity="Invoice"):
        return self.records(entity)[document.quickbooks_id]

    def lines(self):
        other = self.env["product.product"].create({"name": "Weeding"})
        other.product_tmpl_id.quickbooks_item_id = self.item
        return [
            {"name": "Front", "quantity": 3, "price_unit": 40},
            {"name": "Drive", "price_unit": 12, "product_id": other.id},
        ]

    def test_it_arrives_on_each_line_and_survives_an_update(self):
        move, document = self.sent(lines=self.lines())
        expected = {"Front": self.lawns["value"], "Drive": None}
        self.assertEqual(self.held(document), expected)
        self.assertFalse(document.differences)
        move.button_draft()
        move.invoice_line_ids.filtered(lambda x: x.name == "Front").quantity = 5
        self.post(move)
        self.assertEqual((document.state, document.differences), ("sent", False))
        self.assertEqual(self.held(document), expected)
        self.assertEqual(self.record(document)["SyncToken"], "1")

    def test_changed_or_taken_out_here_it_is_so_there(self):
        move, document = self.sent()
        [name] = self.held(document)
        for reference, held in ((self.beds, self.beds["value"]), ({"value": ""}, None)):
            self.class_of[self.product] = reference
            move.button_draft()
            self.post(move)
            self.assertEqual((document.state, document.differences), ("sent", False))
            self.assertEqual(self.held(document), {name: held})

    def test_changed_there_it_is_told_and_can_be_put_back(self):
        _move, document = self.sent()
        [name] = self.held(document)
        record = self.record(document)
        line = json.loads(exactjson.dumps(record["Line"][0]))
        line[ITEM]["ClassRef"] = self.beds
        self.change("Invoice", record, sparse=True, Line=[line])
        self.sync("payments")
        self.assertEqual((document.there, document.state), ("changed", "attention"))
        lawns, beds = self.lawns["value"], self.beds["value"]
        self.assertIn(f"Line 1, ClassRef: {lawns} → {beds}", document.error)
        self.do(document, "action_send_odoo")
        self.assertEqual((document.there, document.state), ("present", "sent"))
        self.assertEqual(self.held(document), {name: lawns})

    def test_credit_notes_have_it_too(self):
        _move, document = self.sent(kind="out_refund", lines=self.lines())
        held = self.held(document, "CreditMemo")
        self.assertEqual(held, {"Front": self.lawns["value"], "Drive": None})

    def test_where_quickbooks_tracks_none_the_difference_is_told(self):
        self.track(ClassTrackingPerTxnLine=False)
        move = self.post(self.invoice())
        document = self.document(move)
        self.assertEqual(list(self.held(document).values()), [None])
        self.assertEqual(document.state, "sent", "its figures are right")
        self.assertIn("ClassRef", str(document.differences))
        words = " ".join(self.alerts(move).values())
        self.assertIn("ClassRef", words)

    def test_what_would_replace_our_own_fields_is_refused_as_a_bug(self):
        self.patch(
            self.env.registry["account.move.line"],
            "_quickbooks_added_fields",
            lambda line: {"UnitPrice": 1},
        )
        with self.assertRaisesRegex(ValueError, "UnitPrice: fields that others"):
            move = self.invoice()
            documents.build(read_document(move), read_books(move))
