from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from .common import QuickBooksLinkCase


@tagged("post_install", "-at_install")
class TestNeutralize(QuickBooksLinkCase):
    """A copied database, neutralised, can't act on the live QuickBooks company."""

    def test_log_ins_and_app_secrets_are_gone(self):
        self.env["quickbooks.app"]._set("production", "id", "secret")
        self.env["quickbooks.app"]._set_webhook_verifier("production", "verifier")
        token = self.connect().token_ids
        self.env.flush_all()
        for query in get_neutralization_queries(["quickbooks_link"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(token.exists())
        self.assertFalse(
            self.env["quickbooks.app"]._of("production").client_secret_sealed
        )
        self.assertFalse(self.env["quickbooks.app"]._webhook_verifier("production"))
