"""What all transactions have in common: dates, numbers, closed books, line ids."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from qbo_simulator.books.ledger import Entry, post, unpost
from qbo_simulator.books.schedule import first_due, next_due
from qbo_simulator.company import Record
from qbo_simulator.entities.base import Body, Rules
from qbo_simulator.entities.references import resolve
from qbo_simulator.entities.tracking import settle_tracking
from qbo_simulator.errors import ServiceFault, required
from qbo_simulator.schema.check import check_required
from qbo_simulator.store import Row

AUTO = "AUTO_GENERATE"
FIRST_NUMBER = 1001
_SHARED_NUMBERS = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt")


class TransactionRules(Rules):
    """Rules of every transaction; subclasses say how it posts."""

    numbers_itself = False
    # Whether its class stands in the head or on the lines, as the company chooses.
    class_by_level = False

    # -- hooks -----------------------------------------------------------------

    def settle(self, new: Body, old: Record | None) -> None:
        """Check and complete what is particular to the kind of transaction."""

    def entry(self, record: Record) -> Entry | None:
        """Return what the transaction is in the books; None for nothing."""

    # -- life ------------------------------------------------------------------

    def update(self, body: Mapping[str, Any]) -> Record:
        """Change a transaction; remembers which fields were sent."""
        self.sent = frozenset(body)
        return super().update(body)

    def create(self, body: Mapping[str, Any]) -> Record:
        """Add a transaction; remembers which fields were sent."""
        self.sent = frozenset(body) if isinstance(body, Mapping) else frozenset()
        return super().create(body)

    def drafted(self, body: Mapping[str, Any]) -> Body:
        """Return a checked and completed template; nothing is numbered or posted."""
        self.sent = frozenset(body)
        new = self._tidy(body)
        self._add_defaults(new)
        return self._draft(new, None)

    def redrafted(self, body: Mapping[str, Any], template: Record) -> Body:
        """Return a changed template."""
        self.sent = frozenset(body)
        old = Record(template.row, template.body[self.entity.name])
        sent = self._checker.check(self.entity.struct, body)
        sparse = body.get("sparse") in (True, "true")
        new = (self._merged if sparse else self._replaced)(old.body, sent)
        return self._draft(new, old)

    def _draft(self, new: Body, old: Record | None) -> Body:
        check_required(self.entity.struct, new)
        resolve(self.company, self.entity.struct, new, old.body if old else None)
        info = new["RecurringInfo"]
        info.setdefault("Active", True)
        new["TxnDate"] = self._schedule_of(info, old)
        self._settle_tracking(new, old)
        self.settle(new, old)
        for name in ("TxnDate", "DueDate", "DocNumber"):
            new.pop(name, None)
        return new

    def _schedule_of(self, info: Body, old: Record | None) -> str:
        """Say when a template comes due next; return that day, or today."""
        today = self.company.today
        if info["RecurType"] == "UnScheduled":
            return today.isoformat()
        schedule = info.setdefault("ScheduleInfo", {})
        before = old.body["RecurringInfo"].get("ScheduleInfo", {}) if old else {}
        last = before.get("PreviousDate")
        if last:
            schedule["PreviousDate"] = last
            following = next_due(schedule, date.fromisoformat(last))
        else:
            following = first_due(schedule, today)
        if following is None:
            return today.isoformat()
        schedule["NextDate"] = following.isoformat()
        return following.isoformat()

    def prepare(self, new: Body, old: Record | None) -> None:
        """Settle date and number, then what the kind of transaction asks."""
        new.setdefault("TxnDate", self.company.today.isoformat())
        self.check_open(new["TxnDate"])
        if old is not None:
            self.check_open(old.body["TxnDate"])
            self.check_unlocked(old)
        self._settle_tracking(new, old)
        self.settle(new, old)
        self._settle_number(new, old)
        for name in ("LinkedTxn", "CustomField"):
            new.setdefault(name, [])

    def _settle_tracking(self, new: Body, old: Record | None) -> None:
        before = old.body if old else {}
        settle_tracking(self.company, new, before, by_level=self.class_by_level)

    def after(self, record: Record, old: Body | None) -> None:
        """Post the transaction."""
        self.repost(record)

    def repost(self, record: Record) -> None:
        """Write the transaction's entry in place of its old one."""
        entry = self.entry(record)
        if entry is not None:
            post(self.company, entry)
        else:
            unpost(self.company, self.entity.name, record.id)

    def before_removal(self, record: Record) -> None:
        """Take the transaction out of the books."""
        self.check_open(record.body["TxnDate"])
        self.check_unlocked(record)
        unpost(self.company, self.entity.name, record.id)

    def void(self, body: Mapping[str, Any]) -> Record:
        """Set every amount to nothing; the note says so (qbo-api.md 4.7)."""
        record = self.current(body)
        self.check_open(record.body["TxnDate"])
        self.check_unlocked(record)
        self.release(record)
        record = self.company.get(self.entity.name, record.id)
        new = _emptied(record.body)
        new["PrivateNote"] = self._void_note(record.body.get("PrivateNote", ""))
        self.voided(new)
        saved = self.company.save(record, new)
        unpost(self.company, self.entity.name, record.id)
        return saved

    def release(self, record: Record) -> None:
        """Undo what other transactions have applied to this one."""

    def voided(self, new: Body) -> None:
        """Complete the body of a transaction that has just been voided."""

    def _void_note(self, note: str) -> str:
        word = str(self.company.switches.get("void_word"))
        if note.startswith(word):
            return note
        prefix = self.company.switches.get("void_note") == "prefix"
        return f"{word} - {note}"[:4000] if note and prefix else word

    # -- checks ----------------------------------------------------------------

    def check_open(self, day: str) -> None:
        """Refuse (6200) a date in a closed period."""
        closed = self.company.preference("AccountingInfoPrefs", "BookCloseDate")
        if closed and day <= closed:
            code = self.company.switches.get("closed_books_code")
            detail = f"The account period is closed. Book close date: {closed}"
            raise ServiceFault(code, "TxnDate", detail)

    def check_unlocked(self, record: Record) -> None:
        """Refuse (6540) a transaction that lies in a bank deposit."""
        rows = self.company.store.rows(
            "SELECT 1 FROM links WHERE realm = ? AND from_type = 'Deposit'"
            " AND to_type = ? AND to_id = ?",
            (self.company.realm_id, self.entity.name, record.id),
        )
        if rows:
            raise ServiceFault("6540")

    # -- numbers ---------------------------------------------------------------

    def _settle_number(self, new: Body, old: Record | None) -> None:
        wish = new.get("DocNumber")
        if (
            wish == AUTO
            or (new.pop("AutoDocNumber", False) and not wish)
            or (wish is None and old is None and self._assigns_numbers())
        ):
            new["DocNumber"] = self._next_number()
        elif wish is not None and (old is None or old.body.get("DocNumber") != wish):
            self._check_number_free(wish)

    def _assigns_numbers(self) -> bool:
        """QuickBooks numbers by itself unless numbers are the user's own."""
        custom = self.company.preference("SalesFormsPrefs", "CustomTxnNumbers", False)
        return self.numbers_itself and not custom

    def _next_number(self) -> str:
        shared = self.entity.name in _SHARED_NUMBERS
        sequence = f"doc:{'sales' if shared else self.entity.name}"
        while True:
            number = str(self.company.next_number(sequence, FIRST_NUMBER))
            if not self._holder(number):
                return number

    def _holder(self, number: str) -> list[Row]:
        store, realm = self.company.store, self.company.realm_id
        names, entities = [number.casefold()], [self.entity.name]
        return store.named(realm, "doc_number", names, entities)

    def _check_number_free(self, number: str) -> None:
        """Refuse (6140) a number that another of the same type has."""
        allowed = "allowduplicatedocnum" in self.company.options
        if allowed or self.company.switches.get("duplicate_docnum") == "allow":
            return
        for other in self._holder(number):
            detail = (
                "Duplicate Document Number Error : You must specify a different number."
                f" This number has already been used. DocNumber={number} is assigned to"
                f" TxnType={self.entity.name} with TxnId={other.id}"
            )
            raise ServiceFault("6140", "DocNumber", detail)


def number_lines(lines: list[Body], old: Record | None) -> None:
    """Give lines their Ids and numbers: a known Id stays, all others are new."""
    known = {line.get("Id") for line in old.body.get("Line", [])} if old else set()
    known.discard(None)
    used = [int(one) for one in known if str(one).isdigit()]
    following = max(used, default=0) + 1
    taken: set[str] = set()
    for number, line in enumerate(lines, 1):
        if line.get("Id") not in known or line["Id"] in taken:
            line["Id"] = str(following)
            following += 1
        taken.add(line["Id"])
        line["LineNum"] = number


def check_lines(lines: list[Body] | None) -> None:
    """Refuse a transaction without lines, or with more than QuickBooks takes."""
    if not lines:
        raise required("Line")
    if len(lines) > 10_000:
        raise ServiceFault("2180", "Line", "A transaction has at most 10,000 lines.")


_AMOUNTS = frozenset(
    (
        "Amount",
        "Balance",
        "Deposit",
        "HomeBalance",
        "HomeTotalAmt",
        "NetAmountTaxable",
        "OverrideDeltaAmount",
        "Qty",
        "RemainingCredit",
        "TaxAmount",
        "TaxInclusiveAmount",
        "TaxInclusiveAmt",
        "TotalAmt",
        "TotalTax",
        "UnappliedAmt",
        "UnitPrice",
    )
)


def _emptied(value: Any) -> Any:
    """Return a copy with every amount at nothing."""
    if isinstance(value, list):
        return [_emptied(part) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        key: Decimal(0) if key in _AMOUNTS else _emptied(part)
        for key, part in value.items()
    }
