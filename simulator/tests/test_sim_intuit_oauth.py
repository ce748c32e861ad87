"""Intuit's own OAuth client works with nothing changed but the discovery address."""

import pytest
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from intuitlib.utils import validate_id_token
from sim_kit import HELEN, REDIRECT, TOM, AppClient, callback

SCOPES = [Scopes.ACCOUNTING, Scopes.OPENID, Scopes.EMAIL, Scopes.PROFILE]
DAY = 86400


@pytest.fixture
def person(empty_server):
    """Somebody with a browser, and the control plane."""
    return AppClient(empty_server)


@pytest.fixture
def realm_id(empty_server):
    return empty_server.simulator.store.realms()[0].realm_id


@pytest.fixture
def auth(empty_server):
    return auth_client(empty_server)


def auth_client(server, **changes):
    keys = {**server.credentials(), **changes}
    return AuthClient(
        keys["client_id"], keys["client_secret"], REDIRECT, keys["discovery_url"]
    )


def connected(auth, person, realm_id, user=HELEN, scopes=SCOPES):
    """Go to the address the client makes, consent, and exchange the code."""
    url = auth.get_authorization_url(scopes)
    assert url.startswith(person.server.url)
    person.click(url, "/sign-in", user=user)
    back = callback(person.click(url, decision="connect", realm_id=realm_id))
    assert back["state"] == auth.state_token and back["realmId"] == realm_id
    auth.get_bearer_token(back["code"], realm_id=back["realmId"])
    return back


def test_from_authorization_to_revocation(auth, person, realm_id):
    back = connected(auth, person, realm_id)
    assert (auth.expires_in, auth.x_refresh_token_expires_in) == (3600, 8726400)
    assert auth.realm_id == realm_id
    assert person.api(auth.access_token, realm_id).status_code == 200
    assert validate_id_token(
        auth.id_token, auth.client_id, auth.issuer_uri, auth.jwks_uri
    )
    assert auth.get_user_info().json()["email"] == HELEN

    first = auth.refresh_token
    auth.refresh()
    assert auth.refresh_token == first, "the same within a day"
    person.control("clock", advance=DAY + 60)
    assert person.api(auth.access_token, realm_id).status_code == 401
    auth.refresh()
    assert auth.refresh_token != first
    with pytest.raises(AuthClientError) as stale:
        auth.refresh(first)
    assert stale.value.status_code == 400
    assert b"invalid_grant" in stale.value.content
    assert stale.value.intuit_tid.startswith("1-")
    assert person.api(auth.access_token, realm_id).status_code == 200

    assert auth.revoke() is True
    assert person.api(auth.access_token, realm_id).status_code == 401
    with pytest.raises(AuthClientError):
        auth.refresh()
    with pytest.raises(AuthClientError):
        auth.get_bearer_token(back["code"])


def test_each_person_has_tokens_of_her_own(empty_server, person, realm_id):
    helen, tom = auth_client(empty_server), auth_client(empty_server)
    connected(helen, person, realm_id)
    person.browser.cookies.clear()
    connected(tom, person, realm_id, user=TOM)
    assert tom.get_user_info().json()["email"] == TOM
    assert helen.revoke(helen.access_token) is True
    assert person.api(tom.access_token, realm_id).status_code == 200


def test_refusals_are_the_clients_own_errors(empty_server, auth, person, realm_id):
    wrong = auth_client(empty_server, client_secret="wrong")
    connected(auth, person, realm_id)
    with pytest.raises(AuthClientError) as keys:
        wrong.refresh(auth.refresh_token)
    assert keys.value.status_code == 401 and b"invalid_client" in keys.value.content
    with pytest.raises(AuthClientError) as code:
        auth.get_bearer_token("nonsense")
    assert code.value.status_code == 400
    with pytest.raises(AuthClientError) as user:
        auth.get_user_info("nonsense")
    assert user.value.status_code == 401
    with pytest.raises(AuthClientError) as token:
        auth.revoke("nonsense")
    assert token.value.status_code == 400


def test_without_openid_there_is_no_identity(auth, person, realm_id):
    connected(auth, person, realm_id, scopes=[Scopes.ACCOUNTING])
    assert auth.id_token is None
    with pytest.raises(AuthClientError):
        auth.get_user_info()
