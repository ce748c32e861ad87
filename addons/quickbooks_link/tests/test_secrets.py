"""Secrets are looked for byte by byte, wherever something may leave Odoo."""

import base64
import io
import json
import logging
import os
from contextlib import contextmanager, suppress
from unittest.mock import patch
from urllib.parse import parse_qs, quote, urlsplit

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from ..models import quickbooks_app, quickbooks_app_webhooks, quickbooks_token
from ..models.res_company import CALLBACK_PATH
from ..qbo.webhooks import SIGNATURE_HEADER, sign
from .access_roles import own_models
from .document_common import DocumentCase
from .test_flow_connect import ConnectCase

TALKATIVE = ("odoo.addons.quickbooks_link", "odoo.http", "urllib3", "requests")


class Ears(logging.Handler):
    """Keeps all that is logged, with tracebacks."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self.heard = []

    def emit(self, record):
        # The test's own browser is not of the product: its addresses hold the code.
        browser = record.name.startswith("urllib3") and any(
            path in record.getMessage() for path in (CALLBACK_PATH, "/connect/oauth2")
        )
        if not browser:
            self.heard.append(self.format(record))


@tagged("post_install", "-at_install")
class TestSecrets(DocumentCase, ConnectCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_system,account.group_account_manager"
        cls.admin = cls.new_manager("root", cls.company, groups=groups)

    def press(self, button, company=None):
        """Press a button of the tab in the browser."""
        return ConnectCase.press(self, button, company)

    @contextmanager
    def listening(self):
        """Give a list of all that is logged meanwhile, down to the debugger's."""
        ears = Ears()
        levels = {name: logging.getLogger(name).level for name in TALKATIVE}
        logging.getLogger().addHandler(ears)
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(logging.DEBUG)
        try:
            yield ears.heard
        finally:
            logging.getLogger().removeHandler(ears)
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)

    @contextmanager
    def knowing(self):
        """Give the list of all secrets that are sealed meanwhile."""
        secrets = []
        with patch.object(quickbooks_token, "seal", self.noting(secrets)) as _:
            for module in (quickbooks_app, quickbooks_app_webhooks):
                patcher = patch.object(module, "seal", self.noting(secrets))
                patcher.start()
                self.addCleanup(patcher.stop)
            yield secrets

    def noting(self, secrets):
        seal = quickbooks_token.seal

        def noting(secret):
            secrets.append(secret)
            return seal(secret)

        return noting

    def test_no_secret_leaves_after_a_whole_story(self):
        with self.listening() as heard, self.knowing() as secrets:
            answers = list(self.story())
        secrets += self.told_by_the_server()
        self.assertGreater(len(secrets), 6)
        self.assertGreater(len(set(secrets)), 6)
        self.env.flush_all()
        places = {
            "log": "\n".join(heard),
            "answers": "\n".join(map(str, answers)),
            "RPC": self.all_that_is_read(),
            "export": self.all_that_is_exported(),
            "chatter": "\n".join(
                map(str, self.env["mail.message"].search([]).mapped("body"))
            ),
            "dump": self.dump(),
        }
        for name, text in places.items():
            self.assertGreater(len(text), 1000 if name != "chatter" else 10, name)
            for number, secret in enumerate(dict.fromkeys(secrets)):
                for form in self.forms(secret):
                    # Not assertNotIn: it would write the secret to the log.
                    self.assertFalse(form in text, f"{name}: secret {number}")

    # === The story === #

    def story(self):
        """Do what is done with a link; yield what people and programs are told."""
        app = self.env["quickbooks.app"]
        app._set("production", "id-of-production", "secret-of-production-7f3a")
        app._set_webhook_verifier("sandbox", "verifier-of-sandbox-9c1d")
        url = self.leave()
        self.codes = parse_qs(urlsplit(url).query)["state"]
        location = self.simulator.consent(url, realm_id=self.realm)
        self.codes += parse_qs(urlsplit(location).query)["code"]
        answer = self.come_back(location)
        yield answer.status_code, answer.text
        # The way back serves once: this one is refused.
        yield self.come_back(location).text
        self.simulator.post("tokens/expire", {"kind": "access"})
        yield self.press("action_quickbooks_test")
        yield self.sync("full")
        self.fault("fault", "create Invoice", code="6000", status=400)
        yield self.alerts(self.post(self.invoice()))
        self.fault("drop_after", "create Invoice", times=2)
        yield self.alerts(self.post(self.invoice()))
        yield self.webhook()
        self.simulator.post("tokens/expire", {})
        yield self.press("action_quickbooks_test")
        yield self.alerts(self.post(self.invoice()))
        for name in ("quickbooks_health", "quickbooks_readiness"):
            yield self.ask(name)

    def ask(self, method):
        """Return what a program is told that calls the method over RPC."""
        return self.make_jsonrpc_request(
            "/web/dataset/call_kw",
            {
                "model": "res.company",
                "method": method,
                "args": [self.company.ids],
                "kwargs": {},
            },
        )

    def webhook(self):
        body = json.dumps([{"intuitaccountid": self.realm}]).encode()
        url = f"{self.base_url()}/quickbooks/webhooks"
        answers = [
            self.opener.post(url, data=body, headers={SIGNATURE_HEADER: signature})
            for signature in (sign("verifier-of-sandbox-9c1d", body), "wrong")
        ]
        self.assertEqual([answer.status_code for answer in answers], [200, 401])
        return [answer.text for answer in answers]

    def told_by_the_server(self):
        """Return the secrets that are of the configuration, or of one moment."""
        names = ("TOKEN_KEY", "SANDBOX_CLIENT_SECRET", "PRODUCTION_CLIENT_SECRET")
        configured = [os.environ[f"QUICKBOOKS_LINK_{name}"] for name in names]
        return [*configured, *self.codes]

    def forms(self, secret):
        """Yield the ways in which a secret may be written down."""
        encoded = base64.b64encode(secret.encode()).decode()
        yield secret
        yield quote(secret, safe="")
        yield json.dumps(secret)[1:-1]
        yield encoded.rstrip("=")
        yield secret.encode().hex()
        for environment in ("SANDBOX", "PRODUCTION"):
            client = os.environ[f"QUICKBOOKS_LINK_{environment}_CLIENT_ID"]
            both = base64.b64encode(f"{client}:{secret}".encode()).decode()
            yield both.rstrip("=")

    # === Where they may be === #

    def records(self):
        """Yield all records of ours as an administrator sees them."""
        env = self.env(
            user=self.admin, context={"allowed_company_ids": self.company.ids}, su=False
        )
        for name in own_models(self.env):
            model = env[name].with_context(active_test=False)
            if model.has_access("read"):
                yield model.search([])
        yield env["res.company"].browse(self.company.id)
        yield env["res.config.settings"].create({})

    def all_that_is_read(self):
        return "\n".join(
            str(records.read([name]))
            for records in self.records()
            for name in self.readable(records)
        )

    def readable(self, records):
        """Return the fields that can be read: some lead to what can't be."""
        for name in records.fields_get():
            try:
                records.read([name])
            except AccessError:
                continue
            yield name

    def all_that_is_exported(self):
        texts = []
        for records in self.records():
            kinds = records.fields_get()
            for name in self.readable(records):
                if kinds[name]["type"] == "binary":
                    continue
                with suppress(AccessError):
                    texts.append(str(records.export_data([name])))
        return "\n".join(texts)

    def dump(self):
        """Return the whole database as a dump would hold it."""
        self.env.cr.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        target = io.StringIO()
        for [table] in self.env.cr.fetchall():
            query = SQL("COPY %s TO STDOUT", SQL.identifier(table))
            self.env.cr.copy_expert(query.code, target)
        return target.getvalue()
