"""What the torture stands on: a real Odoo and a real QuickBooks, as processes."""

import contextlib
import os
import resource
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psutil
import requests

from demo import ground
from demo.companies import COMPANIES, Company
from demo.processes import HOST, Child, free_port, running
from devtools import databases, odoo, postgres
from devtools.odoorun import DATA
from devtools.paths import ROOT, RUN

from .points import Points

LOGS = RUN / "torture"
ADDONS = ROOT / "torture/addons"
START_SECONDS = 180
# What Intuit signs its webhooks with.
VERIFIER = "verifier-of-the-torture-chamber"
KEPT = 6
_numbers = count(1)


@dataclass
class Stand:
    """The two servers. Odoo can be killed, and started again on the same database."""

    server: dict[str, str]
    configuration: Path
    database: str
    simulator_url: str
    folder: Path
    port: int = field(default_factory=free_port)
    # None: one process with a thread for each request.
    workers: int = 0
    starts: int = 0

    def __post_init__(self) -> None:
        self.points = Points(self.folder / "points")
        self._running = contextlib.ExitStack()
        self._child: Child | None = None

    @property
    def odoo_url(self) -> str:
        """Return the address Odoo answers at."""
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """Return where the Odoo that runs writes its log."""
        return self.folder / f"odoo-{self.starts}.log"

    # === Odoo === #

    def start_odoo(self) -> None:
        """Start Odoo, and return when it answers."""
        self.starts += 1
        child = running("Odoo", self._command(), self._environment(), self.log)
        self._child = self._running.enter_context(child)
        self._child.wait_until(self._answers, START_SECONDS)

    def kill_odoo(self) -> None:
        """Kill Odoo with all its workers, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.process.pid, signal.SIGKILL)
        self._running.close()
        self.points.release_all()

    def restart_odoo(self) -> None:
        """Kill Odoo and start it again."""
        self.kill_odoo()
        self.start_odoo()

    def revive_odoo(self) -> None:
        """Start Odoo again if it has ended, as a service manager does."""
        if self._child.process.poll() is not None:
            self.restart_odoo()

    def kill_workers(self, *pids: int) -> None:
        """Kill processes of Odoo's; its master starts others."""
        for pid in pids or self._workers():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def log_is_full(self, *, full: bool) -> None:
        """Let nothing more be written to Odoo's log, as if its disk were full.

        Python ignores the signal of the limit: writing fails as on a full disk. A new
        worker inherits the limit of its master.
        """
        limit = self.log.stat().st_size if full else resource.RLIM_INFINITY
        for pid in (self._child.process.pid, *self._workers()):
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(
                    pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY)
                )

    def _workers(self) -> list[int]:
        """Return the processes that Odoo's master has started."""
        try:
            children = psutil.Process(self._child.process.pid).children()
        except psutil.NoSuchProcess:
            return []
        return [child.pid for child in children]

    def stop(self) -> None:
        """End Odoo as an administrator does."""
        self.points.release_all()
        self._running.close()

    def _command(self) -> list[str]:
        addons = ",".join(map(str, [*odoo.addons_path(), ADDONS]))
        return odoo.command(
            self.configuration,
            *("-d", self.database, "--http-port", str(self.port), "--no-database-list"),
            *("--workers", str(self.workers), "--max-cron-threads", "1"),
            *("--limit-time-cpu", "900", "--limit-time-real", "1800"),
            *("--addons-path", addons, "--load", "base,web,rpc,quickbooks_torture"),
        )

    def _environment(self) -> dict[str, str]:
        return {
            **odoo.environment(),
            **ground.settings(self.simulator_url),
            "PYTHONPATH": str(odoo.odoo_home()),
            "QUICKBOOKS_TORTURE": str(self.points.folder),
            "QUICKBOOKS_LINK_SANDBOX_WEBHOOK_VERIFIER": VERIFIER,
        }

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.odoo_url}/web/health", timeout=5).ok
        except requests.RequestException:
            return False

    # === PostgreSQL === #

    @contextlib.contextmanager
    def sql(self, database: str = "") -> Iterator:
        """Yield a cursor on Odoo's database, each statement committed."""
        with postgres.connection(self.server, database or self.database) as cursor:
            yield cursor


@contextlib.contextmanager
def standing(company: Company = COMPANIES["uk"]) -> Iterator[Stand]:
    """Yield a stand whose servers answer; end them after."""
    folder = new_folder()
    configuration = folder / "odoo.conf"
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(postgres.serving())
        odoo.write_configuration(configuration, server, DATA)
        source = ground.template(server, configuration, company)
        database = stack.enter_context(
            databases.temporary_copy(server, DATA, source, "torture")
        )
        port = free_port()
        simulator_url = stack.enter_context(ground.simulator(company, port, folder))
        stand = Stand(server, configuration, database, simulator_url, folder)
        ground.set_address(server, database, stand.odoo_url)
        stack.callback(stand.stop)
        stand.start_odoo()
        yield stand


def new_folder() -> Path:
    """Return a new folder for the logs, and drop the oldest of those before."""
    LOGS.mkdir(parents=True, exist_ok=True)
    before = sorted(LOGS.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in before[: -KEPT + 1]:
        if not Path("/proc", old.name.split("-")[0]).exists():
            shutil.rmtree(old, ignore_errors=True)
    folder = LOGS / f"{os.getpid()}-{next(_numbers)}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder
