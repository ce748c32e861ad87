from odoo.tests import tagged

from .suggestion_common import SuggestionCase


@tagged("post_install", "-at_install")
class TestSuggestedProducts(SuggestionCase):
    """Products and items: SKU, barcode, name; templates and variants."""

    def item(self, name, **body):
        accounts = self.records("account").values()
        income = next(one for one in accounts if one["AccountType"] == "Income")
        body.setdefault("IncomeAccountRef", {"value": income["Id"]})
        return self.add("item", Name=name, Type="Service", **body)["Id"]

    def product(self, name, **values):
        template = self.env["product.template"].create({"name": name, **values})
        return template.product_variant_id

    def test_sku_barcode_and_name_are_reasons(self):
        spade = self.product("Spade with handle", default_code="TL-1")
        fork = self.product("Fork of steel", barcode="5012345678900")
        hoe = self.product("Dutch hoe")
        self.item("Digging tool", Sku="tl-1")
        self.item("Another tool", Sku="5012345678900")
        self.item("Dutch Hoe")
        self.sync("items")
        found = self.find("items")
        self.assertEqual(self.of(spade, found).reason, "Same SKU tl-1")
        self.assertEqual(
            self.of(fork, found).reason, "Barcode is the SKU 5012345678900"
        )
        self.assertIn("ame name", self.of(hoe, found).reason)

    def test_a_single_product_is_linked_on_its_template(self):
        hoe = self.product("Dutch hoe")
        self.item("Dutch hoe")
        self.sync("items")
        self.of(hoe, self.find("items")).action_accept()
        template = hoe.product_tmpl_id.with_company(self.company)
        self.assertEqual(template.quickbooks_item_id.name, "Dutch hoe")
        other = self.new_company("Other")
        self.assertFalse(template.with_company(other).quickbooks_item_id)

    def test_variants_are_told_apart_by_their_values_and_linked_each(self):
        size = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [(0, 0, {"name": name}) for name in ("30 cm", "40 cm")],
            }
        )
        line = {"attribute_id": size.id, "value_ids": [(6, 0, size.value_ids.ids)]}
        template = self.product("Box ball", attribute_line_ids=[(0, 0, line)])
        template = template.product_tmpl_id
        for name in ("Box ball 40 cm", "Box ball 30 cm"):
            self.item(name)
        self.sync("items")
        found = self.find("items")
        for variant in template.product_variant_ids:
            value = variant.product_template_variant_value_ids.name
            suggestion = self.of(variant, found)
            self.assertEqual(suggestion.item_id.name, f"Box ball {value}")
            suggestion.action_accept()
            self.assertEqual(
                variant._quickbooks_item(self.company).name, f"Box ball {value}"
            )
        self.assertFalse(template.with_company(self.company).quickbooks_item_id)

    def test_products_share_an_item_only_by_hand(self):
        hoe, dutch = self.product("Dutch hoe"), self.product("Hoe, Dutch")
        self.item("Dutch hoe")
        self.sync("items")
        found = self.find("items")
        self.assertEqual(len(self.of(self.mirror("item"), found)), 1)
        pair, alone = (
            found.filtered(lambda one: one.product_id in hoe + dutch)
        ).sorted(lambda one: one.band)
        alone.item_id = pair.item_id.id
        self.assertEqual(pair.item_id, alone.item_id)
        alone.action_accept()
        pair.action_accept()
        self.assertEqual(
            hoe._quickbooks_item(self.company), dutch._quickbooks_item(self.company)
        )
