"""The rules of purchases: bills, vendor credits, orders, expenses (4.10)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from qbo_simulator.books.accounts import account_for
from qbo_simulator.books.ledger import Entry, Posting, levelled
from qbo_simulator.books.links import (
    OPEN_FIELDS,
    asked,
    receivable_lines,
    settle_open_amount,
    whole,
)
from qbo_simulator.books.money import cents, rounded, shown
from qbo_simulator.company import Company, Record
from qbo_simulator.entities.applying import release, repost_payers
from qbo_simulator.entities.base import Body
from qbo_simulator.entities.charges import drop_charges, follow_expense
from qbo_simulator.entities.currency import settle_document_currency
from qbo_simulator.entities.people import number_addresses
from qbo_simulator.entities.saleslines import SalesLines, check_product
from qbo_simulator.entities.salestax import Sale, settle_tax
from qbo_simulator.entities.term import due_date
from qbo_simulator.entities.transaction import (
    TransactionRules,
    check_lines,
    number_lines,
)
from qbo_simulator.errors import ServiceFault, business, required

ITEM = "ItemBasedExpenseLineDetail"
ACCOUNT = "AccountBasedExpenseLineDetail"


class PurchaseRules(TransactionRules):
    """What everything bought has in common. ``sign`` is -1 for what is given back."""

    sign = 1
    has_due_date = False
    charges_on = False

    def settle(self, new: Body, old: Record | None) -> None:
        """Settle party, lines, tax and total."""
        party = self.party_of(new)
        settle_document_currency(self.company, new, party)
        number_addresses(self.company, new, old)
        if self.has_due_date:
            self._settle_due_date(new)
        check_lines(new.get("Line"))
        lines = SalesLines()
        for line in new["Line"]:
            self._read_line(line)
            lines.items.append(line)
        sent_tax = "TxnTaxDetail" in self.sent
        tax = settle_tax(Sale(self.company, new, lines, sent_tax, True, "Purchase"))
        number_lines(lines.items, old)
        total = rounded(lines.subtotal + tax)
        if total < 0:
            raise business("Transaction amount must be 0 or greater.")
        new["TotalAmt"] = shown(total)
        if self.entity.name in OPEN_FIELDS:
            self._settle_open(new, old)

    def party_of(self, new: Body) -> Mapping[str, Any]:
        """Return the vendor's body."""
        if "VendorRef" not in new:
            raise required("VendorRef")
        vendor = self.company.get("Vendor", new["VendorRef"]["value"]).body
        new.setdefault("VendorAddr", dict(vendor.get("BillAddr", {})))
        if not new["VendorAddr"]:
            del new["VendorAddr"]
        if self.entity.name != "PurchaseOrder" and "APAccountRef" not in new:
            currency = vendor["CurrencyRef"]["value"]
            account = account_for(self.company, "payable", currency)
            new["APAccountRef"] = {"value": account}
        return vendor

    def _settle_open(self, new: Body, old: Record | None) -> None:
        record_id = old.id if old else None
        settle_open_amount(self.company, self.entity.name, new, record_id)

    def _settle_due_date(self, new: Body) -> None:
        if "DueDate" in new:
            return
        day = date.fromisoformat(new["TxnDate"])
        term = new.get("SalesTermRef")
        if term is not None:
            day = due_date(self.company.get("Term", term["value"]).body, day)
        new["DueDate"] = day.isoformat()

    def _read_line(self, line: Body) -> None:
        if "DetailType" not in line:
            line["DetailType"] = ITEM if ITEM in line else ACCOUNT
        if "Amount" not in line:
            raise required("Amount")
        kind = line["DetailType"]
        detail = line.setdefault(kind, {})
        name = "ItemRef" if kind == ITEM else "AccountRef"
        if name not in detail:
            raise ServiceFault("6440", name)
        quantity, price = detail.get("Qty"), detail.get("UnitPrice")
        if quantity and price:
            amount = Decimal(line["Amount"])
            check_product(self.company, amount, Decimal(quantity), Decimal(price))
        status = detail.setdefault("BillableStatus", "NotBillable")
        if status == "Billable" and "CustomerRef" not in detail:
            raise business("A billable line needs a customer.", "CustomerRef")

    # -- the books -------------------------------------------------------------

    def entry(self, record: Record) -> Entry | None:
        """Return the entry: what was bought, its tax, and who is owed."""
        body = record.body
        postings = [self._line_posting(body, line) for line in body["Line"]]
        postings += self._tax_postings(body)
        amount = -sum(one.amount for one in postings)
        home = self._posting(body, "", amount).home
        postings = levelled(postings, self.party_posting(body, amount, home))
        day, currency = body["TxnDate"], body["CurrencyRef"]["value"]
        return Entry(record.entity, record.id, day, currency, tuple(postings))

    def party_posting(self, body: Body, amount: int, home: int) -> Posting:
        """Return the payables side."""
        account = body["APAccountRef"]["value"]
        return Posting(account, amount, home, "Vendor", body["VendorRef"]["value"])

    def _line_posting(self, body: Body, line: Body) -> Posting:
        detail = line[line["DetailType"]]
        value = self.sign * cents(line["Amount"])
        quantity = item = None
        if line["DetailType"] == ITEM:
            item = detail["ItemRef"]["value"]
            account = self._account_of(item)
            if detail.get("Qty"):
                quantity = str(self.sign * detail["Qty"])
        else:
            account = detail["AccountRef"]["value"]
        class_id = detail.get("ClassRef", {}).get("value")
        customer = detail.get("CustomerRef", {}).get("value")
        return self._posting(
            body,
            account,
            value,
            item=item,
            quantity=quantity,
            class_id=class_id,
            memo=line.get("Description"),
            party_type="Customer" if customer else None,
            party=customer,
        )

    def _account_of(self, item_id: str) -> str:
        """Return where an item's purchase goes: on the shelf or to its expense."""
        item = self.company.get("Item", item_id).body
        if item.get("Type") == "Inventory":
            return item["AssetAccountRef"]["value"]
        expense = item.get("ExpenseAccountRef")
        return expense["value"] if expense else account_for(self.company, "purchases")

    def _tax_postings(self, body: Body) -> list[Posting]:
        postings = []
        for line in body.get("TxnTaxDetail", {}).get("TaxLine", []):
            rate = line["TaxLineDetail"]["TaxRateRef"]["value"]
            value = self.sign * cents(line["Amount"])
            if value:
                account = account_for(self.company, "tax")
                postings.append(self._posting(body, account, value, tax_rate=rate))
        return postings

    def _posting(
        self, body: Body, account: str, value: int, **more: str | None
    ) -> Posting:
        rate = Decimal(body.get("ExchangeRate", 1))
        home = value if rate == 1 else cents(Decimal(value) / 100 * rate)
        department = body.get("DepartmentRef", {}).get("value")
        return Posting(account, value, home, department=department, **more)

    def after(self, record: Record, old: Body | None) -> None:
        """Post; give back what is applied beyond the new total."""
        super().after(record, old)
        if self.charges_on:
            follow_expense(self.company, record)
        if old is not None and record.entity in OPEN_FIELDS:
            release(self.company, record, cents(whole(record.body)))
            if old.get("ExchangeRate") != record.body.get("ExchangeRate"):
                repost_payers(self.company, [(record.entity, record.id)])
            fresh = self.company.get(record.entity, record.id)
            record.row, record.body = fresh.row, fresh.body

    def release(self, record: Record) -> None:
        """Give back all that is applied to the document."""
        release(self.company, record, 0)

    def before_removal(self, record: Record) -> None:
        """Give back what is applied, then leave the books."""
        super().before_removal(record)
        if self.charges_on:
            drop_charges(self.company, record)
        self.release(record)


class BillRules(PurchaseRules):
    """Bills."""

    has_due_date = True
    charges_on = True


class VendorCreditRules(PurchaseRules):
    """Vendor credits."""

    sign = -1


class PurchaseOrderRules(PurchaseRules):
    """Purchase orders: they post nothing."""

    numbers_itself = True

    def entry(self, record: Record) -> Entry | None:
        """Return nothing: an order is a promise."""
        return None


class ExpenseRules(PurchaseRules):
    """Purchases paid at once: cash, cheque or card."""

    charges_on = True

    def party_of(self, new: Body) -> Mapping[str, Any]:
        """Check the paying account; its currency is the transaction's."""
        account = self.company.get("Account", new["AccountRef"]["value"]).body
        wanted = ("Credit Card",) if new["PaymentType"] == "CreditCard" else _CASH
        if account["AccountType"] not in wanted:
            detail = (
                f"A {new['PaymentType']} purchase is paid from a {wanted[0]} account."
            )
            raise ServiceFault("6430", "AccountRef", detail)
        return account

    def settle(self, new: Body, old: Record | None) -> None:
        """Refuse what is posted to receivables and is no customer's."""
        super().settle(new, old)
        if receivable_lines(self.company, new) and not _customer(self.company, new):
            raise business(
                "When you use Accounts Receivable, you must choose a customer in the"
                " name field.",
                "EntityRef",
            )

    def after(self, record: Record, old: Body | None) -> None:
        """Post; give back what is applied beyond what is still paid back."""
        super().after(record, old)
        if old is not None:
            release(self.company, record, cents(asked(self.company, record)))

    def _line_posting(self, body: Body, line: Body) -> Posting:
        """Let what is paid back be the customer's."""
        posting = super()._line_posting(body, line)
        if line not in receivable_lines(self.company, body):
            return posting
        customer = _customer(self.company, body)
        return replace(posting, party_type="Customer", party=customer)

    def entry(self, record: Record) -> Entry | None:
        """Return the entry, turned round for a credit on the card."""
        self.sign = -1 if record.body.get("Credit") else 1
        return super().entry(record)

    def party_posting(self, body: Body, amount: int, home: int) -> Posting:
        """Return the side of the money."""
        return Posting(body["AccountRef"]["value"], amount, home)


def _customer(company: Company, body: Mapping[str, Any]) -> str | None:
    """Return to which customer a purchase was paid, if it was to one."""
    payee = body.get("EntityRef", {})
    named = str(payee.get("type", "")).lower()
    value = payee.get("value")
    if value is None or named not in ("", "customer"):
        return None
    return value if company.find("Customer", value) else None


_CASH = ("Bank", "Other Current Asset")
