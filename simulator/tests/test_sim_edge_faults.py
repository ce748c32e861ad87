"""Limits, faults on order and statistics."""

import http.client
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from sim_kit import AppClient

from qbo_simulator.edge.spoiling import spoilt


@pytest.fixture
def client(empty_server):
    return AppClient(empty_server)


@pytest.fixture
def keys(empty_server):
    return empty_server.credentials()


@pytest.fixture
def read(client, keys):
    """Read the company once."""
    return lambda: client.api(keys["access_token"], keys["realm_id"])


def create_customer(client, keys, name):
    url = f"{client.server.url}/v3/company/{keys['realm_id']}/customer"
    headers = {
        "Authorization": f"Bearer {keys['access_token']}",
        "Accept": "application/json",
    }
    return client.http.post(url, json={"DisplayName": name}, headers=headers)


def stats(client):
    return client.control("stats", "GET").json()


# -- faults ----------------------------------------------------------------------------


def test_a_status_on_order_comes_once_and_not_as_json(client, read):
    client.control("faults", kind="status", status=503)
    answer = read()
    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/html")
    assert read().status_code == 200


def test_a_fault_on_order_has_code_and_detail(client, read):
    client.control("faults", kind="fault", code="6190", detail="Trial over", times=2)
    for _ in range(2):
        answer = read()
        assert answer.status_code == 400
        (error,) = answer.json()["Fault"]["Error"]
        assert (error["code"], error["Detail"]) == ("6190", "Trial over")
        assert error["Message"] == "Invalid Company Status"
    assert read().status_code == 200


def test_orders_match_method_label_path_and_company(client, keys, read):
    client.control("faults", kind="status", match={"label": "query Customer"})
    client.control("faults", kind="status", match={"method": "POST"})
    client.control("faults", kind="status", match={"path": "/invoice/"})
    client.control("faults", kind="status", match={"realm_id": "1"})
    assert read().status_code == 200
    assert len(client.control("faults", "GET").json()["faults"]) == 4
    path = "query?query=select * from Customer"
    assert client.api(keys["access_token"], keys["realm_id"], path).status_code == 503
    client.control("faults", "DELETE")
    assert client.control("faults", "GET").json()["faults"] == []


def test_an_order_for_a_verb_fits_every_entity(client, keys):
    client.control("faults", kind="status", match={"label": "query"}, times=2)
    for entity in ("Customer", "Item"):
        path = f"query?query=select * from {entity}"
        answer = client.api(keys["access_token"], keys["realm_id"], path)
        assert answer.status_code == 503


def test_an_order_can_let_the_first_calls_pass(client, read):
    client.control("faults", kind="status", skip=2)
    assert [read().status_code for _ in range(4)] == [200, 200, 503, 200]


def test_drop_hangs_up_before_anything_is_written(client, keys):
    client.control("faults", kind="drop", match={"method": "POST"})
    with pytest.raises(requests.ConnectionError):
        create_customer(client, keys, "Never Ltd")
    assert create_customer(client, keys, "Never Ltd").status_code == 200


def test_drop_after_hangs_up_when_it_is_written(client, keys):
    client.control("faults", kind="drop_after")
    with pytest.raises(requests.ConnectionError):
        create_customer(client, keys, "Once Ltd")
    again = create_customer(client, keys, "Once Ltd")
    assert again.json()["Fault"]["Error"][0]["code"] == "6240"


def test_what_is_late_is_written_after_the_answer(client, keys):
    client.control("faults", kind="late", seconds=0.3)
    assert create_customer(client, keys, "Late Ltd").status_code == 504
    names = "query?query=select * from Customer"

    def found():
        answer = client.api(keys["access_token"], keys["realm_id"], names)
        return len(answer.json()["QueryResponse"].get("Customer", []))

    assert found() == 0
    deadline = time.monotonic() + 10
    while not found() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert found() == 1


def test_what_is_late_is_not_written_twice(client, keys):
    client.control("faults", kind="late", seconds=0.3)
    url = f"{client.server.url}/v3/company/{keys['realm_id']}/customer?requestid=r-1"
    headers = {"Authorization": f"Bearer {keys['access_token']}"}
    body = {"DisplayName": "Once Ltd"}
    assert client.http.post(url, json=body, headers=headers).status_code == 504
    assert client.http.post(url, json=body, headers=headers).status_code == 200
    time.sleep(0.5)
    listed = client.control("records/Customer", "GET").json()["records"]
    assert [one["SyncToken"] for one in listed] == ["0"]


@pytest.mark.parametrize(("block", "writes"), [("reads", 200), ("all", 429)])
def test_a_months_reads_can_be_used_up(client, keys, read, block, writes):
    client.control("switches", monthly_reads=2, monthly_block=block)
    assert [read().status_code for _ in range(4)] == [200, 200, 429, 429]
    assert create_customer(client, keys, "Ada").status_code == writes
    client.control("clock", advance=32 * 86400)
    fresh = client.control("credentials", "GET").json()
    assert client.api(fresh["access_token"], fresh["realm_id"]).status_code == 200


def test_a_limit_can_be_reported_after_the_write(client, keys):
    client.control("faults", kind="throttle", when="after")
    assert create_customer(client, keys, "Late Ltd").status_code == 429
    assert create_customer(client, keys, "Late Ltd").status_code == 400


def test_a_spoilt_answer_is_what_its_seed_makes_of_it(client, read):
    good = read().content
    for seed in range(100):
        client.control("faults", kind="spoil", seed=seed)
        assert read().status_code == 200
    told = client.control("faults", "GET").json()["spoilt"]
    assert told[0] == spoilt(good, 99)[1]
    assert len(set(told)) > 20
    assert read().json()["CompanyInfo"]


def test_every_seed_spoils():
    good = b'{"Item":{"Id":"1","Line":[{"Amount":1.5},{"Amount":2}]}}'
    for seed in range(2000):
        assert spoilt(good, seed)[0] != good
        assert spoilt(good, seed) == spoilt(good, seed)


def test_a_truncated_body_breaks_off_before_its_length(client, keys):
    client.control("faults", kind="truncate")
    connection = http.client.HTTPConnection(client.server.url.removeprefix("http://"))
    path = f"/v3/company/{keys['realm_id']}/preferences"
    token = keys["access_token"]
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    assert answer.status == 200
    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    connection.close()


def test_a_truncated_text_is_whole_http_and_half_json(client, read):
    client.control("faults", kind="truncate", cut="json")
    answer = read()
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip", "whole, and half a text"
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()


def test_a_delay_keeps_the_client_waiting(client, keys):
    client.control("faults", kind="delay", seconds=0.3)
    url = f"{client.server.url}/v3/company/{keys['realm_id']}/preferences"
    headers = {"Authorization": f"Bearer {keys['access_token']}"}
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(url, headers=headers, timeout=0.1)


def test_an_expired_token_can_be_ordered(client, read):
    client.control("faults", kind="token_expired")
    assert read().status_code == 401
    assert read().status_code == 200


def test_the_token_endpoint_can_fail_too(client, keys):
    order = {"kind": "status", "status": 502, "match": {"label": "oauth token"}}
    client.control("faults", **order)
    assert client.refresh(keys["refresh_token"]).status_code == 502
    assert client.refresh(keys["refresh_token"]).status_code == 200


@pytest.mark.parametrize(
    "wish",
    [
        {"kind": "explode"},
        {},
        {"kind": "status", "times": 0},
        {"kind": "status", "skip": -1},
        {"kind": "status", "match": {"colour": "red"}},
        {"kind": "status", "status": 99},
        {"kind": "status", "status": "500"},
        {"kind": "truncate", "cut": "nose"},
        {"kind": "drop", "when": "after"},
        {"kind": "status", "colour": "red"},
    ],
)
def test_an_order_that_makes_no_sense_is_refused_with_a_reason(client, wish):
    answer = client.control("faults", **wish)
    assert answer.status_code == 400
    assert answer.json()["error"]


# -- limits ----------------------------------------------------------------------------


def test_limits_are_off_unless_switched_on(read):
    assert {read().status_code for _ in range(15)} == {200}


def test_the_eleventh_request_within_a_second_is_refused(client, keys):
    throttle = client.server.simulator.throttle
    client.control("switches", throttling="on")
    seen = [_status(client, keys) for _ in range(14)]
    assert 429 in seen
    assert seen[0] == 200
    client.control("clock", advance=1.1)
    assert _status(client, keys) == 200
    throttle.clear()


def _status(client, keys):
    return client.api(keys["access_token"], keys["realm_id"]).status_code


def test_five_hundred_a_minute_and_forty_batches_per_company(empty_server):
    from qbo_simulator.edge.labels import Call

    simulator = empty_server.simulator
    simulator.switches.set_many({"throttling": "on"})

    def admitted(label, number, realm="1"):
        count = 0
        for _ in range(number):
            simulator.clock.advance(0.11)
            call = Call(label, realm)
            count += simulator.throttle.admits(call)
            simulator.throttle.done(call)
        return count

    assert admitted("query Customer", 505) == 500
    assert admitted("query Customer", 5, realm="2") == 5
    simulator.clock.advance(60)
    assert admitted("batch", 45) == 40
    assert admitted("query Customer", 5) == 5
    simulator.clock.advance(60)
    assert admitted("batch", 1) == 1
    simulator.clock.advance(60)
    assert admitted("report TrialBalance", 205) == 205
    simulator.switches.set_many({"report_limit": "on"})
    simulator.clock.advance(60)
    assert admitted("report TrialBalance", 205) == 200
    refused = simulator.throttle.as_dict()["refused"]
    assert refused == {"minute": 5, "batches": 5, "reports": 5}


def test_ten_calls_at_once_and_not_one_more(client, keys):
    client.control("switches", throttling="on", burst_limit="concurrent")
    client.control("faults", kind="delay", seconds=0.7, times=12)
    with ThreadPoolExecutor(12) as pool:
        seen = [pool.submit(_status, client, keys) for _ in range(12)]
        statuses = Counter(one.result() for one in seen)
    assert statuses == {200: 10, 429: 2}
    assert client.control("throttle", "GET").json()["refused"] == {"at_once": 2}
    assert {_status(client, keys) for _ in range(20)} == {200}


def test_the_limits_count_exactly_over_http(client, keys):
    client.control("switches", throttling="on", burst_limit="second")
    realm_id = keys["realm_id"]
    begun = time.monotonic()
    seen = Counter(_status(client, keys) for _ in range(12))
    if time.monotonic() - begun < 1:
        assert seen == {200: 10, 429: 2}
    shown = client.control("throttle", "GET").json()
    assert shown["on"] and shown["used"][realm_id]["minute"] == seen[200]
    assert shown["refused"].get("second", 0) == seen[429]
    assert client.control("throttle", "DELETE").json() == {"cleared": True}
    assert client.control("throttle", "GET").json()["used"] == {}
    stats = client.control("stats", "GET").json()
    assert stats["total"] == 12 and stats["metered"] == seen[200]


def test_a_429_has_intuits_words_and_retry_after_by_switch_only(client, read):
    client.control("faults", kind="throttle")
    answer = read()
    assert answer.status_code == 429
    (error,) = answer.json()["fault"]["error"]
    assert error["code"] == "3001"
    assert (
        error["message"] == "message=ThrottleExceeded; errorCode=003001; statusCode=429"
    )
    assert "retry-after" not in answer.headers
    client.control("switches", retry_after="on", throttle_body="upper")
    client.control("faults", kind="throttle")
    answer = read()
    assert answer.headers["retry-after"] == "60"
    assert answer.json()["Fault"]["Error"][0]["code"] == "3001"


# -- statistics ------------------------------------------------------------------------


def test_calls_are_counted_by_what_they_do(client, keys, read):
    client.control("stats", "DELETE")
    token, realm_id = keys["access_token"], keys["realm_id"]
    read()
    client.api(token, realm_id, "query?query=select * from Customer")
    client.api(token, realm_id, "query?query=select count(*) from Customer")
    created = create_customer(client, keys, "Counted Ltd").json()["Customer"]
    client.api(token, realm_id, f"customer/{created['Id']}?requestid=r-7")
    client.api(token, realm_id, "customer/99999")
    client.refresh(keys["refresh_token"])
    figures = stats(client)
    assert figures["calls"] == {
        "companyinfo": 1,
        "query Customer": 2,
        "create Customer": 1,
        "read Customer": 2,
    }
    assert figures["total"] == 6
    assert figures["metered"] == 4, "reads that succeeded; writes are free"
    assert figures["oauth"] == {"oauth token": 1}
    assert figures["by_realm"] == {realm_id: 6}
    record = figures["requests"][4]
    assert record["requestid"] == "r-7"
    assert record["label"] == "read Customer"
    assert record["status"] == 200
    assert record["tid"].startswith("1-")


def batch_of_queries(client, keys, number):
    items = [{"bId": str(n), "Query": "select * from Customer"} for n in range(number)]
    url = f"{client.server.url}/v3/company/{keys['realm_id']}/batch"
    headers = {
        "Authorization": f"Bearer {keys['access_token']}",
        "Accept": "application/json",
    }
    return client.http.post(url, json={"BatchItemRequest": items}, headers=headers)


def test_a_batch_of_queries_costs_one_read_or_each_by_switch(client, keys):
    client.control("stats", "DELETE")
    assert batch_of_queries(client, keys, 3).status_code == 200
    figures = stats(client)
    assert (figures["calls"], figures["metered"]) == ({"batch": 1}, 1)
    client.control("switches", batch_metering="each")
    batch_of_queries(client, keys, 3)
    assert stats(client)["metered"] == 4


def test_only_the_last_two_hundred_requests_are_kept(client, read):
    for _ in range(205):
        read()
    figures = stats(client)
    assert figures["total"] >= 205
    assert len(figures["requests"]) == 200


def test_no_secret_is_in_the_statistics(client, keys, read):
    read()
    client.refresh(keys["refresh_token"])
    text = client.control("stats", "GET").text
    for secret in ("access_token", "refresh_token", "client_secret"):
        assert keys[secret] not in text
