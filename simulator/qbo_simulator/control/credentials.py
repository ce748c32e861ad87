"""Everything a client needs to talk to a company, in one dictionary."""

from typing import TYPE_CHECKING

from qbo_simulator.store import Realm

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator

_DOCUMENTS = {
    "sandbox": "openid_sandbox_configuration",
    "production": "openid_configuration",
}


def credentials(
    simulator: "Simulator",
    base: str,
    realm_id: str | None = None,
    user: str | None = None,
    environment: str | None = None,
) -> dict[str, str]:
    """Return keys, addresses and fresh tokens for a company.

    ``base`` is the server's address. Without ``realm_id`` the first company is meant,
    without ``user`` the first user who has access, without ``environment`` the
    company's own. Raises LookupError for an unknown company, user or environment.
    """
    company = _company(simulator, realm_id)
    if user is not None and simulator.auth.people.by_email(user) is None:
        raise LookupError(f"no user {user}")
    app = simulator.auth.apps.of(environment or company.environment)
    tokens = simulator.auth.tokens_for(app.environment, company.realm_id, user)
    return {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "environment": app.environment,
        "realm_id": company.realm_id,
        "company_name": company.company_name,
        "country": company.country,
        "user": tokens.grant.email,
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "discovery_url": f"{base}/.well-known/{_DOCUMENTS[app.environment]}/",
        "api_url": base,
        "webhook_verifier_token": app.verifier_token,
    }


def _company(simulator: "Simulator", realm_id: str | None) -> Realm:
    """Return the named company, or the first; LookupError when there is none."""
    for realm in simulator.store.realms():
        if realm_id in (None, realm.realm_id):
            return realm
    raise LookupError(f"no company {realm_id}")
