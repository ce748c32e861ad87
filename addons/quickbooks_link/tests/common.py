"""What the tests of the link share: a local QuickBooks, and companies linked to it.

QuickBooks is the simulator, in a thread, spoken to over real HTTP.
"""

import os
from contextlib import nullcontext
from unittest.mock import patch

import requests
from cryptography.fernet import Fernet
from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import BaseCase, TransactionCase, get_db_name, new_test_user
from odoo.tests.common import _super_send

from qbo_simulator.server import SimulatorServer


class SimulatorMixin:
    """A local QuickBooks for the whole test class, with Odoo pointed at it."""

    quickbooks_company = "uk"
    # Tests call more often than Intuit allows; those of the limits set them.
    call_limits = "off"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = SimulatorServer(cls.quickbooks_company).start()
        cls.addClassCleanup(cls.server.stop)
        cls.startClassPatcher(patch.dict(os.environ, cls.server_settings()))
        cls.simulator = Simulated(cls.server)

    @classmethod
    def server_settings(cls):
        """Return the server's configuration that leads to the simulator."""
        settings = {
            "QUICKBOOKS_LINK_TOKEN_KEY": Fernet.generate_key().decode(),
            "QUICKBOOKS_LINK_CALL_LIMITS": cls.call_limits,
        }
        for environment in ("sandbox", "production"):
            keys = cls.server.credentials(environment=environment)
            for name in ("client_id", "client_secret", "discovery_url", "api_url"):
                settings[f"QUICKBOOKS_LINK_{environment}_{name}".upper()] = keys[name]
        return settings

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        """Let calls to the simulator pass as they are; the others meet Odoo's guard.

        EXTENDS odoo.tests: the guard takes a time-out for one number, where ours
        is a pair, and stretches short ones.
        """
        if r.url.startswith(f"{cls.server.url}/"):
            return _super_send(s, r, **kw)
        return super()._request_handler(s, r, **kw)


class QuickBooksLinkCase(SimulatorMixin, TransactionCase):
    """Odoo with an ERP manager, a company in pounds, and a UK QuickBooks company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, **DISABLED_MAIL_CONTEXT))
        cls.keep_history_here()
        cls.gbp = cls.use_currency("GBP")
        cls.company = cls.new_company("Brook & Sons Ltd")
        cls.manager = cls.new_manager("bookkeeper", cls.company)

    @classmethod
    def keep_history_here(cls):
        """Write the history of calls where it can see what the test has written."""

        def own_cursor(calls):
            if cls._registry_patched:
                return calls.env.registry.cursor()
            return nullcontext(cls.env.cr)

        calls = type(cls.env["quickbooks.call"])
        cls.startClassPatcher(patch.object(calls, "_own_cursor", own_cursor))

    @classmethod
    def use_currency(cls, code):
        currency = cls.env["res.currency"].with_context(active_test=False)
        currency = currency.search([("name", "=", code)])
        currency.active = True
        return currency

    @classmethod
    def new_company(cls, name, currency=None):
        return cls.env["res.company"].create(
            {
                "name": name,
                "currency_id": (currency or cls.gbp).id,
                "quickbooks_use_sandbox": True,
            }
        )

    @classmethod
    def new_manager(cls, login, companies, groups="base.group_erp_manager"):
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,{groups}" if groups else "base.group_user",
            company_id=companies[0].id,
            company_ids=[(6, 0, companies.ids)],
        )

    @classmethod
    def connect(cls, company=None, user=None, realm_id=None):
        """Link ``company`` as the consent page would, and return its connection."""
        keys = cls.server.credentials(realm_id=realm_id)
        return link(company or cls.company, user or cls.manager, keys)

    def as_manager(self, record, user=None):
        """Return ``record`` as an ERP manager sees it, and no superuser."""
        record = record.with_user(user or self.manager)
        companies = record if record._name == "res.company" else record.company_id
        return record.with_context(allowed_company_ids=companies.ids)


class WorkersCase(SimulatorMixin, BaseCase):
    """Workers with connections of their own, that share nothing but the database."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # Odoo's test runner holds this lock, and would keep the workers waiting.
        self.patch(Registry, "_lock", DummyRLock())


def link(company, user, keys):
    """Link ``company`` with the simulator's ``keys``; return its connection."""
    app = company.env["quickbooks.app"]
    with app._transport("sandbox") as transport:
        oauth = app._oauth_client("sandbox", transport)
        tokens = oauth.refresh(keys["refresh_token"])
        profile = app._read_profile("sandbox", transport, keys["realm_id"], tokens)
    connection = company._quickbooks_get_connection()
    connection._adopt(profile, tokens, user)
    return connection


class Simulated:
    """The simulator's control plane, spoken to over HTTP as everything else."""

    def __init__(self, server):
        self.server = server

    def post(self, path, body=None):
        return self._call("POST", path, body)

    def get(self, path):
        return self._call("GET", path)

    def delete(self, path):
        return self._call("DELETE", path)

    def _call(self, method, path, body=None):
        url = f"{self.server.url}/_sim/{path}"
        answer = requests.request(method, url, json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def calls(self, label):
        """Return how often ``label`` was called since the figures were cleared."""
        stats = self.get("stats")
        return {**stats["calls"], **stats["oauth"]}.get(label, 0)

    def consent(self, url, **choice):
        """Approve on the consent page at ``url``; return the address it leads to."""
        self.post("switches", {"auto_approve": choice or "on"})
        answer = requests.get(url, allow_redirects=False, timeout=30)
        self.post("switches", {"auto_approve": "off"})
        return answer.headers["Location"]
