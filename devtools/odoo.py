"""Odoo 19 with our configuration: ``python -m devtools.odoo ARGS``."""

import configparser
import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from . import postgres
from .paths import ADDONS, EXAMPLES, RUN

SIMULATOR_URL = "http://127.0.0.1:8585"


def odoo_home() -> Path:
    """Return the folder that holds the Python package ``odoo``.

    ``ODOO_HOME`` may name a source checkout, an unpacked Debian package, or the
    folder a package was installed to.
    """
    home = Path(os.environ.get("ODOO_HOME") or RUN / "odoo").resolve()
    for folder in (home, home / "usr/lib/python3/dist-packages", home.parent):
        if (folder / "odoo/release.py").is_file():
            return folder
    raise SystemExit(f"error: there is no Odoo in {home} (script/setup brings one)")


def addons_path() -> list[Path]:
    """Return Odoo's own addon folders and ours."""
    bundled, beside = odoo_home() / "odoo/addons", odoo_home() / "addons"
    # Debian's package has every addon in the first, and most of them twice.
    complete = (bundled / "account").is_dir()
    ours = [ADDONS, EXAMPLES]
    return [bundled, *ours] if complete else [bundled, beside, *ours]


def write_configuration(target: Path, server: dict[str, str], data: Path) -> None:
    """Write Odoo's configuration file to ``target``, in one go."""
    parser = configparser.RawConfigParser()
    parser["options"] = {
        "addons_path": ",".join(map(str, addons_path())),
        "data_dir": str(data),
        "db_host": server["PGHOST"],
        "db_port": server.get("PGPORT", "5432"),
        "db_user": server["PGUSER"],
        "http_interface": "127.0.0.1",
    }
    # The addon reads this section; Odoo itself does not.
    parser["quickbooks_link"] = {
        "sandbox_discovery_url": (
            f"{SIMULATOR_URL}/.well-known/openid_sandbox_configuration/"
        ),
        "sandbox_api_url": SIMULATOR_URL,
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(f".{os.getpid()}")
    with unfinished.open("w", encoding="utf-8") as file:
        parser.write(file)
    unfinished.replace(target)


def environment(*folders: Path) -> dict[str, str]:
    """Return the environment Odoo runs in; it can import from ``folders`` too."""
    paths = [*map(str, [odoo_home(), *folders]), os.environ.get("PYTHONPATH")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def command(configuration: Path, *arguments: str) -> list[str]:
    """Return the command line of Odoo with ``configuration``.

    A sub-command such as ``shell`` has to stand before the options.
    """
    first = [a for a in arguments[:1] if not a.startswith("-")]
    rest = arguments[len(first) :]
    options = [] if first == ["help"] else ["--config", str(configuration)]
    return [sys.executable, "-m", "odoo", *first, *options, *rest]


def main() -> int:
    """Run Odoo with the given arguments until it ends; return its exit code."""
    configuration = RUN / "odoo.conf"
    with postgres.serving() as server:
        write_configuration(configuration, server, RUN / "data")
        process = subprocess.Popen(
            command(configuration, *sys.argv[1:]), env=environment()
        )
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        while process.poll() is None:
            # Odoo gets the interrupt too, and is then on its way out.
            with contextlib.suppress(KeyboardInterrupt):
                process.wait()
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
