"""The gateway: which token may call which company, and in which words it is refused."""

import pytest
import requests
from sim_kit import HELEN, TOM, AppClient


@pytest.fixture
def client(empty_server):
    return AppClient(empty_server)


@pytest.fixture
def keys(empty_server):
    return empty_server.credentials(user=HELEN)


def test_a_good_token_passes_and_the_answer_carries_a_tid(client, keys):
    answer = client.api(keys["access_token"], keys["realm_id"])
    assert answer.status_code == 200
    assert answer.json()["CompanyInfo"]["CompanyName"] == keys["company_name"]
    assert answer.headers["intuit_tid"].startswith("1-")
    assert "no-store" in answer.headers["cache-control"]
    assert answer.headers["qbo-version"]


def test_every_answer_has_a_tid_of_its_own(client, keys):
    tids = {
        client.api(keys["access_token"], keys["realm_id"]).headers["intuit_tid"]
        for _ in range(3)
    }
    assert len(tids) == 3


def refusal(answer):
    """Return code, type and message of a gateway fault; its keys are lower case."""
    fault = answer.json()["fault"]
    (error,) = fault["error"]
    assert error["element"] is None
    return error["code"], fault["type"], error["message"]


AUTHENTICATION = (
    "3200",
    "AUTHENTICATION",
    "message=AuthenticationFailed; errorCode=003200; statusCode=401",
)
WRONG_COMPANY = (
    "3100",
    "SERVICE",
    "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
)


def test_an_unknown_or_expired_token_is_3200(client, keys):
    wrong = client.api("nonsense", keys["realm_id"])
    assert (wrong.status_code, refusal(wrong)) == (401, AUTHENTICATION)
    client.control("tokens/expire", kind="access")
    late = client.api(keys["access_token"], keys["realm_id"])
    assert (late.status_code, refusal(late)) == (401, AUTHENTICATION)
    assert client.refresh(keys["refresh_token"]).status_code == 200


def test_the_401_can_be_xml_by_switch(client, keys):
    client.control("switches", gateway_401_format="xml")
    answer = client.api("nonsense", keys["realm_id"])
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("application/xml")
    assert "<code>AuthenticationFailed</code>" in answer.text


def test_a_missing_token_is_3202(client, keys):
    url = f"{client.server.url}/v3/company/{keys['realm_id']}/preferences"
    answer = requests.get(url)
    assert answer.status_code == 401
    assert refusal(answer)[0] == "3202"


def test_a_token_of_another_company_is_3100(client, keys, empty_server):
    other = empty_server.simulator.load_company("empty", name="Other Ltd")
    for realm_id in (other, "123"):
        answer = client.api(keys["access_token"], realm_id)
        assert (answer.status_code, refusal(answer)) == (403, WRONG_COMPANY)


def test_production_keys_do_not_reach_a_sandbox_company(client, empty_server):
    keys = empty_server.credentials(environment="production")
    answer = client.api(keys["access_token"], keys["realm_id"])
    assert (answer.status_code, refusal(answer)) == (403, WRONG_COMPANY)


def test_production_keys_reach_a_production_company(client):
    made = client.control("companies", company="empty", environment="production")
    realm_id = made.json()["realm_id"]
    keys = client.server.credentials(realm_id)
    assert keys["environment"] == "production"
    assert client.api(keys["access_token"], realm_id).status_code == 200


def test_a_user_who_lost_access_gets_120_and_others_go_on(client, keys):
    tom = client.server.credentials(user=TOM)
    client.control("access", user=HELEN, allowed=False)
    answer = client.api(keys["access_token"], keys["realm_id"])
    assert answer.status_code == 401
    (error,) = answer.json()["Fault"]["Error"]
    assert error["code"] == "120"
    assert "--11014-You do not have access" in error["Detail"]
    assert client.api(tom["access_token"], keys["realm_id"]).status_code == 200
    client.control("access", user=HELEN, allowed=True)
    assert client.api(keys["access_token"], keys["realm_id"]).status_code == 200


@pytest.mark.parametrize(("code", "status"), [("3200", 401), ("3100", 403)])
def test_lost_access_can_look_otherwise_by_switch(client, keys, code, status):
    client.control("switches", lost_access=code)
    client.control("access", user=HELEN, allowed=False)
    answer = client.api(keys["access_token"], keys["realm_id"])
    assert (answer.status_code, refusal(answer)[0]) == (status, code)


def test_disconnecting_in_quickbooks_ends_the_tokens(client, keys):
    assert client.control("tokens/revoke", user=HELEN).json() == {"revoked": 1}
    assert client.api(keys["access_token"], keys["realm_id"]).status_code == 401
    assert client.refresh(keys["refresh_token"]).json() == {"error": "invalid_grant"}
