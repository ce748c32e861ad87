from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .suggestion_common import SuggestionCase


@tagged("post_install", "-at_install")
class TestWhoMayMap(SuggestionCase):
    """ERP managers only, and only their companies."""

    def setUp(self):
        super().setUp()
        self.nook = self.contact("Nook")
        self.customer("Nook")
        self.sync("customers")
        self.suggestion = self.of(self.nook, self.find("customers"))

    def assert_kept_out(self, user, company):
        env = self.env(user=user, context={"allowed_company_ids": company.ids})
        with self.assertRaises(AccessError):
            self.suggestion.with_env(env).read(["name"])
        for action in ("accept", "ignore", "restore", "undo"):
            with self.assertRaises(AccessError):
                getattr(self.suggestion.with_env(env), f"action_{action}")()
        runs, suggestions = env["quickbooks.matching.run"], env["quickbooks.suggestion"]
        for call in (runs.start, runs.advance):
            with self.assertRaises(AccessError):
                call(self.company.id, "customers")
        with self.assertRaises(AccessError):
            runs.overview(self.company.id)
        with self.assertRaises(AccessError):
            suggestions.accept_surest(self.company.id, "customers", 1)
        self.assertFalse(self.nook._quickbooks_customer(self.company))

    def test_an_accountant_who_is_no_erp_manager_is_kept_out(self):
        groups = "account.group_account_manager"
        accountant = self.new_manager("accountant", self.company, groups)
        self.assert_kept_out(accountant, self.company)

    def test_a_manager_of_another_company_is_kept_out(self):
        other = self.new_company("Other Ltd")
        self.assert_kept_out(self.new_manager("stranger", other), other)

    def test_nobody_writes_states_or_certainties(self):
        for values in ({"state": "accepted"}, {"certainty": 100}, {"by_hand": True}):
            with self.assertRaises(AccessError):
                self.suggestion.write(values)
        for method in ("create", "unlink"):
            arguments = [{"name": "x"}] if method == "create" else []
            with self.assertRaises(AccessError):
                getattr(self.suggestion, method)(*arguments)

    def test_the_records_of_another_quickbooks_company_can_not_be_chosen(self):
        other = self.new_company("Other Ltd")
        realm = self.simulator.post("companies", {"company": "empty"})["realm_id"]
        stranger = self.new_manager("stranger", other)
        self.connect(other, stranger, realm)
        self.add("customer", realm, DisplayName="Foreign")
        self.sync("customers", other, stranger)
        foreign = self.mirror("customer", other)
        self.manager.company_ids += other
        both = self.suggestion.with_context(
            allowed_company_ids=(self.company + other).ids
        )
        with self.assertRaisesRegex(UserError, "linked QuickBooks company"):
            both.customer_id = foreign.id

    def test_two_companies_map_the_same_contact_apart(self):
        other = self.new_company("Other Ltd")
        realm = self.simulator.post("companies", {"company": "empty"})["realm_id"]
        stranger = self.new_manager("stranger", other)
        self.connect(other, stranger, realm)
        self.add("customer", realm, DisplayName="The Nook")
        self.sync("customers", other, stranger)
        self.suggestion.action_accept()
        found = self.find("customers", other, stranger)
        self.of(self.nook, found).action_accept()
        self.assertEqual(self.nook._quickbooks_customer(self.company).name, "Nook")
        self.assertEqual(self.nook._quickbooks_customer(other).name, "The Nook")
