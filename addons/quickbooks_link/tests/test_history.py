"""The history of what was said to QuickBooks."""

from datetime import timedelta
from unittest.mock import patch

import psycopg2
from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import quickbooks_call
from .common import WorkersCase, link
from .document_common import DocumentCase


@tagged("post_install", "-at_install")
class TestHistory(DocumentCase):
    def setUp(self):
        super().setUp()
        self.env["quickbooks.call"].search([]).sudo().unlink()

    def history(self, *domain):
        self.env.invalidate_all()
        return self.env["quickbooks.call"].search(list(domain), order="id")

    def test_a_document_and_each_of_its_calls(self):
        move = self.post(self.invoice())
        document = self.document(move)
        [call] = self.history()
        self.assertEqual(call.label, "create Invoice")
        self.assertEqual(call.status, 200)
        self.assertEqual(call.user_id, self.manager)
        self.assertEqual(call.company_id, self.company)
        self.assertEqual(call.about, document.display_name)
        self.assertTrue(call.tid)
        self.assertTrue(call.requestid)
        self.assertFalse(call.failed)
        self.assertIn(document.marker, call.request)
        self.assertIn('"TotalAmt":144', call.response.replace(" ", ""))
        seen = self.seen(document)
        self.assertEqual(seen.quickbooks_call_count, 1)
        action = seen.action_quickbooks_history()
        self.assertEqual(self.history(*action["domain"]), call)

    def test_a_batch_is_about_all_its_documents(self):
        moves = self.invoice() | self.invoice()
        self.post(moves)
        [call] = self.history()
        self.assertEqual(call.label, "batch")
        self.assertEqual(len(call.subject_ids), 2)
        for move in moves:
            self.assertEqual(self.seen(self.document(move)).quickbooks_call_count, 1)

    def test_what_is_gone_is_told_so_and_many_calls_are_kept(self):
        self.patch(quickbooks_call, "AT_ONCE", 1)
        move = self.post(self.invoice())
        [call] = self.history()
        subject = call.subject_ids
        subject.sudo().res_model = "quickbooks.of.an.addon.that.is.gone"
        self.assertEqual(subject.display_name, "(deleted)")
        self.assertEqual(self.document(move).state, "sent")

    def test_lost_answers_and_repeats_are_told(self):
        self.fault("drop_after", "create Invoice", times=1)
        move = self.post(self.invoice())
        lost, repeated = self.history()
        self.assertEqual((lost.status, lost.attempt, lost.failed), (0, 1, True))
        self.assertIn("could not be reached", lost.error)
        self.assertEqual((repeated.status, repeated.attempt), (200, 2))
        self.assertEqual(lost.requestid, repeated.requestid)
        self.assertEqual(self.document(move).state, "sent")

    def test_a_refusal_is_told_in_words(self):
        self.fault("fault", "create Invoice", code="6000", status=400)
        self.post(self.invoice())
        [call] = self.history()
        self.assertTrue(call.failed)
        self.assertIn("QuickBooks refused", call.error)

    def test_pages_are_kept_as_counts(self):
        run = self.sync("customers")
        calls = self.history()
        self.assertEqual(self.seen(run).quickbooks_call_count, len(calls))
        [page] = calls.filtered(lambda c: c.label == "query Customer")
        self.assertTrue(page.metered)
        self.assertIn("SELECT * FROM Customer", page.request)
        count = len(self.records("Customer"))
        self.assertEqual(page.response, f'{{"Customer":{count}}}')

    def test_a_contact_has_a_history(self):
        self.press(self.partner, "action_quickbooks_refresh")
        action = self.seen(self.partner).action_quickbooks_history()
        calls = self.history(*action["domain"])
        self.assertEqual(calls.mapped("label"), ["read Customer"])

    def test_no_secret_is_kept(self):
        move = self.post(self.invoice())
        token = self.connection._token_of(self.manager)
        secrets = (token._source()(), token._unseal(token.sudo().refresh_token_sealed))
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT row_to_json(quickbooks_call)::text FROM quickbooks_call"
        )
        kept = str(self.env.cr.fetchall())
        self.assertIn(self.document(move).marker, kept)
        for secret in secrets:
            self.assertNotIn(secret, kept)

    def test_logging_in_is_told_without_its_secrets(self):
        token = self.connection._token_of(self.manager).sudo()
        secrets = [token._unseal(token.refresh_token_sealed)]
        token.access_expires_at = "2020-01-01 00:00:00"
        self.sync("customers")
        secrets += [
            token._unseal(token.access_token_sealed),
            token._unseal(token.refresh_token_sealed),
        ]
        self.press(self.company, "action_quickbooks_disconnect")
        renewed, ended = self.history(("label", "like", "oauth"))
        self.assertEqual((renewed.status, ended.status), (200, 200))
        self.assertEqual((renewed | ended).user_id, self.manager)
        self.assertEqual(renewed.about, self.company.display_name)
        self.assertIn("grant_type=refresh_token&refresh_token=***", renewed.request)
        self.assertIn('"access_token":"***"', renewed.response.replace(" ", ""))
        self.assertEqual(ended.request.replace(" ", ""), '{"token":"***"}')
        self.env.flush_all()
        self.env.cr.execute("SELECT quickbooks_call::text FROM quickbooks_call")
        kept = str(self.env.cr.fetchall())
        keys = self.server.credentials(realm_id=self.realm)
        for secret in (*secrets, keys["client_secret"]):
            self.assertNotIn(secret, kept)

    def test_a_history_that_cannot_be_written_keeps_no_work_back(self):
        calls = type(self.env["quickbooks.call"])
        fail = patch.object(calls, "_insert", side_effect=psycopg2.OperationalError)
        with fail, mute_logger("odoo.addons.quickbooks_link.models.quickbooks_call"):
            move = self.post(self.invoice())
        self.assertEqual(self.document(move).state, "sent")

    def test_only_erp_managers_of_the_company_read_it(self):
        move = self.post(self.invoice())
        [call] = self.history()
        with self.assertRaises(AccessError):
            call.with_user(self.accountant).read(["label"])
        other = self.new_company("Second Ltd")
        stranger = self.new_manager("stranger", other)
        stranger.group_ids += self.env.ref("account.group_account_manager")
        with self.assertRaises(AccessError):
            call.with_user(stranger).read(["label"])
        calls = self.env["quickbooks.call"].with_user(stranger)
        calls = calls.with_context(allowed_company_ids=other.ids)
        self.assertFalse(calls.search([]))
        self.assertFalse(calls.subject_ids.search([]))
        with self.assertRaises(AccessError):
            call.with_user(self.manager).write({"label": "x"})
        # What an accountant reads of a document does not need the history.
        self.assertTrue(self.document(move).with_user(self.accountant).read())

    def test_what_is_old_is_deleted(self):
        self.post(self.invoice() | self.invoice())
        self.post(self.invoice())
        first, last = self.history()
        first.sudo().called_at = fields.Datetime.now() - timedelta(days=31)
        self.env.flush_all()
        self.env["quickbooks.call"]._gc_old()
        self.assertEqual(self.history(), first | last)
        self.company.quickbooks_history_days = 30
        self.env["quickbooks.call"]._gc_old()
        self.assertEqual(self.history(), last)


@tagged("post_install", "-at_install")
class TestHistoryInRealTransactions(WorkersCase):
    # In dollars, as Odoo's main company.
    quickbooks_company = "us"

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            company, self.user_id = env.ref("base.main_company"), env.uid
            connection = link(company, env.user, self.server.credentials())
            self.connection_id = connection.id
            env["quickbooks.call"].search([]).unlink()
        self.addCleanup(self.clean_up)

    def clean_up(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["quickbooks.call"].search([]).unlink()
            env["quickbooks.connection"].browse(self.connection_id).unlink()

    def test_what_is_rolled_back_here_was_said_all_the_same(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            connection = env["quickbooks.connection"].browse(self.connection_id)
            connection.lock_for_update(allow_referencing=True)
            # The row that the history refers to is being changed as well.
            connection.company_id.write({"quickbooks_history_days": 7})
            env.flush_all()
            with connection._client() as client:
                client.read("CompanyInfo", client.realm_id)
            cr.rollback()
        with self.registry.cursor() as cr:
            calls = api.Environment(cr, SUPERUSER_ID, {})["quickbooks.call"].search([])
            self.assertEqual(calls.mapped("label"), ["read CompanyInfo"])
