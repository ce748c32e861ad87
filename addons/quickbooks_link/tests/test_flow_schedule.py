from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .guide import guide
from .schedule_common import (
    HELEN,
    RUN_LOGGER,
    SCHEDULE_LOGGER,
    SCHEDULED,
    TOM,
    ScheduleCase,
)
from .sync_common import OPEN


@tagged("post_install", "-at_install")
class TestGuide8Users(ScheduleCase):
    """The guide, sections 3 and 8: as whom the scheduler logs in."""

    @guide("3.1", "3.4", "3.6", "4.14", "8.2", "8.4")
    def test_the_first_user_of_the_list_runs_a_full_sync(self):
        self.seed(3)
        self.choose(self.deputy, self.manager)
        [run] = self.scheduled()
        self.assertEqual((run.state, run.kind, run.created > 3), ("done", "full", True))
        self.assertEqual(run.user_id, self.deputy)
        self.assertEqual(
            run.line_ids.mapped("entity")[:3], ["customers", "items", "tax_codes"]
        )
        self.assertEqual(self.connection.last_success, run.finished_at)
        self.assertEqual(self.connection.last_success_user_id, self.deputy)

    def test_without_a_list_whoever_connected(self):
        [run] = self.scheduled()
        self.assertEqual((run.state, run.user_id), ("done", self.manager))

    @guide("3.5", "3.8", "8.3")
    def test_the_first_user_fails_and_the_second_succeeds(self):
        self.choose(self.manager, self.deputy)
        for withdraw in (self.withdraw, self.remove_access, self.expire):
            with self.subTest(withdraw.__name__):
                self.log_in(self.manager, HELEN)
                withdraw(HELEN)
                [run] = self.scheduled()
                self.assertEqual((run.state, run.user_id), ("done", self.deputy))
                self.assertIn(self.manager.name, run.user_notes)
                state, problem = self.state_in_list(self.manager)
                self.assertEqual(state, "reconnect")
                self.assertIn("Connect to QuickBooks", problem)
                self.assertEqual(self.state_in_list(self.deputy), ("active", ""))
                self.set_access(HELEN, allowed=True)

    def remove_access(self, person):
        self.set_access(person, allowed=False)

    def expire(self, person):
        wish = {"user": person, "realm_id": self.realm, "kind": "all"}
        self.simulator.post("tokens/expire", wish)

    @guide("3.8")
    def test_a_user_who_may_no_longer_is_passed_over(self):
        self.choose(self.manager, self.deputy)
        other = self.new_company("Elsewhere Ltd")
        group = self.env.ref("base.group_erp_manager")
        for change, back, words in (
            ({"active": False}, {"active": True}, "archived"),
            (
                {"group_ids": [(3, group.id)]},
                {"group_ids": [(4, group.id)]},
                "no longer an ERP manager",
            ),
            (
                {"company_id": other.id, "company_ids": [(6, 0, other.ids)]},
                {"company_id": self.company.id, "company_ids": [(4, self.company.id)]},
                "no access to",
            ),
        ):
            with self.subTest(words):
                self.manager.write(change)
                [run] = self.scheduled()
                self.assertEqual((run.state, run.user_id), ("done", self.deputy))
                self.assertIn(words, run.user_notes)
                self.manager.write(back)
                self.assertEqual(self.scheduled().user_id, self.manager)

    @guide("3.7", "8.5")
    def test_when_all_fail_an_error_names_each_user_and_reason(self):
        self.choose(self.manager, self.deputy)
        self.withdraw(HELEN)
        self.deputy.active = False
        with self.assertLogs(SCHEDULE_LOGGER, "ERROR") as logs:
            [run] = self.scheduled()
        [line] = logs.output
        for words in (self.manager.name, "log in again", self.deputy.name, "archived"):
            self.assertIn(words.lower(), line.lower())
            self.assertIn(words.lower(), run.error.lower())
        self.assertEqual((run.state, run.login_required), ("failed", True))
        self.assertEqual(self.connection.last_error, run.error)
        self.assertEqual(self.connection.failing_since, run.finished_at)

    def test_failing_since_stays_until_a_success(self):
        self.withdraw(HELEN)
        self.withdraw(TOM)
        with self.assertLogs(SCHEDULE_LOGGER, "ERROR"):
            self.scheduled()
        since = fields.Datetime.now() - timedelta(hours=5)
        self.connection.failing_since = since
        self.forget_calls()
        with self.assertLogs(SCHEDULE_LOGGER, "ERROR"):
            self.scheduled()
        self.assertEqual(self.connection.failing_since, since)
        self.assertEqual(self.calls(), {}, "nobody is tried in vain again")
        self.log_in(self.deputy, TOM)
        [run] = self.scheduled()
        self.assertEqual((run.state, run.user_id), ("done", self.deputy))
        self.assertFalse(self.connection.failing_since or self.connection.last_error)

    def test_who_reconnects_is_tried_again_in_the_order_of_the_list(self):
        self.choose(self.manager, self.deputy)
        self.withdraw(HELEN)
        self.assertEqual(self.scheduled().user_id, self.deputy)
        self.assertEqual(self.scheduled().user_id, self.deputy)
        self.log_in(self.manager, HELEN)
        self.assertEqual(self.state_in_list(self.manager), ("active", ""))
        self.assertEqual(self.scheduled().user_id, self.manager)

    def test_a_run_that_loses_its_user_goes_on_with_the_next(self):
        self.seed(2500)
        self.choose(self.manager, self.deputy)
        run = self.env["quickbooks.sync.run"]._queue(self.connection, "full")
        run.user_id = self.manager
        self.assertTrue(self.slice(run))
        self.withdraw(HELEN)
        self.forget_calls()
        self.work()
        self.assertEqual((run.state, run.user_id), ("done", self.deputy))
        self.assertEqual(len(self.mirror("customer")), len(self.records("Customer")))
        # One that is refused, one that counts, two more pages.
        self.assertEqual(self.calls()["query Customer"], 4, "it began where it was")

    def test_a_token_that_rotates_in_the_middle_is_not_noticed(self):
        self.seed(1500)
        self.choose(self.manager)
        run = self.env["quickbooks.sync.run"]._queue(self.connection, "full")
        run.user_id = self.manager
        self.slice(run)
        self.simulator.post("clock", {"advance": 26 * 3600})
        self.addCleanup(self.simulator.post, "clock", {"advance": -26 * 3600})
        self.work()
        self.assertEqual((run.state, run.user_id), ("done", self.manager))
        self.assertFalse(run.user_notes)


@tagged("post_install", "-at_install")
class TestGuide8Scheduler(ScheduleCase):
    """The guide, section 8: every connected company, whatever happens to one."""

    def other_company(self):
        other = self.new_company("Other Ltd")
        self.manager.company_ids += other
        realm = self.open_realm("empty")
        return other, self.log_in(self.manager, HELEN, other, realm), realm

    @guide("8.6")
    def test_it_is_adjusted_in_the_scheduled_actions(self):
        job = self.env.ref(SCHEDULED)
        self.assertEqual(job.name, "QuickBooks: scheduled sync")
        self.assertTrue(job.active)
        self.assertEqual((job.interval_number, job.interval_type), (1, "hours"))
        self.assertEqual(self.connection.next_run, job.nextcall)
        company = self.as_manager(self.company)
        self.assertEqual(company.quickbooks_next_run, job.nextcall)
        job.active = False
        self.env.invalidate_all()
        self.assertFalse(self.connection.next_run)

    @guide("8.1")
    def test_every_connected_company_and_no_other(self):
        other, _connection, _realm = self.other_company()
        unlinked = self.new_company("Unlinked Ltd")
        left = self.new_company("Left Ltd")
        self.manager.company_ids += left
        realm = self.open_realm("empty")
        self.log_in(self.manager, HELEN, left, realm)._disconnect()
        runs = self.scheduled()
        self.assertEqual(runs.company_id, self.company + other)
        self.assertEqual(set(runs.mapped("state")), {"done"})
        self.assertNotIn(unlinked, runs.company_id)

    def test_one_companys_failure_does_not_stop_another(self):
        other, connection, realm = self.other_company()
        self.withdraw(HELEN)
        self.withdraw(TOM)
        with self.assertLogs(SCHEDULE_LOGGER, "ERROR"):
            runs = self.scheduled()
        states = {run.company_id: run.state for run in runs}
        self.assertEqual(states, {self.company: "failed", other: "done"})
        self.assertTrue(connection.last_success)
        theirs = self.records("Customer", realm)
        self.assertEqual(len(self.mirror("customer", other)), len(theirs))

    def test_a_mistake_of_the_program_in_one_company_does_not_either(self):
        other, connection, _realm = self.other_company()
        model = type(connection)
        queue = model._queue_scheduled

        def broken(self):
            if self.company_id == other:
                raise ZeroDivisionError
            return queue(self)

        with (
            patch.object(model, "_queue_scheduled", broken),
            self.assertLogs(SCHEDULE_LOGGER, "ERROR"),
        ):
            runs = self.scheduled()
        self.assertEqual((runs.company_id, runs.state), (self.company, "done"))
        job = self.env.ref(SCHEDULED)
        self.assertEqual((job.failure_count, job.active), (0, True))

    def test_a_sync_that_is_open_is_not_begun_again(self):
        self.start("customers")
        self.assertFalse(self.scheduled())

    def test_a_turn_whose_worker_was_killed_begins_nothing_twice(self):
        job = self.env.ref(SCHEDULED)
        job.nextcall = fields.Datetime.now() - timedelta(minutes=3)
        [run] = self.connection._queue_scheduled()
        self.assertFalse(self.connection._queue_scheduled(), "it is open")
        run._end("done")
        self.assertFalse(self.connection._queue_scheduled(), "it was of this turn")
        job.nextcall = fields.Datetime.now() + timedelta(minutes=57)
        self.assertTrue(self.connection._queue_scheduled(), "Run Manually")

    def test_a_network_failure_is_tried_again_some_minutes_later(self):
        self.fault("status", "query Customer", times=99, status=503)
        [run] = self.scheduled()
        self.assertIn(run.state, OPEN)
        for minutes in (1, 5, 15):
            wait = run.retry_at - fields.Datetime.now()
            self.assertAlmostEqual(wait.total_seconds(), 60 * minutes, delta=30)
            run.retry_at = fields.Datetime.now() - timedelta(seconds=1)
            if minutes == 15:
                with self.assertLogs(RUN_LOGGER, "WARNING"):
                    self.work()
            else:
                self.work()
        self.assertEqual(run.state, "failed")
        self.assertEqual(self.connection.last_error, run.error)
        self.simulator.delete("faults")
        self.assertEqual(self.scheduled().state, "done")

    def test_a_run_that_kills_its_workers_is_given_up(self):
        run = self.env["quickbooks.sync.run"]._queue(self.connection, "full")
        model = type(run)

        def killed(self, budget):
            raise KeyboardInterrupt

        for _time in range(3):
            with (
                patch.object(model, "_work", killed),
                self.own_cursors(),
                suppress(KeyboardInterrupt),
            ):
                run._take_turn()
        self.env.invalidate_all()
        self.assertEqual(run.crashes, 3)
        self.work()
        self.assertEqual(run.state, "failed")
        self.assertIn("server was stopped", run.error)
        self.assertEqual(self.scheduled().state, "done", "the next one is tried")

    def test_a_long_sync_takes_turns_and_helpers_are_woken(self):
        self.other_company()
        helpers = self.env["quickbooks.sync.run"]._helpers()
        self.assertEqual(len(helpers), 2)
        triggers = self.env["ir.cron.trigger"]
        triggers.search([]).unlink()
        self.scheduled()
        woken = triggers.search([("cron_id", "in", helpers.ids)]).cron_id
        self.assertEqual(len(woken), 1, "one more company, one more worker")

    def test_out_of_time_it_comes_back_at_once(self):
        cron = self.env.registry["ir.cron"]
        triggers = self.env["ir.cron.trigger"]
        triggers.search([]).unlink()
        with patch.object(cron, "_commit_progress", return_value=0):
            [run] = self.scheduled()
        self.assertEqual(run.state, "queued")
        woken = triggers.search([("call_at", "<=", fields.Datetime.now())])
        job = self.env.ref("quickbooks_link.ir_cron_quickbooks_sync")
        self.assertIn(job, woken.cron_id)
        self.work()
        self.assertEqual(run.state, "done")

    def test_sync_now_in_the_very_moment_is_not_begun_twice(self):
        run = self.start("customers")
        model = self.env.registry["quickbooks.sync.run"]
        with (
            patch.object(model, "search_count", return_value=0),
            mute_logger("odoo.sql_db"),
        ):
            queued = self.env["quickbooks.sync.run"]._queue(self.connection, "full")
        self.assertFalse(queued)
        self.assertEqual(self.finish(run).state, "done")

    def test_who_may_no_longer_in_the_middle_is_replaced(self):
        self.choose(self.manager, self.deputy)
        run = self.env["quickbooks.sync.run"]._queue(self.connection, "full")
        run.user_id = self.manager
        self.manager.group_ids -= self.env.ref("base.group_erp_manager")
        self.work()
        self.assertEqual((run.state, run.user_id), ("done", self.deputy), run.error)
