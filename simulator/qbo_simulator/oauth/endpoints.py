"""Discovery, token, revocation, user info and key endpoints."""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from qbo_simulator.oauth.apps import App
from qbo_simulator.oauth.auth import OPENID_SCOPES
from qbo_simulator.oauth.errors import OAuthRefusal
from qbo_simulator.oauth.grants import ACCESS_SECONDS, IssuedTokens
from qbo_simulator.oauth.people import User

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator

HARD_EXPIRY_HEADER = "x-include-refresh-token-hard-expires-in"
_FORM = "application/x-www-form-urlencoded"


def base_url(request: Request) -> str:
    """Return scheme and host the client used, without a slash at the end."""
    return str(request.base_url).rstrip("/")


class OAuthEndpoints:
    """The machine-to-machine half of OAuth; the consent page is the other."""

    def __init__(self, simulator: "Simulator") -> None:
        self._simulator = simulator
        self._auth = simulator.auth

    def routes(self) -> list[Route]:
        """Return the routes under the paths Intuit uses on its several hosts."""
        known = "/.well-known/openid_configuration"
        sandbox = "/.well-known/openid_sandbox_configuration"
        return [
            Route(known, self.discovery),
            Route(known + "/", self.discovery),
            Route(sandbox, self.discovery),
            Route(sandbox + "/", self.discovery),
            Route("/oauth2/v1/tokens/bearer", self.token, methods=["POST"]),
            Route("/v2/oauth2/tokens/revoke", self.revoke, methods=["POST"]),
            Route("/v1/openid_connect/userinfo", self.userinfo),
            Route("/op/v1/jwks", self.jwks),
        ]

    # -- documents ---------------------------------------------------------------

    async def discovery(self, request: Request) -> Response:
        """Answer the discovery document with this server's own addresses."""
        base = base_url(request)
        return JSONResponse(
            {
                "issuer": f"{base}/op/v1",
                "authorization_endpoint": f"{base}/connect/oauth2",
                "token_endpoint": f"{base}/oauth2/v1/tokens/bearer",
                "userinfo_endpoint": f"{base}/v1/openid_connect/userinfo",
                "revocation_endpoint": f"{base}/v2/oauth2/tokens/revoke",
                "jwks_uri": f"{base}/op/v1/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": list(OPENID_SCOPES),
                "token_endpoint_auth_methods_supported": [
                    "client_secret_post",
                    "client_secret_basic",
                ],
                "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
            }
        )

    async def jwks(self, request: Request) -> Response:
        """Answer the public key that verifies id_tokens."""
        return JSONResponse(await run_in_threadpool(self._auth.signer.jwks))

    # -- tokens ------------------------------------------------------------------

    async def token(self, request: Request) -> Response:
        """Answer a code exchange or a refresh."""
        body = await request.body()
        return await run_in_threadpool(self._token, request, body)

    def _token(self, request: Request, body: bytes) -> Response:
        try:
            form = _form(request, body)
            app = self._client(request, form)
            issued = self._grant(app, form)
        except OAuthRefusal as refusal:
            return _refusal(refusal)
        return JSONResponse(
            self._token_body(request, issued), headers={"Cache-Control": "no-store"}
        )

    def _grant(self, app: App, form: Mapping[str, str]) -> IssuedTokens:
        grants = self._auth.grants
        kind = _required(form, "grant_type")
        if kind == "authorization_code":
            code = _required(form, "code")
            return grants.exchange(app, code, _required(form, "redirect_uri"))
        if kind == "refresh_token":
            return grants.refresh(app, _required(form, "refresh_token"))
        raise OAuthRefusal("unsupported_grant_type")

    def _token_body(
        self, request: Request, issued: IssuedTokens
    ) -> dict[str, str | int]:
        body: dict[str, str | int] = {
            "token_type": "bearer",
            "access_token": issued.access_token,
            "expires_in": ACCESS_SECONDS,
            "refresh_token": issued.refresh_token,
            "x_refresh_token_expires_in": issued.refresh_expires_in,
        }
        if request.headers.get(HARD_EXPIRY_HEADER, "").lower() == "true":
            body["x_refresh_token_hard_expires_in"] = issued.hard_expires_in
        user = self._auth.people.by_email(issued.grant.email)
        if "openid" in issued.grant.scopes and user is not None:
            now = int(self._simulator.clock.now().timestamp())
            issuer = base_url(request) + "/op/v1"
            signer = self._auth.signer
            body["id_token"] = signer.id_token(issued.grant, user.sub, issuer, now)
        return body

    async def revoke(self, request: Request) -> Response:
        """End a connection by one of its tokens; body JSON or form."""
        body = await request.body()
        return await run_in_threadpool(self._revoke, request, body)

    def _revoke(self, request: Request, body: bytes) -> Response:
        try:
            fields = _json_or_form(request, body)
            app = self._client(request, fields)
            token = _required(fields, "token")
            if not self._auth.grants.revoke(app, token):
                raise OAuthRefusal("invalid_request")
        except OAuthRefusal as refusal:
            return _refusal(refusal)
        return Response(status_code=200)

    def _client(self, request: Request, fields: Mapping[str, str]) -> App:
        """Return the key set of the request's Basic header or of its body."""
        client_id, secret = _basic(request) or (
            fields.get("client_id", ""),
            fields.get("client_secret", ""),
        )
        app = self._auth.apps.by_client_id(client_id)
        if app is None or not hmac.compare_digest(
            app.client_secret.encode(), secret.encode()
        ):
            status = int(self._simulator.switches.get("invalid_client_status"))
            raise OAuthRefusal("invalid_client", status)
        return app

    # -- user info ---------------------------------------------------------------

    async def userinfo(self, request: Request) -> Response:
        """Answer what the token's OpenID scopes allow about its user."""
        return await run_in_threadpool(self._userinfo, request)

    def _userinfo(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._auth.grants.of_access_token(token.strip())
        user = self._auth.people.by_email(grant.email) if grant else None
        if scheme.lower() != "bearer" or grant is None or user is None:
            return _refusal(OAuthRefusal("invalid_token", 401))
        if "openid" not in grant.scopes:
            return _refusal(OAuthRefusal("insufficient_scope", 403))
        return JSONResponse(_claims(user, grant.scopes))


def _claims(user: User, scopes: tuple[str, ...]) -> dict[str, object]:
    claims: dict[str, object] = {"sub": user.sub}
    if "email" in scopes:
        claims |= {"email": user.email, "emailVerified": True}
    if "profile" in scopes:
        claims |= {"givenName": user.given_name, "familyName": user.family_name}
    if "phone" in scopes:
        claims |= {"phoneNumber": user.phone, "phoneNumberVerified": True}
    if "address" in scopes:
        claims["address"] = user.address
    return claims


def _refusal(refusal: OAuthRefusal) -> Response:
    headers = {"Cache-Control": "no-store"}
    if refusal.status == 401:
        scheme = "Bearer" if refusal.error == "invalid_token" else "Basic"
        headers["WWW-Authenticate"] = f'{scheme} realm="Intuit"'
    return JSONResponse(refusal.body(), refusal.status, headers)


def _required(fields: Mapping[str, str], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise OAuthRefusal("invalid_request")
    return value


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _form(request: Request, body: bytes) -> dict[str, str]:
    """Return the form's fields; a field sent twice is refused, as RFC 6749 says."""
    if _media_type(request) != _FORM:
        raise OAuthRefusal("invalid_request")
    fields: dict[str, str] = {}
    for pair in filter(None, body.decode("utf-8", "replace").split("&")):
        name, _, value = pair.partition("=")
        name = unquote_plus(name)
        if name in fields:
            raise OAuthRefusal("invalid_request")
        fields[name] = unquote_plus(value)
    return fields


def _json_or_form(request: Request, body: bytes) -> Mapping[str, str]:
    if _media_type(request) == _FORM:
        return _form(request, body)
    try:
        fields = json.loads(body)
    except ValueError:
        raise OAuthRefusal("invalid_request") from None
    if not isinstance(fields, dict):
        raise OAuthRefusal("invalid_request")
    return fields


def _basic(request: Request) -> tuple[str, str] | None:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ("", "")
    client_id, _, secret = decoded.partition(":")
    return (unquote_plus(client_id), unquote_plus(secret))
