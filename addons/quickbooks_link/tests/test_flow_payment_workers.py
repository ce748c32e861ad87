"""Payments that several workers bring at once, in transactions of their own."""

import threading

import requests
from odoo import SUPERUSER_ID, api
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..qbo import exactjson
from .real_common import RealTransactionsCase


@tagged("post_install", "-at_install")
class TestPaymentsInRealTransactions(RealTransactionsCase):
    """However many bring the same payment at once, Odoo books it once."""

    def setUp(self):
        super().setUp()
        self.press("action_post")

    def clean_up(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"quickbooks_following": True})
            rows = env["quickbooks.payment"].search(
                [("company_id", "=", self.company_id)]
            )
            payments = rows.payment_id
            rows.partial_ids.unlink()
            rows.unlink()
            payments.action_draft()
            payments.unlink()
        return super().clean_up()

    def pay(self, amount):
        """Receive a payment of the invoice in QuickBooks."""
        with self.registry.cursor() as cr:
            document = self.document(self.environment(cr))
            self.assertEqual(document.state, "sent", document.error)
            customer = document.partner_id._quickbooks_customer(document.company_id)
            linked = {"TxnId": document.quickbooks_id, "TxnType": "Invoice"}
            body = {
                "CustomerRef": {"value": customer.quickbooks_id},
                "TotalAmt": amount,
                "TxnDate": "2026-11-21",
                "Line": [{"Amount": amount, "LinkedTxn": [linked]}],
            }
        realm_id = self.server.credentials()["realm_id"]
        wish = {"realm_id": realm_id, "body": body}
        made = self.simulator.post("records/Payment", wish)
        path = f"/_sim/records/Payment/{made['Id']}"
        answer = requests.get(f"{self.server.url}{path}", timeout=30)
        return exactjson.loads(answer.content)

    def at_once(self, work, workers=2):
        """Let workers do the same, each in a transaction begun before any is done."""
        start, self.tries, self.failed = threading.Barrier(workers), [], []
        threads = [
            threading.Thread(target=self.worker, args=(work, start))
            for _number in range(workers)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(self.PATIENCE)
            self.assertFalse(thread.is_alive())
        self.assertEqual(self.failed, [])

    def worker(self, work, start):
        """Work; whatever ends it is for the test to see."""
        try:
            self.request(work, start)
        except Exception as error:
            self.failed.append(error)

    def request(self, work, start):
        """Do it as a request of Odoo's: again, where PostgreSQL ends it as too late."""
        with self.registry.cursor() as cr:
            env = self.environment(cr)
            waited = []

            def once():
                self.tries.append(threading.get_ident())
                cr.execute("SELECT 1 FROM quickbooks_payment LIMIT 1")
                if not waited:
                    waited.append(start.wait(self.PATIENCE))
                work(env)
                env.flush_all()

            retrying(once, env)

    def take_in(self, record):
        """Return the work of a sync that has read ``record``."""

        def work(env):
            connection = env["res.company"].browse(self.company_id)
            connection = connection.quickbooks_connection_id
            env["quickbooks.books"]._take_in(connection, {"Payment": [record]}, {})

        return work

    def refresh(self, env):
        env["account.move"].browse(self.move_id).partner_id.action_quickbooks_refresh()

    def assert_paid_once(self, *amounts):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            move = env["account.move"].browse(self.move_id)
            payments = env["account.payment"].search(
                [("partner_id", "=", move.partner_id.id)]
            )
            self.assertEqual(sorted(payments.mapped("amount")), sorted(amounts))
            self.assertLessEqual(set(payments.mapped("state")), {"in_process", "paid"})
            rows = payments.quickbooks_payment_id
            self.assertEqual(len(rows), len(payments))
            self.assertEqual(set(rows.mapped("state")), {"done"})
            self.assertEqual(move.amount_residual, 25 - sum(amounts))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_the_same_payment_is_booked_once(self):
        self.at_once(self.take_in(self.pay(10)))
        self.assert_paid_once(10)
        self.pay(15)
        self.at_once(self.refresh, workers=3)
        self.assert_paid_once(10, 15)
