"""What is searched for, cleaned up, and refused where nobody looks every day."""

import tempfile
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

from odoo import fields
from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import tagged

from .. import health
from ..company_profile import profile_of
from ..hooks import uninstall_hook
from ..qbo.errors import UnexpectedAnswerError
from ..vault import _make_key_file
from .document_common import DocumentCase


@tagged("post_install", "-at_install")
class TestHousekeeping(DocumentCase):
    def ago(self, **time):
        return fields.Datetime.now() - timedelta(**time)

    # === Searching === #

    def test_companies_are_found_by_their_link_and_by_having_none(self):
        other = self.new_company("Not linked")
        both = self.company | other
        companies = self.env["res.company"].search

        def found(operator, value):
            field = "quickbooks_connection_id"
            return companies([("id", "in", both.ids), (field, operator, value)])

        self.assertEqual(found("=", self.connection.id), self.company)
        self.assertEqual(found("!=", False), self.company)
        self.assertEqual(found("=", False), other)
        self.assertEqual(found("not in", self.connection.ids), other)

    def test_contacts_are_found_by_the_name_of_their_customer(self):
        contacts = self.seen(self.env["res.partner"])
        found = contacts.search([("quickbooks_customer_id", "ilike", "Ainsty Land")])
        self.assertEqual(found, self.partner)
        none = contacts.search(
            [("quickbooks_customer_id", "=", False), ("id", "=", self.partner.id)]
        )
        self.assertFalse(none)

    def test_payments_are_found_by_their_contact(self):
        payments = self.env["quickbooks.payment"]
        mine = payments.create(
            {
                "company_id": self.company.id,
                "realm_id": self.connection.realm_id,
                "quickbooks_id": "99001",
                "customer_quickbooks_id": self.customer.quickbooks_id,
            }
        )
        found = payments.search([("partner_id", "=", self.partner.id)])
        self.assertIn(mine, found)
        customers = set(found.mapped("customer_quickbooks_id"))
        self.assertEqual(customers, {self.customer.quickbooks_id})

    # === Cleaning up === #

    def test_mended_alerts_are_forgotten_after_half_a_year(self):
        alerts = self.env["quickbooks.alert"]
        values = {"company_id": self.company.id, "text": "It was down"}
        old, young, open_ = alerts.create(
            [
                {**values, "key": "old", "cleared_at": self.ago(days=200)},
                {**values, "key": "young", "cleared_at": self.ago(days=20)},
                {**values, "key": "open"},
            ]
        )
        alerts._gc_cleared()
        self.assertEqual((old | young | open_).exists(), young | open_)

    def test_what_a_preview_has_found_is_forgotten_after_a_week(self):
        company = self.as_manager(self.company).with_context(quickbooks_preview=True)
        record = self.records("Customer")[self.customer.quickbooks_id]
        self.change("Customer", record, sparse=True, Notes="New")
        action = company._quickbooks_sync("customers")
        run = self.env["quickbooks.sync.run"].browse(action["params"]["run_id"])
        self.finish(self.as_manager(run))
        changes = run.sudo().change_ids
        self.assertTrue(changes)
        changes._gc_old()
        self.assertTrue(changes.exists())
        self.env.cr.execute(
            "UPDATE quickbooks_sync_change SET create_date = %s WHERE id = ANY(%s)",
            (self.ago(days=8), changes.ids),
        )
        changes.invalidate_recordset()
        changes._gc_old()
        self.assertFalse(changes.exists())

    def test_what_was_read_for_runs_that_are_gone_is_deleted(self):
        kept = self.env["quickbooks.reconciliation.record"]
        orphan = kept.create(
            {"reconciliation_id": 999_999, "kind": "invoice", "quickbooks_id": "1"}
        )
        kept._gc_orphans()
        self.assertFalse(orphan.exists())
        self.env["quickbooks.sync.staging"]._gc_orphans()

    # === Refusing === #

    def test_a_company_of_which_quickbooks_says_nothing_is_refused(self):
        nothing = SimpleNamespace(rows=[])
        some = SimpleNamespace(rows=[{"Country": "GB"}])
        for pages, words in (
            ({"CompanyInfo": nothing, "Preferences": some}, "no CompanyInfo"),
            ({"CompanyInfo": some, "Preferences": some}, "without a name"),
        ):
            with self.assertRaisesRegex(UnexpectedAnswerError, words):
                profile_of(self.env, pages)

    def test_a_key_that_another_process_just_made_is_kept(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "key"
            _make_key_file(path)
            first = path.read_bytes()
            _make_key_file(path)
            self.assertEqual(path.read_bytes(), first)
            self.assertEqual(list(path.parent.iterdir()), [path], "no draft is left")

    def test_previews_of_sending_say_why_nothing_would_go(self):
        lines = self.env["quickbooks.send.preview.line"]
        move = self.post(self.invoice())
        document = self.document(move)
        document.unsure = True
        self.assertIn("is being sent already", lines._foresee(move)["details"])
        document.write({"unsure": False, "origin": "quickbooks"})
        self.assertEqual(lines._foresee(move)["act"], "nothing")
        self.connection.realm_id = False
        self.assertIn("not linked", lines._foresee(move)["details"])
        self.assertEqual(lines._foresee(move)["act"], "blocked")

    # === Telling === #

    def test_banners_of_drafts_and_of_what_is_on_its_way(self):
        empty = self.env["account.move"].create({"move_type": "out_invoice"})
        self.assertEqual(self.alerts(empty), {}, "it is not complete yet")
        move = self.post(self.invoice(), self.accountant)
        document = self.document(move)
        document.hold = False
        [words] = [w for w in self.alerts(move).values() if "not in QuickBooks" in w]
        self.assertNotIn("soon", words)
        document.state = "sending"
        words = " ".join(self.alerts(move).values())
        self.assertIn("is being sent to QuickBooks", words)

    def test_documents_that_wait_for_more_than_a_day_are_told(self):
        move = self.post(self.invoice(), self.accountant)
        document = self.document(move)
        document.open_since = self.ago(hours=30)
        problems = {one.key: one for one in health._documents(self.connection)}
        self.assertIn(move.display_name, problems["documents"].text)
        document.open_since = self.ago(hours=3)
        self.assertEqual(list(health._documents(self.connection)), [])

    def test_the_app_keys_are_opened_for_administrators_only(self):
        company = self.seen(self.company)
        with self.assertRaisesRegex(UserError, "Ask an administrator"):
            company.action_quickbooks_open_settings()
        self.manager.group_ids += self.env.ref("base.group_system")
        action = company.action_quickbooks_open_settings()
        self.assertEqual(action["res_model"], "res.config.settings")

    def test_whoever_may_is_led_to_the_action_that_sends_later(self):
        self.env.ref("account.ir_cron_account_move_send").active = False
        senders = self.env["account.move.send"]
        with self.assertRaises(UserError):
            senders.with_user(self.accountant)._quickbooks_check_job()
        self.manager.group_ids += self.env.ref("base.group_system")
        with self.assertRaises(RedirectWarning):
            senders.with_user(self.manager)._quickbooks_check_job()

    def test_buttons_of_findings_want_lines_of_one_company(self):
        with self.assertRaisesRegex(UserError, "Choose a line first"):
            self.seen(self.env["quickbooks.reconciliation.line"]).action_link()

    def test_buttons_refuse_what_is_not_there_to_be_done(self):
        """Such as in a window that has been open since somebody else did it."""
        sent = self.seen(self.document(self.post(self.invoice())))
        waiting = self.seen(self.document(self.post(self.invoice(), self.accountant)))
        drafted = self.post(self.invoice())
        drafted.button_draft()
        changed = self.seen(self.document(drafted))
        changed.sudo().there = "changed"
        payment = self.env["quickbooks.payment"].create(
            {
                "company_id": self.company.id,
                "realm_id": self.connection.realm_id,
                "quickbooks_id": "99002",
            }
        )
        company, finding = self.seen(self.company), self.finding()
        for press, words in (
            (sent.action_keep_quickbooks, "nothing left to decide"),
            (sent.action_cancel_in_odoo, "nothing left to decide"),
            (changed.action_send_odoo, "Confirm the document in Odoo first"),
            (waiting.action_take_over, "doesn't have the document"),
            (self.seen(payment).action_same, "nothing left to decide"),
            (self.seen(payment).action_distinct, "nothing left to decide"),
            (self.seen(self.partner).action_quickbooks_keep_contact, "was not merged"),
            (company.action_quickbooks_forget, "Disconnect from QuickBooks before"),
            (finding.action_link, "Only what is in both can be linked"),
            (finding.action_void, "Only what is cancelled in Odoo"),
            (
                lambda: company.write({"quickbooks_use_sandbox": False}),
                "before you change Use Sandbox",
            ),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                press()

    def finding(self):
        """Return a finding that nothing helps against."""
        run = self.env["quickbooks.reconciliation"].create(
            {"company_id": self.company.id}
        )
        return self.seen(
            self.env["quickbooks.reconciliation.line"].create(
                {
                    "reconciliation_id": run.id,
                    "company_id": self.company.id,
                    "status": "odoo_only",
                    "kind": "invoice",
                }
            )
        )

    def test_another_journal_takes_the_payment_method_away(self):
        values = {"type": "bank", "company_id": self.company.id}
        journals = self.env["account.journal"].create(
            [{**values, "name": code, "code": code} for code in ("ONE", "TWO")]
        )
        method = journals[0].inbound_payment_method_line_ids[0]
        route = self.env["quickbooks.payment.route"].new(
            {"journal_id": journals[0].id, "payment_method_line_id": method.id}
        )
        route._onchange_journal_id()
        self.assertTrue(route.payment_method_line_id)
        route.journal_id = journals[1]
        route._onchange_journal_id()
        self.assertFalse(route.payment_method_line_id)

    # === Uninstalling === #

    def test_nothing_is_left_of_what_odoo_does_not_take_away_itself(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("quickbooks_link.free_calls", "1000")
        parameters.set_param("quickbooks.of_others", "stays")
        mine = [("module.name", "=", "quickbooks_link")]
        notes = self.env["ir.model.constraint"]
        self.assertTrue(notes.search([*mine, ("type", "=", "f")], limit=1))
        checks = notes.search([*mine, ("type", "!=", "f")])
        self.assertTrue(checks)
        uninstall_hook(self.env)
        self.assertFalse(parameters.get_param("quickbooks_link.free_calls"))
        self.assertEqual(parameters.get_param("quickbooks.of_others"), "stays")
        self.assertFalse(notes.search([*mine, ("type", "=", "f")], limit=1))
        self.assertEqual(checks.exists(), checks, "Odoo takes these away itself")
