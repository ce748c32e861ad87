"""A linked company, its people, and what they do in Odoo."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

import requests

from demo.odooclient import Odoo

from .quickbooks import ENTITIES, Control
from .stand import Stand
from .waiting import TooLongError, wait_until

DAY = "2026-11-20"
ADDRESSES = {
    "GBP": {"street": "1 Low Lane", "city": "York", "zip": "YO1 7HH"},
    "USD": {"street": "500 Congress Avenue", "city": "Austin", "zip": "78701"},
}
# When something that waits is due.
DUE = ("next_try", "settles_at", "retry_at")
# What is on its way to QuickBooks.
OUTBOXES = (
    "quickbooks_document",
    "quickbooks_application",
    "quickbooks_attachment",
    "quickbooks_payment_request",
)
# Seconds in which a run of the background job should be through.
ROUND = 3
# The jobs that the addon brings.
OF_OURS = (
    "WHERE id IN (SELECT res_id FROM ir_model_data"
    " WHERE module = 'quickbooks_link' AND model = 'ir.cron')"
)
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

    def sync(self, kind: str = "full", *, stays: bool = False) -> None:
        """Press Sync Now, of Full Sync or another, and wait for the end.

        :param stays: even if QuickBooks has asked to be called later; else the dialog
            is closed then, and the job goes on
        """
        button = f"action_quickbooks_sync_{kind}"
        action = self.ask("res.company", button, [self.company_id])
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

    def contact(self, name: str) -> int:
        """Return a new contact that QuickBooks could have as a customer."""
        values = {
            "name": name,
            "is_company": True,
            "email": "orders@torture.example",
            "phone": "01904 960118",
            **ADDRESSES[next(iter(self.partners))],
        }
        return self.manager.ask("res.partner", "create", values)

    def register(self, key: int, amount: float) -> None:
        """Register a payment of an invoice in Odoo."""
        context = {"active_model": "account.move", "active_ids": [key]}
        values = {"amount": amount, "payment_date": DAY}
        wizard = "account.payment.register"
        made = self.manager.ask(wizard, "create", values, context=context)
        self.manager.ask(wizard, "action_create_payments", [made], context=context)

    def double_price(self, record: Mapping[str, Any]) -> None:
        """Double the price of an invoice's first line, in QuickBooks."""
        kind = "SalesItemLineDetail"
        lines = [dict(one) for one in record["Line"] if one["DetailType"] == kind]
        first = lines[0]
        first["Amount"] = first["Amount"] * 2
        first[kind] = {**first[kind], "UnitPrice": first[kind]["UnitPrice"] * 2}
        body = _as_text({"Line": lines})
        self.quickbooks.change("Invoice", self.realm_id, record["Id"], **body)

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
        self.make_due(hours)
        self.wake_jobs()

    def make_due(self, hours: int = 24) -> None:
        """Let everything be due that waits; nobody is woken."""
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

    def open_gate(self, hours: int = 24) -> None:
        """Let the time pass for which nobody calls QuickBooks after a 429."""
        with self.stand.sql() as cursor:
            cursor.execute(
                "UPDATE quickbooks_governor SET blocked_until = blocked_until - %s",
                (3600 * hours,),
            )

    def let_jobs_run(self, active: bool) -> None:
        """Let the background jobs run, or let none begin; wait for those that do."""
        with self.stand.sql() as cursor:
            cursor.execute(f"UPDATE ir_cron SET active = %s {OF_OURS}", (active,))

    def wake_jobs(self) -> None:
        """Tell the background jobs that there is something to do."""
        with self.stand.sql() as cursor:
            cursor.execute(
                f"UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' {OF_OURS}"
            )
        with self.stand.sql("postgres") as cursor:
            cursor.execute(
                "SELECT pg_notify('cron_trigger', %s)", (self.stand.database,)
            )

    def settle(self, seconds: float = 90) -> None:
        """Let the background jobs work until nothing of the company is under way.

        :raise TooLongError: it does not come to an end
        """
        deadline = time.monotonic() + seconds
        while self.under_way():
            if time.monotonic() > deadline:
                raise TooLongError(f"still under way: {self.under_way()}")
            self.let_time_pass()
            with contextlib.suppress(TooLongError):
                wait_until(lambda: not self.under_way(), ROUND, "")

    def under_way(self) -> list[str]:
        """Return what is on its way to QuickBooks, and not waiting for a person."""
        open_ones = "state IN ('waiting', 'sending') AND user_id IS NOT NULL"
        more = {
            "quickbooks_document": "number_pending OR cancel_pending OR ",
            "quickbooks_application": f"{open_ones} AND hold = 'documents' OR ",
        }
        found = []
        with self.stand.sql() as cursor:
            for table in OUTBOXES:
                cursor.execute(
                    f"SELECT id FROM {table} WHERE company_id = %s"
                    f" AND ({more.get(table, '')}"
                    f" {open_ones} AND next_try IS NOT NULL)",
                    (self.manager.company_id,),
                )
                found += [f"{table} {key}" for (key,) in cursor.fetchall()]
        return found

    def records(self, kind: str = "out_invoice") -> list[dict[str, Any]]:
        """Return the invoices or credit memos that QuickBooks has."""
        return self.quickbooks.records(ENTITIES[kind], self.realm_id)

    def invoice_of(self, row: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the invoice in QuickBooks that a row of ``documents`` is about."""
        found = (r for r in self.records() if r["Id"] == row["quickbooks_id"])
        return next(found, None)


def _as_text(value: Any) -> Any:
    """Return JSON that keeps the digits of amounts, as texts."""
    if isinstance(value, Mapping):
        return {name: _as_text(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_as_text(part) for part in value]
    return str(value) if isinstance(value, Decimal) else value
