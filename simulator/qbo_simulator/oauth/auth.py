"""Everything about who may do what, as one object of the simulator."""

from qbo_simulator.clock import Clock
from qbo_simulator.oauth import tables
from qbo_simulator.oauth.apps import Apps
from qbo_simulator.oauth.grants import Grants, IssuedTokens
from qbo_simulator.oauth.people import People
from qbo_simulator.oauth.signing import Signer
from qbo_simulator.store import Store
from qbo_simulator.switches import Switches

ACCOUNTING = "com.intuit.quickbooks.accounting"
OPENID_SCOPES = ("openid", "profile", "email", "phone", "address")
SCOPES = (ACCOUNTING, "com.intuit.quickbooks.payment", *OPENID_SCOPES)


class Auth:
    """Apps, people, grants and the signing key over one store."""

    def __init__(
        self, store: Store, clock: Clock, switches: Switches, seed: int
    ) -> None:
        tables.create(store)
        self._store = store
        self.apps = Apps(store, seed)
        self.people = People(store)
        self.grants = Grants(store, clock, switches)
        self.signer = Signer(store)
        self._install()

    def _install(self) -> None:
        self.apps.install()
        self.people.install()

    def reset(self) -> None:
        """Forget every grant, access and change; as after the first start."""
        tables.clear(self._store)
        self._install()

    def admit_company(self, realm_id: str) -> None:
        """Let the usual users into a company that has just been made."""
        self.people.admit_to_new_company(realm_id)

    def tokens_for(
        self, environment: str, realm_id: str, email: str | None = None
    ) -> IssuedTokens:
        """Return fresh tokens without the consent page.

        Without ``email`` the first user with access to the company consents. Raises
        LookupError when nobody can.
        """
        user = email or self._first_with_access(realm_id)
        app = self.apps.of(environment)
        return self.grants.authorize(app, realm_id, user, (ACCOUNTING,))

    def _first_with_access(self, realm_id: str) -> str:
        for user in self.people.all():
            if self.people.may_open(user.email, realm_id):
                return user.email
        raise LookupError(f"no user has access to company {realm_id}")
