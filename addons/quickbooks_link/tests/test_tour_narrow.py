from odoo.tests import tagged

from .test_tour_suggestions import FirstDayCase


@tagged("post_install", "-at_install", "browser")
class TestTourNarrow(FirstDayCase):
    """Every list in a window that is as wide as a telephone."""

    browser_size = "375x812"
    touch_enabled = True

    def test_lists_are_cards_and_nothing_scrolls_sideways(self):
        self.sync("full")
        self.start_tour(
            "/odoo/quickbooks-mapping-customers",
            "quickbooks_link_narrow",
            login=self.manager.login,
        )
        self.env.invalidate_all()
        self.assertTrue(self.nook._quickbooks_customer(self.company))
