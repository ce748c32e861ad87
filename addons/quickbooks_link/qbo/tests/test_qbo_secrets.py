"""A whole flow, logged as loudly as can be, shows no secret."""

import logging
import traceback
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from qbo_sim import REDIRECT_URI, Tokens, approve, client_of, oauth_of

from qbo.errors import QuickBooksError


@dataclass
class Said:
    """What a flow must not say, and what it said."""

    secrets: set[str]
    traces: list[str]
    logged: list[logging.LogRecord]
    text: str


@pytest.fixture
def flow(sim, sim_transport, credentials, caplog):
    """Log in, read, fail in many ways, refresh, log out; keep all that was said."""
    caplog.set_level(logging.DEBUG)
    sim.post("/switches", auto_approve="on")
    oauth = oauth_of(sim_transport, credentials)
    callback = approve(oauth.authorization_url(REDIRECT_URI, "state-of-this-test"))
    caplog.clear()  # the test's own browser logs the addresses it opens
    tokens = oauth.exchange(callback["code"], REDIRECT_URI)
    sim.post("/clock", advance=26 * 3600)
    renewed = oauth.refresh(tokens.refresh_token)
    source = Tokens(tokens.access_token, renewed.access_token)
    client = client_of(sim_transport, credentials, source)
    client.read("CompanyInfo", client.realm_id)
    client.query("SELECT * FROM Customer MAXRESULTS 1")
    traces = [
        _trace(lambda: client.query("nonsense")),
        _trace(lambda: client.create("Customer", {})),
        _trace(lambda: _faulty(sim, "drop", oauth, renewed)),
        _trace(lambda: _faulty(sim, "truncate", oauth, renewed)),
        _trace(lambda: oauth.refresh(tokens.refresh_token)),
    ]
    oauth.revoke(renewed.refresh_token)
    traces.append(_trace(lambda: oauth.exchange(callback["code"], REDIRECT_URI)))
    traces.append(_trace(lambda: client.count("Customer")))
    sim.post("/switches", auto_approve="off")
    secrets = {
        "state-of-this-test",
        credentials["client_secret"],
        callback["code"],
        tokens.access_token,
        tokens.refresh_token,
        renewed.access_token,
        renewed.refresh_token,
    }
    # Taken here: pytest forgets what was logged when a fixture is done.
    return Said(secrets, traces, list(caplog.records), caplog.text)


def _faulty(sim, kind, oauth, tokens):
    sim.fault(kind, "oauth token")
    oauth.refresh(tokens.refresh_token)


def _trace(failure):
    with pytest.raises(QuickBooksError) as caught:
        failure()
    return "".join(traceback.format_exception(caught.value))


def test_full_flow_at_debug_shows_no_secret(flow, records):
    text = "\n".join([flow.text, repr(records), *flow.traces])
    for secret in flow.secrets:
        assert len(secret) > 8
        assert secret not in text
        assert quote(secret, safe="") not in text


def test_full_flow_at_debug_says_what_support_needs(flow, records):
    messages = [r.getMessage() for r in flow.logged if r.name == "qbo.transport"]
    assert len(messages) == len(records) - 1  # discovery came before
    for label in ("oauth token", "read CompanyInfo", "query Customer", "oauth revoke"):
        assert any(label in message for message in messages)
    assert all(record.tid for record in records if record.status)
    bodies = [r.getMessage() for r in flow.logged if r.name == "qbo.transport.body"]
    assert any("invalid_grant" in body for body in bodies)
    assert any('"refresh_token":"***"' in body.replace(" ", "") for body in bodies)
