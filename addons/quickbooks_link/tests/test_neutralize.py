from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from .document_common import DocumentCase


@tagged("post_install", "-at_install")
class TestNeutralize(DocumentCase):
    """A copied database, neutralised, can't act on the live QuickBooks company."""

    def neutralise(self):
        self.env.flush_all()
        for query in get_neutralization_queries(["quickbooks_link"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()

    def test_log_ins_and_app_secrets_are_gone(self):
        self.env["quickbooks.app"]._set("production", "id", "secret")
        self.env["quickbooks.app"]._set_webhook_verifier("production", "verifier")
        token = self.connection.token_ids
        self.assertTrue(token)
        self.neutralise()
        self.assertFalse(token.exists())
        self.assertFalse(
            self.env["quickbooks.app"]._of("production").client_secret_sealed
        )
        self.assertFalse(self.env["quickbooks.app"]._webhook_verifier("production"))

    def test_the_copy_calls_nobody_even_where_the_server_has_the_keys(self):
        """The app keys stand in the environment here, as on a server that has both."""
        move = self.post(self.invoice(), user=self.accountant)
        document = self.document(move)
        document.write({"user_id": self.manager.id, "next_try": "2020-01-01 00:00:00"})
        self.neutralise()
        self.simulator.delete("stats")
        self.run_cron()
        self.send(move)
        for name in ("quickbooks_sync", "quickbooks_scheduled", "quickbooks_payments"):
            with self.own_cursors():
                cron = self.env.ref(f"quickbooks_link.ir_cron_{name}")
                cron.method_direct_trigger()
        stats = self.simulator.get("stats")
        self.assertFalse(stats["calls"] or stats["oauth"], stats)
        self.assertFalse(self.document(move).quickbooks_id)

    def test_who_logs_in_again_in_the_copy_meets_the_sandbox(self):
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_company SET quickbooks_use_sandbox = FALSE")
        self.env.invalidate_all()
        self.assertEqual(self.company._quickbooks_environment(), "production")
        self.neutralise()
        self.assertEqual(self.company._quickbooks_environment(), "sandbox")
