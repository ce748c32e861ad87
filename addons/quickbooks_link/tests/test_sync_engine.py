import time
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .sync_common import OPEN, SyncCase

RUN_LOGGER = "odoo.addons.quickbooks_link.models.quickbooks_sliced"


class EngineCase(SyncCase):
    def seed(self, customers):
        wish = {"realm_id": self.realm, "customers": customers}
        self.simulator.post("seed", wish)

    def cron(self):
        """Let the scheduler do its work once."""
        job = self.env.ref("quickbooks_link.ir_cron_quickbooks_sync")
        with self.own_cursors():
            job.method_direct_trigger()
        self.env.invalidate_all()

    def staged(self, run):
        """Return how many rows of a run are waiting to be merged."""
        lines = [("line_id", "in", run.line_ids.ids)]
        return self.env["quickbooks.sync.staging"].search_count(lines)

    def names(self):
        return set(self.mirror("customer").mapped("quickbooks_id"))

    def advance(self, run):
        """Call what the dialog calls, once; return what it gets."""
        with self.own_cursors():
            progress = run.advance()
        self.env.invalidate_all()
        return progress


@tagged("post_install", "-at_install")
class TestSyncReading(EngineCase):
    """Pages, and what happens to the list while it is read."""

    def test_a_short_list_takes_one_call(self):
        self.seed(999)
        self.forget_calls()
        self.sync("customers")
        self.assertEqual(self.calls(), {"query Customer": 1})

    def test_a_list_of_exactly_one_page(self):
        self.seed(1000)
        run = self.sync("customers")
        self.assertEqual(run.created, 1000)

    def test_a_long_list_takes_a_call_for_each_page_and_one_to_count(self):
        self.seed(2500)
        self.forget_calls()
        run = self.sync("customers")
        self.assertEqual(self.calls(), {"query Customer": 4})
        self.assertEqual((run.calls, run.line_ids.expected), (4, 2500))

    def test_records_deleted_while_reading_hide_no_other(self):
        """Those behind them move up in QuickBooks' list, over the page's edge."""
        self.seed(2500)
        run = self.start("customers")
        self.assertTrue(self.slice(run))
        removed = list(self.records("Customer"))[10:40]
        for quickbooks_id in removed:
            self.remove("Customer", quickbooks_id)
        self.finish(run)
        self.assertLessEqual(set(self.records("Customer")), self.names())

    def test_records_deleted_while_reading_are_inactive_after_the_next_sync(self):
        self.seed(1200)
        run = self.start("customers")
        self.slice(run)
        removed = next(iter(self.records("Customer")))
        self.remove("Customer", removed)
        self.finish(run)
        self.sync("customers")
        self.assertEqual(self.held("customer", removed).status, "gone")

    def test_records_created_while_reading_are_pulled(self):
        self.seed(1200)
        run = self.start("customers")
        self.slice(run)
        new = self.add("Customer", DisplayName="Just in Time")
        self.finish(run)
        self.assertTrue(self.held("customer", new["Id"]).active)

    def test_only_what_quickbooks_confirms_to_be_gone_is_deactivated(self):
        """A record that a page left out is asked for by its id."""
        self.seed(1500)
        self.sync("customers")
        run = self.start("customers")
        self.slice(run)
        line = run.sudo().line_ids
        skipped = next(iter(self.records("Customer")))
        self.env.cr.execute(
            "DELETE FROM quickbooks_sync_staging"
            " WHERE line_id = %s AND quickbooks_id = %s",
            (line.id, skipped),
        )
        self.assertEqual(self.env.cr.rowcount, 1)
        self.finish(run)
        self.assertTrue(self.held("customer", skipped).active)
        self.assertEqual((run.unchanged, run.deactivated), (1500, 0))

    def test_many_missing_records_are_looked_for_in_several_calls(self):
        self.seed(700)
        self.sync("customers")
        removed = list(self.records("Customer"))[:450]
        for quickbooks_id in removed:
            self.remove("Customer", quickbooks_id)
        run = self.sync("customers")
        self.assertEqual((run.deactivated, run.unchanged), (450, 250))

    def test_nothing_stays_in_the_staging_table(self):
        self.seed(1200)
        self.assertFalse(self.staged(self.sync("customers")))


@tagged("post_install", "-at_install")
class TestSyncFaults(EngineCase):
    """A fault half-way leaves what was there, and the next sync completes."""

    def failed(self, kind="customers"):
        with self.assertLogs(RUN_LOGGER, "WARNING"):
            run = self.finish(self.start(kind))
        self.assertEqual(run.state, "failed")
        return run

    def test_a_fault_half_way_leaves_what_was_there(self):
        self.seed(30)
        self.sync("customers")
        before = self.mirror("customer").read()
        first = self.records("Customer")[self.mirror("customer")[0].quickbooks_id]
        self.change("Customer", first, Notes="Changed")
        self.seed(1500)
        run = self.start("customers")
        self.slice(run)
        self.fault("status", "query Customer", times=99, status=500)
        with self.assertLogs(RUN_LOGGER, "WARNING"):
            self.finish(run)
        self.assertEqual(run.state, "failed")
        self.assertEqual(self.mirror("customer").read(), before)
        self.assertFalse(self.staged(run))

    def test_the_next_sync_completes(self):
        self.seed(1500)
        run = self.start("customers")
        self.slice(run)
        self.fault("status", "query Customer", times=99, status=500)
        with self.assertLogs(RUN_LOGGER, "WARNING"):
            self.finish(run)
        self.simulator.delete("faults")
        self.sync("customers")
        self.assertEqual(self.names(), set(self.records("Customer")))

    def test_a_failure_says_what_happened_and_what_to_do(self):
        self.fault("status", "query Customer", times=99, status=500)
        run = self.failed()
        self.assertIn("Try again", run.error)
        self.assertEqual(run.line_ids.state, "failed")
        self.assertFalse(run.login_required)
        self.assertGreater(run.calls, 1)

    def test_what_was_completed_before_the_fault_stays(self):
        self.seed(5)
        self.fault("status", "query Item", times=99, status=500)
        run = self.failed("full")
        self.assertEqual(len(self.mirror("customer")), 5)
        states = run.line_ids.mapped("state")
        self.assertEqual(states, ["done", "failed", "waiting", "waiting"])
        self.assertFalse(self.connection.full_sync_last_completed)

    def test_a_passing_fault_is_not_noticed(self):
        for kind, settings in (
            ("status", {"status": 503}),
            ("drop", {}),
            ("truncate", {}),
            ("token_expired", {}),
        ):
            with self.subTest(kind):
                self.fault(kind, "query Customer", **settings)
                self.sync("customers")

    def test_a_withdrawn_login_asks_to_connect_again(self):
        self.simulator.post("tokens/revoke", {"realm_id": self.realm})
        run = self.failed()
        self.assertTrue(run.login_required)
        self.assertIn("Connect to QuickBooks", run.error)

    def test_a_lost_access_asks_to_connect_again(self):
        user = self.server.credentials(self.realm)["user"]
        wish = {"user": user, "realm_id": self.realm, "allowed": False}
        self.simulator.post("access", wish)
        self.addCleanup(self.simulator.post, "access", {**wish, "allowed": True})
        self.assertTrue(self.failed().login_required)

    def test_a_mistake_of_the_program_is_marked_and_raised(self):
        self.seed(1)
        self.patch(type(self.env["quickbooks.customer"]), "_quickbooks_values", broken)
        run, raised = self.start("customers"), None
        with self.assertLogs(RUN_LOGGER, "WARNING"):
            try:
                self.finish(run)
            except ZeroDivisionError as error:
                raised = error
        self.env.invalidate_all()
        self.assertTrue(raised)
        self.assertEqual(run.state, "failed")
        self.assertIn("server's log", run.error)

    def test_throttling_pauses_the_sync_and_the_scheduler_goes_on(self):
        self.seed(3)
        self.fault("throttle", "query Customer", times=10)
        run = self.start("customers")
        progress = self.advance(run)
        self.assertEqual((progress["state"] in OPEN, progress["waiting"]), (True, True))
        self.assertGreater(run.retry_at, fields.Datetime.now())
        self.simulator.delete("faults")
        self.cron()
        self.assertIn(run.state, OPEN, "QuickBooks asked to wait")
        run.sudo().retry_at = fields.Datetime.now() - timedelta(seconds=1)
        self.cron()
        self.assertEqual((run.state, run.created), ("done", 3))

    def test_throttling_that_never_ends_fails(self):
        run = self.start("customers")
        run.sudo().write({"background": True, "pauses": 10})
        self.fault("throttle", "query Customer", times=99)
        with self.assertLogs(RUN_LOGGER, "WARNING"):
            self.cron()
        self.assertEqual(run.state, "failed")
        self.assertIn("slow down", run.error)


@tagged("post_install", "-at_install")
class TestSyncWorkers(EngineCase):
    """Who works on a run, for how long, and who goes on with it."""

    def test_a_web_worker_is_never_held_for_more_than_ten_seconds(self):
        self.seed(3)
        self.fault("delay", "query Customer", times=1, seconds=20)
        run = self.start("customers")
        began = time.monotonic()
        progress = self.advance(run)
        self.assertLess(time.monotonic() - began, 10)
        self.assertTrue(progress["background"], "the scheduler goes on")
        self.simulator.delete("faults")
        self.cron()
        self.assertEqual((run.state, run.created), ("done", 3))

    def test_a_slow_login_does_not_hold_a_web_worker_either(self):
        self.seed(3)
        self.simulator.post("tokens/expire", {"kind": "access"})
        self.fault("delay", "oauth token", times=1, seconds=20)
        run = self.start("customers")
        began = time.monotonic()
        progress = self.advance(run)
        self.assertLess(time.monotonic() - began, 10)
        self.assertTrue(progress["background"], "the scheduler goes on")
        self.simulator.delete("faults")
        self.cron()
        self.assertEqual((run.state, run.created), ("done", 3))

    def test_progress_is_shown_while_a_long_list_is_read(self):
        self.seed(2500)
        self.fault("delay", "query Customer", times=2, seconds=1.2)
        run = self.start("customers")
        progress = self.advance(run)
        self.assertEqual(progress["state"], "running")
        [line] = progress["lines"]
        self.assertEqual(line["state"], "reading")
        self.assertEqual((line["fetched"], line["expected"]), (1000, 2500))
        self.assertEqual(line["step"], "Reading from QuickBooks")
        self.finish(run)
        self.assertEqual(run.created, 2500)

    def test_a_page_that_came_slowly_is_kept(self):
        self.seed(1200)
        self.fault("delay", "query Customer", times=1, seconds=3)
        run = self.start("customers")
        progress = self.advance(run)
        self.assertEqual(progress["lines"][0]["fetched"], 1000)
        self.assertFalse(progress["background"])

    def test_slices_that_are_too_long_for_a_dialog_go_to_the_scheduler(self):
        """Tax codes and rates come in one slice, of several calls if need be."""
        lines = type(self.env["quickbooks.sync.line"])
        read = lines._read_uncovered

        def read_twice(self, client):
            read(self, client)
            return read(self, client)

        self.patch(lines, "_read_uncovered", read_twice)
        self.fault("delay", "batch", times=4, seconds=2.5)
        run = self.start("tax_codes")
        self.assertTrue(self.advance(run)["background"])
        self.cron()
        self.assertEqual(run.state, "done")

    def test_a_killed_slice_is_done_again(self):
        self.seed(2500)
        run = self.start("customers")
        self.slice(run)
        self.slice(run)
        before = run.line_ids.read(["position", "fetched"])
        staging = type(self.env["quickbooks.sync.staging"])
        put = staging._put

        def killed(self, line, rows):
            put(self, line, rows)
            raise KeyboardInterrupt

        self.patch(staging, "_put", killed)
        with self.assertRaises(KeyboardInterrupt):
            self.slice(run)
        self.patch(staging, "_put", put)
        self.env.invalidate_all()
        self.assertEqual(run.line_ids.read(["position", "fetched"]), before)
        self.finish(run)
        self.assertEqual((run.state, run.created), ("done", 2500))

    def test_a_run_goes_on_where_it_stopped(self):
        self.seed(2500)
        run = self.start("customers")
        for _page_count_page in range(3):
            self.slice(run)
        self.forget_calls()
        self.finish(run)
        self.assertEqual(self.calls(), {"query Customer": 1})

    def test_the_scheduler_takes_over_when_the_dialog_is_closed(self):
        self.seed(1500)
        run = self.start("customers")
        self.slice(run)
        self.cron()
        self.assertEqual(run.state, "running", "somebody still looks at it")
        with self.own_cursors():
            run.continue_in_background()
        self.env.invalidate_all()
        self.assertTrue(run.background)
        self.cron()
        self.assertEqual((run.state, run.created), ("done", 1500))

    def test_the_scheduler_takes_over_a_run_that_was_left_behind(self):
        self.seed(3)
        run = self.start("customers")
        run.sudo().touched_at = fields.Datetime.now() - timedelta(minutes=2)
        self.cron()
        self.assertEqual(run.state, "done")

    def test_starting_a_sync_wakes_the_scheduler_in_case_the_dialog_is_lost(self):
        job = self.env.ref("quickbooks_link.ir_cron_quickbooks_sync")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])
        triggers.unlink()
        self.start("customers")
        trigger = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])
        self.assertEqual(len(trigger), 1)
        self.assertGreater(trigger.call_at, fields.Datetime.now())

    def test_a_failed_run_does_not_stop_the_scheduler(self):
        other = self.new_company("Other Ltd")
        self.manager.company_ids += other
        self.connect(other, realm_id=self.open_realm("empty"))
        broken, sound = self.start("customers"), self.start("customers", other)
        (broken + sound).sudo().background = True
        match = {"realm_id": self.realm, "label": "query Customer"}
        fault = {"kind": "status", "status": 500, "times": 99, "match": match}
        self.simulator.post("faults", fault)
        self.addCleanup(self.simulator.delete, "faults")
        with self.assertLogs(RUN_LOGGER, "WARNING"):
            self.cron()
        self.assertEqual((broken.state, sound.state), ("failed", "done"))

    def test_try_again_starts_the_same_once_more(self):
        self.seed(3)
        for kind in ("customers", "changes"):
            with self.subTest(kind=kind):
                run = self.start(kind)
                run.sudo()._end_failed("QuickBooks was out of order.")
                action = run.action_try_again()
                again = run.browse(action["params"]["run_id"])
                self.assertNotEqual(again, run)
                self.assertEqual(again.kind, run.kind)
                self.assertEqual(self.finish(again).state, "done")

    def test_a_run_that_has_ended_takes_no_turn(self):
        run = self.start("customers").sudo()
        run._end("stopped")
        self.forget_calls()
        with self.own_cursors():
            run._take_turn()
        self.assertEqual((run.state, self.calls()), ("stopped", {}))

    def test_starting_a_second_sync_shows_the_open_one(self):
        first = self.start("customers")
        second = self.start("full")
        self.assertEqual(first, second)
        self.assertEqual(second.kind, "customers")

    def test_two_open_runs_of_a_company_are_impossible(self):
        runs = self.env["quickbooks.sync.run"].sudo()
        self.start("customers")
        values = runs._prepare(self.company, "items", False)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError) as error,
            self.cr.savepoint(),
        ):
            runs.create(values)
        message = runs._sql_error_to_message(error.exception)
        self.assertIn("already under way", message)

    def test_a_company_that_is_not_connected_says_so(self):
        other = self.new_company("Unlinked Ltd")
        with self.assertRaises(UserError) as error:
            self.env["quickbooks.sync.run"]._start(other, "customers")
        self.assertIn("Connect Unlinked Ltd to QuickBooks", str(error.exception))

    def test_a_finished_run_is_only_shown(self):
        run = self.sync("customers")
        self.forget_calls()
        progress = self.advance(run)
        self.assertEqual((progress["state"], self.calls()), ("done", {}))


def broken(self, record, lookups):
    return 1 / 0
