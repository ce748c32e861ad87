"""What the client does when a call goes wrong."""

import pytest
from qbo_sim import Tokens, client_of, display_name_is
from qbo_wire import http

from qbo import statements
from qbo.client import (
    new_requestid,
)
from qbo.errors import (
    AuthenticationError,
    AuthorizationError,
    ServerError,
    SystemFaultError,
    ThrottledError,
    UnexpectedAnswerError,
)
from qbo.results import BatchItem

# === ONCE AND ONLY ONCE === #


def test_every_write_has_a_requestid_of_its_own(sim, client, customer):
    client.create("Customer", {"DisplayName": new_requestid()})
    client.update("Customer", {**customer, "Notes": "n"}, sparse=True)
    ids = [r["requestid"] for r in sim.get("/stats")["requests"] if r["realm"]]
    assert len(set(ids)) == len(ids) == 3
    assert all(0 < len(requestid) <= 50 for requestid in ids)


def test_same_requestid_again_gives_the_first_record(client):
    body = {"DisplayName": f"Once {new_requestid()}"}
    requestid = new_requestid()
    first = client.create("Customer", body, requestid=requestid)
    second = client.create("Customer", body, requestid=requestid)
    assert first["Id"] == second["Id"]
    assert client.count("Customer", display_name_is(body["DisplayName"])) == 1


def test_answer_dropped_after_the_commit_leaves_one_record(sim, client, waits):
    body = {"DisplayName": f"Dropped {new_requestid()}"}
    sim.fault("drop_after", "create Customer")
    created = client.create("Customer", body)
    (found,) = client.query(
        statements.select("Customer", display_name_is(body["DisplayName"]))
    )
    assert found["Id"] == created["Id"]
    tries = [r for r in sim.get("/stats")["requests"] if r["label"][:6] == "create"]
    assert len(tries) == 2
    assert len({request["requestid"] for request in tries}) == 1
    assert len(waits) == 1


@pytest.mark.parametrize("kind", ["truncate", "drop", "status"])
def test_keyed_write_outlives_any_other_lost_answer(sim, client, kind):
    body = {"DisplayName": f"{kind} {new_requestid()}"}
    sim.fault(kind, "create Customer", **({"status": 503} if kind == "status" else {}))
    assert client.create("Customer", body)["DisplayName"] == body["DisplayName"]
    assert client.count("Customer", display_name_is(body["DisplayName"])) == 1


def test_lost_batch_is_repeated_with_its_requestid(sim, client):
    name = f"Batch {new_requestid()}"
    sim.fault("drop_after", "batch")
    (result,) = client.batch(
        [BatchItem("1", "create", "Customer", {"DisplayName": name})]
    )
    assert result.record["DisplayName"] == name
    assert client.count("Customer", display_name_is(name)) == 1


def test_requestid_that_is_too_long_is_refused(client):
    with pytest.raises(ValueError, match="50"):
        client.create("Customer", {}, requestid="x" * 51)
    with pytest.raises(ValueError, match="36"):
        client.batch([BatchItem("1", query="SELECT")], requestid="x" * 37)


# === TOKENS AND ACCESS === #


def test_refused_token_is_renewed_once_and_the_call_repeated(
    sim, sim_transport, credentials
):
    stale = sim.get("/credentials")
    sim.fault("token_expired", "query Item")
    tokens = Tokens(stale["access_token"], credentials["access_token"])
    client = client_of(sim_transport, credentials, tokens)
    assert len(client.query("SELECT * FROM Item MAXRESULTS 3")) == 3
    assert tokens.asked == [False, True]


def test_token_that_ran_out_is_renewed(sim, sim_transport, credentials):
    sim.post("/tokens/expire", kind="access")
    tokens = Tokens(
        credentials["access_token"], sim.get("/credentials")["access_token"]
    )
    name = f"Renewed {new_requestid()}"
    client = client_of(sim_transport, credentials, tokens)
    assert client.create("Customer", {"DisplayName": name})["DisplayName"] == name
    assert tokens.asked == [False, True]


def test_second_refusal_is_final(sim, sim_transport, credentials):
    tokens = Tokens("nonsense", "nonsense too")
    with pytest.raises(AuthenticationError) as caught:
        client_of(sim_transport, credentials, tokens).count("Customer")
    assert tokens.asked == [False, True]
    assert (caught.value.status, caught.value.code) == (401, "3200")
    assert caught.value.tid


def test_xml_refusal_of_the_gateway_renews_the_token_too(wire, wire_client):
    xml = b'<?xml version="1.0"?><Errors><error><code>AuthenticationFailed</code>'
    xml += b"</error></Errors>"
    wire.play(
        http("401 Unauthorized", xml, "Content-Type: application/xml"),
        http(body=b'{"Item":{"Id":"1"}}'),
    )
    assert wire_client.read("Item", "1") == {"Id": "1"}
    sent = [request.headers["authorization"] for request in wire.requests]
    assert sent == ["Bearer old", "Bearer new"]


def test_other_company_is_no_matter_of_the_token(sim, sim_transport, credentials):
    other = sim.post("/companies", company="empty")["realm_id"]
    tokens = Tokens(credentials["access_token"])
    client = client_of(sim_transport, {**credentials, "realm_id": other}, tokens)
    with pytest.raises(AuthorizationError) as caught:
        client.read("CompanyInfo", client.realm_id)
    assert (caught.value.status, caught.value.code) == (403, "3100")
    assert tokens.asked == [False]


def test_lost_access_is_no_matter_of_the_token(sim, sim_transport, credentials):
    user = credentials["user"]
    tokens = Tokens(credentials["access_token"])
    sim.post("/access", user=user, realm_id=credentials["realm_id"], allowed=False)
    try:
        with pytest.raises(AuthorizationError):
            client_of(sim_transport, credentials, tokens).count("Customer")
    finally:
        sim.post("/access", user=user, realm_id=credentials["realm_id"], allowed=True)
    assert tokens.asked == [False]


# === THE SERVICE IS BUSY OR ILL === #


def test_throttled_read_waits_as_long_as_it_is_told(sim, client, waits):
    sim.fault("throttle", "query Item", retry_after=2)
    assert len(client.query("SELECT * FROM Item MAXRESULTS 1")) == 1
    assert waits == [2]


def test_throttled_write_with_its_requestid_is_repeated(sim, client, waits):
    sim.fault("throttle", "create Customer", times=2)
    client.create("Customer", {"DisplayName": new_requestid()})
    assert len(waits) == 2


def test_throttling_that_lasts_is_an_error_with_a_wait(sim, client):
    sim.fault("throttle", "query Item", times=9)
    with pytest.raises(ThrottledError) as caught:
        client.query("SELECT * FROM Item")
    assert (caught.value.code, caught.value.retry_after) == ("3001", 60)


def test_read_outlives_server_errors_and_cut_answers(sim, client, records):
    sim.fault("status", "query Item", status=500)
    sim.fault("truncate", "query Item")
    assert len(client.query("SELECT * FROM Item MAXRESULTS 2")) == 2
    assert records[0].status == 500
    assert len(records) == 3


def test_server_error_that_lasts(sim, client):
    sim.fault("status", "query Item", status=502, times=9)
    with pytest.raises(ServerError) as caught:
        client.query("SELECT * FROM Item")
    assert (caught.value.status, caught.value.sent) == (502, True)


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request"])
def test_fault_is_found_whatever_the_status(wire, wire_client, status):
    wire.play(
        http(
            status,
            b'{"Fault":{"Error":[{"Message":"m","Detail":"d","code":"10000"}],'
            b'"type":"SystemFault"}}',
        )
    )
    with pytest.raises(SystemFaultError) as caught:
        wire_client.create("Item", {"Name": "x"})
    assert (caught.value.retryable, caught.value.sent) == (True, True)


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.read("Item", "1"),
        lambda client: client.query("SELECT * FROM Item"),
        lambda client: client.count("Item"),
    ],
)
def test_answer_without_what_was_asked_is_unexpected(wire, wire_client, call):
    wire.play(http(body=b'{"Other":{},"time":"2026-01-01T00:00:00Z"}'))
    with pytest.raises(UnexpectedAnswerError):
        call(wire_client)
