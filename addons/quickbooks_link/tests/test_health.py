"""The tab and the dashboard tell how the link is doing; a person hears once."""

from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .document_common import CommitHooks, DocumentCase
from .sync_common import SyncCase


class HealthMixin:
    def health(self, company=None, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.as_manager(company or self.company, user).quickbooks_health()

    def problems(self):
        return {one["key"]: one for one in self.health()["problems"]}

    def fact(self, key):
        facts = {one["key"]: one for one in self.health()["facts"]}
        return facts[key]["text"] or facts[key].get("at")

    def answered(self, **ago):
        """Let QuickBooks have answered last so long ago."""
        at = fields.Datetime.now() - timedelta(**ago)
        self.env["quickbooks.call"].sudo().search([]).called_at = at
        self.connection.adopted_at = at

    def check(self, **later):
        """Do what the scheduled action does; return the open alerts by their keys."""
        cron = self.env.ref("quickbooks_link.ir_cron_quickbooks_health")
        at = fields.Datetime.now() + timedelta(**later)
        with self.own_cursors(), freeze_time(at):
            cron.method_direct_trigger()
        self.env.invalidate_all()
        alerts = self.env["quickbooks.alert"].search(
            [("company_id", "=", self.company.id), ("cleared_at", "=", False)]
        )
        return {alert.key: alert for alert in alerts}

    def activities(self, user=None):
        return self.env["mail.activity"].search(
            [("user_id", "=", (user or self.manager).id)]
        )


@tagged("post_install", "-at_install")
class TestHealth(HealthMixin, SyncCase):
    def press_test(self):
        self.press_company("action_quickbooks_test")

    def press_company(self, action):
        with self.own_cursors():
            return getattr(self.as_manager(self.company), action)()

    def test_green_means_that_quickbooks_has_answered(self):
        self.env["quickbooks.call"].sudo().search([]).unlink()
        self.connection.adopted_at = False
        self.assertEqual(self.health()["level"], "warning")
        self.assertIn("unchecked", self.problems())
        self.connect(realm_id=self.realm)
        self.assertEqual(self.health()["level"], "success")
        self.connection.adopted_at = fields.Datetime.now() - timedelta(hours=7)
        self.assertIn("silent", self.problems())
        self.press_test()
        health = self.health()
        self.assertEqual((health["level"], health["problems"]), ("success", []))
        self.answered(hours=5)
        self.assertEqual(self.health()["level"], "success")
        self.answered(hours=7)
        self.assertEqual(self.health()["level"], "warning")
        self.company.quickbooks_alert_hours = 8
        self.assertEqual(self.health()["level"], "success")

    def test_what_the_tab_asks_for_writes_nothing(self):
        """It asks three times at once: each would make the link's row."""
        other = self.new_company("Never Connected Ltd")
        self.manager.company_ids += other
        tab = self.as_manager(other)
        self.assertEqual(tab.quickbooks_health()["headline"], "Not connected")
        self.assertEqual(tab.quickbooks_readiness(), [])
        self.assertFalse(all(step["done"] for step in tab.quickbooks_onboarding()))
        connections = self.env["quickbooks.connection"].sudo()
        self.assertFalse(connections.search([("company_id", "=", other.id)]))

    def test_a_refused_call_is_no_answer(self):
        self.answered(hours=7)
        self.fault("fault", "batch", code="6190", status=400)
        with self.assertRaises(UserError):
            self.press_test()
        self.assertEqual(self.health()["level"], "warning")

    def test_as_whom_until_when_and_what_comes_next(self):
        token = self.connection.token_ids.sudo()
        token.refresh_expires_at = "2027-03-05 10:00:00"
        token.refresh_hard_expires_at = "2031-11-04 10:00:00"
        self.sync("full")
        self.env["quickbooks.webhook"].sudo()._plan(self.connection)
        words = self.fact(f"user{token.id}")
        for part in (self.manager.name, "03/05/2027", "11/04/2031"):
            self.assertIn(part, words)
        self.assertIn(self.realm, self.fact("company"))
        for key in ("answer", "success", "webhook"):
            self.assertRegex(self.fact(key), r"^\d{4}-\d\d-\d\d ", key)

        cron = self.env.ref("quickbooks_link.ir_cron_quickbooks_scheduled")
        cron.nextcall = fields.Datetime.now() + timedelta(minutes=20)
        self.assertEqual(self.fact("next"), fields.Datetime.to_string(cron.nextcall))
        self.assertRegex(self.fact("calls"), r"^\d+, about \d+ by its end$")

    def test_disconnected_and_never_connected(self):
        other = self.new_company("Weaver Ltd")
        self.manager.company_ids += other
        health = self.health(other)
        self.assertEqual((health["level"], health["facts"]), ("info", []))
        self.connection._disconnect()
        health = self.health()
        self.assertEqual((health["level"], health["connected"]), ("info", False))
        self.assertIn("is remembered", health["advice"])
        cards = self.env["res.company"].with_user(self.manager)
        cards = cards.with_context(allowed_company_ids=(self.company + other).ids)
        names = [card["name"] for card in cards.quickbooks_dashboard()]
        self.assertEqual(sorted(names), ["Brook & Sons Ltd", "Weaver Ltd"])

    def test_only_erp_managers_of_the_company(self):
        stranger = self.new_manager("stranger", self.new_company("Other Ltd"))
        employee = self.new_manager("employee", self.company, groups="")
        for user in (stranger, employee):
            company = self.company.with_user(user)
            with self.assertRaises(AccessError):
                company.quickbooks_health()
            with self.assertRaises(AccessError):
                company.action_quickbooks_show_waiting()
        with self.assertRaises(AccessError):
            self.env["res.company"].with_user(employee).quickbooks_dashboard()

    # === A person hears once === #

    def test_a_link_that_fails_long_enough_is_told_of_once_and_cleared(self):
        self.company.quickbooks_alert_email = "accounts@brook.example"
        second = self.new_manager("second", self.company)
        self.env["quickbooks.background.user"].create(
            [
                {"company_id": self.company.id, "user_id": user.id}
                for user in (self.manager, second)
            ]
        )
        self.press_test()
        self.assertEqual(self.check(), {})
        self.connection.write(
            {
                "failing_since": fields.Datetime.now() - timedelta(hours=5),
                "last_error": "QuickBooks could not be reached.",
            }
        )
        self.assertEqual(self.check(), {}, "not long enough to matter")
        self.assertEqual(self.health()["level"], "danger")
        alert = self.check(hours=2)["failing"]
        for user in (self.manager, second):
            self.assertEqual(len(self.activities(user)), 1)
            self.assertIn("could not be reached", self.activities(user).note)
        mails = [("email_to", "=", "accounts@brook.example")]
        mail = self.env["mail.mail"].search(mails).ensure_one()
        self.assertIn("could not be reached", mail.body_html)
        self.assertIn(f"{self.company.get_base_url()}/odoo/quickbooks", mail.body_html)
        for hours in (3, 4, 30):
            self.assertEqual(self.check(hours=hours)["failing"], alert)
        self.assertEqual(len(self.activities() + self.activities(second)), 2)
        self.activities(second).action_done()
        self.check(hours=31)
        self.assertFalse(self.activities(second), "who has seen to it hears no more")
        self.assertEqual(self.env["mail.mail"].search_count(mails), 1)
        self.connection.write({"failing_since": False, "last_error": False})
        self.assertEqual(self.check(), {})
        self.assertFalse(self.activities())
        self.connection.failing_since = fields.Datetime.now() - timedelta(hours=9)
        self.assertNotEqual(self.check()["failing"], alert, "a new trouble is told")
        self.assertEqual(len(self.activities()), 1)

    def test_a_log_in_that_ends_is_told_of_in_30_and_in_7_days(self):
        token = self.connection.token_ids.sudo()
        token.refresh_hard_expires_at = fields.Datetime.now() + timedelta(days=60)
        self.company.quickbooks_alert_hours = 24 * 365
        self.assertEqual(self.check(), {})
        [key] = self.check(days=31)
        self.assertEqual(key, f"expiry_30_{token.id}")
        self.assertIn("in 29 days", self.activities().note)
        self.check(days=40)
        self.assertEqual(len(self.activities()), 1)
        [key] = self.check(days=54)
        self.assertEqual(key, f"expiry_7_{token.id}")
        self.assertEqual(len(self.activities()), 1)
        self.assertIn("in 6 days", self.activities().note)
        token.refresh_hard_expires_at = fields.Datetime.now() + timedelta(days=900)
        token.refresh_expires_at = fields.Datetime.now() + timedelta(days=100)
        self.assertEqual(self.check(), {})
        self.assertFalse(self.activities())

    def test_the_log_in_of_somebody_the_scheduler_does_not_use_matters_to_nobody(self):
        second = self.new_manager("second", self.company)
        self.env["quickbooks.background.user"].create(
            {"company_id": self.company.id, "user_id": second.id}
        )
        token = self.connection.token_ids.sudo()
        token.refresh_expires_at = fields.Datetime.now() + timedelta(days=5)
        self.assertEqual(self.check(), {})

    def test_nobody_is_logged_in_any_more(self):
        self.press_test()
        self.connection.token_ids.sudo()._refuse("expired")
        self.assertEqual(self.health()["level"], "danger")
        self.assertEqual(self.check(), {})
        self.assertIn(self.manager.name, self.check(hours=7)["login"].text)
        self.connect(realm_id=self.realm)
        self.assertEqual(self.check(), {})
        self.assertFalse(self.activities())

    def test_one_companys_trouble_does_not_keep_another_from_being_told(self):
        other = self.new_company("Weaver Ltd")
        realm = self.open_realm("empty")
        weaver = self.connect(other, realm_id=realm)
        now = fields.Datetime.now()
        (self.connection + weaver).failing_since = now - timedelta(hours=9)
        check = self.registry["quickbooks.alert"]._check

        def failing(alerts, connection):
            if connection == self.connection:
                raise ValueError("broken")
            return check(alerts, connection)

        self.patch(self.registry["quickbooks.alert"], "_check", failing)
        with self.assertLogs("odoo.addons.quickbooks_link", "ERROR"):
            self.assertEqual(self.check(), {})
        alerts = self.env["quickbooks.alert"].search([("company_id", "=", other.id)])
        self.assertEqual(alerts.key, "failing")

    def test_alerts_are_the_companys_own(self):
        self.connection.failing_since = fields.Datetime.now() - timedelta(hours=9)
        alert = self.check()["failing"]
        stranger = self.new_manager("stranger", self.new_company("Other Ltd"))
        with self.assertRaises(AccessError):
            alert.with_user(stranger).read(["text"])
        self.assertTrue(self.as_manager(alert).text)
        with self.assertRaises(AccessError):
            self.as_manager(alert).write({"text": "x"})


@tagged("post_install", "-at_install", "browser")
class TestTourDashboard(HealthMixin, CommitHooks, DocumentCase, HttpCase):
    def test_documents_that_wait_and_the_dashboard_in_the_browser(self):
        self.company.quickbooks_alert_hours = 1000
        self.product.product_tmpl_id.quickbooks_item_id = False
        moves = [self.post(self.invoice()) for _number in range(2)]
        document = self.document(moves[0])
        self.assertEqual(document.state, "attention")
        counts = {one["key"]: one["number"] for one in self.health()["counts"]}
        self.assertEqual(counts, {"waiting": 0, "attention": 2})
        self.assertIn("refused", self.problems())
        self.assertNotIn("documents", self.check(hours=5))
        since = document.open_since
        self.assertTrue(since)
        alert = self.check(hours=25)["documents"]
        self.assertIn("more than a day: 2.", alert.text)
        self.assertIn(moves[0].name, alert.text)
        self.assertEqual(len(self.activities()), 1)
        action = self.as_manager(self.company).action_quickbooks_show_attention()
        found = self.env["quickbooks.document"].search(action["domain"])
        self.assertEqual(found.move_id, moves[0] + moves[1])
        self.start_tour("/odoo", "quickbooks_link_dashboard", login=self.manager.login)
        self.product.product_tmpl_id.quickbooks_item_id = self.item
        self.run_cron()
        self.assertEqual(document.state, "sent")
        self.assertFalse(document.open_since)
        self.assertEqual(self.check(), {})
        self.assertFalse(self.activities())
