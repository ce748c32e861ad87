"""One Odoo and one QuickBooks for all tests here: they take a while to start."""

from collections.abc import Iterator

import pytest

from torture.founding import found, found_branch
from torture.office import Office
from torture.stand import standing


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    with standing() as stand:
        yield found(stand)


@pytest.fixture(scope="session")
def branch(office: Office) -> Office:
    """Return an American company in the same Odoo."""
    return found_branch(office.stand)
