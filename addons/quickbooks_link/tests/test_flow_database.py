"""The database ends a connection in the middle of the work: it is simply done again."""

from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.service import model as service_model
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..database_errors import DATABASE_GAVE_UP
from .real_common import RealTransactionsCase


@tagged("post_install", "-at_install")
class TestDatabaseGivesUp(RealTransactionsCase):
    def as_superuser(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def hang_up_in(self, model, name):
        """Let PostgreSQL end the connection of the next to come to a method."""
        registered = self.registry[model]
        original = getattr(registered, name)
        hung_up = []

        def hanging_up(records, *arguments, **options):
            if not hung_up:
                hung_up.append(True)
                self.end_connection_of(records.env.cr)
            return original(records, *arguments, **options)

        setattr(registered, name, hanging_up)
        self.addCleanup(setattr, registered, name, original)
        return hung_up

    def end_connection_of(self, cr):
        cr.execute("SELECT pg_backend_pid()")
        [pid] = cr.fetchone()
        with self.registry.cursor() as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    # --- A sync --- #

    def start_sync(self):
        with self.registry.cursor() as cr:
            company = self.environment(cr)["res.company"].browse(self.company_id)
            action = company.action_quickbooks_sync_payments()
        return action["params"]["run_id"]

    def run_of(self, cr, run_id):
        return self.environment(cr)["quickbooks.sync.run"].browse(run_id)

    def advance(self, run_id):
        with self.registry.cursor() as cr:
            self.run_of(cr, run_id).advance()
        with self.registry.cursor() as cr:
            run = self.run_of(cr, run_id)
            return run.state, run.error

    def finish(self, run_id):
        state = self.advance(run_id)
        while state[0] in ("queued", "running"):
            state = self.advance(run_id)
        self.assertEqual(state, ("done", False))

    @mute_logger("odoo.sql_db")
    def test_a_sync_goes_on_where_it_was(self):
        self.press("action_post")
        run_id = self.start_sync()
        for method in ("_store", "_settle"):
            hung_up = self.hang_up_in("quickbooks.books", method)
            with self.subTest(method=method):
                with self.assertRaises(DATABASE_GAVE_UP):
                    while True:
                        self.advance(run_id)
                self.assertTrue(hung_up)
                with self.registry.cursor() as cr:
                    run = self.run_of(cr, run_id)
                    self.assertIn(run.state, ("queued", "running"))
                    self.assertFalse(run.error)
        with self.registry.cursor() as cr:
            hung_up = self.hang_up_in("quickbooks.books", "_settle")
            run = self.as_superuser(cr)["quickbooks.sync.run"].browse(run_id)
            self.assertTrue(run._take_turn(), "the scheduler goes on with the others")
        self.assertTrue(hung_up)
        self.finish(run_id)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_who_starts_one_at_the_same_moment_is_shown_the_other(self):
        others = []

        def press():
            company = env["res.company"].browse(self.company_id)
            # Its transaction sees what was there before the other has begun.
            company.read(["name"])
            if not others:
                others.append(self.start_sync())
            action = company.action_quickbooks_sync_payments()
            return action["params"]["run_id"]

        with self.registry.cursor() as cr, patch.object(service_model.time, "sleep"):
            env = self.environment(cr)
            shown = service_model.retrying(press, env)
        self.assertEqual(shown, others[0])

    # --- A payment --- #

    @mute_logger("odoo.sql_db")
    def test_a_payment_is_not_called_a_mistake(self):
        self.press("action_post")
        with self.registry.cursor() as cr:
            document = self.document(self.as_superuser(cr))
            txn_id, company = document.quickbooks_id, document.company_id
            company.quickbooks_payments_from = "2026-11-01"
            customer = document.partner_id._quickbooks_customer(company).quickbooks_id
        line = {"Amount": 10, "LinkedTxn": [{"TxnId": txn_id, "TxnType": "Invoice"}]}
        body = {
            "CustomerRef": {"value": customer},
            "TotalAmt": 10,
            "TxnDate": "2026-11-21",
            "Line": [line],
        }
        payment = self.simulator.post("records/Payment", {"body": body})
        self.addCleanup(self.forget_payments)
        run_id = self.start_sync()
        hung_up = self.hang_up_in("quickbooks.payment", "_settle_one")
        with self.assertRaises(DATABASE_GAVE_UP):
            while True:
                self.advance(run_id)
        self.assertTrue(hung_up)
        self.finish(run_id)
        with self.registry.cursor() as cr:
            rows = self.as_superuser(cr)["quickbooks.payment"]
            row = rows.search([("quickbooks_id", "=", payment["Id"])])
            self.assertNotIn("mistake", row.error or "")
            self.assertEqual(row.state, "done", row.error)

    def forget_payments(self):
        with self.registry.cursor() as cr:
            env = self.as_superuser(cr)
            rows = env["quickbooks.payment"].search(
                [("company_id", "=", self.company_id)]
            )
            env["res.company"].browse(self.company_id).quickbooks_payments_from = False
            payments = rows.payment_id
            rows.unlink()
            payments.action_draft()
            payments.unlink()

    # --- What waited for something to be mended --- #

    @mute_logger("odoo.sql_db")
    def test_what_is_looked_at_again_stays_marked(self):
        with self.registry.cursor() as cr:
            env = self.as_superuser(cr)
            [product] = env["account.move"].browse(self.move_id).line_ids.product_id
            template = product.product_tmpl_id.with_company(self.company_id)
            item, template.quickbooks_item_id = template.quickbooks_item_id, False
        self.press("action_post")
        with self.registry.cursor() as cr:
            env = self.as_superuser(cr)
            self.assertEqual(self.document(env).state, "attention")
            template.with_env(env).with_company(self.company_id).write(
                {"quickbooks_item_id": item.id}
            )
        hung_up = self.hang_up_in("quickbooks.document", "_release_or_tell")
        self.work()
        self.assertTrue(hung_up)
        with self.registry.cursor() as cr:
            document = self.document(self.as_superuser(cr))
            self.assertEqual((document.state, document.recheck), ("attention", True))
        self.work()
        self.assert_once()

    def work(self):
        with self.registry.cursor() as cr:
            self.as_superuser(cr)["quickbooks.document"]._cron_send()

    def assert_once(self):
        with self.registry.cursor() as cr:
            document = self.document(self.as_superuser(cr))
            self.assertEqual((document.state, document.recheck), ("sent", False))
        self.assertEqual(self.simulator.calls("create Invoice"), 1)
