"""The command script/torture."""

import argparse
import signal
import sys
import time
from collections import Counter

from devtools.paths import ADDONS

from .chamber import may_kill_database, play
from .founding import found, found_branch
from .fuzz import KINDS, Found, Fuzz
from .lifecycle.installing import install
from .lifecycle.life import ADDON, living
from .matrix import Matrix, Result
from .pennies import UK_TAXES, US_TAXES, Pennies, drawn
from .playing import compact, whole
from .scenario import Outcome
from .stand import standing


def main() -> int:
    """Do what the arguments say; return the exit code."""
    options = _parser().parse_args(_spelt_out(sys.argv[1:]))
    # So that a stop from outside ends the servers and drops the database too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    return options.run(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/torture", description=__doc__)
    commands = parser.add_subparsers(required=True)
    chamber = commands.add_parser("scenarios", help="random scenarios; the default")
    chamber.add_argument("number", type=int, nargs="?", default=25)
    chamber.add_argument("--seed", type=int, default=1, help="of the first scenario")
    chamber.add_argument(
        "--spare-postgresql",
        action="store_true",
        help="don't kill it: something else of this clone uses it too",
    )
    chamber.set_defaults(run=run_chamber)
    matrix = commands.add_parser("matrix", help="every point × every mishap")
    matrix.add_argument("--compact", action="store_true", help="what script/test runs")
    matrix.set_defaults(run=run_matrix)
    pennies = commands.add_parser("pennies", help="random documents, to the penny")
    pennies.add_argument("number", type=int, nargs="?", default=100)
    pennies.add_argument("--seed", type=int, default=1)
    pennies.set_defaults(run=run_pennies)
    fuzz = commands.add_parser("fuzz", help="webhooks, callbacks, answers: nonsense")
    fuzz.add_argument("number", type=int, nargs="?", default=900)
    fuzz.add_argument("--seed", type=int, default=1)
    fuzz.add_argument("--kind", choices=KINDS, help="of one kind alone")
    fuzz.set_defaults(run=run_fuzz)
    upgrade = commands.add_parser("upgrade", help="from an earlier commit to this one")
    upgrade.add_argument("commit")
    upgrade.set_defaults(run=run_upgrade)
    install = commands.add_parser("install", help="among so many contacts")
    install.add_argument("contacts", type=int, nargs="?", default=50_000)
    install.set_defaults(run=run_install)
    return parser


def _spelt_out(arguments: list[str]) -> list[str]:
    """Return the arguments with the command that ``script/torture 100`` leaves out."""
    if arguments and not arguments[0].isdigit():
        return arguments
    return ["scenarios", *arguments]


def run_chamber(options: argparse.Namespace) -> int:
    """Play random scenarios, and print what came of them."""
    start = time.monotonic()
    kills = may_kill_database() and not options.spare_postgresql
    seeds = range(options.seed, options.seed + options.number)
    with standing() as stand:
        found_ones = play(found(stand), seeds, tell_outcome, kills_database=kills)
    bad = [str(outcome.seed) for outcome in found_ones if outcome.problems]
    documents = sum(outcome.documents for outcome in found_ones)
    print(
        f"{len(found_ones)} scenarios, {documents} documents, {len(bad)} violations"
        f" (seeds: {', '.join(bad) or 'none'}), {time.monotonic() - start:.0f} s"
    )
    return int(bool(bad))


def tell_outcome(outcome: Outcome) -> None:
    """Print what came of a scenario; all about it where something is wrong."""
    mark = "FAILED" if outcome.problems else "ok"
    print(
        f"{mark:6} {outcome.seconds:5.1f} s  seed {outcome.seed}:"
        f" {outcome.documents} documents, {outcome.presses} × Send"
        f"{''.join(f', {button}' for button in outcome.choices)};"
        f" {'; '.join(outcome.troubles)}",
        flush=True,
    )
    if outcome.problems:
        print(f"       steps: {', '.join(outcome.steps)}")
    for problem in outcome.problems:
        print(f"       ! {problem}", flush=True)


def run_matrix(options: argparse.Namespace) -> int:
    """Play the matrix and print its table."""
    start = time.monotonic()
    with standing() as stand:
        matrix = Matrix(found(stand), _tell)
        for play in compact() if options.compact else whole():
            matrix.play(play)
    results = matrix.results
    bad = [result for result in results if result.problems]
    documents = sum(result.documents for result in results)
    print(
        f"{len(results)} cases, {documents} documents, {len(bad)} violations,"
        f" {time.monotonic() - start:.0f} s"
    )
    return int(bool(bad))


def run_pennies(options: argparse.Namespace) -> int:
    """Send random documents, four in ten of them American; print what came of it."""
    american = options.number * 4 // 10
    share = {UK_TAXES: options.number - american, US_TAXES: american}
    bad = 0
    with standing() as stand:
        for taxes, office in (
            (UK_TAXES, found(stand)),
            (US_TAXES, found_branch(stand)),
        ):
            pennies = Pennies(office, lambda line: print(line, flush=True))
            pennies.send(drawn(share[taxes], options.seed, taxes))
            for problem in pennies.figures.problems:
                print(f"! {problem}")
            bad += len(pennies.figures.problems)
    print(
        f"{options.number} documents, {bad} unmarked differences, seed {options.seed}"
    )
    return int(bool(bad))


def run_fuzz(options: argparse.Namespace) -> int:
    """Throw so many inputs, a third of each kind; print what came of the bad ones."""
    start = time.monotonic()
    kinds = [options.kind] if options.kind else KINDS
    seconds = dict.fromkeys((*KINDS, "page"), 0.0)
    number = bad = 0
    acts: Counter[str] = Counter()
    with standing() as stand:
        fuzz = Fuzz(found(stand))
        for one in fuzz.throw(-(-options.number // len(kinds)), options.seed, kinds):
            number += one.kind in kinds
            bad += bool(one.problems)
            seconds[one.kind] += one.seconds
            if one.kind == "answer":
                acts[one.what.partition(":")[0]] += one.seconds
            _tell_found(one)
    for act, spent_on in acts.most_common():
        print(f"{spent_on:7.1f} s  {act}")
    spent = ", ".join(f"{kind} {seconds[kind]:.0f} s" for kind in kinds)
    print(
        f"{number} inputs, {bad} violations, seed {options.seed},"
        f" {time.monotonic() - start:.0f} s ({spent})"
    )
    return int(bool(bad))


def _tell_found(one: Found) -> None:
    if one.problems:
        print(f"FAILED {one.kind} {one.seed}: {one.what}")
    for problem in one.problems:
        print(f"       ! {problem}", flush=True)


def run_upgrade(options: argparse.Namespace) -> int:
    """Use an earlier version, upgrade it to this one, and use that."""
    with living(options.commit) as life:
        life.shell("use")
        columns = life.columns()
        before = life.data(columns)
        life.addons = ADDONS
        life.modules("upgrade", "-u", ADDON)
        now = life.data(columns)
        life.shell("use")
        seconds = life.seconds["upgrade"]
    lost = [table for table in columns if now[table] != before[table]]
    rows = sum(count for count, _digest in before.values())
    print(
        f"{rows} rows in {len(columns)} tables, upgraded in {seconds:.0f} s;"
        f" changed: {', '.join(lost) or 'none'}"
    )
    return int(bool(lost))


def run_install(options: argparse.Namespace) -> int:
    """Install without contacts, and among many."""
    for one in (install(0), install(options.contacts)):
        print(
            f"{one.contacts:7} contacts more: {one.seconds:.1f} s,"
            f" {one.statements} statements",
            flush=True,
        )
    return 0


def _tell(result: Result) -> None:
    mark = "FAILED" if result.problems else "ok"
    print(
        f"{mark:6} {result.seconds:5.1f} s  {result.how:14}  {result.what}", flush=True
    )
    for problem in result.problems:
        print(f"       ! {problem}", flush=True)
