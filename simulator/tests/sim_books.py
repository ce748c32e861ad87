"""A small company to try the books on: one customer, items, UK VAT or US taxes."""

from decimal import Decimal
from typing import Any

import pytest

from qbo_simulator.clock import Clock
from qbo_simulator.engine import Engine
from qbo_simulator.errors import ServiceFault
from qbo_simulator.store import Store
from qbo_simulator.switches import Switches

Body = dict[str, Any]


def dec(text: str | int) -> Decimal:
    return Decimal(text)


class Books:
    """An engine with one company and short ways to say what happens in it."""

    def __init__(self, country: str = "GB", **preferences: Any) -> None:
        self.store = Store()
        self.clock = Clock()
        self.switches = Switches()
        self.engine = Engine(self.store, self.clock, self.switches)
        currency = {"GB": "GBP", "US": "USD", "CA": "CAD", "AU": "AUD"}[country]
        self.realm = self.engine.open_company(
            "Kestrel", country, currency, preferences=preferences
        )
        self.income = self.create(
            "Account",
            Name="Sales",
            AccountType="Income",
            AccountSubType="ServiceFeeIncome",
        )
        self.agency = self.create("TaxAgency", DisplayName="HMRC")
        self.item = self.service("Hours")
        self.customer = self.create("Customer", DisplayName="Adam's Candy Shop")

    # -- operations --------------------------------------------------------------

    def create(self, entity: str, **body: Any) -> Body:
        return self.engine.create(self.realm, entity, body)

    def update(self, entity: str, old: Body, **body: Any) -> Body:
        """Sparse update."""
        whole = {"Id": old["Id"], "SyncToken": old["SyncToken"], "sparse": True, **body}
        return self.engine.update(self.realm, entity, whole)

    def replace(self, entity: str, old: Body, **body: Any) -> Body:
        """Full update."""
        whole = {"Id": old["Id"], "SyncToken": old["SyncToken"], **body}
        return self.engine.update(self.realm, entity, whole)

    def delete(self, entity: str, old: Body) -> Body:
        return self.engine.delete(self.realm, entity, _key(old))

    def job(self, name: str, parent: Body) -> Body:
        """Make a sub-customer."""
        above = {"value": parent["Id"]}
        return self.create("Customer", DisplayName=name, Job=True, ParentRef=above)

    def void(self, entity: str, old: Body) -> Body:
        return self.engine.void(self.realm, entity, _key(old))

    def read(self, entity: str, old: Body | str) -> Body:
        record_id = old if isinstance(old, str) else old["Id"]
        return self.engine.read(self.realm, entity, record_id)

    def rows(self, statement: str) -> list[Body]:
        answer = self.engine.query(self.realm, statement)["QueryResponse"]
        return next((v for v in answer.values() if isinstance(v, list)), [])

    def count(self, entity: str) -> int:
        statement = f"SELECT COUNT(*) FROM {entity}"
        return self.engine.query(self.realm, statement)["QueryResponse"]["totalCount"]

    # -- things ------------------------------------------------------------------

    def service(self, name: str, **more: Any) -> Body:
        account = {"value": self.income["Id"]}
        return self.create(
            "Item", Name=name, Type="Service", IncomeAccountRef=account, **more
        )

    def code(self, name: str, *rates: str | int) -> str:
        """Make a tax code with the rates; return its id."""
        details = [
            {
                "TaxRateName": f"{name} {number}",
                "RateValue": dec(rate),
                "TaxAgencyId": self.agency["Id"],
                "TaxApplicableOn": "Sales",
            }
            for number, rate in enumerate(rates)
        ]
        body = {"TaxCode": name, "TaxRateDetails": details}
        return self.engine.add_tax_code(self.realm, body)["TaxCodeId"]

    def line(
        self,
        amount: str | int,
        code: str | None = None,
        quantity: str | int | None = None,
        price: str | int | None = None,
        **detail: Any,
    ) -> Body:
        parts: Body = {"ItemRef": {"value": self.item["Id"]}, **detail}
        if code is not None:
            parts["TaxCodeRef"] = {"value": code}
        if quantity is not None:
            parts["Qty"] = dec(quantity)
        if price is not None:
            parts["UnitPrice"] = dec(price)
        return {
            "Amount": dec(amount),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": parts,
        }

    def invoice(self, *lines: Body, **more: Any) -> Body:
        return self._document("Invoice", lines, more)

    def credit(self, *lines: Body, **more: Any) -> Body:
        return self._document("CreditMemo", lines, more)

    def _document(self, entity: str, lines: tuple[Body, ...], more: Body) -> Body:
        customer = {"value": self.customer["Id"]}
        return self.create(
            entity, **{"CustomerRef": customer, "Line": list(lines), **more}
        )

    def pay(
        self, total: str | int, *applied: tuple[Body, str | int], **more: Any
    ) -> Body:
        """Receive a payment applied to (document, amount) pairs."""
        lines = [
            {
                "Amount": dec(amount),
                "LinkedTxn": [{"TxnId": one["Id"], "TxnType": kind_of(one)}],
            }
            for one, amount in applied
        ]
        customer = {"value": self.customer["Id"]}
        body = {"CustomerRef": customer, "TotalAmt": dec(total), "Line": lines, **more}
        return self.create("Payment", **body)

    # -- what the books say ------------------------------------------------------

    def balance(self) -> Decimal:
        return dec(self.read("Customer", self.customer)["Balance"])

    def posted(self) -> int:
        """Return the sum of all postings in hundredths: nothing, if they balance."""
        rows = self.store.rows("SELECT coalesce(sum(home), 0) FROM postings")
        return rows[0][0]

    def account(self, name: str) -> Decimal:
        rows = self.store.rows(
            "SELECT coalesce(sum(p.home), 0) FROM postings p JOIN records r"
            " ON r.realm = p.realm AND r.entity = 'Account' AND r.id = p.account"
            " WHERE r.name = ?",
            (name.casefold(),),
        )
        return dec(rows[0][0]) / 100


def kind_of(document: Body) -> str:
    if "RemainingCredit" in document:
        return "CreditMemo"
    return "Invoice" if "CustomerRef" in document else "JournalEntry"


def _key(old: Body) -> Body:
    return {"Id": old["Id"], "SyncToken": old["SyncToken"]}


def refused(code: str, element: str | None = None, detail: str = ""):
    """Expect a fault with a code, an element and part of a detail."""
    return _Refusal(code, element, detail)


class _Refusal:
    def __init__(self, code: str, element: str | None, detail: str) -> None:
        self._expected = (code, element, detail)
        self._raises = pytest.raises(ServiceFault)

    def __enter__(self):
        self._caught = self._raises.__enter__()
        return self._caught

    def __exit__(self, *failure):
        done = self._raises.__exit__(*failure)
        if failure[0] is not None and not done:
            return done
        code, element, detail = self._expected
        problem = self._caught.value.problems[0]
        assert problem.code == code, self._caught.value
        assert element is None or problem.element == element
        assert detail in problem.detail
        return done
