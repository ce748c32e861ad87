from odoo.tests import HttpCase, tagged

from .common import QuickBooksLinkCase


@tagged("post_install", "-at_install", "browser")
class TestTourCompanyTab(QuickBooksLinkCase, HttpCase):
    """The guide, section 2, in the browser."""

    def test_connect_test_and_disconnect(self):
        self.simulator.post("switches", {"auto_approve": "on"})
        self.start_tour(
            f"/odoo/quickbooks-link/{self.company.id}",
            "quickbooks_link_connect",
            login=self.manager.login,
        )
