"""What a story stands on: its database, the two servers, and a folder for the logs."""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import requests

from devtools import databases, odoo, postgres
from devtools.locks import alone
from devtools.odoorun import DATA
from devtools.paths import ADDON, ROOT, RUN, SIMULATOR

from .companies import Company
from .processes import HOST, Child, check_free, free_port, listens, running

LOGS = RUN / "demo"
KEPT = 6
ODOO_PORT, SIMULATOR_PORT = 8069, 8585
# On a slow machine with much to do; nobody waits so long on another.
START_SECONDS = 180
PREFIX = f"ql_demo_{databases.MARK}_"


@dataclass(frozen=True)
class Ground:
    """Two servers that answer, and where the logs are."""

    company: Company
    odoo_url: str
    simulator_url: str
    database: str
    folder: Path


@contextlib.contextmanager
def prepared(company: Company, *, fixed_ports: bool) -> Iterator[Ground]:
    """Yield a fresh Odoo and a fresh QuickBooks for ``company``; end them after.

    :param fixed_ports: on the ports a person expects, or on free ones
    """
    ports = _ports(fixed_ports)
    folder = _folder(company)
    configuration = folder / "odoo.conf"
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(postgres.serving())
        odoo.write_configuration(configuration, server, DATA)
        source = template(server, configuration, company)
        database = stack.enter_context(
            databases.temporary_copy(server, DATA, source, "demo")
        )
        simulator_url = stack.enter_context(simulator(company, ports[1], folder))
        ground = Ground(
            company, f"http://{HOST}:{ports[0]}", simulator_url, database, folder
        )
        set_address(server, database, ground.odoo_url)
        stack.enter_context(_odoo(ground, configuration, ports[0]))
        yield ground


def _ports(fixed: bool) -> tuple[int, int]:
    if not fixed:
        return free_port(), free_port()
    check_free(ODOO_PORT, "Odoo")
    check_free(SIMULATOR_PORT, "the simulator")
    return ODOO_PORT, SIMULATOR_PORT


def _folder(company: Company) -> Path:
    """Return a new folder for the logs, and drop the oldest of those before."""
    LOGS.mkdir(parents=True, exist_ok=True)
    before = sorted(LOGS.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in before[: -KEPT + 1]:
        process = old.name.rpartition("-")[2]
        if not Path("/proc", process).exists():
            shutil.rmtree(old, ignore_errors=True)
    folder = LOGS / f"{company.sample}-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    return folder


# === The database === #


def template(server: dict[str, str], configuration: Path, company: Company) -> str:
    """Return the name of a database with the addon and the company, made if need be.

    It is made anew when the addon, the company or the way it is set up changes.
    """
    standard = databases.template(server, configuration, DATA)
    prefix = f"{PREFIX}{company.sample}_"
    name = prefix + _fingerprint(standard, company)
    with alone(RUN / "demo.lock"):
        there = postgres.databases(server, prefix)
        if name in there and databases.filestore(DATA, name).is_dir():
            return name
        for old in there:
            databases.discard(server, DATA, old)
        _found(server, configuration, company, standard, name)
    return name


def _fingerprint(standard: str, company: Company) -> str:
    digest = hashlib.sha256(f"{standard}{company}".encode())
    files = [path for path in ADDON.rglob("*") if "__pycache__" not in path.parts]
    for path in sorted([*files, _script()]):
        if path.is_file() and "tests" not in path.relative_to(ROOT).parts:
            digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()[:10]


def _script() -> Path:
    return ROOT / "demo/founding.py"


def _found(
    server: dict[str, str],
    configuration: Path,
    company: Company,
    standard: str,
    name: str,
) -> None:
    print(f"Preparing the database of {company.values['name']}: once, a minute or two")
    sys.stdout.flush()
    purpose = f"found_{company.sample}"
    with databases.temporary_copy(server, DATA, standard, purpose) as unfinished:
        _run_shell(configuration, company, unfinished)
        postgres.create(server, name, unfinished)
        shutil.copytree(
            databases.filestore(DATA, unfinished),
            databases.filestore(DATA, name),
            copy_function=os.link,
        )


def _run_shell(configuration: Path, company: Company, database: str) -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"preparing-{company.sample}.log"
    with _script().open("rb") as script, log.open("wb") as output:
        code = subprocess.call(
            odoo.command(configuration, "shell", "-d", database, "--no-http"),
            env={**odoo.environment(), "DEMO_COMPANY": json.dumps(asdict(company))},
            stdin=script,
            stdout=output,
            stderr=output,
        )
    if code:
        raise SystemExit(f"error: the demo's database could not be prepared: see {log}")


def set_address(server: dict[str, str], database: str, url: str) -> None:
    """Tell Odoo the address people reach it at: QuickBooks sends them back there."""
    with postgres.connection(server, database) as cursor:
        # Scheduled syncs come when the story calls for them.
        cursor.execute(
            "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' + interval '1 day'"
            " WHERE cron_name = 'QuickBooks: scheduled sync'"
        )
        for key, value in (
            ("web.base.url", url),
            ("web.base.url.freeze", "True"),
        ):
            cursor.execute(
                "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, value),
            )


# === The servers === #


@contextlib.contextmanager
def simulator(company: Company, port: int, folder: Path) -> Iterator[str]:
    """Run QuickBooks with the books of ``company``; yield its address."""
    arguments = ("--port", str(port), "--company", company.sample)
    command = [sys.executable, "-m", "qbo_simulator", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(SIMULATOR)}
    log = folder / "simulator.log"
    with running("the simulator", command, environment, log) as child:
        child.wait_until(lambda: listens(port), START_SECONDS)
        yield f"http://{HOST}:{port}"


@contextlib.contextmanager
def _odoo(ground: Ground, configuration: Path, port: int) -> Iterator[Child]:
    command = odoo.command(
        configuration,
        *("-d", ground.database, "--http-port", str(port), "--no-database-list"),
        *("--max-cron-threads", "1"),
    )
    environment = {**odoo.environment(), **settings(ground.simulator_url)}
    with running("Odoo", command, environment, ground.folder / "odoo.log") as child:
        child.wait_until(lambda: _answers(ground.odoo_url), START_SECONDS)
        yield child


def settings(simulator_url: str) -> dict[str, str]:
    """Return the addon's settings that lead to the simulator, keys included."""
    answer = requests.get(f"{simulator_url}/_sim/credentials", timeout=30)
    answer.raise_for_status()
    keys = answer.json()
    names = ("client_id", "client_secret", "discovery_url", "api_url")
    return {f"QUICKBOOKS_LINK_SANDBOX_{name.upper()}": keys[name] for name in names}


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/web/health", timeout=5).ok
    except requests.RequestException:
        return False
