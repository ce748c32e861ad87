"""What Intuit's front does with headers, encodings, sizes, nulls and request ids."""

import gzip
import json
import zlib
from datetime import timedelta

import pytest
import requests
from test_sim_api import Api, changes, fault

from qbo_simulator.clock import PACIFIC, stamp


@pytest.fixture
def api(empty_server):
    return Api(empty_server)


# -- null ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {"DisplayName": "Ada", "Notes": None},
        {"DisplayName": "Ada", "BillAddr": {"Line1": None}},
        {"DisplayName": "Ada", "SalesTermRef": {"value": None}},
        {"DisplayName": "Ada", "CustomField": [None]},
    ],
)
def test_null_is_no_value(api, body):
    fault(api.post("customer", body), 400, "2010")
    api.server.simulator.switches.set_many({"json_null": "ignore"})
    made = api.post("customer", body)
    assert made.status_code == 200 and "Notes" not in made.json()["Customer"]


def test_an_empty_value_clears_where_null_does_not(api):
    one = api.customer(Notes="x", BillAddr={"Line1": "1 High St"})
    key = {"Id": one["Id"], "SyncToken": "0", "sparse": True}
    fault(api.post("customer", {**key, "Notes": None}), 400, "2010")
    kept = api.post("customer", {**key, "Notes": "", "BillAddr": {}}).json()["Customer"]
    assert "Notes" not in kept and "BillAddr" not in kept


# -- encodings ----------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "identity"])
def test_bodies_may_come_packed(api, encoding):
    body = json.dumps({"DisplayName": f"Ada {encoding}"}).encode()
    packed = {
        "gzip": gzip.compress(body),
        "deflate": zlib.compress(body),
        "identity": body,
    }[encoding]
    headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}
    answer = api.http.post(api.url("customer"), data=packed, headers=headers)
    assert answer.json()["Customer"]["DisplayName"] == f"Ada {encoding}"
    stats = api.http.get(api.server.url + "/_sim/stats").json()
    assert stats["calls"] == {"create Customer": 1}


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"{}"),
        ("gzip", gzip.compress(b'{"DisplayName": "Ada"}')[:-9]),
        ("br", b"{}"),
    ],
)
def test_what_cannot_be_unpacked_is_refused(api, encoding, body):
    headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}
    answer = api.http.post(api.url("customer"), data=body, headers=headers)
    assert answer.status_code == 400 and api.count("Customer") == 0


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("gzip", True), ("deflate, gzip;q=0.5", True), ("gzip;q=0", False), ("", False)],
)
def test_answers_come_packed_when_asked_for(api, accepted, packed):
    path = api.url(f"companyinfo/{api.realm}")
    answer = api.http.get(path, headers={"Accept-Encoding": accepted}, stream=True)
    raw = answer.raw.read()
    assert int(answer.headers["content-length"]) == len(raw)
    assert (answer.headers.get("content-encoding") == "gzip") is packed
    body = json.loads(gzip.decompress(raw) if packed else raw)
    assert body["CompanyInfo"]["Country"] == "GB"


def test_half_a_packed_answer_cannot_be_read(api):
    api.server.simulator.faults.order({"kind": "truncate", "cut": "body"})
    with pytest.raises(requests.RequestException):
        # urllib3 1.26 does not compare the length; the unpacking breaks.
        _ = api.get(f"companyinfo/{api.realm}").json()


# -- content types, sizes, headers ------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/text", 200),
        ("text/plain", 200),
        ("application/json", 400),
        ("application/x-www-form-urlencoded", 400),
    ],
)
def test_a_query_is_posted_as_text(api, kind, status):
    def ask():
        headers = {"Content-Type": kind}
        statement = b"select * from Customer"
        return api.http.post(api.url("query"), data=statement, headers=headers)

    answer = ask()
    assert answer.status_code == status
    if status == 400:
        fault(answer, 400, "1050")
        api.server.simulator.switches.set_many({"query_content_type": "any"})
        assert ask().status_code == 200


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "text/plain", "application/xml"]
)
def test_records_are_posted_as_json(api, kind):
    body, headers = b'{"DisplayName": "Ada"}', {"Content-Type": kind}
    fault(api.http.post(api.url("customer"), data=body, headers=headers), 400, "1050")


def test_a_request_can_be_too_large(api):
    api.server.simulator.switches.set_many({"largest_body_kilobytes": 1})
    answer = api.post("customer", {"DisplayName": "Ada", "Notes": "x" * 1200})
    assert answer.status_code == 413 and "json" not in answer.headers["content-type"]
    assert api.post("customer", {"DisplayName": "Ada"}).ok


@pytest.mark.parametrize("version", ["1", "65", "75", "76", "new", ""])
def test_the_minor_version_changes_nothing(api, version):
    one = api.customer(f"Ada {version}")
    read = api.get(f"customer/{one['Id']}", minorversion=version).json()["Customer"]
    assert read == one


def test_headers_of_every_answer(api):
    for answer in (api.get("preferences"), api.get("customer/1")):
        assert answer.headers["intuit_tid"].startswith("1-")
        assert answer.headers["qbo-version"]
        assert "no-store" in answer.headers["cache-control"]
        assert answer.headers["content-type"] == "application/json;charset=UTF-8"


def test_the_header_request_id_is_no_key(api):
    headers = {"Request-Id": "r-1"}
    body = {"DisplayName": "Ada"}
    assert api.http.post(api.url("customer"), json=body, headers=headers).ok
    again = api.http.post(api.url("customer"), json=body, headers=headers)
    fault(again, 400, "6240")


@pytest.mark.parametrize(
    ("written", "shown"),
    [("GB", "GBR"), ("United Kingdom", "GBR"), ("usa", "USA"), ("Narnia", "Narnia")],
)
def test_the_companys_country_is_shown_as_three_letters(api, written, shown):
    info = api.get(f"companyinfo/{api.realm}").json()["CompanyInfo"]
    address = {"Line1": "1 High St", "Country": written, "Lat": "1.0", "Long": "2.0"}
    key = {"SyncToken": info["SyncToken"], "Id": "1", "sparse": True}
    made = api.post("companyinfo", {**key, "CompanyAddr": address}).json()
    kept = made["CompanyInfo"]["CompanyAddr"]
    assert (kept["Country"], set(kept)) == (shown, {"Id", "Line1", "Country"})
    assert made["CompanyInfo"]["Country"] == "GB"


# -- requestid -----------------------------------------------------------------


@pytest.mark.parametrize(("length", "code"), [(36, ""), (37, "2130")])
def test_a_batchs_requestid_is_shorter(api, length, code):
    item = {"bId": "b" * 10, "Customer": {"DisplayName": "Ada"}}
    answer = api.post("batch", {"BatchItemRequest": [item]}, requestid="r" * length)
    if code:
        fault(answer, 400, code)
    else:
        assert answer.json()["BatchItemResponse"][0]["Customer"]["Id"]


def test_a_bid_over_ten_letters_is_refused_where_it_is_part_of_the_key(api):
    item = {"bId": "b" * 11, "Customer": {"DisplayName": "Ada"}}
    body = {"BatchItemRequest": [item]}
    (answer,) = api.post("batch", body, requestid="r").json()["BatchItemResponse"]
    assert answer["Fault"]["Error"][0]["code"] == "2130"
    (answer,) = api.post("batch", body).json()["BatchItemResponse"]
    assert answer["Customer"]["DisplayName"] == "Ada"


def test_a_dropped_answer_is_replayed(api):
    for path, body in (
        ("customer", {"DisplayName": "Ada"}),
        (
            "batch",
            {"BatchItemRequest": [{"bId": "1", "Customer": {"DisplayName": "Bob"}}]},
        ),
    ):
        api.server.simulator.faults.order({"kind": "drop_after"})
        with pytest.raises(requests.ConnectionError):
            api.post(path, body, requestid=f"d-{path}")
        again = api.post(path, body, requestid=f"d-{path}").json()
        assert again == api.post(path, body, requestid=f"d-{path}").json() | {
            "time": again["time"]
        }
    assert api.count("Customer") == 2


def test_deleting_and_sending_replay_too(api):
    method = api.post("paymentmethod", {"Name": "Barter"}).json()["PaymentMethod"]
    key = {"Id": method["Id"], "SyncToken": "0", "sparse": True, "Active": False}
    first = api.post("paymentmethod", key, requestid="x").json()
    assert (
        api.post("paymentmethod", key, requestid="x").json()["PaymentMethod"]
        == (first["PaymentMethod"])
    )
    fault(api.post("paymentmethod", key, requestid="y"), 400, "5010")


# -- change data capture ----------------------------------------------------------


@pytest.mark.parametrize("name", ["TaxCode", "TaxRate", "TaxAgency", "TimeActivity"])
def test_some_entities_have_no_changes(api, name):
    since = stamp(api.server.simulator.clock.now() - timedelta(days=1))
    fault(changes(api, name, since), 400, "500")


@pytest.mark.parametrize("code", ["500", "4001", "2070", "6000"])
def test_changes_too_long_ago_are_refused(api, code):
    api.server.simulator.switches.set_many({"cdc_too_old_code": code})
    since = stamp(api.server.simulator.clock.now() - timedelta(days=31))
    fault(changes(api, "Customer", since), 400, code)


def test_a_plus_sign_that_is_not_encoded_is_no_offset(api):
    path = "cdc?entities=Customer&changedSince="
    moment = api.server.simulator.clock.now().isoformat(timespec="seconds")
    fault(api.get(path + moment), 400, "2060")
    assert api.get(path + moment.replace("+", "%2B")).ok


def test_a_time_without_an_offset_is_pacific(api):
    moment = api.server.simulator.clock.now() - timedelta(seconds=10)
    api.customer()
    pacific = moment.astimezone(PACIFIC).isoformat(timespec="seconds")[:19]
    (found,) = changes(api, "Customer", pacific).json()["CDCResponse"][0][
        "QueryResponse"
    ]
    assert len(found["Customer"]) == 1
    zulu = moment.isoformat(timespec="seconds")[:19]
    answer = changes(api, "Customer", zulu).json()
    assert answer["CDCResponse"][0]["QueryResponse"] == [{}]


def test_which_thousand_changes_are_told_is_a_switch(api):
    engine, clock = api.server.simulator.engine, api.server.simulator.clock
    since = stamp(clock.now() - timedelta(seconds=10))
    for part in range(2):
        bodies = [{"DisplayName": f"C{part}-{number}"} for number in range(600)]
        engine.bulk_create(api.realm, "Customer", bodies)
        clock.advance(60)
    told = []
    for way in ("oldest", "newest"):
        api.server.simulator.switches.set_many({"cdc_beyond_1000": way})
        answer = changes(api, "Customer,Item", since).json()["CDCResponse"][0]
        found = answer["QueryResponse"][0]["Customer"]
        assert len(found) == 1000 and answer["QueryResponse"][1] == {}
        told.append({row["DisplayName"][:2] for row in found[:600]})
    assert told == [{"C0"}, {"C1"}]


def test_a_batch_done_before_may_be_refused(api):
    item = {"bId": "1", "Customer": {"DisplayName": "Ada"}}
    body = {"BatchItemRequest": [item]}
    assert api.post("batch", body, requestid="r").ok
    api.server.simulator.switches.set_many({"batch_replay": "refuse"})
    (again,) = api.post("batch", body, requestid="r").json()["BatchItemResponse"]
    (error,) = again["Fault"]["Error"]
    assert (error["code"], api.count("Customer")) == ("6000", 1)
    assert "accessing or saving your data" in error["Detail"]
    (other,) = api.post("batch", body, requestid="s").json()["BatchItemResponse"]
    assert other["Fault"]["Error"][0]["code"] == "6240"


def test_journal_codes_have_changes_by_switch(api):
    since = stamp(api.server.simulator.clock.now() - timedelta(days=1))
    fault(changes(api, "JournalCode", since), 400, "500")
    api.server.simulator.switches.set_many({"cdc_journal_code": "allow"})
    assert changes(api, "JournalCode", since).ok


def test_tokens_can_be_as_long_as_they_get(api):
    api.server.simulator.switches.set_many({"token_size": "longest"})
    keys = api.server.credentials()
    assert (len(keys["access_token"]), len(keys["refresh_token"])) == (4096, 512)
    api.http.headers["Authorization"] = f"Bearer {keys['access_token']}"
    assert api.get("preferences").ok
