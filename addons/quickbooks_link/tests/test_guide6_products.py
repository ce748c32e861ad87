"""The guide, section 6: QuickBooks Products and Services."""

from ast import literal_eval

from lxml import etree
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .guide import guide
from .seen_form import SeenForm
from .sync_common import SyncCase

STORED = ("item_type", "sku", "description", "unit_price", "active", "currency_id")


class ProductCase(SyncCase):
    def setUp(self):
        super().setUp()
        self.env = self.env(
            context=dict(self.env.context, allowed_company_ids=self.company.ids)
        )
        self.manager.group_ids += self.env.ref("product.group_product_manager")
        self.item = self.new_item("Mowing")
        self.other_item = self.new_item("Pruning")
        self.template = self.new_template()
        self.small, self.large = self.template.product_variant_ids

    def new_item(self, name, company=None, **values):
        company = company or self.company
        items = self.env["quickbooks.item"].sudo()
        return items.create(
            {
                "company_id": company.id,
                "realm_id": company.sudo().quickbooks_connection_id.realm_id,
                "quickbooks_id": str(items.search_count([]) + 1000),
                "name": name,
                "full_name": name,
                "item_type": "Service",
                **values,
            }
        )

    def new_template(self):
        size = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [
                    Command.create({"name": "Small"}),
                    Command.create({"name": "Large"}),
                ],
            }
        )
        line = {"attribute_id": size.id, "value_ids": [(6, 0, size.value_ids.ids)]}
        return self.env["product.template"].create(
            {
                "name": "Lawn care",
                "type": "service",
                "attribute_line_ids": [Command.create(line)],
            }
        )

    def seen(self, record, user=None, company=None):
        record = record.with_user(user or self.manager)
        return record.with_context(
            allowed_company_ids=(company or self.company).ids, lang="en_US"
        )


@tagged("post_install", "-at_install")
class TestGuide6Lookup(ProductCase):
    @guide("6.1", "6.2")
    def test_templates_and_variants_have_the_lookup(self):
        """It leads to the item, and makes none."""
        for name, record in (
            ("product.product_template_only_form_view", self.template),
            ("product.product_normal_form_view", self.small),
            ("product.product_variant_easy_edit_view", self.small),
        ):
            form = SeenForm(self.seen(record), name)
            field = form.find("//field[@name='quickbooks_item_id']")
            options = literal_eval(field.get("options"))
            with self.subTest(view=name):
                label = form.labels(form.root)["quickbooks_item_id"]
                self.assertEqual(label, "QuickBooks Product or Service")
                self.assertTrue(options["no_create"])
                self.assertNotIn("no_open", options)

    @guide("6.2")
    def test_a_linked_item_that_became_inactive_is_still_shown(self):
        self.seen(self.template).quickbooks_item_id = self.item
        badge = "//field[@name='quickbooks_item_status']"
        for active, status in ((True, "active"), (False, "inactive"), (False, "gone")):
            self.item.write({"active": active, "status": status})
            self.env.invalidate_all()
            form = SeenForm(self.seen(self.template))
            self.assertEqual(form.values["quickbooks_item_id"], self.item.id)
            self.assertEqual(form.shows(form.find(badge)), not active)

    @guide("6.2", "6.3")
    def test_an_item_is_selected_after_syncing(self):
        account = next(
            row["Id"]
            for row in self.records("Account").values()
            if row["AccountType"] == "Income"
        )
        self.add(
            "Item",
            Name="Hedge cutting",
            Type="Service",
            Sku="HC-1",
            Description="Per hour",
            UnitPrice="31.50",
            IncomeAccountRef={"value": account},
        )
        self.sync("items")
        [item] = self.mirror("item").filtered(lambda item: item.sku == "HC-1")
        with Form(self.seen(self.template)) as form:
            form.quickbooks_item_id = item
        self.assertEqual(self.small._quickbooks_item(self.company), item)
        values = self.seen(item).read(STORED)[0]
        self.assertEqual(values["item_type"], "Service")
        self.assertEqual(values["description"], "Per hour")
        self.assertEqual(values["unit_price"], 31.5)
        self.assertIs(values["active"], True)
        self.assertEqual(values["currency_id"][1], "GBP")

    def test_a_variants_own_item_wins_over_its_templates(self):
        self.seen(self.template).quickbooks_item_id = self.item
        self.assertEqual(self.large._quickbooks_item(self.company), self.item)
        with Form(self.seen(self.large)) as form:
            form.quickbooks_item_id = self.other_item
        self.assertEqual(self.large._quickbooks_item(self.company), self.other_item)
        self.assertEqual(self.small._quickbooks_item(self.company), self.item)

    def test_a_variant_without_item_shows_that_of_all_variants(self):
        self.seen(self.template).quickbooks_item_id = self.item
        self.assertIn("Mowing", self.seen(self.small).quickbooks_item_placeholder)

    def test_without_any_there_is_none(self):
        self.assertFalse(self.small._quickbooks_item(self.company))

    def test_two_companies_never_mix(self):
        other = self.new_company("Other Ltd")
        self.manager.company_ids += other
        realm = self.simulator.post("companies", {"company": "uk"})["realm_id"]
        self.connect(other, realm_id=realm)
        theirs = self.new_item("Theirs", other)
        self.seen(self.template).quickbooks_item_id = self.item
        self.seen(self.template, company=other).quickbooks_item_id = theirs
        self.assertEqual(self.small._quickbooks_item(self.company), self.item)
        self.assertEqual(self.small._quickbooks_item(other), theirs)
        with self.assertRaises(UserError):
            self.seen(self.template).quickbooks_item_id = theirs

    def test_items_of_a_forgotten_quickbooks_company_are_not_used(self):
        self.seen(self.template).quickbooks_item_id = self.item
        self.connection.realm_id = "another"
        self.assertFalse(self.small._quickbooks_item(self.company))


@tagged("post_install", "-at_install")
class TestGuide6WhatCanBePicked(ProductCase):
    def offered(self, name):
        domain = self.template._fields["quickbooks_item_id"].domain
        items = self.seen(self.env["quickbooks.item"])
        return items.name_search(name, literal_eval(domain))

    def test_categories_and_bundles_are_not_offered_and_not_taken(self):
        for kind, words in (("Category", "is a category"), ("Group", "is a bundle")):
            item = self.new_item(f"Garden {kind}", item_type=kind)
            self.assertFalse(self.offered(f"Garden {kind}"))
            for product in (self.template, self.small):
                with self.assertRaisesRegex(ValidationError, words):
                    self.seen(product).quickbooks_item_id = item

    def test_inactive_items_are_not_offered_and_not_taken(self):
        old = self.new_item("Old work", active=False, status="inactive")
        self.assertFalse(self.offered("Old work"))
        for product in (self.template, self.small):
            with self.assertRaisesRegex(ValidationError, "inactive in QuickBooks"):
                self.seen(product).quickbooks_item_id = old

    def test_an_item_that_became_inactive_shows_and_is_found(self):
        self.seen(self.template).quickbooks_item_id = self.item
        self.seen(self.large).quickbooks_item_id = self.other_item
        templates = self.seen(self.env["product.template"])
        products = self.seen(self.env["product.product"])
        inactive = [("quickbooks_item_inactive", "=", True)]
        self.assertFalse(templates.search(inactive))
        self.item.write({"active": False, "status": "inactive"})
        self.assertEqual(self.seen(self.template).quickbooks_item_status, "inactive")
        self.assertEqual(templates.search(inactive), self.template)
        self.assertEqual(products.search(inactive), self.small)
        self.assertTrue(self.seen(self.small).quickbooks_item_inactive)
        self.assertFalse(self.seen(self.large).quickbooks_item_inactive)
        self.assertEqual(self.small._quickbooks_item(self.company), self.item)

    def test_a_variant_with_an_inactive_item_of_its_own_is_found(self):
        self.seen(self.large).quickbooks_item_id = self.other_item
        self.other_item.write({"active": False, "status": "gone"})
        inactive = [("quickbooks_item_inactive", "=", True)]
        templates = self.seen(self.env["product.template"])
        self.assertEqual(templates.search(inactive), self.template)
        self.assertTrue(self.seen(self.template).quickbooks_item_inactive)
        self.assertNotIn(
            self.template,
            templates.search([("quickbooks_item_inactive", "=", False)]),
        )

    def test_other_values_can_change_while_the_item_is_inactive(self):
        self.seen(self.template).quickbooks_item_id = self.item
        self.item.write({"active": False, "status": "inactive"})
        with Form(self.seen(self.template)) as form:
            form.list_price = 12
        self.assertEqual(self.template.list_price, 12)


@tagged("post_install", "-at_install")
class TestGuide6Access(ProductCase):
    def user(self, login, groups):
        return new_test_user(
            self.env,
            login,
            groups=groups,
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )

    @guide("6.6")
    def test_the_item_form_is_read_only(self):
        view = self.env.ref("quickbooks_link.quickbooks_item_view_form")
        arch = etree.fromstring(view.arch)
        for action in ("create", "edit", "delete"):
            self.assertEqual(arch.get(action), "0")
        fields = self.seen(self.item).fields_get()
        shown = {node.get("name") for node in arch.iter("field")}
        self.assertFalse([name for name in shown if not fields[name]["readonly"]])
        self.assertFalse(list(arch.iter("button")))
        with self.assertRaises(AccessError):
            self.seen(self.item).name = "Mine"
        with self.assertRaises(AccessError):
            self.seen(self.item).unlink()
        with self.assertRaises(AccessError):
            self.seen(self.item).copy()

    def test_an_accountant_maps_products(self):
        accountant = self.user(
            "accounts",
            "base.group_user,account.group_account_manager,"
            "product.group_product_manager",
        )
        with Form(self.seen(self.template, accountant)) as form:
            form.quickbooks_item_id = self.item
        self.assertEqual(self.small._quickbooks_item(self.company), self.item)

    def test_other_users_open_products_without_seeing_it(self):
        self.seen(self.template).quickbooks_item_id = self.item
        seller = self.user("seller", "base.group_user,product.group_product_manager")
        with Form(self.seen(self.template, seller)) as form:
            form.list_price = 13
            self.assertNotIn("quickbooks_item_id", form._view["fields"])
        self.assertEqual(self.template.list_price, 13)
        self.assertEqual(self.small._quickbooks_item(self.company), self.item)
