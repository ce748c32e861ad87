from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from .guide import guide
from .seen_form import SeenForm
from .sync_common import SyncCase

# The sections of the tab, by what their Sync Now does.
SECTIONS = {
    "customers": "Customers and Account Balances",
    "items": "Products and Services",
    "tax_codes": "Tax Codes",
    "payments": "Invoices and Payments",
    "full": "Full Sync",
}
LAST_COMPLETED = ("customers", "items", "tax_codes", "payments", "full_sync")


class FullSyncCase(SyncCase):
    sample = "uk"

    def last_completed(self):
        """Return when each sync was last completed, as the company tab shows it."""
        company = self.as_manager(self.company)
        company.invalidate_recordset()
        return {
            name: company[f"quickbooks_{name}_last_completed"]
            for name in LAST_COMPLETED
        }


@tagged("post_install", "-at_install")
class TestGuide4SyncNow(FullSyncCase):
    """The guide, section 4: each sync by itself, with its Last Completed."""

    @guide("4.1", "4.2")
    def test_each_section_has_its_last_completed_and_its_sync_now(self):
        company = self.as_manager(self.company)
        for done in (False, True):
            self.connection.write(
                dict.fromkeys(
                    [f"{name}_last_completed" for name in LAST_COMPLETED],
                    done and fields.Datetime.now(),
                )
            )
            self.env.invalidate_all()
            form = SeenForm(company, "base.view_company_form")
            block = form.find("//div[@name='quickbooks_sync']")
            cards = {card.findtext("strong"): card for card in block.xpath("div/div")}
            self.assertEqual(list(cards), list(SECTIONS.values()))
            for (kind, title), field in zip(
                SECTIONS.items(), LAST_COMPLETED, strict=True
            ):
                action = f"action_quickbooks_sync_{kind}"
                shown = [f"quickbooks_{field}_last_completed"] if done else []
                with self.subTest(title, done=done):
                    card = cards[title]
                    self.assertEqual(form.buttons(card)["Sync Now"], action)
                    self.assertEqual(list(form.labels(card)), shown)
                    words = [title, "Last Completed:", *([] if done else ["never"])]
                    self.assertEqual(form.texts(card), words)

    @guide("4.1")
    def test_each_sync_can_be_run_manually(self):
        for kind, model in (
            ("customers", "customer"),
            ("items", "item"),
            ("tax_codes", "tax.code"),
        ):
            self.assertFalse(self.mirror(model))
            run = self.sync(kind)
            self.assertEqual(run.line_ids.mapped("entity"), [kind])
            self.assertTrue(self.mirror(model))

    @guide("4.2")
    def test_each_section_displays_last_completed(self):
        self.assertEqual(set(self.last_completed().values()), {False})
        for kind in ("customers", "items", "tax_codes", "payments"):
            began = fields.Datetime.now()
            self.sync(kind)
            done = self.last_completed()
            self.assertTrue(done[kind] >= began, kind)
        self.assertFalse(done["full_sync"])

    def test_last_completed_stays_when_a_sync_fails(self):
        self.sync("customers")
        long_ago = fields.Datetime.now() - timedelta(days=3)
        self.connection.customers_last_completed = long_ago
        self.fault("status", "query Customer", times=99, status=500)
        with self.assertLogs(level="WARNING"):
            run = self.finish(self.start("customers"))
        self.assertEqual(run.state, "failed")
        self.assertEqual(self.last_completed()["customers"], long_ago)


@tagged("post_install", "-at_install")
class TestGuide4FullSync(FullSyncCase):
    """The guide, section 4, "Full Sync"."""

    @guide("4.13")
    def test_runs_customers_then_products_and_services_then_tax_codes(self):
        self.forget_calls()
        run = self.sync("full")
        self.assertEqual(
            run.line_ids.mapped("entity"),
            ["customers", "items", "tax_codes", "payments"],
        )
        requests = self.simulator.get("stats")["requests"]
        self.assertEqual(
            [request["label"] for request in requests],
            ["query Customer", "query Item", "batch", "batch"],
        )
        for model, entity in (
            ("customer", "Customer"),
            ("item", "Item"),
            ("tax.code", "TaxCode"),
        ):
            self.assertEqual(len(self.mirror(model)), len(self.records(entity)))

    def test_writes_every_last_completed(self):
        self.sync("full")
        self.assertNotIn(False, self.last_completed().values())

    def test_is_logged_with_counts_calls_and_duration(self):
        run = self.sync("full")
        lists = run.line_ids.filtered(lambda line: line.entity != "payments")
        total = sum(len(self.records(e)) for e in ("Customer", "Item", "TaxCode"))
        self.assertEqual(sum(lists.mapped("created")), total)
        self.assertEqual(sum(lists.mapped("unchanged")), 0)
        books = run.line_ids - lists
        self.assertEqual(books.created, len(self.records("Payment")))
        documents = len(self.records("Invoice")) + len(self.records("CreditMemo"))
        self.assertEqual(books.unchanged, documents, "Odoo has none of them")
        self.assertEqual(books.fetched, books.created + documents)
        self.assertEqual(run.calls, 4)
        self.assertEqual((run.updated, run.deactivated), (0, 0))
        self.assertGreater(run.duration, 0)
        self.assertTrue(run.finished_at)
        self.assertEqual(run.user_id, self.manager)
        self.assertFalse(run.error)

    def test_a_second_run_costs_the_same_calls_and_writes_no_row(self):
        self.sync("full")
        tables = (
            "quickbooks_customer",
            "quickbooks_item",
            "quickbooks_tax_code",
            "quickbooks_payment",
        )
        before = {table: self.versions(table) for table in tables}
        run = self.sync("full")
        self.assertEqual({table: self.versions(table) for table in tables}, before)
        total = sum(len(before[table]) for table in tables[:3])
        lists = run.line_ids.filtered(lambda line: line.entity != "payments")
        self.assertEqual((sum(lists.mapped("unchanged")), run.calls), (total, 4))
        self.assertEqual((run.created, run.updated, run.deactivated), (0, 0, 0))

    def versions(self, table):
        """Return where each row lies: a row that is written or locked changes."""
        self.env.flush_all()
        query = SQL(
            "SELECT id, ctid, xmin, xmax FROM %s WHERE company_id = %s ORDER BY id",
            SQL.identifier(table),
            self.company.id,
        )
        return self.env.execute_query(query)
