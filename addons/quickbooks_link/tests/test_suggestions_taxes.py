from odoo.tests import tagged

from .suggestion_common import SuggestionCase


@tagged("post_install", "-at_install")
class TestSuggestedTaxes(SuggestionCase):
    """Taxes and tax codes: the same rate, for sales and for purchases."""

    quickbooks_company = "uk"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.env["account.tax.group"].create(
            {"name": "VAT", "company_id": cls.company.id}
        )

    def tax(self, name, amount, use="sale", **values):
        return self.env["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "type_tax_use": use,
                "company_id": self.company.id,
                "country_id": self.env.ref("base.uk").id,
                "tax_group_id": self.group.id,
                **values,
            }
        )

    def test_taxes_go_by_rate_and_a_code_serves_sales_and_purchases(self):
        sale, purchase = self.tax("20%", 20), self.tax("20% P", 20, "purchase")
        odd = self.tax("17.5%", 17.5)
        self.sync("tax_codes")
        found = self.find("tax_codes")
        self.assertEqual(self.of(sale, found).tax_code_id.name, "20.0% S")
        self.assertIn("Same rate 20 %", self.of(sale, found).reason)
        self.assertEqual(self.of(odd, found).band, "4_odoo")
        (self.of(sale, found) + self.of(purchase, found)).action_accept()
        self.assertEqual(sale._quickbooks_tax_code().name, "20.0% S")
        self.assertEqual(purchase._quickbooks_tax_code().name, "20.0% S")

    def test_a_second_tax_of_a_rate_is_left_to_the_person(self):
        taxes = self.tax("5% R", 5) + self.tax("5% other", 5)
        self.sync("tax_codes")
        found = self.find("tax_codes")
        proposed = found.filtered(lambda one: one.state == "proposed")
        self.assertEqual(len(proposed.tax_id & taxes), 1)

    def test_a_reverse_charge_comes_to_nothing(self):
        lines = [
            (0, 0, {"repartition_type": kind, "factor_percent": percent})
            for kind, percent in (("base", 100), ("tax", 100), ("tax", -100))
        ]
        tax = self.tax(
            "20.0% RC CIS",
            20,
            invoice_repartition_line_ids=[(5, 0, 0), *lines],
            refund_repartition_line_ids=[(5, 0, 0), *lines],
        )
        self.sync("tax_codes")
        suggestion = self.of(tax, self.find("tax_codes"))
        self.assertEqual(suggestion.tax_code_id.name, "20.0% RC CIS")
        self.assertIn("ame rate 0 %", suggestion.reason)
