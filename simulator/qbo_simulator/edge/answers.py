"""Answers that do not come from the API: the gateway's, and broken ones on order."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from qbo_simulator.errors import GatewayFault, ServiceFault

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator

JSON_TYPE = "application/json;charset=UTF-8"
_REASONS = {
    400: "Bad Request",
    413: "Request Entity Too Large",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Time-out",
}


@dataclass(frozen=True)
class Answer:
    """A whole HTTP answer."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_json(cls, status: int, value: Any, **headers: str) -> "Answer":
        """Return an answer with a JSON body."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return cls(status, text.encode(), {"content-type": JSON_TYPE, **headers})


def new_tid(now: float) -> str:
    """Return an ``intuit_tid``, shaped like ``1-64886bfd-1580fb751f44eb12398d8294``."""
    return f"1-{int(now):08x}-{secrets.token_hex(12)}"


def gateway_refusal(simulator: "Simulator", code: str, detail: str) -> Answer:
    """Return the gateway's own answer: 401 (3200, 3202), 403 (3100), 429 (3001).

    A 401 may come as XML whatever the client asked for; a switch decides.
    """
    fault = GatewayFault(code, detail)
    if fault.status == 401 and simulator.switches.get("gateway_401_format") == "xml":
        return Answer(401, _xml(fault), {"content-type": "application/xml"})
    return Answer.of_json(fault.status, fault.body(simulator.clock.now()))


def throttled(simulator: "Simulator", retry_after: int | None = None) -> Answer:
    """Return the 429 of a call over the limits.

    No primary source shows ``Retry-After``: it comes by switch, or when ordered.
    """
    detail = "The request limit was reached.  Try again later"
    answer = gateway_refusal(simulator, "3001", detail)
    if simulator.switches.get("throttle_body") == "upper":
        message = GatewayFault("3001").message
        fault = ServiceFault("3001", detail=detail, status=429, message=message)
        answer = Answer.of_json(429, fault.body(simulator.clock.now()))
    if retry_after is None and simulator.switches.get("retry_after") == "on":
        retry_after = 60
    if retry_after is None:
        return answer
    headers = {**answer.headers, "retry-after": str(retry_after)}
    return Answer(answer.status, answer.body, headers)


def lost_access(simulator: "Simulator") -> Answer:
    """Return the fault for a token whose user may no longer open the company."""
    detail = (
        "AuthorizationFailure: --11014-You do not have access to use"
        " QuickBooks Online Plus."
    )
    fault = ServiceFault("120", detail=detail, status=401)
    return Answer.of_json(401, fault.body(simulator.clock.now()))


def service_fault(simulator: "Simulator", settings: Mapping[str, Any]) -> Answer:
    """Return a service fault on order: code, detail, element and status."""
    fault = ServiceFault(
        str(settings.get("code", "10000")),
        element=settings.get("element", ""),
        detail=settings.get("detail", ""),
        status=settings.get("status"),
    )
    return Answer.of_json(fault.status, fault.body(simulator.clock.now()))


def bare_status(status: int) -> Answer:
    """Return a proxy's answer: a status with a line of HTML."""
    reason = _REASONS.get(status, "Internal Server Error")
    html = f"<html><head><title>{status} {reason}</title></head></html>"
    return Answer(status, html.encode(), {"content-type": "text/html"})


def _xml(fault: GatewayFault) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f"<Errors><error><code>{escape(fault.name)}</code>"
        f"<message>{escape(fault.message)}</message>"
        f"<detail>{escape(fault.detail)}</detail></error></Errors>"
    ).encode()
