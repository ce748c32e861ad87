"""The control plane's manners: JSON in and out, unknown keys refused with the known."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from qbo_simulator import jsontext
from qbo_simulator.errors import ServiceFault
from qbo_simulator.oauth.endpoints import base_url

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator


_HUGE = 1e12
_logger = logging.getLogger(__name__)


class ControlError(ValueError):
    """A wish that cannot be granted; answered 400 with the reason in words."""


@dataclass(frozen=True)
class Wish:
    """One checked request to the control plane."""

    simulator: "Simulator"
    fields: Mapping[str, Any]
    path: Mapping[str, str]
    base: str

    def get(self, name: str, default: Any = None) -> Any:
        """Return a field or the default."""
        return self.fields.get(name, default)

    def required(self, name: str) -> Any:
        """Return a field; ControlError when it is missing."""
        if name not in self.fields:
            raise ControlError(f"{name} is required")
        return self.fields[name]

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a true or false field."""
        value = self.get(name, default)
        if not isinstance(value, bool):
            raise ControlError(f"{name} must be true or false")
        return value

    def number(self, name: str, default: float = 0, unit: str = "") -> float:
        """Return a number."""
        value = self.get(name, default)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number:
            of = f" of {unit}" if unit else ""
            raise ControlError(f"{name} must be a number{of}")
        return float(value)

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        """Return a whole number between two, also where it comes as text."""
        value = self.get(name, default)
        if isinstance(value, str) and value.isascii() and value[:12].isdigit():
            value = int(value[:12])
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if not is_whole or not least <= value <= most:
            raise ControlError(f"{name} must be a whole number from {least} to {most}")
        return int(value)

    def realm_id(self) -> str:
        """Return the named company's realm id, or the only or first company's."""
        realms = [realm.realm_id for realm in self.simulator.store.realms()]
        wanted = str(self.get("realm_id") or (realms[0] if realms else ""))
        if wanted not in realms:
            known = ", ".join(realms) or "none"
            raise ControlError(f"no company {wanted or '(none given)'}; known: {known}")
        return wanted


Handler = Callable[[Wish], Any]
Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint(
    simulator: "Simulator", handler: Handler, known: tuple[str, ...] | None
) -> Endpoint:
    """Return the web endpoint of a handler; ``known`` None lets any key through."""

    async def answer(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(
            _answer, simulator, handler, known, request, body
        )

    return answer


def _answer(
    simulator: "Simulator",
    handler: Handler,
    known: tuple[str, ...] | None,
    request: Request,
    body: bytes,
) -> Response:
    try:
        fields = _fields(request, body)
        _check_known(fields, known)
        wish = Wish(simulator, fields, request.path_params, base_url(request))
        return _json(handler(wish))
    except ControlError as error:
        problem: dict[str, Any] = {"error": str(error)}
        if known is not None:
            problem["known"] = sorted(known)
        return _json(problem, 400)
    except ServiceFault as fault:
        return _json(fault.body(simulator.clock.now()), fault.status)
    except Exception as error:
        _logger.exception("%s %s failed", request.method, request.url.path)
        return _json({"error": f"the simulator failed: {error!r}"}, 500)


def _json(value: Any, status: int = 200) -> Response:
    return Response(jsontext.dumps(value), status, media_type="application/json")


def _fields(request: Request, body: bytes) -> Mapping[str, Any]:
    if request.method == "GET" or not body.strip():
        return dict(request.query_params)
    try:
        fields = jsontext.loads(body)
    except (ValueError, RecursionError):
        raise ControlError("the body is not JSON") from None
    if not isinstance(fields, dict):
        raise ControlError("the body must be a JSON object")
    return {name: _plain_number(name, value) for name, value in fields.items()}


def _plain_number(name: str, value: Any) -> Any:
    """Return a wish's own number as float; amounts inside records stay exact."""
    if isinstance(value, (int, Decimal)) and not -_HUGE < value < _HUGE:
        raise ControlError(f"{name} is too large a number")
    return float(value) if isinstance(value, Decimal) else value


def _check_known(fields: Mapping[str, Any], known: tuple[str, ...] | None) -> None:
    unknown = sorted(set(fields) - set(known)) if known is not None else []
    if unknown:
        raise ControlError(f"unknown: {', '.join(unknown)}")
