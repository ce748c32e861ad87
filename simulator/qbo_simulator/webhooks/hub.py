"""Webhooks as one object of the simulator."""

from typing import TYPE_CHECKING, Any

from qbo_simulator.clock import Clock
from qbo_simulator.store import Store
from qbo_simulator.switches import Switches
from qbo_simulator.webhooks import tables
from qbo_simulator.webhooks.courier import Courier
from qbo_simulator.webhooks.deliveries import Deliveries
from qbo_simulator.webhooks.endpoints import Endpoint, Endpoints
from qbo_simulator.webhooks.mischief import Mischief
from qbo_simulator.webhooks.outbox import Outbox

if TYPE_CHECKING:
    from qbo_simulator.company import Company
    from qbo_simulator.oauth.auth import Auth


class Webhooks:
    """Endpoints, events and the courier between them."""

    def __init__(
        self, store: Store, clock: Clock, switches: Switches, auth: "Auth"
    ) -> None:
        tables.create(store)
        self._store = store
        self._clock = clock
        self._auth = auth
        self.mischief = Mischief()
        self.endpoints = Endpoints(store, clock)
        self.deliveries = Deliveries(store, clock, switches, self.endpoints)
        self._outbox = Outbox(
            store, clock, switches, auth, self.endpoints, self.mischief
        )
        self._courier = Courier(
            self.deliveries,
            self._outbox.pack,
            self._outbox.next_packing,
            lambda: clock.now().timestamp(),
        )
        self._outbox.wake = self._courier.wake
        clock.on_move(self.look_again)
        self.look_again()

    def take(self, company: "Company") -> None:
        """Take down what an operation changed; inside its transaction."""
        self._outbox.take(company)

    def look_again(self) -> None:
        """Let the courier see what is due now, if anybody is to be told anything."""
        if self.endpoints.all():
            self._courier.wake()

    def register(self, environment: str, wish: dict[str, Any]) -> Endpoint:
        """Set an endpoint; without a token of its own it gets the app's."""
        token = wish.get("verifier_token")
        if not token:
            token = self._auth.apps.of(environment).verifier_token
        endpoint = self.endpoints.register(environment, str(token), wish)
        self.look_again()
        return endpoint

    def enable(self, environment: str) -> None:
        """Send to a disabled endpoint again."""
        self.endpoints.enable(environment)
        self.look_again()

    def settle(self, seconds: float) -> bool:
        """Wait until nothing is due; False when it takes longer."""
        return self._courier.settle(seconds)

    def forget_deliveries(self) -> None:
        """Clear what was sent and what waits."""
        tables.clear(self._store, ("event", "delivery", "try"))

    def clear(self) -> None:
        """Forget everything."""
        self.mischief.clear()
        tables.clear(self._store)

    def stop(self) -> None:
        """End the courier."""
        self._courier.stop()
