"""The pages that only show: companies, lists, records, calls, keys."""

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus, urlencode

from starlette.requests import Request
from starlette.responses import Response

from qbo_simulator.errors import ServiceFault
from qbo_simulator.oauth.endpoints import base_url
from qbo_simulator.pages import showing
from qbo_simulator.pages.columns import ENTITY_PAGES, EntityPage
from qbo_simulator.pages.company_books import PAGE_ROWS, CompanyBooks, moment
from qbo_simulator.pages.templating import money, render
from qbo_simulator.schema.registry import ENTITIES
from qbo_simulator.store import Realm

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator

NOTICES = {
    "saved": "Saved.",
    "created": "Created.",
    "inactive": "Made inactive.",
    "active": "Made active.",
    "deleted": "Deleted.",
    "voided": "Voided.",
    "paid": "Payment received.",
    "merged": "Merged.",
    "disconnected": "Disconnected.",
}


_WITH_LINES = ("Invoice", "CreditMemo", "Estimate", "Bill", "Purchase")


class Missing(LookupError):
    """The page's company or record is not there; the text says which."""


class Views:
    """Shows one simulator's companies."""

    def __init__(self, simulator: "Simulator") -> None:
        self.simulator = simulator

    # -- companies -----------------------------------------------------------------

    def home(self, request: Request) -> Response:
        """Show every company with its figures."""
        companies = [
            {
                "realm": realm,
                "currency": realm.home_currency,
                "figures": CompanyBooks(self.simulator, realm.realm_id).figures(),
            }
            for realm in self.simulator.store.realms()
        ]
        return render(request, "home.html", {"companies": companies})

    def company(self, request: Request) -> Response:
        """Show one company's figures and what changed last."""
        realm = self.realm(request)
        books = CompanyBooks(self.simulator, realm.realm_id)
        context = {
            "figures": books.figures(),
            "recent": books.recent(),
            "connections": self._connections(realm.realm_id),
        }
        return self.page(request, "company.html", realm, context)

    def _connections(self, realm_id: str) -> list[dict[str, str]]:
        """Return who connected which app to the company, and when."""
        rows = []
        for grant in self.simulator.auth.grants.living(realm_id):
            app = self.simulator.auth.apps.by_client_id(grant.client_id)
            rows.append(
                {
                    "id": str(grant.id),
                    "app": app.name if app else grant.client_id,
                    "environment": app.environment if app else "",
                    "user": grant.email,
                    "since": moment(int(grant.authorized_at)),
                }
            )
        return rows

    # -- records -------------------------------------------------------------------

    def records(self, request: Request) -> Response:
        """Show a list, a page of it, or what a search finds."""
        realm, page = self.realm(request), self.entity_page(request)
        query = request.query_params
        text, inactive = query.get("q", "").strip(), bool(query.get("inactive"))
        start = max(1, int(query["start"])) if query.get("start", "").isdigit() else 1
        books = CompanyBooks(self.simulator, realm.realm_id)
        if text:
            found = books.search(page, text, inactive)
        else:
            found = books.page_of(page, inactive, start)
        last = start + len(found.records) - 1
        rates = books.tax_rates() if page.entity == "TaxCode" else {}
        context = {
            "page": page,
            "rows": [self._row(page, record, rates) for record in found.records],
            "total": f"{found.total:,}",
            "q": text,
            "inactive": inactive,
            "first": start,
            "last": last,
            "previous": _page_link(query, start - PAGE_ROWS) if start > 1 else "",
            "next": _page_link(query, last + 1)
            if last < found.total and not text
            else "",
        }
        return self.page(request, "list.html", realm, context, page.entity)

    def _row(
        self, page: EntityPage, record: dict[str, Any], rates: dict[str, str]
    ) -> dict[str, Any]:
        today = self.simulator.clock.today()
        return {
            "id": record["Id"],
            "active": record.get("Active", True),
            "cells": showing.cells(page, record, today, rates),
        }

    def record(
        self, request: Request, problem: str = "", status: int = 200
    ) -> Response:
        """Show one record in words, and as the API returns it."""
        realm, page = self.realm(request), self.entity_page(request)
        books = CompanyBooks(self.simulator, realm.realm_id)
        record = self.existing(books, page, request)
        url = f"/company/{realm.realm_id}"
        sale = page.entity in _WITH_LINES
        related = []
        if page.entity == "Customer":
            related = _related(books.transactions_of(record["Id"]), url)
        facts, minor = showing.facts(record, url, books.named)
        context = {
            "page": page,
            "path": f"{url}/{page.entity}/{record['Id']}",
            "name": showing.title(page.entity, record),
            "status": self._status(page, record),
            "actions": _actions(page, record),
            "can_merge": page.can_merge,
            "can_receive": page.entity == "Invoice" and bool(record.get("Balance")),
            "facts": facts,
            "minor": minor,
            "lines": showing.lines(record, books.named) if sale else [],
            "totals": showing.totals(record) if sale else [],
            "links": showing.links(record, url, books.named),
            "related": related,
            "json": showing.as_json(record),
        }
        return self.page(
            request, "record.html", realm, context, page.entity, problem, status
        )

    def _status(self, page: EntityPage, record: dict[str, Any]) -> str:
        if page.entity in ("Invoice", "Bill"):
            return showing.status(record, self.simulator.clock.today())
        return "" if record.get("Active", True) else "Inactive"

    # -- calls and keys ------------------------------------------------------------

    def calls(self, request: Request) -> Response:
        """Show what clients asked, newest first."""
        stats = self.simulator.stats.as_dict()
        rows = [
            {**row, "shown_query": unquote_plus(row["query"])}
            for row in reversed(stats["requests"])
        ]
        return render(request, "calls.html", {"stats": stats, "requests": rows})

    def keys(self, request: Request) -> Response:
        """Show what an app has to be told to reach this simulator."""
        apps = self.simulator.auth.apps.all()
        return render(request, "keys.html", {"apps": apps, "base": base_url(request)})

    # -- parts ---------------------------------------------------------------------

    def page(
        self,
        request: Request,
        template: str,
        realm: Realm,
        context: dict[str, Any],
        current: str = "",
        problem: str = "",
        status: int = 200,
    ) -> Response:
        """Return a page inside the company's frame."""
        frame = {
            "realm": realm,
            "menu": list(ENTITY_PAGES.values()),
            "current": current,
            "notice": NOTICES.get(request.query_params.get("done", ""), ""),
            "problem": problem,
        }
        return render(request, template, {**frame, **context}, status)

    def realm(self, request: Request) -> Realm:
        """Return the company of the address; Missing when there is none."""
        realm = self.simulator.store.realm(request.path_params["realm"])
        if realm is None:
            raise Missing("There is no such company.")
        return realm

    def entity_page(self, request: Request) -> EntityPage:
        """Return the entity of the address; Missing when it has no page."""
        page = ENTITY_PAGES.get(request.path_params["entity"])
        if page is None:
            raise Missing("There is no such list.")
        return page

    def existing(
        self, books: CompanyBooks, page: EntityPage, request: Request
    ) -> dict[str, Any]:
        """Return the record of the address; Missing when it is not there."""
        try:
            return books.read(page.entity, request.path_params["id"])
        except ServiceFault:
            raise Missing("This record is not there, or no longer.") from None


def _page_link(query: Any, start: int) -> str:
    kept = {name: value for name, value in query.items() if name == "inactive"}
    return "?" + urlencode({**kept, "start": max(1, start)})


def _actions(page: EntityPage, record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the buttons beneath a record's name."""
    if page.entity in ("TaxCode", "TaxRate"):
        return []
    if page.has_active and not record.get("Active", True):
        return [{"name": "active", "label": "Make active", "danger": False}]
    if page.has_active:
        return [{"name": "inactive", "label": "Make inactive", "danger": False}]
    delete = {"name": "delete", "label": "Delete", "danger": True}
    if not ENTITIES[page.entity].allows("void") or not record.get("TotalAmt"):
        return [delete]
    return [{"name": "void", "label": "Void", "danger": False}, delete]


def _related(
    transactions: list[tuple[str, dict[str, Any]]], url: str
) -> list[dict[str, str]]:
    rows = []
    for entity, record in transactions:
        currency = showing.at(record, "CurrencyRef.value") or ""
        still_open = record.get("Balance", record.get("UnappliedAmt"))
        rows.append(
            {
                "date": record["TxnDate"],
                "entity": showing.entity_words(entity),
                "url": f"{url}/{entity}/{record['Id']}",
                "number": record.get("DocNumber")
                or record.get("PaymentRefNum")
                or f"(No. {record['Id']})",
                "total": money(record["TotalAmt"], currency),
                "open": money(still_open, currency),
            }
        )
    return rows
