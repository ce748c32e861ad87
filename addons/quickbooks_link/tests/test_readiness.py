from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import QuickBooksLinkCase


@tagged("post_install", "-at_install")
class TestReadiness(QuickBooksLinkCase):
    """What keeps invoices from going to QuickBooks is found before they are sent."""

    quickbooks_company = "empty"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection = cls.connect()
        chart = cls.env["account.chart.template"]
        chart.try_loading("generic_coa", cls.company, install_demo=False)
        cls.company.currency_id = cls.gbp
        now = fields.Datetime.now()
        cls.connection.write(
            {
                **{
                    f"{name}_last_completed": now
                    for name in ("customers", "items", "tax_codes")
                },
                "home_currency_id": cls.gbp.id,
                "multicurrency": True,
                "custom_transaction_numbers": True,
                "book_close_date": False,
                "tax_model": "global",
            }
        )
        cls.company.account_sale_tax_id = False
        ours = [("company_id", "=", cls.company.id)]
        cls.tax = cls.env["account.tax"].search(ours, limit=1)
        journals = cls.env["account.journal"].search(ours)
        journals.default_account_id.tax_ids = False
        cls.today = fields.Date.today()

    def findings(self, user=None):
        """Return the findings for a manager, by code."""
        company = self.as_manager(self.company, user)
        return {one["code"]: one for one in company.quickbooks_readiness()}

    def invoice(self, tax=None, post=False, **values):
        partner = self.env["res.partner"].create({"name": "Nook"})
        product = self.env["product.product"].create(
            {"name": "Spade", "taxes_id": False}
        )
        line = {
            "product_id": product.id,
            "price_unit": 10,
            "tax_ids": [(6, 0, tax.ids if tax else [])],
        }
        moves = self.env["account.move"].with_company(self.company)
        move = moves.create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": self.today,
                "invoice_line_ids": [(0, 0, line)],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    def mirror(self, name, **values):
        return self.env[f"quickbooks.{name}"].create(
            {
                "company_id": self.company.id,
                "realm_id": self.connection.realm_id,
                "quickbooks_id": str(self.env[f"quickbooks.{name}"].search_count([])),
                "name": "Counterpart",
                **values,
            }
        )

    def test_nothing_is_found_where_nothing_is_used(self):
        self.assertEqual(self.findings(), {})

    def test_lists_that_were_never_synced_are_found(self):
        self.connection.items_last_completed = False
        [button] = self.findings()["never_synced"]["buttons"]
        self.assertEqual(button["method"], "action_quickbooks_sync_full")

    def test_what_recent_invoices_use_has_to_be_mapped(self):
        move = self.invoice(self.tax, post=True)
        found = self.findings()
        used = {
            "customers": move.partner_id,
            "items": move.invoice_line_ids.product_id,
            "tax_codes": self.tax,
        }
        for kind, record in used.items():
            finding = found[f"unmapped_{kind}"]
            self.assertIn(record.display_name, finding["text"])
            show, assistant = (button["action"] for button in finding["buttons"])
            shown = self.env[show["res_model"]].search(show["domain"])
            self.assertEqual(shown, record)
            self.assertEqual(assistant["res_model"], "quickbooks.suggestion")

    def test_what_is_mapped_is_not_found_and_what_became_inactive_is(self):
        move = self.invoice()
        customer = self.mirror("customer", partner_id=move.partner_id.id)
        item = self.mirror("item", item_type="Service")
        product = move.invoice_line_ids.product_id.with_company(self.company)
        product.product_tmpl_id.quickbooks_item_id = item
        self.assertEqual(self.findings(), {})
        customer.write({"active": False, "status": "inactive"})
        item.write({"active": False, "status": "inactive"})
        found = self.findings()
        self.assertEqual(set(found), {"inactive_customers", "inactive_items"})
        item.write({"active": True, "status": "active", "item_type": "Group"})
        finding = self.findings()["not_posted_items"]
        self.assertIn(product.display_name, finding["text"])
        [button] = finding["buttons"]
        self.assertEqual(button["action"]["domain"], [("id", "in", product.ids)])

    def test_what_was_used_long_ago_or_elsewhere_does_not_matter(self):
        self.invoice(invoice_date=self.today - timedelta(days=500))
        self.invoice(move_type="in_invoice")
        self.invoice().button_cancel()
        self.assertEqual(self.findings(), {})

    def test_taxes_that_sales_offer_have_to_be_mapped(self):
        self.company.account_sale_tax_id = self.tax
        self.assertIn(self.tax.name, self.findings()["unmapped_tax_codes"]["text"])
        code = self.mirror("tax.code", has_sales_rate=True, sales_rate=self.tax.amount)
        self.tax.quickbooks_tax_code_id = code
        self.assertEqual(self.findings(), {})

    def test_numbers_come_from_one_side_only(self):
        for ours, theirs, clash in (
            (True, True, "without a number"),
            (False, False, "would not match"),
            (True, False, None),
            (False, True, None),
        ):
            self.company.quickbooks_use_document_numbers = ours
            self.connection.custom_transaction_numbers = theirs
            found = self.findings()
            self.assertEqual("document_numbers" in found, bool(clash))
            if clash:
                self.assertIn(clash, found["document_numbers"]["text"])

    def test_the_button_to_quickbooks_leads_to_the_one_in_use(self):
        self.connection.custom_transaction_numbers = False
        site, test = self.findings()["document_numbers"]["buttons"]
        self.assertTrue(self.server.url.startswith(site["action"]["url"]))
        self.assertEqual(test["method"], "action_quickbooks_test")

    def test_the_home_currency_has_to_be_ours(self):
        self.connection.home_currency_id = self.use_currency("USD")
        text = self.findings()["home_currency"]["text"]
        self.assertRegex(text, "USD.*GBP")

    def test_foreign_invoices_need_multicurrency(self):
        euro = self.use_currency("EUR")
        move = self.invoice(currency_id=euro.id)
        self.assertNotIn("multicurrency", self.findings())
        self.connection.multicurrency = False
        show = self.findings()["multicurrency"]["buttons"][0]["action"]
        self.assertEqual(self.env["account.move"].search(show["domain"]), move)

    def test_drafts_in_closed_books_are_found(self):
        early = self.invoice(invoice_date=self.today - timedelta(days=9))
        self.invoice()
        self.connection.book_close_date = self.today - timedelta(days=5)
        finding = self.findings()["closed_books"]
        self.assertIn(": 1. The books", finding["text"])
        show = finding["buttons"][0]["action"]
        self.assertEqual(self.env["account.move"].search(show["domain"]), early)

    def test_taxes_need_a_quickbooks_company_with_sales_tax(self):
        self.invoice(self.tax)
        self.connection.tax_model = "none"
        self.assertIn("taxes_off", self.findings())

    def test_the_worst_comes_first_and_costs_few_queries(self):
        for _number in range(20):
            self.invoice()
        self.connection.custom_transaction_numbers = False
        company = self.as_manager(self.company)
        self.env.invalidate_all()
        company.quickbooks_readiness()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        levels = [one["level"] for one in company.quickbooks_readiness()]
        self.assertLess(self.env.cr.sql_log_count - start, 60)
        self.assertEqual(levels, sorted(levels, key=lambda level: level != "danger"))

    def test_erp_managers_of_the_company_only(self):
        accountant = self.new_manager(
            "accountant", self.company, "account.group_account_manager"
        )
        stranger = self.new_manager("stranger", self.new_company("Other Ltd"))
        for user in (accountant, stranger):
            company = self.company.with_user(user)
            with self.assertRaises(AccessError):
                company.with_context(
                    allowed_company_ids=user.company_ids.ids
                ).quickbooks_readiness()
