"""The simulator as the library's tests use it: over real HTTP only."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from qbo import statements
from qbo.client import QuickBooksClient
from qbo.oauth import AppKeys, OAuthClient, discover
from qbo.transport import Transport

REDIRECT_URI = "http://127.0.0.1:9/quickbooks/callback"


class Control:
    """The control plane of a running simulator."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str, **fields: Any) -> Any:
        return self._call("GET", path, params=fields)

    def post(self, path: str, **fields: Any) -> Any:
        return self._call("POST", path, json=fields)

    def delete(self, path: str, **fields: Any) -> Any:
        return self._call("DELETE", path, json=fields)

    def fault(self, kind: str, label: str, **settings: Any) -> None:
        """Let the next call with this label go wrong."""
        self.post("/faults", kind=kind, match={"label": label}, **settings)

    def _call(self, method: str, path: str, **content: Any) -> Any:
        address = f"{self.url}/_sim{path}"
        answer = requests.request(method, address, timeout=60, **content)
        assert answer.status_code == 200, answer.text
        return answer.json()


class Tokens:
    """Hands out access tokens and remembers what it was asked."""

    def __init__(self, current: str, fresh: str = "") -> None:
        self._tokens = [current, fresh]
        self.asked: list[bool] = []

    def __call__(self, force_refresh: bool) -> str:
        self.asked.append(force_refresh)
        return self._tokens[force_refresh]


def client_of(
    transport: Transport, credentials: dict[str, str], tokens: Tokens | None = None
) -> QuickBooksClient:
    """Return a client of the company the credentials are for."""
    return QuickBooksClient(
        transport,
        credentials["api_url"],
        credentials["realm_id"],
        tokens or Tokens(credentials["access_token"]),
    )


def oauth_of(
    transport: Transport, credentials: dict[str, str], **options: Any
) -> OAuthClient:
    """Return the app as the sign-in service knows it."""
    keys = AppKeys(credentials["client_id"], credentials["client_secret"])
    endpoints = discover(transport, credentials["discovery_url"])
    return OAuthClient(transport, keys, endpoints, **options)


def approve(address: str) -> dict[str, str]:
    """Open the consent page, which approves by itself, and return the callback."""
    answer = requests.get(address, allow_redirects=False, timeout=10)
    assert answer.is_redirect, answer.text
    fields = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in fields.items()}


def display_name_is(name: str) -> str:
    """Return the condition that finds a customer by name."""
    return statements.condition("DisplayName", "=", name)
