"""The pages a person sees on the way from an app to QuickBooks and back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from qbo_simulator.oauth.apps import App
from qbo_simulator.oauth.auth import SCOPES
from qbo_simulator.oauth.errors import ConsentRefusal
from qbo_simulator.oauth.people import User
from qbo_simulator.pages.templating import render
from qbo_simulator.store import Realm

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator

PATH = "/connect/oauth2"
_COOKIE = "qbo_simulator_user"
_BAD_CLIENT = "The client_id query parameter value is missing or unknown."
_BAD_REDIRECT = (
    "The redirect_uri query parameter value is invalid. Make sure it is listed in the"
    " Redirect URIs section on your app's keys tab and matches it exactly."
)
_BAD_REQUEST = (
    "The response_type query parameter must be code and the state query parameter is"
    " required."
)
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


@dataclass(frozen=True)
class ConsentRequest:
    """A checked authorization request."""

    app: App
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    nonce: str

    def callback(self, **parameters: str) -> str:
        """Return the app's address with the outcome and the app's own state."""
        return f"{self.redirect_uri}?{urlencode({**parameters, 'state': self.state})}"


class ConsentPages:
    """Sign in, choose a company, connect or cancel."""

    def __init__(self, simulator: "Simulator") -> None:
        self._simulator = simulator
        self._auth = simulator.auth

    def routes(self) -> list[Route]:
        """Return the routes of the consent page."""
        return [
            Route(PATH, self.show, methods=["GET"]),
            Route(f"{PATH}/sign-in", self.sign_in, methods=["POST"]),
            Route(f"{PATH}/sign-out", self.sign_out, methods=["POST"]),
            Route(PATH, self.decide, methods=["POST"]),
        ]

    # -- endpoints ---------------------------------------------------------------

    async def show(self, request: Request) -> Response:
        """Show the page that is due: sign in, choose a company, or what is wrong."""
        return await run_in_threadpool(self._show, request)

    async def sign_in(self, request: Request) -> Response:
        """Remember who is in front of the screen and go on to the companies."""
        form = await request.form()
        response = _back_to_show(request)
        response.set_cookie(
            _COOKIE, str(form.get("user", "")), httponly=True, samesite="lax"
        )
        return response

    async def sign_out(self, request: Request) -> Response:
        """Forget who is in front of the screen."""
        response = _back_to_show(request)
        response.delete_cookie(_COOKIE)
        return response

    async def decide(self, request: Request) -> Response:
        """Send the person back to the app with a code, or with their refusal."""
        form = await request.form()
        return await run_in_threadpool(self._decide, request, form)

    # -- steps -------------------------------------------------------------------

    def _show(self, request: Request) -> Response:
        try:
            wanted = self._checked(request)
        except ConsentRefusal as refusal:
            return self._refused(request, refusal)
        approval = self._simulator.switches.get("auto_approve")
        if approval != "off":
            return self._approve_by_itself(request, wanted, approval)
        user = self._signed_in(request)
        if user is None:
            people = self._auth.people.all()
            return self._page(request, "consent_sign_in.html", wanted, people=people)
        return self._choose_company(request, wanted, user)

    def _denial(self) -> dict[str, str]:
        denial = {"error": "access_denied"}
        if self._simulator.switches.get("denied_description") == "on":
            denial["error_description"] = "The user did not consent"
        return denial

    def _choose_company(
        self, request: Request, wanted: ConsentRequest, user: User, note: str = ""
    ) -> Response:
        return self._page(
            request,
            "consent_company.html",
            wanted,
            user=user,
            companies=self._companies(wanted.app, user),
            note=note,
        )

    def _decide(self, request: Request, form: FormData) -> Response:
        try:
            wanted = self._checked(request)
        except ConsentRefusal as refusal:
            return self._refused(request, refusal)
        if form.get("decision") == "cancel":
            return self._go(wanted.callback(**self._denial()))
        user = self._signed_in(request)
        if user is None:
            return _back_to_show(request)
        realm_id = str(form.get("realm_id", ""))
        allowed = {company.realm_id for company in self._companies(wanted.app, user)}
        if form.get("decision") != "connect" or realm_id not in allowed:
            note = "Choose the company you want to connect."
            return self._choose_company(request, wanted, user, note)
        return self._connect(wanted, user.email, realm_id)

    def _approve_by_itself(
        self, request: Request, wanted: ConsentRequest, approval: object
    ) -> Response:
        """Consent as the switch says: the first user and company that can."""
        named = approval if isinstance(approval, dict) else {}
        for user in self._auth.people.all():
            for company in self._companies(wanted.app, user):
                if named.get("user", user.email) == user.email and (
                    named.get("realm_id", company.realm_id) == company.realm_id
                ):
                    return self._connect(wanted, user.email, company.realm_id)
        refusal = ConsentRefusal(
            "Nobody can approve this",
            "No user has access to a company that these keys may reach.",
        )
        return self._refused(request, refusal)

    def _connect(self, wanted: ConsentRequest, email: str, realm_id: str) -> Response:
        code = self._auth.grants.issue_code(
            wanted.app,
            wanted.redirect_uri,
            realm_id,
            email,
            wanted.scopes,
            wanted.nonce,
        )
        return self._go(wanted.callback(code=code, realmId=realm_id))

    # -- parts -------------------------------------------------------------------

    def _checked(self, request: Request) -> ConsentRequest:
        """Return the request if Intuit would show the consent page for it.

        A wrong client or address must never be redirected to (RFC 6749, 4.1.2.1);
        Intuit shows its own page for wrong scopes as well.
        """
        query = request.query_params
        app = self._checked_app(query.get("client_id", ""))
        redirect_uri = query.get("redirect_uri", "")
        if not app.allows_redirect(redirect_uri):
            raise ConsentRefusal(f"Sorry, but {app.name} didn't connect", _BAD_REDIRECT)
        if query.get("response_type") != "code" or not query.get("state"):
            raise ConsentRefusal(f"Sorry, but {app.name} didn't connect", _BAD_REQUEST)
        return ConsentRequest(
            app,
            redirect_uri,
            self._checked_scopes(app, query.get("scope", "")),
            query["state"],
            query.get("nonce", ""),
        )

    def _checked_app(self, client_id: str) -> App:
        app = self._auth.apps.by_client_id(client_id)
        if app is None:
            raise ConsentRefusal("Sorry, but we can't find that app", _BAD_CLIENT)
        return app

    @staticmethod
    def _checked_scopes(app: App, scope: str) -> tuple[str, ...]:
        scopes = tuple(scope.split())
        accounting = any(name.startswith("com.intuit.") for name in scopes)
        if not accounting or any(name not in SCOPES for name in scopes):
            raise ConsentRefusal(
                "Invalid permissions requested",
                f"{app.name} asked for permissions (the scope query parameter) that"
                " it may not have.",
            )
        return scopes

    def _companies(self, app: App, user: User) -> list[Realm]:
        """Return the companies of the key set's environment the user may open."""
        realms = self._auth.people.realms_of(user.email)
        return [
            realm
            for realm in self._simulator.store.realms()
            if realm.realm_id in realms and realm.environment == app.environment
        ]

    def _signed_in(self, request: Request) -> User | None:
        return self._auth.people.by_email(request.cookies.get(_COOKIE, ""))

    def _page(
        self, request: Request, template: str, wanted: ConsentRequest, **context: object
    ) -> Response:
        return render(
            request, template, {"wanted": wanted, **context}, headers=_HEADERS
        )

    @staticmethod
    def _refused(request: Request, refusal: ConsentRefusal) -> Response:
        context = {"refusal": refusal}
        return render(request, "consent_error.html", context, 400, _HEADERS)

    @staticmethod
    def _go(location: str) -> Response:
        return RedirectResponse(location, 302, _HEADERS)


def _back_to_show(request: Request) -> Response:
    return RedirectResponse(f"{PATH}?{request.url.query}", 303, _HEADERS)
