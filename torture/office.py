"""A linked company, its people, and what they do in Odoo."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import requests
from qbo_penny import JOINT_RATES

from demo.odooclient import LOGIN, PASSWORD, Odoo

from .quickbooks import ENTITIES, Control
from .stand import Stand
from .waiting import TooLongError, wait_until

COLLEAGUE = "colleague"
DAY = "2026-11-20"
CURRENCIES = ("GBP", "EUR", "USD")
ADDRESSES = {
    "GBP": {"street": "1 Low Lane", "city": "York", "zip": "YO1 7HH"},
    "USD": {"street": "500 Congress Avenue", "city": "Austin", "zip": "78701"},
}
GROUPS = (
    "base.group_user",
    "base.group_erp_manager",
    "account.group_account_manager",
)
# When something that waits is due.
DUE = ("next_try", "settles_at", "retry_at")
# Seconds in which a run of the background job should be through.
ROUND = 3
_numbers = count(1)


class Person(Odoo):
    """Somebody who is logged in to Odoo and works in one company."""

    company_id = 0

    def ask(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a model's method in the person's company."""
        context = {
            "allowed_company_ids": [self.company_id],
            **kwargs.pop("context", {}),
        }
        return self.call(model, method, *args, context=context, **kwargs)

    def connect(self, quickbooks: Control, realm_id: str, email: str) -> None:
        """Press Connect to QuickBooks, and approve there as ``email``."""
        quickbooks.approve(realm_id, email)
        action = self.ask("res.company", "action_quickbooks_connect", [self.company_id])
        consent = self.session.get(action["url"], allow_redirects=False, timeout=60)
        address = consent.headers["Location"]
        back = self.session.get(address, allow_redirects=False, timeout=60)
        if back.status_code != 303:
            raise RuntimeError(f"connecting to QuickBooks: {back.status_code}")

    def sync(self, *, stays: bool = False) -> None:
        """Press Sync Now of Full Sync, and wait for the end.

        :param stays: even if QuickBooks has asked to be called later; else the dialog
            is closed then, and the job goes on
        """
        action = self.ask(
            "res.company", "action_quickbooks_sync_full", [self.company_id]
        )
        run_id = action["params"]["run_id"]
        while True:
            told = self.ask("quickbooks.sync.run", "advance", [run_id])
            if told["state"] == "done" or (told["waiting"] and not stays):
                return
            if told["state"] not in ("queued", "running"):
                raise RuntimeError(f"the sync ended as {told['state']}")
            time.sleep(0.05)


@dataclass
class Office:
    """A company in Odoo that is linked to one in QuickBooks."""

    stand: Stand
    quickbooks: Control
    realm_id: str
    manager: Person
    colleague: Person
    people: Mapping[Person, str]
    partners: Mapping[str, int]
    product_id: int
    taxes: dict[tuple[str, str, bool], int] = field(default_factory=dict)

    # === Documents === #

    def draft(self, *lines: Mapping[str, Any], **values: Any) -> int:
        """Return the id of a new draft; of one line where none is given."""
        return self.drafts([{"lines": lines, **values}])[0]

    def drafts(self, wanted: Sequence[Mapping[str, Any]]) -> list[int]:
        """Return the ids of new drafts."""
        values = [self._draft(**dict(one)) for one in wanted]
        return self.manager.ask("account.move", "create", values)

    def _draft(self, lines: Sequence[Mapping[str, Any]] = (), **values: Any):
        home = next(iter(self.partners.values()))
        return {
            "move_type": "out_invoice",
            "partner_id": home,
            "invoice_date": DAY,
            "invoice_line_ids": [
                (0, 0, self._line(**dict(line))) for line in lines or ({},)
            ],
            **values,
        }

    def _line(self, **values: Any) -> dict[str, Any]:
        if values.get("display_type"):
            return values
        return {
            "product_id": self.product_id,
            "quantity": 3,
            "price_unit": 40,
            "tax_ids": [(6, 0, self.taxes_of("20.0% S"))],
            **values,
        }

    def refund(self, invoice_id: int) -> int:
        """Return the id of a draft credit note that makes up for an invoice.

        Odoo reconciles the two when it is posted.
        """
        return self.draft(move_type="out_refund", reversed_entry_id=invoice_id)

    def another_journal(self) -> int:
        """Return a new sales journal, whose numbers nobody else waits for."""
        name = f"T{next(_numbers)}"
        values = {"name": name, "code": name, "type": "sale"}
        return self.manager.ask("account.journal", "create", values)

    def taxes_of(self, code: str) -> list[int]:
        """Return the first of the company's taxes that is mapped to ``code``."""
        return [tax for (name, *_rest), tax in self.taxes.items() if name == code][:1]

    def post(self, *ids: int, by: Person | None = None) -> None:
        """Press Confirm."""
        (by or self.manager).ask("account.move", "action_post", list(ids))

    def send(self, *ids: int, by: Person | None = None) -> None:
        """Press Send to QuickBooks."""
        (by or self.manager).ask("account.move", "action_quickbooks_send", list(ids))

    def cancel(self, *ids: int, by: Person | None = None) -> None:
        """Press Cancel, and Cancel There Too."""
        person = by or self.manager
        action = person.ask("account.move", "action_quickbooks_cancel", list(ids))
        person.ask("quickbooks.document.cancel", "action_void", [action["res_id"]])

    def void(self, *ids: int) -> None:
        """Press Void in QuickBooks, of what is cancelled in Odoo."""
        self.manager.ask("account.move", "action_quickbooks_void", list(ids))

    def decide(self, document_id: int, button: str) -> None:
        """Press what the banner of a document offers that was changed there."""
        self.manager.ask("quickbooks.document", button, [document_id])

    def change(
        self, ids: Sequence[int], price: float, by: Person | None = None
    ) -> None:
        """Reset to draft, change the price of the first line, and post again."""
        self.redraft(ids, price, by)
        self.post(*ids, by=by)

    def redraft(self, ids: Sequence[int], price: float, by: Person | None = None):
        """Reset to draft, and change the price of the first line."""
        person = by or self.manager
        person.ask("account.move", "button_draft", list(ids))
        for key in ids:
            [move] = person.ask("account.move", "read", [key], ["invoice_line_ids"])
            line = (1, move["invoice_line_ids"][0], {"price_unit": price})
            values = {"invoice_line_ids": [line]}
            person.ask("account.move", "write", [key], values)

    def pay(self, invoice: Mapping[str, Any], amount: Any) -> None:
        """Receive money for an invoice in QuickBooks, as a person there does."""
        amount = str(amount)
        linked = {"TxnId": invoice["Id"], "TxnType": "Invoice"}
        self.quickbooks.create(
            "Payment",
            self.realm_id,
            CustomerRef=invoice["CustomerRef"],
            CurrencyRef=invoice["CurrencyRef"],
            TotalAmt=amount,
            Line=[{"Amount": amount, "LinkedTxn": [linked]}],
        )

    def log_in_again(self) -> None:
        """Press Connect to QuickBooks for those whose log-in was lost."""
        with self.stand.sql() as cursor:
            cursor.execute(
                "SELECT user_id FROM quickbooks_token WHERE state <> 'active'"
            )
            lost = {user_id for (user_id,) in cursor.fetchall()}
        for person, email in self.people.items():
            if person.user_id in lost:
                person.connect(self.quickbooks, self.realm_id, email)

    def is_up(self) -> bool:
        """Return whether Odoo and its database answer."""
        try:
            self.manager.ask("res.company", "read", [self.manager.company_id], ["name"])
        except (requests.RequestException, RuntimeError):
            return False
        return True

    def moves(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        """Return the documents as Odoo has them."""
        names = ["name", "state", "move_type", "amount_total", "amount_tax"]
        names.append("reversed_entry_id")
        return self.manager.ask("account.move", "read", list(ids), names)

    def documents(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        """Return the rows that take the documents to QuickBooks."""
        names = ["move_id", "state", "hold", "error", "unsure", "marker", "tries"]
        names += ["quickbooks_id", "doc_number", "number_pending", "differences"]
        names += ["there", "quickbooks_total"]
        domain = [["move_id", "in", list(ids)]]
        return self.manager.ask("quickbooks.document", "search_read", domain, names)

    def applications(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        """Return the rows that apply credit notes to invoices in QuickBooks."""
        names = ["credit_id", "state", "error", "unsure", "marker", "quickbooks_id"]
        domain = [["credit_id.move_id", "in", list(ids)]]
        return self.manager.ask(
            "quickbooks.application", "search_read", domain, [*names, "applied"]
        )

    # === Time === #

    def let_time_pass(self, hours: int = 24) -> None:
        """Let everything become due that waits, and the background jobs run."""
        span = f"{hours} hours"
        with self.stand.sql() as cursor:
            cursor.execute(
                "SELECT table_name, column_name FROM information_schema.columns"
                " WHERE table_name LIKE 'quickbooks_%%' AND column_name = ANY(%s)",
                (list(DUE),),
            )
            for table, column in [*cursor.fetchall(), ("ir_cron_trigger", "call_at")]:
                cursor.execute(
                    f"UPDATE {table} SET {column} = {column} - %s::interval"
                    f" WHERE {column} IS NOT NULL",
                    (span,),
                )
        self.open_gate(hours)
        self.wake_jobs()

    def open_gate(self, hours: int = 24) -> None:
        """Let the time pass for which nobody calls QuickBooks after a 429."""
        with self.stand.sql() as cursor:
            cursor.execute(
                "UPDATE quickbooks_governor SET blocked_until = blocked_until - %s",
                (3600 * hours,),
            )

    def wake_jobs(self) -> None:
        """Tell the background jobs that there is something to do."""
        with self.stand.sql() as cursor:
            cursor.execute(
                "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' WHERE id IN"
                " (SELECT res_id FROM ir_model_data"
                "  WHERE module = 'quickbooks_link' AND model = 'ir.cron')"
            )
        with self.stand.sql("postgres") as cursor:
            cursor.execute(
                "SELECT pg_notify('cron_trigger', %s)", (self.stand.database,)
            )

    def settle(self, ids: Sequence[int], seconds: float = 90) -> None:
        """Let the background job work until none of the documents is under way.

        :raise TooLongError: it does not come to an end
        """
        deadline = time.monotonic() + seconds
        while self._under_way(ids):
            if time.monotonic() > deadline:
                raise TooLongError(f"still under way after {seconds:.0f} s")
            self.let_time_pass()
            with contextlib.suppress(TooLongError):
                wait_until(lambda: not self._under_way(ids), ROUND, "")

    def _under_way(self, ids: Sequence[int]) -> bool:
        with self.stand.sql() as cursor:
            cursor.execute(
                "SELECT count(*) FROM quickbooks_document WHERE move_id = ANY(%s)"
                " AND (number_pending OR cancel_pending"
                " OR state IN ('waiting', 'sending')"
                " AND user_id IS NOT NULL AND next_try IS NOT NULL)",
                (list(ids),),
            )
            [documents] = cursor.fetchone()
            cursor.execute(
                "SELECT count(*) FROM quickbooks_application AS application"
                " JOIN quickbooks_document AS credit ON credit.id = credit_id"
                " WHERE credit.move_id = ANY(%s)"
                " AND application.state IN ('waiting', 'sending')"
                " AND application.user_id IS NOT NULL"
                " AND (application.next_try IS NOT NULL"
                " OR application.hold = 'documents')",
                (list(ids),),
            )
            return bool(documents or cursor.fetchone()[0])

    def records(self, kind: str = "out_invoice") -> list[dict[str, Any]]:
        """Return the invoices or credit memos that QuickBooks has."""
        return self.quickbooks.records(ENTITIES[kind], self.realm_id)


# === FOUNDING === #


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
