"""To the penny: random documents of a real Odoo come to the same in QuickBooks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from qbo_odoo import OdooLine
from qbo_penny import SIZES, Sale, Taxes, sales, uk_taxes, us_taxes

from .counting import problems
from .founding import tax
from .office import Office
from .quickbooks import ENTITIES

# As QuickBooks takes them in one batch.
BATCH = 30
KINDS = {"invoice": "out_invoice", "creditmemo": "out_refund"}
PRECISION = {"Product Unit": 3, "Product Price": 4, "Discount": 2}
Row = dict[str, Any]


class _Itself(dict):
    """Names a tax code by its own name: Odoo's users know no Ids."""

    def __missing__(self, key: str) -> str:
        return key


# Most documents have a few lines: each of them costs time.
FEW = st.sampled_from((1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 12, 40))
UK_TAXES, US_TAXES = uk_taxes(_Itself()), us_taxes(_Itself(), automated=True)


@dataclass
class Figures:
    """What came of the documents."""

    documents: int = 0
    lines: int = 0
    marked: int = 0
    problems: list[str] = field(default_factory=list)
    seconds: float = 0

    def __str__(self) -> str:
        return (
            f"{self.documents} documents with {self.lines} lines: {self.marked} marked"
            f" with a difference, {len(self.problems)} unmarked differences"
        )


def drawn(
    number: int,
    number_of_seed: int,
    taxes: Sequence[Taxes],
    sizes: st.SearchStrategy[int] = SIZES,
) -> list[Sale]:
    """Return random sales, the same for the same seed.

    :param sizes: how many lines
    """
    found: list[Sale] = []

    @seed(number_of_seed)
    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(sales(taxes, sizes))
    def draw(sale: Sale) -> None:
        found.append(sale)

    draw()
    # It may stop a little early, or repeat one.
    return found[:number]


class Pennies:
    """Random sales in one office, batch by batch."""

    def __init__(self, office: Office, tell: Callable[[str], None]) -> None:
        self.office, self.tell = office, tell
        self.figures = Figures()
        self._set_precision()

    def _set_precision(self) -> None:
        person = self.office.manager
        for name, digits in PRECISION.items():
            domain = [["name", "=", name]]
            ids = person.ask("decimal.precision", "search", domain)
            person.ask("decimal.precision", "write", ids, {"digits": digits})

    def send(self, wanted: Sequence[Sale]) -> None:
        """Post the sales, as Odoo rounds them one way and the other; compare."""
        start = time.monotonic()
        for per_line in (True, False):
            self._round(per_line)
            chosen = [sale for sale in wanted if sale.rounds_per_line == per_line]
            for first in range(0, len(chosen), BATCH):
                self._send_batch(chosen[first : first + BATCH])
        self.figures.seconds += time.monotonic() - start

    def _round(self, per_line: bool) -> None:
        method = "round_per_line" if per_line else "round_globally"
        values = {"tax_calculation_rounding_method": method}
        person = self.office.manager
        person.ask("res.company", "write", [person.company_id], values)

    def _send_batch(self, wanted: Sequence[Sale]) -> None:
        ids = self.office.drafts([self._draft(sale) for sale in wanted])
        self.office.post(*ids)
        self.office.settle(seconds=180)
        found = [*problems(self.office, ids), *self._line_problems(ids)]
        marked = {
            row["move_id"][0]: row["differences"]
            for row in self.office.documents(ids)
            if row["differences"]
        }
        figures = self.figures
        figures.documents += len(ids)
        figures.lines += sum(len(sale.lines) for sale in wanted)
        figures.marked += len(marked)
        figures.problems += [one for one in found if not _is_marked(one, marked)]
        self.tell(str(figures))

    def _draft(self, sale: Sale) -> Row:
        currencies = list(self.office.partners)
        currency = currencies[sale.currency % len(currencies)]
        values = {
            "move_type": KINDS[sale.kind],
            "partner_id": self.office.partners[currency],
            "lines": list(self._lines(sale)),
        }
        if currency == currencies[0]:
            return values
        rate = float(1 / sale.exchange_rate)
        currency_id = self._currency(currency)
        return {**values, "currency_id": currency_id, "invoice_currency_rate": rate}

    def _currency(self, code: str) -> int:
        domain = [["name", "=", code]]
        return self.office.manager.ask("res.currency", "search", domain)[0]

    def _lines(self, sale: Sale) -> Iterator[Row]:
        for index, line in enumerate(sale.lines):
            if index in sale.notes:
                name = f"Before line {index + 1}"
                yield {"display_type": "line_section", "name": name}
            yield self._line(line)

    def _line(self, line: OdooLine) -> Row:
        ids = [
            tax(self.office, one.code, str(one.percent), included=one.included)
            for one in line.taxes
        ]
        return {
            "quantity": float(line.quantity),
            "price_unit": float(line.price),
            "discount": float(line.discount),
            "tax_ids": [(6, 0, ids)],
        }

    # === Lines === #

    def _line_problems(self, ids: Sequence[int]) -> list[str]:
        """Return where a line of QuickBooks' is not what Odoo booked."""
        booked = self._booked(ids)
        held = {
            record["Id"]: record
            for kind in ENTITIES
            for record in self.office.records(kind)
        }
        found = []
        for row in self.office.documents(ids):
            record = held.get(row["quickbooks_id"])
            key = row["move_id"][0]
            if record and _amounts(record) != booked[key]:
                name = f"{row['doc_number']} ({key})"
                found.append(f"{name}: lines {_amounts(record)} are {booked[key]}")
        return found

    def _booked(self, ids: Sequence[int]) -> dict[int, list[Decimal]]:
        names = ["move_id", "move_type", "amount_currency"]
        domain = [["move_id", "in", list(ids)], ["display_type", "=", "product"]]
        rows = self.office.manager.ask(
            "account.move.line", "search_read", domain, names, order="sequence, id"
        )
        found: dict[int, list[Decimal]] = {key: [] for key in ids}
        for row in rows:
            sign = 1 if row["move_type"] == "out_refund" else -1
            found[row["move_id"][0]].append(_cents(sign * row["amount_currency"]))
        return found


def _amounts(record: Row) -> list[Decimal]:
    return [
        _cents(line["Amount"])
        for line in record["Line"]
        if line["DetailType"] == "SalesItemLineDetail"
    ]


def _cents(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01")) + 0


def _is_marked(problem: str, marked: dict[int, str]) -> bool:
    """Return whether the document itself tells of the difference."""
    return any(f"({key}): " in problem for key in marked) and "times" not in problem
