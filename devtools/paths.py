"""Where things are."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN = ROOT / ".run"
VENV = RUN / "venv"
ADDONS = ROOT / "addons"
ADDON = ADDONS / "quickbooks_link"
EXAMPLES = ROOT / "examples"
SIMULATOR = ROOT / "simulator"
