import os
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .document_common import DocumentCase
from .test_app_keys import NO_SERVER_KEYS


@tagged("post_install", "-at_install")
class TestOnboarding(DocumentCase):
    """From the app keys to the first invoice, each step ticked off by itself."""

    def steps(self, company=None):
        self.env.flush_all()
        self.env.invalidate_all()
        company = self.as_manager(company or self.company)
        return {one["key"]: one["done"] for one in company.quickbooks_onboarding()}

    def test_a_new_company(self):
        new = self.new_company("Weaver Ltd")
        self.manager.company_ids += new
        steps = self.steps(new)
        self.assertEqual(list(steps)[:3], ["keys", "connect", "sync"])
        self.assertEqual([key for key, done in steps.items() if done], ["keys"])
        with patch.dict(os.environ, NO_SERVER_KEYS):
            self.assertFalse(self.steps(new)["keys"])
            with self.assertRaisesRegex(UserError, "Ask an administrator"):
                self.as_manager(new).action_quickbooks_open_settings()
            self.env["quickbooks.app"]._set("sandbox", "id", "secret")
            self.assertTrue(self.steps(new)["keys"])

    def test_the_last_steps_and_the_end(self):
        steps = self.steps()
        self.assertEqual(
            [key for key, done in steps.items() if not done], ["users", "invoice"]
        )
        self.tax.quickbooks_tax_code_id = False
        self.assertFalse(self.steps()["tax_codes"])
        self.tax.quickbooks_tax_code_id = self.one("tax.code", "20.0% S")
        self.env["quickbooks.background.user"].create(
            {"company_id": self.company.id, "user_id": self.manager.id}
        )
        self.assertTrue(self.steps()["users"])
        self.post(self.invoice())
        self.assertEqual(self.steps(), {}, "all done, so it is gone")

    def test_every_button_leads_somewhere(self):
        company = self.as_manager(self.company)
        for step in company.quickbooks_onboarding():
            if step["method"] and step["key"] not in ("keys", "connect"):
                action = getattr(company, step["method"])()
                self.assertIn("type", action, step["key"])

    def test_it_can_be_closed_by_managers_only(self):
        for user in (self.accountant, self.new_manager("x", self.company, groups="")):
            company = self.as_manager(self.company, user)
            for name in ("quickbooks_onboarding", "action_quickbooks_close_onboarding"):
                with self.assertRaises(AccessError):
                    getattr(company, name)()
        self.as_manager(self.company).action_quickbooks_close_onboarding()
        self.assertEqual(self.steps(), {})
