import os
import stat
import tempfile
from pathlib import Path
from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo.tests import BaseCase, tagged
from odoo.tools import config

from ..vault import KEY_FILE, VaultError, seal, unseal

KEY = "QUICKBOOKS_LINK_TOKEN_KEY"


@tagged("post_install", "-at_install")
class TestVault(BaseCase):
    """Secrets are sealed with a key that is not in the database."""

    def with_key(self, *keys):
        value = ",".join(keys)
        return patch.dict(os.environ, {KEY: value})

    def test_a_sealed_secret_opens_with_the_key_that_sealed_it(self):
        with self.with_key(Fernet.generate_key().decode()):
            sealed = seal("AB11-refresh")
            self.assertNotIn("AB11", sealed)
            self.assertEqual(unseal(sealed), "AB11-refresh")

    def test_another_key_does_not_open_it(self):
        with self.with_key(Fernet.generate_key().decode()):
            sealed = seal("AB11-refresh")
        with (
            self.with_key(Fernet.generate_key().decode()),
            self.assertRaises(VaultError),
        ):
            unseal(sealed)

    def test_a_key_can_be_replaced_while_the_old_one_still_opens(self):
        old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
        with self.with_key(old):
            sealed = seal("AB11-refresh")
        with self.with_key(new, old):
            self.assertEqual(unseal(sealed), "AB11-refresh")
            resealed = seal("AB11-refresh")
        with self.with_key(new):
            self.assertEqual(unseal(resealed), "AB11-refresh")

    def test_a_malformed_key_is_named_as_the_problem(self):
        with self.with_key("short"), self.assertRaisesRegex(VaultError, "32 bytes"):
            seal("AB11-refresh")

    def test_without_a_key_one_is_made_once_for_the_servers_user_only(self):
        with (
            tempfile.TemporaryDirectory() as folder,
            patch.dict(config.options, {"data_dir": folder}),
            self.with_key(""),
        ):
            sealed = seal("AB11-refresh")
            path = Path(folder) / KEY_FILE
            key = path.read_text()
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
            self.assertEqual(unseal(sealed), "AB11-refresh")
            self.assertEqual(path.read_text(), key)
            self.assertEqual([file.name for file in path.parent.iterdir()], [path.name])
