"""How fast the simulator answers: the others are to measure the addon, not it.

The client is one session that parses what it gets, on the same machine; so the figures
are what a client of the simulator waits, not what the simulator alone needs. That is
shown beside them, as processor time of its process: it moves less on a busy machine.
"""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import psutil

from .measuring import Figures
from .quickbooks import PAGE, QuickBooks
from .report import Report

ROUNDS = 15
WARM_UP = 2
BATCH = 30
LINES = 5
SIZES = {"customers": 10_000, "items": 1_000, "invoices": 2_000}
MOST = {"page": 100, "batch": 150}
_WHERE = re.compile(r"on (http://\S+?)/?$")


@dataclass(frozen=True)
class Case:
    """One kind of call; ``kind`` has a target in ``MOST``, or none."""

    what: str
    records: int
    work: Callable[[int], Any]
    kind: str = ""


def main() -> None:
    """Measure, print and keep."""
    report = Report("simulator", "Answers of the simulator")
    with _running() as (quickbooks, process):
        quickbooks.seed(**SIZES)
        cases = _cases(quickbooks)
        taken = [_measured(case, process) for case in cases]
    for case, (wall, processor) in zip(cases, taken, strict=True):
        report.add(case.what, Figures(wall, calls=1), case.records)
        report.add("  of it the simulator's processor", Figures(processor))
    for case, (wall, processor) in zip(cases, taken, strict=True):
        if not case.kind:
            continue
        most = MOST[case.kind]
        for what, seconds in (("waited", wall), ("of its processor", processor)):
            words, value = f"{case.what}, ms {what}", seconds * 1000
            report.target(words, value, f"< {most}", value < most)
    report.keep()


@contextmanager
def _running() -> Iterator[tuple[QuickBooks, psutil.Process]]:
    """Run a simulator with an empty company in a process of its own."""
    command = [sys.executable, "-m", "qbo_simulator", "--port", "0"]
    with subprocess.Popen(
        [*command, "--company", "empty"], stdout=subprocess.PIPE, text=True
    ) as running:
        try:
            line = running.stdout.readline().strip() if running.stdout else ""
            found = _WHERE.search(line)
            if not found:
                raise SystemExit(f"error: the simulator did not start: {line}")
            yield QuickBooks(found[1]), psutil.Process(running.pid)
        finally:
            running.terminate()


def _measured(case: Case, process: psutil.Process) -> tuple[float, float]:
    """Return the median of the seconds waited, and the mean of the simulator's own.

    Processor time is counted in ticks of 10 ms: only the sum of the rounds says much.
    """
    for number in range(WARM_UP):
        case.work(number)
    before, walls = sum(process.cpu_times()[:2]), []
    for number in range(ROUNDS):
        start = time.perf_counter()
        case.work(number)
        walls.append(time.perf_counter() - start)
    return median(walls), (sum(process.cpu_times()[:2]) - before) / ROUNDS


def _cases(quickbooks: QuickBooks) -> list[Case]:
    client = _Client(quickbooks)
    writer = _Writer(client)
    pages = [
        Case(f"query of {PAGE:,} {word}", PAGE, client.page_of(entity), "page")
        for word, entity in (
            ("customers", "Customer"),
            ("items", "Item"),
            ("invoices", "Invoice"),
        )
    ]
    return [
        *pages,
        Case(f"cdc of {PAGE:,} customers", PAGE, client.changes),
        Case("count of customers", 1, client.count),
        Case(f"batch of {BATCH} invoices", BATCH, writer.batch, "batch"),
        Case("one invoice", 1, writer.invoice),
        Case("one customer read", 1, client.read),
    ]


class _Client:
    """One session; every answer is looked at."""

    def __init__(self, quickbooks: QuickBooks) -> None:
        self._quickbooks = quickbooks
        self._http = quickbooks.session()
        self.first = self.query("SELECT * FROM Customer MAXRESULTS 1")["Customer"][0]

    def get(self, path: str, **parameters: str) -> Any:
        """Return the answer of a reading call."""
        answer = self._http.get(self._quickbooks.address(path), params=parameters)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: Any, requestid: str) -> Any:
        """Return the answer of a writing call."""
        address = self._quickbooks.address(path)
        answer = self._http.post(address, json=body, params={"requestid": requestid})
        answer.raise_for_status()
        return answer.json()

    def query(self, statement: str) -> Any:
        """Return a query's response."""
        return self.get("query", query=statement)["QueryResponse"]

    def page_of(self, entity: str) -> Callable[[int], None]:
        """Return what reads one page after the other of an entity."""
        pages = SIZES[f"{entity.lower()}s"] // PAGE

        def page(number: int) -> None:
            start = 1 + PAGE * (number % pages)
            limits = f"ORDERBY Id STARTPOSITION {start} MAXRESULTS {PAGE}"
            assert len(self.query(f"SELECT * FROM {entity} {limits}")[entity]) == PAGE

        return page

    def changes(self, number: int) -> None:
        """Read as many changes as an answer holds."""
        since = self.first["MetaData"]["CreateTime"]
        answer = self.get("cdc", entities="Customer", changedSince=since)
        found = answer["CDCResponse"][0]["QueryResponse"][0]["Customer"]
        assert len(found) == PAGE

    def count(self, number: int) -> None:
        """Count the customers."""
        answer = self.query("SELECT COUNT(*) FROM Customer")
        assert answer["totalCount"] == SIZES["customers"]

    def read(self, number: int) -> None:
        """Read one customer."""
        answer = self.get(f"customer/{self.first['Id']}")
        assert answer["Customer"]["Id"] == self.first["Id"]


class _Writer:
    """Makes invoices for different customers of different items."""

    def __init__(self, client: _Client) -> None:
        self._client = client
        customers = client.query(f"SELECT * FROM Customer MAXRESULTS {PAGE}")
        items = client.query(f"SELECT * FROM Item MAXRESULTS {PAGE}")["Item"]
        codes = client.query("SELECT * FROM TaxCode WHERE Name = '20.0% S'")
        self._customers = [one["Id"] for one in customers["Customer"]]
        self._items = [one["Id"] for one in items if one["Type"] == "Service"]
        self._code = codes["TaxCode"][0]["Id"]
        self._made = 0

    def batch(self, number: int) -> None:
        """Create thirty invoices in one call."""
        items = [
            {"bId": str(bid), "operation": "create", "Invoice": self._body()}
            for bid in range(BATCH)
        ]
        body = {"BatchItemRequest": items}
        answer = self._client.post("batch", body, f"batch-{self._made}")
        assert all("Invoice" in one for one in answer["BatchItemResponse"]), answer

    def invoice(self, number: int) -> None:
        """Create one invoice."""
        assert self._client.post("invoice", self._body(), f"one-{self._made}")

    def _body(self) -> dict[str, Any]:
        self._made += 1
        customer = self._customers[self._made % len(self._customers)]
        return {
            "CustomerRef": {"value": customer},
            "DocNumber": f"B-{self._made:06}",
            "TxnDate": "2026-03-01",
            "Line": [self._line(number) for number in range(LINES)],
        }

    def _line(self, number: int) -> dict[str, Any]:
        item = self._items[(self._made * LINES + number) % len(self._items)]
        return {
            "DetailType": "SalesItemLineDetail",
            "Amount": 25 * (number + 1),
            "SalesItemLineDetail": {
                "ItemRef": {"value": item},
                "Qty": number + 1,
                "UnitPrice": 25,
                "TaxCodeRef": {"value": self._code},
            },
        }
