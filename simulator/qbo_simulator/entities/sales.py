"""Sales documents: parties, totals and what they post (qbo-api.md 4.7, 4.8)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from qbo_simulator.books.accounts import account_for
from qbo_simulator.books.ledger import Entry, Posting, levelled
from qbo_simulator.books.links import (
    OPEN_FIELDS,
    links_to,
    settle_open_amount,
    whole,
)
from qbo_simulator.books.money import ZERO, cents, rounded, shown
from qbo_simulator.company import Record
from qbo_simulator.entities.applying import release, repost_payers
from qbo_simulator.entities.base import Body
from qbo_simulator.entities.currency import settle_document_currency
from qbo_simulator.entities.people import check_contacts, number_addresses
from qbo_simulator.entities.saleslines import SALES, LineReader, SalesLines
from qbo_simulator.entities.salestax import Sale, settle_tax
from qbo_simulator.entities.term import due_date
from qbo_simulator.entities.transaction import (
    TransactionRules,
    check_lines,
    number_lines,
)
from qbo_simulator.errors import ServiceFault, business

_MOST_TAXABLE_LINES = 750


class SalesRules(TransactionRules):
    """What invoices, credit memos, receipts and estimates have in common.

    ``sign`` is 1 where the customer owes, -1 where the company does.
    """

    numbers_itself = True
    class_by_level = True
    sign = 1
    has_due_date = False

    def settle(self, new: Body, old: Record | None) -> None:
        """Settle party, lines, tax and totals."""
        customer = self._customer(new)
        settle_document_currency(self.company, new, customer)
        check_contacts(new)
        self._check_email(new)
        self._settle_addresses(new, old, customer)
        if self.has_due_date:
            self._settle_due_date(new)
        check_lines(new.get("Line"))
        lines = LineReader(self.company, new["TxnDate"]).read(new["Line"])
        tax = settle_tax(self._sale(new, lines, customer))
        number_lines(lines.shown, old)
        new["Line"] = lines.closed()
        self._settle_totals(new, lines, tax)
        self._settle_open(new, old)

    def _customer(self, new: Body) -> Mapping[str, Any]:
        reference = new.get("CustomerRef")
        if reference is None:
            return {}
        return self.company.get("Customer", reference["value"]).body

    def _sale(self, new: Body, lines: SalesLines, customer: Mapping[str, Any]) -> Sale:
        taxable = bool(customer.get("Taxable", True))
        taxable = taxable and not customer.get("TaxExemptionReasonId")
        sale = Sale(self.company, new, lines, "TxnTaxDetail" in self.sent, taxable)
        if len(lines.items) > _MOST_TAXABLE_LINES and self.company.uses_tax:
            detail = f"A taxable document has at most {_MOST_TAXABLE_LINES} lines."
            raise ServiceFault("2180", "Line", detail)
        return sale

    def _check_email(self, new: Body) -> None:
        if new.get("EmailStatus") == "NeedToSend" and "BillEmail" not in new:
            raise ServiceFault("6420", "BillEmail")

    def _settle_addresses(
        self, new: Body, old: Record | None, customer: Mapping[str, Any]
    ) -> None:
        """Take addresses from the customer where none were sent."""
        if old is None:
            for name in ("BillAddr", "ShipAddr"):
                if customer.get(name) and name not in new:
                    new[name] = dict(customer[name])
            wish = self.company.switches.get("bill_email_default")
            if wish == "customer" and customer.get("PrimaryEmailAddr"):
                new.setdefault("BillEmail", dict(customer["PrimaryEmailAddr"]))
        number_addresses(self.company, new, old)

    def _settle_due_date(self, new: Body) -> None:
        day = date.fromisoformat(new["TxnDate"])
        term = new.get("SalesTermRef")
        if "DueDate" in new and not ("DueDate" not in self.sent and term):
            return
        if term is not None:
            day = due_date(self.company.get("Term", term["value"]).body, day)
        new["DueDate"] = day.isoformat()

    def _settle_totals(self, new: Body, lines: SalesLines, tax: Decimal) -> None:
        discount = lines.discount["Amount"] if lines.discount else ZERO
        total = rounded(lines.subtotal - Decimal(discount) + tax)
        if total < 0:
            raise business("Transaction amount must be 0 or greater.")
        new["TotalAmt"] = shown(total)
        if self.company.multicurrency:
            rate = Decimal(new.get("ExchangeRate", 1))
            new["HomeTotalAmt"] = shown(total * rate)
            new["HomeBalance"] = new["HomeTotalAmt"]

    def _settle_open(self, new: Body, old: Record | None) -> None:
        if self.entity.name in OPEN_FIELDS:
            record_id = old.id if old else None
            settle_open_amount(self.company, self.entity.name, new, record_id)

    # -- the books -------------------------------------------------------------

    def entry(self, record: Record) -> Entry | None:
        """Return the entry: lines, discount, tax, and the party's side."""
        body = record.body
        others = [*self._line_postings(body), *self._tax_postings(body)]
        postings = self.with_party(body, others)
        postings += self._stock_postings(body)
        day, currency = body["TxnDate"], body["CurrencyRef"]["value"]
        return Entry(record.entity, record.id, day, currency, tuple(postings))

    def _line_postings(self, body: Body) -> list[Posting]:
        postings = []
        for line in sold_lines(body):
            detail = line[SALES]
            account = detail.get("ItemAccountRef", {}).get("value")
            account = account or self._account_of_special(detail)
            value = -self.sign * cents(line["Amount"])
            item = detail.get("ItemRef", {}).get("value", "")
            quantity = detail.get("Qty")
            postings.append(
                self.posting(
                    body,
                    account,
                    value,
                    item=item if item.isdigit() else None,
                    quantity=None if quantity is None else str(self.sign * quantity),
                    class_id=_value(detail, "ClassRef") or _value(body, "ClassRef"),
                    memo=line.get("Description"),
                )
            )
        return [*postings, *self._discount_postings(body)]

    def _account_of_special(self, detail: Body) -> str:
        item = detail.get("ItemRef", {}).get("value")
        roles = {"SHIPPING_ITEM_ID": "shipping", "GRATUITY_ITEM_ID": "gratuity"}
        return account_for(self.company, roles.get(item, "sales"))

    def _discount_postings(self, body: Body) -> list[Posting]:
        for line in body["Line"]:
            if line["DetailType"] == "DiscountLineDetail":
                detail = line["DiscountLineDetail"]
                account = _value(detail, "DiscountAccountRef")
                account = account or account_for(self.company, "discount")
                return [self.posting(body, account, self.sign * cents(line["Amount"]))]
        return []

    def _tax_postings(self, body: Body) -> list[Posting]:
        """Return one posting for each rate, and one for tax without a rate."""
        detail = body.get("TxnTaxDetail", {})
        rest = cents(detail.get("TotalTax", 0))
        account = account_for(self.company, "tax") if rest else ""
        postings = []
        for line in detail.get("TaxLine", []):
            value = cents(line["Amount"])
            rest -= value
            if value:
                rate = _value(line["TaxLineDetail"], "TaxRateRef")
                account = account or account_for(self.company, "tax")
                postings.append(
                    self.posting(body, account, -self.sign * value, tax_rate=rate)
                )
        if rest:
            postings.append(self.posting(body, account, -self.sign * rest))
        return postings

    def with_party(self, body: Body, others: list[Posting]) -> list[Posting]:
        """Return all with the side that balances it: receivables, less a deposit."""
        account = _value(body, "ARAccountRef") or account_for(
            self.company, "receivable", body["CurrencyRef"]["value"]
        )
        deposit = cents(body.get("Deposit", 0))
        if deposit:
            into = _value(body, "DepositToAccountRef")
            into = into or account_for(self.company, "undeposited")
            others = [*others, self.posting(body, into, deposit)]
        amount = -sum(one.amount for one in others)
        home = self.posting(body, account, amount).home
        return levelled(others, self._party(body, account, amount, home))

    def _party(self, body: Body, account: str, amount: int, home: int) -> Posting:
        party = _value(body, "CustomerRef")
        return Posting(
            account,
            amount,
            home,
            "Customer" if party else None,
            party,
            department=_value(body, "DepartmentRef"),
        )

    def _stock_postings(self, body: Body) -> list[Posting]:
        """Return what leaves the shelf: cost against stock, at the purchase cost."""
        postings: list[Posting] = []
        for line in sold_lines(body):
            reference = _value(line[SALES], "ItemRef") or ""
            item = self.company.find("Item", reference) if reference.isdigit() else None
            if item is None or item.body.get("Type") != "Inventory":
                continue
            quantity = self.sign * Decimal(line[SALES].get("Qty", 0))
            value = cents(quantity * Decimal(item.body.get("PurchaseCost", 0)))
            asset = item.body["AssetAccountRef"]["value"]
            cost = item.body["ExpenseAccountRef"]["value"]
            moved = str(-quantity)
            postings.append(self._home(body, asset, -value, item.id, moved))
            postings.append(self._home(body, cost, value, item.id, None))
        return postings

    def _home(
        self, body: Body, account: str, value: int, item: str, quantity: str | None
    ) -> Posting:
        is_home = body["CurrencyRef"]["value"] == self.company.home_currency
        amount = value if is_home else 0
        return Posting(account, amount, value, item=item, quantity=quantity)

    def posting(
        self, body: Body, account: str, value: int, **more: str | None
    ) -> Posting:
        """Return a posting in the document's currency, with its worth at home."""
        rate = Decimal(body.get("ExchangeRate", 1))
        home = value if rate == 1 else cents(Decimal(value) / 100 * rate)
        department = _value(body, "DepartmentRef")
        return Posting(account, value, home, department=department, **more)

    def after(self, record: Record, old: Body | None) -> None:
        """Post; give back what is applied beyond the new total or to another party."""
        super().after(record, old)
        if old is None or record.entity not in OPEN_FIELDS:
            return
        if old["CustomerRef"]["value"] != record.body["CustomerRef"]["value"]:
            release(self.company, record, 0)
        else:
            release(self.company, record, cents(whole(record.body)))
        if old.get("ExchangeRate") != record.body.get("ExchangeRate"):
            repost_payers(self.company, [(record.entity, record.id)])
        fresh = self.company.get(record.entity, record.id)
        record.row, record.body = fresh.row, fresh.body

    def release(self, record: Record) -> None:
        """Give back all that is applied to the document."""
        refuses = self.company.switches.get("paid_invoice_removal") == "refuse"
        if refuses and links_to(self.company, record.entity, record.id):
            raise business("The transaction is linked to others; unlink them first.")
        release(self.company, record, 0)

    def before_removal(self, record: Record) -> None:
        """Give back what is applied, then leave the books."""
        super().before_removal(record)
        self.release(record)


def sold_lines(body: Mapping[str, Any]) -> list[Body]:
    """Return a document's item lines, those inside bundles too."""
    found: list[Body] = []
    for line in body["Line"]:
        if line["DetailType"] == SALES:
            found.append(line)
        elif line["DetailType"] == "GroupLineDetail":
            inner = line["GroupLineDetail"].get("Line", [])
            found += [one for one in inner if one["DetailType"] == SALES]
    return found


def _value(body: Mapping[str, Any], name: str) -> str | None:
    reference = body.get(name)
    return reference["value"] if reference else None
