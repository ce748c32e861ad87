"""Intuit's OAuth 2.0: authorise, exchange, refresh, revoke.

oauthlib writes and reads the protocol; our transport carries it. Nothing here
keeps a token: the caller stores what is returned, before using it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

from oauthlib.common import add_params_to_uri
from oauthlib.oauth2 import OAuth2Error, WebApplicationClient

from . import exactjson, hosts
from .answer import Answer
from .errors import (
    AppKeysError,
    GrantError,
    OAuthError,
    OriginRefusedError,
    UnexpectedAnswerError,
)
from .transport import Transport

ACCOUNTING_SCOPE = "com.intuit.quickbooks.accounting"

# What Intuit always answers (its PHP SDK says so), used should a field be
# missing: refusing such an answer would throw a rotated refresh token away.
_ACCESS_SECONDS = 3600
_REFRESH_SECONDS = 8_726_400
# Opt-in header for the end of the grant's five years (Intuit, May 2026).
_HARD_EXPIRY_HEADER = {"x-include-refresh-token-hard-expires-in": "true"}
# A century: nothing is known to live longer.
_LONGEST_SECONDS = 100 * 366 * 86_400
_LIFE_TIMES = (
    "expires_in",
    "x_refresh_token_expires_in",
    "x_refresh_token_hard_expires_in",
)
_WORDS = ("access_token", "refresh_token", "token_type", "error", "error_description")
# What a header can carry; RFC 6749, A.12 and A.17.
_TOKEN = re.compile(r"[\x20-\x7e]+")
_ERRORS = {"invalid_grant": GrantError, "invalid_client": AppKeysError}


@dataclass(frozen=True)
class AppKeys:
    """The app's client id and secret; sandbox and production have their own."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class Endpoints:
    """What the discovery document names. It changes rarely: keep it for a day."""

    authorization: str
    token: str
    revocation: str


@dataclass(frozen=True)
class TokenSet:
    """Two tokens and when they end, as aware UTC times.

    :param refresh_hard_expires_at: end of the five years after which the person
        must log in again whatever happens; None if Intuit did not say.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_expires_at: datetime
    refresh_hard_expires_at: datetime | None = None


def utc_now() -> datetime:
    """Return the time, aware and in UTC."""
    return datetime.now(timezone.utc)


def discover(transport: Transport, discovery_url: str) -> Endpoints:
    """Fetch the discovery document.

    :param discovery_url: :data:`hosts.PRODUCTION_DISCOVERY` or
        :data:`hosts.SANDBOX_DISCOVERY`.
    :raise UnexpectedAnswerError: not the document, or a key is missing.
    :raise OriginRefusedError: it names an address secrets may not travel to.
    """
    answer = transport.request(
        "GET",
        discovery_url,
        headers={"Accept": "application/json"},
        idempotent=True,
        label="discovery",
    )
    if answer.status != 200:
        raise _unexpected(answer, "no discovery document")
    document = answer.json_object()
    return Endpoints(
        authorization=_endpoint(answer, document, "authorization_endpoint"),
        token=_endpoint(answer, document, "token_endpoint"),
        revocation=_endpoint(answer, document, "revocation_endpoint"),
    )


class OAuthClient:
    """The app, as the sign-in service knows it.

    :param now: the clock for expiry times.
    """

    def __init__(
        self,
        transport: Transport,
        keys: AppKeys,
        endpoints: Endpoints,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._transport = transport
        self._keys = keys
        self._endpoints = endpoints
        self._now = now

    def authorization_url(self, redirect_uri: str, state: str) -> str:
        """Return the address of the consent page to send the browser to.

        :param redirect_uri: exactly as registered with Intuit, no query part.
        :param state: unguessable, single use; comes back in the callback.
        """
        # Not oauthlib's prepare_request_uri: it refuses http even to this machine.
        # The endpoint was checked by discover(), which makes that exception.
        url: str = add_params_to_uri(
            self._endpoints.authorization,
            [
                ("client_id", self._keys.client_id),
                ("response_type", "code"),
                ("scope", ACCOUNTING_SCOPE),
                ("redirect_uri", redirect_uri),
                ("state", state),
            ],
        )
        return url

    def exchange(self, code: str, redirect_uri: str) -> TokenSet:
        """Turn the callback's code into tokens. A code works once.

        :param redirect_uri: the same as in :meth:`authorization_url`.
        :raise GrantError: code used, expired, or of another address or app.
        :raise AppKeysError: wrong client id or secret.
        """
        body = self._protocol().prepare_request_body(
            code=code, redirect_uri=redirect_uri, include_client_id=False
        )
        return self._tokens(body)

    def refresh(self, refresh_token: str) -> TokenSet:
        """Return fresh tokens; the refresh token may be a new one.

        Callers must let only one process at a time refresh a grant, and store the
        result before using it: the old value dies when Intuit rotates it. It is
        repeated by itself only if it surely did not arrive. After any other
        :class:`TransportError` try again later with the stored token.

        :raise GrantError: expired, revoked or rotated away; log in again.
        :raise AppKeysError: wrong client id or secret.
        """
        return self._tokens(
            self._protocol().prepare_refresh_body(refresh_token=refresh_token)
        )

    def revoke(self, token: str) -> None:
        """End the grant; either token will do, and both die.

        :raise OAuthError: Intuit refused; ``error`` says why. A token that is dead
            already may be refused too.
        """
        answer = self._transport.request(
            "POST",
            self._endpoints.revocation,
            headers={**self._headers(), "Content-Type": "application/json"},
            body=exactjson.dumps({"token": token}).encode(),
            idempotent=True,
            label="oauth revoke",
        )
        if answer.status != 200:
            raise _oauth_error(answer)

    def _protocol(self) -> WebApplicationClient:
        # A new one for each call: oauthlib's keeps the tokens it has seen.
        return WebApplicationClient(self._keys.client_id)

    def _headers(self) -> dict[str, str]:
        # RFC 6749, 2.3.1: both are form-encoded before they are joined.
        pair = f"{quote(self._keys.client_id)}:{quote(self._keys.client_secret)}"
        basic = base64.b64encode(pair.encode()).decode()
        return {"Authorization": f"Basic {basic}", "Accept": "application/json"}

    def _tokens(self, body: str) -> TokenSet:
        # Taken before the call, so that no token is thought to live longer.
        asked_at = self._now()
        answer = self._transport.request(
            "POST",
            self._endpoints.token,
            headers={
                **self._headers(),
                **_HARD_EXPIRY_HEADER,
                "Content-Type": "application/x-www-form-urlencoded",
            },
            body=body.encode(),
            idempotent=False,
            label="oauth token",
        )
        if answer.status != 200:
            raise _oauth_error(answer)
        return _token_set(answer, self._parse(answer), asked_at)

    def _parse(self, answer: Answer) -> Mapping[str, Any]:
        # json_object first: oauthlib would take other text for a form.
        values = _readable(answer.json_object())
        try:
            parsed: Mapping[str, Any] = self._protocol().parse_request_body_response(
                exactjson.dumps(values)
            )
        except OAuth2Error as err:
            # Not chained: the exception holds the answer.
            raise _unexpected(answer, f"no tokens ({err.error})") from None
        return parsed


def _token_set(answer: Answer, values: Mapping[str, Any], at: datetime) -> TokenSet:
    tokens = (values.get("access_token"), values.get("refresh_token"))
    if not all(token and _TOKEN.fullmatch(token) for token in tokens):
        raise _unexpected(answer, "an answer without both tokens")
    hard = values.get("x_refresh_token_hard_expires_in")
    return TokenSet(
        access_token=values["access_token"],
        refresh_token=values["refresh_token"],
        access_expires_at=_after(at, values.get("expires_in") or _ACCESS_SECONDS),
        refresh_expires_at=_after(
            at, values.get("x_refresh_token_expires_in") or _REFRESH_SECONDS
        ),
        refresh_hard_expires_at=None if hard is None else _after(at, hard),
    )


def _after(start: datetime, seconds: int) -> datetime:
    return start + timedelta(seconds=min(seconds, _LONGEST_SECONDS))


def _readable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that are what they should be.

    A life time that can't be read must not cost the tokens that came with it.
    """
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name in _LIFE_TIMES and str(value).isdecimal() and len(str(value)) < 12:
            found[name] = int(value)
        elif name in _WORDS and isinstance(value, str):
            found[name] = value
    return found


def _endpoint(answer: Answer, document: Mapping[str, Any], key: str) -> str:
    url = document.get(key)
    if not isinstance(url, str) or not url:
        raise _unexpected(answer, f"a discovery document without {key}")
    if not hosts.is_safe(url):
        raise OriginRefusedError(
            f"The discovery document's {key} is not an https address.",
            tid=answer.tid,
        )
    return url


def _oauth_error(answer: Answer) -> OAuthError:
    try:
        values = answer.json_object()
    except UnexpectedAnswerError:
        values = {}
    error = str(values.get("error") or "")
    words = str(values.get("error_description") or "")
    kind = _ERRORS.get(error, AppKeysError if answer.status == 401 else OAuthError)
    reason = ": ".join(part for part in (error, words) if part)
    return kind(
        f"{kind.headline} ({reason or f'HTTP {answer.status}'}).",
        error=error,
        status=answer.status,
        tid=answer.tid,
    )


def _unexpected(answer: Answer, what: str) -> UnexpectedAnswerError:
    return UnexpectedAnswerError(
        f"QuickBooks' sign-in service gave {what} (HTTP {answer.status}).",
        status=answer.status,
        tid=answer.tid,
    )
