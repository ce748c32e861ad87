"""One call of the API, taken apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qbo_simulator import jsontext
from qbo_simulator.errors import ServiceFault

_TEXT_TYPES = ("application/text", "text/plain", "")
_JSON_TYPES = ("application/json", "text/json", "application/octet-stream", "")


@dataclass(frozen=True)
class Call:
    """Method, path below the company, parameters, headers and body."""

    method: str
    realm_id: str
    path: tuple[str, ...]
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    base: str

    @property
    def options(self) -> frozenset[str]:
        """The ``include`` flags in lower case."""
        include = self.parameters.get("include", "").lower()
        return frozenset(part.strip() for part in include.split(",") if part.strip())

    @property
    def requestid(self) -> str:
        """The idempotency key or "" ."""
        return self.parameters.get("requestid", "")

    @property
    def content_type(self) -> str:
        """The media type of the body without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """Return the parsed body. Raises 1050 for another type, 2010 if unreadable."""
        if self.content_type not in _JSON_TYPES:
            shown = ascii(self.content_type)[1:-1]
            raise ServiceFault("1050", detail=f"Invalid content type: {shown}")
        try:
            return jsontext.loads_foreign(self.body)
        except UnicodeEncodeError:
            raise ServiceFault("2040", detail="Invalid String : no character") from None
        except UnicodeDecodeError:
            detail = "Unsupported Operation : MalformedByteSequenceException"
            raise ServiceFault("500", detail=detail, status=500) from None
        except (ValueError, RecursionError):
            detail = (
                "Property Name:failed to parse json object;"
                " a property specified is unsupported or invalid"
            )
            raise ServiceFault("2010", detail=detail) from None

    def statement(self, any_type: bool = False) -> str:
        """Return the query of a GET or POST. Raises 1050 for a body of another type.

        A body that is no UTF-8 is ISO-8859-1, as HTTP has it for text: so older
        Python clients send it.
        """
        if self.method == "POST" and self.body.strip():
            if not any_type and self.content_type not in _TEXT_TYPES:
                shown = ascii(self.content_type)[1:-1]
                raise ServiceFault("1050", detail=f"Invalid content type: {shown}")
            try:
                return self.body.decode()
            except UnicodeDecodeError:
                return self.body.decode("iso-8859-1")
        return self.parameters.get("query", "")

    def wants_json(self) -> bool | None:
        """Tell whether JSON is asked for; None when nothing decides."""
        form = self.parameters.get("format", "").lower()
        if form in ("json", "xml"):
            return form == "json"
        accept = self.headers.get("accept", "").lower()
        if "json" in accept:
            return True
        return False if "xml" in accept else None
