"""Servers for the tests that go over real HTTP."""

from collections.abc import Iterator

import pytest
import requests

from qbo_simulator.server import SimulatorServer


@pytest.fixture(scope="session")
def british_server() -> Iterator[SimulatorServer]:
    with SimulatorServer("uk") as running:
        yield running


@pytest.fixture(scope="module")
def server(british_server: SimulatorServer) -> SimulatorServer:
    """A server with the British company, fresh for each module."""
    return _as_started(british_server, "uk")


@pytest.fixture(scope="session")
def reused_server() -> Iterator[SimulatorServer]:
    with SimulatorServer("empty") as running:
        yield running


@pytest.fixture
def empty_server(reused_server: SimulatorServer) -> SimulatorServer:
    """A server with an empty company, fresh for each test."""
    return _as_started(reused_server, "empty")


def _as_started(running: SimulatorServer, company: str) -> SimulatorServer:
    # A call is counted once its answer has left: behind another call, all are.
    requests.get(f"{running.url}/_sim/stats", timeout=30)
    running.simulator.reset()
    running.simulator.load_company(company)
    return running
