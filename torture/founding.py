"""A company in Odoo, its people, and its link to one in QuickBooks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from qbo_penny import JOINT_RATES

from demo.odooclient import LOGIN, PASSWORD

from .office import ADDRESSES, Office, Person
from .quickbooks import Control
from .stand import Stand

COLLEAGUE = "colleague"
CURRENCIES = ("GBP", "EUR", "USD")
GROUPS = (
    "base.group_user",
    "base.group_erp_manager",
    "account.group_account_manager",
)
_numbers = count(1)


def found(stand: Stand) -> Office:
    """Link Odoo's first company to QuickBooks' first; return it with its people."""
    quickbooks = Control(stand.simulator_url)
    manager = Person(stand.odoo_url, stand.database, LOGIN, PASSWORD)
    manager.company_id = manager.call("res.company", "search", [], limit=1)[0]
    quickbooks.add_joint_code(quickbooks.realm_id, JOINT_RATES)
    colleague = _colleague(stand, manager)
    office = _linked(stand, quickbooks.realm_id, manager, colleague, CURRENCIES)
    tax(office, "20.0% S", "20", included=False)
    return office


def found_branch(stand: Stand) -> Office:
    """Found an American company in the same Odoo, linked to one of QuickBooks'."""
    manager = Person(stand.odoo_url, stand.database, LOGIN, PASSWORD)
    [country_id] = manager.call("res.country", "search", [["code", "=", "US"]])
    [currency_id] = manager.call("res.currency", "search", [["name", "=", "USD"]])
    values = {
        "name": "Lone Star Trail Supply LLC",
        "country_id": country_id,
        "currency_id": currency_id,
        "quickbooks_use_sandbox": True,
    }
    manager.company_id = manager.call("res.company", "create", values)
    chart = "account.chart.template"
    manager.ask(chart, "try_loading", [], "us", manager.company_id)
    realm_id = Control(stand.simulator_url).add_company("us")
    return _linked(stand, realm_id, manager, manager, ("USD",))


def _linked(
    stand: Stand,
    realm_id: str,
    manager: Person,
    colleague: Person,
    currencies: Sequence[str],
) -> Office:
    quickbooks = Control(stand.simulator_url)
    _number_in_quickbooks(quickbooks, realm_id, manager)
    _activate(manager, currencies)
    home = currencies[0]
    names = {
        code: _customer(quickbooks, realm_id, code, with_currency=len(currencies) > 1)
        for code in currencies
    }
    people = dict(zip((manager, colleague), quickbooks.users(), strict=False))
    for person, email in people.items():
        person.connect(quickbooks, realm_id, email)
    manager.sync()
    partners = {code: _partner(manager, name, home) for code, name in names.items()}
    product_id = _product(manager)
    return Office(
        stand, quickbooks, realm_id, manager, colleague, people, partners, product_id
    )


def _colleague(stand: Stand, manager: Person) -> Person:
    """Return a second ERP manager."""
    groups = [_id_of(manager, name) for name in GROUPS]
    manager.call(
        "res.users",
        "create",
        {
            "name": "Tom Okafor",
            "login": COLLEAGUE,
            "password": COLLEAGUE,
            "company_id": manager.company_id,
            "company_ids": [(6, 0, [manager.company_id])],
            "group_ids": [(6, 0, groups)],
        },
    )
    person = Person(stand.odoo_url, stand.database, COLLEAGUE, COLLEAGUE)
    person.company_id = manager.company_id
    return person


def _id_of(person: Person, xmlid: str) -> int:
    module, name = xmlid.split(".")
    domain = [["module", "=", module], ["name", "=", name]]
    return person.call("ir.model.data", "search_read", domain, ["res_id"])[0]["res_id"]


def _number_in_quickbooks(quickbooks: Control, realm_id: str, person: Person) -> None:
    """Let QuickBooks number the documents: nothing but us can tell one twice then."""
    preferences = {"SalesFormsPrefs": {"CustomTxnNumbers": False}}
    quickbooks.change("Preferences", realm_id, "1", **preferences)
    values = {"quickbooks_use_document_numbers": True}
    person.ask("res.company", "write", [person.company_id], values)


def _activate(person: Person, currencies: Sequence[str]) -> None:
    context, domain = {"active_test": False}, [["name", "in", list(currencies)]]
    ids = person.ask("res.currency", "search", domain, context=context)
    person.ask("res.currency", "write", ids, {"active": True})


def _customer(
    quickbooks: Control, realm_id: str, currency: str, *, with_currency: bool
) -> str:
    name = f"Torture {currency}"
    own = {"CurrencyRef": {"value": currency}} if with_currency else {}
    quickbooks.create("Customer", realm_id, DisplayName=name, **own)
    return name


def _partner(person: Person, name: str, home: str) -> int:
    """Return a contact that is linked to the customer of that name."""
    values = {
        "name": name,
        "is_company": True,
        "email": "orders@torture.example",
        **ADDRESSES[home],
    }
    partner_id = person.ask("res.partner", "create", values)
    [customer_id] = person.ask("quickbooks.customer", "search", [["name", "=", name]])
    link = {"quickbooks_customer_id": customer_id}
    person.ask("res.partner", "write", [partner_id], link)
    return partner_id


def _product(person: Person) -> int:
    domain = [["item_type", "=", "Service"]]
    item_id = person.ask("quickbooks.item", "search", domain, limit=1)[0]
    values = {"name": "Torture", "type": "service", "quickbooks_item_id": item_id}
    template_id = person.ask("product.template", "create", values)
    domain = [["product_tmpl_id", "=", template_id]]
    return person.ask("product.product", "search", domain)[0]


def tax(office: Office, code: str, percent: str, *, included: bool) -> int:
    """Return a tax of so many percent mapped to the tax code, made if need be."""
    key = (code, percent, included)
    if key not in office.taxes:
        domain = [["name", "=", code]]
        [code_id] = office.manager.ask("quickbooks.tax.code", "search", domain)
        values = {
            "name": f"{percent} % {code} {'in' if included else 'ex'} {next(_numbers)}",
            "amount_type": "percent",
            "amount": float(percent),
            "type_tax_use": "sale",
            "price_include_override": "tax_included" if included else "tax_excluded",
            "quickbooks_tax_code_id": code_id,
        }
        office.taxes[key] = office.manager.ask("account.tax", "create", values)
    return office.taxes[key]
