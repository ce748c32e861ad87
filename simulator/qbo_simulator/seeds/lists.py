"""Plants a company's lists: accounts, terms, tax codes, items and customers."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from qbo_simulator.seeds.books import Books
from qbo_simulator.seeds.data import Row, Sample

Body = dict[str, Any]
_FORM = re.compile(r"\b(Ltd|plc|GmbH|Inc|LLC|Co)\b\.?")
"""What a company's legal form is called; it is not part of its address."""


class Lists:
    """Creates the lists of one sample company through the engine's rules."""

    def __init__(self, books: Books, sample: Sample, start: date) -> None:
        self._books = books
        self._sample = sample
        self._settings = sample.settings
        self._start = start

    def plant_setup(self) -> None:
        """Create what a new company has: accounts, terms, methods, tax codes."""
        self._currencies()
        self._accounts()
        self._terms()
        self._payment_methods()
        self._tax_codes()

    def plant_names(self) -> None:
        """Create items and customers."""
        self._items()
        self._bundle()
        self._customers()

    # -- setup -------------------------------------------------------------------

    def _accounts(self) -> None:
        for row in self._sample.accounts:
            if row["currency"] and not self._settings["multicurrency"]:
                continue
            body: Body = {
                "Name": row["name"],
                "AcctNum": row["number"],
                "AccountType": row["type"],
                "AccountSubType": row["subtype"],
            }
            if row["currency"]:
                body["CurrencyRef"] = {"value": row["currency"]}
            self._books.create("Account", body, row["name"])

    def _terms(self) -> None:
        for name, days in self._settings["terms"]:
            self._books.create("Term", {"Name": name, "DueDays": days}, name)

    def _currencies(self) -> None:
        """Add the foreign currencies, with a rate from the first day on."""
        if not self._settings["multicurrency"]:
            return
        for code, rate in self._settings["rates"].items():
            self._books.create("CompanyCurrency", {"Code": code})
            body = {
                "SourceCurrencyCode": code,
                "Rate": rate,
                "AsOfDate": self._start.isoformat(),
            }
            self._books.create("ExchangeRate", body)

    def _payment_methods(self) -> None:
        for name, kind in self._settings["payment_methods"]:
            body = {"Name": name, "Type": kind}
            self._books.create("PaymentMethod", body, name)

    def _tax_codes(self) -> None:
        """Create agency, rates and codes; a code's rows give its rates in order."""
        codes: dict[str, Body] = {}
        for row in self._sample.tax_codes:
            code = codes.setdefault(
                row["code"],
                {
                    "Name": row["code"],
                    "Description": row["description"],
                    "Taxable": True,
                    "TaxGroup": True,
                    "TaxCodeConfigType": "SYSTEM_GENERATED",
                    "SalesTaxRateList": {"TaxRateDetail": []},
                    "PurchaseTaxRateList": {"TaxRateDetail": []},
                },
            )
            code[f"{row['side']}TaxRateList"]["TaxRateDetail"].append(
                {
                    "TaxRateRef": self._tax_rate(row),
                    "TaxTypeApplicable": "TaxOnAmount",
                    "TaxOrder": 0,
                }
            )
        for name, body in codes.items():
            self._books.create("TaxCode", body, name, system=True)

    def _tax_rate(self, row: Row) -> dict[str, str]:
        name, rate = row["rate_name"], row["rate"]
        if not self._books.knows("TaxRate", name):
            self._books.create(
                "TaxRate",
                {
                    "Name": name,
                    "Description": row["description"],
                    "RateValue": Decimal(rate),
                    "AgencyRef": self._agency(row["agency"]),
                    "SpecialTaxType": row["special"] or "NONE",
                    "DisplayType": "ReadOnly",
                    "EffectiveTaxRate": [
                        {
                            "RateValue": Decimal(rate),
                            "EffectiveDate": "2011-01-04T00:00:00Z",
                        }
                    ],
                },
                name,
                system=True,
            )
        return {**self._books.ref("TaxRate", name), "name": name}

    def _agency(self, name: str) -> dict[str, str]:
        if not self._books.knows("TaxAgency", name):
            self._books.create("TaxAgency", {"DisplayName": name}, name)
        return self._books.ref("TaxAgency", name)

    # -- items -------------------------------------------------------------------

    def _items(self) -> None:
        for row in self._sample.items:
            category = row["category"]
            if category and not self._books.knows("Item", category):
                body = {"Name": category, "Type": "Category"}
                self._books.create("Item", body, category)
            self._books.create("Item", self._item(row), row["name"])

    def _item(self, row: Row) -> Body:
        body: Body = {
            "Name": row["name"],
            "Sku": row["sku"],
            "Description": row["description"],
            "Type": row["type"],
            "UnitPrice": Decimal(row["price"]),
            "IncomeAccountRef": self._account(self._income(row)),
        }
        if row["category"]:
            category = self._books.ref("Item", row["category"])
            body |= {"SubItem": True, "ParentRef": category}
        if row["cost"]:
            body["PurchaseCost"] = Decimal(row["cost"])
            body["ExpenseAccountRef"] = self._account(self._named("cost"))
        if row["type"] == "Inventory":
            body |= {
                "TrackQtyOnHand": True,
                "QtyOnHand": Decimal(row["quantity"]),
                "InvStartDate": self._start.isoformat(),
                "AssetAccountRef": self._account(self._named("stock")),
            }
        return {key: value for key, value in body.items() if value} | self._tax(row)

    def _tax(self, row: Row) -> Body:
        """Say how an item is taxed: by a flag in the US, by a tax code elsewhere."""
        if self._sample.country == "US":
            return {"Taxable": row["tax_code"] == "TAX"}
        code = self._books.ref("TaxCode", row["tax_code"])
        return {"Taxable": True, "SalesTaxCodeRef": code}

    def _income(self, row: Row) -> str:
        special = self._settings["income_by_category"].get(row["category"])
        kind = "service_income" if row["type"] == "Service" else "product_income"
        return special or self._named(kind)

    def _named(self, purpose: str) -> str:
        return self._settings["accounts"][purpose]

    def _account(self, name: str) -> dict[str, str]:
        return self._books.ref("Account", name)

    def _bundle(self) -> None:
        bundle = self._settings["bundle"]
        lines = [
            {"ItemRef": self._books.ref("Item", name), "Qty": quantity}
            for name, quantity in bundle["items"]
        ]
        body = {
            "Name": bundle["name"],
            "Description": bundle["description"],
            "Type": "Group",
            "ItemGroupDetail": {"ItemGroupLine": lines},
        }
        self._books.create("Item", body, bundle["name"], system=True)

    # -- customers ---------------------------------------------------------------

    def _customers(self) -> None:
        numbers = count(101)
        for row in self._sample.customers:
            full_name = ":".join(filter(None, (row["parent"], row["name"])))
            body = self._customer(row, numbers)
            self._books.create("Customer", body, full_name)

    def _customer(self, row: Row, numbers: Iterator[int]) -> Body:
        body: Body = {
            "DisplayName": row["name"],
            "CompanyName": row["company"],
            "Title": row["title"],
            "GivenName": row["given"],
            "FamilyName": row["family"],
            "Notes": row["notes"],
            "BillAddr": _address(row),
            "ShipAddr": _address(row),
            "PreferredDeliveryMethod": "Email" if row["given"] else "None",
        }
        if row["given"]:
            body |= self._reach(row, next(numbers))
        if row["tax_number"]:
            body["PrimaryTaxIdentifier"] = row["tax_number"]
        if row["parent"]:
            parent = self._books.ref("Customer", row["parent"])
            body |= {"Job": True, "ParentRef": parent, "BillWithParent": True}
        if self._settings["multicurrency"]:
            body["CurrencyRef"] = {"value": row["currency"]}
        body["SalesTermRef"] = self._books.ref("Term", row["terms"])
        kept = {key: value for key, value in body.items() if value not in ("", {})}
        if row["taxable"] == "no":
            kept |= {"Taxable": False, "TaxExemptionReasonId": "2"}
        return kept

    def _reach(self, row: Row, number: int) -> Body:
        """Return e-mail, phone and mobile of a person at the customer."""
        host = _slug(_FORM.sub("", row["company"] or row["name"]))
        who = f"{_slug(row['given'])}.{_slug(row['family'])}"
        phone = self._settings["phone"].format(number)
        mobile = self._settings["mobile"].format(number)
        return {
            "PrimaryEmailAddr": {"Address": f"{who}@{host}.example"},
            "PrimaryPhone": {"FreeFormNumber": phone},
            "Mobile": {"FreeFormNumber": mobile} if number % 3 == 0 else {},
        }


def _address(row: Row) -> Body:
    return {
        "Line1": row["line1"],
        "City": row["city"],
        "CountrySubDivisionCode": row["county"],
        "PostalCode": row["postcode"],
        "Country": row["country"],
    }


def _slug(text: str) -> str:
    """Return the text as plain letters: ``Café Zoë`` becomes ``cafezoe``."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    ascii_text = plain.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", ascii_text)
