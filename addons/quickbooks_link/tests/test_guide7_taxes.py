"""The guide, section 7: tax codes."""

from lxml import etree
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .guide import guide
from .sync_common import SyncCase


class TaxCase(SyncCase):
    def setUp(self):
        super().setUp()
        self.company.country_id = self.env.ref("base.uk")
        self.env = self.env(
            context=dict(self.env.context, allowed_company_ids=self.company.ids)
        )
        self.manager.group_ids += self.env.ref("account.group_account_manager")
        self.group = self.env["account.tax.group"].create(
            {"name": "VAT", "company_id": self.company.id}
        )
        self.standard = self.code("20.0% S", sales_rate=20, purchase_rate=20)
        self.reduced = self.code("5.0% R", sales_rate=5, purchase_rate=5)

    def code(self, name, **values):
        codes = self.env["quickbooks.tax.code"].sudo()
        return codes.create(
            {
                "company_id": self.company.id,
                "realm_id": self.realm,
                "quickbooks_id": str(codes.search_count([]) + 1000),
                "name": name,
                "has_sales_rate": True,
                "has_purchase_rate": True,
                **values,
            }
        )

    def tax(self, name="Standard", amount=20.0, **values):
        taxes = self.env["account.tax"].with_company(self.company)
        tax = taxes.create(
            {
                "name": name,
                "amount": amount,
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "country_id": self.company.country_id.id,
                "tax_group_id": self.group.id,
                **values,
            }
        )
        return self.seen(tax)

    def group_of(self, *taxes, **values):
        children = [Command.set([tax.id for tax in taxes])]
        return self.tax(
            "Together", amount_type="group", children_tax_ids=children, **values
        )

    def seen(self, record, user=None):
        record = record.with_user(user or self.manager)
        return record.with_context(allowed_company_ids=self.company.ids, lang="en_US")


@tagged("post_install", "-at_install")
class TestGuide7Mapping(TaxCase):
    @guide("7.1", "7.2")
    def test_the_field_is_in_list_and_form_without_open_or_create(self):
        for name in ("account.view_tax_tree", "account.view_tax_form"):
            view = self.env.ref(name)
            taxes = self.seen(self.env["account.tax"])
            arch = etree.fromstring(taxes.get_view(view.id, view.type)["arch"])
            fields = arch.xpath("//field[@name='quickbooks_tax_code_id']")
            with self.subTest(view=name):
                own = next(iter(fields))
                self.assertFalse(own.get("invisible") or own.get("column_invisible"))
                self.assertIn(own.get("optional"), (None, "show"))
                for field in fields:
                    self.assertIn("'no_open': True", field.get("options"))
                    self.assertIn("'no_create': True", field.get("options"))
        field = taxes.fields_get(["quickbooks_tax_code_id"])
        self.assertEqual(
            field["quickbooks_tax_code_id"]["string"], "QuickBooks Tax Code"
        )

    @guide("7.4")
    def test_a_tax_is_mapped_after_the_sync(self):
        self.sync("tax_codes")
        codes = self.mirror("tax.code")
        [code] = codes.filtered(
            lambda code: code.name == "20.0% S" and code not in self.standard
        )
        tax = self.tax()
        with Form(tax) as form:
            form.quickbooks_tax_code_id = code
        self.assertEqual(tax._quickbooks_tax_code(), code)
        self.assertIs(code.active, True)
        self.assertEqual((code.sales_rate, code.purchase_rate), (20, 20))

    def test_only_the_tax_code_can_be_edited_in_the_list(self):
        view = self.env.ref("account.view_tax_tree")
        taxes = self.seen(self.env["account.tax"])
        arch = etree.fromstring(taxes.get_view(view.id, "list")["arch"])
        self.assertEqual(arch.get("multi_edit"), "1")
        editable = {
            node.get("name")
            for node in arch.iter("field")
            if node.get("readonly") not in ("1", "True")
            and not taxes._fields[node.get("name")].readonly
        }
        self.assertEqual(editable, {"sequence", "active", "quickbooks_tax_code_id"})

    def test_a_tax_code_of_another_company_is_refused(self):
        other = self.new_company("Other Ltd")
        code = self.standard.copy({"company_id": other.id, "realm_id": "other"})
        with self.assertRaises(UserError):
            self.tax().quickbooks_tax_code_id = code

    def test_an_inactive_tax_code_is_refused(self):
        old = self.code("17.5% S", active=False, status="inactive")
        with self.assertRaisesRegex(ValidationError, "inactive in QuickBooks"):
            self.tax().quickbooks_tax_code_id = old

    def test_a_mapping_outlives_the_deactivation_in_quickbooks(self):
        tax = self.tax()
        tax.quickbooks_tax_code_id = self.standard
        self.standard.write({"active": False, "status": "inactive"})
        tax.invoice_label = "VAT"
        self.assertEqual(tax._quickbooks_tax_code(), self.standard)

    def test_tax_codes_of_a_forgotten_quickbooks_company_are_not_used(self):
        tax = self.tax()
        tax.quickbooks_tax_code_id = self.standard
        self.connection.realm_id = "another"
        self.assertFalse(tax._quickbooks_tax_code())
        self.assertEqual(tax._quickbooks_unmapped(), tax)

    def test_accountants_without_erp_rights_map_taxes(self):
        accountant = new_test_user(
            self.env,
            "accounts",
            groups="base.group_user,account.group_account_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        tax = self.tax()
        with Form(self.seen(tax, accountant)) as form:
            form.quickbooks_tax_code_id = self.standard
        self.assertEqual(tax._quickbooks_tax_code(), self.standard)
        self.assertTrue(
            self.seen(self.env["quickbooks.tax.code"], accountant).name_search("20.0")
        )
        with self.assertRaises(AccessError):
            self.seen(self.standard, accountant).name = "Mine"


@tagged("post_install", "-at_install")
class TestRatesThatDiffer(TaxCase):
    def note(self, code, **values):
        tax = self.tax(quickbooks_tax_code_id=code.id, **values)
        return tax.quickbooks_rate_note or ""

    def test_equal_rates_are_no_matter(self):
        self.assertEqual(self.note(self.standard), "")

    def test_a_different_rate_is_pointed_out(self):
        self.assertEqual(
            self.note(self.reduced, amount=20), "20% here, 5% in QuickBooks"
        )
        self.assertEqual(
            self.note(self.standard, name="Odd", amount=17.475),
            "17.475% here, 20% in QuickBooks",
        )

    def test_sales_and_purchases_are_told_apart(self):
        code = self.code("Mixed", sales_rate=20, purchase_rate=5)
        self.assertEqual(self.note(code, amount=20), "")
        self.assertIn("5% in", self.note(code, amount=20, type_tax_use="purchase"))

    def test_a_code_without_a_rate_for_the_side_is_pointed_out(self):
        code = self.code("Sales only", sales_rate=20, has_purchase_rate=False)
        self.assertIn("no rate", self.note(code, type_tax_use="purchase"))

    def test_codes_of_automated_sales_tax_have_no_rate_to_compare(self):
        code = self.code("TAX", has_sales_rate=False, has_purchase_rate=False)
        self.assertEqual(self.note(code, amount=8.25), "")

    def test_taxes_included_in_the_price_are_compared_without_it(self):
        code = self.code("25%", sales_rate=25)
        self.assertEqual(self.note(code, amount_type="division", amount=20), "")

    def test_fixed_amounts_are_not_compared(self):
        self.assertEqual(self.note(self.standard, amount_type="fixed", amount=3), "")

    def test_a_group_is_compared_as_a_whole(self):
        federal = self.tax("GST", 5.0)
        provincial = self.tax("QST", 9.975)
        together = self.group_of(federal, provincial)
        together.quickbooks_tax_code_id = self.code("GST/QST", sales_rate=14.975)
        self.assertFalse(together.quickbooks_rate_note)
        federal.include_base_amount = True
        self.assertIn("15.4738% here", together.quickbooks_rate_note)


@tagged("post_install", "-at_install")
class TestGroupTaxes(TaxCase):
    def setUp(self):
        super().setUp()
        self.one, self.two = self.tax("One", 10.0), self.tax("Two", 10.0)
        self.together = self.group_of(self.one, self.two)

    def words(self):
        return self.together.quickbooks_group_note

    def test_unmapped(self):
        self.assertIn("as a whole", self.words())
        self.assertIn("by part", self.words())
        self.assertFalse(self.together._quickbooks_tax_code())
        self.assertEqual(self.together._quickbooks_unmapped(), self.one + self.two)

    def test_as_a_whole(self):
        self.together.quickbooks_tax_code_id = self.standard
        self.one.quickbooks_tax_code_id = self.reduced
        self.assertIn(
            "Mapped as a whole: lines with this group get “20.0% S”", self.words()
        )
        self.assertEqual(self.together._quickbooks_tax_code(), self.standard)
        self.assertFalse(self.together._quickbooks_unmapped())

    def test_by_part_with_one_code(self):
        (self.one + self.two).quickbooks_tax_code_id = self.standard
        self.assertIn("tax code of all its parts", self.words())
        self.assertEqual(self.together._quickbooks_tax_code(), self.standard)

    def test_by_part_with_several_codes_can_not_be_posted(self):
        self.one.quickbooks_tax_code_id = self.standard
        self.two.quickbooks_tax_code_id = self.reduced
        self.assertIn("can't be posted", self.words())
        codes = self.together._quickbooks_tax_code()
        self.assertEqual(codes, self.standard + self.reduced)

    def test_by_part_with_a_part_left_out_can_not_be_posted(self):
        self.one.quickbooks_tax_code_id = self.standard
        self.assertIn("Two has no tax code", self.words())
        self.assertEqual(self.together._quickbooks_unmapped(), self.two)

    def test_other_taxes_have_no_such_words(self):
        self.assertFalse(self.one.quickbooks_group_note)


@tagged("post_install", "-at_install")
class TestDeactivatingTaxCodes(TaxCase):
    @guide("7.5")
    def test_an_unused_one_is_deactivated_and_stays_so_over_syncs(self):
        self.sync("tax_codes")
        code = self.mirror("tax.code").filtered(lambda code: code.name == "Exempt")
        self.seen(code).action_deactivate()
        self.sync("tax_codes")
        self.assertTrue(code.deactivated)
        self.assertTrue(code.active)
        self.assertEqual(code.status, "active")

    def test_it_is_not_offered_and_not_taken_any_more(self):
        self.seen(self.reduced).action_deactivate()
        field = self.seen(self.env["account.tax"]).fields_get(
            ["quickbooks_tax_code_id"]
        )
        self.assertIn("deactivated", field["quickbooks_tax_code_id"]["domain"])
        with self.assertRaisesRegex(ValidationError, "deactivated in Odoo"):
            self.tax().quickbooks_tax_code_id = self.reduced
        self.seen(self.reduced).action_reactivate()
        self.tax("Reduced").quickbooks_tax_code_id = self.reduced

    def test_a_used_one_can_not_be_deactivated(self):
        self.tax().quickbooks_tax_code_id = self.standard
        with self.assertRaisesRegex(UserError, "still mapped to Standard"):
            self.seen(self.standard + self.reduced).action_deactivate()
        self.assertFalse(self.reduced.deactivated)

    def test_only_erp_managers_can(self):
        accountant = new_test_user(
            self.env,
            "accounts",
            groups="base.group_user,account.group_account_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        for action in ("action_deactivate", "action_reactivate"):
            with self.subTest(action=action), self.assertRaises(AccessError):
                getattr(self.seen(self.reduced, accountant), action)()
