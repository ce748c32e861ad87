"""The guide, section 5: refreshing customers, and what changes on either side."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..exceptions import LinkError
from .contact_common import CustomerFlowCase
from .guide import guide


@tagged("post_install", "-at_install")
class TestRefreshCustomer(CustomerFlowCase):
    def setUp(self):
        super().setUp()
        self.create_customer(self.partner)
        self.customer = self.linked(self.partner)
        [self.record] = self.in_quickbooks(self.partner.name)
        self.forget_calls()

    def refresh(self):
        return self.press(self.partner, "action_quickbooks_refresh")

    @guide("5.12", "5.13")
    def test_it_brings_what_quickbooks_says_in_two_calls(self):
        self.change("Customer", self.record, Notes="On stop", CompanyName="HP")
        self.refresh()
        self.assertEqual(self.customer.notes, "On stop")
        self.assertEqual(self.customer.company_name, "HP")
        # The second asks for all that concerns the customer's payments.
        self.assertEqual(self.calls(), {"read Customer": 1, "batch": 1})

    @guide("5.11")
    def test_it_brings_the_balance(self):
        account = next(
            row["Id"]
            for row in self.records("Account").values()
            if row["AccountType"] == "Income"
        )
        item = self.add(
            "Item", Name="Hedge", Type="Service", IncomeAccountRef={"value": account}
        )
        code = next(
            code["Id"]
            for code in self.records("TaxCode").values()
            if code["Name"] == "No VAT"
        )
        detail = {"ItemRef": {"value": item["Id"]}, "TaxCodeRef": {"value": code}}
        line = {"DetailType": "SalesItemLineDetail", "Amount": "42.50"}
        line["SalesItemLineDetail"] = detail
        reference = {"value": self.record["Id"]}
        self.add("Invoice", CustomerRef=reference, Line=[line])
        began = fields.Datetime.now()
        self.refresh()
        partner = self.seen(self.partner)
        self.assertEqual(partner.quickbooks_balance, 42.5)
        self.assertEqual(partner.quickbooks_currency_id, self.gbp)
        self.assertGreaterEqual(partner.quickbooks_balance_at, began)

    @guide("5.14")
    def test_an_inactive_customer_is_shown_as_such(self):
        self.change("Customer", self.record, Active=False)
        self.refresh()
        self.assertEqual(self.seen(self.partner).quickbooks_status, "inactive")
        self.assertEqual(self.linked(self.partner), self.customer)

    def test_a_deleted_customer_is_shown_as_such(self):
        self.remove("Customer", self.record["Id"])
        answer = self.refresh()
        self.assertIn("no longer in QuickBooks", answer["params"]["message"])
        self.assertEqual(self.seen(self.partner).quickbooks_status, "gone")
        self.assertFalse(self.customer.active)

    def test_a_sync_finds_nothing_to_do_after_a_refresh(self):
        self.sync("customers")
        self.change("Customer", self.record, Notes="Changed")
        self.refresh()
        run = self.sync("customers")
        self.assertEqual((run.created, run.updated), (0, 0))

    def test_a_sync_keeps_the_link(self):
        self.change("Customer", self.record, Notes="Changed")
        self.sync("customers")
        self.assertEqual(self.linked(self.partner), self.customer)

    def test_without_a_log_in_it_tells_which_and_the_way_to_it(self):
        second = self.new_manager("second", self.company)
        with self.assertRaisesRegex(LinkError, "You are not logged in") as refusal:
            self.press(self.partner, "action_quickbooks_refresh", second)
        self.assertEqual(refusal.exception.args[1]["res_id"], self.company.id)
        self.connection.token_ids._refuse("expired")
        with self.assertRaisesRegex(LinkError, "has expired or was withdrawn"):
            self.refresh()
        self.connection._disconnect()
        self.partner.phone = "01632 960999"
        for action in ("refresh", "send_changes"):
            with self.assertRaisesRegex(LinkError, "Brook & Sons Ltd is not connected"):
                self.press(self.partner, f"action_quickbooks_{action}")
        self.assertEqual(self.calls(), {})

    def test_a_contact_without_customer_can_not_be_refreshed(self):
        with self.assertRaisesRegex(UserError, "no QuickBooks Customer"):
            self.press(self.contact("New Ltd"), "action_quickbooks_refresh")


@tagged("post_install", "-at_install")
class TestSendChanges(CustomerFlowCase):
    """What a contact says otherwise is shown, and sent when a person says so."""

    def setUp(self):
        super().setUp()
        self.create_customer(self.partner)
        [self.record] = self.in_quickbooks(self.partner.name)
        self.forget_calls()

    def differences(self):
        return self.seen(self.partner).quickbooks_differences or ""

    def send(self):
        return self.press(self.partner, "action_quickbooks_send_changes")

    def test_a_new_customer_does_not_differ(self):
        self.assertEqual(self.differences(), "")

    def test_a_change_is_shown_and_not_sent_by_itself(self):
        self.partner.email = "new@harrowpike.example"
        self.assertIn("new@harrowpike.example", self.differences())
        self.assertIn("office@harrowpike.example", self.differences())
        self.assertEqual(self.calls(), {})

    def test_it_is_sent_on_demand_and_nothing_else(self):
        self.change("Customer", self.record, Notes="Kept")
        self.press(self.partner, "action_quickbooks_refresh")
        self.forget_calls()
        self.partner.write({"email": "new@harrowpike.example", "city": "Tadcaster"})
        self.send()
        record = self.records("Customer")[self.record["Id"]]
        self.assertEqual(
            record["PrimaryEmailAddr"]["Address"], "new@harrowpike.example"
        )
        self.assertEqual(record["BillAddr"]["City"], "Tadcaster")
        self.assertEqual(record["BillAddr"]["Line1"], "4 Mill Lane")
        self.assertEqual(record["Notes"], "Kept")
        self.assertEqual(self.calls(), {"update Customer": 1})
        self.assertEqual(self.differences(), "")

    def test_what_is_emptied_in_odoo_stays_in_quickbooks(self):
        self.partner.phone = False
        self.assertEqual(self.differences(), "")
        self.send()
        self.assertEqual(self.calls(), {})

    def test_other_ways_to_write_the_same_are_no_difference(self):
        address = {**self.record["BillAddr"], "Country": "GBR", "City": "WETHERBY"}
        self.change(
            "Customer",
            self.record,
            BillAddr=address,
            PrimaryPhone={"FreeFormNumber": "01632-960-233"},
        )
        self.press(self.partner, "action_quickbooks_refresh")
        self.assertEqual(self.differences(), "")

    def test_a_change_in_quickbooks_meanwhile_is_shown_before_anything_is_sent(self):
        self.partner.email = "new@harrowpike.example"
        theirs = {"Address": "theirs@harrowpike.example"}
        self.change("Customer", self.record, PrimaryEmailAddr=theirs)
        answer = self.send()
        self.assertIn("meanwhile", answer["params"]["message"])
        record = self.records("Customer")[self.record["Id"]]
        self.assertEqual(
            record["PrimaryEmailAddr"]["Address"], "theirs@harrowpike.example"
        )
        self.assertIn("theirs@harrowpike.example", self.differences())
        self.send()
        record = self.records("Customer")[self.record["Id"]]
        self.assertEqual(
            record["PrimaryEmailAddr"]["Address"], "new@harrowpike.example"
        )


@tagged("post_install", "-at_install")
class TestCharactersInTheUs(CustomerFlowCase):
    """Characters that QuickBooks can't hold are told, not lost."""

    def setUp(self):
        super().setUp()
        self.connection.country_code = "US"

    def test_they_are_shown_before_the_call(self):
        partner = self.contact(city="Łódź")
        wizard = self.asked(self.create_customer(partner))
        self.assertFalse(wizard.problem)
        self.assertIn("Łódź", wizard.replaced)
        self.assertIn("Lódz", wizard.replaced)
        self.assertEqual(self.calls(), {})
        self.press(wizard, "action_create")
        self.assertEqual(self.linked(partner).city, "Lódz")
        self.assertFalse(self.seen(partner).quickbooks_differences)

    def test_a_name_is_chosen_by_a_person(self):
        wizard = self.asked(self.create_customer(self.contact("Łąka")))
        self.assertIn("can't hold", wizard.problem)
        self.assertEqual(wizard.name, "Laka")

    def test_elsewhere_they_are_held(self):
        self.connection.country_code = "GB"
        partner = self.contact("Łąka", city="Łódź")
        self.create_customer(partner)
        self.assertEqual(self.linked(partner).city, "Łódź")
        self.assertEqual(self.linked(partner).name, "Łąka")
