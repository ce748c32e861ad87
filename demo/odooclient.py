"""Odoo over JSON-RPC, logged in as its web client is."""

from decimal import Decimal
from typing import Any

import requests

LOGIN = PASSWORD = "admin"
# What is read of each mirror, by the name of QuickBooks' entity.
MIRRORS = {
    "Customer": "quickbooks.customer",
    "Item": "quickbooks.item",
    "TaxCode": "quickbooks.tax.code",
}
FIELDS = {
    "Customer": "name full_name company_name notes active currency_id balance"
    " balance_with_sub_customers email phone parent_id street street2 city state_name"
    " zip country_name",
    "Item": "name full_name sku description item_type active unit_price category"
    " currency_id",
    "TaxCode": "name description active taxable tax_group sales_rate purchase_rate"
    " has_sales_rate has_purchase_rate",
}


class RefusalError(RuntimeError):
    """Odoo answered with an error; ``kind`` is the Python name of it."""

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__(data["message"])
        self.kind = data["name"]


class Odoo:
    """The Odoo at ``url``, its database ``database``, as one of its users."""

    def __init__(
        self, url: str, database: str, login: str = LOGIN, password: str = PASSWORD
    ) -> None:
        self.url = url
        self.session = requests.Session()
        credentials = {"db": database, "login": login, "password": password}
        session = self._post("/web/session/authenticate", credentials)
        self.user_id = session["uid"]

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a model's method and return its result; amounts are Decimal."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self._post(f"/web/dataset/call_kw/{model}/{method}", params)

    def mirrors(self, realm_id: str) -> dict[str, list[dict[str, Any]]]:
        """Return what Odoo holds of a QuickBooks company, inactive records too."""
        return {
            entity: self.call(
                model,
                "search_read",
                [["realm_id", "=", realm_id]],
                ["quickbooks_id", "sync_token", "write_date", *FIELDS[entity].split()],
                context={"active_test": False},
            )
            for entity, model in MIRRORS.items()
        }

    def currencies(self) -> dict[int, str]:
        """Return the codes of all currencies by their ids in Odoo."""
        rows = self.call(
            "res.currency", "search_read", [], ["name"], context={"active_test": False}
        )
        return {row["id"]: row["name"] for row in rows}

    def last_run(self) -> dict[str, Any]:
        """Return the newest sync and the sums of what it did."""
        names = ["state", "calls", "duration", "created", "updated", "deactivated"]
        names += ["reactivated", "unchanged", "error", "kind", "scheduled", "user_id"]
        return self.call("quickbooks.sync.run", "search_read", [], names, limit=1)[0]

    def _post(self, path: str, params: dict[str, Any]) -> Any:
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self.session.post(self.url + path, json=body, timeout=120)
        answer.raise_for_status()
        content = answer.json(parse_float=Decimal)
        if "error" in content:
            raise RefusalError(content["error"]["data"])
        # A method that returns nothing is answered without a result.
        return content.get("result")
