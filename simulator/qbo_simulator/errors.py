"""Intuit's faults: their codes, wording and the two shapes they come in.

The wordings are those of qbo-api.md section 5; clients match on code and text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qbo_simulator.clock import answer_time

MESSAGES: Mapping[str, str] = {
    "120": "Authorization Failure",
    "130": "Wrong cluster",
    "140": "Company locked out",
    "150": "Company under maintenance",
    "400": "MalformedRequest",
    "500": "Unsupported Operation",
    "600": "Duplicate Request ID",
    "610": "Object Not Found",
    "620": "Transaction cannot be linked",
    "630": "Duplicate object",
    "700": "Parent reference invalid",
    "800": "Cannot delete object",
    "900": "Parent cannot be child",
    "1000": "Operation failed",
    "1010": "Create failed",
    "1020": "Update failed",
    "1040": "Batch size exceeds allowed limit",
    "1050": "Invalid content type",
    "2000": "Invalid or unsupported object name",
    "2010": "Request has invalid or unsupported property",
    "2020": "Required param missing, need to supply the required value for the API",
    "2030": "Invalid ID",
    "2040": "Invalid String",
    "2050": "Invalid String. The string is either too short or too long",
    "2060": "Invalid Date Format",
    "2070": "Invalid Date",
    "2080": "Invalid Number Format",
    "2090": "Invalid Number",
    "2100": "Invalid Decimal Format",
    "2110": "Invalid Decimal",
    "2120": "Invalid Type",
    "2130": "Invalid Request Id format",
    "2140": "Invalid Amount",
    "2150": "Invalid Percent",
    "2160": "Invalid Quantity",
    "2170": "Invalid Enumeration",
    "2180": "Invalid string range",
    "2190": "Invalid date range",
    "2200": "Malformed URL",
    "2210": "Invalid Email Address format",
    "2220": "Invalid currency type",
    "2230": "Invalid boolean",
    "2240": "Invalid number range",
    "2250": "Missing lines",
    "2260": "PostingType missing",
    "2270": "TaxApplicableOn missing",
    "2280": "TaxAmount missing",
    "2290": "Negative amount not supported on lines",
    "2300": "Debits not equal to credits",
    "2500": "Invalid Reference Id",
    "2600": "Conflicting elements in request",
    "3000": "Invalid custom field",
    "4000": "Error parsing query",
    "4001": "Invalid query",
    "4002": "Error processing query",
    "5000": "Deprecated field",
    "5010": "Stale Object Error",
    "5020": "Permission denied",
    "5030": "Feature not supported",
    "6000": "A business validation error has occurred while processing your request",
    "6010": "Account type missing",
    "6020": "Content length missing",
    "6030": "Upload too large",
    "6040": "Metadata must be Attachable",
    "6041": "Invalid file",
    "6050": "Entity type not allowed",
    "6060": "Opening balance date missing",
    "6070": "Amount calculation incorrect in the request",
    "6080": "No name provided",
    "6090": "Discount line is missing information",
    "6100": "Invalid line TaxCode in the request",
    "6110": "Merchant account transaction cannot be updated",
    "6120": "Merchant account transaction cannot be deleted",
    "6130": "Cannot change who customer bills with",
    "6140": "Duplicate Document Number Error",
    "6150": "ParentRef required",
    "6160": "CustomSalesTax cannot be used on create",
    "6170": "TxnTaxDetail not allowed with GlobalTaxCalculation NotApplicable",
    "6180": "Maximum depth of hierarchy exceeded",
    "6190": "Invalid Company Status",
    "6200": "Account Period Closed",
    "6210": "Account Period Closed, Password Needed",
    "6220": "Cannot delete: open balance",
    "6230": "CustomSalesTax cannot be used on update",
    "6240": "Duplicate Name Exists Error",
    "6250": "Invalid sales customer",
    "6270": "Inventory transaction before start date",
    "6280": "Cannot delete: unbilled charges",
    "6420": "Email address required",
    "6430": "Invalid account type used",
    "6440": "Transaction detail information required",
    "6450": "Void failed, already settled",
    "6470": "Tax not allowed or no tax rate",
    "6480": "Matched transaction delete error",
    "6540": "Deposited Transaction cannot be changed",
    "10000": "An application error has occurred while processing your request",
    "10100": "Result set too big",
    "10200": "Company has been reset",
}
_TYPES = {"10000": "SystemFault", "120": "AuthorizationFault"}
_STATUS = {"10000": 500, "120": 401}

INACTIVE = (
    "Something you're trying to use has been made inactive. Check the fields with"
    " accounts, customers, items, vendors or employees."
)
GONE = "Another user has deleted this transaction."


@dataclass(frozen=True)
class Problem:
    """One entry of a fault's ``Error`` list."""

    code: str
    element: str = ""
    detail: str = ""
    message: str = ""

    def entry(self) -> dict[str, str]:
        """Return it in Intuit's shape."""
        return {
            "Message": self.message or MESSAGES.get(self.code, ""),
            "Detail": self.detail or MESSAGES.get(self.code, ""),
            "code": self.code,
            "element": self.element,
        }


class ServiceFault(Exception):
    """A fault of the Accounting API itself; HTTP 400 unless the code says other."""

    def __init__(
        self,
        code: str,
        element: str = "",
        detail: str = "",
        status: int | None = None,
        message: str = "",
    ) -> None:
        super().__init__(f"{code} {detail or MESSAGES.get(code, '')}")
        self.problems: Sequence[Problem] = (Problem(code, element, detail, message),)
        self.status = status or _STATUS.get(code, 400)

    @property
    def code(self) -> str:
        """The first problem's code."""
        return self.problems[0].code

    def fault(self) -> dict[str, Any]:
        """Return the ``Fault`` object, as it stands in answers and batch items."""
        return {
            "Error": [problem.entry() for problem in self.problems],
            "type": _TYPES.get(self.code, "ValidationFault"),
        }

    def body(self, now: datetime) -> dict[str, Any]:
        """Return the whole answer."""
        return {"Fault": self.fault(), "time": answer_time(now)}


GATEWAY: Mapping[str, tuple[str, str, int, str]] = {
    "3001": ("ThrottleExceeded", "003001", 429, "SERVICE"),
    "3100": ("ApplicationAuthorizationFailed", "003100", 403, "SERVICE"),
    "3200": ("AuthenticationFailed", "003200", 401, "AUTHENTICATION"),
    "3202": ("EmptyField", "003202", 401, "AUTHENTICATION"),
}
_NULLS = (
    "report",
    "queryResponse",
    "batchItemResponse",
    "attachableResponse",
    "syncErrorResponse",
)


class GatewayFault(Exception):
    """A refusal by the gateway before the API: 401, 403, 429; lower-case shape."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}")
        self.code = code
        self.detail = detail
        self.name, self._number, self.status, self.type = GATEWAY[code]

    @property
    def message(self) -> str:
        """The gateway's wording: name, number and status in one line."""
        number, status = self._number, self.status
        return f"message={self.name}; errorCode={number}; statusCode={status}"

    def body(self, now: datetime) -> dict[str, Any]:
        """Return the whole answer; its ``time`` is in milliseconds since 1970."""
        error = {
            "message": self.message,
            "detail": self.detail,
            "code": self.code,
            "element": None,
        }
        body: dict[str, Any] = {"warnings": None, "intuitObject": None}
        body["fault"] = {"error": [error], "type": self.type}
        body.update(dict.fromkeys(_NULLS))
        body.update(requestId=None, time=int(now.timestamp() * 1000), status=None)
        body["cdcresponse"] = []
        return body


def not_found(detail: str = GONE) -> ServiceFault:
    """Return the fault for an id that is not there (any more): 400, not 404."""
    return ServiceFault("610", detail=f"Object Not Found : {detail}")


def business(detail: str, element: str = "") -> ServiceFault:
    """Return a 6000 with Intuit's usual start of the detail."""
    return ServiceFault("6000", element, f"Business Validation Error: {detail}")


def required(element: str) -> ServiceFault:
    """Return a 2020 for a missing parameter."""
    detail = f"Required parameter {element} is missing in the request"
    return ServiceFault("2020", element, detail)


def unsupported(operation: str, entity: str) -> ServiceFault:
    """Return the fault for an operation the entity does not have."""
    detail = f"Operation {operation} is not supported for {entity}."
    return ServiceFault("500", detail=detail)


def unsupported_property(name: str) -> ServiceFault:
    """Return a 2010 for an unknown key; names match letter by letter."""
    detail = (
        f"Property Name:{name}:failed to parse json object;"
        " a property specified is unsupported or invalid"
    )
    return ServiceFault("2010", name, detail)
