from odoo.tests import tagged

from .guide import guide
from .sync_common import SyncCase

# Mirror, entity, the sync that brings it
LISTS = (
    ("customer", "Customer", "customers"),
    ("item", "Item", "items"),
    ("tax.code", "TaxCode", "tax_codes"),
)


@tagged("post_install", "-at_install")
class TestGuide4DeactivationHandling(SyncCase):
    """The guide, section 4, "Deactivation Handling"."""

    sample = "uk"

    def pick(self, entity):
        """Return an active record that nothing else belongs to."""
        rows = self.records(entity).values()
        parents = {row.get("ParentRef", {}).get("value") for row in rows}
        return next(
            row
            for row in rows
            if row["Active"]
            and row["Id"] not in parents
            and row.get("Type") != "Category"
        )

    @guide("4.15")
    def test_marks_what_was_made_inactive_in_quickbooks_inactive(self):
        for name, entity, kind in LISTS:
            with self.subTest(entity):
                self.sync(kind)
                record = self.pick(entity)
                held = self.held(name, record["Id"])
                self.assertTrue(held.active)
                self.change(entity, record, Active=False)
                run = self.sync(kind)
                self.assertEqual((held.active, held.status), (False, "inactive"))
                self.assertEqual(run.deactivated, 1)

    @guide("4.15")
    def test_marks_what_was_deleted_in_quickbooks_inactive(self):
        for name, entity, kind in LISTS:
            with self.subTest(entity):
                self.sync(kind)
                record = self.pick(entity)
                held = self.held(name, record["Id"])
                self.remove(entity, record["Id"])
                run = self.sync(kind)
                self.assertEqual((held.active, held.status), (False, "gone"))
                self.assertEqual(run.deactivated, 1)

    @guide("4.16")
    def test_keeps_all_historical_mappings_intact(self):
        """The row that mappings point to stays the same, with all it held."""
        for name, entity, kind in LISTS:
            with self.subTest(entity):
                self.sync(kind)
                record = self.pick(entity)
                held = self.held(name, record["Id"])
                kept = ("id", "name", "quickbooks_id", "realm_id", "company_id")
                before = held.read(kept)
                self.remove(entity, record["Id"])
                self.sync(kind)
                self.assertEqual(held.exists().read(kept), before)

    @guide("4.17")
    def test_avoids_breaking_historical_invoices_or_audit_records(self):
        """Nothing is ever deleted, by any sync."""
        self.sync("full")
        ids = {name: set(self.mirror(name).ids) for name, _entity, _kind in LISTS}
        for _name, entity, _kind in LISTS:
            self.remove(entity, self.pick(entity)["Id"])
        self.sync("full")
        for name, _entity, _kind in LISTS:
            self.assertEqual(set(self.mirror(name).ids), ids[name])

    def test_comes_back_when_quickbooks_brings_it_back(self):
        for name, entity, kind in LISTS:
            with self.subTest(entity):
                self.sync(kind)
                record = self.pick(entity)
                held = self.held(name, record["Id"])
                changed = self.change(entity, record, Active=False)
                self.sync(kind)
                self.assertFalse(held.active)
                self.change(entity, changed, Active=True)
                run = self.sync(kind)
                self.assertEqual((held.active, held.status), (True, "active"))
                self.assertEqual(run.reactivated, 1)

    def test_inactive_records_do_not_show_among_the_others(self):
        customer = self.pick("Customer")
        self.change("Customer", customer, Active=False)
        self.sync("customers")
        customers = self.as_manager(self.mirror("customer"))
        shown = customers.with_context(active_test=True).search([])
        self.assertNotIn(customer["Id"], shown.mapped("quickbooks_id"))

    def test_a_record_that_was_made_inactive_and_then_deleted(self):
        customer = self.pick("Customer")
        self.sync("customers")
        self.change("Customer", customer, Active=False)
        self.sync("customers")
        self.remove("Customer", customer["Id"])
        run = self.sync("customers")
        self.assertEqual(self.held("customer", customer["Id"]).status, "gone")
        self.assertEqual((run.deactivated, run.updated), (0, 1))
