"""Everything a client needs to talk to a company, in one dictionary."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator


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
    realms = simulator.store.realms()
    chosen = next((r for r in realms if realm_id in (None, r.realm_id)), None)
    if chosen is None:
        raise LookupError(f"no company {realm_id}")
    if user is not None and simulator.auth.people.by_email(user) is None:
        raise LookupError(f"no user {user}")
    app = simulator.auth.apps.of(environment or chosen.environment)
    tokens = simulator.auth.tokens_for(app.environment, chosen.realm_id, user)
    document = "openid_sandbox_configuration"
    if app.environment == "production":
        document = "openid_configuration"
    return {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "environment": app.environment,
        "realm_id": chosen.realm_id,
        "company_name": chosen.company_name,
        "country": chosen.country,
        "user": tokens.grant.email,
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "discovery_url": f"{base}/.well-known/{document}/",
        "api_url": base,
        "webhook_verifier_token": app.verifier_token,
    }
