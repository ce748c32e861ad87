"""What is kept of a call's texts: short, masked, lists as counts."""

import json
from dataclasses import asdict

import pytest
from qbo_sim import client_of
from qbo_wire import http

from qbo import texts
from qbo.answer import Answer
from qbo.client import BatchItem
from qbo.errors import QuickBooksError
from qbo.retries import RetryPolicy
from qbo.transport import Transport

LIMIT = 400


@pytest.fixture
def keeping(sim, records):
    """A transport to the simulator that keeps texts."""
    with Transport(
        [sim.url],
        retries=RetryPolicy(attempts=1),
        after_call=records.append,
        keep_texts=LIMIT,
    ) as transport:
        yield transport


@pytest.fixture
def keeper(keeping, credentials):
    return client_of(keeping, credentials)


def test_texts_are_kept_only_where_they_are_wanted(client, records):
    client.create("Customer", {"DisplayName": "No texts of this one"})
    assert (records[-1].sent, records[-1].got) == (None, None)


def test_a_write_is_kept_with_its_answer(keeper, records):
    record = keeper.create("Customer", {"DisplayName": "Texts Ltd"})
    assert json.loads(records[-1].sent) == {"DisplayName": "Texts Ltd"}
    assert f'"Id":"{record["Id"]}"' in records[-1].got.replace(" ", "")


def test_a_long_text_is_cut(keeper, records):
    keeper.create("Customer", {"DisplayName": "Long Ltd", "Notes": "x" * 900})
    assert len(records[-1].sent) == LIMIT + 1
    assert records[-1].sent.endswith("…")


def test_lists_are_kept_as_counts(keeper, records):
    page = keeper.query("SELECT * FROM Customer")
    assert records[-1].sent == "query: SELECT * FROM Customer"
    assert json.loads(records[-1].got) == {"Customer": len(page)}
    queries = [BatchItem(str(n), query="SELECT * FROM Item") for n in range(2)]
    found = keeper.batch(queries)
    assert json.loads(records[-1].got) == {"Item": 2 * len(found[0].page)}


def test_a_short_list_is_kept_whole(keeper, records):
    keeper.query("SELECT * FROM CompanyInfo")
    assert "CompanyName" in records[-1].got


def test_a_refusal_is_kept_as_the_error_it_is(keeper, records):
    with pytest.raises(QuickBooksError):
        keeper.create("Customer", {})
    assert isinstance(records[-1].failure, QuickBooksError)
    assert "Fault" in records[-1].got


def test_what_is_no_text_is_kept_as_its_size(records, wire):
    wire.play(http("200 OK", b"%PDF-1.4", "Content-Type: application/pdf"))
    wire.play(http("200 OK", b"{]"))
    with Transport([wire.url], after_call=records.append, keep_texts=9) as transport:
        transport.request("GET", wire.url, idempotent=False)
        with pytest.raises(QuickBooksError):
            transport.request("GET", wire.url, idempotent=False)
    assert records[0].got == "8 bytes, application/pdf"
    assert records[1].got == "{]"
    assert records[1].failure


def test_secrets_are_masked(records, wire):
    secret = "AB11731700000secretsecret"
    body = json.dumps({"refresh_token": secret}).encode()
    wire.play(http("200 OK", body))
    with Transport([wire.url], after_call=records.append, keep_texts=99) as transport:
        transport.request(
            "POST",
            wire.url,
            params={"token": secret, "note": f"Bearer {secret}"},
            headers={"Authorization": f"Bearer {secret}"},
            idempotent=True,
        )
    assert secret not in str(asdict(records[-1]))
    assert "***" in records[-1].got
    assert records[-1].sent == "token: ***\nnote: Bearer ***"


def test_calls_name_what_they_are_about(client, records):
    with client.about("outer"):
        client.read("CompanyInfo", client.realm_id)
        with client.about("inner"):
            client.read("CompanyInfo", client.realm_id)
        client.read("CompanyInfo", client.realm_id)
    client.read("CompanyInfo", client.realm_id)
    assert [r.about for r in records[-4:]] == ["outer", "inner", "outer", None]


def test_lists_of_any_answer_are_counted_and_other_texts_kept():
    def told(body, kind="application/json"):
        return texts.of_answer(Answer(200, {"Content-Type": kind}, body), LIMIT)

    lists = [{"Customer": [{}] * 90}, {"Item": [{}]}]
    batch = {"BatchItemResponse": [{"QueryResponse": one} for one in lists]}
    changes = {"CDCResponse": [{"QueryResponse": lists}]}
    for answer in (batch, changes):
        assert json.loads(told(json.dumps(answer).encode())) == {
            "Customer": 90,
            "Item": 1,
        }
    assert told(b"<html>Down</html>", "text/html") == "<html>Down</html>"
