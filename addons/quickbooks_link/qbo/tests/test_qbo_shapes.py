"""Answers that are not made as QuickBooks makes them."""

import json
from datetime import datetime, timezone

import pytest
from qbo_wire import http

from qbo import exactjson
from qbo.client import QuickBooksClient
from qbo.errors import QuickBooksError, ThrottledError, UnexpectedAnswerError
from qbo.retries import RetryPolicy
from qbo.shapes import checked
from qbo.transport import Transport

INVOICE = """{"Id": "7", "SyncToken": "0", "TotalAmt": 12.50, "TxnDate": "2026-11-20",
"CustomerRef": {"value": "1", "name": "Ada"}, "Line": [{"Amount": 12.5,
"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"Qty": 1,
"ItemRef": {"value": "3"}}}], "MetaData": {"LastUpdatedTime":
"2026-11-20T10:00:00-08:00"}, "SomethingNew": {"Id": 5}}"""
WRONG = [
    ("Id", None),
    ("Id", 7),
    ("Id", ""),
    ("Id", "a b"),
    ("SyncToken", "<b>0</b>"),
    ("TotalAmt", "12.50"),
    ("TotalAmt", True),
    ("TotalAmt", 10**15),
    ("TxnDate", "2026-02-30"),
    ("TxnDate", "99999-01-01"),
    ("DocNumber", "1" * 251),
    ("PrivateNote", ["text"]),
    ("CustomerRef", "1"),
    ("CustomerRef", {"value": 1}),
    ("Line", {"Amount": 1}),
    ("Line", [None]),
    ("Line", [{"Amount": {}}]),
    ("Line", [{"SalesItemLineDetail": {"ItemRef": []}}]),
    ("MetaData", {"LastUpdatedTime": "2026-11-20T10:00:00"}),
    ("MetaData", {"LastUpdatedTime": "0001-01-01T00:00:00+14:00"}),
    ("CustomerMemo", "Thank you"),
    ("DueDays", 10**7),
    ("Active", "true"),
    ("SalesTaxRateList", {"TaxRateDetail": [{"TaxOrder": 0}]}),
    ("SalesTaxRateList", {"TaxRateDetail": [{"TaxTypeApplicable": "OnMoon"}]}),
]


@pytest.fixture
def client(wire):
    """A client that tries once."""
    retries = RetryPolicy(attempts=1)
    with Transport([wire.url], timeout=(1, 2), retries=retries) as transport:
        yield QuickBooksClient(transport, wire.url, "9130", lambda _force: "token")


def test_a_record_of_quickbooks_passes_as_it_is():
    record = exactjson.loads(INVOICE)
    assert checked("Invoice", record) is record


@pytest.mark.parametrize("name", ["TxnDate", "CustomerRef", "PrivateNote", "Line"])
def test_what_is_empty_is_as_good_as_missing(name):
    assert checked("Invoice", {**exactjson.loads(INVOICE), name: None})
    assert checked("Invoice", {**exactjson.loads(INVOICE), "DueDate": ""})


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_what_is_of_another_kind_is_refused_with_the_fields_name(name, value):
    record = {**exactjson.loads(INVOICE), name: value}
    with pytest.raises(UnexpectedAnswerError, match="Invoice that can't be read"):
        checked("Invoice", record)


@pytest.mark.parametrize("digits", ["1e400", "1e-400", "123456789012345678901"])
def test_numbers_without_measure_are_refused(digits):
    with pytest.raises(UnexpectedAnswerError, match="beyond all measure"):
        checked("Invoice", exactjson.loads(f'{{"Id": "7", "TotalAmt": {digits}}}'))


@pytest.mark.parametrize(
    "response",
    [
        {"Customer": {"Id": "1"}, "maxResults": 1},
        {"Customer": [7], "maxResults": 1},
        {"Customer": [{"DisplayName": "Nobody"}], "maxResults": 1},
        {"Customer": [], "Item": [], "maxResults": 0},
        {"startPosition": 1, "maxResults": 60},
        {"totalCount": "many"},
    ],
)
def test_no_list_is_not_an_empty_list(wire, client, response):
    wire.play(http(body=json.dumps({"QueryResponse": response}).encode()))
    with pytest.raises(UnexpectedAnswerError):
        client.query("SELECT * FROM Customer")


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"CDCResponse": None},
        {"CDCResponse": [7]},
        {"CDCResponse": [{"QueryResponse": {"Customer": []}}]},
        {"CDCResponse": [{"QueryResponse": [{"Customer": "none"}]}]},
        {"CDCResponse": [{"QueryResponse": [{"Customer": [{}]}]}]},
    ],
)
def test_no_list_of_changes_is_not_the_news_that_nothing_changed(wire, client, answer):
    wire.play(http(body=json.dumps(answer).encode()))
    with pytest.raises(UnexpectedAnswerError):
        client.cdc(["Customer"], datetime(2026, 11, 20, tzinfo=timezone.utc))


@pytest.mark.parametrize("time", ["9999-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_a_clock_that_can_not_be_true_is_none(wire, client, time):
    body = json.dumps({"QueryResponse": {}, "time": time}).encode()
    wire.play(http(body=body))
    assert client.query("SELECT * FROM Customer").time is None


def test_what_no_database_can_hold_is_replaced():
    read = exactjson.loads(b'{"Name": "a\\u0000b\\ud800c\\ud83d\\ude00"}')
    assert read == {"Name": "a\ufffdb\ufffdc\U0001f600"}


def test_json_that_nests_without_end_is_no_json():
    with pytest.raises(ValueError, match="nests"):
        exactjson.loads("[" * 200_000)


def test_nobody_waits_longer_than_a_month(wire, client):
    wire.play(http("429 Slow Down", b"", f"Retry-After: {'9' * 30}"))
    with pytest.raises(ThrottledError) as caught:
        client.read("CompanyInfo", client.realm_id)
    assert caught.value.retry_after == 31 * 86_400


@pytest.mark.parametrize(
    "body", [b"\x00\xff<html>", b'{"Fault": 7}', b'{"Fault": {"Error": "x"}}', b"[[]]"]
)
def test_odd_refusals_are_errors_with_words(wire, client, body):
    wire.play(http("400 Bad Request", body, "Content-Type: text/html"))
    with pytest.raises(QuickBooksError) as caught:
        client.read("CompanyInfo", client.realm_id)
    assert str(caught.value)
