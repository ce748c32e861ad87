"""Parses the query language (qbo-api.md 3.1) into a plain structure."""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

from qbo_simulator.errors import ServiceFault

_LONGEST = 100_000
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Value:
    """A literal: its text without quotes and escapes, and how it was written."""

    text: str
    kind: str


@dataclass(frozen=True)
class Condition:
    """One condition: field path, operator, one value or (IN) several."""

    path: str
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Ordering:
    """One sort key."""

    path: str
    descending: bool


@dataclass(frozen=True)
class Query:
    """A parsed statement. ``columns`` is empty for ``*``."""

    entity: str
    counts: bool
    columns: tuple[str, ...]
    conditions: tuple[Condition, ...]
    orderings: tuple[Ordering, ...]
    start: int | None
    most: int | None


class _Builder(Transformer[Token, Query]):
    """Turns the parse tree into a Query, bottom up."""

    def path(self, parts: list[Token]) -> str:
        return ".".join(parts)

    def name(self, parts: list[Token]) -> Token:
        return Token("NAME", parts[0])

    def value(self, parts: list[Token]) -> Value:
        token = parts[0]
        if token.type == "STRING":
            return Value(_ESCAPE.sub(r"\1", token[1:-1]), "string")
        return Value(str(token), token.type.lower())

    def column(self, parts: list[Any]) -> str:
        return str(parts[0])

    def count(self, _parts: list[Any]) -> str:
        return "COUNT(*)"

    def columns(self, parts: list[str]) -> tuple[str, list[str]]:
        return "columns", parts

    def compare(self, parts: list[Any]) -> Condition:
        operator = "!=" if parts[1] == "<>" else str(parts[1])
        return Condition(parts[0], operator, (parts[2],))

    def within(self, parts: list[Any]) -> Condition:
        return Condition(parts[0], "IN", tuple(parts[1:]))

    def like(self, parts: list[Any]) -> Condition:
        return Condition(parts[0], "LIKE", (parts[1],))

    def where(self, parts: list[Condition]) -> tuple[str, list[Condition]]:
        return "where", parts

    def ordering(self, parts: list[Any]) -> Ordering:
        return Ordering(parts[0], len(parts) > 1 and parts[1].upper() == "DESC")

    def order(self, parts: list[Ordering]) -> tuple[str, list[Ordering]]:
        return "order", parts

    def startposition(self, parts: list[Token]) -> tuple[str, int]:
        return "start", int(parts[0][:19])

    def maxresults(self, parts: list[Token]) -> tuple[str, int]:
        return "most", int(parts[0][:19])

    def start(self, parts: list[Any]) -> Query:
        entity = next(str(part) for part in parts if isinstance(part, Token))
        found: dict[str, Any] = dict(part for part in parts if isinstance(part, tuple))
        columns = found["columns"]
        wanted = () if "*" in columns else tuple(columns)
        counts = columns == ["COUNT(*)"]
        return Query(
            entity,
            counts,
            () if counts else wanted,
            tuple(found.get("where", ())),
            tuple(found.get("order", ())),
            found.get("start"),
            found.get("most"),
        )


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    text = files(__package__).joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr")


@lru_cache(maxsize=256)
def parse(statement: str) -> Query:
    """Parse a statement. Raises 4000 with Intuit's wording."""
    if len(statement) > _LONGEST:
        raise _unreadable("statement too long")
    try:
        return _Builder().transform(_grammar().parse(statement.strip().rstrip(";")))
    except UnexpectedInput as error:
        raise _unreadable(_encountered(error)) from None
    except VisitError as error:
        raise _unreadable(str(error.orig_exc)) from None


def _encountered(error: UnexpectedInput) -> str:
    token = getattr(error, "token", None)
    if token is None:
        where = f"at line {error.line}, column {error.column}"
        return f'Encountered "{getattr(error, "char", "")}" {where}.'
    if token.type == "$END":
        return "Encountered <EOF>."
    seen = ascii(str(token))[1:-1][:60]
    return (
        f'Encountered " <{token.type}> "{seen} "" at line {token.line},'
        f" column {token.column}."
    )


def _unreadable(what: str) -> ServiceFault:
    return ServiceFault("4000", detail=f"QueryParserError: {what}")
