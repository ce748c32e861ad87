"""A sync as a preview: it says what it would do, and touches nothing."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .document_common import DocumentCase

TABLES = (
    "quickbooks_customer",
    "quickbooks_item",
    "quickbooks_tax_code",
    "quickbooks_document",
    "quickbooks_payment",
    "account_payment",
    "account_move",
    "account_move_line",
    "mail_message",
)
# What a preview writes: the preview itself, and that QuickBooks was called.
OF_PREVIEWS = {
    *(f"quickbooks_sync_{name}" for name in ("run", "line", "change", "staging")),
    *(f"quickbooks_{name}" for name in ("call", "call_subject", "governor", "meter")),
    *(f"quickbooks_{name}" for name in ("send_preview", "send_preview_line")),
    "quickbooks_document_preview",
    "ir_cron_trigger",
}


@tagged("post_install", "-at_install")
class TestSyncPreview(DocumentCase):
    def preview(self, kind):
        company = self.as_manager(self.company)
        company = company.with_context(quickbooks_preview_kind=kind)
        action = company.action_quickbooks_preview()
        run = self.env["quickbooks.sync.run"].browse(action["params"]["run_id"])
        run = self.finish(self.as_manager(run))
        self.assertEqual(run.state, "done", run.error)
        return run

    def everything(self):
        """Return all that is stored of the books, to the last column."""
        self.env.flush_all()
        rows = {}
        for table in TABLES:
            self.env.cr.execute(
                f"SELECT row_to_json(t)::text FROM {table} AS t ORDER BY id"
            )
            rows[table] = self.env.cr.fetchall()
        # That it answered is noted all the same.
        names = [name for name in self.connection._fields if "_last_comp" in name]
        return {**rows, "completed": [self.connection[name] for name in names]}

    def by_name(self, run, kind):
        changes = run.change_ids.filtered(lambda change: change.kind == kind)
        return {change.name: change.changes for change in changes}

    def test_prices_are_told_as_money(self):
        item = self.mirror("item").filtered("unit_price")[0]
        self.change("Item", {"Id": item.quickbooks_id}, UnitPrice=1234.5)
        [words] = self.by_name(self.preview("items"), "updated").values()
        self.assertRegex(words, r"Unit Price: \d+\.\d\d → 1234\.50")

    def test_customers_are_listed_field_by_field_and_nothing_is_written(self):
        ours = self.customer
        record = {"Id": ours.quickbooks_id}
        self.change("Customer", record, Notes="Pays late", CompanyName="Ainsty")
        self.add("Customer", DisplayName="New & Co", Notes="From the fair")
        free = self.mirror("customer").filtered(
            lambda c: c.active and not c.balance and c != ours and not c.child_ids
        )
        idle, merged = free[0], free[1]
        self.change("Customer", {"Id": idle.quickbooks_id}, Active=False)
        self.remove("Customer", merged.quickbooks_id)
        before = self.everything()
        run = self.preview("customers")
        self.assertEqual(self.everything(), before)
        [created] = self.by_name(run, "created").items()
        self.assertEqual(created[0], "New & Co")
        self.assertIn("Notes: From the fair", created[1])
        changed = self.by_name(run, "updated")[ours.full_name]
        self.assertIn("Notes: – → Pays late", changed)
        self.assertNotIn("token", changed.casefold())
        gone = self.by_name(run, "deactivated")
        self.assertEqual(set(gone), {f"{idle.full_name} (deleted)", merged.full_name})
        self.assertEqual(gone[merged.full_name], "No longer in QuickBooks")
        told = (run.created, run.updated, run.deactivated)
        self.assertEqual(told, (1, 1, 2))
        # The real thing does what was foretold.
        run = self.sync("customers")
        self.assertEqual((run.created, run.updated, run.deactivated), told)
        self.assertFalse(self.preview("customers").change_ids)

    def test_payments_are_rehearsed_and_undone(self):
        move = self.post(self.invoice())
        linked = {"TxnId": self.document(move).quickbooks_id, "TxnType": "Invoice"}
        self.add(
            "Payment",
            CustomerRef={"value": self.customer.quickbooks_id},
            TotalAmt=44,
            Line=[{"Amount": 44, "LinkedTxn": [linked]}],
        )
        before = self.everything()
        run = self.preview("full")
        self.assertEqual(self.everything(), before)
        names = "\n".join(self.by_name(run, "created"))
        self.assertIn("QuickBooks Payment", names)
        changed = self.by_name(run, "updated")
        [words] = [text for name, text in changed.items() if move.name in name][:1]
        self.assertIn("→", words)
        self.assertEqual(move.payment_state, "not_paid")
        self.sync("payments")
        self.assertEqual(move.payment_state, "partial")

    def test_no_kind_of_preview_changes_a_byte_of_the_database(self):
        move, unsent = self.post(self.invoice()), self.invoice()
        self.post(unsent, self.accountant)
        self.change_everything_in_quickbooks(move)
        tables = self.tables()
        before = {table: self.digest(table) for table in tables}
        found = {}
        for kind in ("customers", "items", "tax_codes", "payments", "full"):
            found[kind] = self.preview(kind).change_ids
        previews = (
            self.seen(move | unsent).action_quickbooks_preview_many(),
            self.seen(unsent).action_quickbooks_preview(),
        )
        after = {table: self.digest(table) for table in tables}
        self.assertEqual({t for t in tables if before[t] != after[t]}, set())
        self.assertTrue(all(previews) and all(found.values()), found)
        self.assertGreater(len(found["full"]), 5)
        profile = found["tax_codes"].filtered(lambda one: "Close" in one.changes)
        self.assertEqual(profile.name, self.connection.quickbooks_company_name)
        self.assertIn("Book Close Date: – → 2026-10-31", profile.changes)

    def change_everything_in_quickbooks(self, move):
        self.change("Customer", {"Id": self.customer.quickbooks_id}, Notes="Late")
        self.change("Item", {"Id": self.item.quickbooks_id}, Description="Lawns")
        code = self.tax.quickbooks_tax_code_id
        self.change("TaxCode", {"Id": code.quickbooks_id}, Description="Standard")
        closed = {"AccountingInfoPrefs": {"BookCloseDate": "2026-10-31"}}
        self.change("Preferences", {"Id": "1"}, **closed)
        linked = {"TxnId": self.document(move).quickbooks_id, "TxnType": "Invoice"}
        self.add(
            "Payment",
            CustomerRef={"value": self.customer.quickbooks_id},
            TotalAmt=44,
            Line=[{"Amount": 44, "LinkedTxn": [linked]}],
        )

    def tables(self):
        """Return the names of all tables that a preview has no business with."""
        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        self.env.cr.execute(query)
        return {name for [name] in self.env.cr.fetchall()} - OF_PREVIEWS

    def digest(self, table):
        """Return what tells whether any column of any row has changed."""
        self.env.flush_all()
        rows = SQL.identifier(table)
        query = "SELECT count(*), sum(hashtextextended(t::text, 0)) FROM %s AS t"
        return self.env.execute_query(SQL(query, rows))

    def test_a_preview_is_told_apart_and_for_erp_managers_only(self):
        run = self.preview("items")
        self.assertEqual(run.display_name, "Preview: Products and Services")
        with self.own_cursors():
            self.assertTrue(run.sudo()._progress()["preview"])
        self.assertEqual(run.action_changes()["domain"], [("run_id", "=", run.id)])
        with self.assertRaises(AccessError):
            self.company.with_user(self.accountant).action_quickbooks_preview()
        other = self.new_company("Second Ltd")
        stranger = self.new_manager("stranger", other)
        self.preview("customers")
        changes = run.change_ids.with_user(stranger)
        changes = changes.with_context(allowed_company_ids=other.ids)
        self.assertFalse(changes.search([]))


@tagged("post_install", "-at_install")
class TestSendPreview(DocumentCase):
    def test_each_document_tells_what_would_become_of_it(self):
        sent, changed = self.post(self.invoice() | self.invoice())
        self.seen(changed).button_draft()
        changed.invoice_line_ids.quantity = 4
        self.post(changed, self.accountant)
        new = self.invoice()
        new.invoice_date_due = new.invoice_date
        self.post(new, self.accountant)
        stranger = self.contact("Stranger Ltd")
        blocked = self.invoice(partner_id=stranger.id)
        self.post(blocked, self.accountant)
        draft = self.invoice()
        moves = sent | changed | new | blocked | draft
        self.forget_calls()
        action = self.seen(moves).action_quickbooks_preview_many()
        preview = self.env["quickbooks.send.preview"].browse(action["res_id"])
        acts = {line.move_id: line for line in preview.line_ids}
        self.assertEqual(acts[sent].act, "nothing")
        self.assertEqual(acts[changed].act, "update")
        self.assertIn("Quantity: 3 → 4", acts[changed].details)
        self.assertIn("Total: 144.00 → 192.00", acts[changed].details)
        self.assertIn("Total: 144.00", acts[new].details)
        self.assertIn("Terms: Due on receipt", acts[new].details)
        self.assertNotIn("Exchange Rate", acts[new].details)
        self.assertEqual(acts[new].act, "create")
        self.assertIn(f"Customer: {self.customer.full_name}", acts[new].details)
        self.assertEqual(acts[blocked].act, "blocked")
        self.assertEqual(acts[draft].details, "It is not posted.")
        self.assertIn("create 1, change 1", preview.summary)
        self.assertEqual(self.calls(), {})
        self.assertEqual(self.document(new).state, "waiting")
        with self.assertRaises(AccessError):
            moves.with_user(self.accountant).action_quickbooks_preview_many()
