"""What the library's tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from qbo_wire import Wire

from qbo.retries import RetryPolicy
from qbo.transport import CallRecord, Transport


@pytest.fixture
def wire() -> Iterator[Wire]:
    server = Wire()
    yield server
    server.close()


@pytest.fixture
def waits() -> list[float]:
    """The waits a transport made, in seconds; none is really waited."""
    return []


@pytest.fixture
def records() -> list[CallRecord]:
    """The call records a transport gave."""
    return []


@pytest.fixture
def transport(wire, waits, records) -> Iterator[Transport]:
    """A transport to the wire, which notes its waits instead of waiting."""
    with Transport(
        [wire.url],
        timeout=(1, 0.3),
        retries=RetryPolicy(sleep=waits.append),
        after_call=records.append,
    ) as open_transport:
        yield open_transport
