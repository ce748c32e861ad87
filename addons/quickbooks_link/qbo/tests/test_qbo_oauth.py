"""Signing in, over HTTP against the simulator."""

import json
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

import pytest
from qbo_sim import REDIRECT_URI, Tokens, approve, client_of, oauth_of
from qbo_wire import http

from qbo.errors import (
    AppKeysError,
    AuthenticationError,
    GrantError,
    OAuthError,
    OriginRefusedError,
    ServerError,
    TransportError,
    UnexpectedAnswerError,
)
from qbo.oauth import (
    ACCOUNTING_SCOPE,
    AppKeys,
    Endpoints,
    OAuthClient,
    TokenSet,
    discover,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
DAY = 86400


@pytest.fixture
def oauth(sim_transport, credentials):
    return oauth_of(sim_transport, credentials)


@pytest.fixture
def callback(sim, oauth):
    """The fields of a callback after the person approved."""
    sim.post("/switches", auto_approve="on")
    url = oauth.authorization_url(REDIRECT_URI, "st&te=1")
    yield approve(url)
    sim.post("/switches", auto_approve="off")


@pytest.fixture
def wire_oauth(transport, wire):
    """The app at a sign-in service that answers what the wire plays."""
    endpoints = Endpoints(*[f"{wire.url}/{part}" for part in "abc"])
    keys = AppKeys("id", "secret")
    return OAuthClient(transport, keys, endpoints, now=lambda: NOW)


# === DISCOVERY === #


@pytest.mark.parametrize(
    "document", ["openid_configuration", "openid_sandbox_configuration"]
)
def test_both_discovery_documents_name_every_endpoint(sim, sim_transport, document):
    found = discover(sim_transport, f"{sim.url}/.well-known/{document}/")
    assert found.authorization == f"{sim.url}/connect/oauth2"
    assert found.token == f"{sim.url}/oauth2/v1/tokens/bearer"
    assert found.revocation == f"{sim.url}/v2/oauth2/tokens/revoke"


DOCUMENT = {
    "authorization_endpoint": "https://a.example",
    "token_endpoint": "https://b.example",
    "revocation_endpoint": "https://c.example",
}


@pytest.mark.parametrize("missing", DOCUMENT)
def test_discovery_document_without_an_endpoint_is_refused(transport, wire, missing):
    rest = {name: url for name, url in DOCUMENT.items() if name != missing}
    wire.play(http(body=json.dumps(rest).encode()))
    with pytest.raises(UnexpectedAnswerError, match=missing):
        discover(transport, wire.url)


def test_discovery_document_that_would_send_secrets_unencrypted_is_refused(
    transport, wire
):
    forged = {**DOCUMENT, "token_endpoint": "http://b.example"}
    wire.play(http(body=json.dumps(forged).encode()))
    with pytest.raises(OriginRefusedError, match="token_endpoint"):
        discover(transport, wire.url)


def test_forged_token_endpoint_never_gets_the_app_secret(transport, wire):
    wire.play(http(body=json.dumps(DOCUMENT).encode()))
    endpoints = discover(transport, wire.url)
    forged = OAuthClient(transport, AppKeys("id", "secret"), endpoints)
    with pytest.raises(OriginRefusedError, match=r"b\.example"):
        forged.refresh("token")


def test_discovery_that_is_not_there_is_unexpected(sim, sim_transport):
    with pytest.raises(UnexpectedAnswerError, match="404"):
        discover(sim_transport, f"{sim.url}/.well-known/nothing/")


# === CONSENT AND EXCHANGE === #


def test_consent_address_has_exactly_intuits_five_parameters(oauth, credentials):
    url = oauth.authorization_url(REDIRECT_URI, "a b&c")
    assert dict(parse_qsl(urlsplit(url).query)) == {
        "client_id": credentials["client_id"],
        "response_type": "code",
        "scope": ACCOUNTING_SCOPE,
        "redirect_uri": REDIRECT_URI,
        "state": "a b&c",
    }


def test_approved_code_becomes_tokens_that_open_the_company(
    sim, sim_transport, oauth, callback, credentials
):
    assert callback["state"] == "st&te=1"
    tokens = oauth.exchange(callback["code"], REDIRECT_URI)
    found = {**credentials, "realm_id": callback["realmId"]}
    client = client_of(sim_transport, found, Tokens(tokens.access_token))
    company = client.read("CompanyInfo", client.realm_id)
    assert company["CompanyName"] == credentials["company_name"]


def test_code_works_once(oauth, callback):
    oauth.exchange(callback["code"], REDIRECT_URI)
    with pytest.raises(GrantError) as caught:
        oauth.exchange(callback["code"], REDIRECT_URI)
    assert (caught.value.code, caught.value.status) == ("invalid_grant", 400)
    assert caught.value.tid


def test_code_of_another_redirect_address_is_refused(oauth, callback):
    with pytest.raises(GrantError):
        oauth.exchange(callback["code"], REDIRECT_URI + "/")


# === REFRESHING === #


def test_refresh_within_a_day_keeps_the_refresh_token(oauth, credentials):
    tokens = oauth.refresh(credentials["refresh_token"])
    assert tokens.refresh_token == credentials["refresh_token"]
    assert tokens.access_token != credentials["access_token"]


def test_refresh_after_a_day_rotates_and_the_old_value_is_dead(sim, oauth, credentials):
    sim.post("/clock", advance=DAY + 3 * 3600)
    tokens = oauth.refresh(credentials["refresh_token"])
    assert tokens.refresh_token != credentials["refresh_token"]
    oauth.refresh(tokens.refresh_token)
    with pytest.raises(GrantError):
        oauth.refresh(credentials["refresh_token"])


def test_refresh_token_unused_for_a_hundred_days_is_dead(sim, oauth, credentials):
    sim.post("/clock", advance=101 * DAY)
    with pytest.raises(GrantError):
        oauth.refresh(credentials["refresh_token"])


def test_expiry_times_are_aware_and_count_from_before_the_call(
    sim_transport, credentials
):
    oauth = oauth_of(sim_transport, credentials, now=lambda: NOW)
    tokens = oauth.refresh(credentials["refresh_token"])
    assert tokens.access_expires_at == NOW + timedelta(seconds=3600)
    assert tokens.refresh_expires_at == NOW + timedelta(seconds=8_726_400)
    years = (tokens.refresh_hard_expires_at - NOW).days / 365
    assert 4.9 < years <= 5.1


def test_wrong_secret_is_named_as_such(sim_transport, credentials):
    wrong = {**credentials, "client_secret": "nonsense"}
    with pytest.raises(AppKeysError) as caught:
        oauth_of(sim_transport, wrong).refresh(credentials["refresh_token"])
    assert caught.value.code == "invalid_client"


def test_keys_of_the_other_environment_cannot_refresh(sim, sim_transport, credentials):
    apps = sim.get("/apps")["apps"]
    other = next(a for a in apps if a["environment"] != credentials["environment"])
    mixed = {**credentials, **{k: other[k] for k in ("client_id", "client_secret")}}
    with pytest.raises(GrantError):
        oauth_of(sim_transport, mixed).refresh(credentials["refresh_token"])


@pytest.mark.parametrize("kind", ["drop", "drop_after"])
def test_refresh_with_a_lost_answer_is_not_repeated_by_itself(
    sim, oauth, credentials, kind
):
    sim.fault(kind, "oauth token")
    with pytest.raises(TransportError) as caught:
        oauth.refresh(credentials["refresh_token"])
    assert caught.value.sent is True
    assert sim.get("/stats")["oauth"]["oauth token"] == 1


def test_refresh_during_a_server_error_is_not_repeated_by_itself(
    sim, oauth, credentials
):
    sim.fault("status", "oauth token", status=503)
    with pytest.raises(ServerError):
        oauth.refresh(credentials["refresh_token"])
    assert sim.get("/stats")["oauth"]["oauth token"] == 1
    assert oauth.refresh(credentials["refresh_token"]).access_token


# === REVOKING === #


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_either_token_ends_both(sim_transport, oauth, credentials, which):
    oauth.revoke(credentials[which])
    with pytest.raises(GrantError):
        oauth.refresh(credentials["refresh_token"])
    tokens = Tokens(credentials["access_token"], credentials["access_token"])
    with pytest.raises(AuthenticationError):
        client_of(sim_transport, credentials, tokens).count("Customer")


def test_revoking_a_dead_token_is_refused_with_intuits_word(oauth, credentials):
    oauth.revoke(credentials["refresh_token"])
    with pytest.raises(OAuthError) as caught:
        oauth.revoke(credentials["refresh_token"])
    assert caught.value.status == 400
    assert caught.value.code


# === STRANGE ANSWERS === #


def test_refused_answer_may_have_a_description_or_not(wire, wire_oauth):
    bare = http("400 Bad Request", b'{"error":"invalid_grant"}')
    told = http(
        "400 Bad Request",
        b'{"error":"invalid_grant","error_description":"Token invalid"}',
    )
    wire.play(bare, told)
    with pytest.raises(GrantError, match="invalid_grant"):
        wire_oauth.refresh("r")
    with pytest.raises(GrantError, match="Token invalid"):
        wire_oauth.refresh("r")


def _tokens_of(access: bytes, refresh: bytes) -> bytes:
    return b'{"access_token":"%s","refresh_token":"%s","token_type":"bearer"}' % (
        access,
        refresh,
    )


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        ("401 Unauthorized", b"<html>", AppKeysError),
        ("400 Bad Request", b"<html>", OAuthError),
        ("400 Bad Request", b'{"error":"unsupported_grant_type"}', OAuthError),
        ("200 OK", b"<html>", UnexpectedAnswerError),
        ("200 OK", b"access_token=a&refresh_token=b", UnexpectedAnswerError),
        ("200 OK", b'{"error":"invalid_grant"}', UnexpectedAnswerError),
        ("200 OK", b'{"access_token":"a","token_type":"x"}', UnexpectedAnswerError),
        ("200 OK", _tokens_of(b"\\ud800", b"b"), UnexpectedAnswerError),
        ("200 OK", _tokens_of(b"a", b"b\\r\\nX-Evil: 1"), UnexpectedAnswerError),
    ],
)
def test_answers_without_tokens_are_typed(wire, wire_oauth, status, body, kind):
    wire.play(http(status, body, "Content-Type: text/html"))
    with pytest.raises(kind) as caught:
        wire_oauth.refresh("r")
    assert type(caught.value) is kind


def test_missing_life_times_do_not_throw_a_rotated_token_away(wire, wire_oauth):
    body = b'{"token_type":"bearer","access_token":"a","refresh_token":"new"}'
    wire.play(http(body=body))
    assert wire_oauth.refresh("old") == TokenSet(
        access_token="a",
        refresh_token="new",
        access_expires_at=NOW + timedelta(seconds=3600),
        refresh_expires_at=NOW + timedelta(seconds=8_726_400),
    )


def test_what_is_no_life_time_and_no_word_is_left_out(wire, wire_oauth):
    body = (
        b'{"token_type":7,"access_token":"a","refresh_token":"new","expires_in":"soon",'
        b'"x_refresh_token_expires_in":[1],"id_token":{"a":1}}'
    )
    wire.play(http(body=body))
    found = wire_oauth.refresh("old")
    assert (found.access_token, found.refresh_token) == ("a", "new")
    assert found.access_expires_at == NOW + timedelta(seconds=3600)


def test_keys_and_tokens_do_not_show_themselves(wire, wire_oauth):
    wire.play(http(body=b'{"access_token":"s3cr3t-a","refresh_token":"s3cr3t-r"}'))
    assert "s3cr3t" not in repr(wire_oauth.refresh("r"))
    assert "s3cr3t" not in repr(AppKeys("id", "s3cr3t"))
