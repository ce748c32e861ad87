"""The guide, section 5: viewing and linking, without QuickBooks itself."""

from lxml import etree
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..exceptions import MendableError
from .contact_common import ContactCase
from .guide import guide
from .seen_form import SeenForm

TOP_LEVEL = "You may only link the top-level Company record"
# In the guide's words.
SHOWN = {
    "quickbooks_customer_id": "Linked QuickBooks Customer",
    "quickbooks_status": "Status",
    "quickbooks_currency_id": "Currency",
    "quickbooks_balance": "Balance",
    "quickbooks_notes": "Notes",
    "quickbooks_balance_at": "Last updated",
}
CREATE = {"Create QuickBooks Customer": "action_quickbooks_create_customer"}
REFRESH = {"Refresh QuickBooks Balance and Status": "action_quickbooks_refresh"}
SEND = {"Send Changes to QuickBooks": "action_quickbooks_send_changes"}
HISTORY = {"QuickBooks History": "action_quickbooks_history"}
SECTION = "//page[@name='quickbooks_link']"


@tagged("post_install", "-at_install")
class TestGuide5ViewingAndLinking(ContactCase):
    def arch(self, user):
        view = self.env.ref("base.view_partner_form")
        partners = self.seen(self.env["res.partner"], user)
        return etree.fromstring(partners.get_view(view.id, "form")["arch"])

    def section(self, partner):
        """Return the form, and its section, as the ERP manager sees them."""
        self.env.invalidate_all()
        form = SeenForm(self.seen(partner), "base.view_partner_form")
        return form, form.find(SECTION)

    @guide("5.1", "5.2")
    def test_the_section_shows_what_the_guide_names(self):
        self.connection.customers_last_completed = "2026-03-02 10:00:00"
        partner = self.contact()
        form, section = self.section(partner)
        self.assertEqual(section.get("string"), "QuickBooks Link")
        self.assertTrue(form.shows(section))
        self.assertEqual(form.buttons(section), CREATE)
        self.seen(partner).quickbooks_customer_id = self.mirrored()
        form, section = self.section(partner)
        labels = form.labels(section)
        self.assertEqual({name: labels.get(name) for name in SHOWN}, SHOWN)
        self.assertEqual(form.buttons(section), REFRESH | SEND | HISTORY)

    def test_without_a_link_of_the_company_it_tells_the_way_there(self):
        self.connection._disconnect()
        self.connection._forget()
        form, section = self.section(self.contact())
        self.assertEqual((form.labels(section), form.buttons(section)), ({}, {}))
        [told] = form.texts(section)
        self.assertIn("is not connected to QuickBooks", told)
        self.assertIn("Junari QuickBooks Link", told)

    @guide("5.1", "5.10")
    def test_it_shows_the_values_of_the_linked_customer(self):
        customer = self.mirrored(
            currency_id=self.gbp.id,
            balance=120.5,
            notes="Pays late",
            quickbooks_updated_at="2026-03-01 10:00:00",
        )
        self.connection.customers_last_completed = "2026-03-02 10:00:00"
        partner = self.contact()
        self.seen(partner).quickbooks_customer_id = customer
        names = [*SHOWN, "quickbooks_updated_at"]
        values = self.seen(partner).read(names)[0]
        self.assertEqual(values["quickbooks_customer_id"][0], customer.id)
        self.assertEqual(values["quickbooks_status"], "active")
        self.assertEqual(values["quickbooks_currency_id"][1], "GBP")
        self.assertEqual(values["quickbooks_balance"], 120.5)
        self.assertEqual(values["quickbooks_notes"], "Pays late")
        self.assertEqual(str(values["quickbooks_balance_at"]), "2026-03-02 10:00:00")
        self.assertEqual(str(values["quickbooks_updated_at"]), "2026-03-01 10:00:00")

    @guide("5.3")
    def test_only_erp_managers_see_it(self):
        for groups in ("account.group_account_manager", "base.group_user"):
            user = self.new_accountant(f"user of {groups}", groups)
            self.assertFalse(self.arch(user).xpath("//page[@name='quickbooks_link']"))
            with self.assertRaises(AccessError):
                self.seen(self.contact(), user).read(["quickbooks_customer_id"])

    def test_an_accountant_opens_and_edits_a_linked_contact(self):
        partner = self.contact()
        self.seen(partner).quickbooks_customer_id = self.mirrored()
        accountant = self.new_accountant()
        with Form(self.seen(partner, accountant)) as form:
            form.phone = "01632 960999"
        self.assertEqual(partner.phone, "01632 960999")
        self.assertTrue(self.linked(partner))

    @guide("5.1", "9.1")
    def test_it_is_on_top_level_contacts_only(self):
        partner = self.contact()
        child = self.contact("Anna Pike", is_company=False, parent_id=partner.id)
        form, section = self.section(child)
        self.assertFalse(form.shows(section))
        # As the troubleshooting says: convert the contact to a company.
        child.is_company = True
        form, section = self.section(child)
        self.assertTrue(form.shows(section))
        self.seen(child).quickbooks_customer_id = self.mirrored()
        self.assertTrue(self.linked(child))

    def test_an_erp_manager_links_in_the_form_and_ends_the_link(self):
        customer, partner = self.mirrored(), self.contact()
        with Form(self.seen(partner)) as form:
            form.quickbooks_customer_id = customer
        self.assertEqual(self.linked(partner), customer)
        with Form(self.seen(partner)) as form:
            form.quickbooks_customer_id = self.env["quickbooks.customer"]
        self.assertFalse(self.linked(partner))

    def test_invoices_to_a_child_contact_are_for_the_customer_of_its_company(self):
        partner = self.contact()
        child = self.contact("Anna Pike", is_company=False, parent_id=partner.id)
        self.seen(partner).quickbooks_customer_id = self.mirrored()
        self.assertEqual(self.linked(child), self.linked(partner))


@tagged("post_install", "-at_install")
class TestGuide5TopLevelOnly(ContactCase):
    def setUp(self):
        super().setUp()
        self.partner = self.contact()
        self.child = self.contact("Anna", is_company=False, parent_id=self.partner.id)
        self.customer = self.mirrored()

    @guide("9.1")
    def test_linking_a_child_contact_is_refused_with_a_way_to_the_right_one(self):
        with self.assertRaisesRegex(ValidationError, TOP_LEVEL) as refusal:
            self.seen(self.child).write({"quickbooks_customer_id": self.customer.id})
        _message, action, button = refusal.exception.args
        self.assertEqual(action["res_model"], "res.partner")
        self.assertEqual(action["res_id"], self.partner.id)
        self.assertIn(self.partner.name, button)

    @guide("9.1")
    def test_that_its_company_has_the_customer_is_not_what_matters(self):
        self.seen(self.partner).quickbooks_customer_id = self.customer
        with self.assertRaisesRegex(MendableError, TOP_LEVEL):
            self.seen(self.child).quickbooks_customer_id = self.customer

    def test_creating_a_linked_child_contact_is_refused(self):
        with self.assertRaisesRegex(ValidationError, TOP_LEVEL):
            self.seen(self.env["res.partner"]).create(
                {
                    "name": "Ben",
                    "parent_id": self.partner.id,
                    "quickbooks_customer_id": self.customer.id,
                }
            )

    def test_importing_a_link_of_a_child_contact_is_refused(self):
        done = self.seen(self.env["res.partner"]).load(
            [".id", "quickbooks_customer_id/.id"],
            [[str(self.child.id), str(self.customer.id)]],
        )
        self.assertFalse(done["ids"])
        self.assertIn(TOP_LEVEL, done["messages"][0]["message"])

    def test_importing_a_link_of_a_company_works(self):
        done = self.seen(self.env["res.partner"]).load(
            [".id", "quickbooks_customer_id"],
            [[str(self.partner.id), self.customer.display_name]],
        )
        self.assertEqual(done["ids"], self.partner.ids, done["messages"])
        self.assertEqual(self.linked(self.partner), self.customer)

    @guide("9.1")
    def test_creating_a_customer_of_a_child_contact_is_refused(self):
        with self.assertRaisesRegex(MendableError, TOP_LEVEL):
            self.press(self.child, "action_quickbooks_create_customer")

    def test_a_linked_contact_can_not_become_part_of_another(self):
        self.seen(self.partner).quickbooks_customer_id = self.customer
        other = self.contact("Other Ltd")
        with self.assertRaisesRegex(ValidationError, TOP_LEVEL):
            self.seen(self.partner).write({"is_company": False, "parent_id": other.id})

    def test_a_person_without_a_company_can_be_linked(self):
        person = self.contact("Mrs Webb", is_company=False)
        self.seen(person).quickbooks_customer_id = self.customer
        self.assertEqual(self.linked(person), self.customer)


@tagged("post_install", "-at_install")
class TestGuide5OneToOne(ContactCase):
    def test_a_customer_belongs_to_one_contact(self):
        customer, first = self.mirrored(), self.contact()
        self.seen(first).quickbooks_customer_id = customer
        with self.assertRaisesRegex(ValidationError, "already linked to Harrow"):
            self.seen(self.contact("Second Ltd")).quickbooks_customer_id = customer
        self.assertEqual(self.linked(first), customer)

    def test_a_contact_has_one_customer(self):
        one, other, partner = self.mirrored(), self.mirrored(), self.contact()
        self.seen(partner).quickbooks_customer_id = one
        self.seen(partner).quickbooks_customer_id = other
        self.assertEqual(self.linked(partner), other)
        self.assertFalse(one.partner_id)

    @mute_logger("odoo.sql_db")
    def test_the_database_keeps_it_so(self):
        customers, partner = self.mirrored() + self.mirrored(), self.contact()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            customers.partner_id = partner
            customers.flush_recordset()

    def test_two_companies_never_mix(self):
        other = self.new_company("Other Ltd")
        self.manager.company_ids += other
        realm = self.simulator.post("companies", {"company": "uk"})["realm_id"]
        self.connect(other, realm_id=realm)
        partner = self.contact()
        here, there = self.mirrored(), self.mirrored(other)
        self.seen(partner).quickbooks_customer_id = here
        self.assertFalse(self.seen(partner, company=other).quickbooks_customer_id)
        self.seen(partner, company=other).quickbooks_customer_id = there
        self.assertEqual(self.seen(partner).quickbooks_customer_id, here)
        self.assertEqual(self.linked(partner, other), there)
        with self.assertRaisesRegex(ValidationError, "not of the QuickBooks company"):
            self.seen(self.contact("X Ltd")).quickbooks_customer_id = there

    def test_a_contact_of_another_company_can_not_be_linked(self):
        other = self.new_company("Other Ltd")
        partner = self.contact(company_id=other.id)
        with self.assertRaisesRegex(UserError, "(?i)company"):
            self.mirrored().with_context(
                allowed_company_ids=(self.company + other).ids
            )._link_to(partner)

    def test_links_to_a_forgotten_quickbooks_company_are_not_used(self):
        partner = self.contact()
        self.seen(partner).quickbooks_customer_id = self.mirrored()
        self.connection._disconnect()
        self.connection._forget()
        self.assertFalse(self.linked(partner))
        self.assertFalse(self.seen(partner).quickbooks_customer_id)

    def test_a_new_quickbooks_company_can_be_linked_after_forgetting(self):
        partner = self.contact()
        self.seen(partner).quickbooks_customer_id = self.mirrored()
        self.connection.realm_id = "another"
        customer = self.mirrored(realm_id="another")
        self.seen(partner).quickbooks_customer_id = customer
        self.assertEqual(self.linked(partner), customer)

    def test_contacts_are_found_by_their_link(self):
        linked, not_linked = self.contact(), self.contact("Second Ltd")
        customer = self.mirrored(active=False, status="inactive", full_name="Old Mill")
        self.seen(linked).quickbooks_customer_id = customer
        both = linked + not_linked
        for condition, expected in [
            (("=", customer.id), linked),
            (("!=", customer.id), not_linked),
            (("=", False), not_linked),
            (("!=", False), linked),
            (("ilike", "old mi"), linked),
            (("not ilike", "old mi"), not_linked),
        ]:
            with self.subTest(condition=condition):
                domain = [
                    ("id", "in", both.ids),
                    ("quickbooks_customer_id", *condition),
                ]
                found = self.seen(self.env["res.partner"]).search(domain)
                self.assertEqual(found, expected)

    def test_merging_two_linked_contacts_keeps_the_mirror(self):
        kept, merged = self.contact(), self.contact("Harrow and Pike")
        one, other = self.mirrored(), self.mirrored()
        one._link_to(kept)
        other._link_to(merged)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (kept + merged).ids, kept
        )
        self.assertEqual(self.linked(kept), one)
        self.assertTrue(other.exists())
        self.assertFalse(other.partner_id)

    def test_merging_into_a_contact_without_link_takes_the_link_along(self):
        kept, merged = self.contact(), self.contact("Harrow and Pike")
        customer = self.mirrored()
        customer._link_to(merged)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (kept + merged).ids, kept
        )
        self.env.invalidate_all()
        self.assertEqual(self.linked(kept), customer)
