"""The rules of payments: from customers and to vendors (qbo-api.md 4.9, 4.10)."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from qbo_simulator.books.accounts import account_for
from qbo_simulator.books.ledger import Entry, Posting
from qbo_simulator.books.links import (
    JOURNAL,
    Link,
    linked_entity,
    links_from,
    refresh,
    replace_links,
    sign_of,
    valued,
)
from qbo_simulator.books.links import owner as journal_owner
from qbo_simulator.books.money import amount, cents, shown
from qbo_simulator.company import Record
from qbo_simulator.entities.applying import (
    Applied,
    fitted,
    links_of,
    read_lines,
    repost_payers,
    unapplied,
)
from qbo_simulator.entities.autoapply import apply_new_payment
from qbo_simulator.entities.base import Body
from qbo_simulator.entities.currency import settle_document_currency
from qbo_simulator.entities.transaction import TransactionRules
from qbo_simulator.errors import ServiceFault, business, required


class SettlingRules(TransactionRules):
    """Money that settles documents: of customers, or to vendors.

    ``signs`` are the documents it may apply to, 1 for what it pays and -1 for credits
    that pay with it; ``direction`` is 1 where money comes in.
    """

    signs: Mapping[str, int] = {}
    party = ""
    role = ""
    direction = 1

    def settle(self, new: Body, old: Record | None) -> None:
        """Check what the payment applies to."""
        party = self.company.get(self.party, new[f"{self.party}Ref"]["value"])
        settle_document_currency(self.company, new, party.body)
        total = Decimal(new["TotalAmt"])
        if total < 0:
            raise business("Transaction amount must be 0 or greater.", "TotalAmt")
        new["TotalAmt"] = shown(total)
        new["Line"] = [line for line in new.get("Line", []) if line]
        self._lines = read_lines(self.company, new["Line"], old, self.signs)
        for one in self._lines:
            self._check_party(party, one.target)
        self.settle_rest(new, unapplied(total, self._lines))

    def settle_rest(self, new: Body, rest: Decimal) -> None:
        """Write what is left of the payment, and the account of the money."""

    def money_account(self, body: Body) -> str:
        """Return the account the money goes to or comes from."""
        raise NotImplementedError

    def _check_party(self, party: Record, target: Record) -> None:
        """A payment settles documents of its party and of those below it."""
        owner = self._owner_of(target)
        while owner is not None:
            if owner == party.id:
                return
            above = self.company.get(self.party, owner).body.get("ParentRef")
            owner = above and above["value"]
        detail = f"{target.entity} {target.id} belongs to another {self.party.lower()}."
        raise ServiceFault("620", "LinkedTxn", detail)

    def _owner_of(self, target: Record) -> str | None:
        if target.entity == JOURNAL:
            return journal_owner(self.company, target)
        return self._owner(target.body)

    def _owner(self, body: Mapping[str, Any]) -> str | None:
        """Return whose a transaction is; of a purchase, to whom it was paid."""
        reference = body.get(f"{self.party}Ref", body.get("EntityRef", {}))
        value = reference.get("value")
        return None if value is None else str(value)

    def check_account(self, field: str, account_id: str, *types: str) -> None:
        """Refuse (6430) an account of the wrong type."""
        account = self.company.get("Account", account_id).body
        if account["AccountType"] not in types:
            detail = f"{field} must be an account of type {' or '.join(types)}."
            raise ServiceFault("6430", field, detail)

    def after(self, record: Record, old: Body | None) -> None:
        """Write the links, post, and let the documents show it."""
        links = links_of(record, self._lines)
        touched = replace_links(self.company, record.entity, record.id, links)
        super().after(record, old)
        refresh(self.company, touched)
        repost_payers(self.company, touched, but=record)

    def reapply(self, record: Record, body: Body) -> None:
        """Write a payment whose lines QuickBooks itself has changed."""
        self._lines = []
        for line in body["Line"]:
            linked = line["LinkedTxn"][0]
            entity = linked_entity(linked["TxnType"])
            target = self.company.get(entity, linked["TxnId"])
            sign = sign_of(self.company, target, self.signs)
            self._lines.append(Applied(target, cents(line["Amount"]), sign))
        self._shorten(body)
        rest = unapplied(Decimal(body["TotalAmt"]), self._lines)
        self.settle_rest(body, rest)
        self.after(self.company.save(record, body), record.body)

    def _shorten(self, body: Body) -> None:
        """Let the lines apply no more than the payment has."""
        wanted = fitted(cents(body["TotalAmt"]), self._lines)
        pairs = list(zip(self._lines, body["Line"], wanted, strict=True))
        self._lines = [replace(one, amount=value) for one, _, value in pairs if value]
        body["Line"] = [
            {**line, "Amount": shown(amount(value))}
            for _, line, value in pairs
            if value
        ]

    def before_removal(self, record: Record) -> None:
        """Let the documents be open again, then leave the books."""
        super().before_removal(record)
        self.release(record)

    def release(self, record: Record) -> None:
        """Take the payment off everything it was applied to."""
        touched = replace_links(self.company, record.entity, record.id, [])
        refresh(self.company, touched)
        repost_payers(self.company, touched, but=record)

    def voided(self, new: Body) -> None:
        """A void payment applies to nothing."""
        new["Line"] = []

    # -- the books -------------------------------------------------------------

    def entry(self, record: Record) -> Entry:
        """Return the entry: the money, and what each document's party owes less."""
        body = record.body
        currency = body["CurrencyRef"]["value"]
        account = account_for(self.company, self.role, currency)
        rate = Decimal(body.get("ExchangeRate", 1))
        total = self.direction * cents(body["TotalAmt"])
        rest = total
        postings = [Posting(self.money_account(body), total, _home(total, rate))]
        for link in links_from(self.company, record.entity, record.id):
            target = self.company.get(link.to_type, link.to_id)
            sign = self.direction * sign_of(self.company, target, self.signs)
            rest -= sign * link.amount
            home = -sign * self._worth(link)
            value = -sign * link.amount
            owner = self._owner_of(target)
            postings.append(self._on_account(account, owner, value, home))
        owner = self._owner(body)
        postings.append(self._on_account(account, owner, -rest, _home(-rest, rate)))
        postings += self._exchange_difference(postings)
        day = body["TxnDate"]
        return Entry(record.entity, record.id, day, currency, tuple(postings))

    def _exchange_difference(self, postings: list[Posting]) -> list[Posting]:
        """Return what was gained or lost since the documents were written."""
        difference = sum(one.home for one in postings)
        if not difference:
            return []
        return [Posting(account_for(self.company, "exchange"), 0, -difference)]

    def _worth(self, link: Link) -> int:
        """Return what a link takes off its document in home hundredths."""
        target = (link.to_type, link.to_id)
        return next(home for one, home in valued(self.company, target) if one == link)

    def _on_account(
        self, account: str, owner: str | None, value: int, home: int
    ) -> Posting:
        return Posting(account, value, home, self.party, owner)


def _home(value: int, rate: Decimal) -> int:
    return value if rate == 1 else cents(Decimal(value) / 100 * rate)


class PaymentRules(SettlingRules):
    """Money from customers; payments of nothing tie credits to what they settle.

    That is an invoice, or the cheque or expense by which the customer was paid back;
    journal entries are either, as they debit the customer or not.
    """

    signs: Mapping[str, int] = {
        "Invoice": 1,
        "CreditMemo": -1,
        "Purchase": 1,
        "JournalEntry": 0,
    }
    party = "Customer"
    role = "receivable"

    def settle_rest(self, new: Body, rest: Decimal) -> None:
        """What is left is the customer's credit."""
        new["UnappliedAmt"] = rest
        if "DepositToAccountRef" not in new:
            account = account_for(self.company, "undeposited")
            new["DepositToAccountRef"] = {"value": account}
        self.check_account(
            "DepositToAccountRef",
            new["DepositToAccountRef"]["value"],
            "Bank",
            "Other Current Asset",
        )

    def after(self, record: Record, old: Body | None) -> None:
        """Post; let a new payment find its invoices if the company wishes it."""
        super().after(record, old)
        if old is None:
            apply_new_payment(self.company, record)
            self.company.refresh(record)

    def money_account(self, body: Body) -> str:
        """Payments wait among the undeposited funds unless sent to a bank."""
        return body["DepositToAccountRef"]["value"]


class BillPaymentRules(SettlingRules):
    """Money to vendors, by cheque or credit card (qbo-api.md 4.10)."""

    signs: Mapping[str, int] = {"Bill": 1, "VendorCredit": -1}
    party = "Vendor"
    role = "payable"
    direction = -1

    def settle_rest(self, new: Body, rest: Decimal) -> None:
        """Check the account that pays."""
        types: tuple[str, ...]
        if new["PayType"] == "Check":
            field, types = "BankAccountRef", ("Bank", "Other Current Asset")
            account = new.get("CheckPayment", {}).get(field)
        else:
            field, types = "CCAccountRef", ("Credit Card",)
            account = new.get("CreditCardPayment", {}).get(field)
        if account is None:
            raise required(field)
        self.check_account(field, account["value"], *types)

    def money_account(self, body: Body) -> str:
        """The bank account of the cheque, or the card."""
        if body["PayType"] == "Check":
            return body["CheckPayment"]["BankAccountRef"]["value"]
        return body["CreditCardPayment"]["CCAccountRef"]["value"]
