import json
import os
import random
import statistics
import time
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from ..models.quickbooks_webhook import GATHER
from ..qbo.webhooks import MAX_BODY, SIGNATURE_HEADER, sign
from .common import QuickBooksLinkCase

PATH = "/quickbooks/webhooks"
VERIFIER = "5f2c1f0e-verifier-of-the-sandbox"
OTHER_VERIFIER = "77aa11bb-verifier-of-production"
UNKNOWN_REALM = "999999999999"


@tagged("post_install", "-at_install")
class TestWebhooks(QuickBooksLinkCase, HttpCase):
    """Intuit tells that something has changed: a hint, and no more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["quickbooks.app"]._set_webhook_verifier("sandbox", f" {VERIFIER} ")
        cls.env["quickbooks.app"]._set_webhook_verifier("production", OTHER_VERIFIER)
        cls.connection = cls.connect()
        cls.realm = cls.connection.realm_id
        realm = cls.simulator_company()
        cls.other = cls.connect(cls.new_company("Weaver Ltd"), realm_id=realm)
        cls.cron = cls.env.ref("quickbooks_link.ir_cron_quickbooks_sync")

    @classmethod
    def simulator_company(cls):
        return cls.simulator.post("companies", {"company": "empty"})["realm_id"]

    def setUp(self):
        super().setUp()
        self.forget_triggers()

    def forget_triggers(self):
        self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]).unlink()

    def triggers(self):
        return self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)])

    def send(self, content, verifier=VERIFIER, **headers):
        """Send what Intuit would; return the answer."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        headers = {SIGNATURE_HEADER: sign(verifier, body), **headers}
        headers = {name: value for name, value in headers.items() if value is not None}
        headers.setdefault("Content-Type", "application/json")
        self.env.flush_all()
        answer = self.opener.post(
            f"{self.base_url()}{PATH}", data=body, headers=headers, timeout=30
        )
        self.env.invalidate_all()
        return answer

    def told(self, *realms, entity="Customer", number="1"):
        """Return the older format's body."""
        entities = [{"name": entity, "id": number, "operation": "Update"}]
        return {
            "eventNotifications": [
                {"realmId": realm, "dataChangeEvent": {"entities": entities}}
                for realm in realms
            ]
        }

    def cloud(self, *realms):
        """Return CloudEvents."""
        return [
            {
                "specversion": "1.0",
                "id": f"event-{number}",
                "source": "intuit.test=",
                "type": "qbo.invoice.updated.v1",
                "time": "2026-11-25T10:00:00.123456789Z",
                "intuitentityid": str(number),
                "intuitaccountid": realm,
            }
            for number, realm in enumerate(realms)
        ]

    def due(self, seconds=10):
        with freeze_time(fields.Datetime.now() + timedelta(seconds=seconds)):
            return self.env["quickbooks.webhook"]._take_due()

    def test_it_notes_the_company_wakes_the_scheduler_and_makes_no_call(self):
        self.simulator.delete("stats")
        for body, content_type in (
            (self.told(self.realm), "application/json"),
            (self.cloud(self.realm), "application/cloudevents+json"),
        ):
            self.forget_triggers()
            answer = self.send(body, **{"Content-Type": content_type})
            self.assertEqual((answer.status_code, answer.content), (200, b""))
            self.assertTrue(self.connection.webhook_last_heard)
            self.assertFalse(self.other.webhook_last_heard)
            wait = self.triggers().call_at - fields.Datetime.now()
            self.assertLessEqual(wait, GATHER)
            self.assertFalse(self.due(seconds=0))
            self.assertEqual(self.due(), self.connection)
            self.assertFalse(self.due())
        self.assertFalse(self.simulator.get("stats")["calls"])
        self.assertFalse(self.env["quickbooks.sync.run"].search([]))

    def test_several_companies_in_one_call(self):
        for body in (
            self.told(self.realm, UNKNOWN_REALM, self.other.realm_id),
            self.cloud(self.realm, UNKNOWN_REALM, self.other.realm_id, self.realm),
        ):
            self.assertEqual(self.send(body).status_code, 200)
            self.assertEqual(self.due(), self.connection + self.other)

    def test_a_wrong_signature_learns_nothing_and_does_nothing(self):
        body = self.told(self.realm)
        for headers in (
            {"verifier": "another"},
            # A company is woken only by the app that it is connected with.
            {SIGNATURE_HEADER: ""},
            {SIGNATURE_HEADER: None},
            {SIGNATURE_HEADER: "nonsense"},
            {SIGNATURE_HEADER: sign(VERIFIER, b"another body")},
        ):
            answer = self.send(body, **headers)
            self.assertEqual((answer.status_code, answer.content), (401, b""))
        self.assertFalse(self.triggers())
        self.assertFalse(self.connection.webhook_last_heard)

    def test_production_can_not_wake_a_sandbox_company(self):
        answer = self.send(self.told(self.realm), verifier=OTHER_VERIFIER)
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(self.due())

    def test_nothing_is_believed_where_no_verifier_token_is_set(self):
        self.env["quickbooks.app"].sudo().search([]).webhook_verifier_sealed = False
        for verifier in ("", "False", VERIFIER):
            answer = self.send(self.told(self.realm), verifier=verifier)
            self.assertEqual(answer.status_code, 401)

    def test_a_verifier_token_that_can_not_be_opened_is_none(self):
        app = self.env["quickbooks.app"]._of("sandbox")
        app.webhook_verifier_sealed = "sealed with another key"
        with self.assertLogs("odoo.addons.quickbooks_link", "WARNING") as logs:
            self.assertEqual(self.send(self.told(self.realm)).status_code, 401)
        self.assertNotIn(VERIFIER, str(logs.output))

    def test_the_servers_configuration_comes_before_the_database(self):
        name = "QUICKBOOKS_LINK_SANDBOX_WEBHOOK_VERIFIER"
        with patch.dict(os.environ, {name: "of the server"}):
            self.assertEqual(self.send(self.told(self.realm)).status_code, 401)
            answer = self.send(self.told(self.realm), verifier="of the server")
            self.assertEqual(answer.status_code, 200)
            state = self.env["res.config.settings"]._quickbooks_webhook_state("sandbox")
            self.assertEqual(state, "server")
        self.assertEqual(self.due(), self.connection)

    def test_what_is_signed_and_can_not_be_read_is_logged_and_not_sent_again(self):
        for body in (b"", b"{", b"[1]", b'{"eventNotifications": 5}'):
            with self.assertLogs("odoo.addons.quickbooks_link", "WARNING"):
                self.assertEqual(self.send(body).status_code, 200)
        self.assertFalse(self.triggers())

    def test_a_company_that_is_not_connected_is_not_woken(self):
        self.other.token_ids.sudo().unlink()
        self.assertEqual(self.send(self.told(self.other.realm_id)).status_code, 200)
        self.assertFalse(self.due())

    def test_no_session_no_csrf_token_no_other_method_no_great_length(self):
        answer = self.send(self.told(self.realm))
        self.assertNotIn("Set-Cookie", answer.headers)
        self.assertEqual(self.url_open(PATH).status_code, 405)
        answer = self.send(b"x" * (MAX_BODY + 1))
        self.assertEqual(answer.status_code, 413)

    def test_a_storm_of_events_is_one_wake_up(self):
        """10,000 events with duplicates, out of order, for two companies."""
        chance = random.Random(7)
        events = [
            (self.connection, self.other)[number % 2].realm_id for number in range(5000)
        ]
        events += chance.sample(events, 5000)
        chance.shuffle(events)
        took, begun = [], time.perf_counter()
        self.send(self.cloud(self.realm))
        for start in range(0, len(events), 100):
            body = self.cloud(*events[start : start + 100])
            # The processor's time: what else the machine does is no matter.
            begin = time.process_time()
            self.assertEqual(self.send(body).status_code, 200)
            took.append(time.process_time() - begin)
        # Odoo's times are whole seconds: a window may be a second shorter.
        shortest = GATHER.total_seconds() - 1
        windows = 1 + (time.perf_counter() - begun) // shortest
        self.assertLessEqual(len(self.triggers()), 2 * windows)
        self.assertEqual(self.due(), self.connection + self.other)
        self.assertFalse(self.due())
        self.assertLess(statistics.median(took), 0.1)

    def test_an_event_after_the_look_wakes_again(self):
        self.send(self.told(self.realm))
        self.assertEqual(self.due(), self.connection)
        self.send(self.told(self.realm))
        self.assertEqual(self.due(), self.connection)
        self.assertEqual(len(self.triggers()), 2)

    def test_ten_thousand_events_fit_in_one_call(self):
        body = self.cloud(*[self.realm] * 10_000)
        self.assertEqual(self.send(body).status_code, 200)
        self.assertEqual(len(self.triggers()), 1)

    # === General Settings === #

    def test_the_verifier_token_is_set_with_the_app_keys_and_never_read_back(self):
        admin = new_test_user(self.env, "qb_admin", groups="base.group_system")
        settings = self.env["res.config.settings"].with_user(admin)
        new = settings.create({"quickbooks_sandbox_webhook_verifier": " new-token-9 "})
        new.execute()
        app = self.env["quickbooks.app"]
        self.assertEqual(app._webhook_verifier("sandbox"), "new-token-9")
        self.assertEqual(app._webhook_verifier("production"), OTHER_VERIFIER)
        settings.create({}).execute()
        self.assertEqual(app._webhook_verifier("sandbox"), "new-token-9")
        names = [name for name in settings._fields if "quickbooks" in name]
        shown = settings.default_get(names)
        self.assertEqual(shown["quickbooks_sandbox_webhook_state"], "set")
        self.assertTrue(settings.create({}).quickbooks_webhook_url.endswith(PATH))
        self.env.flush_all()
        for table in ("res_config_settings", "quickbooks_app"):
            self.env.cr.execute(f"SELECT * FROM {table}")  # pylint: disable=sql-injection
            self.assertNotIn("new-token-9", str(self.env.cr.fetchall()))
        self.assertNotIn("new-token-9", str(shown) + str(new.read()))
        with self.assertRaises(AccessError):
            app._of("sandbox").with_user(admin).read(["webhook_verifier_sealed"])
