"""The postings as reports read them: with names, parties, filters and a basis."""

from collections.abc import Iterator
from functools import cached_property

from qbo_simulator.company import Company
from qbo_simulator.reports.cashbasis import on_cash_basis
from qbo_simulator.reports.moves import Account, Move, Txn
from qbo_simulator.reports.wishes import Wishes


class Ledger:
    """All that was posted up to the end of a report, read once."""

    def __init__(self, company: Company, wishes: Wishes) -> None:
        self.company = company
        self.wishes = wishes

    # -- the chart -------------------------------------------------------------

    @cached_property
    def accounts(self) -> dict[str, Account]:
        """Every account by Id, in the order of names."""
        rows = self.company.store.rows(
            "SELECT id, json_extract(body, '$.Name'),"
            " json_extract(body, '$.FullyQualifiedName'),"
            " json_extract(body, '$.AccountType'),"
            " json_extract(body, '$.AccountSubType'),"
            " coalesce(json_extract(body, '$.AcctNum'), ''),"
            " coalesce(json_extract(body, '$.ParentRef.value'), ''), active,"
            " coalesce(json_extract(body, '$.Description'), '') FROM records"
            " WHERE realm = ? AND entity = 'Account' AND deleted = 0"
            " ORDER BY full_name",
            (self.company.realm_id,),
        )
        found = (_account(tuple(row)) for row in rows)
        return {one.id: one for one in found}

    # -- transactions ----------------------------------------------------------

    @cached_property
    def txns(self) -> dict[tuple[str, str], Txn]:
        """Every transaction up to the last day, those that post nothing too."""
        rows = self.company.store.rows(
            "SELECT entity, id, txn_date, coalesce(doc_number, ''),"
            " coalesce(json_extract(body, '$.DocNumber'), ''),"
            " coalesce(json_extract(body, '$.PrivateNote'), ''),"
            " coalesce(json_extract(body, '$.CustomerRef.value'), ''),"
            " coalesce(json_extract(body, '$.VendorRef.value'), ''),"
            " coalesce(json_extract(body, '$.EntityRef.value'), ''),"
            " coalesce(json_extract(body, '$.EntityRef.type'), 'Vendor'),"
            " coalesce(json_extract(body, '$.DueDate'), ''),"
            " json_extract(body, '$.MetaData.CreateTime'),"
            " json_extract(body, '$.MetaData.LastUpdatedTime'),"
            " coalesce(json_extract(body, '$.TotalAmt'),"
            " json_extract(body, '$.Amount'), 0) FROM records"
            " WHERE realm = ? AND deleted = 0 AND txn_date <= ?"
            " AND entity NOT IN ('ExchangeRate', 'TimeActivity', 'ReimburseCharge')",
            (self.company.realm_id, self.wishes.end),
        )
        return {(row[0], str(row[1])): _txn(tuple(row)) for row in rows}

    def txn(self, move: Move) -> Txn:
        """Return the transaction of a posting; opening balances have none."""
        found = self.txns.get((move.kind, move.id))
        return found or Txn(move.kind, move.id, move.day)

    # -- postings --------------------------------------------------------------

    @cached_property
    def moves(self) -> list[Move]:
        """The postings up to the last day that the filters let through."""
        rows = self.all_moves
        if self.wishes.basis == "Cash":
            rows = on_cash_basis(self.company, self.accounts, rows)
        return [one for one in rows if self._admits(one)]

    @cached_property
    def all_moves(self) -> list[Move]:
        """The postings up to the last day, in the order of days."""
        rows = self.company.store.rows(
            "SELECT txn_date, txn_type, txn_id, account, home,"
            " coalesce(party_type, ''), coalesce(party, ''), coalesce(item, ''),"
            " coalesce(quantity, ''), coalesce(tax_rate, ''), coalesce(class, ''),"
            " coalesce(department, ''), coalesce(memo, '') FROM postings"
            " WHERE realm = ? AND txn_date <= ? ORDER BY txn_date, txn_id, line",
            (self.company.realm_id, self.wishes.end),
        )
        return [_move(tuple(row)) for row in rows]

    def within(self) -> Iterator[Move]:
        """Give the postings of the period itself."""
        start = self.wishes.start
        return (one for one in self.moves if one.day >= start)

    def before(self) -> Iterator[Move]:
        """Give the postings before the period."""
        start = self.wishes.start
        return (one for one in self.moves if one.day < start)

    def kind(self, move: Move) -> str:
        """Return the type of a posting's account."""
        return self.accounts[move.account].kind

    def of_kinds(self, *kinds: str) -> Iterator[Move]:
        """Give the postings of the period to accounts of some types."""
        return (one for one in self.within() if self.kind(one) in kinds)

    def _admits(self, move: Move) -> bool:
        filters = self.wishes.filters
        if not filters:
            return True
        return all(self.wishes.admits(name, self.trait(move, name)) for name in filters)

    # -- what a posting belongs to ---------------------------------------------

    def trait(self, move: Move, name: str) -> str:
        """Return the id of the customer, vendor, item, class, … of a posting."""
        if name in ("customer", "vendor", "employee"):
            if move.party_type.lower() == name:
                return move.party
            return str(getattr(self.txn(move), name))
        return {
            "account": move.account,
            "class": move.class_id,
            "department": move.department,
            "item": move.item,
        }[name]

    def party(self, move: Move) -> tuple[str, str]:
        """Return entity and id of whom a posting or its transaction is with."""
        if move.party:
            return move.party_type, move.party
        return self.party_of(self.txn(move))

    @staticmethod
    def party_of(txn: Txn) -> tuple[str, str]:
        """Return entity and id of whom a transaction is with."""
        for entity, record_id in (
            ("Customer", txn.customer),
            ("Vendor", txn.vendor),
            ("Employee", txn.employee),
        ):
            if record_id:
                return entity, record_id
        return "", ""

    def name(self, entity: str, record_id: str) -> str:
        """Return what a record is called; with all above it where it has parents."""
        if not (entity and record_id):
            return ""
        record = self._names(entity)
        return record.get(record_id, "")

    def _names(self, entity: str) -> dict[str, str]:
        key = ("report names", entity)
        if key not in self.company.notes:
            rows = self.company.store.rows(
                "SELECT id, coalesce(json_extract(body, '$.FullyQualifiedName'),"
                " json_extract(body, '$.DisplayName'), json_extract(body, '$.Name'))"
                " FROM records WHERE realm = ? AND entity = ? AND deleted = 0",
                (self.company.realm_id, entity),
            )
            self.company.notes[key] = {str(row[0]): str(row[1] or "") for row in rows}
        names: dict[str, str] = self.company.notes[key]
        return names


_NOT_POSTING = ("Estimate", "PurchaseOrder")


def _txn(row: tuple[str, ...]) -> Txn:
    kind, record_id, day, _, number, memo, customer, vendor, other, of, due = row[:11]
    created, changed, total = row[11:]
    parties = {"Customer": customer, "Vendor": vendor, "Employee": ""}
    if other:
        parties[of.capitalize()] = str(other)
    return Txn(
        kind,
        str(record_id),
        day,
        number,
        memo,
        parties["Customer"],
        parties["Vendor"],
        parties["Employee"],
        due,
        created,
        changed,
        kind not in _NOT_POSTING,
        str(total),
    )


def _account(row: tuple[object, ...]) -> Account:
    record_id, name, full_name, kind, subtype, number, parent = map(str, row[:7])
    active, description = bool(row[7]), str(row[8])
    texts = (record_id, name, full_name, kind, subtype, number, parent)
    return Account(*texts, active, description)


def _move(row: tuple[object, ...]) -> Move:
    day, kind, record_id, account, home, *rest = row
    texts = (str(one) for one in rest)
    return Move(
        str(day), str(kind), str(record_id), str(account), int(str(home)), *texts
    )
