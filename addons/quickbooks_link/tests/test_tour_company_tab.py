from odoo.tests import HttpCase, tagged

from .common import QuickBooksLinkCase
from .guide import guide


@tagged("post_install", "-at_install", "browser")
class TestTourCompanyTab(QuickBooksLinkCase, HttpCase):
    """The guide, section 2, in the browser."""

    @guide("1.1", "2.1", "2.2", "2.4")
    def test_connect_test_and_disconnect(self):
        self.simulator.post("switches", {"auto_approve": "on"})
        self.start_tour(
            f"/odoo/quickbooks-link/{self.company.id}",
            "quickbooks_link_connect",
            login=self.manager.login,
        )
