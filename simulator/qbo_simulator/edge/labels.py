"""Names a call in words: ``query Customer``, ``create Invoice``, ``batch``.

Statistics count by these names and fault rules match on them.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

API_PREFIX = "/v3/company/"
OAUTH_LABELS = {
    "/oauth2/v1/tokens/bearer": "oauth token",
    "/v2/oauth2/tokens/revoke": "oauth revoke",
    "/v1/openid_connect/userinfo": "oauth userinfo",
    "/op/v1/jwks": "oauth jwks",
    "/connect/oauth2": "oauth authorize",
    "/.well-known/openid_configuration": "oauth discovery",
    "/.well-known/openid_sandbox_configuration": "oauth discovery",
}
_SINGLETONS = ("preferences", "companyinfo")
_FROM = re.compile(r"\bfrom\s+(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Call:
    """One request in words.

    ``reads`` is the number of metered reads it holds: what Intuit's partner program
    calls CorePlus (reads, queries, CDC, reports, company info); a batch holds one for
    each of its queries.
    """

    label: str
    realm_id: str = ""
    reads: int = 0

    @property
    def is_api(self) -> bool:
        """Tell whether the Accounting API is asked, in contrast to OAuth."""
        return bool(self.realm_id)


class Labeller:
    """Turns requests into Calls; knows the spelling of the entities."""

    def __init__(self, spelling: Callable[[str], str | None]) -> None:
        self._known = spelling

    def _spelling(self, lower: str) -> str:
        """Return Intuit's spelling, or what was asked for when there is none."""
        return self._known(lower) or lower

    def call(self, method: str, path: str, query: str, body: bytes) -> Call | None:
        """Return the call, or None for a path that is neither API nor OAuth."""
        if path.startswith(API_PREFIX):
            realm_id, _, rest = path.removeprefix(API_PREFIX).partition("/")
            label, reads = self._api(method, rest.strip("/"), parse_qs(query), body)
            return Call(label, realm_id, reads)
        known = OAUTH_LABELS.get(path.rstrip("/"))
        return Call(known) if known else None

    def _api(
        self, method: str, rest: str, query: dict[str, list[str]], body: bytes
    ) -> tuple[str, int]:
        parts = rest.split("/")
        head = parts[0].lower()
        if head == "query":
            return f"query {self._queried(method, query, body)}", 1
        if head == "batch":
            return "batch", _queries_in(body)
        if head == "cdc":
            return "cdc", 1
        if head == "reports":
            return f"report {parts[-1]}", 1
        if head == "upload":
            return "upload", 0
        if head == "taxservice":
            return "create TaxCode", 0
        if method == "GET":
            return self._get(head, parts)
        return self._post(head, parts, query, body), 0

    def _get(self, head: str, parts: list[str]) -> tuple[str, int]:
        if head in _SINGLETONS:
            return head, 1
        verb = parts[2] if len(parts) > 2 else "read"
        return f"{verb} {self._spelling(head)}", 1

    def _post(
        self, head: str, parts: list[str], query: dict[str, list[str]], body: bytes
    ) -> str:
        entity = self._spelling(head)
        if len(parts) > 2:
            return f"{parts[2]} {entity}"
        if "void" in query.get("include", []):
            return f"void {entity}"
        operation = query.get("operation", [""])[0].lower()
        if operation in ("delete", "void", "update"):
            return f"{operation} {entity}"
        return f"{'update' if _has_id(body) else 'create'} {entity}"

    def _queried(self, method: str, query: dict[str, list[str]], body: bytes) -> str:
        statement = query.get("query", [""])[0]
        if method == "POST" and body:
            statement = body.decode("utf-8", "replace")
        match = _FROM.search(statement)
        return self._spelling(match.group(1).lower()) if match else "?"


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _has_id(body: bytes) -> bool:
    return bool(_parsed(body).get("Id"))


def _queries_in(body: bytes) -> int:
    items = _parsed(body).get("BatchItemRequest")
    if not isinstance(items, list):
        return 0
    kinds = ("Query", "ReportQuery", "CDCQuery")
    return sum(
        1 for item in items if isinstance(item, dict) and any(k in item for k in kinds)
    )
