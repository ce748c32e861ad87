"""Builds the two packages and tries them: ``python -m devtools.package``."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from . import databases, odoo, postgres
from .odoorun import DATA
from .paths import ADDON, ROOT, RUN, SIMULATOR

DIST = ROOT / "dist"


def main() -> int:
    """Build, install into an empty folder, try; return the exit code."""
    shutil.rmtree(DIST, ignore_errors=True)
    for source in (ADDON, SIMULATOR):
        build(source)
    for wheel in sorted(DIST.glob("*.whl")):
        print(f"built {wheel.relative_to(ROOT)}, {wheel.stat().st_size // 1024} kB")
    with tempfile.TemporaryDirectory(dir=RUN) as folder:
        target = Path(folder)
        install(target)
        try_simulator(target)
        try_addon(target)
    return 0


def build(source: Path) -> None:
    """Build the wheel of ``source`` from a copy: builders leave folders behind.

    The copy stands outside of the repository, where whool can't count commits: the
    version is the manifest's.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / source.name
        ignored = shutil.ignore_patterns("__pycache__", "build", "*.egg-info")
        shutil.copytree(source, copy, ignore=ignored)
        pip("wheel", "--wheel-dir", str(DIST), str(copy))


def install(target: Path) -> None:
    """Unpack both wheels into ``target``; what they need stands in our environment."""
    pip("install", "--target", str(target), *map(str, sorted(DIST.glob("*.whl"))))


def pip(command: str, *arguments: str) -> None:
    """Run pip without looking anything up: all that is needed is installed."""
    options = ("--quiet", "--no-deps", "--disable-pip-version-check")
    isolation = ("--no-build-isolation",) if command == "wheel" else ("--no-index",)
    subprocess.run(
        [sys.executable, "-m", "pip", command, *options, *isolation, *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def try_simulator(target: Path) -> None:
    """Start the console script and ask for the credentials it hands out."""
    script = f"""
import requests
from qbo_simulator.server import SimulatorServer
import qbo_simulator
assert qbo_simulator.__file__.startswith({str(target)!r}), qbo_simulator.__file__
with_company = SimulatorServer("uk").start()
answer = requests.get(with_company.url + "/_sim/credentials", timeout=30)
with_company.stop()
print("the simulator's package serves company", answer.json()["realm_id"])
"""
    environment = {**os.environ, "PYTHONPATH": str(target)}
    run([sys.executable, "-c", script], environment, target)
    run([str(target / "bin/qbo-simulator"), "--help"], environment, target)


def try_addon(target: Path) -> None:
    """Install the addon into a database, with Odoo finding it in the package only."""
    configuration = RUN / "odoo-package.conf"
    with postgres.serving() as server:
        odoo.write_configuration(configuration, server, DATA)
        text = configuration.read_text(encoding="utf-8")
        addons = target / "odoo/addons"
        configuration.write_text(text.replace(str(ROOT / "addons"), str(addons)))
        source = databases.template(server, configuration, DATA)
        with databases.temporary_copy(server, DATA, source, "package") as database:
            command = odoo.command(
                configuration, "-d", database, "-i", ADDON.name, "--stop-after-init"
            )
            run(command, odoo.environment(), target)
    print("the addon's package installs into Odoo 19")


def run(command: list[str], environment: dict, folder: Path) -> None:
    """Run ``command``; show what it said only if it failed."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode or "Traceback" in done.stdout:
        raise SystemExit(f"{done.stdout}\nerror: {' '.join(command[:4])} … failed")
    last = done.stdout.strip().splitlines()[-1:]
    if last and last[0].startswith("the "):
        print(last[0])


if __name__ == "__main__":
    sys.exit(main())
