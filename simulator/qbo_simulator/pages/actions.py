"""The pages that change something, as a person inside QuickBooks would."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from qbo_simulator.control.records import acting_person
from qbo_simulator.errors import ServiceFault
from qbo_simulator.pages import forms, lineforms, showing
from qbo_simulator.pages.columns import ENTITY_PAGES, EntityPage
from qbo_simulator.pages.company_books import CompanyBooks
from qbo_simulator.pages.views import Views
from qbo_simulator.seeds import COMPANIES

Form = Mapping[str, Any]
_RECEIVE = "Receive payment"


class Actions:
    """Forms and buttons of one simulator's pages."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._simulator = views.simulator
        self._engine = views.simulator.engine

    # -- companies and calls -------------------------------------------------------

    def add_company(self, request: Request, form: Form) -> Response:
        """Open another sample company."""
        company = str(form.get("company", ""))
        if company in COMPANIES:
            self._simulator.load_company(company)
        return RedirectResponse("/", 303)

    def clear_calls(self, request: Request, form: Form) -> Response:
        """Start counting API calls from nothing."""
        self._simulator.stats.clear()
        return RedirectResponse("/calls", 303)

    def disconnect(self, request: Request, form: Form) -> Response:
        """End an app's connection from inside QuickBooks; the app is not told."""
        realm = self._views.realm(request)
        grants = self._simulator.auth.grants
        for grant in grants.living(realm.realm_id):
            if str(grant.id) == form.get("connection"):
                grants.end(grant.id)
        return RedirectResponse(f"/company/{realm.realm_id}?done=disconnected", 303)

    # -- edit and create -----------------------------------------------------------

    def edit(self, request: Request, form: Form | None = None) -> Response:
        """Show a record's form, or save what was sent."""
        realm, page = self._views.realm(request), self._views.entity_page(request)
        books = CompanyBooks(self._simulator, realm.realm_id)
        record = self._views.existing(books, page, request)
        back = f"/company/{realm.realm_id}/{page.entity}/{record['Id']}"
        name = showing.title(page.entity, record)
        fields = forms.fields(page, record)
        lines = lineforms.rows(record, form or {})
        if form is None:
            return self._form(request, f"Edit {name}", fields, back, name, lines=lines)
        try:
            body = forms.changes(page, record, form) | lineforms.changes(record, form)
            if body:
                self._update(request, record, body)
        except (forms.FormError, ServiceFault) as error:
            fields = _as_sent(fields, form)
            return self._form(
                request, f"Edit {name}", fields, back, name, error, lines=lines
            )
        return RedirectResponse(f"{back}?done=saved", 303)

    def new_customer(self, request: Request, form: Form | None = None) -> Response:
        """Show an empty customer's form, or create the customer."""
        realm = self._views.realm(request)
        page = ENTITY_PAGES["Customer"]
        back = f"/company/{realm.realm_id}/Customer"
        heading = "New customer"
        if form is None:
            fields = forms.fields(page, {})
            return self._form(request, heading, fields, back, page.title)
        try:
            body = forms.changes(page, {}, form)
            customer = self._engine.create(
                realm.realm_id, "Customer", body, actor=self._person(request)
            )
        except (forms.FormError, ServiceFault) as error:
            fields = _as_sent(forms.fields(page, {}), form)
            return self._form(request, heading, fields, back, page.title, error)
        return RedirectResponse(f"{back}/{customer['Id']}?done=created", 303)

    # -- merge ---------------------------------------------------------------------

    def merge(self, request: Request, form: Form | None = None) -> Response:
        """Show which record takes this one over, or let it do so."""
        realm, page = self._views.realm(request), self._views.entity_page(request)
        books = CompanyBooks(self._simulator, realm.realm_id)
        record = self._views.existing(books, page, request)
        back = f"/company/{realm.realm_id}/{page.entity}"
        here = f"{back}/{record['Id']}"
        name = showing.title(page.entity, record)
        heading = f"Merge {name}"
        fields = _survivors(books, page, record)
        told = f"All that belongs to {name} moves to the other record, and {name} goes."
        shown = (request, heading, fields, here, name)
        if form is None:
            return self._form(*shown, explanation=told, submit="Merge")
        survivor = str(form.get("survivor", ""))
        merged = (realm.realm_id, page.entity, record["Id"], survivor)
        try:
            if not survivor:
                raise forms.FormError("Choose the record to keep.")
            self._engine.merge(*merged, actor=self._person(request))
        except (forms.FormError, ServiceFault) as error:
            return self._form(*shown, error, explanation=told, submit="Merge")
        return RedirectResponse(f"{back}/{survivor}?done=merged", 303)

    # -- receive payment -----------------------------------------------------------

    def receive_payment(self, request: Request, form: Form | None = None) -> Response:
        """Show the payment form of an invoice, or enter the payment."""
        realm = self._views.realm(request)
        books = CompanyBooks(self._simulator, realm.realm_id)
        invoice = self._views.existing(books, ENTITY_PAGES["Invoice"], request)
        back = f"/company/{realm.realm_id}/Invoice/{invoice['Id']}"
        name = showing.title("Invoice", invoice)
        fields = self._payment_fields(invoice)
        if form is None:
            return self._form(request, _RECEIVE, fields, back, name, None, "Invoice")
        try:
            body = _payment(invoice, form)
            self._engine.create(
                realm.realm_id, "Payment", body, actor=self._person(request)
            )
        except (forms.FormError, ServiceFault) as error:
            sent = _as_sent(fields, form)
            return self._form(request, _RECEIVE, sent, back, name, error, "Invoice")
        return RedirectResponse(f"{back}?done=paid", 303)

    def _payment_fields(self, invoice: dict[str, Any]) -> list[dict[str, Any]]:
        today = self._simulator.clock.today().isoformat()
        rows = (
            ("Amount", "amount", "number", invoice["Balance"]),
            ("Date", "date", "date", today),
            ("Reference", "reference", "text", ""),
        )
        return [
            {"label": label, "name": name, "type": kind, "value": str(value)}
            for label, name, kind, value in rows
        ]

    # -- buttons -------------------------------------------------------------------

    def press(self, request: Request, form: Form) -> Response:
        """Do what a button beneath a record's name says."""
        realm, page = self._views.realm(request), self._views.entity_page(request)
        books = CompanyBooks(self._simulator, realm.realm_id)
        record = self._views.existing(books, page, request)
        action = request.path_params["action"]
        try:
            done = self._do(action, request, record)
        except ServiceFault as fault:
            return self._views.record(request, _words(fault), 400)
        here = f"/company/{realm.realm_id}/{page.entity}"
        if done == "deleted":
            return RedirectResponse(f"{here}?done=deleted", 303)
        return RedirectResponse(f"{here}/{record['Id']}?done={done}", 303)

    def _do(self, action: str, request: Request, record: dict[str, Any]) -> str:
        realm_id, entity = request.path_params["realm"], request.path_params["entity"]
        if action in ("active", "inactive"):
            self._update(request, record, {"Active": action == "active"})
            return action
        body = {"Id": record["Id"], "SyncToken": record["SyncToken"]}
        actor = self._person(request)
        if action == "void":
            self._engine.void(realm_id, entity, body, actor=actor)
            return "voided"
        self._engine.delete(realm_id, entity, body, actor=actor)
        return "deleted"

    def _update(
        self, request: Request, record: dict[str, Any], body: dict[str, Any]
    ) -> None:
        """Save fields; the token is the newest, a person sees what she changes."""
        realm_id, entity = request.path_params["realm"], request.path_params["entity"]
        token = {"Id": record["Id"], "SyncToken": record["SyncToken"], "sparse": True}
        needed = {"Account": ("Name", "AccountType"), "Term": ("Name",)}
        repeated = {key: record[key] for key in needed.get(entity, ())}
        self._engine.update(
            realm_id, entity, token | repeated | body, actor=self._person(request)
        )

    # -- parts ---------------------------------------------------------------------

    def _person(self, request: Request) -> str:
        people = self._simulator.auth.people
        return acting_person(people, request.path_params["realm"])

    def _form(
        self,
        request: Request,
        heading: str,
        fields: list[dict[str, Any]],
        back: str,
        back_label: str,
        error: Exception | None = None,
        current: str = "Customer",
        explanation: str = "",
        submit: str = "Save",
        lines: Sequence[dict[str, Any]] = (),
    ) -> Response:
        realm = self._views.realm(request)
        context = {
            "heading": heading,
            "fields": fields,
            "back": back,
            "back_label": back_label,
            "submit": submit,
            "explanation": explanation,
            "lines": lines,
        }
        problem = _words(error) if error else ""
        status = 400 if error else 200
        entity = request.path_params.get("entity", current)
        return self._views.page(
            request, "form.html", realm, context, entity, problem, status
        )


def _survivors(
    books: CompanyBooks, page: EntityPage, record: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return the field with all active records but this one."""
    found = books.every(page)
    choices = [
        (one["Id"], showing.title(page.entity, one))
        for one in found
        if one["Id"] != record["Id"]
    ]
    field = {
        "label": "Merge into",
        "name": "survivor",
        "type": "select",
        "value": "",
        "choices": [("", "Choose…"), *choices],
    }
    return [field]


def _payment(invoice: dict[str, Any], form: Form) -> dict[str, Any]:
    """Return the payment the form describes, applied to the invoice."""
    amount = forms.amount(str(form.get("amount", "")))
    try:
        day = date.fromisoformat(str(form.get("date", "")))
    except ValueError:
        raise forms.FormError("Choose a date.") from None
    linked = [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]
    body: dict[str, Any] = {
        "CustomerRef": {"value": invoice["CustomerRef"]["value"]},
        "TxnDate": day.isoformat(),
        "TotalAmt": amount,
        "Line": [{"Amount": min(amount, invoice["Balance"]), "LinkedTxn": linked}],
    }
    if form.get("reference"):
        body["PaymentRefNum"] = str(form["reference"])
    if "CurrencyRef" in invoice:
        body["CurrencyRef"] = {"value": invoice["CurrencyRef"]["value"]}
    if "ExchangeRate" in invoice:
        body["ExchangeRate"] = invoice["ExchangeRate"]
    return body


def _as_sent(fields: list[dict[str, Any]], form: Form) -> list[dict[str, Any]]:
    """Return the form's fields with what the person typed, for the second try."""
    return [
        {**field, "value": str(form.get(field["name"], field["value"]))}
        for field in fields
    ]


def _words(error: Exception) -> str:
    """Return an error as QuickBooks words it, without code and element."""
    if isinstance(error, ServiceFault):
        return " ".join(problem.entry()["Detail"] for problem in error.problems)
    return str(error)
