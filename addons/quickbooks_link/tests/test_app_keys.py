import os
from unittest.mock import patch

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..qbo import hosts

SERVER_KEYS = {
    "QUICKBOOKS_LINK_SANDBOX_CLIENT_ID": "id-of-server",
    "QUICKBOOKS_LINK_SANDBOX_CLIENT_SECRET": "secret-of-server",
}
NO_SERVER_KEYS = dict.fromkeys(
    [
        f"QUICKBOOKS_LINK_{environment}_{name}"
        for environment in ("SANDBOX", "PRODUCTION")
        for name in ("CLIENT_ID", "CLIENT_SECRET", "DISCOVERY_URL", "API_URL")
    ],
    "",
)


@tagged("post_install", "-at_install")
class TestAppKeys(TransactionCase):
    """The client id and secret that Intuit gave this installation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.dict(os.environ, NO_SERVER_KEYS))
        cls.enterClassContext(
            patch("odoo.addons.quickbooks_link.settings._from_file", lambda path: {})
        )
        cls.admin = new_test_user(cls.env, "qb_admin", groups="base.group_system")
        cls.manager = new_test_user(
            cls.env, "qb_manager", groups="base.group_user,base.group_erp_manager"
        )
        cls.app = cls.env["quickbooks.app"]

    def save_settings(self, **values):
        settings = self.env["res.config.settings"].with_user(self.admin)
        settings = settings.create(
            {f"quickbooks_{name}": value for name, value in values.items()}
        )
        settings.execute()
        return settings

    def test_an_administrator_sets_the_keys_in_general_settings(self):
        self.save_settings(sandbox_client_id=" id-1 ", sandbox_client_secret="s3cret-1")
        keys = self.app._keys("sandbox")
        self.assertEqual((keys.client_id, keys.client_secret), ("id-1", "s3cret-1"))

    def test_sandbox_and_production_have_keys_of_their_own(self):
        self.save_settings(
            sandbox_client_id="id-s",
            sandbox_client_secret="secret-s",
            production_client_id="id-p",
            production_client_secret="secret-p",
        )
        self.assertEqual(self.app._keys("sandbox").client_secret, "secret-s")
        self.assertEqual(self.app._keys("production").client_secret, "secret-p")

    def test_a_secret_is_never_read_back(self):
        settings = self.save_settings(
            sandbox_client_id="id-1", sandbox_client_secret="s3cret-1"
        )
        self.assertFalse(settings.quickbooks_sandbox_client_secret)
        fields = [name for name in settings._fields if "quickbooks" in name]
        shown = self.env["res.config.settings"].with_user(self.admin)
        self.assertNotIn("s3cret-1", str(shown.default_get(fields)))
        self.assertEqual(shown.default_get(fields)["quickbooks_sandbox_state"], "set")
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM res_config_settings")
        self.assertNotIn("s3cret-1", str(self.env.cr.fetchall()))
        self.env.cr.execute("SELECT * FROM quickbooks_app")
        self.assertNotIn("s3cret-1", str(self.env.cr.fetchall()))

    def test_saving_other_settings_keeps_the_secret(self):
        self.save_settings(sandbox_client_id="id-1", sandbox_client_secret="s3cret-1")
        self.save_settings(sandbox_client_id="id-2")
        keys = self.app._keys("sandbox")
        self.assertEqual((keys.client_id, keys.client_secret), ("id-2", "s3cret-1"))

    def test_a_new_secret_replaces_the_old_one(self):
        self.save_settings(sandbox_client_id="id-1", sandbox_client_secret="s3cret-1")
        self.save_settings(sandbox_client_id="id-1", sandbox_client_secret="s3cret-2")
        self.assertEqual(self.app._keys("sandbox").client_secret, "s3cret-2")

    def test_the_servers_configuration_comes_before_the_database(self):
        self.save_settings(sandbox_client_id="id-1", sandbox_client_secret="s3cret-1")
        with patch.dict(os.environ, SERVER_KEYS):
            keys = self.app._keys("sandbox")
            self.assertEqual(keys.client_secret, "secret-of-server")
            values = self.env["res.config.settings"].with_user(self.admin).get_values()
            self.assertEqual(values["quickbooks_sandbox_state"], "server")

    def test_missing_keys_send_an_administrator_to_the_settings(self):
        with self.assertRaises(RedirectWarning) as caught:
            self.app.with_user(self.admin)._keys("production")
        self.assertIn("Production", caught.exception.args[0])

    def test_missing_keys_tell_a_manager_whom_to_ask(self):
        with self.assertRaisesRegex(UserError, "Ask an administrator"):
            self.app.with_user(self.manager)._keys("production")

    def test_only_system_administrators_see_the_settings_fields(self):
        settings = self.env["res.config.settings"].with_user(self.manager)
        self.assertNotIn("quickbooks_sandbox_client_id", settings.fields_get())

    def test_nobody_reads_the_sealed_secret_over_rpc(self):
        self.save_settings(sandbox_client_id="id-1", sandbox_client_secret="s3cret-1")
        app = self.app._of("sandbox").sudo(False)
        for user in (self.admin, self.manager):
            with self.assertRaises(AccessError):
                app.with_user(user).read(["client_secret_sealed"])

    def test_without_configuration_only_intuit_is_spoken_to(self):
        for environment in ("sandbox", "production"):
            origins = self.app._allowed_origins(environment)
            self.assertFalse(
                {url for url in origins if ".intuit.com" not in url},
            )
        self.assertEqual(self.app._api_url("production"), hosts.PRODUCTION_API)
        self.assertEqual(self.app._api_url("sandbox"), hosts.SANDBOX_API)

    def test_the_database_can_not_send_tokens_elsewhere(self):
        self.env["ir.config_parameter"].set_param(
            "quickbooks_link.sandbox_api_url", "https://evil.example"
        )
        self.assertEqual(self.app._api_url("sandbox"), hosts.SANDBOX_API)

    def test_the_redirect_address_to_register_is_shown(self):
        self.env["ir.config_parameter"].set_param(
            "web.base.url", "https://odoo.example"
        )
        settings = self.env["res.config.settings"].with_user(self.admin).create({})
        self.assertEqual(
            settings.quickbooks_redirect_url,
            "https://odoo.example/quickbooks/oauth/callback",
        )
