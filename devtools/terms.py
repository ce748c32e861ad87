"""The terms to translate, into the addon's .pot: ``python -m devtools.terms``."""

import subprocess
import sys

from . import databases, odoo, postgres
from .odoorun import DATA
from .paths import ADDON, RUN

TERMS = ADDON / f"i18n/{ADDON.name}.pot"


def main() -> int:
    """Install the addon into a database, and export what it says."""
    configuration = RUN / "odoo-terms.conf"
    with postgres.serving() as server:
        odoo.write_configuration(configuration, server, DATA)
        source = databases.template(server, configuration, DATA)
        with databases.temporary_copy(server, DATA, source, "terms") as database:
            install = ("-d", database, "-i", ADDON.name, "--stop-after-init")
            _run(odoo.command(configuration, *install, "--log-level", "warn"))
            _run([*odoo.command(configuration)[:3], *_export(configuration, database)])
    print(f"{TERMS.read_text(encoding='utf-8').count('msgid ') - 1} terms")
    return 0


def _export(configuration, database: str) -> list[str]:
    place = ["--config", str(configuration), "-d", database]
    return ["i18n", "export", *place, "-l", "pot", "-o", str(TERMS), ADDON.name]


def _run(command: list[str]) -> None:
    subprocess.run(command, env=odoo.environment(), check=True)


if __name__ == "__main__":
    sys.exit(main())
