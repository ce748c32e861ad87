"""Connections are kept from one transport to the next, and by nobody else."""

from __future__ import annotations

import os
import time

import pytest
from qbo_wire import Wire, http

from qbo import sessions
from qbo.errors import TransportError
from qbo.retries import RetryPolicy
from qbo.transport import Transport


@pytest.fixture(autouse=True)
def nothing_kept():
    sessions._kept.clear()
    yield
    sessions._kept.clear()


def read(wire: Wire, **headers: str) -> int:
    """Read once, through a transport of its own."""
    retries = RetryPolicy(attempts=1)
    with Transport([wire.url], timeout=(1, 1), retries=retries) as transport:
        options = {"headers": headers, "idempotent": True}
        return transport.request("GET", f"{wire.url}/read", **options).status


def test_the_next_transport_goes_on_with_the_connection(wire):
    wire.play(http(), http(), http())
    assert [read(wire) for _time in range(3)] == [200] * 3
    assert wire.connections == 1


def test_nothing_of_one_call_is_sent_with_the_next(wire):
    wire.play(http("200 OK", b"{}", "Set-Cookie: company=1"), http())
    read(wire, Authorization="Bearer secret")
    read(wire)
    assert wire.connections == 1
    assert "secret" not in str(wire.requests[1].headers)
    assert "cookie" not in wire.requests[1].headers


def test_two_transports_never_share_a_session():
    first, second = sessions.take(), sessions.take()
    assert first is not second
    sessions.give_back(first)
    assert sessions.take() is first
    assert sessions.take() is not first


def test_a_connection_that_waited_too_long_is_not_used(wire, monkeypatch):
    wire.play(http(), http())
    read(wire)
    monkeypatch.setattr(sessions, "KEPT_FOR", 0.0)
    assert read(wire) == 200
    assert wire.connections == 2


def test_a_connection_that_the_other_side_has_ended_is_not_used(wire):
    wire.play(lambda connection: connection.sendall(http()), http())
    read(wire)
    # Time for the end to arrive.
    time.sleep(0.1)
    assert read(wire) == 200
    assert wire.connections == 2


def test_a_broken_answer_breaks_no_later_call(wire):
    wire.play(lambda connection: connection.sendall(http()[:-1]), http())
    with pytest.raises(TransportError):
        read(wire)
    assert read(wire) == 200


def test_no_more_are_kept_than_are_of_use():
    taken = [sessions.take() for _time in range(sessions.MOST_KEPT + 2)]
    for session in taken:
        sessions.give_back(session)
    assert len(sessions._kept) == sessions.MOST_KEPT


def test_a_forked_worker_begins_with_no_connection(wire):
    wire.play(http())
    read(wire)
    assert len(sessions._kept) == 1
    child = os.fork()
    if not child:
        os._exit(len(sessions._kept))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(sessions._kept) == 1


def test_a_closed_transport_calls_nobody(wire):
    transport = Transport([wire.url])
    transport.close()
    transport.close()
    assert len(sessions._kept) == 1, "given back twice"
    with pytest.raises(ValueError, match="closed"):
        transport.request("GET", wire.url, idempotent=True)
    assert not wire.connections
