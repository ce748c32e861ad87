"""Throws nonsense at the API: ``python -m qbo_simulator.tools.fuzz --inputs 50000``.

Every answer must be Intuit's: a success, or a fault in its shape, never a system
failure. Prints each input that breaks the rule, and exits 1 if there was one.
"""

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

from starlette.datastructures import Headers

from qbo_simulator.api.call import Call
from qbo_simulator.api.routes import respond
from qbo_simulator.reports.details import TITLES
from qbo_simulator.reports.registry import REPORTS
from qbo_simulator.reports.wishes import FILTERS, SUMMARIES
from qbo_simulator.schema import fields as kinds
from qbo_simulator.schema.fields import Field, Struct
from qbo_simulator.schema.registry import ENTITIES
from qbo_simulator.simulator import Simulator

_STRINGS = (
    "",
    " ",
    "0",
    "1",
    "2",
    "-1",
    "1e999",
    "NaN",
    "true",
    "2026-01-01",
    "2026-02-30",
    "0000-00-00",
    "2026-01-01T00:00:00-08:00",
    "a:b",
    "TAX",
    "USD",
    "EUR",
    "' OR 1=1 --",
    "\\",
    "%",
    "\x00",
    "\ud800",
    "é" * 40,
    "x" * 5000,
    "😀",
    "AUTO_GENERATE",
)
_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    10**30,
    0.1,
    1e-300,
    1e300,
    [],
    {},
    [[]],
    [None],
    {"value": "1"},
    {"value": {}},
    {"a": 1},
)
_STATEMENT = """
    SELECT * COUNT(*) FROM WHERE AND OR LIKE IN ORDERBY ORDER BY ASC DESC true null
    STARTPOSITION MAXRESULTS ( ) , . = < > <= != '' 'a' '%' 1 0 -5 99999999999 ' "
"""
_WORDS = tuple(_STATEMENT.split())
_WISHES: dict[str, tuple[str, ...]] = {
    "start_date": ("2026-01-31", "2024-02-29", "0001-01-01", "9999-12-31"),
    "end_date": ("2026-01-31", "2024-02-29", "0001-01-01", "9999-12-31"),
    "report_date": ("2026-06-30", "1970-01-01"),
    "date_macro": ("All", "Last Fiscal Quarter", "This Week-to-date", "Next Year"),
    "accounting_method": ("Cash", "Accrual"),
    "summarize_column_by": tuple(SUMMARIES),
    "columns": ("tx_date,name", *TITLES),
    "sort_by": tuple(TITLES),
    "sort_order": ("ascend", "descend"),
    "aging_method": ("Current", "Report_Date"),
    "aging_period": ("1", "15", "100"),
    "num_periods": ("1", "6", "100"),
    **{name: ("1", "2,3", "40", "999") for name in FILTERS},
}
_DAY = 24 * 3600
_PATHS = ("batch", "cdc", "query", "reports", "taxservice", "upload", "exchangerate")


class Fuzzer:
    """Makes inputs; the same seed makes the same."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.simulator = Simulator()
        self._realm = self.simulator.load_company(self._random.choice(("uk", "us")))

    def call(self) -> Call:
        """Return the next input; now and then a day goes by before it comes."""
        if self._random.random() < 0.001:
            self.simulator.clock.advance(_DAY)
        makers = (self._write, self._write, self._query, self._any, self._report)
        return self._random.choice(makers)()

    def _made(self, method: str, path: str, body: bytes, **parameters: str) -> Call:
        headers = {"accept": "application/json", "content-type": "application/json"}
        if self._random.random() < 0.05:
            headers = {"accept": self._string(), "content-type": self._string()}
        safe = {
            key: value.encode("latin-1", "replace").decode("latin-1")
            for key, value in headers.items()
        }
        parts = tuple(path.split("/"))
        wishes = {
            key: value.encode("utf-8", "replace").decode()
            for key, value in parameters.items()
        }
        return Call(method, self._realm, parts, wishes, Headers(safe), body, "")

    def _write(self) -> Call:
        entity = self._random.choice(sorted(ENTITIES))
        body = self._body(ENTITIES[entity].struct, 0)
        if self._random.random() < 0.3:
            body.update(Id=self._string(), SyncToken="0", sparse=True)
        wishes = {}
        if self._random.random() < 0.3:
            wishes["operation"] = self._random.choice(("update", "delete", "void", "x"))
        if self._random.random() < 0.2:
            wishes["include"] = self._random.choice(("void", "invoiceLink", "x,y"))
        if self._random.random() < 0.2:
            wishes["requestid"] = self._string()
        if self._random.random() < 0.1:
            item = {"bId": "1", "operation": self._string(), entity: body}
            body, entity = {"BatchItemRequest": [item]}, "batch"
        return self._made("POST", entity.lower(), _encoded(body), **wishes)

    def _query(self) -> Call:
        words = [self._random.choice(_WORDS) for _ in range(self._random.randrange(9))]
        entity = self._random.choice(sorted(ENTITIES))
        names = sorted(ENTITIES[entity].fields)
        words += [self._random.choice(names) for _ in range(2)]
        self._random.shuffle(words)
        statement = " ".join(words)
        if self._random.random() < 0.7:
            value = "'" + self._string().replace("'", "\\'") + "'"
            sign = self._random.choice(("=", "<", ">=", "LIKE", "!=", "IN"))
            value = f"({value})" if sign == "IN" else value
            name = self._random.choice(names)
            statement = f"SELECT * FROM {entity} WHERE {name} {sign} {value}"
        return self._made("GET", "query", b"", query=statement)

    def _any(self) -> Call:
        path = self._random.choice((*_PATHS, *(name.lower() for name in ENTITIES)))
        if self._random.random() < 0.5:
            path += "/" + self._random.choice(("1", "TAX", "x", "CustomerBalance"))
        if self._random.random() < 0.2:
            path += "/" + self._random.choice(("pdf", "send", "nonsense"))
        body = _encoded(self._random.choice((*_VALUES, *_STRINGS)))
        if self._random.random() < 0.3:
            body = self._random.randbytes(20)
        wishes = {
            name: self._string()
            for name in ("entities", "changedSince", "start_date", "date_macro")
            if self._random.random() < 0.3
        }
        return self._made(self._random.choice(("GET", "POST")), path, body, **wishes)

    def _report(self) -> Call:
        name = self._random.choice((*sorted(REPORTS), "Fortune", self._string()))
        wishes = {}
        for key, sensible in _WISHES.items():
            if self._random.random() < 0.15:
                nonsense = self._random.random() < 0.2
                wishes[key] = (
                    self._string() if nonsense else self._random.choice(sensible)
                )
        return self._made("GET", f"reports/{name}", b"", **wishes)

    # -- bodies ----------------------------------------------------------------

    def _body(self, of: Struct, depth: int) -> dict[str, Any]:
        body = {}
        for field in of.fields.values():
            likely = 0.9 if field.required else 0.12
            if self._random.random() < likely and not field.read_only:
                body[field.name] = self._value(field, depth)
        if self._random.random() < 0.02:
            body[self._string()] = 1
        return body

    def _value(self, field: Field, depth: int) -> Any:
        if self._random.random() < 0.06:
            return self._random.choice((*_VALUES, *_STRINGS))
        if field.kind == kinds.STRUCT and field.struct is not None:
            return self._body(field.struct, depth + 1) if depth < 5 else {}
        if field.kind == kinds.LIST and field.item is not None:
            count = self._random.randrange(3)
            return [self._value(field.item, depth + 1) for _ in range(count)]
        if field.kind == kinds.REF:
            return {"value": self._random.choice(("1", "2", "3", "40", "TAX", "GBP"))}
        if field.kind in kinds.NUMBERS:
            return self._random.choice((0, 1, 2, 20, 0.005, -3, "7"))
        if field.kind == kinds.BOOLEAN:
            return self._random.random() < 0.5
        if field.kind == kinds.DATE:
            return self._random.choice(("2026-01-31", "2024-02-29"))
        if field.kind == kinds.TIME:
            return "2026-01-01T00:00:00Z"
        if field.kind == kinds.ENUM:
            return self._random.choice(field.choices)
        return self._random.choice(("1", "Invoice", "name " + self._string()[:20]))

    def _string(self) -> str:
        return self._random.choice(_STRINGS)


def _encoded(body: Any) -> bytes:
    return json.dumps(body).encode()


def complaint(status: int, body: bytes, media_type: str) -> str:
    """Return what is wrong with an answer, "" when it is Intuit's."""
    if status >= 500 and b"MalformedByteSequence" not in body:
        return f"status {status}"
    if b'"10000"' in body:
        return "system failure"
    if status != 200 and b"Fault" not in body and status != 405:
        return f"status {status} without a fault"
    return "" if body or media_type != "application/json" else "empty"


def run(inputs: int, seed: int) -> Counter[str]:
    """Throw the inputs; return the answers by status and the complaints."""
    fuzzer = Fuzzer(seed)
    seen: Counter[str] = Counter()
    for number in range(inputs):
        call = fuzzer.call()
        answer = respond(fuzzer.simulator, call)
        wrong = complaint(
            answer.status_code, bytes(answer.body), answer.media_type or ""
        )
        seen[str(answer.status_code)] += 1
        if wrong:
            seen["complaints"] += 1
            path = "/".join(call.path)
            shown = (call.method, path, dict(call.parameters), call.body[:2000])
            sys.stdout.write(f"{number}: {wrong}: {shown} {answer.body[:300]!r}\n")
    return seen


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 1 when an answer was not Intuit's."""
    parser = argparse.ArgumentParser(description="Throw nonsense at the API.")
    parser.add_argument("--inputs", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    seen = run(options.inputs, options.seed)
    sys.stdout.write(f"{options.inputs} inputs: {dict(seen)}\n")
    return 1 if seen["complaints"] else 0


if __name__ == "__main__":
    sys.exit(main())
