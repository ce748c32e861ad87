"""One HTTP answer, read whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from . import exactjson
from .errors import UnexpectedAnswerError


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers (any case), body and Intuit's trace id."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def tid(self) -> str | None:
        """``intuit_tid``: the id Intuit's support asks for."""
        return self.headers.get("intuit_tid")

    @property
    def content_type(self) -> str:
        """The media type alone, in lower case, without its parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        """Tell whether the service says that the body is JSON."""
        return self.content_type.endswith("json")

    def json(self) -> Any:
        """Return the parsed body, with ``Decimal`` numbers.

        :raise UnexpectedAnswerError: if it is not JSON, or was cut off.
        """
        try:
            return self._parsed
        except ValueError as err:
            raise UnexpectedAnswerError(
                f"QuickBooks gave an answer that is not JSON (HTTP {self.status}, "
                f"{self.content_type or 'no content type'}, {len(self.body)} bytes).",
                status=self.status,
                tid=self.tid,
            ) from err

    def json_object(self) -> dict[str, Any]:
        """Return the parsed body, which must be a JSON object.

        :raise UnexpectedAnswerError: if it is anything else.
        """
        value = self.json()
        if not isinstance(value, dict):
            raise UnexpectedAnswerError(
                "QuickBooks gave JSON that is no object.",
                status=self.status,
                tid=self.tid,
            )
        return value

    @cached_property
    def _parsed(self) -> Any:
        return exactjson.loads(self.body)
