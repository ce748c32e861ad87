"""``python -m demo``: what script/demo runs."""

import sys

from .main import main

if __name__ == "__main__":
    sys.exit(main())
