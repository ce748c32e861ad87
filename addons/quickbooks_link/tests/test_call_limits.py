"""Intuit's limits, kept by all workers together, and its meter."""

import statistics
import threading
import time
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..call_limits import CallLimits
from ..models import quickbooks_governor
from ..models.quickbooks_meter import Meter
from ..qbo.errors import LimitReachedError, QuickBooksError, ThrottledError
from ..qbo.retries import RetryPolicy
from .common import WorkersCase, link
from .schedule_common import ScheduleCase

LIMITS = CallLimits(500, 10, 40)


@tagged("post_install", "-at_install")
class TestLimitsInVirtualTime(ScheduleCase):
    """Many workers that call as often as they may, for minutes of a made-up clock."""

    MINUTES = 4
    WORKERS = 6

    def places(self, batch, minutes=MINUTES):
        """Return when calls were let through while workers ask without a pause."""
        governor, realm = self.env["quickbooks.governor"], f"virtual {batch}"
        free_at = dict.fromkeys(range(self.WORKERS), 1_800_000_000.0)
        end, taken = 1_800_000_000.0 + 60 * minutes, []
        with self.own_cursors():
            while min(free_at.values()) < end:
                worker = min(free_at, key=free_at.get)
                now = free_at[worker]
                wait, got = governor._take_place(realm, LIMITS, batch, 0.5, now)
                free_at[worker] = now + (wait if got else max(wait - 0.25, 0.002))
                if got:
                    taken.append(now + wait)
        return [place - 1_800_000_000.0 for place in sorted(taken)]

    def most_within(self, places, seconds):
        """Return how many there are in the fullest window of ``seconds``."""
        fullest, first = 0, 0
        for number, place in enumerate(places):
            while place - places[first] >= seconds:
                first += 1
            fullest = max(fullest, number - first + 1)
        return fullest

    def test_the_limits_are_kept_to_the_call_and_well_used(self):
        places = self.places(batch=False)
        self.assertLessEqual(self.most_within(places, 60), 500)
        self.assertLessEqual(self.most_within(places, 1), 10)
        later = [place for place in places if 60 <= place < 60 * self.MINUTES]
        self.assertGreaterEqual(len(later), 0.95 * 500 * (self.MINUTES - 1))

    def test_batches_too(self):
        places = self.places(batch=True)
        self.assertLessEqual(self.most_within(places, 60), 40)
        later = [place for place in places if 60 <= place < 60 * self.MINUTES]
        self.assertGreaterEqual(len(later), 0.95 * 40 * (self.MINUTES - 1))

    def test_after_a_quiet_time_ten_calls_need_not_wait(self):
        places = self.places(batch=False, minutes=0.01)
        self.assertEqual(places[:10], [0.0] * 10)

    def test_batches_that_wait_hold_up_nobody_else(self):
        governor, now = self.env["quickbooks.governor"], 1_800_000_000.0
        with self.own_cursors():
            for number in range(40):
                governor._take_place("mixed", LIMITS, True, 60, now + number)
            wait, got = governor._take_place("mixed", LIMITS, True, 0.5, now + 40)
            self.assertFalse(got)
            self.assertAlmostEqual(wait, 20.5, delta=1)
            wait, got = governor._take_place("mixed", LIMITS, False, 0.5, now + 40)
        self.assertEqual((wait, got), (0, True))


@tagged("post_install", "-at_install")
class TestLimitsOfALink(ScheduleCase):
    """What people and the scheduler notice of the limits."""

    call_limits = "500/10/40"

    def setUp(self):
        super().setUp()
        self.choose(self.manager)

    def test_a_429_is_told_to_everybody(self):
        for settings, seconds in (({"retry_after": 45}, 45), ({}, 60)):
            with self.subTest(settings), self.own_cursors():
                self.env.cr.execute("DELETE FROM quickbooks_governor")
                self.fault("throttle", "query Customer", **settings)
                self.assertIsInstance(self.refusal(), ThrottledError)
                self.forget_calls()
                refusal = self.refusal()
                self.assertIsInstance(refusal, LimitReachedError)
                self.assertAlmostEqual(refusal.retry_after, seconds, delta=5)
                self.assertFalse(refusal.sent)
                self.assertEqual(self.calls(), {}, "QuickBooks is left alone")

    def refusal(self):
        """Return why a call can't be made."""
        try:
            with self.connection._client(
                user=self.manager, patience=1, retries=RetryPolicy(attempts=1)
            ) as client:
                client.query("SELECT * FROM Customer")
        except ThrottledError as error:
            return error
        return None

    def test_a_scheduled_sync_comes_back_when_it_may(self):
        self.fault("throttle", "query Customer", retry_after=45)
        [run] = self.scheduled()
        wait = (run.retry_at - fields.Datetime.now()).total_seconds()
        self.assertAlmostEqual(wait, 45, delta=5)

    def test_a_person_is_told_instead_of_kept_waiting(self):
        with self.own_cursors():
            self.env["quickbooks.governor"]._take_place(self.realm, LIMITS, False, 1)
            self.env["quickbooks.governor"]._close_gate(self.realm, 50)
            began = time.monotonic()
            with (
                patch(
                    "odoo.addons.quickbooks_link.models.quickbooks_connection_traffic"
                    ".request",
                    True,
                ),
                self.assertRaises(UserError) as caught,
            ):
                self.as_manager(self.company).action_quickbooks_test()
        self.assertLess(time.monotonic() - began, 2)
        self.assertRegex(str(caught.exception), r"Try again in (4\d|50) seconds")

    def test_a_sync_in_a_dialog_goes_on_in_the_background(self):
        with self.own_cursors():
            self.env["quickbooks.governor"]._take_place(self.realm, LIMITS, False, 1)
            self.env["quickbooks.governor"]._close_gate(self.realm, 30)
        run = self.start("customers")
        with self.own_cursors():
            progress = run.advance()
        self.env.invalidate_all()
        self.assertTrue(progress["waiting"])
        self.assertEqual((run.background, run.pauses, run.calls), (True, 0, 0))


@tagged("post_install", "-at_install")
class TestLimitsInRealTransactions(WorkersCase):
    """Threads with connections of their own, against a QuickBooks that throttles."""

    quickbooks_company = "empty"
    # A company with a smaller limit, so that a test needs no minutes.
    call_limits = "500/10/40"
    WORKERS = 4
    SECONDS = 6

    def setUp(self):
        super().setUp()
        self.simulator.post("switches", {"throttling": "on"})
        self.simulator.delete("stats")
        self.realm = self.server.credentials()["realm_id"]
        with self.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM quickbooks_governor WHERE realm_id = %s", [self.realm]
            )
            env = api.Environment(cr, SUPERUSER_ID, {})
            company, admin = env.ref("base.main_company"), env.ref("base.user_admin")
            keys = {**self.server.credentials()}
            connection = link(company, admin, keys)
            self.connection_id = connection.id
        self.addCleanup(self.clean_up)
        time.sleep(1.2)  # what the log-in has called no longer counts

    def clean_up(self):
        with self.registry.cursor() as cr:
            self.environment(cr).unlink()

    def environment(self, cr):
        env = api.Environment(cr, SUPERUSER_ID, {})
        return env["quickbooks.connection"].browse(self.connection_id)

    def work(self, start, done, failures):
        start.wait(30)
        with self.registry.cursor() as cr:
            connection = self.environment(cr)
            user = connection.env.ref("base.user_admin")
            end = time.monotonic() + self.SECONDS
            try:
                with connection._client(user=user, patience=30) as client:
                    while time.monotonic() < end:
                        client.read("CompanyInfo", client.realm_id)
                        done.append(time.monotonic())
            except QuickBooksError as error:
                failures.append(error)

    def test_several_workers_are_never_throttled_and_lose_no_time(self):
        start, done, failures = threading.Barrier(self.WORKERS), [], []
        workers = [
            threading.Thread(target=self.work, args=(start, done, failures))
            for _number in range(self.WORKERS)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        self.assertEqual(failures, [])
        refused = [
            request
            for request in self.simulator.get("stats")["requests"]
            if request["status"] == 429
        ]
        self.assertEqual(refused, [])
        # 8 a second in the long run, and some at once after a quiet time.
        self.assertGreaterEqual(len(done), 0.95 * 8 * self.SECONDS)

    def place(self):
        with self.registry.cursor() as cr:
            governor = self.environment(cr).env["quickbooks.governor"]
            return governor._take_place(self.realm, LIMITS, False, 1)

    def place_while_the_gate_closes(self):
        """Ask for a place while another worker is about to close the gate."""
        self.place()
        found = []

        def ask():
            try:
                found.append(self.place())
            except LimitReachedError as error:
                found.append(error)

        with self.registry.cursor() as other:
            other.execute(
                "UPDATE quickbooks_governor SET blocked_until ="
                " extract(epoch FROM clock_timestamp())::float8 + 100"
                " WHERE realm_id = %s",
                [self.realm],
            )
            asking = threading.Thread(target=ask)
            asking.start()
            time.sleep(0.3)  # it has its snapshot by then, and waits for the row
            other.commit()
            asking.join(30)
        return found[0]

    def test_what_another_worker_has_just_written_is_seen(self):
        wait, taken = self.place_while_the_gate_closes()
        self.assertFalse(taken)
        self.assertGreater(wait, 90)

    def test_whoever_never_gets_at_the_row_is_told_to_come_back(self):
        with patch.object(quickbooks_governor, "MOST_ATTEMPTS", 1):
            error = self.place_while_the_gate_closes()
        self.assertIsInstance(error, LimitReachedError)
        self.assertEqual(error.retry_after, 1)

    def test_a_row_that_is_held_for_long_is_not_waited_for(self):
        self.place()
        with self.registry.cursor() as other:
            query = "SELECT FROM quickbooks_governor WHERE realm_id = %s FOR UPDATE"
            other.execute(query, [self.realm])
            began = time.monotonic()
            with self.assertRaises(LimitReachedError):
                self.place()
            self.assertLess(time.monotonic() - began, 10)
        self.assertTrue(self.place()[1])

    def test_a_place_costs_less_than_a_millisecond(self):
        limits, seconds = CallLimits(60_000_000, 10_000, 10_000), []
        with self.registry.cursor() as cr:
            governor = self.environment(cr).env["quickbooks.governor"]
            for _number in range(200):
                # The processor's time: what else the machine does is no matter.
                began = time.process_time()
                governor._take_place(self.realm, limits, False, 1)
                seconds.append(time.process_time() - began)
        self.assertLess(statistics.median(seconds), 0.001)


@tagged("post_install", "-at_install")
class TestMeter(ScheduleCase):
    """Metered calls are counted, shown with a forecast, and warned of."""

    def setUp(self):
        super().setUp()
        self.env.cr.execute("DELETE FROM quickbooks_meter")
        self.choose(self.manager)

    def count(self, metered, days_ago=0, realm=None, environment="production"):
        day = fields.Date.today() - timedelta(days=days_ago)
        self.env["quickbooks.meter"].create(
            {
                "realm_id": realm or self.realm,
                "environment": environment,
                "day": day,
                "calls": metered,
                "metered": metered,
            }
        )

    def figures(self):
        self.env.invalidate_all()
        company = self.as_manager(self.company)
        return company.quickbooks_calls_this_month, company.quickbooks_calls_forecast

    def test_what_quickbooks_counts_is_what_we_count(self):
        self.seed(1500)
        self.simulator.delete("stats")
        self.scheduled()
        self.full_syncs_are_done()
        self.scheduled()
        self.assertEqual(self.figures()[0], self.simulator.get("stats")["metered"])

    def test_calls_that_fail_are_not_metered(self):
        self.simulator.delete("stats")
        self.fault("status", "query Customer", times=2, status=503)
        self.scheduled()
        self.assertEqual(self.figures()[0], self.simulator.get("stats")["metered"])
        meter = self.env["quickbooks.meter"].search([("realm_id", "=", self.realm)])
        self.assertEqual(
            sum(meter.mapped("calls")) - 2, self.simulator.get("stats")["metered"]
        )

    def test_a_roll_back_and_a_kill_forget_no_call(self):
        with self.own_cursors():
            meter = Meter(self.connection)
            record = type("Record", (), {"metered": True})
            for _number in range(60):
                meter.after_call(record)
        self.assertEqual(self.figures()[0], 50, "written down while the client lives")

    def test_the_forecast_goes_on_as_the_last_seven_days(self):
        with patch.object(
            fields.Date,
            "today",
            staticmethod(lambda *_: fields.Date.to_date("2026-11-11")),
        ):
            for days_ago in range(1, 8):
                self.count(100, days_ago)
            self.count(40)
            # 4 to 10 and 11 so far; 60 to come today, and 19 days of 100.
            self.assertEqual(self.figures(), (740, 740 + 60 + 1900))

    def test_a_warning_before_the_free_calls_are_used_up(self):
        company = self.as_manager(self.company)
        self.connection.environment = "production"
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("quickbooks_link.free_calls", "1000")
        self.count(100)
        parameters.set_param("quickbooks_link.free_calls", "1000000")
        self.assertFalse(company.quickbooks_calls_warning)
        parameters.set_param("quickbooks_link.free_calls", "1000")
        self.count(750, realm="another company of the app")
        self.env.invalidate_all()
        self.assertIn("850 of 1,000", company.quickbooks_calls_warning)
        self.connection.environment = "sandbox"
        self.env.invalidate_all()
        self.assertFalse(company.quickbooks_calls_warning, "sandboxes are not metered")

    def test_days_that_are_over_become_one_row_and_old_ones_go(self):
        for _time in range(3):
            self.count(10, days_ago=3)
        self.count(10, days_ago=900)
        self.count(5)
        before = self.figures()
        self.env["quickbooks.meter"]._gc_add_up()
        self.assertEqual(self.env["quickbooks.meter"].search_count([]), 2)
        self.assertEqual(self.figures(), before)
