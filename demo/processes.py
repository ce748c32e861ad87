"""Servers as child processes that never outlive us, each with a log of its own."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

HOST = "127.0.0.1"
STOP_SECONDS = 10


class Child:
    """A running server: what it is called, its process and its log."""

    def __init__(self, name: str, process: subprocess.Popen, log: Path) -> None:
        self.name, self.process, self.log = name, process, log

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until ``ready`` says so; leave with the end of the log if it can't."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None:
                self._give_up(f"{self.name} ended while it started")
            if time.monotonic() > deadline:
                self._give_up(f"{self.name} did not start within {seconds:.0f} s")
            time.sleep(0.1)

    def _give_up(self, reason: str) -> None:
        end = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        raise SystemExit("\n".join([f"error: {reason}: see {self.log}", *end]))

    def stop(self) -> None:
        """End the process and whatever it started."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextlib.contextmanager
def running(
    name: str, command: Sequence[str], environment: Mapping[str, str], log: Path
) -> Iterator[Child]:
    """Run ``command`` for the time of the context, its output in ``log``."""
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [*_dying_with_us(), *command],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C is for us: we end our children, in order.
            start_new_session=True,
        )
    child = Child(name, process, log)
    try:
        yield child
    finally:
        child.stop()


def _dying_with_us() -> list[str]:
    """Return what makes the kernel end a child even if we are killed."""
    tool = shutil.which("setpriv")
    return [tool, "--pdeathsig", "KILL", "--"] if tool else []


def listens(port: int) -> bool:
    """Tell whether somebody listens on ``port`` of this machine."""
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex((HOST, port)) == 0


def check_free(port: int, purpose: str) -> None:
    """Leave with what to do if ``port`` is taken."""
    if listens(port):
        raise SystemExit(
            f"error: port {port}, which {purpose} needs, is taken: stop what listens"
            " there, or run script/demo --once, which takes free ports"
        )


def free_port() -> int:
    """Return a port that nobody uses just now."""
    with socket.socket() as one:
        one.bind((HOST, 0))
        return one.getsockname()[1]
