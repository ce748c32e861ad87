"""Lets pytest walk through an addon without importing it.

The packages on the way to `qbo/tests` are Odoo addons: importing them, as pytest
does with packages, would need Odoo. To pytest they are plain folders.
"""

from pathlib import Path

import pytest


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Dir:
    """Return a plain folder for every folder below this one."""
    return pytest.Dir.from_parent(parent, path=path)
