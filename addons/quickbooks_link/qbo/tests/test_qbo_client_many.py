"""Many records in one call: batches and changes."""

from datetime import datetime, timedelta, timezone

import pytest
from qbo_wire import http

from qbo.client import (
    MAX_BATCH,
    in_chunks,
    new_requestid,
)
from qbo.errors import (
    DuplicateNameError,
    QueryFaultError,
    UnexpectedAnswerError,
)
from qbo.exactjson import parse_time
from qbo.results import BatchItem, BatchResult, time_of

# === BATCHES === #


def test_batch_answers_in_order_and_each_part_for_itself(client, customer):
    name = f"In a batch {new_requestid()}"
    results = client.batch(
        [
            BatchItem("new", "create", "Customer", {"DisplayName": name}),
            BatchItem("dup", "create", "Customer", {"DisplayName": name}),
            BatchItem("ask", query="SELECT * FROM Item MAXRESULTS 2"),
            BatchItem(
                "upd", "update", "Customer", {**customer, "Notes": "n", "sparse": True}
            ),
        ]
    )
    assert [result.bid for result in results] == ["new", "dup", "ask", "upd"]
    new, duplicate, asked, updated = results
    assert new.record["DisplayName"] == name
    assert isinstance(duplicate.error, DuplicateNameError)
    assert len(asked.page) == 2
    assert updated.record["Notes"] == "n"


def test_batch_options_are_sent(client, invoice_body):
    invoice = client.create("Invoice", invoice_body)
    key = {"Id": invoice["Id"], "SyncToken": invoice["SyncToken"]}
    body = {**invoice_body, "DocNumber": f"O{new_requestid()[:18]}"}
    results = client.batch(
        [
            BatchItem("a", "create", "Invoice", body),
            BatchItem("b", "create", "Invoice", body, "allowduplicatedocnum"),
            BatchItem("c", "delete", "Invoice", key),
        ]
    )
    assert [result.error for result in results] == [None, None, None]
    assert results[2].record["status"] == "Deleted"


@pytest.mark.parametrize(
    "items",
    [
        [],
        [BatchItem(str(n), query="SELECT") for n in range(MAX_BATCH + 1)],
        [BatchItem("same", query="SELECT")] * 2,
        [BatchItem("x" * 11, query="SELECT")],
        [BatchItem("", query="SELECT")],
    ],
)
def test_batch_quickbooks_would_refuse_is_refused_here(sim, client, items):
    with pytest.raises(ValueError):
        client.batch(items)
    assert sim.get("/stats")["total"] == 0


def test_thirty_parts_are_not_too_many(client):
    items = [
        BatchItem(str(n), query="SELECT * FROM Term MAXRESULTS 1")
        for n in range(MAX_BATCH)
    ]
    assert all(result.error is None for result in client.batch(items))


def test_part_missing_from_the_answer_is_an_error_of_that_part(wire, wire_client):
    wire.play(http(body=b'{"BatchItemResponse":[{"bId":"b","Item":{"Id":"7"}}]}'))
    first, second = wire_client.batch(
        [BatchItem("a", "create", "Item", {}), BatchItem("b", "create", "Item", {})]
    )
    assert isinstance(first.error, UnexpectedAnswerError)
    assert second.record == {"Id": "7"}


def test_chunks_lose_nothing():
    chunks = list(in_chunks(range(65)))
    assert [len(chunk) for chunk in chunks] == [30, 30, 5]
    assert [item for chunk in chunks for item in chunk] == list(range(65))
    assert list(in_chunks([])) == []


# === CHANGES === #


def test_changes_tell_the_changed_from_the_deleted(client, customer, invoice_body):
    since = client.query("SELECT * FROM Item MAXRESULTS 1").time - timedelta(seconds=2)
    kept = client.create("Invoice", invoice_body)
    gone = client.create("Invoice", invoice_body)
    client.delete("Invoice", gone["Id"], gone["SyncToken"])
    answer = client.cdc(["Invoice", "Customer", "Term"], since)
    assert gone["Id"] in answer.deleted["Invoice"]
    changed = {row["Id"]: row for row in answer.changed["Invoice"]}
    assert changed[kept["Id"]]["TotalAmt"] == kept["TotalAmt"]
    assert gone["Id"] not in changed
    assert customer["Id"] in {row["Id"] for row in answer.changed["Customer"]}
    assert answer.changed.get("Term", []) == []
    assert not answer.capped
    assert answer.time >= since


def test_changes_that_fill_the_answer_are_marked(large):
    since = datetime.now(timezone.utc) - timedelta(hours=1)
    answer = large.cdc(["Customer"], since)
    assert len(answer.changed["Customer"]) == 1000
    assert answer.capped


def test_changes_since_a_time_without_an_offset_are_refused(client):
    with pytest.raises(ValueError):
        client.cdc(["Customer"], datetime(2026, 1, 1))


def test_fault_among_the_changes_is_an_error(wire, wire_client):
    wire.play(
        http(
            body=b'{"CDCResponse":[{"QueryResponse":[{"Fault":{"Error":[{"Message":'
            b'"m","code":"4001"}],"type":"ValidationFault"}}]}]}'
        )
    )
    with pytest.raises(QueryFaultError):
        wire_client.cdc(["Item"], parse_time("2026-01-01T00:00:00Z"))


def test_a_part_that_was_no_query_has_no_page():
    with pytest.raises(TypeError, match="no query"):
        BatchResult("new", record={"Id": "1"}).queried()


@pytest.mark.parametrize("payload", [{}, {"time": 7}, {"time": "yesterday"}])
def test_an_answer_without_a_readable_time_has_none(payload):
    assert time_of(payload) is None


def test_a_part_that_makes_no_sense_is_that_parts_error(wire, wire_client):
    body = b'{"BatchItemResponse":[{"bId":"1","Customer":{"Id":7}}]}'
    wire.play(http(body=body))
    [result] = wire_client.batch([BatchItem("1", "create", "Customer", {})])
    assert result.record is None
    assert isinstance(result.error, UnexpectedAnswerError)
