"""The guide, sections 5, 6 and 7, in the browser."""

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .contact_common import ContactCase
from .guide import guide


@tagged("post_install", "-at_install", "browser")
class TestTourMapping(ContactCase, HttpCase):
    sample = "uk"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for group in ("account.group_account_manager", "product.group_product_manager"):
            cls.manager.group_ids += cls.env.ref(group)

    def tour(self, name, record=None, path=None):
        path = path or f"/odoo/{record._name}/{record.id}"
        # What a person is told is logged as a warning.
        with mute_logger("odoo.http"):
            self.start_tour(path, name, login=self.manager.login)
        self.env.invalidate_all()

    @guide("5.2", "5.4", "5.5", "5.6", "5.7")
    def test_create_with_missing_fields_mend_create_and_refresh(self):
        partner = self.contact(zip=False, phone=False)
        self.tour("quickbooks_link_create_customer", partner)
        [record] = [
            record
            for record in self.records("Customer").values()
            if record["DisplayName"] == partner.name
        ]
        self.assertEqual(self.linked(partner).quickbooks_id, record["Id"])

    def test_link_the_existing_customer_and_send_what_differs(self):
        [record] = [
            record
            for record in self.records("Customer").values()
            if record["DisplayName"] == "Ainsty Landscapes Ltd"
        ]
        theirs = {"Address": "rachel@ainsty.example"}
        self.change("Customer", record, PrimaryEmailAddr=theirs)
        partner = self.contact("Ainsty Landscapes Ltd")
        self.tour("quickbooks_link_link_customer", partner)
        self.assertEqual(self.linked(partner).quickbooks_id, record["Id"])
        changed = self.records("Customer")[record["Id"]]
        self.assertEqual(changed["PrimaryEmailAddr"]["Address"], partner.email)

    def test_choose_a_customer_in_the_form(self):
        self.sync("customers")
        partner = self.contact()
        self.tour("quickbooks_link_choose_customer", partner)
        self.assertIn("Ainsty", self.linked(partner).name)

    @guide("6.1", "6.3")
    def test_map_a_product_and_a_variant(self):
        account = next(
            row["Id"]
            for row in self.records("Account").values()
            if row["AccountType"] == "Income"
        )
        for name in ("Lawn mowing tour", "Hedge cutting tour"):
            reference = {"value": account}
            self.add("Item", Name=name, Type="Service", IncomeAccountRef=reference)
        self.sync("items")
        size = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [(0, 0, {"name": "Small"}), (0, 0, {"name": "Large"})],
            }
        )
        line = {"attribute_id": size.id, "value_ids": [(6, 0, size.value_ids.ids)]}
        template = self.env["product.template"].create(
            {"name": "Garden", "type": "service", "attribute_line_ids": [(0, 0, line)]}
        )
        small, large = template.product_variant_ids
        self.tour("quickbooks_link_map_template", template)
        self.assertEqual(small._quickbooks_item(self.company).name, "Lawn mowing tour")
        self.tour("quickbooks_link_map_variant", large)
        self.assertEqual(
            large._quickbooks_item(self.company).name, "Hedge cutting tour"
        )
        self.assertEqual(small._quickbooks_item(self.company).name, "Lawn mowing tour")

    @guide("7.1", "7.4")
    def test_map_a_tax_in_the_list(self):
        self.sync("tax_codes")
        self.company.country_id = self.britain
        group = self.env["account.tax.group"].create(
            {"name": "VAT", "company_id": self.company.id}
        )
        tax = self.env["account.tax"].create(
            {
                "name": "Mapped in the list",
                "amount": 20,
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "country_id": self.britain.id,
                "tax_group_id": group.id,
            }
        )
        self.tour(
            "quickbooks_link_map_tax", path="/odoo/action-account.action_tax_form"
        )
        self.assertEqual(tax._quickbooks_tax_code().name, "5.0% R")
