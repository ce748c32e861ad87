"""Deposits, transfers and card payments: money between accounts."""

from decimal import Decimal

from qbo_simulator.books.accounts import account_for
from qbo_simulator.books.ledger import Entry, Posting
from qbo_simulator.books.links import Link, links_to, replace_links
from qbo_simulator.books.money import cents, shown
from qbo_simulator.company import Record
from qbo_simulator.entities.base import Body
from qbo_simulator.entities.currency import currency_reference
from qbo_simulator.entities.transaction import (
    TransactionRules,
    check_lines,
    number_lines,
)
from qbo_simulator.errors import ServiceFault, business, required

_DEPOSITED = {"Payment": 1, "SalesReceipt": 1, "RefundReceipt": -1}


class BetweenAccountsRules(TransactionRules):
    """One amount from one account to another; ``fields`` names them, from and to."""

    fields = ("", "")

    def settle(self, new: Body, old: Record | None) -> None:
        """Check the amount and that the accounts differ."""
        if Decimal(new["Amount"]) < 0:
            raise ServiceFault("2140", "Amount")
        giver, taker = (new[name]["value"] for name in self.fields)
        if giver == taker:
            raise business("The accounts must be different.", self.fields[1])
        new["CurrencyRef"] = currency_reference(self.company.home_currency)

    def entry(self, record: Record) -> Entry:
        """Return the entry."""
        value = cents(record.body["Amount"])
        giver, taker = (record.body[name]["value"] for name in self.fields)
        postings = (Posting(taker, value, value), Posting(giver, -value, -value))
        day, home = record.body["TxnDate"], self.company.home_currency
        return Entry(record.entity, record.id, day, home, postings)


class TransferRules(BetweenAccountsRules):
    """Transfers between balance sheet accounts."""

    fields = ("FromAccountRef", "ToAccountRef")


class CreditCardPaymentRules(BetweenAccountsRules):
    """Payments of a credit card from a bank account."""

    fields = ("BankAccountRef", "CreditCardAccountRef")

    def settle(self, new: Body, old: Record | None) -> None:
        """The card must be one."""
        super().settle(new, old)
        card = self.company.get("Account", new["CreditCardAccountRef"]["value"]).body
        if card["AccountType"] != "Credit Card":
            raise ServiceFault("6430", "CreditCardAccountRef")


class DepositRules(TransactionRules):
    """Bank deposits, which lock the payments that lie in them (6540)."""

    def settle(self, new: Body, old: Record | None) -> None:
        """Read the lines: money from accounts, or payments received before."""
        check_lines(new.get("Line"))
        total = Decimal(0)
        for line in new["Line"]:
            self._read_line(line, old)
            total += Decimal(line["Amount"])
        number_lines(new["Line"], old)
        total -= Decimal(new.get("CashBack", {}).get("Amount", 0))
        if total < 0:
            raise business("Transaction amount must be 0 or greater.")
        new["TotalAmt"] = shown(total)
        new["CurrencyRef"] = currency_reference(self.company.home_currency)

    def _read_line(self, line: Body, old: Record | None) -> None:
        line.setdefault("DetailType", "DepositLineDetail")
        if "Amount" not in line:
            raise required("Amount")
        if line.get("LinkedTxn"):
            self._check_linked(line, old)
        elif "AccountRef" not in line.setdefault("DepositLineDetail", {}):
            raise required("AccountRef")

    def _check_linked(self, line: Body, old: Record | None) -> None:
        linked = line["LinkedTxn"][0]
        kind, record_id = linked.get("TxnType", ""), linked.get("TxnId", "")
        record = self.company.find(kind, record_id) if kind in _DEPOSITED else None
        if record is None or len(line["LinkedTxn"]) > 1:
            shown_id = ascii(record_id)[1:-1][:50]
            detail = f"Transaction {shown_id} cannot be deposited."
            raise ServiceFault("620", "LinkedTxn", detail)
        others = [
            one
            for one in links_to(self.company, kind, record_id)
            if one.from_type == "Deposit" and (old is None or one.from_id != old.id)
        ]
        if others:
            raise ServiceFault("6540", "LinkedTxn")
        if Decimal(line["Amount"]) != _DEPOSITED[kind] * record.body["TotalAmt"]:
            raise business("A payment is deposited whole.", "Line.Amount")

    def after(self, record: Record, old: Body | None) -> None:
        """Hold on to the payments, then post."""
        links = [
            Link(
                record.entity,
                record.id,
                number,
                line["LinkedTxn"][0]["TxnType"],
                line["LinkedTxn"][0]["TxnId"],
                0,
            )
            for number, line in enumerate(record.body["Line"], 1)
            if line.get("LinkedTxn")
        ]
        replace_links(self.company, record.entity, record.id, links)
        super().after(record, old)

    def before_removal(self, record: Record) -> None:
        """Let go of the payments."""
        super().before_removal(record)
        replace_links(self.company, record.entity, record.id, [])

    def entry(self, record: Record) -> Entry:
        """Return the entry: into the bank, out of where the money was."""
        body = record.body
        postings = [self._line_posting(line) for line in body["Line"]]
        back = body.get("CashBack")
        if back is not None:
            value = cents(back["Amount"])
            postings.append(Posting(back["AccountRef"]["value"], value, value))
        total = -sum(one.home for one in postings)
        postings.append(Posting(body["DepositToAccountRef"]["value"], total, total))
        home = self.company.home_currency
        return Entry(record.entity, record.id, body["TxnDate"], home, tuple(postings))

    def _line_posting(self, line: Body) -> Posting:
        value = -cents(line["Amount"])
        linked = line.get("LinkedTxn")
        if linked:
            paid = self.company.get(linked[0]["TxnType"], linked[0]["TxnId"]).body
            account = paid.get("DepositToAccountRef", {}).get("value")
            account = account or account_for(self.company, "undeposited")
            return Posting(account, value, value)
        detail = line["DepositLineDetail"]
        entity = detail.get("Entity", {})
        kind = entity.get("type", "Customer").capitalize() if entity else None
        account = detail["AccountRef"]["value"]
        return Posting(account, value, value, kind, entity.get("value"))
