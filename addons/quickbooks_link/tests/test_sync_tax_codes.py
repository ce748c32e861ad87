from datetime import date

from odoo.tests import tagged

from ..models.quickbooks_mirror import Lookups
from .guide import guide
from .sync_common import SyncCase


class TaxCodeCase(SyncCase):
    def rates(self):
        """Return both rates of every QuickBooks Tax Code, by name; None for none."""
        return {
            code.name: (
                code.sales_rate if code.has_sales_rate else None,
                code.purchase_rate if code.has_purchase_rate else None,
            )
            for code in self.mirror("tax.code")
        }


@tagged("post_install", "-at_install")
class TestGuide4TaxCodes(TaxCodeCase):
    """The guide, section 4, "Tax Codes"."""

    sample = "uk"

    @guide("4.10")
    def test_pulls_quickbooks_tax_codes(self):
        run = self.sync("tax_codes")
        theirs, ours = self.records("TaxCode"), self.mirror("tax.code")
        self.assertEqual(run.created, len(theirs))
        self.assertEqual(set(ours.mapped("quickbooks_id")), set(theirs))
        for row in ours:
            their = theirs[row.quickbooks_id]
            self.assertEqual(row.name, their["Name"])
            self.assertEqual(row.description or None, their.get("Description"))

    @guide("4.11", "7.3")
    def test_stores_purchase_rate_and_sales_rate(self):
        self.sync("tax_codes")
        rates = self.rates()
        self.assertEqual(rates["20.0% S"], (20, 20))
        self.assertEqual(rates["5.0% R"], (5, 5))
        self.assertEqual(rates["0.0% Z"], (0, 0))
        # A reverse charge is charged and taken back.
        self.assertEqual(rates["20.0% RC SG"], (None, 0))

    @guide("4.11", "7.3")
    def test_stores_active_status(self):
        code = next(iter(self.records("TaxCode").values()))
        self.sync("tax_codes")
        held = self.held("tax.code", code["Id"])
        self.assertEqual((held.active, held.status), (True, "active"))
        self.change("TaxCode", code, Active=False)
        run = self.sync("tax_codes")
        self.assertEqual((held.active, held.status), (False, "inactive"))
        self.assertEqual(run.deactivated, 1)

    @guide("4.12")
    def test_can_be_found_when_mapping_taxes(self):
        self.sync("tax_codes")
        codes = self.as_manager(self.mirror("tax.code"))
        found = [name for _id, name in codes.name_search("outside the scope")]
        self.assertEqual(found, ["No VAT"])

    def test_reads_codes_and_rates_in_one_call(self):
        self.forget_calls()
        run = self.sync("tax_codes")
        self.assertEqual((self.calls(), run.calls), ({"batch": 1}, 1))


@tagged("post_install", "-at_install")
class TestTaxCodesOfTheUnitedStates(TaxCodeCase):
    """US companies have codes without rates: QuickBooks works the tax out itself."""

    sample = "us"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.currency_id = cls.use_currency("USD")

    def test_pseudo_codes_are_there_and_active(self):
        self.sync("tax_codes")
        codes = self.mirror("tax.code").filtered(
            lambda code: code.quickbooks_id in ("TAX", "NON")
        )
        self.assertEqual(len(codes), 2)
        self.assertEqual(codes.mapped("status"), ["active", "active"])
        self.assertFalse(any(codes.mapped("has_sales_rate")))

    def test_a_second_run_changes_nothing(self):
        self.sync("tax_codes")
        run = self.sync("tax_codes")
        self.assertEqual((run.created, run.updated, run.deactivated), (0, 0, 0))


@tagged("post_install", "-at_install")
class TestTaxCodeRates(TaxCodeCase):
    """Rates that are made of several, and change."""

    def values(self, code, rates, today=date(2026, 6, 1)):
        codes = self.env["quickbooks.tax.code"]
        record = {"Id": "1", **code, "TaxRates": {rate["Id"]: rate for rate in rates}}
        return codes._quickbooks_values(record, Lookups({}, None, today))

    @staticmethod
    def detail(rate, order=0, basis="TaxOnAmount"):
        return {
            "TaxRateRef": {"value": rate},
            "TaxTypeApplicable": basis,
            "TaxOrder": order,
        }

    def test_a_group_adds_its_rates(self):
        code = {
            "TaxGroup": True,
            "SalesTaxRateList": {
                "TaxRateDetail": [self.detail("1"), self.detail("2", 1)]
            },
        }
        rates = [{"Id": "1", "RateValue": 6}, {"Id": "2", "RateValue": 2}]
        values = self.values(code, rates)
        self.assertEqual((values["sales_rate"], values["tax_group"]), (8, True))
        self.assertFalse(values["has_purchase_rate"])

    def test_a_compound_rate_is_charged_on_the_tax_before_it(self):
        details = [self.detail("1"), self.detail("2", 1, "TaxOnAmountPlusTax")]
        code = {"PurchaseTaxRateList": {"TaxRateDetail": details}}
        rates = [{"Id": "1", "RateValue": 5}, {"Id": "2", "RateValue": 10}]
        self.assertEqual(float(self.values(code, rates)["purchase_rate"]), 15.5)

    def test_the_rate_in_force_today_counts(self):
        code = {"SalesTaxRateList": {"TaxRateDetail": [self.detail("1")]}}
        history = [
            {"RateValue": 15, "EffectiveDate": "2008-12-01", "EndDate": "2009-12-31"},
            {"RateValue": 20, "EffectiveDate": "2026-06-02"},
            {"RateValue": 17, "EffectiveDate": "2010-01-01", "EndDate": "2026-06-01"},
        ]
        rates = [{"Id": "1", "RateValue": 20, "EffectiveTaxRate": history}]
        before = self.values(code, rates, date(2026, 6, 1))
        after = self.values(code, rates, date(2026, 6, 2))
        self.assertEqual((before["sales_rate"], after["sales_rate"]), (17, 20))
