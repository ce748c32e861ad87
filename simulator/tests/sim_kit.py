"""What the HTTP tests share: a client that behaves like an app, and like a person."""

from urllib.parse import parse_qs, urlsplit

import requests

from qbo_simulator.server import SimulatorServer

REDIRECT = "http://127.0.0.1:8069/quickbooks/callback"
ACCOUNTING = "com.intuit.quickbooks.accounting"
HELEN = "helen.marsh@accounts.example"
TOM = "tom.okafor@accounts.example"
PRIYA = "priya.shah@accounts.example"


class AppClient:
    """Talks to a server as an app does, and clicks its consent page as a person."""

    def __init__(self, server: SimulatorServer, environment: str = "sandbox") -> None:
        self.server = server
        self.app = server.simulator.auth.apps.of(environment)
        self.http = requests.Session()
        self.browser = requests.Session()

    def authorize_url(self, **changes: str | None) -> str:
        query = {
            "client_id": self.app.client_id,
            "response_type": "code",
            "scope": ACCOUNTING,
            "redirect_uri": REDIRECT,
            "state": "s-1",
            **changes,
        }
        kept = {name: value for name, value in query.items() if value is not None}
        url = self.server.url + "/connect/oauth2"
        return requests.Request("GET", url, params=kept).prepare().url or ""

    def click(self, url: str, step: str = "", **form: str) -> requests.Response:
        """Post a form of the consent page and do not leave for the app."""
        address = url.replace("/connect/oauth2", "/connect/oauth2" + step)
        follow = bool(step)
        return self.browser.post(address, data=form, allow_redirects=follow)

    def consent(self, user: str, realm_id: str, **changes: str) -> dict[str, str]:
        """Go through the consent page; return what the app's callback gets."""
        url = self.authorize_url(**changes)
        self.click(url, "/sign-in", user=user)
        answer = self.click(url, decision="connect", realm_id=realm_id)
        return callback(answer)

    def token(self, **form: str) -> requests.Response:
        keys = (self.app.client_id, self.app.client_secret)
        url = self.server.url + "/oauth2/v1/tokens/bearer"
        return self.http.post(url, data=form, auth=keys)

    def exchange(self, code: str, redirect_uri: str = REDIRECT) -> requests.Response:
        return self.token(
            grant_type="authorization_code", code=code, redirect_uri=redirect_uri
        )

    def refresh(self, refresh_token: str) -> requests.Response:
        return self.token(grant_type="refresh_token", refresh_token=refresh_token)

    def api(self, token: str, realm_id: str, path: str = "") -> requests.Response:
        """Read the company, or another path of the API, with a token."""
        url = f"{self.server.url}/v3/company/{realm_id}/"
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return self.http.get(url + (path or f"companyinfo/{realm_id}"), headers=headers)

    def control(self, path: str, method: str = "POST", **body: object):
        """Ask the control plane; return its answer."""
        url = self.server.url + "/_sim/" + path
        return self.http.request(method, url, json=body or None)


def callback(answer: requests.Response) -> dict[str, str]:
    """Return the parameters of the redirect to the app."""
    assert answer.status_code == 302, answer.text
    location = answer.headers["location"]
    assert location.startswith(REDIRECT + "?")
    return {
        name: values[0] for name, values in parse_qs(urlsplit(location).query).items()
    }
