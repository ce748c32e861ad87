"""Read QuickBooks' faults, in every shape they come in, and type them.

The service writes ``Fault/Error/Message/Detail``; the gateway in front of it
writes the same words in lower case; on 401 it may answer XML although JSON was
asked for; and a fault may come with status 200. (Intuit: "Handling common
errors", "Error codes".)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from .answer import Answer
from .errors import (
    AuthenticationError,
    AuthorizationError,
    ClosedPeriodError,
    CompanyStatusError,
    DepositedError,
    DuplicateDocNumberError,
    DuplicateNameError,
    DuplicateRequestError,
    Fault,
    FaultError,
    InvalidReferenceError,
    ObjectNotFoundError,
    QueryFaultError,
    QuickBooksError,
    ServerError,
    StaleObjectError,
    SystemFaultError,
    ThrottledError,
    UnexpectedAnswerError,
    ValidationFaultError,
)

_BY_CODE: Mapping[str, type[QuickBooksError]] = {
    "120": AuthorizationError,
    "600": DuplicateRequestError,
    "610": ObjectNotFoundError,
    "2500": InvalidReferenceError,
    "3100": AuthorizationError,
    "3200": AuthenticationError,
    "3202": AuthenticationError,
    "4000": QueryFaultError,
    "4001": QueryFaultError,
    "4002": QueryFaultError,
    "5010": StaleObjectError,
    "6140": DuplicateDocNumberError,
    "6190": CompanyStatusError,
    "6200": ClosedPeriodError,
    "6210": ClosedPeriodError,
    "6240": DuplicateNameError,
    "6540": DepositedError,
    "10000": SystemFaultError,
}
_THROTTLED_CODE = "3001"
_ERROR_CODE = re.compile(r"errorCode=(\d+)")
_XML_LIMIT = 64 * 1024
# Until Intuit's monthly allowance begins anew.
_LONGEST_WAIT = 31 * 86_400.0
# People read what QuickBooks says: nobody reads a novel.
_LONGEST_TEXT = 2000


def error_of(answer: Answer) -> QuickBooksError | None:
    """Return the typed error an API answer stands for, or None if it is fine.

    :raise UnexpectedAnswerError: if a successful answer should be JSON and isn't.
    """
    faults, kind = _read(answer)
    if not faults and answer.status < 300:
        return None
    return error_for(
        faults,
        kind=kind,
        status=answer.status,
        tid=answer.tid,
        asked_wait=asked_wait(answer),
    )


def error_for(
    faults: tuple[Fault, ...],
    *,
    kind: str = "",
    status: int = 200,
    tid: str | None = None,
    asked_wait: float | None = None,
) -> QuickBooksError:
    """Return the error that fits the faults and the HTTP status.

    :param kind: the fault's ``type``, such as ``ValidationFault``.
    :param asked_wait: seconds the service asked to wait, if it did.
    """
    codes = [fault.code for fault in faults]
    if not faults and 300 <= status < 500:
        faults = (Fault(code=str(status), message=f"HTTP {status} with no reason"),)
    if status == 429 or _THROTTLED_CODE in codes:
        return ThrottledError(
            asked_wait=asked_wait, faults=faults, status=status, tid=tid
        )
    if status >= 500:
        return ServerError(
            f"{ServerError.headline} (HTTP {status}).",
            faults=faults,
            status=status,
            tid=tid,
            asked_wait=asked_wait,
        )
    return _class_for(codes, kind, status)(faults=faults, status=status, tid=tid)


def fault_in(payload: Any) -> tuple[tuple[Fault, ...], str]:
    """Return the faults in a JSON object and their type; empty if there are none.

    Both spellings are read. Used for whole answers and for parts of one: a batch
    item or a CDC part has its own fault.
    """
    body = _get(payload, "Fault", "fault")
    if not isinstance(body, Mapping):
        return (), ""
    errors = _get(body, "Error", "error")
    found = tuple(
        _fault(item)
        for item in (errors if isinstance(errors, list) else [errors])
        if isinstance(item, Mapping)
    )
    return found or (Fault(code="", message="no details given"),), _text(
        body.get("type")
    )


def asked_wait(answer: Answer) -> float | None:
    """Return the seconds of a ``Retry-After`` header, at most a month, or None.

    Only the seconds form is read: the date form needs two clocks to agree.
    """
    value = answer.headers.get("Retry-After", "").strip()
    if not (value.isascii() and value.isdigit()):
        return None
    return min(float(value[:20]), _LONGEST_WAIT)


def _class_for(codes: list[str], kind: str, status: int) -> type[QuickBooksError]:
    for code in codes:
        if code in _BY_CODE:
            return _BY_CODE[code]
    if status == 401:
        return AuthenticationError
    if status == 403:
        return AuthorizationError
    return ValidationFaultError if kind == "ValidationFault" else FaultError


def _read(answer: Answer) -> tuple[tuple[Fault, ...], str]:
    if _is_xml(answer):
        return _read_xml(answer.body)
    if answer.status < 300:
        return fault_in(answer.json())
    try:
        return fault_in(answer.json())
    except UnexpectedAnswerError:
        # An error page of some proxy: the status says enough.
        return (), ""


def _is_xml(answer: Answer) -> bool:
    if answer.content_type.endswith("xml"):
        return True
    return not answer.is_json and answer.body.lstrip().startswith(b"<?xml")


def _read_xml(body: bytes) -> tuple[tuple[Fault, ...], str]:
    # No answer of Intuit's has a document type; entities are declared in one.
    if len(body) > _XML_LIMIT or b"<!DOCTYPE" in body:
        return (), ""
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        return (), ""
    faults = tuple(
        _fault(_xml_values(node)) for node in root.iter() if _name(node) == "error"
    )
    kinds = (node.get("type", "") for node in root.iter() if _name(node) == "fault")
    return faults, next(kinds, "")


def _name(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2].lower()


def _xml_values(node: ElementTree.Element) -> dict[str, str]:
    values = {name.lower(): value for name, value in node.attrib.items()}
    values.update({_name(child): (child.text or "").strip() for child in node})
    return values


def _fault(item: Mapping[str, Any]) -> Fault:
    message = _text(_get(item, "Message", "message"))
    return Fault(
        code=_code(_text(_get(item, "code", "Code")), message),
        message=message,
        detail=_text(_get(item, "Detail", "detail")),
        element=_text(_get(item, "element", "Element")),
    )


def _code(code: str, message: str) -> str:
    """Normalise "003200", and "AuthenticationFailed" with errorCode=003200."""
    if not code.isdigit():
        found = _ERROR_CODE.search(message)
        code = found.group(1) if found else code
    return code.lstrip("0") or code


def _get(item: Any, *names: str) -> Any:
    if isinstance(item, Mapping):
        return next((item[name] for name in names if item.get(name)), None)
    return None


def _text(value: Any) -> str:
    return "" if value is None else str(value)[:_LONGEST_TEXT]
