"""How long it takes to install the addon where there are many contacts already."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from devtools import databases, odoo, postgres
from devtools.odoorun import DATA

from ..stand import new_folder
from .life import ADDON, Life

# Every statement, which Odoo logs when told to; that takes its time.
STATEMENTS = "--log-handler=odoo.sql_db:DEBUG"


@dataclass(frozen=True)
class Installed:
    """What an installation has cost."""

    contacts: int
    seconds: float
    statements: int


def install(contacts: int) -> Installed:
    """Install the addon in a database with so many contacts more."""
    folder = new_folder()
    configuration = folder / "odoo.conf"
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(postgres.serving())
        odoo.write_configuration(configuration, server, DATA)
        source = databases.template(server, configuration, DATA)
        database = stack.enter_context(
            databases.temporary_copy(server, DATA, source, "install")
        )
        life = Life(server, configuration, database, folder, odoo.environment())
        _add_contacts(life, contacts)
        life.modules("install", "-i", ADDON, STATEMENTS)
        text = (folder / "install.log").read_text()
    return Installed(contacts, life.seconds["install"], text.count(" query: "))


def _add_contacts(life: Life, number: int) -> None:
    with life.sql() as cursor:
        cursor.execute(
            "INSERT INTO res_partner"
            " (name, complete_name, active, is_company, type, autopost_bills,"
            "  email, city)"
            " SELECT 'Contact ' || n, 'Contact ' || n, TRUE, TRUE, 'contact', 'ask',"
            "  'contact' || n || '@many.example', 'York'"
            " FROM generate_series(1, %s) AS n",
            (number,),
        )
        cursor.execute(
            "UPDATE res_partner SET commercial_partner_id = id"
            " WHERE commercial_partner_id IS NULL"
        )
        cursor.execute("ANALYZE res_partner")
