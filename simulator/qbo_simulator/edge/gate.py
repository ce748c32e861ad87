"""The gateway before the API: may this token call this company?"""

from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from qbo_simulator.edge.answers import Answer, gateway_refusal, lost_access
from qbo_simulator.edge.labels import Call
from qbo_simulator.oauth.auth import ACCOUNTING
from qbo_simulator.oauth.grants import Grant

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator


class Gate:
    """Checks bearer token, company, key set, scope and the user's own access."""

    def __init__(self, simulator: "Simulator") -> None:
        self._simulator = simulator

    def refusal(self, headers: Headers, call: Call) -> Answer | None:
        """Return the gateway's refusal of the call, or None when it may pass."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return self._refuse("3202", "OAuth token is missing")
        grant = self._simulator.auth.grants.of_access_token(token.strip())
        if grant is None:
            return self._refuse("3200", "Token expired or revoked")
        if not self._reaches(grant, call.realm_id):
            return self._refuse("3100", "The app may not use this company")
        if not self._simulator.auth.people.may_open(grant.email, call.realm_id):
            return self._without_access()
        return None

    def _without_access(self) -> Answer:
        """Refuse a user who was removed; which way Intuit does it is a switch."""
        code = str(self._simulator.switches.get("lost_access"))
        if code == "120":
            return lost_access(self._simulator)
        return self._refuse(code, "The user may not open this company")

    def _refuse(self, code: str, detail: str) -> Answer:
        return gateway_refusal(self._simulator, code, detail)

    def _reaches(self, grant: Grant, realm_id: str) -> bool:
        app = self._simulator.auth.apps.by_client_id(grant.client_id)
        realm = self._simulator.store.realm(realm_id)
        return (
            app is not None
            and realm is not None
            and grant.realm_id == realm_id
            and app.environment == realm.environment
            and ACCOUNTING in grant.scopes
        )
