from odoo.exceptions import AccessError
from odoo.tests import tagged

from .sync_common import SyncCase

MODELS = (
    "quickbooks.customer",
    "quickbooks.item",
    "quickbooks.tax.code",
    "quickbooks.sync.run",
    "quickbooks.sync.line",
)


@tagged("post_install", "-at_install")
class TestSyncAccess(SyncCase):
    """Only ERP managers, only their companies, and nobody writes."""

    sample = "uk"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outsider = cls.new_manager("colleague", cls.company, groups=None)
        cls.other = cls.new_company("Other Ltd")
        cls.stranger = cls.new_manager("stranger", cls.other)

    def setUp(self):
        super().setUp()
        self.run_done = self.sync("full")

    def seen_by(self, user, model):
        model = self.env[model].with_user(user).with_context(active_test=False)
        return model.with_context(allowed_company_ids=user.company_ids.ids)

    def test_erp_managers_read_what_is_their_companys(self):
        for model in MODELS:
            self.assertTrue(self.seen_by(self.manager, model).search([]), model)

    def test_nobody_else_reads_anything(self):
        for model in MODELS:
            with self.subTest(model), self.assertRaises(AccessError):
                self.seen_by(self.outsider, model).search([])

    def test_managers_of_other_companies_see_nothing(self):
        for model in MODELS:
            with self.subTest(model):
                self.assertFalse(self.seen_by(self.stranger, model).search([]))
                record = self.env[model].search([], limit=1)
                with self.assertRaises(AccessError):
                    record.with_user(self.stranger).read(["display_name"])

    def test_nobody_writes_creates_or_deletes(self):
        administrator = self.new_manager(
            "administrator", self.company, groups="base.group_system"
        )
        for model in MODELS:
            for user in (self.manager, administrator):
                records = self.seen_by(user, model)
                record = records.search([], limit=1)
                with self.subTest(f"{model} {user.login}"):
                    with self.assertRaises(AccessError):
                        record.write({"company_id": self.company.id})
                    with self.assertRaises(AccessError):
                        record.unlink()
                    with self.assertRaises(AccessError):
                        records.create({})

    def test_nobody_reads_what_is_being_staged(self):
        with self.assertRaises(AccessError):
            self.seen_by(self.manager, "quickbooks.sync.staging").search([])

    def test_only_erp_managers_drive_a_run(self):
        run = self.start("customers")
        for user in (self.outsider, self.stranger):
            for method in (
                "action_changes",
                "action_show_progress",
                "action_stop",
                "action_try_again",
                "advance",
                "continue_in_background",
                "read_progress",
            ):
                with self.subTest(method), self.assertRaises(AccessError):
                    getattr(run.with_user(user).sudo(False), method)()
        self.assertEqual(run.state, "queued")

    def test_of_the_engine_only_what_the_dialog_needs_can_be_called_over_rpc(self):
        models = (
            "quickbooks.mirror",
            "quickbooks.sync.run",
            "quickbooks.sync.line",
            "quickbooks.sync.staging",
        )
        public = {
            name
            for model in models
            for part in type(self.env[model]).__mro__
            if part.__module__.startswith("odoo.addons.quickbooks_link")
            for name, value in vars(part).items()
            if callable(value) and not name.startswith("_")
        }
        expected = {
            "action_changes",
            "action_quickbooks_history",
            "action_show_progress",
            "action_stop",
            "action_try_again",
            "advance",
            "continue_in_background",
            "read_progress",
        }
        self.assertEqual(public, expected)


@tagged("post_install", "-at_install")
class TestTwoCompanies(SyncCase):
    """Two Odoo companies, linked to two QuickBooks companies, never mix."""

    sample = "uk"

    def setUp(self):
        super().setUp()
        self.other_realm = self.open_realm("us")
        self.other = self.new_company("Brook Inc", self.use_currency("USD"))
        self.manager.company_ids += self.other
        self.connect(self.other, realm_id=self.other_realm)

    def test_each_holds_what_its_own_quickbooks_company_has(self):
        self.sync("full")
        self.sync("full", self.other)
        for company, realm, currency in (
            (self.company, self.realm, "GBP"),
            (self.other, self.other_realm, "USD"),
        ):
            theirs = self.records("Customer", realm)
            ours = self.mirror("customer", company)
            self.assertEqual(set(ours.mapped("realm_id")), {realm})
            self.assertEqual(
                {row.quickbooks_id: row.name for row in ours},
                {key: row["DisplayName"] for key, row in theirs.items()},
            )
            self.assertEqual(ours.parent_id.company_id, company)
            items = self.mirror("item", company)
            self.assertEqual(items.currency_id.mapped("name"), [currency])

    def test_a_record_that_goes_in_one_stays_in_the_other(self):
        """QuickBooks numbers records anew in every company."""
        self.sync("customers")
        self.sync("customers", self.other)
        theirs, others = self.records("Customer"), self.mirror("customer", self.other)
        shared = next(key for key in theirs if key in others.mapped("quickbooks_id"))
        self.remove("Customer", shared)
        self.sync("customers")
        self.assertFalse(self.held("customer", shared).active)
        self.assertEqual(self.held("customer", shared, self.other).status, "active")

    def test_both_may_run_at_the_same_time(self):
        first, second = self.start("customers"), self.start("customers", self.other)
        self.assertNotEqual(first, second)
        for run in (first, second, first, second):
            if run.state != "done":
                self.slice(run)
        self.finish(first)
        self.finish(second)
        self.assertEqual(first.created, len(self.records("Customer")))
        self.assertEqual(
            second.created, len(self.records("Customer", self.other_realm))
        )

    def test_a_run_ends_when_its_company_is_linked_elsewhere(self):
        run = self.start("customers")
        self.connection.realm_id = "9130350000000009"
        with self.assertLogs(level="WARNING"):
            self.finish(run)
        self.assertEqual(run.state, "failed")
        self.assertIn("another QuickBooks company", run.error)
        self.assertFalse(self.mirror("customer"))
