"""Renders the package's templates."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

FOLDER = Path(__file__).parent
STATIC_FOLDER = FOLDER / "static"

_SYMBOLS = {"GBP": "£", "USD": "$", "EUR": "€"}


def money(value: object, currency: str = "") -> str:
    """Return an amount with separators, two decimals and its currency's sign."""
    if value in (None, ""):
        return ""
    amount = Decimal(str(value))
    sign = "-" if amount < 0 else ""
    symbol = _SYMBOLS.get(currency, f"{currency} " if currency else "")
    return f"{sign}{symbol}{abs(amount):,.2f}"


_environment = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["money"] = money


def render(
    request: Request,
    template: str,
    context: Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a template's page; it knows the request's ``path`` and ``query``."""
    page = _environment.get_template(template)
    address = {"query": request.url.query, "path": request.url.path}
    return HTMLResponse(page.render({**address, **context}), status, headers)
