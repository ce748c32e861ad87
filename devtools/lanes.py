"""Stages side by side, each in a process of its own: two cores have room for two."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from .outcome import Outcome
from .paths import ROOT, RUN

# About as long as each other. The two stages that have a browser of their own stand in
# one lane, so that there is never more than one of them.
LANES = (("odoo",), ("lint", "plain", "story", "browser"))


def side_by_side(names: Sequence[str]) -> list[Outcome]:
    """Run the stages in lanes and return their outcomes, in the order of ``names``.

    Every line they print is told as it comes, behind the name of its stage.
    """
    lanes = [[name for name in lane if name in names] for lane in LANES]
    children: list[subprocess.Popen] = []
    with ThreadPoolExecutor(len(lanes)) as pool:
        try:
            done = list(pool.map(lambda lane: _run_lane(lane, children), lanes))
        except BaseException:
            for child in children:
                child.terminate()
            raise
    outcomes = {outcome.stage: outcome for lane in done for outcome in lane}
    return [outcomes[name] for name in names]


def write_outcome(path: Path, outcome: Outcome) -> None:
    """Leave the outcome for whoever runs this stage in its lane."""
    path.write_text(json.dumps(asdict(outcome)), encoding="utf-8")


def _run_lane(names: Sequence[str], children: list[subprocess.Popen]) -> list[Outcome]:
    return [_run_apart(name, children) for name in names]


def _run_apart(name: str, children: list[subprocess.Popen]) -> Outcome:
    """Run one stage in a process; one that leaves no outcome has failed."""
    path = RUN / f"test-logs/outcome-{name}-{os.getpid()}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    _follow(name, path, children)
    try:
        outcome = Outcome(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        outcome = Outcome(name, failed=1)
    path.unlink(missing_ok=True)
    outcome.seconds = time.monotonic() - start
    return outcome


def _follow(name: str, path: Path, children: list[subprocess.Popen]) -> None:
    command = [sys.executable, "-m", "devtools.test", "--outcome", str(path), name]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as child:
        children.append(child)
        for line in child.stdout:
            print(f"{name:<7} | {line.rstrip()}", flush=True)
