from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from .guide import guide
from .schedule_common import HELEN, ScheduleCase
from .sync_common import OPEN

PATIENCE = timedelta(seconds=30)


class ChangesCase(ScheduleCase):
    """A company whose full sync is done."""

    def setUp(self):
        super().setUp()
        seed = {"realm_id": self.realm, "customers": 20, "items": 5}
        self.simulator.post("seed", seed)
        self.choose(self.manager)
        self.sync("full")
        self.connection.invalidate_recordset()
        self.forget_calls()

    def changes(self):
        """Let the scheduler look for changes; return the run."""
        [run] = self.scheduled()
        # On a busy machine the work may take more than one turn.
        for _turn in range(5):
            if run.state in OPEN:
                self.work()
        self.assertEqual((run.state, run.error), ("done", False))
        return run

    def part(self, run, entity):
        return run.line_ids.filtered(lambda line: line.entity == entity)

    def versions(self, table):
        """Return where each row lies: a row that is written or locked changes."""
        self.env.flush_all()
        query = SQL(
            "SELECT id, ctid, xmin, xmax FROM %s WHERE company_id = %s ORDER BY id",
            SQL.identifier(table),
            self.company.id,
        )
        return self.env.execute_query(query)

    def a_customer(self, number=0):
        return list(self.records("Customer").values())[number]


@tagged("post_install", "-at_install")
class TestChanges(ChangesCase):
    """Between full syncs, only what changed: in one call."""

    def test_one_metered_call_when_nothing_changed(self):
        tables = ("quickbooks_customer", "quickbooks_item", "quickbooks_tax_code")
        # What is told twice, as the questions overlap, is not written again.
        before = {table: self.versions(table) for table in tables}
        run = self.changes()
        self.assertEqual((run.kind, run.calls), ("changes", 1))
        self.assertEqual(self.calls(), {"cdc": 1})
        self.assertEqual(self.simulator.get("stats")["metered"], 1)
        self.assertEqual({table: self.versions(table) for table in tables}, before)
        self.assertEqual((run.created, run.updated), (0, 0))

    @guide("4.2")
    def test_what_the_scheduler_reads_counts_for_last_completed(self):
        lists = ("customers", "items", "payments", "tax_codes", "full_sync")
        long_ago = fields.Datetime.now() - timedelta(hours=5)
        self.connection.write({f"{name}_last_completed": long_ago for name in lists})
        self.connection.changes_until = long_ago
        partner = self.env["res.partner"].create({"name": "Ainsty Landscapes Ltd"})
        customer = self.held("customer", self.a_customer()["Id"])
        customer.with_company(self.company)._link_to(partner)
        self.changes()
        company = self.as_manager(self.company)
        recent = long_ago + timedelta(hours=4)
        for name in lists:
            shown = company[f"quickbooks_{name}_last_completed"]
            with self.subTest(name):
                told = name in lists[:3]
                self.assertEqual(shown > recent, told, "QuickBooks tells of them")
        seen = partner.with_user(self.manager).with_company(self.company)
        self.assertGreater(seen.quickbooks_balance_at, recent)

    def test_what_changed_is_merged_and_nothing_else_is_touched(self):
        changed, dropped = self.a_customer(0), self.a_customer(1)
        untouched = self.held("customer", self.a_customer(2)["Id"])
        self.change("Customer", changed, Notes="Pays late")
        self.change("Customer", dropped, Active=False)
        new = self.add("Customer", DisplayName="Wharf Cottage")
        item = next(iter(self.records("Item").values()))
        self.change("Item", item, Description="Per hour")
        run = self.changes()
        self.assertEqual(self.calls(), {"cdc": 1})
        self.assertEqual(self.held("customer", changed["Id"]).notes, "Pays late")
        self.assertEqual(self.held("customer", dropped["Id"]).status, "inactive")
        self.assertTrue(self.held("customer", new["Id"]).active)
        self.assertEqual(self.held("item", item["Id"]).description, "Per hour")
        self.assertTrue(untouched.active, "what is not told of is not deactivated")
        customers = self.part(run, "customers")
        counts = (customers.created, customers.updated, customers.deactivated)
        self.assertEqual((customers.partial, counts), (True, (1, 1, 1)))
        self.assertEqual(self.part(run, "items").updated, 1)

    def test_a_parent_that_is_told_of_later_than_its_sub_customer(self):
        """The sub-customers are not told of again: they are found by their parent."""
        parent, child, other = (self.a_customer(number) for number in range(3))
        for one in (child, other):
            self.change("Customer", one, Job=True, ParentRef={"value": parent["Id"]})
        self.changes()
        children = self.held("customer", child["Id"])
        children += self.held("customer", other["Id"])
        self.env.cr.execute(
            SQL(
                "DELETE FROM quickbooks_customer WHERE quickbooks_id = %s", parent["Id"]
            )
        )
        self.env.invalidate_all()
        self.assertFalse(children.parent_id)
        self.later(hours=1)
        self.change("Customer", parent, Notes="Pays late")
        self.changes()
        held = self.held("customer", parent["Id"])
        self.assertEqual(held.child_ids.sorted("id"), children.sorted("id"))

    def test_a_customer_that_is_gone_for_good(self):
        gone = self.a_customer()["Id"]
        self.remove("Customer", gone)
        run = self.changes()
        self.assertEqual(self.held("customer", gone).status, "gone")
        self.assertEqual(run.deactivated, 1)

    def test_a_balance_that_moved_without_a_sign_of_it(self):
        """QuickBooks may keep the customer's time stamp when it is billed."""
        self.simulator.post("switches", {"balance_touches_customer": "no"})
        self.addCleanup(
            self.simulator.post, "switches", {"balance_touches_customer": "time"}
        )
        customer = self.a_customer()
        self.later(hours=1)
        self.sync("full")
        self.forget_calls()
        self.simulator.post("seed", {"realm_id": self.realm, "items": 1, "invoices": 3})
        self.changes()
        theirs = self.records("Customer")
        for row in self.mirror("customer"):
            self.assertEqual(
                str(row.balance), str(float(theirs[row.quickbooks_id]["Balance"]))
            )
        self.assertTrue(any(float(row["Balance"]) for row in theirs.values()))
        self.assertTrue(customer)

    def later(self, **time):
        """Let time pass in QuickBooks; Odoo's clock runs behind."""
        seconds = timedelta(**time).total_seconds()
        self.simulator.post("clock", {"advance": seconds})
        self.addCleanup(self.simulator.post, "clock", {"advance": -seconds})

    def test_tax_codes_and_preferences_come_in_one_call_and_only_when_due(self):
        preferences = {"AccountingInfoPrefs": {"BookCloseDate": "2026-03-31"}}
        self.change("Preferences", {"Id": "1"}, **preferences)
        self.changes()
        self.assertFalse(self.connection.book_close_date)
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self.connection.tax_codes_last_completed = yesterday
        self.forget_calls()
        run = self.changes()
        self.assertEqual(self.calls(), {"cdc": 1, "batch": 1})
        self.assertEqual(str(self.connection.book_close_date), "2026-03-31")
        self.assertGreater(self.connection.tax_codes_last_completed, yesterday)
        self.assertGreater(self.part(run, "tax_codes").unchanged, 0)

    def test_a_full_sync_reads_the_preferences_in_the_same_call(self):
        self.change(
            "Preferences", {"Id": "1"}, SalesFormsPrefs={"CustomTxnNumbers": True}
        )
        self.sync("full")
        self.assertEqual(self.calls()["batch"], 1)
        self.assertTrue(self.connection.custom_transaction_numbers)


@tagged("post_install", "-at_install")
class TestChangesMark(ChangesCase):
    """The mark only moves when everything up to it is stored, on QuickBooks' clock."""

    def test_it_is_quickbooks_clock_whatever_ours_says(self):
        for shift in (timedelta(hours=-7), timedelta(hours=9)):
            with self.subTest(shift):
                # Ours is wrong by hours; QuickBooks' is right.
                with self.odoo_clock(shift):
                    self.sync("full")
                mark = self.connection.changes_until
                self.assertAlmostEqual(mark, fields.Datetime.now(), delta=PATIENCE)
                self.connection.full_sync_last_completed = fields.Datetime.now()
                customer = self.a_customer()
                self.change("Customer", customer, Notes=f"Seen {shift}")
                self.changes()
                held = self.held("customer", customer["Id"])
                self.assertEqual(held.notes, f"Seen {shift}")

    def test_a_full_sync_marks_when_it_began_not_when_it_ended(self):
        self.seed(1500)
        run = self.start("full")
        self.slice(run)
        before = fields.Datetime.now()
        read = list(self.records("Customer").values())[3]
        self.change("Customer", read, Notes="Changed behind the reader's back")
        self.simulator.post("clock", {"advance": 3600})
        self.addCleanup(self.simulator.post, "clock", {"advance": -3600})
        self.finish(run)
        self.assertLessEqual(self.connection.changes_until, before)
        self.assertFalse(self.held("customer", read["Id"]).notes)
        self.changes()
        held = self.held("customer", read["Id"])
        self.assertEqual(held.notes, "Changed behind the reader's back")

    def test_a_fault_while_storing_moves_nothing(self):
        mark = self.connection.changes_until
        customer = self.a_customer()
        self.change("Customer", customer, Notes="To be kept")
        model = type(self.env["quickbooks.item"])

        def broken(self, line):
            raise ZeroDivisionError

        item = next(iter(self.records("Item").values()))
        self.change("Item", item, Description="Breaks")
        with (
            patch.object(model, "_quickbooks_merge", broken),
            self.assertLogs(level="WARNING"),
        ):
            [run] = self.scheduled()
        self.assertEqual(run.state, "failed")
        self.assertEqual(self.connection.changes_until, mark)
        self.assertFalse(self.held("customer", customer["Id"]).notes)
        self.changes()
        self.assertEqual(self.held("customer", customer["Id"]).notes, "To be kept")
        self.assertGreaterEqual(self.connection.changes_until, mark)

    def test_the_overlap_tells_what_came_late(self):
        """A change that is dated a bit before the mark, but was not told then."""
        customer = self.a_customer()
        late = {"advance": -120}
        self.simulator.post("clock", late)
        self.change("Customer", customer, Notes="Came late")
        self.simulator.post("clock", {"advance": 120})
        self.changes()
        self.assertEqual(self.held("customer", customer["Id"]).notes, "Came late")

    def test_lists_that_are_synced_alone_don_t_move_it(self):
        mark = self.connection.changes_until
        self.sync("customers")
        self.assertEqual(self.connection.changes_until, mark)


@tagged("post_install", "-at_install")
class TestChangesFallBack(ChangesCase):
    """A full list after 30 days, at the 1,000-object cap, at the interval, if asked."""

    def test_after_thirty_days(self):
        ago = fields.Datetime.now() - timedelta(days=31)
        self.connection.write({"changes_until": ago, "payments_watermark": ago})
        self.company.quickbooks_full_sync_hours = 24 * 365
        run = self.changes()
        self.assertEqual(run.kind, "full")
        self.assertNotIn("cdc", self.calls())

    def test_when_quickbooks_own_clock_says_so(self):
        mark = fields.Datetime.now() - timedelta(days=28, hours=23)
        self.connection.changes_until = mark
        self.simulator.post("clock", {"advance": 2 * 86400})
        self.addCleanup(self.simulator.post, "clock", {"advance": -2 * 86400})
        for code in ("500", "4001", "2070", "6000"):
            with self.subTest(code):
                self.connection.changes_until = mark
                self.simulator.post("switches", {"cdc_too_old_code": code})
                self.full_syncs_are_done_but_for_the_mark()
                run = self.changes()
                self.assertEqual(run.kind, "full")
                self.assertIn("no longer tells", run.note)
        self.simulator.post("switches", {"cdc_too_old_code": "500"})

    def full_syncs_are_done_but_for_the_mark(self):
        now = fields.Datetime.now()
        self.connection.full_sync_last_completed = now
        self.connection.tax_codes_last_completed = now

    def test_at_the_cap(self):
        self.seed(1100)
        run = self.changes()
        self.assertEqual(run.kind, "full")
        self.assertIn("more changes", run.note)
        self.assertEqual(
            run.line_ids.mapped("entity")[:3], ["customers", "items", "tax_codes"]
        )
        self.assertEqual(len(self.mirror("customer")), len(self.records("Customer")))

    def test_a_full_sync_at_the_interval_catches_what_events_missed(self):
        self.company.quickbooks_full_sync_hours = 48
        for hours, kind in ((1, "changes"), (40, "changes"), (47.5, "full")):
            ago = fields.Datetime.now() - timedelta(hours=hours)
            self.connection.full_sync_last_completed = ago
            self.assertEqual(self.changes().kind, kind, hours)
        self.company.quickbooks_full_sync_hours = 0
        self.assertEqual(self.changes().kind, "full")

    def test_another_quickbooks_company_begins_with_a_full_sync(self):
        self.connection._disconnect()
        self.connection._forget()
        self.connection.environment = "sandbox"
        realm = self.open_realm("empty")
        self.log_in(self.manager, HELEN, realm=realm)
        self.assertFalse(self.connection.changes_until)
        self.assertEqual(self.changes().kind, "full")


@tagged("post_install", "-at_install")
class TestHints(ChangesCase):
    """A webhook is a hint: the company is looked at soon, and not too often."""

    def hint(self):
        webhooks = self.env["quickbooks.webhook"].sudo()
        webhooks._hear([self.realm], ["sandbox"])
        webhooks.search([]).write({"wake_at": fields.Datetime.now()})

    def hinted(self):
        return self.scheduled("quickbooks_link.ir_cron_quickbooks_sync")

    def test_it_is_looked_at_without_waiting_for_the_next_scheduled_sync(self):
        long_ago = fields.Datetime.now() - timedelta(hours=1)
        self.connection.last_success = long_ago
        customer = self.a_customer()
        self.change("Customer", customer, Notes="Told by a webhook")
        self.hint()
        [run] = self.hinted()
        self.assertEqual((run.kind, run.state), ("changes", "done"))
        held = self.held("customer", customer["Id"])
        self.assertEqual(held.notes, "Told by a webhook")
        self.assertFalse(self.hinted(), "one hint, one look")

    def test_many_events_don_t_cost_a_call_each(self):
        self.hint()
        self.assertFalse(self.hinted(), "it was looked at a moment ago")
        self.assertTrue(self.env["quickbooks.webhook"].sudo().search([]).wake_at)
        long_ago = fields.Datetime.now() - timedelta(minutes=6)
        self.connection.last_success = long_ago
        self.assertEqual(len(self.hinted()), 1)

    def test_a_hint_during_a_sync_is_kept_for_after_it(self):
        run = self.start("customers")
        self.hint()
        self.assertFalse(self.hinted())
        self.finish(run)
        self.connection.last_success = fields.Datetime.now() - timedelta(hours=1)
        self.assertEqual(len(self.hinted()), 1)


@tagged("post_install", "-at_install")
class TestHourlySyncs(ChangesCase):
    """A company at work, synced every hour; a month of it is ``script/bench month``."""

    HOURS = 30
    A_MONTH = 720

    def test_thirty_hours_of_an_active_company_stay_within_a_months_calls(self):
        self.simulator.delete("stats")
        self.addCleanup(self.simulator.post, "clock", {"advance": -3600 * self.HOURS})
        for hour in range(1, self.HOURS + 1):
            self.simulator.post("clock", {"advance": 3600})
            if hour % 3 == 0:
                self.trade()
            with self.odoo_clock(timedelta(hours=hour)):
                self.changes()
        metered = self.simulator.get("stats")["metered"]
        self.assertLess(metered * self.A_MONTH / self.HOURS, 1200)
        kinds = self.env["quickbooks.sync.run"].search([]).mapped("kind")
        self.assertEqual(kinds.count("full"), 2, "one was the first, one a day later")
        theirs = {
            key: (row["DisplayName"], float(row["Balance"]))
            for key, row in self.records("Customer").items()
        }
        ours = {
            row.quickbooks_id: (row.name, row.balance)
            for row in self.mirror("customer")
        }
        self.assertEqual(ours, theirs)

    def trade(self):
        work = {"customers": 1, "invoices": 3, "payments": 1}
        self.simulator.post("seed", {"realm_id": self.realm, **work})
