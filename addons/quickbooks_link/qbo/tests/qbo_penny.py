"""Random documents, and the companies in QuickBooks that they are sent to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import count

from hypothesis import strategies as st
from qbo_odoo import ZERO, Figures, OdooLine, Tax, globally, per_line

from qbo.client import QuickBooksClient
from qbo.documents import (
    ENTITIES,
    Address,
    Books,
    Document,
    Header,
    Line,
    TaxModel,
    sales_rates,
)
from qbo.results import Row
from qbo_simulator.server import SimulatorServer

DAY = date(2026, 3, 2)
AUSTIN = Address(("500 Congress Avenue",), "Austin", "TX", "78701", "USA")
_NUMBERS = count(1)

Taxes = tuple[Tax, ...]


@dataclass(frozen=True, repr=False)
class Company:
    """A company in QuickBooks, and what documents for it name.

    :param customers: Id of a customer by currency.
    :param taxes: what may stand together on a line.
    """

    client: QuickBooksClient
    books: Books
    customers: Mapping[str, str]
    item_id: str
    taxes: tuple[Taxes, ...]


@dataclass(frozen=True)
class Sale:
    """What was typed in Odoo, and how Odoo is set to round."""

    kind: str
    lines: tuple[OdooLine, ...]
    notes: frozenset[int]
    rounds_per_line: bool
    currency: int
    exchange_rate: Decimal

    @property
    def figures(self) -> Figures:
        return (per_line if self.rounds_per_line else globally)(self.lines)


# === RANDOM === #

SIZES = st.integers(1, 40)


def sales(
    taxes: Sequence[Taxes], sizes: st.SearchStrategy[int] = SIZES
) -> st.SearchStrategy[Sale]:
    """Return sales of 1 to 40 lines whose total is not negative.

    :param sizes: how many lines
    """
    return st.builds(
        Sale,
        kind=st.sampled_from(("invoice", "creditmemo")),
        lines=sizes.flatmap(partial(_several, _lines(taxes))),
        notes=st.frozensets(st.integers(0, 40), max_size=3),
        rounds_per_line=st.booleans(),
        currency=st.integers(0, 2),
        exchange_rate=st.decimals("0.0001", "200", places=6),
    ).map(_owed)


def _lines(taxes: Sequence[Taxes]) -> st.SearchStrategy[OdooLine]:
    some = st.decimals("0.001", "3000", places=3)
    few = st.integers(0, 20).map(Decimal)
    given_back = st.just(Decimal(-1))
    prices = st.decimals(0, 900, places=4) | st.decimals(0, 9000, places=2)
    discounts = st.just(ZERO) | st.sampled_from((Decimal(10), Decimal("33.33")))
    return st.builds(
        OdooLine,
        quantity=some | few | few | some | given_back,
        price=prices,
        discount=discounts | st.decimals(0, 100, places=2),
        taxes=st.sampled_from(taxes),
    )


def _several(
    lines: st.SearchStrategy[OdooLine], number: int
) -> st.SearchStrategy[tuple[OdooLine, ...]]:
    return st.tuples(*[lines] * number)


def _owed(sale: Sale) -> Sale:
    """Turn a sale that would come to less than nothing round."""
    if sale.figures.total >= 0:
        return sale
    lines = (replace(line, quantity=-line.quantity) for line in sale.lines)
    return replace(sale, lines=tuple(lines))


# === TAXES === #

UK_RATES = {"20.0% S": "20", "5.0% R": "5", "0.0% Z": "0", "Exempt": "0"}
TEXAS = {"State": "6.25", "City": "1", "Transit": "1"}
JOINT_RATES = {"Federal": Decimal(5), "Regional": Decimal("9.975")}


def uk_taxes(codes: Mapping[str, str]) -> tuple[Taxes, ...]:
    """Return what may stand together on a line, by the names of ``codes``."""
    single = [Tax(name, codes[name], Decimal(rate)) for name, rate in UK_RATES.items()]
    joint = [Tax(name, codes[name], rate) for name, rate in JOINT_RATES.items()]
    found = [pair for tax in (*single, joint[0]) for pair in with_and_without(tax)]
    return ((), *found, *with_and_without(*joint))


def us_taxes(codes: Mapping[str, str], *, automated: bool) -> tuple[Taxes, ...]:
    """Return what may stand together on a line in Austin."""
    austin = codes["Austin, TX"]
    parts = [Tax(name, austin, Decimal(rate)) for name, rate in TEXAS.items()]
    whole = Tax("Whole", austin, Decimal("8.25"))
    flagged = Tax("Flag", codes["TAX"], Decimal("8.25")) if automated else whole
    return ((), *with_and_without(*parts), (whole,), *with_and_without(flagged))


def with_and_without(*taxes: Tax) -> tuple[Taxes, Taxes]:
    """Return the taxes twice: added to prices, and included in them."""
    return taxes, tuple(replace(tax, included=True) for tax in taxes)


# === FROM ODOO TO THE LIBRARY === #


def document_of(sale: Sale, company: Company) -> Document:
    """Return the sale as the addon would hand it to the library."""
    figures = sale.figures
    return Document(
        _header(sale, company),
        tuple(_document_lines(sale, figures, company)),
        figures.taxes,
        figures.total,
    )


def _header(sale: Sale, company: Company) -> Header:
    currencies = list(company.customers)
    currency = currencies[sale.currency % len(currencies)]
    is_home = currency == company.books.home_currency
    return Header(
        kind=sale.kind,
        customer_id=company.customers[currency],
        currency=currency,
        customer_currency=currency,
        txn_date=DAY,
        exchange_rate=None if is_home else sale.exchange_rate,
        due_date=date(2026, 4, 1),
        doc_number=f"PENNY/2026/{next(_NUMBERS):05}",
        reference="PO 4711",
        private_note="Sent by Odoo",
        customer_name="Test & Sons",
        bill_address=AUSTIN,
    )


def _document_lines(sale: Sale, figures: Figures, company: Company):
    for index, line in enumerate(sale.lines):
        if index in sale.notes:
            yield Line("note", f"Section before line {index + 1}")
        yield Line(
            "item",
            f"Line {index + 1}",
            company.item_id,
            line.quantity,
            line.price,
            line.discount,
            figures.amounts[index],
            line.included,
            tuple(tax.code for tax in line.taxes),
        )


# === COMPANIES === #


def tax_model(client: QuickBooksClient, kind: str, no_tax: str = "") -> TaxModel:
    """Return the company's tax codes with their rates of the day."""
    pages = client.query_batch(
        {
            name: f"SELECT * FROM {name} MAXRESULTS 1000"
            for name in ("TaxCode", "TaxRate")
        }
    )
    rates = {str(rate["Id"]): rate for rate in pages["TaxRate"].rows}
    codes = {
        str(code["Id"]): sales_rates(code, rates, DAY) for code in pages["TaxCode"].rows
    }
    return TaxModel(kind, codes, no_tax)


def code_ids(client: QuickBooksClient) -> dict[str, str]:
    """Return the Ids of the company's tax codes by name."""
    page = client.query("SELECT * FROM TaxCode MAXRESULTS 1000")
    return {code["Name"]: str(code["Id"]) for code in page}


def an_item(client: QuickBooksClient) -> str:
    (item,) = client.query("SELECT * FROM Item WHERE Type = 'Service' MAXRESULTS 1")
    return item["Id"]


def a_customer(client: QuickBooksClient, currency: str = "", **fields: object) -> str:
    name = {"DisplayName": f"Penny {currency} {next(_NUMBERS)}", **fields}
    own = {"CurrencyRef": {"value": currency}} if currency else {}
    return client.create("Customer", {**name, **own})["Id"]


def add_joint_code(server: SimulatorServer, realm_id: str) -> None:
    """Give a company two taxes, a code for each and one for both."""
    engine = server.simulator.engine
    agency = engine.create(realm_id, "TaxAgency", {"DisplayName": "Two Taxes"})["Id"]
    rates = []
    for name, percent in JOINT_RATES.items():
        rate = {"TaxRateName": name, "RateValue": percent, "TaxAgencyId": agency}
        body = {"TaxCode": name, "TaxRateDetails": [rate]}
        (made,) = engine.add_tax_code(realm_id, body)["TaxRateDetails"]
        rates.append({"TaxRateId": made["TaxRateId"]})
    both = {"TaxCode": "Federal and Regional", "TaxRateDetails": rates}
    engine.add_tax_code(realm_id, both)


def post(company: Company, document: Document, body: Row) -> Row:
    """Send a document over HTTP and return QuickBooks' answer."""
    return company.client.create(ENTITIES[document.header.kind], body)
