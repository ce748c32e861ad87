from unittest.mock import patch

from odoo.tests import tagged

from ..models import quickbooks_matching_run
from .suggestion_common import SuggestionCase


@tagged("post_install", "-at_install")
class TestSuggestedCustomers(SuggestionCase):
    """Which contacts and customers are suggested to each other, and why."""

    def test_each_reason_is_told_and_the_surest_come_first(self):
        nook = self.contact("Nook Trading", vat="GB214673508")
        garden = self.contact("Garden of Rippon", email="office@ripon.example")
        turf = self.contact("Selby Turf Ltd")
        self.customer("The Nook", PrimaryTaxIdentifier="GB 214 6735 08")
        address = {"PrimaryEmailAddr": {"Address": "Office@Ripon.example"}}
        self.customer("Gardens of Ripon", **address)
        self.customer("SELBY TURF LIMITED")
        self.sync("customers")
        found = self.find("customers")
        self.assertIn("VAT number ends in 3508", self.of(nook, found).reason)
        self.assertIn("e-mail office@ripon.example", self.of(garden, found).reason)
        self.assertRegex(self.of(garden, found).reason, r"ame \d\d % alike")
        self.assertEqual(self.of(turf, found).reason, "Same name")
        self.assertEqual(set(found.mapped("state")), {"proposed"})
        certainties = found.mapped("certainty")
        self.assertEqual(certainties, sorted(certainties, reverse=True))
        self.assertEqual(self.of(turf, found).band, "1_sure")

    def test_the_email_of_a_person_in_the_company_counts(self):
        nook = self.contact("Nook Trading", is_company=True)
        self.contact("Ann", parent_id=nook.id, email="ann@nook.example")
        self.customer("N. T. Ltd", PrimaryEmailAddr={"Address": "ann@nook.example"})
        self.sync("customers")
        self.assertIn("ann@nook.example", self.of(nook, self.find("customers")).reason)

    def test_what_has_no_counterpart_is_listed_on_its_own_on_either_side(self):
        lonely = self.contact("Lonely Ltd")
        self.customer("Altogether different")
        self.sync("customers")
        found = self.find("customers")
        self.assertEqual(self.of(lonely, found).band, "4_odoo")
        other = self.of(self.mirror("customer"), found)
        self.assertEqual((other.band, other.state), ("5_quickbooks", "unmatched"))

    def test_only_contacts_that_can_be_customers_are_listed(self):
        company = self.contact("Nook", is_company=True)
        others = (
            self.contact("Ann", parent_id=company.id)
            + self.contact("Pure Vendor", supplier_rank=3)
            + self.contact("Elsewhere", company_id=self.new_company("Other").id)
            + self.contact("Archived", active=False)
            + self.company.partner_id
            + self.manager.partner_id
        )
        listed = self.find("customers").partner_id
        self.assertIn(company, listed)
        self.assertFalse(others & listed)

    def test_what_is_linked_is_not_listed(self):
        linked, nook = self.contact("Nook"), self.contact("The Nook Ltd")
        quickbooks_id = self.customer("Nook")
        self.sync("customers")
        customer = self.held("customer", quickbooks_id)
        customer.partner_id = linked
        found = self.find("customers")
        self.assertFalse(self.of(linked, found) | self.of(customer, found))
        self.assertEqual(self.of(nook, found).band, "4_odoo")

    def test_two_that_fit_alike_are_never_among_the_sure(self):
        nook = self.contact("Nook Ltd")
        self.customer("Nook")
        self.customer("Nook Limited")
        self.sync("customers")
        suggestion = self.of(nook, self.find("customers"))
        self.assertEqual(suggestion.band, "3_unsure")
        self.assertIn("another one fits as well", suggestion.reason)

    def test_work_that_is_cut_short_goes_on_where_it_was(self):
        contacts = (
            self.contact("Ainsty") + self.contact("Barley") + self.contact("Clay")
        )
        for contact in contacts:
            self.customer(contact.name)
        self.sync("customers")
        runs = self.env["quickbooks.matching.run"].with_user(self.manager)
        with (
            patch.object(quickbooks_matching_run, "TURN", 0),
            patch.object(quickbooks_matching_run, "BLOCK", 1),
        ):
            expected = runs.start(self.company.id, "customers")["expected"]
            done = []
            for _turn in range(expected):
                self.assertFalse(self.suggestions("customers"))
                progress = runs.advance(self.company.id, "customers")
                done.append(progress["done"])
                self.assertEqual(progress["state"], "running")
            last = runs.advance(self.company.id, "customers")
        self.assertEqual(done, list(range(1, expected + 1)))
        self.assertEqual(last["state"], "done")
        found = self.suggestions("customers")
        for contact in contacts:
            self.assertEqual(self.of(contact, found).customer_id.name, contact.name)
        self.assertFalse(self.env["quickbooks.matching.candidate"].search_count([]))

    def test_the_overview_counts_every_kind(self):
        linked = self.contact("Linked")
        self.contact("Nook")
        names = ("Linked", "Nook", "Altogether different")
        ids = [self.customer(name) for name in names]
        self.sync("customers")
        self.held("customer", ids[0]).partner_id = linked
        alone = self.find("customers").filtered(lambda one: one.band == "4_odoo")
        runs = self.env["quickbooks.matching.run"].with_user(self.manager)
        counts = runs.overview(self.company.id)
        self.assertEqual(
            counts["customers"],
            {
                "linked": 1,
                "proposed": 1,
                "odoo": len(alone),
                "quickbooks": 1,
                "ignored": 0,
                "searched": True,
            },
        )
        self.assertFalse(counts["items"]["searched"])
