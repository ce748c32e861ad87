"""The guide, section 5: creating customers, with QuickBooks."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..exceptions import MendableError
from .contact_common import CustomerFlowCase
from .guide import guide

LABELS = ("Name", "Street", "Postcode", "Email", "Phone")


@tagged("post_install", "-at_install")
class TestGuide5CreateCustomer(CustomerFlowCase):
    @guide("5.5", "9.2")
    def test_what_is_missing_is_listed_at_once_by_the_labels_people_see(self):
        self.partner.write(dict.fromkeys(("street", "zip", "email", "phone"), " "))
        with self.assertRaises(MendableError) as refusal:
            self.create_customer(self.partner)
        message, action = refusal.exception.args[:2]
        for label in LABELS[1:]:
            self.assertIn(f"• {label}", message)
        self.assertNotIn("• Name", message)
        self.assertEqual(action["res_id"], self.partner.id)
        self.assertEqual(self.calls(), {})

    @guide("5.4", "9.2")
    def test_each_of_the_five_is_needed(self):
        for column, label in zip(
            ("name", "street", "zip", "email", "phone"), LABELS, strict=True
        ):
            partner = self.contact(**{column: "  " if column == "name" else False})
            with (
                self.subTest(column=column),
                self.assertRaisesRegex(MendableError, f"• {label}"),
            ):
                self.create_customer(partner)

    @guide("5.6", "5.7", "5.8", "5.9", "5.10")
    def test_after_correction_it_is_created_mirrored_and_linked(self):
        self.partner.zip = False
        with self.assertRaises(MendableError):
            self.create_customer(self.partner)
        self.partner.zip = "LS22 6NB"
        self.create_customer(self.partner)
        [record] = self.in_quickbooks("Harrow & Pike Ltd")
        customer = self.linked(self.partner)
        self.assertEqual(customer.quickbooks_id, record["Id"])
        self.assertEqual(customer.name, "Harrow & Pike Ltd")
        self.assertEqual(customer.email, "office@harrowpike.example")
        self.assertEqual(customer.zip, "LS22 6NB")
        self.assertEqual(self.seen(self.partner).quickbooks_customer_id, customer)

    def test_it_takes_one_call_to_look_and_one_to_create(self):
        self.create_customer(self.partner)
        self.assertEqual(self.calls(), {"batch": 1, "create Customer": 1})

    def test_the_invoice_address_goes_along(self):
        self.contact(
            "Accounts Office",
            is_company=False,
            type="invoice",
            parent_id=self.partner.id,
            street="PO Box 12",
            street2="Old Post Office",
            email="accounts@harrowpike.example",
        )
        self.create_customer(self.partner)
        [record] = self.in_quickbooks("Harrow & Pike Ltd")
        address = {name: record["BillAddr"].get(name) for name in ("Line1", "Line2")}
        self.assertEqual(address, {"Line1": "PO Box 12", "Line2": "Old Post Office"})
        self.assertEqual(
            record["PrimaryEmailAddr"]["Address"], "accounts@harrowpike.example"
        )

    def test_an_incomplete_invoice_address_is_the_record_to_open(self):
        address = self.env["res.partner"].create(
            {"type": "invoice", "parent_id": self.partner.id, "street": "PO Box 12"}
        )
        with self.assertRaises(MendableError) as refusal:
            self.create_customer(self.partner)
        message, action = refusal.exception.args[:2]
        self.assertEqual(action["res_id"], address.id)
        self.assertIn("Postcode", message)
        self.assertNotIn("• Name", message)

    def test_country_currency_terms_and_vat_number_go_along(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Thirty days",
                "line_ids": [(0, 0, {"value_amount": 100, "nb_days": 30})],
            }
        )
        net30 = self.add("Term", Name="Net 30 days", DueDays=30)
        euro = self.use_currency("EUR")
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id}
        )
        self.env.user.group_ids += self.env.ref("product.group_product_pricelist")
        self.manager.group_ids += self.env.ref("product.group_product_pricelist")
        self.connection.multicurrency = True
        self.partner.write(
            {
                "vat": "GB123456782",
                "property_payment_term_id": term.id,
                "specific_property_product_pricelist": pricelist.id,
            }
        )
        self.simulate_multicurrency()
        self.create_customer(self.partner)
        [record] = self.in_quickbooks("Harrow & Pike Ltd")
        self.assertEqual(record["BillAddr"]["Country"], "United Kingdom")
        self.assertEqual(record["CurrencyRef"]["value"], "EUR")
        self.assertEqual(
            self.records("Term")[record["SalesTermRef"]["value"]]["DueDays"],
            net30["DueDays"],
        )
        self.assertTrue(record["PrimaryTaxIdentifier"].endswith("56782"))
        self.assertEqual(self.linked(self.partner).currency_id, euro)

    def simulate_multicurrency(self):
        preferences = next(iter(self.records("Preferences").values()))
        currency = {**preferences["CurrencyPrefs"], "MultiCurrencyEnabled": True}
        self.change("Preferences", preferences, CurrencyPrefs=currency)

    def test_a_foreign_currency_is_told_where_quickbooks_has_one_only(self):
        euro = self.use_currency("EUR")
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id}
        )
        self.manager.group_ids += self.env.ref("product.group_product_pricelist")
        self.partner.specific_property_product_pricelist = pricelist
        self.connection.multicurrency = False
        with self.assertRaisesRegex(UserError, "invoiced in EUR"):
            self.create_customer(self.partner)

    def test_the_pricelist_that_everybody_gets_does_not_decide_on_the_currency(self):
        dollar = self.use_currency("USD")
        self.env["product.pricelist"].search([]).active = False
        self.env["product.pricelist"].create(
            {"name": "Default", "currency_id": dollar.id, "sequence": 1}
        )
        self.manager.group_ids += self.env.ref("product.group_product_pricelist")
        self.create_customer(self.partner)
        self.assertEqual(self.linked(self.partner).currency_id, self.gbp)

    def test_an_already_linked_contact_is_not_created_again(self):
        self.create_customer(self.partner)
        with self.assertRaisesRegex(UserError, "already"):
            self.create_customer(self.partner)
        self.assertEqual(len(self.creations()), 1)

    def test_what_is_too_long_or_no_address_is_listed_too(self):
        self.partner.write({"phone": "0" * 31, "email": "not an address"})
        with self.assertRaises(MendableError) as refusal:
            self.create_customer(self.partner)
        message = refusal.exception.args[0]
        self.assertIn("Phone (at most 30 characters)", message)
        self.assertIn("Email (this is not an e-mail address)", message)

    def test_without_a_log_in_the_way_to_connect_is_shown(self):
        self.connection._disconnect()
        with self.assertRaises(MendableError) as refusal:
            self.create_customer(self.partner)
        self.assertEqual(refusal.exception.args[1]["res_model"], "res.company")

    def test_nobody_but_erp_managers_can(self):
        accountant = self.new_accountant()
        for action in (
            "action_quickbooks_create_customer",
            "action_quickbooks_refresh",
            "action_quickbooks_send_changes",
        ):
            with self.subTest(action=action), self.assertRaises(AccessError):
                self.press(self.partner, action, accountant)


@tagged("post_install", "-at_install")
class TestNamesQuickBooksRefuses(CustomerFlowCase):
    """They are found before the call, and answered with a proposal."""

    def test_forbidden_characters_are_found_without_any_call(self):
        for name, word in [("A: B", "colon"), ("A\tB", "tab"), ("A\nB", "line break")]:
            with self.subTest(word=word):
                wizard = self.asked(self.create_customer(self.contact(name)))
                self.assertIn(word, wizard.problem)
        self.assertEqual(self.calls(), {})

    def test_a_name_that_is_too_long_is_found_without_any_call(self):
        wizard = self.asked(self.create_customer(self.contact("x" * 501)))
        self.assertIn("500", wizard.problem)
        self.assertEqual(len(wizard.name), 500)
        self.assertEqual(self.calls(), {})

    def test_another_name_is_proposed_and_used(self):
        partner = self.contact("Harrow: Pike")
        wizard = self.asked(self.create_customer(partner))
        self.assertEqual(wizard.name, "Harrow - Pike")
        self.press(wizard, "action_create")
        self.assertEqual(self.linked(partner).name, "Harrow - Pike")
        self.assertEqual(partner.name, "Harrow: Pike")

    def test_a_company_name_too_long_for_quickbooks_is_no_obstacle(self):
        partner = self.contact("Long " + "x" * 120)
        self.create_customer(partner)
        self.assertEqual(self.linked(partner).name, partner.name)
        self.assertFalse(self.linked(partner).company_name)

    def test_a_name_that_a_customer_has_leads_to_linking_it(self):
        record = self.add("Customer", DisplayName=self.partner.name, Notes="Known")
        wizard = self.asked(self.create_customer(self.partner))
        self.assertIn("already used by a customer", wizard.problem)
        self.assertEqual(wizard.existing_id.quickbooks_id, record["Id"])
        self.press(wizard, "action_link")
        self.assertEqual(self.linked(self.partner).quickbooks_id, record["Id"])
        self.assertEqual(self.linked(self.partner).notes, "Known")
        self.assertEqual(self.creations(), [])

    def test_a_name_that_an_inactive_customer_has_is_found(self):
        record = self.add("Customer", DisplayName=self.partner.name)
        self.change("Customer", record, Active=False)
        wizard = self.asked(self.create_customer(self.partner))
        self.assertIn("inactive", wizard.problem)
        self.assertEqual(wizard.existing_id.status, "inactive")

    def test_a_name_that_a_supplier_or_employee_has_needs_another_name(self):
        for entity, word in [("Vendor", "supplier"), ("Employee", "employee")]:
            for active in (True, False):
                name = f"{entity} {active}"
                record = self.add(entity, DisplayName=name)
                if not active:
                    self.change(entity, record, Active=False)
                with self.subTest(entity=entity, active=active):
                    partner = self.contact(name)
                    wizard = self.asked(self.create_customer(partner))
                    self.assertIn(word, wizard.problem)
                    self.assertFalse(wizard.existing_id)
                    self.press(wizard, "action_create")
                    self.assertEqual(self.linked(partner).name, f"{name} (Customer)")

    def test_a_customer_that_another_contact_has_is_not_proposed(self):
        self.create_customer(self.partner)
        wizard = self.asked(self.create_customer(self.contact()))
        self.assertFalse(wizard.existing_id)
        self.assertIn("linked to the contact Harrow", wizard.problem)

    def test_the_chosen_name_is_checked_as_well(self):
        self.add("Vendor", DisplayName="Taken")
        wizard = self.asked(self.create_customer(self.contact("A: B")))
        wizard.name = "Taken"
        wizard = self.asked(self.press(wizard, "action_create"))
        self.assertIn("supplier", wizard.problem)

    def test_a_name_that_is_taken_meanwhile_is_asked_about(self):
        self.fault("fault", "create Customer", code="6240", status=400)
        wizard = self.asked(self.create_customer(self.partner))
        self.assertIn("already used", wizard.problem)
        self.create_customer(self.partner)
        first, second = self.creations()
        self.assertNotEqual(first, second)


@tagged("post_install", "-at_install")
class TestCreatedOnce(CustomerFlowCase):
    """A time-out never leads to two customers."""

    def requests(self):
        return self.env["quickbooks.customer.request"].search(
            [("partner_id", "=", self.partner.id)]
        )

    def refusal(self):
        """Press Create, see it fail, and return what the person is told.

        Not with assertRaises: Odoo's takes back what was committed.
        """
        try:
            self.create_customer(self.partner)
        except UserError as error:
            self.env.invalidate_all()
            return str(error)
        self.fail("The button should have failed.")

    def test_an_answer_that_is_lost_is_looked_for(self):
        self.fault("drop_after", "create Customer", times=10)
        self.assertIn("looks first", self.refusal())
        self.assertFalse(self.linked(self.partner))
        self.assertEqual(self.requests().state, "sending")
        self.simulator.delete("faults")
        self.forget_calls()
        self.create_customer(self.partner)
        [record] = self.in_quickbooks(self.partner.name)
        self.assertEqual(self.linked(self.partner).quickbooks_id, record["Id"])
        self.assertEqual(self.calls(), {"query Customer": 1})
        self.assertEqual(self.requests().state, "done")

    def test_a_call_that_never_arrived_is_repeated_with_the_same_requestid(self):
        self.fault("drop", "create Customer", times=10)
        self.refusal()
        self.simulator.delete("faults")
        self.partner.phone = "01632 960555"
        self.create_customer(self.partner)
        self.assertEqual(len(self.in_quickbooks(self.partner.name)), 1)
        self.assertEqual(set(self.creations()), {self.requests().requestid})
        # What was changed meanwhile is not sent by itself, but shown.
        self.assertIn("960555", self.seen(self.partner).quickbooks_differences)

    def test_a_request_that_quickbooks_has_had_is_looked_for(self):
        self.fault("fault", "create Customer", code="600", when="after")
        self.create_customer(self.partner)
        [record] = self.in_quickbooks(self.partner.name)
        self.assertEqual(self.linked(self.partner).quickbooks_id, record["Id"])
        other = self.contact("Ouse & Wharfe Ltd")
        self.fault("fault", "create Customer", code="600")
        with self.assertRaisesRegex(UserError, "Duplicate Request ID"):
            self.create_customer(other)
        self.assertFalse(self.linked(other))
        self.create_customer(other)
        self.assertEqual(len(self.in_quickbooks(other.name)), 1)

    def test_the_intent_is_committed_before_the_call(self):
        self.fault("drop", "create Customer", times=10)
        self.refusal()
        [request] = self.requests()
        self.assertIn(request.requestid, self.creations())
        self.assertEqual(request.name, self.partner.name)
        self.assertEqual(request.body["DisplayName"], self.partner.name)

    def test_a_refusal_ends_the_intent(self):
        self.fault("fault", "create Customer", code="6000", status=400)
        self.refusal()
        self.assertEqual(self.requests().state, "refused")
        self.create_customer(self.partner)
        self.assertEqual(sorted(self.requests().mapped("state")), ["done", "refused"])
