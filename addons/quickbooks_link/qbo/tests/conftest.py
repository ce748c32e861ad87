"""What the library's tests share."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from qbo_sim import Control, Tokens, client_of
from qbo_wire import Wire

from qbo.client import QuickBooksClient, new_requestid
from qbo.results import Row
from qbo.retries import RetryPolicy
from qbo.transport import CallRecord, Transport
from qbo_simulator.server import SimulatorServer


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


@pytest.fixture(scope="session")
def simulator() -> Iterator[Control]:
    """A simulator with the seeded UK company, for the whole run."""
    with SimulatorServer(company="uk") as server:
        yield Control(server.url)


@pytest.fixture
def sim(simulator) -> Iterator[Control]:
    """The simulator with nothing ordered and nothing counted."""
    simulator.delete("/faults")
    simulator.delete("/stats")
    yield simulator
    simulator.delete("/faults")


@pytest.fixture
def credentials(sim) -> dict[str, str]:
    """Keys, addresses and fresh tokens of the UK company."""
    return sim.get("/credentials")


@pytest.fixture
def sim_transport(sim, waits, records) -> Iterator[Transport]:
    """A transport to the simulator, which notes its waits instead of waiting."""
    with Transport(
        [sim.url],
        timeout=(2, 20),
        retries=RetryPolicy(sleep=waits.append),
        after_call=records.append,
    ) as open_transport:
        yield open_transport


@pytest.fixture
def client(sim_transport, credentials) -> QuickBooksClient:
    """A client of the UK company."""
    return client_of(sim_transport, credentials)


@pytest.fixture
def customer(client) -> Row:
    """A customer of this test's own."""
    return client.create("Customer", {"DisplayName": f"Ånd {new_requestid()}"})


@pytest.fixture
def tax_code(client) -> str:
    """The Id of the 20 % code, which a UK sale needs on every line."""
    codes = client.query("SELECT * FROM TaxCode WHERE Active = true")
    return next(code["Id"] for code in codes if code["Name"].startswith("20.0%"))


@pytest.fixture
def invoice_body(client, customer, tax_code) -> Row:
    """An invoice over 1 x 1861.08."""
    (item,) = client.query("SELECT * FROM Item WHERE Type = 'Service' MAXRESULTS 1")
    return {
        "CustomerRef": {"value": customer["Id"]},
        "TxnDate": "2026-03-01",
        "Line": [
            {
                "DetailType": "SalesItemLineDetail",
                "Amount": Decimal("1861.08"),
                "SalesItemLineDetail": {
                    "ItemRef": {"value": item["Id"]},
                    "Qty": 1,
                    "UnitPrice": Decimal("1861.08"),
                    "TaxCodeRef": {"value": tax_code},
                },
            }
        ],
    }


@pytest.fixture
def wire_client(transport, wire) -> QuickBooksClient:
    """A client of a service that answers what the wire plays."""
    return QuickBooksClient(transport, wire.url, "9130", Tokens("old", "new"))


@pytest.fixture(scope="session")
def large_realm(simulator) -> str:
    """A company with 2,500 customers."""
    realm_id = simulator.post("/companies", company="empty")["realm_id"]
    simulator.post("/seed", realm_id=realm_id, customers=2500)
    return realm_id


@pytest.fixture
def large(sim, sim_transport, large_realm) -> QuickBooksClient:
    """A client of the company with 2,500 customers."""
    return client_of(sim_transport, sim.get("/credentials", realm_id=large_realm))
