"""The rules of journal entries (qbo-api.md 4.10)."""

from decimal import Decimal

from qbo_simulator.books.ledger import PAYABLE, RECEIVABLE, Entry, Posting
from qbo_simulator.books.links import asked, owed
from qbo_simulator.books.money import cents
from qbo_simulator.company import Record
from qbo_simulator.entities.applying import release
from qbo_simulator.entities.base import Body
from qbo_simulator.entities.currency import settle_document_currency
from qbo_simulator.entities.transaction import (
    TransactionRules,
    check_lines,
    number_lines,
)
from qbo_simulator.errors import ServiceFault, business, required

DETAIL = "JournalEntryLineDetail"
_NEEDS = {RECEIVABLE: "Customer", PAYABLE: "Vendor"}


class JournalEntryRules(TransactionRules):
    """Debits and credits as the bookkeeper writes them."""

    numbers_itself = True

    def settle(self, new: Body, old: Record | None) -> None:
        """Check sides, parties and that debits equal credits."""
        code = (new.get("CurrencyRef") or {}).get("value", self.company.home_currency)
        settle_document_currency(self.company, new, {"CurrencyRef": {"value": code}})
        check_lines(new.get("Line"))
        sums = {"Debit": Decimal(0), "Credit": Decimal(0)}
        for line in new["Line"]:
            self._read_line(line, sums)
        if sums["Debit"] != sums["Credit"]:
            code = self.company.switches.get("unbalanced_journal_code")
            detail = "Business Validation Error: Debits and credits must be equal."
            raise ServiceFault(code, "Line", detail)
        number_lines(new["Line"], old)
        new["TotalAmt"] = Decimal(0)

    def _read_line(self, line: Body, sums: dict[str, Decimal]) -> None:
        if line.get("DetailType") == "DescriptionOnly":
            return
        line.setdefault("DetailType", DETAIL)
        detail = line.get(DETAIL)
        if detail is None or "PostingType" not in detail:
            raise ServiceFault("2260", "PostingType")
        self._check_tax(detail)
        if "Amount" not in line:
            raise required("Amount")
        if Decimal(line["Amount"]) < 0:
            raise ServiceFault("2290", "Line.Amount")
        sums[detail["PostingType"]] += Decimal(line["Amount"])
        account = self.company.get("Account", detail["AccountRef"]["value"]).body
        wanted = _NEEDS.get(account["AccountType"])
        entity = detail.get("Entity", {})
        if wanted and (entity.get("Type") != wanted or "EntityRef" not in entity):
            kind = account["AccountType"]
            raise business(f"A line on {kind} needs a {wanted.lower()}.", "Entity")

    def _check_tax(self, detail: Body) -> None:
        """Refuse a tax code that does not say what it applies to, or how much it is."""
        if "TaxCodeRef" not in detail or not self.company.uses_tax:
            return
        for name, code in (("TaxApplicableOn", "2270"), ("TaxAmount", "2280")):
            if name not in detail:
                raise ServiceFault(code, name)

    def after(self, record: Record, old: Body | None) -> None:
        """Post; give back what is applied beyond what it is still worth."""
        super().after(record, old)
        if old is not None:
            turned = (owed(self.company, old) > 0) != (
                owed(self.company, record.body) > 0
            )
            worth = cents(asked(self.company, record))
            release(self.company, record, 0 if turned else worth)

    def before_removal(self, record: Record) -> None:
        """Give back what is applied, then leave the books."""
        super().before_removal(record)
        release(self.company, record, 0)

    def entry(self, record: Record) -> Entry:
        """Return the entry as it was written."""
        body = record.body
        lines = [line for line in body["Line"] if line["DetailType"] == DETAIL]
        postings = [self._posting(body, line) for line in lines]
        rest = -sum(one.home for one in postings)
        if rest:
            first = postings[0]
            postings[0] = Posting(
                first.account,
                first.amount,
                first.home + rest,
                first.party_type,
                first.party,
            )
        day, currency = body["TxnDate"], body["CurrencyRef"]["value"]
        return Entry(record.entity, record.id, day, currency, tuple(postings))

    def _posting(self, body: Body, line: Body) -> Posting:
        detail = line[DETAIL]
        value = cents(line["Amount"])
        value = value if detail["PostingType"] == "Debit" else -value
        rate = Decimal(body.get("ExchangeRate", 1))
        home = value if rate == 1 else cents(Decimal(value) / 100 * rate)
        entity = detail.get("Entity", {})
        return Posting(
            detail["AccountRef"]["value"],
            value,
            home,
            entity.get("Type"),
            entity.get("EntityRef", {}).get("value"),
            class_id=detail.get("ClassRef", {}).get("value"),
            department=detail.get("DepartmentRef", {}).get("value"),
            memo=line.get("Description"),
        )
