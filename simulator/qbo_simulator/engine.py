"""The engine: every operation on every company, as plain calls.

The API's routes, the seeds and the control plane all go through it. Each call is one
transaction: it happens whole, or a ServiceFault says why not at all.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from qbo_simulator import changes, founding, jsontext
from qbo_simulator.batching import Batch
from qbo_simulator.clock import Clock
from qbo_simulator.company import API_ACTOR, Company
from qbo_simulator.entities.attachable import keep_file
from qbo_simulator.entities.base import Rules
from qbo_simulator.entities.comingdue import ACTOR, come_due
from qbo_simulator.entities.currency import rate_record
from qbo_simulator.entities.merging import merge
from qbo_simulator.entities.registry import rules_for
from qbo_simulator.entities.sending import send
from qbo_simulator.entities.tax import add_tax_code
from qbo_simulator.errors import ServiceFault, not_found, unsupported
from qbo_simulator.query.runner import Page, run
from qbo_simulator.replay import Replay
from qbo_simulator.reports.registry import run_report
from qbo_simulator.schema.fields import SINGLETON
from qbo_simulator.schema.registry import ENTITIES, spelling
from qbo_simulator.store import Realm, Store
from qbo_simulator.switches import Switches
from qbo_simulator.webhooks.catalogue import VOID
from qbo_simulator.webhooks.hub import Webhooks

Body = dict[str, Any]
NO_OPTIONS: frozenset[str] = frozenset()


class Engine:
    """Operations by realm. Bodies are dicts in Intuit's shape, numbers Decimals."""

    def __init__(
        self, store: Store, clock: Clock, switches: Switches, seed: int = 1
    ) -> None:
        self._store = store
        self._clock = clock
        self._switches = switches
        self._seed = seed
        self._days: dict[str, date] = {}
        self.replay = Replay(store, clock, switches)
        self._batch = Batch(self, self.replay)
        self.webhooks: Webhooks | None = None

    def spelling(self, lower: str) -> str | None:
        """Return Intuit's spelling of an entity's lower case name, or None."""
        return spelling(lower)

    @contextmanager
    def company(
        self,
        realm_id: str,
        actor: str = API_ACTOR,
        options: frozenset[str] = NO_OPTIONS,
        system: bool = False,
    ) -> Iterator[Company]:
        """Hold a company's books in one transaction."""
        self._begin_day(realm_id)
        with self._store.transaction():
            company = self._opened(realm_id, actor, options, system)
            yield company
            company.close()
            if self.webhooks is not None and not system:
                self.webhooks.take(company)

    def begin_day(self, realm_id: str) -> None:
        """Let what has come due happen, as the first call of a day does."""
        with self.company(realm_id):
            pass

    def _begin_day(self, realm_id: str) -> None:
        """Let what has come due happen, once for each day that the clock shows."""
        today = self._clock.today()
        if self._days.get(realm_id) == today or self._store.realm(realm_id) is None:
            return
        self._days[realm_id] = today
        with self._store.transaction():
            company = self._opened(realm_id, ACTOR, NO_OPTIONS, False)
            come_due(company)
            company.close()
            if self.webhooks is not None:
                self.webhooks.take(company)

    def _opened(
        self, realm_id: str, actor: str, options: frozenset[str], system: bool
    ) -> Company:
        realm = self._store.realm(realm_id)
        if realm is None:
            raise ServiceFault("10200", detail=f"There is no company {realm_id}.")
        store, clock, switches = self._store, self._clock, self._switches
        return Company(store, realm, clock, switches, rules_for, actor, options, system)

    def open_company(
        self,
        name: str,
        country: str,
        currency: str,
        *,
        environment: str = "sandbox",
        realm_id: str | None = None,
        info: Mapping[str, Any] | None = None,
        preferences: Mapping[str, Any] | None = None,
    ) -> str:
        """Make a company with CompanyInfo and Preferences; return its realm id.

        ``info`` and ``preferences`` (by group) add to the defaults.
        """
        chosen = realm_id or founding.new_realm_id(self._store, self._seed)
        realm = Realm(chosen, name, country, environment, currency)
        with self._store.transaction():
            company = Company(
                self._store, realm, self._clock, self._switches, rules_for, system=True
            )
            founding.found(company, info or {}, preferences or {})
            company.close()
        return chosen

    # -- writing ---------------------------------------------------------------

    def create(
        self,
        realm_id: str,
        entity: str,
        body: Mapping[str, Any],
        *,
        options: frozenset[str] = NO_OPTIONS,
        actor: str = API_ACTOR,
        system: bool = False,
    ) -> Body:
        """Add a record and return it whole. Raises ServiceFault."""
        with self.company(realm_id, actor, options, system) as company:
            rules = _rules(company, entity, "create")
            return rules.answer(rules.create(body))

    def bulk_create(
        self,
        realm_id: str,
        entity: str,
        bodies: Iterable[Mapping[str, Any]],
        *,
        actor: str = API_ACTOR,
        system: bool = False,
    ) -> list[Body]:
        """Add many records under the same rules in one transaction."""
        with self.company(realm_id, actor, NO_OPTIONS, system) as company:
            rules = _rules(company, entity, "create")
            return [rules.create(body).body for body in bodies]

    def update(
        self,
        realm_id: str,
        entity: str,
        body: Mapping[str, Any],
        *,
        options: frozenset[str] = NO_OPTIONS,
        actor: str = API_ACTOR,
        system: bool = False,
    ) -> Body:
        """Change a record, in full or (``sparse``) in part; return it whole."""
        with self.company(realm_id, actor, options, system) as company:
            rules = _rules(company, entity, "update")
            return rules.answer(rules.update(body))

    def delete(
        self,
        realm_id: str,
        entity: str,
        body: Mapping[str, Any],
        *,
        actor: str = API_ACTOR,
    ) -> Body:
        """Remove a record; return what Intuit answers for a deleted one."""
        with self.company(realm_id, actor) as company:
            removed = _rules(company, entity, "delete").delete(body)
        return {"status": "Deleted", "domain": "QBO", "Id": removed.id}

    def void(
        self,
        realm_id: str,
        entity: str,
        body: Mapping[str, Any],
        *,
        actor: str = API_ACTOR,
    ) -> Body:
        """Turn a transaction to nothing but keep it; return it whole."""
        with self.company(realm_id, actor) as company:
            rules = _rules(company, entity, "void")
            voided = rules.void(body)
            company.changes.note(entity, voided.id, VOID)
            return rules.answer(voided)

    def purge(self, realm_id: str, entity: str, record_id: str, *, actor: str) -> None:
        """Remove a record for good whatever the API allows, as a person may."""
        with self.company(realm_id, actor) as company:
            record = company.get(entity, record_id)
            rules_for(company, entity).before_removal(record)
            company.remove(record)

    def add_tax_code(self, realm_id: str, body: Any) -> Body:
        """Make a tax code with its rates; return the request with the new ids."""
        with self.company(realm_id) as company:
            return add_tax_code(company, body)

    def batch(self, realm_id: str, body: Any, requestid: str = "") -> Body:
        """Execute up to 30 independent operations; see ``batching.Batch``."""
        return self._batch.run(realm_id, body, requestid)

    def merge(
        self, realm_id: str, entity: str, loser: str, survivor: str, *, actor: str
    ) -> Body:
        """Merge a name, item or account into another; return the survivor."""
        with self.company(realm_id, actor) as company:
            return merge(company, entity, loser, survivor).body

    def attach(
        self, realm_id: str, metadata: Mapping[str, Any], content: bytes
    ) -> Body:
        """Keep a file; return its Attachable."""
        with self.company(realm_id) as company:
            return keep_file(company, metadata, content).body

    def file(self, realm_id: str, record_id: str) -> bytes:
        """Return the content of an attached file; nothing when there is none."""
        rows = self._store.rows(
            "SELECT content FROM files WHERE realm = ? AND id = ?",
            (realm_id, record_id),
        )
        return bytes(rows[0]["content"]) if rows else b""

    def send(self, realm_id: str, entity: str, record_id: str, to: str) -> Body:
        """Mark a document as sent by e-mail; return it whole."""
        with self.company(realm_id) as company:
            _rules(company, entity, "send")
            sends = self._switches.get("credit_memo_send") == "on"
            if entity == "CreditMemo" and not sends:
                raise unsupported("send", entity)
            return send(company, entity, record_id, to).body

    # -- reading ---------------------------------------------------------------

    def read(
        self,
        realm_id: str,
        entity: str,
        record_id: str,
        *,
        options: frozenset[str] = NO_OPTIONS,
    ) -> Body:
        """Return one record, inactive ones too. Raises 610 when it is not there."""
        with self.company(realm_id, options=options) as company:
            rules = _rules(company, entity, "read")
            record = company.get(entity, _own_id(realm_id, entity, record_id))
            return rules.answer(record)

    def printable(self, realm_id: str, entity: str, record_id: str) -> tuple[str, Body]:
        """Return the company's name and a document that can be printed."""
        with self.company(realm_id) as company:
            _rules(company, entity, "pdf")
            record = company.get(entity, record_id)
            return company.realm.company_name, record.body

    def rate(self, realm_id: str, code: str, day: str) -> Body:
        """Return the exchange rate of a currency in force on a day (default: today)."""
        with self.company(realm_id) as company:
            return rate_record(company, code, day)

    def list(
        self, realm_id: str, entity: str, *, start: int = 1, limit: int = 1000
    ) -> list[Body]:
        """Return records by Id, inactive ones too."""
        rows = self._store.rows(
            "SELECT body FROM records WHERE realm = ? AND entity = ? AND deleted = 0"
            " ORDER BY id LIMIT ? OFFSET ?",
            (realm_id, entity, limit, start - 1),
        )
        return [jsontext.loads(row["body"]) for row in rows]

    def query(self, realm_id: str, statement: str) -> Body:
        """Return a query's answer: ``{"QueryResponse": {...}}``."""
        return {"QueryResponse": self.query_page(realm_id, statement).parsed()}

    def query_page(self, realm_id: str, statement: str) -> Page:
        """Return a query's answer with the records still as text, which is fast."""
        with self.company(realm_id) as company:
            return run(company, statement)

    def report(self, realm_id: str, name: str, wishes: Mapping[str, str]) -> Body:
        """Return a report for the parameters of its call."""
        with self.company(realm_id) as company:
            return run_report(company, name, wishes)

    def cdc(self, realm_id: str, entities: Iterable[str], since: datetime) -> Body:
        """Return what changed since a moment: ``{"CDCResponse": [...]}``."""
        with self.company(realm_id) as company:
            return changes.changes(company, list(entities), since)


def _rules(company: Company, entity: str, operation: str) -> Rules:
    """Return an entity's rules, if the operation is offered to who asks.

    A person can do in QuickBooks what the API does not offer, such as making a tax
    code inactive.
    """
    rules = rules_for(company, entity)
    offered = rules.entity.allows(operation) or company.actor != API_ACTOR
    if not offered and not company.system:
        raise unsupported(operation, entity)
    return rules


def _own_id(realm_id: str, entity: str, record_id: str) -> str:
    """CompanyInfo is asked for by the realm's id, though its own Id is 1."""
    if ENTITIES[entity].kind != SINGLETON:
        return record_id
    if record_id not in (realm_id, "1", ""):
        raise not_found()
    return "1"
