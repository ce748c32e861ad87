"""The token endpoint and the life of a grant, on a clock that tests move."""

import jwt
import pytest
import requests
from sim_kit import ACCOUNTING, HELEN, REDIRECT, AppClient

DAY = 86400


@pytest.fixture
def client(empty_server):
    return AppClient(empty_server)


@pytest.fixture
def realm_id(empty_server):
    return empty_server.simulator.store.realms()[0].realm_id


@pytest.fixture
def tokens(client, realm_id):
    return client.exchange(client.consent(HELEN, realm_id)["code"]).json()


def works(client, token, realm_id):
    return client.api(token, realm_id).status_code == 200


# -- code ----------------------------------------------------------------------------


def test_a_code_becomes_tokens_in_intuits_shape(client, realm_id):
    answer = client.exchange(client.consent(HELEN, realm_id)["code"])
    body = answer.json()
    assert answer.status_code == 200
    assert answer.headers["intuit_tid"].startswith("1-")
    assert set(body) == {
        "token_type",
        "access_token",
        "expires_in",
        "refresh_token",
        "x_refresh_token_expires_in",
    }
    assert body["token_type"] == "bearer"
    assert body["expires_in"] == 3600
    assert body["x_refresh_token_expires_in"] == 8726400
    assert body["refresh_token"].startswith("AB11")
    assert len(body["access_token"]) > 700
    assert works(client, body["access_token"], realm_id)


def test_a_code_works_once_and_its_second_use_ends_the_tokens(client, realm_id):
    code = client.consent(HELEN, realm_id)["code"]
    first = client.exchange(code).json()
    second = client.exchange(code)
    assert (second.status_code, second.text) == (400, '{"error":"invalid_grant"}')
    assert not works(client, first["access_token"], realm_id)
    assert client.refresh(first["refresh_token"]).json() == {"error": "invalid_grant"}


def test_the_second_use_of_a_code_can_be_harmless_by_switch(client, realm_id):
    client.control("switches", code_reuse="keep")
    code = client.consent(HELEN, realm_id)["code"]
    first = client.exchange(code).json()
    assert client.exchange(code).status_code == 400
    assert works(client, first["access_token"], realm_id)


@pytest.mark.parametrize(("minutes", "status"), [(9, 200), (11, 400)])
def test_a_code_lives_ten_minutes(client, realm_id, minutes, status):
    code = client.consent(HELEN, realm_id)["code"]
    client.control("clock", advance=minutes * 60)
    assert client.exchange(code).status_code == status


def test_a_code_is_bound_to_its_redirect_address_and_keys(client, realm_id):
    code = client.consent(HELEN, realm_id)["code"]
    assert client.exchange(code, REDIRECT + "/").json() == {"error": "invalid_grant"}
    other_keys = AppClient(client.server, "production")
    assert other_keys.exchange(code).json() == {"error": "invalid_grant"}
    assert client.exchange("nonsense").json() == {"error": "invalid_grant"}


# -- keys and requests ---------------------------------------------------------------


def post_token(client, data, auth=None, **headers):
    url = client.server.url + "/oauth2/v1/tokens/bearer"
    return requests.post(url, data=data, auth=auth, headers=headers)


def test_keys_may_be_in_the_header_or_in_the_body(client, tokens):
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    keys = {
        "client_id": client.app.client_id,
        "client_secret": client.app.client_secret,
    }
    assert post_token(client, form, auth=tuple(keys.values())).status_code == 200
    assert post_token(client, form | keys).status_code == 200


def test_wrong_keys_are_invalid_client(client, tokens):
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    for auth in ((client.app.client_id, "wrong"), ("wrong", "wrong"), None):
        answer = post_token(client, form, auth=auth)
        assert answer.status_code == 401
        assert answer.json() == {"error": "invalid_client"}
    client.control("switches", invalid_client_status="400")
    assert post_token(client, form).status_code == 400


def test_malformed_requests_are_named(client):
    keys = (client.app.client_id, client.app.client_secret)
    odd = post_token(client, {"grant_type": "password"}, auth=keys)
    assert (odd.status_code, odd.json()) == (400, {"error": "unsupported_grant_type"})
    missing = post_token(client, {"grant_type": "refresh_token"}, auth=keys)
    assert missing.json() == {"error": "invalid_request"}
    as_json = post_token(
        client, "{}", auth=keys, **{"Content-Type": "application/json"}
    )
    assert as_json.json() == {"error": "invalid_request"}
    url = client.server.url + "/oauth2/v1/tokens/bearer"
    assert requests.get(url).status_code == 405


def test_a_refusal_can_carry_a_description_by_switch(client):
    client.control("switches", invalid_grant_description="on")
    body = client.refresh("AB11nothing").json()
    assert body["error"] == "invalid_grant"
    assert body["error_description"] == "Incorrect or invalid refresh token"


# -- refresh -------------------------------------------------------------------------


def test_refreshing_within_a_day_keeps_the_value(client, tokens, realm_id):
    client.control("clock", advance=23 * 3600)
    fresh = client.refresh(tokens["refresh_token"]).json()
    assert fresh["refresh_token"] == tokens["refresh_token"]
    assert fresh["access_token"] != tokens["access_token"]
    assert works(client, fresh["access_token"], realm_id)


def test_the_first_refresh_after_a_day_rotates_and_kills_the_old_value(client, tokens):
    client.control("clock", advance=DAY + 60)
    fresh = client.refresh(tokens["refresh_token"]).json()
    assert fresh["refresh_token"] != tokens["refresh_token"]
    assert client.refresh(tokens["refresh_token"]).json() == {"error": "invalid_grant"}
    assert client.refresh(fresh["refresh_token"]).status_code == 200


def test_the_old_value_can_overlap_by_switch(client, tokens):
    client.control("switches", refresh_overlap_hours=24)
    client.control("clock", advance=DAY + 60)
    fresh = client.refresh(tokens["refresh_token"]).json()
    again = client.refresh(tokens["refresh_token"]).json()
    assert again["refresh_token"] == fresh["refresh_token"]
    client.control("clock", advance=DAY + 60)
    assert client.refresh(tokens["refresh_token"]).status_code == 400


def test_a_refresh_token_unused_for_a_hundred_days_dies(client, tokens):
    client.control("clock", advance=99 * DAY)
    rolled = client.refresh(tokens["refresh_token"]).json()
    client.control("clock", advance=99 * DAY)
    rolled = client.refresh(rolled["refresh_token"]).json()
    client.control("clock", advance=101 * DAY)
    assert client.refresh(rolled["refresh_token"]).json() == {"error": "invalid_grant"}


def test_no_refresh_moves_the_five_year_limit(client, realm_id):
    issued = client.server.simulator.auth.tokens_for("sandbox", realm_id, HELEN)
    value = issued.refresh_token
    for _ in range(19):
        client.control("clock", advance=95 * DAY)
        value = client.refresh(value).json()["refresh_token"]
    client.control("clock", advance=10 * DAY)
    near = client.refresh(value).json()
    left = 5 * 365 * DAY - (19 * 95 + 10) * DAY
    assert 0 < near["x_refresh_token_expires_in"] <= left
    client.control("clock", advance=left)
    assert client.refresh(near["refresh_token"]).json() == {"error": "invalid_grant"}


def test_the_hard_limit_is_told_when_asked_for(client, tokens):
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    keys = (client.app.client_id, client.app.client_secret)
    asked = {"x-include-refresh-token-hard-expires-in": "true"}
    body = post_token(client, form, auth=keys, **asked).json()
    assert 0 <= 5 * 365 * DAY - body["x_refresh_token_hard_expires_in"] < 60
    plain = post_token(client, form, auth=keys).json()
    assert "x_refresh_token_hard_expires_in" not in plain


def test_two_refreshes_at_once_can_end_the_grant_by_switch(client, tokens, realm_id):
    client.control("switches", concurrent_refresh="revoke")
    fresh = client.refresh(tokens["refresh_token"]).json()
    second = client.refresh(tokens["refresh_token"])
    assert second.json() == {"error": "invalid_grant"}
    assert not works(client, fresh["access_token"], realm_id)


def test_access_tokens_live_an_hour(client, tokens, realm_id):
    client.control("clock", advance=3590)
    assert works(client, tokens["access_token"], realm_id)
    client.control("clock", advance=20)
    assert not works(client, tokens["access_token"], realm_id)


def test_a_refresh_token_can_be_made_to_expire_alone(client, tokens, realm_id):
    client.control("tokens/expire", kind="refresh")
    assert client.refresh(tokens["refresh_token"]).json() == {"error": "invalid_grant"}
    assert works(client, tokens["access_token"], realm_id)


# -- revoke --------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
@pytest.mark.parametrize("shape", ["json", "data"])
def test_revoking_either_token_ends_the_connection(
    client, tokens, realm_id, which, shape
):
    url = client.server.url + "/v2/oauth2/tokens/revoke"
    keys = (client.app.client_id, client.app.client_secret)
    answer = requests.post(url, auth=keys, **{shape: {"token": tokens[which]}})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["intuit_tid"]
    assert not works(client, tokens["access_token"], realm_id)
    assert client.refresh(tokens["refresh_token"]).status_code == 400
    again = requests.post(url, auth=keys, json={"token": tokens[which]})
    assert again.status_code == 400


def test_revoking_needs_the_right_keys(client, tokens, realm_id):
    url = client.server.url + "/v2/oauth2/tokens/revoke"
    body = {"token": tokens["refresh_token"]}
    assert requests.post(url, json=body, auth=("x", "y")).status_code == 401
    assert works(client, tokens["access_token"], realm_id)


# -- OpenID --------------------------------------------------------------------------


def test_discovery_names_this_servers_addresses(client):
    base = client.server.url
    for name in ("openid_configuration", "openid_sandbox_configuration"):
        document = requests.get(f"{base}/.well-known/{name}/").json()
        for key in (
            "authorization_endpoint",
            "token_endpoint",
            "revocation_endpoint",
            "issuer",
            "jwks_uri",
            "userinfo_endpoint",
        ):
            assert document[key].startswith(base + "/")


def test_an_id_token_comes_with_openid_and_verifies(client, realm_id):
    base = client.server.url
    scope = f"{ACCOUNTING} openid email profile"
    body = client.exchange(client.consent(HELEN, realm_id, scope=scope)["code"]).json()
    key = jwt.PyJWKClient(f"{base}/op/v1/jwks").get_signing_key_from_jwt(
        body["id_token"]
    )
    claims = jwt.decode(
        body["id_token"],
        key,
        ["RS256"],
        audience=client.app.client_id,
        issuer=f"{base}/op/v1",
    )
    assert claims["aud"] == [client.app.client_id]
    assert claims["realmid"] == realm_id


def test_userinfo_tells_what_the_scopes_allow(client, realm_id, tokens):
    url = client.server.url + "/v1/openid_connect/userinfo"
    scope = f"{ACCOUNTING} openid email profile"
    body = client.exchange(client.consent(HELEN, realm_id, scope=scope)["code"]).json()
    bearer = {"Authorization": f"Bearer {body['access_token']}"}
    about = requests.get(url, headers=bearer).json()
    assert about.pop("sub")
    assert about == {
        "email": HELEN,
        "emailVerified": True,
        "givenName": "Helen",
        "familyName": "Marsh",
    }
    plain = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert requests.get(url, headers=plain).status_code == 403
    assert requests.get(url).status_code == 401


# -- restart -------------------------------------------------------------------------


def test_a_server_started_again_on_its_file_knows_its_tokens(tmp_path):
    from qbo_simulator.server import SimulatorServer

    path = str(tmp_path / "books.sqlite")
    with SimulatorServer("empty", db=path) as first:
        credentials = first.credentials()
    with SimulatorServer("empty", db=path) as second:
        client = AppClient(second)
        realm_id = credentials["realm_id"]
        assert works(client, credentials["access_token"], realm_id)
        assert client.refresh(credentials["refresh_token"]).status_code == 200
