"""The command script/demo."""

import argparse
import contextlib
import signal
import sys
import threading

from .companies import COMPANIES
from .ground import Ground, prepared
from .odooclient import LOGIN, PASSWORD
from .steps import Steps
from .story import play
from .webclient import chromium


def main() -> int:
    """Play the story; stay up after it unless told otherwise; return the exit code."""
    options = _parser().parse_args()
    # So that a stop from outside ends the servers and drops the database too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chromium()
    steps = Steps()
    try:
        company = COMPANIES[options.country]
        with prepared(company, fixed_ports=not options.once) as ground:
            _say_where(ground)
            good = play(ground, steps)
            if not options.once:
                _stay_up(ground, good)
    except KeyboardInterrupt:
        print("\nInterrupted: everything that was started is ended.")
        return 130
    print(steps.sums(), flush=True)
    return 0 if good else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/demo",
        description="Play the main job in a real browser, and check what came of it.",
    )
    parser.add_argument(
        "--once", action="store_true", help="end after the story; free ports"
    )
    parser.add_argument(
        "--country",
        choices=sorted(COMPANIES),
        default="uk",
        help="the company that is linked (default: uk)",
    )
    return parser


def _say_where(ground: Ground) -> None:
    print(f"Odoo        {ground.odoo_url}")
    print(f"QuickBooks  {ground.simulator_url} (a simulator on this machine)")
    print(f"Logs        {ground.folder}\n", flush=True)


def _stay_up(ground: Ground, good: bool) -> None:
    print()
    if not good:
        print("The story did not hold: see above. Look around to find out why.")
    print(f"Odoo:       {ground.odoo_url}  log in as {LOGIN}, password {PASSWORD}")
    print(f"QuickBooks: {ground.simulator_url}  look at the books and change them")
    print("Press Ctrl-C to stop; the database goes with it.", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()
    print("\nStopping …", flush=True)
