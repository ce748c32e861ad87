"""The control plane: what a test may do to the simulator, and its refusals."""

from urllib.parse import urlencode

import pytest
from sim_kit import HELEN, PRIYA, AppClient

from qbo_simulator.control.routes import TABLE as CONTROL


@pytest.fixture
def client(empty_server):
    return AppClient(empty_server)


def test_credentials_are_all_a_client_needs(client):
    keys = client.control("credentials", "GET").json()
    for name in (
        "client_id",
        "client_secret",
        "realm_id",
        "access_token",
        "refresh_token",
        "discovery_url",
        "api_url",
        "webhook_verifier_token",
        "company_name",
        "country",
    ):
        assert keys[name], name
    assert client.http.get(keys["discovery_url"]).status_code == 200
    assert client.api(keys["access_token"], keys["realm_id"]).status_code == 200


def test_credentials_can_be_for_a_user_a_company_and_an_environment(client):
    made = client.control("companies", company="empty", name="Other Ltd").json()
    path = f"credentials?realm_id={made['realm_id']}&user={HELEN}"
    keys = client.control(path, "GET").json()
    assert (keys["company_name"], keys["user"]) == ("Other Ltd", HELEN)
    for wrong in ("realm_id=5", "user=nobody@x.example", "environment=moon"):
        assert client.control(f"credentials?{wrong}", "GET").status_code == 400


def test_keys_are_the_same_for_the_same_seed_and_tokens_never(client, empty_server):
    first = client.control("credentials", "GET").json()
    client.control("reset", company="empty")
    second = client.control("credentials", "GET").json()
    assert first["client_id"] == second["client_id"]
    assert first["client_secret"] == second["client_secret"]
    assert first["access_token"] != second["access_token"]
    refused = client.api(first["access_token"], second["realm_id"])
    assert refused.status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "reset", {"compani": "uk"}),
        ("POST", "companies", {"company": "fr"}),
        ("POST", "companies", {"environment": "moon"}),
        ("POST", "clock", {}),
        ("POST", "clock", {"advance": "soon"}),
        ("POST", "clock", {"set": "yesterday"}),
        ("POST", "switches", {"no_such_switch": "on"}),
        ("POST", "switches", {"throttling": "perhaps"}),
        ("POST", "access", {"user": "nobody@x.example"}),
        ("POST", "access", {"user": HELEN, "allowed": "yes"}),
        ("POST", "access", {"user": HELEN, "realm_id": "1"}),
        ("POST", "tokens/expire", {"kind": "biscuit"}),
        ("POST", "apps", {"redirect_uris": ["http://evil.example/cb"]}),
        ("POST", "apps", {"redirect_uris": ["https://ok.example/cb?x=1"]}),
        ("POST", "seed", {"customers": "many"}),
        ("POST", "seed", {}),
        ("POST", "users", {"user": "no-address"}),
        ("POST", "records/Dragon", {"body": {}}),
        ("POST", "records/Customer", {"DisplayName": "X"}),
        ("GET", "stats?colour=red", {}),
    ],
)
def test_a_wrong_wish_is_refused_in_words(client, method, path, body):
    answer = client.control(path, method, **body)
    assert answer.status_code == 400
    assert answer.json()["error"]


NONSENSE = (
    None, True, "", {}, [1], "x", -1, 1.5, 10**30, -(10**30), 1e300, "9" * 5000,
    "\0", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00",
)  # fmt: skip
HARMLESS = {
    "/apps": {"redirect_uris": None},
    "/users": {"user": "a@b.example"},
    "/access": {"user": HELEN},
    "/faults": {"kind": "status"},
    "/webhooks": {"url": "http://127.0.0.1:9/x"},
    "/webhooks/mischief": {"kind": "lose"},
    "/merge": {"entity": "Customer", "loser": "1", "survivor": "2"},
    "/records/{entity}": {"body": {}},
    "/records/{entity}/{id}": {"body": {}},
}


def nonsense():
    """Give every call of the control plane with every nonsense under every key."""
    switches = ("latency_seconds", "void_word", "auto_approve")
    for method, path, _handler, known in CONTROL:
        for key in switches if known is None else known:
            for value in NONSENSE:
                if path not in ("/reset", "/companies", "/webhooks/settle"):
                    yield method, path, {**HARMLESS.get(path, {}), key: value}


def test_no_nonsense_is_answered_with_a_failure(client):
    client.control("records/Customer", body={"DisplayName": "Ada"})
    for method, path, body in nonsense():
        short = path[1:].format(entity="Customer", id="1")
        if method == "GET":
            texts = {key: str(value) for key, value in body.items()}
            short, body = f"{short}?{urlencode(texts)}", {}
        answer = client.control(short, method, **body)
        assert answer.status_code in (200, 400), (method, short, body, answer.text)
        assert isinstance(answer.json(), dict)
        if path == "/clock" and answer.status_code == 200:
            client.control("clock", set="2026-11-26T12:00:00Z")
    for body in ("{", "[" * 100_000, '{"advance": NaN}', "\ud800"):
        url = client.server.url + "/_sim/clock"
        data = body.encode("utf-8", "surrogatepass")
        answer = client.http.post(url, data=data)
        assert (answer.status_code, "error" in answer.json()) == (400, True)


@pytest.mark.parametrize("wish", [{"advance": 1e11}, {"set": "1066-10-14T09:00:00Z"}])
def test_the_clock_shows_times_of_our_own(client, wish):
    answer = client.control("clock", **wish)
    assert answer.json()["error"] == "the time must be from 1990 to 2199"
    assert client.control("credentials", "GET").status_code == 200


@pytest.mark.parametrize("entity", ["Preferences", "CompanyInfo"])
def test_what_a_company_has_one_of_is_only_changed(client, entity):
    made = client.control(f"records/{entity}", body={}).json()
    assert made["error"] == f"a company has one {entity}: change {entity}/1"
    gone = client.control(f"records/{entity}/1", "DELETE").json()
    assert gone["error"] == f"a company cannot be without {entity}"


def test_an_unknown_key_is_answered_with_the_known_ones(client):
    problem = client.control("clock", forward=3).json()
    assert problem == {"error": "unknown: forward", "known": ["advance", "set"]}


def test_a_body_that_is_not_json_is_refused(client):
    url = client.server.url + "/_sim/clock"
    assert client.http.post(url, data="advance=3").status_code == 400
    assert client.http.post(url, json=[1]).status_code == 400


def test_reset_leaves_nothing_behind(client):
    client.control("switches", throttling="on")
    client.control("clock", advance=86400)
    client.control("faults", kind="drop", times=9)
    client.control("companies", company="empty")
    client.control("access", user=PRIYA)
    made = client.control("reset", company="empty").json()
    companies = client.control("companies", "GET").json()["companies"]
    assert [company["realm_id"] for company in companies] == [made["realm_id"]]
    switches = client.control("switches", "GET").json()["switches"]
    assert all(switch["value"] == switch["default"] for switch in switches)
    assert client.control("faults", "GET").json() == {"faults": [], "spoilt": []}
    assert client.control("stats", "GET").json()["total"] == 0
    users = client.control("users", "GET").json()["users"]
    assert {user["user"]: user["realm_ids"] for user in users}[PRIYA] == []


def test_the_clock_moves_and_runs_on(client):
    client.control("clock", set="2030-05-01T10:00:00Z")
    assert client.control("clock", "GET").json()["now"].startswith("2030-05-01T10:00:0")
    client.control("clock", advance=3600)
    assert client.control("clock", "GET").json()["now"].startswith("2030-05-01T11:00:0")


def test_every_switch_tells_its_choices_and_source(client):
    switches = client.control("switches", "GET").json()["switches"]
    assert {"throttling", "code_reuse", "batch_metering"} <= {
        switch["name"] for switch in switches
    }
    assert all(switch["source"] and switch["choices"] for switch in switches)


def test_a_wrong_switch_changes_none_of_the_others(client):
    client.control("switches", throttling="on", retry_after="maybe")
    switches = client.control("switches", "GET").json()["switches"]
    values = {switch["name"]: switch["value"] for switch in switches}
    assert values["throttling"] == "off"


def test_users_can_be_added_and_let_in(client):
    added = client.control("users", user="new.one@x.example", given_name="New").json()
    assert added["realm_ids"] == []
    realm_id = client.control("companies", "GET").json()["companies"][0]["realm_id"]
    let_in = client.control("access", user="new.one@x.example", allowed=True).json()
    assert let_in["realm_ids"] == [realm_id]


# -- records ---------------------------------------------------------------------------


def test_a_person_edits_a_record_and_the_api_sees_it(client):
    keys = client.control("credentials", "GET").json()
    made = client.control(
        "records/customer", body={"DisplayName": "By Hand Ltd"}
    ).json()
    path = f"records/Customer/{made['Id']}"
    client.control(path, body={"Notes": "Rang on Monday"})
    seen = client.api(
        keys["access_token"], keys["realm_id"], f"customer/{made['Id']}"
    ).json()["Customer"]
    assert seen["Notes"] == "Rang on Monday"
    assert seen["SyncToken"] == "1"
    assert client.control(path, "GET").json()["DisplayName"] == "By Hand Ltd"
    listed = client.control("records/Customer", "GET").json()["records"]
    assert [record["Id"] for record in listed] == [made["Id"]]


def test_amounts_of_records_stay_exact(client):
    account = client.control("records/Account", "GET").json()["records"]
    income = next(row for row in account if row["AccountType"] == "Income")
    item = {
        "Name": "Screw",
        "Type": "Service",
        "UnitPrice": 0.1,
        "IncomeAccountRef": {"value": income["Id"]},
    }
    made = client.control("records/Item", body=item)
    assert made.status_code == 200, made.text
    assert '"UnitPrice":0.1,' in made.text


def test_a_person_removes_a_record_for_good(client):
    keys = client.control("credentials", "GET").json()
    made = client.control("records/Customer", body={"DisplayName": "Gone Ltd"}).json()
    path = f"records/Customer/{made['Id']}"
    assert client.control(path, "DELETE").json() == {"deleted": made["Id"]}
    seen = client.api(keys["access_token"], keys["realm_id"], f"customer/{made['Id']}")
    assert seen.json()["Fault"]["Error"][0]["code"] == "610"
    assert client.control(path, "GET").status_code == 400


def test_a_person_is_held_to_the_rules_as_well(client):
    client.control("records/Customer", body={"DisplayName": "Twin Ltd"})
    twin = client.control("records/Customer", body={"DisplayName": "Twin Ltd"})
    assert twin.status_code == 400
    assert twin.json()["Fault"]["Error"][0]["code"] == "6240"
