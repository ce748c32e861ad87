"""Takes a database through the life of the addon, with Odoo's own commands."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import requests

from demo import ground
from demo.companies import COMPANIES, Company
from demo.processes import free_port
from devtools import databases, odoo, postgres
from devtools.odoolog import BAD, LINE, allowed_patterns
from devtools.odoorun import ALLOWED, DATA
from devtools.paths import ADDONS, ROOT

from ..stand import new_folder

SCRIPTS = ROOT / "torture/lifecycle"
NEIGHBOURS = ROOT / "torture/neighbours"
FOUNDING = ROOT / "demo/founding.py"
ADDON = "quickbooks_link"
# What an addon leaves its name in: the table, and what tells that a row is ours.
TRACES = {
    "ir_model_data": f"module = '{ADDON}'",
    "ir_model": "model LIKE 'quickbooks.%'",
    "ir_model_fields": "name LIKE '%quickbooks%' OR model LIKE 'quickbooks.%'"
    " OR relation LIKE 'quickbooks.%'",
    "ir_model_relation": "name LIKE '%quickbooks%'",
    "ir_model_constraint": "name LIKE '%quickbooks%'",
    "ir_model_access": "name LIKE '%quickbooks%'",
    "ir_rule": "name::text ILIKE '%quickbooks%' OR domain_force LIKE '%quickbooks%'",
    "ir_ui_view": "model LIKE 'quickbooks.%' OR arch_db::text LIKE '%quickbooks%'",
    "ir_ui_menu": "name::text ILIKE '%quickbooks%'",
    "ir_actions": "name::text ILIKE '%quickbooks%'",
    "ir_act_window": "res_model LIKE 'quickbooks.%'",
    "ir_act_server": "code LIKE '%quickbooks%'",
    "ir_cron": "cron_name ILIKE '%quickbooks%'",
    "ir_attachment": "res_model LIKE 'quickbooks.%' OR res_field LIKE '%quickbooks%'",
    "ir_config_parameter": "key LIKE '%quickbooks%'",
    "ir_default": "json_value LIKE '%quickbooks%'",
    "ir_filters": "model_id LIKE 'quickbooks.%'",
    "ir_asset": f"path LIKE '{ADDON}/%'",
    "res_groups": "name::text ILIKE '%quickbooks%'",
    "mail_template": "model LIKE 'quickbooks.%'",
    "mail_message": "model LIKE 'quickbooks.%'",
    "mail_followers": "res_model LIKE 'quickbooks.%'",
    "mail_activity": "res_model LIKE 'quickbooks.%'",
    "mail_tracking_value": "field_id IS NULL",
    "bus_bus": "message LIKE '%quickbooks_link%'",
}
# What PostgreSQL itself has of it.
CATALOGUES = {
    "tables": "SELECT relname FROM pg_class WHERE relname LIKE '%quickbooks%'"
    " AND relnamespace = 'public'::regnamespace",
    "columns": "SELECT table_name || '.' || column_name"
    " FROM information_schema.columns WHERE column_name LIKE '%quickbooks%'",
    "constraints": "SELECT conname FROM pg_constraint"
    " WHERE conname LIKE '%quickbooks%'",
    "functions": "SELECT proname FROM pg_proc WHERE proname LIKE '%quickbooks%'",
    "triggers": "SELECT tgname FROM pg_trigger WHERE tgname LIKE '%quickbooks%'",
}
# When it may call again is of no use after a restart.
NOT_DATA = ("quickbooks_governor",)


_ALLOWED = allowed_patterns(ALLOWED)


@dataclass
class Life:
    """One database, and what was done to it."""

    server: dict[str, str]
    configuration: Path
    database: str
    folder: Path
    environment: dict[str, str]
    seconds: dict[str, float] = field(default_factory=dict)
    # Where the addon is taken from; other than here for an earlier version of it.
    addons: Path = ADDONS

    def run(self, name: str, *arguments: str, script: Path | None = None) -> None:
        """Run Odoo once.

        :param name: what for; its log bears that name
        :raise RuntimeError: it failed, or logged a mistake
        """
        start, log = time.monotonic(), self.folder / f"{name}.log"
        command = odoo.command(
            self.configuration,
            *arguments,
            *("-d", self.database, "--max-cron-threads", "0"),
            *("--addons-path", ",".join(map(str, self._addons_path()))),
        )
        text = script.read_bytes() if script else b""
        with log.open("wb") as output:
            code = subprocess.run(
                command, input=text, env=self.environment, stdout=output, stderr=output
            ).returncode
        self.seconds[name] = time.monotonic() - start
        told = [line for line in log.read_text().splitlines() if _is_bad(line)]
        if code or told:
            raise RuntimeError("\n".join([f"see {log}", *told[:5]]))

    def _addons_path(self) -> list[Path]:
        bundled = [path for path in odoo.addons_path() if path != ADDONS]
        return [*bundled, self.addons, NEIGHBOURS]

    def shell(self, script: str) -> None:
        """Run one of the scripts in Odoo's shell."""
        self.run(script, "shell", "--no-http", script=SCRIPTS / f"{script}.py")

    def modules(self, name: str, *arguments: str) -> None:
        """Install or upgrade."""
        self.run(name, *arguments, "--stop-after-init", "--no-http")

    # === What is held === #

    def columns(self) -> dict[str, str]:
        """Return the columns that hold the addon's data, by table."""
        with self.sql() as cursor:
            cursor.execute(
                "SELECT table_name, string_agg(quote_ident(column_name), ','"
                " ORDER BY column_name)"
                " FROM information_schema.columns WHERE table_schema = 'public'"
                " AND (table_name LIKE 'quickbooks%' OR column_name LIKE 'quickbooks%')"
                " GROUP BY table_name"
            )
            return {table: names for table, names in cursor if table not in NOT_DATA}

    def data(self, columns: dict[str, str]) -> dict[str, Any]:
        """Return a digest of what stands in these columns, by table."""
        with self.sql() as cursor:
            return {table: _digest(cursor, table, columns[table]) for table in columns}

    def traces(self) -> list[str]:
        """Return what is left of the addon in the database."""
        found = []
        with self.sql() as cursor:
            for table, rule in TRACES.items():
                name = "coalesce(to_jsonb(t)->>'name', to_jsonb(t)->>'key', '')"
                cursor.execute(f"SELECT id, {name} FROM {table} t WHERE {rule}")
                found += [f"{table} {key} {name}" for key, name in cursor.fetchall()]
            for kind, query in CATALOGUES.items():
                cursor.execute(query)
                found += [f"{kind}: {name}" for (name,) in cursor.fetchall()]
        return found

    @contextlib.contextmanager
    def sql(self) -> Iterator[Any]:
        """Yield a cursor on the database."""
        with postgres.connection(self.server, self.database) as cursor:
            yield cursor


def _digest(cursor: Any, table: str, names: str) -> Any:
    cursor.execute(
        f"SELECT count(*), md5(string_agg(r, ',' ORDER BY r))"
        f" FROM (SELECT ROW({names})::text AS r FROM {table}) AS rows"
    )
    return cursor.fetchone()


def _is_bad(line: str) -> bool:
    found = LINE.match(line)
    bad = found and found["level"] in BAD
    return bool(bad) and not any(one.search(line) for one in _ALLOWED)


@contextlib.contextmanager
def living(commit: str = "") -> Iterator[Life]:
    """Yield a life at its beginning: the addon is installed, and nothing is linked.

    :param commit: of an earlier version, which is installed in place of this one
    """
    folder = new_folder()
    configuration, company = folder / "odoo.conf", COMPANIES["uk"]
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(postgres.serving())
        odoo.write_configuration(configuration, server, DATA)
        source = (
            databases.template(server, configuration, DATA)
            if commit
            else ground.template(server, configuration, company)
        )
        copy = databases.temporary_copy(server, DATA, source, "life")
        database = stack.enter_context(copy)
        url = stack.enter_context(ground.simulator(company, free_port(), folder))
        environment = _environment(url, company)
        life = Life(server, configuration, database, folder, environment)
        if commit:
            life.addons = _addons_of(commit, folder)
            life.run("founding", "shell", "--no-http", script=FOUNDING)
        yield life


def _environment(url: str, company: Company) -> dict[str, str]:
    """Return the environment that tells Odoo and its shell of the simulator."""
    return {
        **odoo.environment(),
        **ground.settings(url),
        "LIFECYCLE": _keys(url),
        "DEMO_COMPANY": json.dumps(asdict(company)),
    }


def _addons_of(commit: str, folder: Path) -> Path:
    """Return a folder with the addon as it was in a commit."""
    path = ADDONS.relative_to(ROOT)
    archive = ["git", "-C", str(ROOT), "archive", commit, str(path / ADDON)]
    packed = subprocess.run(archive, check=True, stdout=subprocess.PIPE).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], check=True, input=packed)
    return folder / path


def _keys(url: str) -> str:
    answer = requests.get(f"{url}/_sim/credentials", timeout=30)
    answer.raise_for_status()
    return json.dumps(answer.json())
