"""What keeps a reconciliation from its end is told, waited for, or handed over."""

import logging
from contextlib import contextmanager
from unittest.mock import patch

import psycopg2.errors
from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..qbo.errors import LimitReachedError
from ..sync_budget import OutOfTimeError, background_budget
from .reconciliation_common import ReconciliationCase

RUN = "odoo.addons.quickbooks_link.models.quickbooks_sliced"


@tagged("post_install", "-at_install")
class TestReconciliationMishaps(ReconciliationCase):
    def cron(self):
        cron = self.env.ref("quickbooks_link.ir_cron_quickbooks_reconciliation")
        with self.own_cursors():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    @contextmanager
    def breaking(self, error):
        model = self.env.registry["quickbooks.reconciliation"]

        def broken(*_arguments):
            raise error

        with patch.object(model, "_step_asking", broken):
            yield

    def work(self, run):
        with self.own_cursors():
            run.sudo()._work(background_budget())
        run.invalidate_recordset()

    def fail(self, run):
        """Work until it fails; return what the row says."""
        with self.assertLogs(RUN, "WARNING"):
            self.work(run)
        self.assertEqual(run.state, "failed")
        return run.error

    def test_who_is_not_logged_in_is_sent_to_do_so(self):
        self.connection._token_of(self.manager).state = "reconnect"
        companies = self.env.registry["res.company"]
        log_in = {"type": "ir.actions.act_url", "url": "/log-in"}
        # It needs a browser's session.
        with patch.object(companies, "action_quickbooks_connect", lambda _self: log_in):
            self.assertEqual(self.run_id.action_start(), log_in)
        self.assertEqual(self.run_id.state, "draft")

    def test_a_company_without_link_is_told_to_connect(self):
        self.connection.realm_id = False
        with self.assertRaisesRegex(UserError, "to QuickBooks first"):
            self.run_id.action_start()

    def test_text_that_looks_like_an_escape_is_compared_as_it_is(self):
        self.add("Invoice", **self.sale(DocNumber=r"A\u0000"))
        numbers = self.reconcile().line_ids.mapped("number")
        self.assertIn(r"A\u0000", numbers)

    def test_throttling_is_waited_for_and_then_it_goes_on(self):
        run = self.begin()
        self.fault("throttle", "batch", times=3, retry_after=45)
        self.work(run)
        self.assertEqual((run.state, run.background, run.pauses), ("queued", True, 1))
        self.assertGreater(run.retry_at, fields.Datetime.now())
        self.cron()
        self.assertEqual(run.state, "queued", "it is not its time yet")
        run.sudo().retry_at = fields.Datetime.now()
        self.simulator.delete("faults")
        self.cron()
        self.assertEqual(run.state, "done", run.error)

    def test_throttling_without_end_is_told(self):
        run = self.begin()
        run.sudo().pauses = 1000
        self.fault("throttle", "batch", times=3, retry_after=45)
        self.assertIn("slow down", self.fail(run))

    def test_that_others_use_up_our_own_limits_is_waited_for_without_end(self):
        run = self.begin()
        with self.breaking(LimitReachedError(asked_wait=3)):
            for _turn in range(12):
                self.work(run)
        self.assertEqual((run.state, run.background, run.pauses), ("queued", True, 0))
        self.work(run)
        self.assertEqual(run.state, "done", run.error)

    def test_a_service_that_is_down_is_told(self):
        run = self.begin()
        self.fault("status", "batch", times=10, status=503)
        self.assertTrue(self.fail(run))

    def test_a_form_that_runs_out_of_time_leaves_the_rest_to_the_scheduler(self):
        run = self.begin()
        with self.breaking(OutOfTimeError()):
            self.work(run)
        self.assertEqual((run.state, run.background), ("queued", True))
        self.cron()
        self.assertEqual(run.state, "done", run.error)

    def test_a_mistake_is_told_and_does_not_stop_the_scheduler(self):
        run = self.begin()
        run.sudo().background = True
        run.flush_recordset()
        with self.breaking(KeyError("a mistake")), self.assertLogs(RUN, "ERROR"):
            self.cron()
        self.assertEqual(run.state, "failed")
        self.assertIn("Nothing was changed", run.error)

    def test_what_the_database_gives_up_is_done_again(self):
        run = self.begin()
        run.sudo().background = True
        run.flush_recordset()
        gone = psycopg2.errors.SerializationFailure("could not serialise")
        with self.breaking(gone), self.assertLogs(RUN, logging.INFO) as log:
            self.cron()
        self.assertIn("goes on", log.output[0])
        self.assertEqual(run.state, "queued")
        self.cron()
        self.assertEqual(run.state, "done", run.error)

    def test_another_company_in_between_is_told_in_words(self):
        run = self.begin()
        run.sudo().realm_id = "4620816365000000000"
        self.assertIn("another QuickBooks company", self.fail(run))
        with self.own_cursors():
            self.assertFalse(run.sudo()._slice(None, None, []), "what is over stays so")


@tagged("post_install", "-at_install")
class TestLongLists(ReconciliationCase):
    """More than a page of 1,000 of everything that has pages."""

    def test_lists_of_several_pages_are_read_to_their_end(self):
        self.simulator.post("seed", {"realm_id": self.realm, "invoices": 1100})
        theirs = self.records("Invoice")
        self.assertGreater(len(theirs), 1100)
        run = self.sync("payments")
        self.assertGreaterEqual(sum(run.line_ids.mapped("fetched")), len(theirs))
        self.run_id.write({"date_from": "2026-11-25", "date_to": "2026-11-26"})
        result = self.reconcile()
        owing = {
            one["Id"]
            for one in theirs.values()
            if one["Balance"] and one["TxnDate"] < "2026-11-25"
        }
        kept = self.env["quickbooks.reconciliation.line"].search(
            [("reconciliation_id", "=", result.id), ("kind", "=", "invoice")]
        )
        told = {line.quickbooks_id for line in kept}
        self.assertGreater(len(owing), 1000)
        self.assertFalse(owing - told, "whatever is open is told, on whichever page")
