"""One simulated QuickBooks: its books, its people, its time and its moods."""

import threading

from qbo_simulator import seeds
from qbo_simulator.clock import Clock
from qbo_simulator.edge.allowance import Allowance
from qbo_simulator.edge.connections import Connections
from qbo_simulator.edge.faults import Faults
from qbo_simulator.edge.stats import Stats
from qbo_simulator.edge.throttle import Throttle
from qbo_simulator.engine import Engine
from qbo_simulator.keeping import keep
from qbo_simulator.oauth.auth import Auth
from qbo_simulator.store import Store
from qbo_simulator.switches import Switches
from qbo_simulator.webhooks.hub import Webhooks


class Simulator:
    """Everything of one simulator; a web application or tests act on it.

    ``db`` is an SQLite file or ``:memory:``; ``seed`` makes ids, keys and data repeat.
    """

    def __init__(self, db: str = ":memory:", seed: int = 1) -> None:
        self.seed = seed
        self.lock = threading.RLock()
        self.store = Store(db)
        self.clock = Clock()
        self.switches = Switches()
        keep(self.store, self.clock, self.switches)
        self.engine = Engine(self.store, self.clock, self.switches, seed)
        self.auth = Auth(self.store, self.clock, self.switches, seed)
        self.webhooks = Webhooks(self.store, self.clock, self.switches, self.auth)
        self.engine.webhooks = self.webhooks
        self.stats = Stats()
        self.throttle = Throttle(self.clock, self.switches)
        self.allowance = Allowance(self.clock, self.switches)
        self.faults = Faults()
        self.connections = Connections()

    def load_company(
        self,
        company: str,
        realm_id: str | None = None,
        name: str | None = None,
        environment: str = "sandbox",
    ) -> str:
        """Open a seeded company (``uk``, ``us``, ``empty``); return its realm id."""
        chosen = seeds.load(self, company, realm_id, name, environment)
        self.auth.admit_company(chosen)
        return chosen

    def reset(self) -> None:
        """Forget everything: no company, real time, default switches."""
        with self.lock:
            self.store.clear()
            self.clock.reset()
            self.switches.reset()
            self.auth.reset()
            self.stats.clear()
            self.throttle.clear()
            self.allowance.clear()
            self.faults.clear()
            self.webhooks.clear()

    def close(self) -> None:
        """Close the books."""
        self.webhooks.stop()
        self.store.close()
