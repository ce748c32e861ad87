from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .suggestion_common import SuggestionCase


@tagged("post_install", "-at_install")
class TestDecidingOnSuggestions(SuggestionCase):
    """Accept, choose by hand, ignore for good, and take it back."""

    def setUp(self):
        super().setUp()
        self.nook, self.turf = self.contact("Nook Ltd"), self.contact("Selby Turf")
        ids = [self.customer(name) for name in ("Nook", "Selby Turf", "Spare")]
        self.sync("customers")
        self.customers = self.env["quickbooks.customer"]
        for quickbooks_id in ids:
            self.customers += self.held("customer", quickbooks_id)
        self.find("customers")

    def test_accepting_one_links_it_and_no_other(self):
        self.of(self.nook).action_accept()
        self.assertEqual(self.nook._quickbooks_customer(self.company).name, "Nook")
        self.assertFalse(self.turf._quickbooks_customer(self.company))
        self.assertEqual(self.of(self.nook).state, "accepted")

    def test_accepting_all_takes_those_that_are_sure_enough(self):
        sure, unsure = self.of(self.nook), self.of(self.turf)
        unsure.sudo().certainty = 60
        counts = self.accept_surest("customers", 61)
        self.assertEqual(counts, {"linked": 1, "dropped": 0, "remain": 0})
        self.assertEqual((sure.state, unsure.state), ("accepted", "proposed"))

    def test_accepting_all_goes_in_steps(self):
        first = self.accept_surest("customers", 50, limit=1)
        self.assertEqual(first, {"linked": 1, "dropped": 0, "remain": 1})
        second = self.accept_surest("customers", 50, limit=1)
        self.assertEqual(second, {"linked": 1, "dropped": 0, "remain": 0})

    def test_a_link_made_meanwhile_is_never_overwritten(self):
        spare = self.customers[2]
        spare.partner_id = self.nook
        with self.assertRaisesRegex(UserError, "already linked to “Spare”"):
            self.of(self.nook).action_accept()
        self.customers[1].partner_id = self.contact("Somebody")
        with self.assertRaisesRegex(UserError, "already linked to Somebody"):
            self.of(self.turf).action_accept()
        counts = self.accept_surest("customers", 1)
        self.assertEqual(counts, {"linked": 0, "dropped": 2, "remain": 0})
        self.assertEqual(self.nook._quickbooks_customer(self.company), spare)
        self.assertEqual(self.customers[1].partner_id.name, "Somebody")

    def test_a_customer_that_became_inactive_is_not_linked(self):
        self.customers[0].active = False
        with self.assertRaisesRegex(UserError, "no longer active"):
            self.of(self.nook).action_accept()

    def test_a_choice_by_hand_takes_the_record_out_of_other_lines(self):
        nook, other = self.of(self.nook), self.of(self.turf)
        nook.customer_id = self.customers[1].id
        self.assertEqual((nook.certainty, nook.reason), (100, "Chosen by hand"))
        self.assertEqual((other.state, other.band), ("unmatched", "4_odoo"))
        freed = self.of(self.customers[0])
        self.assertEqual((freed.state, freed.band), ("unmatched", "5_quickbooks"))
        nook.action_accept()
        self.assertEqual(self.customers[1].partner_id, self.nook)

    def test_a_choice_by_hand_uses_up_the_line_of_what_was_alone(self):
        nook = self.of(self.nook)
        alone = self.of(self.customers[2])
        nook.customer_id = self.customers[2].id
        self.assertFalse(alone.exists())
        self.assertEqual(self.of(self.customers[2]), nook)

    def test_a_choice_by_hand_outlives_the_next_search(self):
        self.of(self.nook).customer_id = self.customers[2].id
        self.find("customers")
        self.assertEqual(self.of(self.nook).customer_id, self.customers[2])
        self.assertTrue(self.of(self.nook).by_hand)

    def test_taking_the_counterpart_out_leaves_both_alone(self):
        nook = self.of(self.nook)
        nook.customer_id = False
        self.assertEqual(nook.band, "4_odoo")
        self.assertEqual(self.of(self.customers[0]).band, "5_quickbooks")

    def test_an_ignored_pair_is_never_suggested_again(self):
        pair = self.of(self.nook)
        pair.action_ignore()
        for _search in range(2):
            lines = self.of(self.nook) - pair
            self.assertEqual((lines.state, lines.band), ("unmatched", "4_odoo"))
            self.assertEqual((self.of(self.customers[0]) - pair).band, "5_quickbooks")
            self.find("customers")
        self.assertEqual(pair.state, "ignored")

    def test_an_ignored_record_is_never_listed_again(self):
        alone = self.of(self.customers[2])
        alone.action_ignore()
        self.contact("Spare")
        self.find("customers")
        self.assertEqual(self.of(self.customers[2]), alone)

    def test_ignoring_can_be_taken_back(self):
        pair = self.of(self.nook)
        pair.action_ignore()
        pair.action_restore()
        self.assertEqual(self.of(self.nook), pair)
        self.assertEqual(pair.state, "proposed")

    def test_accepting_can_be_taken_back(self):
        pair = self.of(self.nook)
        pair.action_accept()
        pair.action_undo()
        self.assertFalse(self.nook._quickbooks_customer(self.company))
        self.assertEqual(pair.state, "proposed")

    def test_taking_back_leaves_a_link_that_was_changed_since(self):
        pair = self.of(self.nook)
        pair.action_accept()
        self.customers[0].partner_id = False
        self.customers[2].partner_id = self.nook
        pair.action_undo()
        self.assertEqual(
            self.nook._quickbooks_customer(self.company), self.customers[2]
        )

    def test_a_link_that_was_ended_is_suggested_again(self):
        self.of(self.nook).action_accept()
        self.customers[0].partner_id = False
        self.find("customers")
        self.assertEqual(self.of(self.nook).state, "proposed")

    @mute_logger("odoo.sql_db")
    def test_the_database_keeps_a_record_from_being_proposed_twice(self):
        line = self.of(self.nook).sudo()
        values = {
            "company_id": self.company.id,
            "realm_id": self.realm,
            "kind": "customers",
            "state": "unmatched",
        }
        for name in ("partner_id", "customer_id"):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                line.create({**values, name: line[name].id}).flush_recordset()
