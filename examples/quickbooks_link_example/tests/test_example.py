from odoo.tests import tagged

from odoo.addons.quickbooks_link.tests.document_common import DocumentCase


@tagged("post_install", "-at_install")
class TestExample(DocumentCase):
    """Another addon's list is synced, and its field follows the invoices."""

    def setUp(self):
        super().setUp()
        self.track(True)
        self.north = self.add("Department", Name="North")
        self.south = self.add("Department", Name="South")
        self.change("Department", self.south, Active=False)

    def track(self, locations):
        preferences = {"TrackDepartments": locations}
        self.change("Preferences", {"Id": "1"}, AccountingInfoPrefs=preferences)

    def run_kind(self, kind, **context):
        company = self.as_manager(self.company).with_context(**context)
        action = company._quickbooks_sync(kind)
        run = self.env["quickbooks.sync.run"].browse(action["params"]["run_id"])
        run = self.finish(self.as_manager(run))
        self.assertEqual(run.state, "done", run.error)
        return run

    def locations(self):
        self.env.invalidate_all()
        return {row.name: row.status for row in self.mirror("department")}

    def part(self, run):
        return run.line_ids.filtered(lambda line: line.entity == "departments")

    def location(self, name):
        return self.mirror("department").filtered(lambda row: row.name == name)

    def sent(self, location):
        invoice = self.invoice(quickbooks_department_id=location.id)
        self.post(invoice)
        document = self.document(invoice)
        self.assertEqual((document.state, document.differences), ("sent", False))
        return invoice, document

    def held(self, document):
        return self.records("Invoice")[document.quickbooks_id]

    def test_its_list_is_previewed_and_synced_as_ours_are(self):
        preview = self.run_kind("departments", quickbooks_preview=True)
        self.assertEqual(self.locations(), {})
        told = preview.change_ids.mapped("name")
        self.assertEqual(sorted(told), ["North", "South (deleted)"])
        full = self.run_kind("full")
        self.assertEqual(
            self.locations(), {"North": "active", "South (deleted)": "inactive"}
        )
        progress = full.sudo()._tell_progress()["lines"]
        self.assertEqual(
            [(line["entity"], line["label"]) for line in progress][3:],
            [("departments", "Locations"), ("payments", "Invoices and Payments")],
        )
        self.assertEqual(self.part(full).created, 2)
        self.assertEqual(self.part(self.run_kind("departments")).unchanged, 2)
        self.change("Department", self.north, Name="Far North")
        self.add("Department", Name="West")
        self.forget_calls()
        changes = self.run_kind("changes")
        self.assertEqual(self.calls(), {"cdc": 1}, "its changes cost no call more")
        told = self.part(changes)
        self.assertEqual((told.created, told.updated), (1, 1))
        self.assertEqual(
            set(self.locations()), {"Far North", "West", "South (deleted)"}
        )

    def test_its_field_is_sent_compared_followed_and_emptied(self):
        self.run_kind("full")
        south = self.change("Department", self.south, Active=True, Name="South")
        self.run_kind("departments")
        invoice, document = self.sent(self.location("North"))
        north = {"value": self.north["Id"]}
        self.assertEqual(self.held(document)["DepartmentRef"]["value"], north["value"])
        # Reset and confirmed: as it was sent, so nothing goes.
        self.forget_calls()
        invoice.button_draft()
        self.post(invoice)
        self.assertEqual(self.calls(), {})
        # Changed there by a person
        held, there = self.held(document), {"value": south["Id"]}
        self.change("Invoice", held, sparse=True, DepartmentRef=there)
        self.run_kind("payments")
        self.assertEqual((document.there, document.state), ("changed", "attention"))
        self.assertIn("QuickBooks Location: North → South", document.error)
        with self.own_cursors():
            self.seen(document).action_send_odoo()
            self.commit()
        self.env.invalidate_all()
        self.assertEqual((document.there, document.state), ("present", "sent"))
        self.assertEqual(self.held(document)["DepartmentRef"]["value"], north["value"])
        # Taken out in Odoo
        invoice.button_draft()
        invoice.quickbooks_department_id = False
        self.post(invoice)
        self.assertEqual((document.state, document.differences), ("sent", False))
        self.assertNotIn("DepartmentRef", self.held(document))
        self.run_kind("payments")
        self.assertEqual(document.there, "present")

    def test_where_quickbooks_tracks_no_locations_the_difference_is_told(self):
        self.run_kind("full")
        self.track(False)
        invoice = self.invoice(quickbooks_department_id=self.location("North").id)
        self.post(invoice)
        document = self.document(invoice)
        self.assertEqual(document.state, "sent")
        self.assertNotIn("DepartmentRef", self.held(document))
        self.assertEqual(
            document.differences, "QuickBooks Location: North in Odoo, – in QuickBooks"
        )

    def test_an_invoice_without_it_is_sent_as_ever(self):
        self.run_kind("full")
        _invoice, document = self.sent(self.env["quickbooks.department"])
        self.assertNotIn("DepartmentRef", document.sent_payload)
        self.run_kind("payments")
        self.assertEqual(document.there, "present")
