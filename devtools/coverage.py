"""Which lines the tests run, and which not: ``python -m devtools.coverage [STAGE …]``.

Of the library (``qbo/``, by the plain tests and those in Odoo) and of the addon around
it (by those in Odoo and in the browser). A line that no test can reach says so, with
the reason: ``# pragma: no cover — why``.
"""

import os
import subprocess
import sys

from . import odoorun
from .paths import ADDON, ROOT, RUN

FOLDER = RUN / "coverage"
LIBRARY = ADDON / "qbo"
STAGES = ("plain", "odoo", "browser")
USAGE = "usage: script/coverage [plain] [odoo] [browser]   (all, when none is named)"


def main() -> int:
    """Run the stages named under coverage, and report; return the exit code."""
    stages = sys.argv[1:] or STAGES
    if not set(stages) <= set(STAGES):
        raise SystemExit(USAGE)
    FOLDER.mkdir(parents=True, exist_ok=True)
    good = all([plain() if stage == "plain" else in_odoo(stage) for stage in stages])
    coverage("combine", "--keep", f"--data-file={_data('all')}", *_collected())
    report = ["report", f"--data-file={_data('all')}", "--show-missing", "--sort=cover"]
    coverage(*report, "--skip-covered")
    return 0 if good else 1


def plain() -> bool:
    """Run the library's tests without Odoo; return whether they passed."""
    run = ["run", f"--data-file={_data('plain')}", f"--source={LIBRARY}"]
    return coverage(*run, "-m", "pytest", "-q", str(LIBRARY / "tests"))


def in_odoo(stage: str) -> bool:
    """Run the addon's tests in Odoo, or those in the browser; return if they passed."""
    run = ["-m", "coverage", "run", f"--data-file={_data(stage)}"]
    os.environ[odoorun.RUNNER] = " ".join([*run, f"--source={ADDON}"])
    if stage == "browser":
        return not odoorun.browser_stage().failed
    return not odoorun.odoo_stage("/quickbooks_link,-browser").failed


def coverage(*arguments: str) -> bool:
    """Call coverage.py as the configuration says; return whether it succeeded."""
    command = [sys.executable, "-m", "coverage", *arguments]
    return subprocess.call(command, cwd=ROOT) == 0


def _data(name: str) -> str:
    return str(FOLDER / name)


def _collected() -> list[str]:
    """Return what was measured, now or in an earlier run."""
    return [path for path in map(_data, STAGES) if os.path.exists(path)]


if __name__ == "__main__":
    sys.exit(main())
