"""Databases that are copies of a prepared one, which has the standard addons."""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from . import odoo, postgres
from .locks import alone
from .paths import ROOT, RUN

MODULES = ("account", "sale_management", "l10n_us", "l10n_us_account", "l10n_uk")
# Another clone may use the same server: everything of ours carries our mark.
MARK = hashlib.sha256(str(ROOT).encode()).hexdigest()[:6]


def filestore(data: Path, database: str) -> Path:
    """Return where Odoo keeps the files of ``database``."""
    return data / "filestore" / database


def template(server: dict[str, str], configuration: Path, data: Path) -> str:
    """Return the name of the prepared database, which is made if it isn't there."""
    release = (odoo.odoo_home() / "odoo/release.py").read_text(encoding="utf-8")
    parts = [release, str(odoo.odoo_home()), str(data), *MODULES]
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:10]
    prefix, name = f"ql_template_{MARK}_", f"ql_template_{MARK}_{key}"
    with alone(RUN / "template.lock"):
        there = postgres.databases(server, prefix)
        if name in there and filestore(data, name).is_dir():
            return name
        for old in there:
            discard(server, data, old)
        _prepare(server, configuration, data, name)
    return name


def _prepare(
    server: dict[str, str], configuration: Path, data: Path, name: str
) -> None:
    unfinished, log = f"{name}_unfinished", RUN / "template.log"
    print(f"Preparing a database with {', '.join(MODULES)}: once, a minute or two")
    sys.stdout.flush()
    arguments = ("-d", unfinished, "-i", ",".join(MODULES), "--stop-after-init")
    with log.open("w", encoding="utf-8") as output:
        code = subprocess.call(
            odoo.command(configuration, *arguments),
            env=odoo.environment(),
            stdout=output,
            stderr=output,
        )
    if code:
        raise SystemExit(f"error: Odoo could not prepare the database: see {log}")
    postgres.rename(server, unfinished, name)
    filestore(data, unfinished).rename(filestore(data, name))


def discard(server: dict[str, str], data: Path, name: str) -> None:
    """Drop a database and its files."""
    postgres.drop(server, name)
    shutil.rmtree(filestore(data, name), ignore_errors=True)


@contextlib.contextmanager
def temporary_copy(
    server: dict[str, str], data: Path, source: str, purpose: str
) -> Iterator[str]:
    """Yield the name of a copy of ``source`` that goes away at the end."""
    _discard_left_overs(server, data)
    name = f"ql_test_{MARK}_{os.getpid()}_{purpose}"
    postgres.create(server, name, source)
    try:
        # Files are named by their content and never change: links will do.
        shutil.copytree(
            filestore(data, source), filestore(data, name), copy_function=os.link
        )
        yield name
    finally:
        discard(server, data, name)


def _discard_left_overs(server: dict[str, str], data: Path) -> None:
    """Drop the copies of our own runs that were killed."""
    prefix = f"ql_test_{MARK}_"
    for name in postgres.databases(server, prefix):
        process = name.removeprefix(prefix).split("_")[0]
        if not Path("/proc", process).exists():
            discard(server, data, name)
