"""The command ``qbo-simulator``."""

import argparse
import signal
import sqlite3
import sys
import threading
from collections.abc import Sequence

from qbo_simulator.server import SimulatorServer

DEFAULT_PORT = 8585
COMPANIES = ("uk", "us", "empty")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; return the exit status."""
    options = _parser().parse_args(arguments)
    stopped = _stop_signal()
    try:
        server = _opened(options)
    except sqlite3.Error as error:
        print(_unusable(options.db, error), file=sys.stderr)
        return 1
    try:
        server.start()
    except OSError as error:
        print(f"Cannot listen on port {options.port}: {error}", file=sys.stderr)
        server.stop()
        return 1
    _say_hello(server)
    stopped.wait()
    server.stop()
    return 0


def _opened(options: argparse.Namespace) -> SimulatorServer:
    """Return the server with its companies loaded. Raises sqlite3.Error."""
    server = SimulatorServer(
        options.company[0], port=options.port, db=options.db, seed=options.seed
    )
    if options.latency is not None:
        server.simulator.switches.set_many({"latency_seconds": options.latency})
    _load_others(server, options.company[1:])
    return server


def _unusable(db: str, error: sqlite3.Error) -> str:
    """Say in a line why a file cannot keep the books."""
    if "locked" in str(error):
        return f"Cannot keep books in {db}: another simulator holds it."
    return f"Cannot keep books in {db}: {error}."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="qbo-simulator", description="A local QuickBooks Online."
    )
    parser.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, help="0: any free (default: 8585)"
    )
    parser.add_argument(
        "--company",
        nargs="+",
        choices=COMPANIES,
        default=["uk"],
        help="the companies to open with (default: uk)",
    )
    parser.add_argument(
        "--db",
        default=":memory:",
        metavar="FILE",
        help="SQLite file that keeps the books, the time and the switches",
    )
    parser.add_argument(
        "--latency",
        type=_seconds,
        metavar="SECONDS",
        help="let every call wait as one to Intuit does, for example 0.4",
    )
    parser.add_argument("--seed", type=int, default=1, help="makes the data repeat")
    return parser


def _port(text: str) -> int:
    """Return a port. Raises what argparse says in words."""
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"a port is from 0 to 65535, not {text}")
    return int(text)


def _seconds(text: str) -> float:
    """Return a time to wait. Raises what argparse says in words."""
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= 120:
        raise argparse.ArgumentTypeError(f"seconds are from 0 to 120, not {text}")
    return value


def _load_others(server: SimulatorServer, companies: Sequence[str]) -> None:
    """Load further companies, unless the file holds as many already."""
    present = len(server.simulator.store.realms())
    for company in companies[max(present - 1, 0) :]:
        server.simulator.load_company(company)


def _say_hello(server: SimulatorServer) -> None:
    print(f"QuickBooks simulator on {server.url}/")
    for realm in server.simulator.store.realms():
        print(f"  {realm.company_name} ({realm.country}), company {realm.realm_id}")
    print("Press Ctrl+C to stop.", flush=True)


def _stop_signal() -> threading.Event:
    """Return what is set by Ctrl+C or by a polite kill."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return stopped
