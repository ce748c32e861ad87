"""What the simulator's company holds, read over its API as any client would."""

from decimal import Decimal
from typing import Any

import requests

PAGE = 1000
NAMES = ("Customer", "Item", "TaxCode", "TaxRate")


class QuickBooks:
    """The simulator at ``url``, and its first company."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.keys = self._json("GET", "/_sim/credentials")

    @property
    def realm_id(self) -> str:
        """The company's number."""
        return self.keys["realm_id"]

    def calls(self) -> int:
        """Return how many API calls the simulator has answered since the last count."""
        total = self._json("GET", "/_sim/stats")["total"]
        self._json("DELETE", "/_sim/stats")
        return total

    def metered_calls(self) -> int:
        """Return how many of the calls since the last count Intuit would meter."""
        return self._json("GET", "/_sim/stats")["metered"]

    def change_first_customer(self, **values: str) -> dict[str, Any]:
        """Change a customer as a person in QuickBooks would; return it."""
        customer = self._page("Customer", 1)[0]
        path = f"/_sim/records/Customer/{customer['Id']}"
        wish = {"realm_id": self.realm_id, "body": values}
        self._json("POST", path, json=wish)
        return customer

    def books(self) -> dict[str, list[dict[str, Any]]]:
        """Return all customers, items, tax codes and tax rates, inactive ones too."""
        return {entity: self._all(entity) for entity in NAMES}

    def read(self, entity: str, key: str) -> dict[str, Any]:
        """Return one record, as a client of the API gets it."""
        path = f"/v3/company/{self.realm_id}/{entity.lower()}/{key}"
        return self._ask(path, {})[entity]

    def _all(self, entity: str) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = []
        while True:
            page = self._page(entity, len(records) + 1)
            records += page
            if len(page) < PAGE:
                return records

    def _page(self, entity: str, start: int) -> list[dict[str, Any]]:
        query = (
            f"SELECT * FROM {entity} WHERE Active IN (true, false)"
            f" ORDERBY Id STARTPOSITION {start} MAXRESULTS {PAGE}"
        )
        answer = self._ask(f"/v3/company/{self.realm_id}/query", {"query": query})
        return answer["QueryResponse"].get(entity, [])

    def _ask(self, path: str, params: dict[str, str]) -> Any:
        return self._json(
            "GET",
            path,
            params={**params, "minorversion": "75"},
            headers={
                "Accept": "application/json",
                "Authorization": f"Bearer {self.keys['access_token']}",
            },
        )

    def _json(self, method: str, path: str, **options: Any) -> Any:
        answer = requests.request(method, self.url + path, timeout=60, **options)
        answer.raise_for_status()
        return answer.json(parse_float=Decimal) if answer.content else None
