"""The terms to translate, and the languages beside them: ``python -m devtools.terms``.

It exports the .pot and brings every .po up to it. ``--merge-only`` exports nothing.
"""

import subprocess
import sys
from copy import copy
from pathlib import Path

import polib

from . import databases, odoo, postgres
from .odoorun import DATA
from .paths import ADDON, RUN

TERMS = ADDON / f"i18n/{ADDON.name}.pot"


def main() -> int:
    """Do what the command line asks for; say how many terms are not translated."""
    if unknown := set(sys.argv[1:]) - {"--merge-only"}:
        raise SystemExit(f"error: unknown: {' '.join(sorted(unknown))}\n\n{__doc__}")
    if not sys.argv[1:]:
        export()
    terms = polib.pofile(TERMS)
    print(f"{len(terms)} terms")
    for path in languages():
        print(f"{path.stem}: {merge(path, terms)} terms missing")
    return 0


def languages() -> list[Path]:
    """Return the files of the languages that the addon speaks."""
    return sorted(TERMS.parent.glob("*.po"))


def export() -> None:
    """Install the addon into a database, and export what it says."""
    configuration = RUN / "odoo-terms.conf"
    with postgres.serving() as server:
        odoo.write_configuration(configuration, server, DATA)
        source = databases.template(server, configuration, DATA)
        with databases.temporary_copy(server, DATA, source, "terms") as database:
            install = ("-d", database, "-i", ADDON.name, "--stop-after-init")
            _run(odoo.command(configuration, *install, "--log-level", "warn"))
            _run([*odoo.command(configuration)[:3], *_export(configuration, database)])


def merge(path: Path, terms: polib.POFile) -> int:
    """Give the language at ``path`` the terms of the .pot, no more and no less.

    A term that is new stays empty: a guess would pass for a translation.

    :return: how many terms have no translation
    """
    language = polib.pofile(path)
    known = {entry.msgid: entry for entry in language}
    language[:] = [_translated(term, known) for term in terms]
    language.metadata["POT-Creation-Date"] = terms.metadata["POT-Creation-Date"]
    language.save()
    return len(language) - len(language.translated_entries())


def _translated(term: polib.POEntry, known: dict[str, polib.POEntry]) -> polib.POEntry:
    """Return the term as the .pot has it, with its translation if that is known."""
    before = known.get(term.msgid, term)
    entry = copy(term)
    entry.msgstr, entry.flags = before.msgstr, before.flags
    entry.tcomment = before.tcomment
    return entry


def _export(configuration, database: str) -> list[str]:
    place = ["--config", str(configuration), "-d", database]
    return ["i18n", "export", *place, "-l", "pot", "-o", str(TERMS), ADDON.name]


def _run(command: list[str]) -> None:
    subprocess.run(command, env=odoo.environment(), check=True)


if __name__ == "__main__":
    sys.exit(main())
