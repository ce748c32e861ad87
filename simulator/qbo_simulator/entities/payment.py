"""The rules of customer payments (qbo-api.md 4.9)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from qbo_simulator.books.accounts import account_for
from qbo_simulator.books.ledger import Entry, Posting
from qbo_simulator.books.links import links_from, refresh, replace_links
from qbo_simulator.books.money import cents, shown
from qbo_simulator.company import Record
from qbo_simulator.entities.applying import (
    Applied,
    links_of,
    read_lines,
    unapplied,
)
from qbo_simulator.entities.base import Body
from qbo_simulator.entities.currency import settle_document_currency
from qbo_simulator.entities.transaction import TransactionRules
from qbo_simulator.errors import ServiceFault, business

SIGNS: Mapping[str, int] = {"Invoice": 1, "CreditMemo": -1}


class PaymentRules(TransactionRules):
    """Money from customers, and credits tied to invoices by payments of nothing."""

    def settle(self, new: Body, old: Record | None) -> None:
        """Check what the payment applies to."""
        customer = self.company.get("Customer", new["CustomerRef"]["value"])
        settle_document_currency(self.company, new, customer.body)
        total = Decimal(new["TotalAmt"])
        if total < 0:
            raise business("Transaction amount must be 0 or greater.", "TotalAmt")
        lines = [line for line in new.get("Line", []) if line]
        new["Line"] = lines
        self._lines = read_lines(self.company, lines, old, SIGNS)
        for one in self._lines:
            self._check_party(customer, one.target)
        new["UnappliedAmt"] = unapplied(total, self._lines, SIGNS)
        new["TotalAmt"] = shown(total)
        if "DepositToAccountRef" not in new:
            account = account_for(self.company, "undeposited")
            new["DepositToAccountRef"] = {"value": account}
        self._check_account(new["DepositToAccountRef"]["value"])

    def _check_party(self, customer: Record, target: Record) -> None:
        """A payment settles documents of its customer and of those below it."""
        owner = target.body.get("CustomerRef", {}).get("value")
        while owner is not None:
            if owner == customer.id:
                return
            above = self.company.get("Customer", owner).body.get("ParentRef")
            owner = above and above["value"]
        detail = f"{target.entity} {target.id} belongs to another customer."
        raise ServiceFault("620", "LinkedTxn", detail)

    def _check_account(self, account_id: str) -> None:
        account = self.company.get("Account", account_id).body
        if account["AccountType"] not in ("Bank", "Other Current Asset"):
            detail = (
                "DepositToAccountRef must be a bank or other current asset account."
            )
            raise ServiceFault("6430", "DepositToAccountRef", detail)

    def after(self, record: Record, old: Body | None) -> None:
        """Write the links, post, and let the documents show it."""
        links = links_of(record, self._lines)
        touched = replace_links(self.company, record.entity, record.id, links)
        super().after(record, old)
        refresh(self.company, touched)

    def reapply(self, record: Record, body: Body) -> None:
        """Write a payment whose lines QuickBooks itself has changed."""
        self._lines = []
        for line in body["Line"]:
            linked = line["LinkedTxn"][0]
            target = self.company.get(linked["TxnType"], linked["TxnId"])
            self._lines.append(Applied(target, cents(line["Amount"])))
        total = Decimal(body["TotalAmt"])
        body["UnappliedAmt"] = unapplied(total, self._lines, SIGNS)
        self.after(self.company.save(record, body), record.body)

    def before_removal(self, record: Record) -> None:
        """Let the documents be open again, then leave the books."""
        super().before_removal(record)
        self.release(record)

    def release(self, record: Record) -> None:
        """Take the payment off everything it was applied to."""
        touched = replace_links(self.company, record.entity, record.id, [])
        refresh(self.company, touched)

    def voided(self, new: Body) -> None:
        """A void payment applies to nothing."""
        new["Line"] = []

    # -- the books -------------------------------------------------------------

    def entry(self, record: Record) -> Entry:
        """Return the entry: money in, receivables of each document's party out."""
        body = record.body
        currency = body["CurrencyRef"]["value"]
        account = account_for(self.company, "receivable", currency)
        rate = Decimal(body.get("ExchangeRate", 1))
        total = cents(body["TotalAmt"])
        postings = [
            Posting(body["DepositToAccountRef"]["value"], total, _home(total, rate))
        ]
        for link in links_from(self.company, record.entity, record.id):
            target = self.company.get(link.to_type, link.to_id).body
            value = -SIGNS[link.to_type] * link.amount
            postings.append(
                _on_account(account, target, value, target.get("ExchangeRate", 1))
            )
        rest = cents(body["UnappliedAmt"])
        postings.append(_on_account(account, body, -rest, rate))
        postings += self._exchange_difference(postings)
        day = body["TxnDate"]
        return Entry(record.entity, record.id, day, currency, tuple(postings))

    def _exchange_difference(self, postings: list[Posting]) -> list[Posting]:
        """Return what was gained or lost since the documents were written."""
        difference = sum(one.home for one in postings)
        if not difference:
            return []
        return [Posting(account_for(self.company, "exchange"), 0, -difference)]


def _on_account(
    account: str, body: Mapping[str, Any], value: int, rate: Decimal | int
) -> Posting:
    party = body["CustomerRef"]["value"]
    return Posting(account, value, _home(value, Decimal(rate)), "Customer", party)


def _home(value: int, rate: Decimal) -> int:
    return value if rate == 1 else cents(Decimal(value) / 100 * rate)
