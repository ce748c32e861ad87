"""The simulator's control plane, and what its companies hold."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from demo.quickbooks import QuickBooks

PAGE = 1000
ENTITIES = {"out_invoice": "Invoice", "out_refund": "CreditMemo"}


class Control(QuickBooks):
    """The simulator at ``url``."""

    def add_company(self, sample: str) -> str:
        """Open another company; return its number."""
        wish = {"company": sample}
        return self._json("POST", "/_sim/companies", json=wish)["realm_id"]

    def users(self) -> list[str]:
        """Return who may log in."""
        return [one["user"] for one in self._json("GET", "/_sim/users")["users"]]

    def approve(self, realm_id: str, user: str) -> None:
        """Let the consent page approve by itself, as ``user``."""
        choice = {"realm_id": realm_id, "user": user}
        self.switch(auto_approve=choice)

    def switch(self, **switches: Any) -> None:
        """Set switches of the simulator."""
        self._json("POST", "/_sim/switches", json=switches)

    def add_joint_code(self, realm_id: str, rates: Mapping[str, Decimal]) -> None:
        """Give the company a tax and a code for each of the rates, and one for all."""
        agency = self.create("TaxAgency", realm_id, DisplayName="Two Taxes")["Id"]
        joint = []
        for name, percent in rates.items():
            rate = {"TaxRateName": name, "RateValue": str(percent)}
            one = {**rate, "TaxAgencyId": agency, "TaxApplicableOn": "Sales"}
            made = self._add_tax_code(realm_id, name, [one])["TaxRateDetails"]
            joint.append({"TaxRateId": made[0]["TaxRateId"]})
        self._add_tax_code(realm_id, " and ".join(rates), joint)

    def _add_tax_code(self, realm_id: str, name: str, rates: list[Any]) -> Any:
        body = {"TaxCode": name, "TaxRateDetails": rates}
        return self._post(realm_id, "taxservice/taxcode", body)

    def void(self, entity: str, realm_id: str, record: Mapping[str, Any]) -> Any:
        """Void a transaction, as a person does."""
        body = {"Id": record["Id"], "SyncToken": record["SyncToken"]}
        return self._post(realm_id, f"{entity.lower()}?operation=void", body)

    def _post(self, realm_id: str, path: str, body: Mapping[str, Any]) -> Any:
        """Call the API as another app of the company's would."""
        credentials = {"realm_id": realm_id}
        keys = self._json("GET", "/_sim/credentials", params=credentials)
        return self._json(
            "POST",
            f"/v3/company/{realm_id}/{path}",
            json=body,
            headers={
                "Accept": "application/json",
                "Authorization": f"Bearer {keys['access_token']}",
            },
        )

    # === What goes wrong === #

    def fault(self, kind: str, label: str, times: int = 1, **settings: Any) -> None:
        """Order a fault for the next calls of a kind."""
        order = {"kind": kind, "times": times, "match": {"label": label}, **settings}
        self._json("POST", "/_sim/faults", json=order)

    def open_faults(self) -> list[dict[str, Any]]:
        """Return the orders that no call has come for yet."""
        return self._json("GET", "/_sim/faults")["faults"]

    def spoilt(self) -> list[str]:
        """Return what was done to answers that were spoilt, the last first."""
        return self._json("GET", "/_sim/faults")["spoilt"]

    def no_faults(self) -> None:
        """Take back all orders."""
        self._json("DELETE", "/_sim/faults")

    def tell(self, url: str, form: str, verifier: str) -> None:
        """Let changes be told to ``url`` from now on."""
        endpoint = {"url": url, "format": form, "verifier_token": verifier}
        self._json("POST", "/_sim/webhooks", json=endpoint)

    def mischief(self, kind: str, times: int) -> None:
        """Let something happen to the next webhooks."""
        self._json(
            "POST", "/_sim/webhooks/mischief", json={"kind": kind, "times": times}
        )

    def no_webhooks(self) -> None:
        """Tell nobody any more."""
        self._json("DELETE", "/_sim/webhooks/mischief")
        self._json("DELETE", "/_sim/webhooks", params={"environment": "sandbox"})

    def expire_tokens(self, kind: str = "access") -> None:
        """Let tokens run out."""
        self._json("POST", "/_sim/tokens/expire", json={"kind": kind})

    def advance_clock(self, seconds: float) -> None:
        """Move the simulator's clock."""
        self._json("POST", "/_sim/clock", json={"advance": seconds})

    # === What is held === #

    def create(self, entity: str, realm_id: str, **body: Any) -> dict[str, Any]:
        """Create a record as a person would."""
        wish = {"realm_id": realm_id, "body": body}
        return self._json("POST", f"/_sim/records/{entity}", json=wish)

    def change(self, entity: str, realm_id: str, key: str, **body: Any) -> Any:
        """Change fields of a record as a person would."""
        wish = {"realm_id": realm_id, "body": body}
        return self._json("POST", f"/_sim/records/{entity}/{key}", json=wish)

    def records(self, entity: str, realm_id: str) -> list[dict[str, Any]]:
        """Return all records of an entity."""
        return list(self._pages(entity, realm_id))

    def _pages(self, entity: str, realm_id: str) -> Iterator[dict[str, Any]]:
        start = 1
        while True:
            page = self._json(
                "GET",
                f"/_sim/records/{entity}",
                params={"realm_id": realm_id, "start": start},
            )["records"]
            yield from page
            start += len(page)
            if len(page) < PAGE:
                return
