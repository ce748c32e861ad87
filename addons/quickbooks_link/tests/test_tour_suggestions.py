from odoo import fields
from odoo.tests import HttpCase, tagged

from .suggestion_common import SuggestionCase


class FirstDayCase(SuggestionCase, HttpCase):
    """Three contacts that are customers of QuickBooks too, and nothing is linked."""

    def setUp(self):
        super().setUp()
        self.nook = self.contact("Nook Trading", email="a@nook.example")
        self.turf, self.pond = self.contact("Selby Turf"), self.contact("Pond Life")
        self.customer("Nook Trading", PrimaryEmailAddr={"Address": "a@nook.example"})
        self.customer("Selby Turf")
        self.customer("Pond Life")
        self.sync("customers")


@tagged("post_install", "-at_install", "browser")
class TestTourSuggestions(FirstDayCase):
    """The first day, in the browser."""

    def test_accept_one_ignore_one_and_accept_all(self):
        self.start_tour(
            "/odoo/quickbooks-mapping-customers",
            "quickbooks_link_accept_suggestions",
            login=self.manager.login,
        )
        self.env.invalidate_all()
        linked = [
            bool(one._quickbooks_customer(self.company)) for one in self.contacts()
        ]
        self.assertEqual(linked, [True, False, True])

    def contacts(self):
        return self.nook + self.turf + self.pond

    def test_the_tab_leads_from_what_is_missing_to_the_assistant(self):
        chart = self.env["account.chart.template"]
        chart.try_loading("generic_coa", self.company, install_demo=False)
        self.env["account.move"].with_company(self.company).create(
            {
                "move_type": "out_invoice",
                "partner_id": self.nook.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [(0, 0, {"name": "Turf", "price_unit": 10})],
            }
        )
        self.start_tour(
            f"/odoo/quickbooks-link/{self.company.id}",
            "quickbooks_link_readiness",
            login=self.manager.login,
        )
