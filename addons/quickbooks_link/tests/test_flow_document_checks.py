"""The guide, section 9: why an invoice does not appear in QuickBooks, told at once."""

from collections import defaultdict

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .. import document_checks, document_words
from ..document_checks import checks
from ..qbo import document_problems, document_tax_problems, documents
from .document_common import DocumentCase
from .guide import guide


@tagged("post_install", "-at_install")
class TestGuide9InvoicesNotAppearing(DocumentCase):
    def codes(self, move):
        return {check.code for check in checks(move) if check.blocks}

    @guide("9.5", "9.6", "9.7")
    def test_all_that_is_wrong_is_told_at_once_with_a_button_each(self):
        self.customer.partner_id = False
        self.product.product_tmpl_id.quickbooks_item_id = False
        self.tax.quickbooks_tax_code_id = False
        move = self.post(self.invoice())
        document = self.document(move)
        self.assertEqual(document.state, "attention")
        self.assertEqual(self.calls(), {})
        found = self.seen(move).alerts
        actions = {
            key.split("_", 2)[2]: alert["action"]["res_model"]
            for key, alert in found.items()
            if alert.get("action")
        }
        self.assertEqual(
            actions,
            {
                "customer_missing": "res.partner",
                "item_missing": "product.product",
                "tax_not_mapped": "account.tax",
            },
        )
        self.assertIn("Ainsty Landscapes Ltd is not linked", document.error)
        told = "".join(self.alerts(move).values())
        self.assertNotIn("It will be sent soon", told, "somebody has to mend it first")

    def test_mended_and_sent_again_nothing_has_to_be_entered_twice(self):
        self.product.product_tmpl_id.quickbooks_item_id = False
        move = self.post(self.invoice())
        self.assertEqual(self.document(move).state, "attention")
        self.product.product_tmpl_id.quickbooks_item_id = self.item
        self.assertIn("Everything is mended", "".join(self.alerts(move).values()))
        self.send(move)
        self.assertEqual(self.document(move).state, "sent", self.document(move).error)
        self.assertEqual(self.alerts(move), {})

    def test_a_draft_tells_beforehand(self):
        self.product.product_tmpl_id.quickbooks_item_id = False
        move = self.invoice()
        [words] = self.alerts(move).values()
        self.assertIn("Lawn care is not linked", words)

    def test_inactive_records_are_told(self):
        move = self.invoice()
        for record, code in (
            (self.customer, "customer_inactive"),
            (self.item, "item_inactive"),
            (self.tax.quickbooks_tax_code_id, "tax_code_inactive"),
        ):
            with self.subTest(code=code):
                record.sudo().active = False
                self.assertIn(code, self.codes(move))
                record.sudo().active = True
                self.assertNotIn(code, self.codes(move))

    def test_a_bundle_is_told_before_quickbooks_refuses_it(self):
        [bundle] = self.mirror("item").filtered(lambda one: one.item_type == "Group")
        # Linked before QuickBooks made a bundle of it.
        self.item.sudo().write(
            {"quickbooks_id": bundle.quickbooks_id + "9", "item_type": "Group"}
        )
        move = self.post(self.invoice())
        document = self.document(move)
        self.assertEqual((document.state, self.calls()), ("attention", {}))
        self.assertIn("is a category or a bundle", document.error)
        alert = self.seen(move).alerts["quickbooks_0_item_not_posted"]
        self.assertEqual(alert["action"]["res_model"], "product.product")

    @guide("9.4")
    def test_closing_date_currency_and_custom_numbers(self):
        move = self.invoice()
        self.connection.book_close_date = "2026-11-20"
        self.assertIn("closed_period", self.codes(move))
        self.connection.book_close_date = "2026-11-19"
        self.assertNotIn("closed_period", self.codes(move))
        self.company.quickbooks_use_document_numbers = True
        [words] = [x.message for x in checks(move) if x.code == "custom_numbers"]
        for name in ("Use QuickBooks Document Numbers", "Custom transaction numbers"):
            self.assertIn(f"“{name}”", words)
        self.connection.custom_transaction_numbers = False
        self.assertNotIn("custom_numbers", self.codes(move))
        euro = self.use_currency("EUR")
        self.connection.multicurrency = False
        abroad = self.invoice(currency_id=euro.id)
        self.assertIn("currency_unknown", self.codes(abroad))
        self.assertIn("customer_currency", self.codes(abroad))

    def test_lines_that_quickbooks_cannot_hold(self):
        move = self.invoice(
            lines=[
                {"product_id": False, "name": "Odds and ends", "price_unit": 5},
                {"price_unit": 5, "tax_ids": [Command.clear()]},
            ]
        )
        self.connection.sudo()
        self.one("tax.code", "No VAT").name = "Nothing"
        self.one("tax.code", "Exempt").name = "None"
        found = {check.code: check.message for check in checks(move)}
        self.assertIn("“Odds and ends” has no product", found["item_missing"])
        self.assertIn("has no tax", found["tax_code_missing"])

    def test_a_number_that_is_used_already(self):
        first = self.post(self.invoice())
        second = self.invoice(name=first.name)
        second.name = first.name
        self.assertIn("number_used", self.codes(second))

    @guide("9.8")
    def test_without_a_connection_it_waits_and_says_why(self):
        self.connection.sudo().token_ids.unlink()
        move = self.post(self.invoice())
        self.assertEqual(self.document(move).state, "waiting")
        alerts = "".join(self.alerts(move).values())
        self.assertIn("is not connected to QuickBooks", alerts)

    def test_a_lost_log_in_waits_for_the_person(self):
        user = self.server.credentials(self.realm)["user"]
        login = {"user": user, "realm_id": self.realm}
        self.simulator.post("tokens/revoke", login)
        move = self.post(self.invoice())
        document = self.document(move)
        self.assertEqual((document.state, document.hold), ("waiting", "login"))
        self.assertIn("Connect to QuickBooks", "".join(self.alerts(move).values()))

    @guide("9.9")
    def test_an_accountant_is_told_who_can_send_it(self):
        move = self.post(self.invoice(), self.accountant)
        alerts = "".join(self.alerts(move, self.accountant).values())
        self.assertIn("ERP Manager access", alerts)
        self.assertNotIn("ERP Manager access", "".join(self.alerts(move).values()))

    def test_nobody_else_sends_or_writes(self):
        move = self.post(self.invoice(), self.accountant)
        with self.assertRaises(AccessError):
            self.seen(move, self.accountant).action_quickbooks_send()
        document = self.document(move)
        self.assertTrue(self.seen(document, self.accountant).state)
        for user in (self.accountant, self.manager):
            with self.assertRaises(AccessError):
                self.seen(document, user).write({"state": "sent"})

    def test_a_refusal_of_quickbooks_is_told_in_its_words(self):
        self.fault(
            "fault",
            "create Invoice",
            code="6190",
            detail="Subscription period has ended",
        )
        move = self.post(self.invoice())
        document = self.document(move)
        self.assertEqual(document.state, "attention")
        self.assertIn("subscription", document.error)
        self.send(move)
        self.assertEqual(self.document(move).state, "sent")
        requests = self.simulator.get("stats")["requests"]
        creations = [x["requestid"] for x in requests if x["label"] == "create Invoice"]
        self.assertEqual(len(set(creations)), 2)

    def test_what_is_sent_cannot_be_deleted(self):
        move = self.post(self.invoice())
        self.seen(move).button_draft()
        with self.assertRaises(UserError):
            self.seen(move).unlink()

    def test_posted_again_without_a_change_it_is_still_what_quickbooks_has(self):
        move = self.post(self.invoice())
        self.seen(move).button_draft()
        self.post(move)
        self.assertEqual(self.document(move).state, "sent")
        self.assertEqual(self.calls(), {"create Invoice": 1})

    def test_a_cancelled_draft_is_not_sent(self):
        move = self.post(self.invoice(), self.accountant)
        self.seen(move).button_draft()
        self.seen(move).button_cancel()
        self.assertFalse(self.document(move))

    def test_there_are_words_for_everything_that_can_be_wrong(self):
        move = self.invoice()
        codes = self.codes_in(document_problems, document_tax_problems)
        self.assertGreater(len(codes), 25)
        for code in codes:
            problem = documents.Problem(code, 0, defaultdict(str))
            self.assertTrue(document_words.describe(move, problem), code)

    def test_everyone_is_given_a_way_forward(self):
        move = self.post(self.invoice(), self.accountant)
        told = {
            document_problems.TEXT_CUT,
            document_problems.CHARACTERS,
            document_problems.QUANTITY_AS_TEXT,
            document_problems.NUMBER_SHORTENED,
        }
        modules = (document_problems, document_tax_problems)
        for user in (self.manager, self.accountant):
            seen = self.seen(move, user)
            for code in self.codes_in(*modules) - told:
                problem = documents.Problem(code, 0, defaultdict(str))
                check = document_checks.in_words(seen, problem)
                self.assertTrue(check.action or check.call, (user.login, code))
                self.assertTrue(check.button, (user.login, code))

    def codes_in(self, *modules):
        return {
            value
            for module in modules
            for name, value in vars(module).items()
            if name.isupper() and value == name.lower()
        }

    def press_in_banner(self, move, code, user):
        """Press the button of an alert as the banner does."""
        alerts = self.seen(move, user).alerts
        [alert] = [alert for key, alert in alerts.items() if key.endswith(code)]
        model, method, ids = alert["action_call"]
        with self.own_cursors():
            record = self.env[model].with_user(user).browse(ids)
            getattr(record.with_context(allowed_company_ids=self.company.ids), method)()
            self.commit()
        self.env.invalidate_all()
        return alert

    def helping(self, move):
        kind = self.env.ref("quickbooks_link.mail_activity_help")
        return move.activity_ids.filtered(lambda one: one.activity_type_id == kind)

    def test_an_accountant_asks_an_erp_manager(self):
        move = self.post(self.invoice(), self.accountant)
        alert = self.press_in_banner(move, "not_manager", self.accountant)
        self.assertEqual(alert["action_text"], "Ask an ERP Manager")
        [activity] = self.helping(move)
        self.assertEqual(activity.user_id, self.manager)
        self.assertIn(self.accountant.name, activity.note)
        self.assertIn("not in QuickBooks yet", activity.note)
        told = self.seen(move, self.accountant).alerts
        [alert] = [one for key, one in told.items() if key.endswith("not_manager")]
        self.assertIn(f"Asked to help: {self.manager.name}", alert["message"])
        self.assertNotIn("action_call", alert)
        self.seen(move, self.accountant).action_quickbooks_ask()
        self.assertEqual(len(self.helping(move)), 1)
        self.send(move)
        self.assertEqual(self.document(move).state, "sent")
        self.assertFalse(self.helping(move) or move.quickbooks_asked)

    def test_what_only_an_erp_manager_can_link_is_asked_for(self):
        self.customer.partner_id = False
        draft = self.invoice()
        self.env.flush_all()
        self.press_in_banner(draft, "customer_missing", self.accountant)
        [activity] = self.helping(draft)
        self.assertIn("is not linked to a QuickBooks Customer", activity.note)
        self.env["res.users"].browse(self.manager.id).active = False
        other = self.post(self.invoice(), self.accountant)
        with self.assertRaisesRegex(UserError, "No ERP manager"):
            self.seen(other, self.accountant).action_quickbooks_ask()

    def test_what_is_mended_on_the_document_leads_to_the_draft(self):
        self.connection.book_close_date = "2026-11-20"
        move = self.post(self.invoice())
        self.assertEqual(self.document(move).state, "attention")
        self.press_in_banner(move, "closed_period", self.manager)
        self.assertEqual(move.state, "draft")
        move.invoice_date = "2026-11-22"
        self.post(move)
        self.assertEqual(self.document(move).state, "sent", self.document(move).error)

    def test_an_accountant_asks_for_the_void(self):
        move = self.post(self.invoice())
        with self.own_cursors():
            self.document(move)._remove_for(self.accountant)
            self.commit()
        self.env.invalidate_all()
        self.press_in_banner(move, "removal", self.accountant)
        [activity] = self.helping(move)
        self.assertIn("Void in QuickBooks", activity.note)
        self.seen(move).action_quickbooks_void()
        with self.own_cursors():
            self.commit()
        self.env.invalidate_all()
        self.assertEqual(move.state, "cancel")
        self.assertFalse(self.helping(move))

    def test_the_preview_shows_the_document_without_a_call(self):
        move = self.invoice(ref="PO 7731")
        action = self.seen(move).action_quickbooks_preview()
        preview = self.seen(self.env[action["res_model"]].browse(action["res_id"]))
        for words in ("Ainsty Landscapes Ltd", "Lawn care", "20.0% S", "144.00"):
            self.assertIn(words, preview.content)
        self.assertEqual(self.calls(), {})
