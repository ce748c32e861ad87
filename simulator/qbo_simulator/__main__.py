"""``python -m qbo_simulator``."""

import sys

from qbo_simulator.cli import main

sys.exit(main())
