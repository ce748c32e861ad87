"""Runs compiled queries and shapes their answers (qbo-api.md 3.3)."""

from dataclasses import dataclass
from typing import Any

from qbo_simulator import jsontext
from qbo_simulator.company import Company
from qbo_simulator.query.compiler import Compiled, compile_query
from qbo_simulator.query.parser import parse


@dataclass(frozen=True)
class Page:
    """One page: records as JSON text, so that a thousand cost no parsing."""

    entity: str
    bodies: tuple[str, ...]
    start: int
    total: int | None
    counted: bool = False

    def parsed(self) -> dict[str, Any]:
        """Return the ``QueryResponse`` as a dict."""
        return jsontext.loads(self.text())

    def text(self) -> bytes:
        """Return the ``QueryResponse`` as JSON."""
        if self.counted:
            return jsontext.dumps({"totalCount": self.total})
        if not self.bodies:
            return b"{}"
        tail = f'"startPosition":{self.start},"maxResults":{len(self.bodies)}'
        if self.total is not None:
            tail += f',"totalCount":{self.total}'
        rows = ",".join(self.bodies)
        return f'{{"{self.entity}":[{rows}],{tail}}}'.encode()


def run(company: Company, statement: str) -> Page:
    """Run a statement. Raises 4000, 4001."""
    query = parse(statement)
    compiled = compile_query(company, query)
    if query.counts:
        return Page(compiled.entity.key, (), 1, _count(company, compiled), True)
    bodies = _bodies(company, compiled)
    if compiled.columns:
        bodies = tuple(_reduced(body, compiled) for body in bodies)
    total = _total(company, compiled, len(bodies))
    return Page(compiled.entity.key, bodies, compiled.start, total)


def _bodies(company: Company, compiled: Compiled) -> tuple[str, ...]:
    """Return a page of records.

    The three pseudo tax codes of US companies come on top of the first page whatever
    MAXRESULTS says, which python-quickbooks' tests know as a QuickBooks bug.
    """
    where, extra = compiled.where, []
    if compiled.entity.name == "TaxCode" and company.is_us:
        pseudo = f"{where} AND typeof(id) = 'text'"
        where = f"{where} AND typeof(id) <> 'text'"
        if compiled.start == 1:
            extra = company.store.rows(
                _select(compiled, pseudo, "id DESC"), compiled.values
            )
    rows = company.store.rows(
        f"{_select(compiled, where, compiled.order)} LIMIT ? OFFSET ?",
        (*compiled.values, compiled.most, compiled.start - 1),
    )
    return tuple(row[0] for row in (*extra, *rows))


def _select(compiled: Compiled, where: str, order: str) -> str:
    index = f" INDEXED BY {compiled.index}" if compiled.index else ""
    return f"SELECT body FROM records{index} WHERE {where} ORDER BY {order}"


def _count(company: Company, compiled: Compiled) -> int:
    sql = f"SELECT count(*) FROM records WHERE {compiled.where}"
    return company.store.rows(sql, compiled.values)[0][0]


def _total(company: Company, compiled: Compiled, found: int) -> int | None:
    """Return ``totalCount``: absent, or the size of a list that fits one page."""
    wish = company.switches.get("query_total_count")
    if wish == "always":
        return found
    fits = compiled.start == 1 and found < compiled.most
    return found if wish == "small" and fits else None


def _reduced(text: str, compiled: Compiled) -> str:
    """Return only the named fields of a record, as a sparse object."""
    body = jsontext.loads(text)
    small: dict[str, Any] = {"domain": "QBO", "sparse": True, "Id": body.get("Id")}
    for path in compiled.columns:
        _copy(body, small, path.split("."))
    return jsontext.dumps(small).decode()


def _copy(body: dict[str, Any], small: dict[str, Any], path: list[str]) -> None:
    value: Any = body
    for part in path:
        if not isinstance(value, dict) or part not in value:
            return
        value = value[part]
    target = small
    for part in path[:-1]:
        target = target.setdefault(part, {})
    target[path[-1]] = value
