"""What a benchmark stands on: Odoo in this process, QuickBooks in another one."""

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo import ground as demo_ground
from demo.companies import COMPANIES
from demo.processes import free_port
from devtools import databases, postgres
from devtools import odoo as installation
from devtools.odoorun import DATA
from devtools.paths import RUN

from .quickbooks import QuickBooks

FOLDER = RUN / "bench"
ADMIN, SYSTEM = 2, 1
# A minute, a second, and batches a minute, for a company of QuickBooks.
INTUITS_LIMITS = "500/10/40"


@dataclass(frozen=True)
class Ground:
    """A fresh Odoo database linked to a fresh QuickBooks company."""

    registry: Any
    quickbooks: QuickBooks
    server: dict[str, str]
    database: str

    @contextlib.contextmanager
    def env(self, user_id: int = ADMIN) -> Iterator[Any]:
        """Yield an environment, the administrator's; commit at the end."""
        from odoo import api

        with self.registry.cursor() as cursor:
            yield api.Environment(cursor, user_id, {})


@contextlib.contextmanager
def standing(sample: str = "uk", *, limits: str = "off") -> Iterator[Ground]:
    """Yield two books that are linked and know nothing of each other yet.

    :param limits: of the calls; by default none, so that work is measured and not
        the waiting for Intuit's permission
    """
    company = COMPANIES[sample]
    FOLDER.mkdir(parents=True, exist_ok=True)
    configuration = FOLDER / f"odoo-{os.getpid()}.conf"
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(postgres.serving())
        installation.write_configuration(configuration, server, DATA)
        stack.callback(configuration.unlink)
        source = demo_ground.template(server, configuration, company)
        database = stack.enter_context(
            databases.temporary_copy(server, DATA, source, "bench")
        )
        url = stack.enter_context(demo_ground.simulator(company, free_port(), FOLDER))
        os.environ.update(demo_ground.settings(url))
        os.environ["QUICKBOOKS_LINK_CALL_LIMITS"] = limits
        registry = stack.enter_context(_loaded(configuration, database))
        ground = Ground(registry, QuickBooks(url), server, database)
        _link(ground)
        yield ground


@contextlib.contextmanager
def _loaded(configuration: Path, database: str) -> Iterator[Any]:
    """Load Odoo into this process and yield the registry of ``database``."""
    sys.path.insert(0, str(installation.odoo_home()))
    import odoo.init  # noqa: F401  (Odoo's own preparations of the process)
    from odoo import sql_db
    from odoo.modules.registry import Registry
    from odoo.tools import config

    arguments = ["--config", str(configuration), "-d", database]
    config.parse_config([*arguments, "--log-level", "warn"], setup_logging=True)
    yield Registry(database)
    Registry.delete(database)
    sql_db.close_all()


def _link(ground: Ground) -> None:
    with ground.env() as env:
        link(env.company, ground.quickbooks.keys)


def link(company: Any, keys: dict[str, str]) -> None:
    """Link an Odoo company as the consent page does, without a browser.

    :param keys: of the company of QuickBooks, as its control plane gives them
    """
    app = company.env["quickbooks.app"]
    with app._transport("sandbox") as transport:
        oauth = app._oauth_client("sandbox", transport)
        tokens = oauth.refresh(keys["refresh_token"])
        profile = app._read_profile("sandbox", transport, keys["realm_id"], tokens)
    connection = company._quickbooks_get_connection()
    connection._adopt(profile, tokens, company.env.user)
