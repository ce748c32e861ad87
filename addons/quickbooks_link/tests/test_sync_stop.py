import threading
from contextlib import suppress
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields
from odoo.tests import tagged

from .common import WorkersCase, link
from .schedule_common import ScheduleCase


@tagged("post_install", "-at_install")
class TestStop(ScheduleCase):
    """A sync can be stopped anywhere; what is complete stays."""

    def stop(self, run):
        with self.own_cursors():
            self.as_manager(run).action_stop()
        self.env.invalidate_all()

    def test_a_stopped_sync_leaves_what_was_there(self):
        self.seed(30)
        self.sync("customers")
        before = self.mirror("customer").read()
        for row in list(self.records("Customer").values())[:5]:
            self.change("Customer", row, Notes="Changed")
        self.seed(1200)
        run = self.start("customers")
        self.slice(run)
        self.forget_calls()
        self.stop(run)
        self.assertEqual((run.state, run.line_ids.state), ("stopped", "stopped"))
        self.assertTrue(run.finished_at)
        self.assertEqual(self.mirror("customer").read(), before)
        staged = [("line_id", "in", run.line_ids.ids)]
        self.assertFalse(self.env["quickbooks.sync.staging"].search_count(staged))
        self.finish(run)
        self.assertEqual(self.calls(), {}, "nobody goes on with it")
        self.sync("customers")
        self.assertEqual(len(self.mirror("customer")), len(self.records("Customer")))

    def test_lists_that_were_complete_stay(self):
        self.seed(3)
        run = self.start("full")
        while run.sudo()._current_line().entity == "customers":
            self.slice(run)
            run.invalidate_recordset()
            run.line_ids.invalidate_recordset()
        self.stop(run)
        states = run.line_ids.mapped("state")
        self.assertEqual(states, ["done", "stopped", "waiting", "waiting"])
        self.assertEqual(len(self.mirror("customer")), len(self.records("Customer")))
        self.assertFalse(self.connection.full_sync_last_completed)

    def test_a_paused_and_a_scheduled_sync_can_be_stopped(self):
        self.fault("throttle", "query Customer", times=99)
        [run] = self.scheduled()
        self.assertTrue(run.retry_at)
        self.stop(run)
        self.assertEqual(run.state, "stopped")
        self.assertFalse(self.connection.last_error or self.connection.last_success)
        self.simulator.delete("faults")
        self.assertEqual(self.scheduled().state, "done", "the next comes as ever")

    def test_a_finished_sync_stays_as_it_is(self):
        run = self.sync("customers")
        self.stop(run)
        self.assertEqual(run.state, "done")


@tagged("post_install", "-at_install")
class TestProgress(ScheduleCase):
    """Records of records, the current step, the time left: for whoever looks."""

    def look(self, run):
        with self.own_cursors():
            return self.as_manager(run).read_progress()[run.id]

    def test_it_is_told_without_doing_anything(self):
        self.seed(2500)
        [run] = self.env["quickbooks.sync.run"]._queue(self.connection, "full")
        run.user_id = self.manager
        self.forget_calls()
        seen = self.look(run)
        self.assertEqual((seen["percent"], seen["seconds_left"]), (0, None))
        self.assertEqual(self.calls(), {})
        self.slice(run)
        self.slice(run)
        self.env.invalidate_all()
        run.started_at = fields.Datetime.now() - timedelta(seconds=60)
        seen = self.look(run)
        line = seen["lines"][0]
        self.assertEqual((line["fetched"], line["expected"]), (1000, 2500))
        self.assertEqual(line["step"], "Reading from QuickBooks")
        self.assertAlmostEqual(seen["percent"], 40, delta=1)
        self.assertAlmostEqual(seen["seconds_left"], 90, delta=5)
        self.assertTrue(seen["scheduled"])

    def test_what_is_known_is_expected_until_quickbooks_tells(self):
        self.seed(50)
        self.sync("customers")
        run = self.start("customers")
        self.assertEqual(run.line_ids.estimate, 50)
        self.assertEqual(self.finish(run).progress, 100)

    def test_the_company_tab_shows_what_is_under_way(self):
        company = self.as_manager(self.company)
        self.assertFalse(company.quickbooks_open_run_id)
        [run] = self.env["quickbooks.sync.run"]._queue(self.connection, "full")
        self.env.invalidate_all()
        self.assertEqual(company.quickbooks_open_run_id, run)
        action = company.action_quickbooks_show_run()
        self.assertEqual(action["params"]["run_id"], run.id)


@tagged("post_install", "-at_install")
class TestOldRuns(ScheduleCase):
    """Old runs are deleted after a set number of days."""

    def test_all_but_the_last_good_one_and_what_is_open(self):
        runs = [self.sync("customers") for _time in range(3)]
        runs.append(self.start("customers"))
        days = timedelta(days=31)
        for run in runs:
            run.sudo().finished_at = fields.Datetime.now() - days
        model = self.env["quickbooks.sync.run"]
        model._gc_old_runs()
        self.assertEqual(len(model.browse([run.id for run in runs]).exists()), 4)
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("quickbooks_link.keep_days", "30")
        self.assertEqual(model._gc_old_runs(), (2, False))
        left = model.browse([run.id for run in runs]).exists()
        self.assertEqual(set(left.ids), {runs[3].id, runs[2].id})
        lines = self.env["quickbooks.sync.line"].search([("run_id", "in", left.ids)])
        self.assertEqual(len(lines), 2)


@tagged("post_install", "-at_install")
class TestWorkersInRealTransactions(WorkersCase):
    """Workers with connections of their own, that share nothing but the database."""

    quickbooks_company = "empty"
    PATIENCE = 60

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Three pages
        cls.simulator.post("seed", {"customers": 2200})

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            company, admin = env.ref("base.main_company"), env.ref("base.user_admin")
            connection = link(company, admin, self.server.credentials())
            self.connection_id = connection.id
            run = env["quickbooks.sync.run"]._queue(connection, "full")
            self.run_id = run.id
        self.addCleanup(self.clean_up)
        self.simulator.delete("stats")

    def clean_up(self):
        self.simulator.delete("faults")
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            company = [("company_id", "=", env.ref("base.main_company").id)]
            env["quickbooks.connection"].browse(self.connection_id).unlink()
            for name in ("customer", "item", "tax.code"):
                mirror = env[f"quickbooks.{name}"].with_context(active_test=False)
                mirror.search(company).unlink()
            env["ir.cron.trigger"].search([]).unlink()

    def in_job(self, work):
        """Do ``work`` with the run, as one scheduled action of a worker does."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            return work(env["quickbooks.sync.run"].browse(self.run_id))

    def delay(self, label, seconds, times=1):
        match = {"label": label}
        order = {"kind": "delay", "times": times, "seconds": seconds, "match": match}
        self.simulator.post("faults", order)

    def side_by_side(self, *works):
        threads = [threading.Thread(target=self.in_job, args=[one]) for one in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(self.PATIENCE)

    def test_two_workers_never_take_the_same_run(self):
        self.delay("query Customer", 0.5, times=9)
        turns, start = [], threading.Barrier(2)

        def take(run):
            start.wait(self.PATIENCE)
            turns.append(run._take_turn())

        self.side_by_side(take, take)
        self.assertEqual(sorted(turns), [False, True])
        pages = self.simulator.calls("query Customer")
        self.assertLessEqual(pages, 4, "no page was read twice")

    def test_two_jobs_finish_it_together_and_once(self):
        self.side_by_side(
            lambda run: run.browse()._cron_work(), lambda run: run.browse()._cron_work()
        )
        while self.in_job(lambda run: run.state == "running"):
            self.in_job(lambda run: run.browse()._cron_work())
        self.assertEqual(self.in_job(lambda run: run.state), "done")
        self.assertEqual(self.simulator.calls("query Customer"), 4)
        held = self.in_job(lambda run: run.line_ids[0].created)
        there = self.simulator.get("records/Customer?start=2001")["records"]
        self.assertEqual(held, 2000 + len(there))

    def test_a_worker_that_is_killed_half_way_leaves_a_run_that_goes_on(self):
        model = self.registry["quickbooks.sync.staging"]
        put, pages = model._put, []

        def killed(staging, line, rows):
            pages.append(line.position)
            result = put(staging, line, rows)
            if len(pages) == 2:
                raise SystemExit
            return result

        model._put = killed
        try:
            with suppress(SystemExit):
                self.in_job(lambda run: run._take_turn())
        finally:
            model._put = put
        self.assertEqual(self.in_job(lambda run: run.crashes), 0, "it had got on")
        self.assertEqual(self.in_job(lambda run: run.line_ids[0].fetched), 1000)
        while self.in_job(lambda run: run.state == "running"):
            self.in_job(lambda run: run._take_turn())
        self.assertEqual(self.in_job(lambda run: run.state), "done")
        # Only the page that was under way was read a second time.
        self.assertEqual(self.simulator.calls("query Customer"), 5)

    def test_a_person_stops_what_a_worker_is_at(self):
        self.delay("query Customer", 2)
        at_work = threading.Event()
        model = self.registry["quickbooks.sync.run"]
        slice_, stopped = model._slice, []

        def slow(run, *arguments):
            at_work.set()
            return slice_(run, *arguments)

        def stop(run):
            at_work.wait(self.PATIENCE)
            admin = run.env.ref("base.user_admin")
            company = run.company_id
            seen = run.with_user(admin).with_context(allowed_company_ids=company.ids)
            seen.action_stop()
            stopped.append(run.state)

        model._slice = slow
        try:
            self.side_by_side(lambda run: run._take_turn(), stop)
        finally:
            model._slice = slice_
        self.assertEqual(stopped, ["queued"], "the worker was at it")
        self.assertEqual(self.in_job(lambda run: run.state), "stopped")
        self.assertEqual(self.simulator.calls("query Customer"), 1)
