"""``python -m benchmarks [NAME …]``: all benchmarks, or those named."""

import importlib
import sys

from . import page

NAMES = ("simulator", "pull", "idle", "send", "one", "payments", "workers", "month")


def main() -> int:
    """Run what the command line names, in the order of the list."""
    wanted = sys.argv[1:]
    if strange := set(wanted) - set(NAMES):
        print(f"error: unknown: {', '.join(sorted(strange))}")
        print(f"usage: script/bench [{'|'.join(NAMES)}] …")
        return 2
    for name in [name for name in NAMES if name in wanted or not wanted]:
        importlib.import_module(f".{name}", __package__).main()
        page.write(NAMES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
