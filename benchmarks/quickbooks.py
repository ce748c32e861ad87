"""QuickBooks as a benchmark sees it: the API with one session, and the figures."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

PAGE = 1000
# Seconds that each call takes longer over the Internet than to the simulator: an
# assumption, for Intuit publishes none.
AWAY = 0.35


class QuickBooks:
    """The simulator at ``url``: its control plane, and the API without our client."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.keys = self.control("GET", "credentials")

    # === Control plane === #

    def control(self, method: str, path: str, body: dict | None = None) -> dict:
        """Ask the control plane, and return its answer."""
        answer = requests.request(
            method, f"{self.url}/_sim/{path}", json=body, timeout=600
        )
        answer.raise_for_status()
        return answer.json()

    def seed(self, **numbers: int) -> None:
        """Create many records: ``seed(customers=1000)``."""
        self.control("POST", "seed", numbers)

    @contextmanager
    def far_away(self) -> Iterator[None]:
        """Let each call take as long as one over the Internet."""
        self.control("POST", "switches", {"latency_seconds": AWAY})
        yield
        self.control("POST", "switches", {"latency_seconds": 0})

    def forget_calls(self) -> None:
        """Begin to count calls anew."""
        self.control("DELETE", "stats")

    def calls(self) -> tuple[int, int]:
        """Return how many calls were made, and how many of them are metered."""
        stats = self.control("GET", "stats")
        return stats["total"], stats["metered"]

    # === The API, with nothing around it === #

    def session(self) -> requests.Session:
        """Return a session that may call the API."""
        session = requests.Session()
        token = self.control("GET", "credentials")["access_token"]
        session.headers["Authorization"] = f"Bearer {token}"
        session.headers["Accept"] = "application/json"
        return session

    def address(self, path: str) -> str:
        """Return the address of the API's ``path`` in this company."""
        return f"{self.keys['api_url']}/v3/company/{self.keys['realm_id']}/{path}"

    def pages(self, entity: str, where: str = "") -> Any:
        """Yield the pages of a list, each as QuickBooks' records."""
        session, start = self.session(), 1
        while True:
            statement = (
                f"SELECT * FROM {entity} {where} ORDERBY Id"
                f" STARTPOSITION {start} MAXRESULTS {PAGE}"
            )
            answer = session.get(
                self.address("query"),
                params={"query": statement, "minorversion": "75"},
                timeout=60,
            )
            answer.raise_for_status()
            rows = answer.json()["QueryResponse"].get(entity, [])
            yield rows
            if len(rows) < PAGE:
                return
            start += PAGE
