from decimal import Decimal

from odoo.tests import tagged

from .guide import guide
from .sync_common import SyncCase, exact


@tagged("post_install", "-at_install")
class TestGuide4ProductsAndServices(SyncCase):
    """The guide, section 4, "Products and Services"."""

    sample = "uk"

    def account(self, kind):
        accounts = self.records("Account").values()
        return {"value": next(a["Id"] for a in accounts if a["AccountType"] == kind)}

    def add_service(self, name, **body):
        income = self.account("Income")
        return self.add(
            "Item", Name=name, Type="Service", IncomeAccountRef=income, **body
        )

    @guide("4.6")
    def test_pulls_quickbooks_items(self):
        run = self.sync("items")
        theirs, ours = self.records("Item"), self.mirror("item")
        self.assertEqual(run.created, len(theirs))
        self.assertEqual(set(ours.mapped("quickbooks_id")), set(theirs))

    @guide("4.7", "6.5")
    def test_includes_type_sku_description_unit_price_and_active_status(self):
        self.sync("items")
        theirs = self.records("Item")
        for row in self.mirror("item"):
            their = theirs[row.quickbooks_id]
            self.assertEqual(row.item_type, their["Type"])
            self.assertEqual(row.sku or None, their.get("Sku"))
            self.assertEqual(row.description or None, their.get("Description"))
            self.assertEqual(exact(row.unit_price), their.get("UnitPrice", 0))
            self.assertEqual(row.active, their["Active"])
        self.assertEqual(
            set(self.mirror("item").mapped("item_type")),
            {row["Type"] for row in theirs.values()},
        )

    @guide("4.8", "6.5")
    def test_stores_them_as_quickbooks_items_in_the_currency_of_the_company(self):
        self.sync("items")
        items = self.mirror("item")
        self.assertEqual(items.currency_id.mapped("name"), ["GBP"])
        self.assertEqual(items.company_id, self.company)
        self.assertEqual(items._description, "QuickBooks Item")

    @guide("4.9")
    def test_can_be_found_for_product_mapping_by_name_and_sku(self):
        item = self.add_service("Hedge laying", Sku="HL-77")
        self.sync("items")
        items = self.as_manager(self.mirror("item"))
        held = self.held("item", item["Id"])
        for text in ("hedge LAY", "hl-77"):
            self.assertEqual(items.name_search(text), [(held.id, "Hedge laying")])

    def test_knows_the_category_of_an_item(self):
        category = self.add("Item", Name="Groundwork", Type="Category")
        item = self.add_service(
            "Levelling", SubItem=True, ParentRef={"value": category["Id"]}
        )
        self.sync("items")
        held = self.held("item", item["Id"])
        self.assertEqual(held.category, "Groundwork")
        self.assertEqual(held.full_name, "Groundwork:Levelling")
        self.assertEqual(self.held("item", category["Id"]).item_type, "Category")

    def test_keeps_every_decimal_of_a_unit_price(self):
        item = self.add_service("Gravel", UnitPrice="0.01375")
        self.sync("items")
        price = self.held("item", item["Id"]).unit_price
        self.assertEqual(exact(price), Decimal("0.01375"))

    def test_follows_changes(self):
        item = self.add_service("Turf", UnitPrice="4.25", Description="Per roll")
        self.sync("items")
        self.change("Item", item, UnitPrice="4.75", Description="Per roll of 1 m²")
        run = self.sync("items")
        held = self.held("item", item["Id"])
        self.assertEqual((held.unit_price, run.updated), (4.75, 1))
        self.assertEqual(held.description, "Per roll of 1 m²")
