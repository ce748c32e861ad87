"""Webhooks: both payloads, signature, ladder, order and what can go wrong."""

import base64
import hashlib
import hmac
import json

import pytest
from sim_kit import AppClient
from sim_listener import Listener

from qbo_simulator.webhooks.catalogue import OPERATIONS

LADDER = (10, 20, 30, 300, 1200, 7200, 14400, 21600, 21600)


@pytest.fixture
def listener():
    with Listener() as listening:
        yield listening


@pytest.fixture
def client(empty_server):
    client = AppClient(empty_server)
    client.keys = client.control("credentials", "GET").json()
    return client


@pytest.fixture
def hook(client, listener):
    """Register the listener; return a function that writes and waits."""
    register(client, listener)
    return listener


def register(client, listener, **settings):
    answer = client.control("webhooks", url=listener.url, **settings)
    assert answer.status_code == 200, answer.text
    return answer.json()


def settle(client):
    answer = client.control("webhooks/settle", seconds=10).json()
    assert answer["settled"]
    return answer["deliveries"]


def post(client, entity, body, query=""):
    """Write through the API and wait for what is due; return the record."""
    keys = client.keys
    url = f"{client.server.url}/v3/company/{keys['realm_id']}/{entity.lower()}{query}"
    headers = {
        "Authorization": f"Bearer {keys['access_token']}",
        "Accept": "application/json",
    }
    answer = client.http.post(url, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    settle(client)
    return answer.json()[entity]


def customer(client, name):
    return post(client, "Customer", {"DisplayName": name})


def events(listener):
    """Return every CloudEvent that arrived as (type, id)."""
    return [
        (event["type"], event["intuitentityid"])
        for body in listener.bodies
        for event in json.loads(body)
    ]


def own(record):
    return {"Id": record["Id"], "SyncToken": record["SyncToken"]}


# -- payloads and signature ---------------------------------------------------


def test_a_cloudevent_is_signed_and_in_intuits_shape(client, hook):
    made = customer(client, "Ada")
    settle(client)
    (body,), (headers,) = hook.bodies, hook.headers
    token = client.keys["webhook_verifier_token"].encode()
    wanted = base64.b64encode(hmac.new(token, body, hashlib.sha256).digest()).decode()
    assert headers["intuit-signature"] == wanted
    assert headers["content-type"] == "application/json"
    (event,) = json.loads(body)
    assert event["specversion"] == "1.0"
    assert event["type"] == "qbo.customer.created.v1"
    assert event["intuitentityid"] == made["Id"]
    assert event["intuitaccountid"] == client.keys["realm_id"]
    assert event["source"].startswith("intuit.")
    assert event["time"].endswith("000Z") and len(event["time"]) == 30
    assert event["data"] == {}


def test_the_legacy_payload_and_a_token_of_ones_own(client, listener):
    register(client, listener, format="legacy", verifier_token="my-own")
    made = customer(client, "Ada")
    post(client, "Customer", {**own(made), "sparse": True, "Notes": "x"})
    settle(client)
    sent = [json.loads(body)["eventNotifications"] for body in listener.bodies]
    assert {one["realmId"] for notes in sent for one in notes} == {
        client.keys["realm_id"]
    }
    entities = [
        entity
        for notes in sent
        for one in notes
        for entity in one["dataChangeEvent"]["entities"]
    ]
    assert [one["operation"] for one in entities] == ["Create", "Update"]
    assert {(one["name"], one["id"]) for one in entities} == {("Customer", made["Id"])}
    assert entities[0]["lastUpdated"].endswith("Z")
    body = listener.bodies[0]
    digest = hmac.new(b"my-own", body, hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    assert listener.headers[0]["intuit-signature"] == signature


def test_cloudevents_can_have_their_own_content_type(client, hook):
    client.control("switches", webhook_content_type="application/cloudevents+json")
    customer(client, "Ada")
    settle(client)
    assert hook.headers[0]["content-type"] == "application/cloudevents+json"


# -- what is told -------------------------------------------------------------


def test_the_life_of_a_sale_is_told(client, hook):
    ada = customer(client, "Ada")
    invoice = sale(client, ada)
    paid = post(
        client,
        "Payment",
        {
            "CustomerRef": {"value": ada["Id"]},
            "TotalAmt": 10,
            "Line": [
                {
                    "Amount": 10,
                    "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}],
                }
            ],
        },
    )
    post(client, "Payment", own(paid), "?operation=update&include=void")
    invoice = read(client, "invoice", invoice["Id"])
    post(client, "Invoice", {}, f"/{invoice['Id']}/send?sendTo=a@b.example")
    invoice = read(client, "invoice", invoice["Id"])
    voided = post(client, "Invoice", own(invoice), "?operation=void")
    post(client, "Invoice", own(voided), "?operation=delete")
    settle(client)
    number = invoice["Id"]
    others = ("qbo.customer.", "qbo.item.")
    told = [one for one in events(hook) if not one[0].startswith(others)]
    assert told == [
        ("qbo.invoice.created.v1", number),
        ("qbo.payment.created.v1", paid["Id"]),
        ("qbo.invoice.updated.v1", number),
        ("qbo.invoice.updated.v1", number),
        ("qbo.payment.voided.v1", paid["Id"]),
        ("qbo.invoice.emailed.v1", number),
        ("qbo.invoice.voided.v1", number),
        ("qbo.invoice.deleted.v1", number),
    ]
    customers = [kind for kind, _ in events(hook) if "customer" in kind]
    assert customers == ["qbo.customer.created.v1"]


def sale(client, ada):
    line = {
        "Amount": 10,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item(client)}},
    }
    body = {
        "CustomerRef": {"value": ada["Id"]},
        "GlobalTaxCalculation": "NotApplicable",
        "Line": [line],
    }
    return post(client, "Invoice", body)


def item(client):
    listed = client.control("records/Item", "GET").json()["records"]
    if listed:
        return listed[0]["Id"]
    accounts = client.control("records/Account", "GET").json()["records"]
    income = next(one for one in accounts if one["AccountType"] == "Income")
    body = {
        "Name": "Hour",
        "Type": "Service",
        "IncomeAccountRef": {"value": income["Id"]},
    }
    return post(client, "Item", body)["Id"]


def read(client, entity, record_id):
    keys = client.keys
    answer = client.api(
        keys["access_token"], keys["realm_id"], f"{entity}/{record_id}?format=json"
    )
    return next(value for key, value in answer.json().items() if key != "time")


def test_merged_and_inactive_names(client, hook):
    ada, bob, cyd = (customer(client, name) for name in ("Ada", "Bob", "Cyd"))
    wish = {"entity": "Customer", "loser": bob["Id"], "survivor": ada["Id"]}
    assert client.control("merge", **wish).status_code == 200
    settle(client)
    post(client, "Customer", {**own(cyd), "sparse": True, "Active": False})
    client.control("switches", webhook_inactive="Update")
    cyd = read(client, "customer", cyd["Id"])
    post(client, "Customer", {**own(cyd), "sparse": True, "Active": True})
    cyd = read(client, "customer", cyd["Id"])
    post(client, "Customer", {**own(cyd), "sparse": True, "Active": False})
    settle(client)
    assert events(hook)[3:] == [
        ("qbo.customer.merged.v1", ada["Id"]),
        ("qbo.customer.deleted.v1", cyd["Id"]),
        ("qbo.customer.updated.v1", cyd["Id"]),
        ("qbo.customer.updated.v1", cyd["Id"]),
    ]
    merged = json.loads(hook.bodies[3])[0]
    assert merged["data"] == {"deletedid": bob["Id"]}


def test_nothing_is_told_of_what_was_refused_or_is_not_in_intuits_list(client, hook):
    customer(client, "Ada")
    refused = client.http.post(
        f"{client.server.url}/v3/company/{client.keys['realm_id']}/customer",
        json={"DisplayName": "Ada"},
        headers={"Authorization": f"Bearer {client.keys['access_token']}"},
    )
    assert refused.status_code == 400
    assert "TaxCode" not in OPERATIONS and "CompanyInfo" not in OPERATIONS
    rate = {"TaxRateName": "R", "RateValue": "5", "TaxApplicableOn": "Sales"}
    agency = client.control("records/TaxAgency", "GET").json()["records"][0]["Id"]
    url = f"{client.server.url}/v3/company/{client.keys['realm_id']}/taxservice/taxcode"
    body = {"TaxCode": "C", "TaxRateDetails": [{**rate, "TaxAgencyId": agency}]}
    headers = {"Authorization": f"Bearer {client.keys['access_token']}"}
    assert client.http.post(url, json=body, headers=headers).status_code == 200
    settle(client)
    assert [kind for kind, _ in events(hook)] == ["qbo.customer.created.v1"]


def test_only_subscribed_entities_of_connected_companies(client, listener):
    register(client, listener, entities=["Item"])
    customer(client, "Ada")
    item(client)
    client.control("tokens/revoke")
    body = {"body": {"DisplayName": "Bob"}}
    client.control("webhooks", url=listener.url)
    assert client.control("records/Customer", **body).status_code == 200
    settle(client)
    assert [kind for kind, _ in events(listener)] == ["qbo.item.created.v1"]


def test_a_changed_customers_balance_is_told_by_switch(client, hook):
    ada = customer(client, "Ada")
    client.control("switches", webhook_balance="on")
    sale(client, ada)
    settle(client)
    assert ("qbo.customer.updated.v1", ada["Id"]) in events(hook)


# -- delay, companies, mischief -----------------------------------------------


def test_events_within_the_delay_travel_together_and_once(client, listener):
    register(client, listener, delay=180)
    ada = customer(client, "Ada")
    for note in "xyz":
        ada = post(client, "Customer", {**own(ada), "sparse": True, "Notes": note})
    assert not settle(client)
    client.control("clock", advance=181)
    (sent,) = settle(client)
    assert sent["state"] == "delivered" and sent["tries"][0]["status"] == 200
    assert [kind for kind, _ in events(listener)] == [
        "qbo.customer.created.v1",
        "qbo.customer.updated.v1",
    ]


@pytest.mark.parametrize("form", ["cloudevents", "legacy"])
def test_several_companies_in_one_call_or_one_each(client, listener, form):
    other = client.control("companies", company="empty", name="Other Ltd").json()
    client.control(f"credentials?realm_id={other['realm_id']}", "GET")
    register(client, listener, delay=60, format=form)
    for wish, calls in (("apart", 2), ("together", 1)):
        listener.bodies.clear()
        client.control("switches", webhook_companies=wish)
        customer(client, f"Ada {wish}")
        client.control(
            "records/Customer",
            realm_id=other["realm_id"],
            body={"DisplayName": f"Bob {wish}"},
        )
        client.control("clock", advance=61)
        settle(client)
        assert len(listener.bodies) == calls
        whole = b"".join(listener.bodies).decode()
        assert client.keys["realm_id"] in whole and other["realm_id"] in whole


def test_duplicates_reordering_loss_and_forgery_on_request(client, listener):
    register(client, listener, delay=1)
    for kind in ("duplicate", "reorder", "lose", "forge"):
        listener.bodies.clear()
        listener.headers.clear()
        assert client.control("webhooks/mischief", kind=kind).status_code == 200
        made = [customer(client, f"{name} {kind}")["Id"] for name in ("A", "B")]
        client.control("clock", advance=2)
        settle(client)
        seen = [number for _, number in events(listener)]
        if kind == "duplicate":
            assert seen == made * 2 and listener.bodies[0] == listener.bodies[1]
        elif kind == "reorder":
            assert seen == made[::-1]
        elif kind == "lose":
            assert seen == []
        else:
            token = client.keys["webhook_verifier_token"].encode()
            digest = hmac.new(token, listener.bodies[0], hashlib.sha256).digest()
            good = base64.b64encode(digest).decode()
            assert listener.headers[0]["intuit-signature"] != good
    assert client.control("webhooks/mischief", "GET").json() == {"orders": []}


def test_a_call_held_back_is_overtaken(client, hook):
    client.control("webhooks/mischief", kind="hold", seconds=600)
    first = customer(client, "Ada")["Id"]
    settle(client)
    second = customer(client, "Bob")["Id"]
    settle(client)
    client.control("clock", advance=601)
    settle(client)
    assert [number for _, number in events(hook)] == [second, first]


# -- retries ------------------------------------------------------------------


def test_the_ladder_on_the_simulated_clock(client, hook):
    hook.answers[:] = [500] * (len(LADDER))
    customer(client, "Ada")
    settle(client)
    for number, seconds in enumerate(LADDER, 1):
        assert len(hook.bodies) == number
        client.control("clock", advance=seconds - 2)
        settle(client)
        assert len(hook.bodies) == number, seconds
        client.control("clock", advance=3)
        settle(client)
    (sent,) = settle(client)
    assert sent["state"] == "delivered"
    assert len(set(hook.bodies)) == 1, "the same events with the same ids"
    assert [one["status"] for one in sent["tries"]] == [500] * len(LADDER) + [200]


def test_a_failed_call_holds_back_the_next_or_not(client, hook):
    hook.answers[:] = [503]
    customer(client, "Ada")
    settle(client)
    second = customer(client, "Bob")["Id"]
    settle(client)
    assert len(hook.bodies) == 1
    client.control("switches", webhook_holds_back="off")
    settle(client)
    assert events(hook)[-1][1] == second
    client.control("clock", advance=11)
    settle(client)
    assert len(hook.bodies) == 3


def test_an_endpoint_that_keeps_failing_is_disabled_until_enabled(client, hook):
    client.control("switches", webhook_retries="older")
    hook.answers[:] = [404] * 4
    customer(client, "Ada")
    settle(client)
    for minutes in (20, 30, 50):
        client.control("clock", advance=minutes * 60 + 1)
        settle(client)
    assert len(hook.bodies) == 4
    listed = client.control("webhooks", "GET").json()["endpoints"]
    assert listed[0]["state"] == "disabled"
    body = {"DisplayName": "Bob"}
    assert client.control("records/Customer", body=body).status_code == 200
    client.control("clock", advance=86400)
    settle(client)
    assert len(hook.bodies) == 4
    client.control("webhooks/enable")
    settle(client)
    assert len(hook.bodies) == 5, "what waited is sent, what happened meanwhile is lost"


def test_the_newer_ladder_ends_by_switch(client, hook):
    client.control("switches", webhook_disable_hours=13)
    hook.answers[:] = [500] * 20
    customer(client, "Ada")
    settle(client)
    for seconds in LADDER:
        client.control("clock", advance=seconds + 1)
        settle(client)
    listed = client.control("webhooks", "GET").json()["endpoints"]
    assert listed[0]["state"] == "disabled"


def test_nothing_but_a_200_in_time_counts(client, hook, monkeypatch):
    monkeypatch.setattr("qbo_simulator.webhooks.courier.PATIENCE_SECONDS", 0.2)
    hook.answers[:] = [202]
    hook.pause = 0.0
    customer(client, "Ada")
    (sent,) = settle(client)
    assert sent["state"] == "waiting" and "202" in sent["tries"][0]["problem"]
    hook.pause = 0.5
    client.control("clock", advance=11)
    (sent,) = settle(client)
    assert sent["tries"][1]["status"] == 0 and sent["tries"][1]["problem"]


def test_nobody_listens(client):
    client.control("webhooks", url="http://127.0.0.1:9/hook")
    customer(client, "Ada")
    (sent,) = settle(client)
    assert sent["state"] == "waiting" and sent["tries"][0]["status"] == 0


@pytest.mark.parametrize(
    ("path", "wish"),
    [
        ("webhooks", {"url": "ftp://x.example/"}),
        ("webhooks", {"url": "http://x.example/", "format": "xml"}),
        ("webhooks", {"url": "http://x.example/", "delay": -1}),
        ("webhooks", {"url": "http://x.example/", "entities": ["TaxCode"]}),
        ("webhooks", {"url": "http://x.example/", "headers": {"a": "b\r\nc: d"}}),
        ("webhooks", {"url": "http://x.example/", "environment": "moon"}),
        ("webhooks", {"environment": "sandbox"}),
        ("webhooks/mischief", {"kind": "eat"}),
        ("webhooks/mischief", {"kind": "lose", "times": 0}),
        ("webhooks/settle", {"seconds": "long"}),
        ("merge", {"entity": "Nothing", "loser": "1", "survivor": "2"}),
    ],
)
def test_wrong_wishes_are_refused_in_words(client, path, wish):
    answer = client.control(path, **wish)
    assert answer.status_code == 400 and answer.json()["error"]


def test_the_page_sets_an_endpoint_and_shows_the_calls(client, listener):
    page = client.server.url + "/webhooks"
    form = {"environment": "sandbox", "url": listener.url, "format": "legacy"}
    refused = client.http.post(page, data={**form, "url": "nowhere"})
    assert refused.status_code == 400 and "url must be" in refused.text
    refused = client.http.post(page, data={**form, "delay": "soon"})
    assert refused.status_code == 400
    shown = client.http.post(page, data=form)
    assert listener.url in shown.text and "Nothing has been sent yet." in shown.text
    made = customer(client, "Ada")
    settle(client)
    shown = client.http.get(page).text
    assert f"Customer {made['Id']} Create" in shown and "delivered" in shown
    assert "active" in shown and "eventNotifications" in shown
    client.server.simulator.webhooks.endpoints.disable("sandbox")
    assert "Enable" in client.http.get(page).text
    client.http.post(page, data={"environment": "sandbox", "do": "enable"})
    assert "Enable" not in client.http.get(page).text
    client.http.post(page, data={"environment": "sandbox", "do": "remove"})
    assert client.control("webhooks", "GET").json() == {"endpoints": []}
    answer = client.http.post(page, data={"environment": "moon"})
    assert answer.status_code == 400


def test_an_endpoint_and_its_events_outlive_the_process(tmp_path, listener):
    from qbo_simulator.server import SimulatorServer

    path = str(tmp_path / "books.sqlite")
    with SimulatorServer("empty", db=path) as server:
        client = AppClient(server)
        client.keys = client.control("credentials", "GET").json()
        register(client, listener, delay=60)
        made = customer(client, "Ada")
    with SimulatorServer("empty", db=path) as server:
        client = AppClient(server)
        assert client.control("webhooks", "GET").json()["endpoints"]
        client.control("clock", advance=61)
        settle(client)
    assert events(listener) == [("qbo.customer.created.v1", made["Id"])]
