"""The consent page: who may connect what, and where the person ends up."""

import re

import pytest
import requests
from sim_kit import ACCOUNTING, HELEN, PRIYA, REDIRECT, TOM, AppClient, callback


@pytest.fixture
def client(server):
    return AppClient(server)


@pytest.fixture(scope="module")
def realm_id(server):
    return server.simulator.store.realms()[0].realm_id


def test_the_page_shows_the_app_then_the_companies_of_the_person(client, realm_id):
    url = client.authorize_url()
    sign_in = client.browser.get(url)
    assert sign_in.status_code == 200
    assert "Junari QuickBooks Link" in sign_in.text
    for email in (HELEN, TOM, PRIYA):
        assert email in sign_in.text
    companies = client.click(url, "/sign-in", user=HELEN)
    assert "Kestrel Garden Supplies Ltd" in companies.text
    assert realm_id in companies.text


def test_connect_returns_code_state_and_realm_to_the_app(client, realm_id):
    got = client.consent(HELEN, realm_id, state="a b&c=/ü")
    assert set(got) == {"code", "state", "realmId"}
    assert got["state"] == "a b&c=/ü"
    assert got["realmId"] == realm_id


def test_cancel_returns_access_denied_and_no_code(client):
    url = client.authorize_url(state="s-9")
    client.click(url, "/sign-in", user=HELEN)
    got = callback(client.click(url, decision="cancel"))
    assert got == {"error": "access_denied", "state": "s-9"}


def test_one_can_cancel_without_signing_in(client):
    answer = client.click(client.authorize_url(), decision="cancel")
    assert callback(answer)["error"] == "access_denied"


def test_a_person_without_access_is_offered_no_company(client, realm_id):
    url = client.authorize_url()
    page = client.click(url, "/sign-in", user=PRIYA)
    assert "Priya Shah has no" in page.text
    assert realm_id not in page.text
    forced = client.click(url, decision="connect", realm_id=realm_id)
    assert forced.status_code == 200
    assert "location" not in forced.headers


def test_another_account_can_be_chosen(client):
    url = client.authorize_url()
    client.click(url, "/sign-in", user=PRIYA)
    page = client.click(url, "/sign-out")
    assert "Sign in" in page.text
    assert "Kestrel" in client.click(url, "/sign-in", user=TOM).text


def test_keys_of_one_environment_do_not_see_companies_of_the_other(server, realm_id):
    client = AppClient(server, "production")
    page = client.click(client.authorize_url(), "/sign-in", user=HELEN)
    assert "Helen Marsh has no" in page.text
    assert realm_id not in page.text


def test_the_page_refuses_to_be_framed(client):
    headers = client.browser.get(client.authorize_url()).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "ABnobody"},
        {"client_id": None},
        {"redirect_uri": "http://evil.example/cb"},
        {"redirect_uri": REDIRECT + "?next=1"},
        {"redirect_uri": None},
        {"scope": "com.intuit.quickbooks.everything"},
        {"scope": ""},
        {"response_type": "token"},
        {"state": None},
    ],
)
def test_a_wrong_request_ends_on_a_page_and_never_redirects(client, changes):
    url = client.authorize_url(**changes)
    client.browser.cookies.set("qbo_simulator_user", HELEN)
    for answer in (
        client.browser.get(url, allow_redirects=False),
        client.click(url, decision="cancel"),
    ):
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert "<h1>" in answer.text


def test_a_registered_address_must_match_byte_for_byte(client):
    client.control("apps", redirect_uris=[REDIRECT])
    try:
        assert client.browser.get(client.authorize_url()).status_code == 200
        for uri in (REDIRECT + "/", REDIRECT.upper(), REDIRECT.replace("127", "126")):
            answer = client.browser.get(client.authorize_url(redirect_uri=uri))
            assert answer.status_code == 400
    finally:
        client.control("apps", redirect_uris=None)


def test_everything_the_page_loads_is_there(client):
    page = client.browser.get(client.authorize_url()).text
    loaded = re.findall(r'<link [^>]*href="([^"]+)"', page)
    assert len(loaded) == 2
    for path in loaded:
        assert client.browser.get(client.server.url + path).status_code == 200


def test_text_from_the_address_bar_is_escaped(client):
    page = client.browser.get(client.authorize_url(state='"><script>alert(1)</script>'))
    assert "<script>" not in page.text


def test_the_page_can_approve_by_itself_for_tests(client, server, realm_id):
    other = server.simulator.load_company("empty", name="Second Ltd")
    client.control("switches", auto_approve="on")
    try:
        first = requests.get(client.authorize_url(), allow_redirects=False)
        assert callback(first)["realmId"] == realm_id
        client.control("switches", auto_approve={"user": TOM, "realm_id": other})
        named = requests.get(client.authorize_url(), allow_redirects=False)
        assert callback(named)["realmId"] == other
    finally:
        client.control("switches", auto_approve="off")


def test_openid_scopes_may_be_asked_with_accounting(client, realm_id):
    scope = f"{ACCOUNTING} openid email profile phone address"
    assert "code" in client.consent(HELEN, realm_id, scope=scope)
