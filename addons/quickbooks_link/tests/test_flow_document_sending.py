"""Sending to the customer waits until QuickBooks' number is there."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .document_common import DocumentCase


@tagged("post_install", "-at_install")
class TestSendingWaits(DocumentCase):
    use_numbers = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.job = cls.env.ref("account.ir_cron_account_move_send")
        cls.job.active = True

    def setUp(self):
        super().setUp()
        self.partner.email = "office@ainsty.example"
        self.env.flush_all()

    def dialog(self, moves, **values):
        """Open the dialog of Odoo's button Send, as the accountant."""
        kind = "wizard" if len(moves) == 1 else "batch.wizard"
        context = {"active_model": "account.move", "active_ids": moves.ids}
        wizards = self.env[f"account.move.send.{kind}"].with_user(self.accountant)
        wizards = wizards.with_context(allowed_company_ids=self.company.ids, **context)
        return wizards.create(values)

    def ask(self, moves, **values):
        """Press Send in the dialog."""
        with self.own_cursors():
            answer = self.dialog(moves, **values).action_send_and_print()
            self.env.flush_all()
        self.env.invalidate_all()
        return answer

    def run_job(self):
        with self.own_cursors():
            self.job.method_direct_trigger()
        self.env.invalidate_all()

    def waiting(self, count=1):
        moves = self.env["account.move"].union(*(self.invoice() for _n in range(count)))
        return self.post(moves, self.accountant)

    def mails(self, move):
        """Return what was sent to the customer."""
        found = move.message_ids.filtered(lambda one: one.message_type == "comment")
        return found.filtered(lambda one: one.attachment_ids)

    def assert_sent_once(self, move, former):
        """One mail, with QuickBooks' number and nothing of the former one."""
        [mail] = self.mails(move)
        self.assertTrue(move.name.isdigit())
        self.assertIn(move.name, mail.subject)
        self.assertIn(move.name, mail.body)
        for text in (mail.subject, mail.body):
            self.assertNotIn(former, text)
        self.assertIn(f"{move.name}.pdf", mail.attachment_ids.mapped("name"))
        self.assertIn(self.partner, mail.partner_ids)
        self.assertTrue(move.is_move_sent)
        self.assertFalse(move.is_being_sent or move.quickbooks_sending)

    def test_it_goes_out_by_itself_with_quickbooks_number(self):
        move = self.waiting()
        former = move.name
        told = self.dialog(move).alerts["quickbooks_number"]
        self.assertEqual(told["level"], "info")
        self.assertIn("gets its number from QuickBooks", told["message"])
        answer = self.ask(move)
        self.assertIn("as soon as", answer["params"]["message"])
        self.assertIn("as soon as", self.alerts(move)["quickbooks_sending"])
        author = self.accountant.partner_id
        self.assertEqual(move.quickbooks_sending["author_partner_id"], author.id)
        self.assertTrue(move.is_being_sent)
        self.assertFalse(move.invoice_pdf_report_id or move.is_move_sent)
        self.run_job()
        self.run_cron()
        self.assertFalse(self.mails(move), "it waits")
        found = self.env["account.move"].search([("quickbooks_sending", "!=", False)])
        self.assertEqual(found, move)
        self.send(move)
        self.assertFalse(move.quickbooks_sending)
        self.run_job()
        self.assert_sent_once(move, former)
        self.run_job()
        self.run_cron()
        self.assert_sent_once(move, former)

    def test_what_a_person_wrote_and_attached_goes_along(self):
        move = self.waiting()
        former, template = move.name, move._get_mail_template()
        other = self.env["res.partner"].create(
            {"name": "Jo", "email": "jo@ainsty.example"}
        )
        plan = self.env["ir.attachment"].create({"name": "plan.txt", "raw": b"plan"})
        wizard = self.dialog(move)
        added = {"id": plan.id, "name": plan.name, "mimetype": "text/plain"}
        values = {
            "template_id": template.id,
            "mail_partner_ids": [(6, 0, (self.partner | other).ids)],
            "subject": f"Your new lawn: {former}",
            "body": f"<p>Dear Jo, please pay <b>{former}</b>.</p>",
        }
        wizard.write(values)
        wizard.mail_attachments_widget = [
            *wizard.mail_attachments_widget,
            {**added, "manual": True, "placeholder": False},
        ]
        with self.own_cursors():
            wizard.action_send_and_print()
            self.env.flush_all()
        self.env.invalidate_all()
        self.send(move)
        self.run_job()
        self.assert_sent_once(move, former)
        [mail] = self.mails(move)
        self.assertEqual(mail.subject, f"Your new lawn: {move.name}")
        self.assertIn(f"<b>{move.name}</b>", mail.body)
        self.assertIn(other, mail.partner_ids)
        self.assertIn("plan.txt", mail.attachment_ids.mapped("name"))

    def test_several_at_once_each_when_its_number_is_there(self):
        moves = self.waiting(2)
        ready = self.post(self.invoice())
        before = {move: move.name for move in moves}
        answer = self.ask(moves | ready)
        self.assertIn("2 of them", answer["params"]["message"])
        self.assertTrue(ready.sending_data)
        self.run_job()
        self.assertEqual(len(self.mails(ready)), 1)
        first, second = moves
        self.send(first)
        self.run_job()
        self.assert_sent_once(first, before[first])
        self.assertFalse(self.mails(second))
        self.send(second)
        self.run_job()
        self.assert_sent_once(second, before[second])

    def test_called_off_by_hand_by_a_draft_and_by_a_cancellation(self):
        by_hand, draft, cancelled = moves = self.waiting(3)
        self.ask(moves)
        self.seen(by_hand, self.accountant).action_quickbooks_call_off_sending()
        self.seen(draft, self.accountant).button_draft()
        self.seen(cancelled, self.accountant).button_cancel()
        for move in moves:
            self.assertFalse(move.quickbooks_sending or move.is_being_sent)
            self.assertNotIn("quickbooks_sending", self.alerts(move))
            self.assertIn("sent to the customer", move.message_ids[0].body)
        self.post(draft)
        self.send(by_hand)
        self.run_job()
        self.assertFalse(self.mails(by_hand) | self.mails(draft))
        self.assertTrue(draft.name.isdigit(), "and it can be sent by hand")
        self.ask(draft)
        self.assertEqual(len(self.mails(draft)), 1)

    def test_with_a_number_that_odoo_cannot_take_it_stays_here(self):
        move = self.waiting()
        self.ask(move)
        self.company.hard_lock_date = "2026-11-22"
        self.env.flush_all()
        self.send(move)
        self.run_job()
        self.assertFalse(self.mails(move) or move.quickbooks_sending)
        self.assertIn("was not sent to the customer", move.message_ids[0].body)

    def test_what_nobody_would_do_later_is_refused(self):
        move = self.waiting()
        wizard = self.dialog(move)
        wizard.sending_methods = []
        with self.assertRaisesRegex(UserError, "then it can be printed"):
            wizard.action_send_and_print()
        self.job.active = False
        with self.assertRaisesRegex(UserError, "is switched off"):
            self.dialog(move).action_send_and_print()
        self.assertFalse(move.quickbooks_sending)
