"""The contract's files as the client meets them; see simulator/contract/README.md."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from qbo_wire import Request, http

from qbo import exactjson
from qbo.client import QuickBooksClient
from qbo.errors import QuickBooksError
from qbo.oauth import AppKeys, Endpoints, OAuthClient, TokenSet
from qbo.results import BatchItem, BatchResult, CdcAnswer, QueryPage
from qbo.transport import Transport
from qbo.webhooks import parse

FOLDER = Path(__file__).parents[4] / "simulator" / "contract"
REALM = "9130350000000000"
# What every call of the client carries of its own accord.
_OWN = ("minorversion", "requestid")
_NAME = re.compile(r"\{([a-z_]+)\}")
_REASONS = {200: "OK"}


def load(path: Path) -> dict[str, Any]:
    """Return a file with its names replaced by their examples, and exact numbers."""
    case = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    names = {"realm": REALM, **case.get("examples", {})}
    return filled(case, names)


def filled(value: Any, names: Mapping[str, str]) -> Any:
    """Return a value with every ``{name}`` replaced that is known."""
    if isinstance(value, str):
        return _NAME.sub(lambda match: names.get(match[1], match[0]), value)
    if isinstance(value, list):
        return [filled(one, names) for one in value]
    if isinstance(value, Mapping):
        return {key: filled(one, names) for key, one in value.items()}
    return value


def files(*, webhooks: bool = False) -> list[Path]:
    """Return the files that say what the client makes of them."""
    found = sorted(FOLDER.glob("*/*.json"))
    return [
        path
        for path in found
        if "client" in (case := json.loads(path.read_text(encoding="utf-8")))
        and ("webhook" in case) is webhooks
    ]


def served(case: Mapping[str, Any]) -> bytes:
    """Return the file's response as it goes over the wire."""
    response = case["response"]
    text = response.get("text")
    if text is None:
        text = exactjson.dumps(response["body"])
    headers = [
        f"{name}: {value}" for name, value in response.get("headers", {}).items()
    ]
    kind = [line for line in headers if line.startswith("content-type")]
    headers = [f"Content-Type{line[12:]}" for line in kind] + [
        line for line in headers if line not in kind
    ]
    status = response["status"]
    reason = _REASONS.get(status, "As The File Says")
    return http(f"{status} {reason}", text.encode(), *headers)


class Caller:
    """Makes the call a file names, and puts what comes of it into plain values."""

    def __init__(self, transport: Transport, url: str, case: Mapping[str, Any]) -> None:
        self._case = case
        self._client = QuickBooksClient(transport, url, _realm(case), lambda _: "token")
        self._oauth = OAuthClient(
            transport,
            AppKeys("ABcd", "secret"),
            Endpoints(
                authorization=f"{url}/connect/oauth2",
                token=f"{url}/oauth2/v1/tokens/bearer",
                revocation=f"{url}/v2/oauth2/tokens/revoke",
            ),
            now=lambda: _NOW,
        )

    def made(self) -> dict[str, Any]:
        """Return what the client gives, or the error it raises."""
        wish = self._case["client"]
        owner = self._oauth if hasattr(self._oauth, wish["call"]) else self._client
        given = [self._argument(wish["call"], one) for one in wish.get("with", ())]
        try:
            answer = getattr(owner, wish["call"])(*given, **wish.get("options", {}))
        except QuickBooksError as error:
            return _error(error)
        return self._plain(answer)

    @staticmethod
    def _argument(call: str, value: Any) -> Any:
        if call == "batch" and isinstance(value, list):
            return [BatchItem(**item) for item in value]
        if call == "cdc" and isinstance(value, str):
            return datetime.fromisoformat(value)
        return value

    def _plain(self, answer: Any) -> dict[str, Any]:
        if answer is None:
            return {"nothing": True}
        if isinstance(answer, TokenSet):
            return self._tokens(answer)
        if isinstance(answer, CdcAnswer):
            return {
                "changed": {
                    name: [row["Id"] for row in rows]
                    for name, rows in answer.changed.items()
                    if rows
                },
                "deleted": {name: ids for name, ids in answer.deleted.items() if ids},
                "capped": answer.capped,
            }
        if isinstance(answer, list):
            return {"results": [_result(one) for one in answer]}
        if isinstance(answer, QueryPage):
            return _page(answer)
        return {"record": answer}

    def _tokens(self, tokens: TokenSet) -> dict[str, Any]:
        sent = self._case["client"]["with"][0]
        return {
            "access_seconds": (tokens.access_expires_at - _NOW).total_seconds(),
            "refresh_seconds": (tokens.refresh_expires_at - _NOW).total_seconds(),
            "hard": tokens.refresh_hard_expires_at is not None,
            "refresh_token": tokens.refresh_token,
            "rotated": tokens.refresh_token != sent,
        }


_NOW = datetime.fromisoformat("2026-03-01T12:00:00+00:00")


def _realm(case: Mapping[str, Any]) -> str:
    """Return the company the request is for: a path may name another one."""
    path = case["request"]["path"]
    start = "/v3/company/"
    return (
        path.removeprefix(start).partition("/")[0]
        if path.startswith(start)
        else (REALM)
    )


def _error(error: QuickBooksError) -> dict[str, Any]:
    return {
        "error": type(error).__name__,
        "code": error.code,
        "element": error.element,
        "status": error.status,
        "retryable": error.retryable,
        "sent": error.sent,
        "retry_after": getattr(error, "retry_after", None),
    }


def _page(page: QueryPage) -> dict[str, Any]:
    return {"rows": len(page), "start": page.start, "total": page.total_count}


def _result(result: BatchResult) -> dict[str, Any]:
    if result.error:
        return _error(result.error)
    return _page(result.page) if result.page else {"record": result.record}


def events_of(body: bytes) -> list[list[str]]:
    """Return the events of a webhook's body in a file's order of their parts."""
    parts = ("realm_id", "entity", "entity_id", "operation", "deleted_id")
    return [[asdict(event)[part] for part in parts] for event in parse(body)]


def differences(wanted: Any, got: Any, path: str = "") -> list[str]:
    """Return where what came of it lacks what the file names."""
    if isinstance(wanted, Mapping) and isinstance(got, Mapping):
        return [
            line
            for key, value in wanted.items()
            for line in differences(value, got.get(key), f"{path}/{key}")
        ]
    if isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        return [
            line
            for number, value in enumerate(wanted)
            for line in differences(value, got[number], f"{path}/{number}")
        ]
    return [] if wanted == got else [f"{path}: wanted {wanted!r}, got {got!r}"]


def asked(case: Mapping[str, Any]) -> tuple[str, str, list[tuple[str, str]], Any]:
    """Return method, path, parameters and body of a file's request."""
    request = case["request"]
    path = request["path"]
    if not path.startswith("/"):
        path = f"/v3/company/{REALM}/{path}"
    body = request.get("body", request.get("form"))
    return request["method"], path, _parameters(request.get("query", {}).items()), body


def sent(request: Request) -> tuple[str, str, list[tuple[str, str]], Any]:
    """Return the same of a request as it came over the wire."""
    method, address, _version = request.line.split(" ")
    parts = urlsplit(address)
    kind = request.headers.get("content-type", "")
    body: Any = None
    if "json" in kind:
        body = json.loads(request.body, parse_float=Decimal)
    elif "form" in kind:
        body = dict(parse_qsl(request.body.decode()))
    return method, parts.path, _parameters(parse_qsl(parts.query)), body


def _parameters(pairs: Any) -> list[tuple[str, str]]:
    return sorted((name, value) for name, value in pairs if name not in _OWN)
