"""What the pages read from one company's books."""

from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbo_simulator import jsontext
from qbo_simulator.errors import ServiceFault
from qbo_simulator.pages.columns import EntityPage
from qbo_simulator.pages.showing import title
from qbo_simulator.pages.templating import money

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator

Record = dict[str, Any]
PAGE_ROWS = 50
SEARCH_ROWS = 200


@dataclass(frozen=True)
class Found:
    """One page of a list."""

    records: list[Record]
    total: int


class CompanyBooks:
    """Reads lists, figures and history of one company."""

    def __init__(self, simulator: "Simulator", realm_id: str) -> None:
        self._simulator = simulator
        self._engine = simulator.engine
        self.realm_id = realm_id

    def query(self, statement: str) -> Record:
        """Return the inside of a query's ``QueryResponse``."""
        return self._engine.query(self.realm_id, statement)["QueryResponse"]

    def read(self, entity: str, record_id: str) -> Record:
        """Return one record; ServiceFault 610 when it is not there."""
        return self._engine.read(self.realm_id, entity, record_id)

    def named(self, entity: str, record_id: str) -> str:
        """Return a record's name for links, or its number when it is gone."""
        try:
            return title(entity, self.read(entity, record_id))
        except ServiceFault:
            return f"{entity} {record_id}"

    # -- lists -------------------------------------------------------------------

    def page_of(self, page: EntityPage, inactive: bool, start: int) -> Found:
        """Return a page of a list and how long the list is."""
        where = _active_filter(page, inactive)
        entity = page.entity
        total = self.query(f"SELECT COUNT(*) FROM {entity}{_where(where)}")
        rows = self.query(
            f"SELECT * FROM {entity}{_where(where)} ORDERBY {page.order}"
            f" STARTPOSITION {start} MAXRESULTS {PAGE_ROWS}"
        )
        return Found(rows.get(entity, []), int(total["totalCount"]))

    def every(self, page: EntityPage) -> list[Record]:
        """Return the first thousand active records of a list by name."""
        rows = self.query(
            f"SELECT * FROM {page.entity} ORDERBY {page.order} MAXRESULTS 1000"
        )
        found: list[Record] = rows.get(page.entity, [])
        return found

    def search(self, page: EntityPage, text: str, inactive: bool) -> Found:
        """Return the records with ``text`` in one of the page's search fields."""
        found: dict[str, Record] = {}
        quoted = text.replace("\\", "\\\\").replace("'", "\\'").replace("%", "")
        for field in page.search:
            conditions = [f"{field} LIKE '%{quoted}%'"]
            conditions += _active_filter(page, inactive)
            rows = self.query(
                f"SELECT * FROM {page.entity}{_where(conditions)}"
                f" ORDERBY {page.order} MAXRESULTS {SEARCH_ROWS}"
            )
            for record in rows.get(page.entity, []):
                found.setdefault(record["Id"], record)
        return Found(list(found.values())[:SEARCH_ROWS], len(found))

    def tax_rates(self) -> dict[str, str]:
        """Return the percentage of each tax rate, inactive ones too, by Id."""
        rates = self.query(
            "SELECT * FROM TaxRate WHERE Active IN (true, false) MAXRESULTS 1000"
        )
        rows = rates.get("TaxRate", [])
        return {row["Id"]: f"{row.get('RateValue', 0)}%" for row in rows}

    def transactions_of(self, customer_id: str) -> list[tuple[str, Record]]:
        """Return a customer's newest transactions with their entity's name."""
        found = []
        for entity in ("Invoice", "CreditMemo", "Payment"):
            rows = self.query(
                f"SELECT * FROM {entity} WHERE CustomerRef = '{customer_id}'"
                " ORDERBY TxnDate DESC MAXRESULTS 25"
            )
            found += [(entity, record) for record in rows.get(entity, [])]
        found.sort(key=lambda pair: pair[1]["TxnDate"], reverse=True)
        return found[:40]

    # -- figures -----------------------------------------------------------------

    def figures(self) -> list[dict[str, str]]:
        """Return the company's figures as label and value."""
        today = self._simulator.clock.today().isoformat()
        overdue = f"Invoice WHERE Balance > '0' AND DueDate < '{today}'"
        labelled = (
            ("Customers", self._count("Customer")),
            ("Products", self._count("Item WHERE Type != 'Category'")),
            ("Invoices", self._count("Invoice")),
            ("Overdue", self._count(overdue)),
            ("Receivable", self._receivable()),
        )
        return [{"label": label, "value": value} for label, value in labelled]

    def _count(self, source: str) -> str:
        answer = self.query(f"SELECT COUNT(*) FROM {source}")
        return f"{int(answer['totalCount']):,}"

    def _receivable(self) -> str:
        """Return what customers owe, each currency for itself."""
        statement = "SELECT * FROM Account WHERE AccountType = 'Accounts Receivable'"
        realm = self._simulator.store.realm(self.realm_id)
        home = realm.home_currency if realm else ""
        sums: dict[str, Decimal] = {home: Decimal(0)}
        for account in self.query(statement).get("Account", []):
            currency = account.get("CurrencyRef", {}).get("value", home)
            balance = Decimal(str(account.get("CurrentBalance", 0)))
            sums[currency] = sums.get(currency, Decimal(0)) + balance
        owed = [money(total, name) for name, total in sums.items() if total]
        return ", ".join(owed) or money(0, home)

    def recent(self) -> list[dict[str, str]]:
        """Return what changed last, by whom."""
        rows = self._simulator.store.rows(
            "SELECT entity, id, updated, actor, body FROM records"
            " WHERE realm = ? AND deleted = 0 AND entity NOT IN"
            " ('Preferences', 'CompanyInfo') ORDER BY updated DESC, id DESC LIMIT 15",
            (self.realm_id,),
        )
        return [
            {
                "when": moment(row["updated"]),
                "entity": row["entity"],
                "id": str(row["id"]),
                "name": title(row["entity"], jsontext.loads(row["body"])),
                "actor": row["actor"],
            }
            for row in rows
        ]


def moment(seconds: int) -> str:
    """Return seconds since 1970 as day and time (UTC)."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%d %b %Y %H:%M")


def _active_filter(page: EntityPage, inactive: bool) -> list[str]:
    return ["Active IN (true, false)"] if page.has_active and inactive else []


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""
