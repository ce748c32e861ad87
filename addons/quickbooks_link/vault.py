"""Seal secrets with a key that is never in the database.

The key comes, in this order, from the environment variable
``QUICKBOOKS_LINK_TOKEN_KEY``, from ``token_key`` in the section
``[quickbooks_link]`` of Odoo's configuration file, or from a file in Odoo's data
directory that is made once and readable by the server's user only. The first two
may hold several keys, separated by commas: the first seals, all of them open, so
that a key can be replaced without anybody having to log in again.
"""

import os
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from odoo.tools import config

from .settings import server_setting

KEY_FILE = Path("quickbooks_link") / "token.key"


class VaultError(Exception):
    """What was sealed can't be opened with the key this server has."""


def seal(secret: str) -> str:
    """Return ``secret`` encrypted, as text that is safe to store."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the secret that :func:`seal` was given.

    :raise VaultError: the key was lost or replaced, or the text was damaged
    """
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise VaultError(
            "The key that sealed this secret is not the one this server has"
        ) from error


def _box() -> MultiFernet:
    return _box_of(server_setting("token_key") or _key_from_file())


@lru_cache(maxsize=4)
def _box_of(keys: str) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key.strip()) for key in keys.split(",")])
    except ValueError as error:
        raise VaultError(
            "The token key must be 32 bytes in URL-safe base64, as Fernet makes it"
        ) from error


def _key_from_file() -> str:
    path = Path(config["data_dir"]) / KEY_FILE
    if not path.exists():
        _make_key_file(path)
    return path.read_text().strip()


def _make_key_file(path: Path) -> None:
    """Write a new key, unless another process just did.

    The key is complete before it gets its name: a second process sees either no
    file or a whole one, and the link fails rather than replaces.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(Fernet.generate_key())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
