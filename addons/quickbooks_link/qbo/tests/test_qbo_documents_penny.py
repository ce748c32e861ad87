"""To the penny: random documents in QuickBooks come to Odoo's figures.

``QBO_DOCUMENTS`` is how many are sent. If it isn't set, they are 100, always the same;
with it they are new ones each time, and one that fails is made as small as it can be,
which takes minutes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from qbo_penny import (
    Company,
    Sale,
    a_customer,
    add_joint_code,
    an_item,
    code_ids,
    document_of,
    post,
    sales,
    tax_model,
    uk_taxes,
    us_taxes,
)
from qbo_sim import Control, client_of

from qbo.documents import Books, Document, build, compare, problems, totals
from qbo.results import Row
from qbo.transport import Transport
from qbo_simulator.server import SimulatorServer

IS_SEARCH = "QBO_DOCUMENTS" in os.environ
MANY = int(os.environ.get("QBO_DOCUMENTS", "100"))


def share(percent: int) -> settings:
    """Return the settings of a test that sends its share of the documents."""
    return settings(
        max_examples=max(1, MANY * percent // 100),
        deadline=None,
        database=None,
        derandomize=not IS_SEARCH,
        phases=tuple(Phase) if IS_SEARCH else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    with SimulatorServer(company="uk") as running:
        yield running


@pytest.fixture(scope="module")
def transport(server) -> Iterator[Transport]:
    with Transport([server.url], timeout=(2, 20)) as open_transport:
        yield open_transport


def connected(server: SimulatorServer, transport: Transport, realm: str):
    credentials = Control(server.url).get("/credentials", realm_id=realm)
    return client_of(transport, credentials)


# === COMPANIES === #


@pytest.fixture(scope="module")
def uk(server, transport) -> Company:
    realm = server.simulator.store.realms()[0].realm_id
    add_joint_code(server, realm)
    client = connected(server, transport, realm)
    model = tax_model(client, "global", code_ids(client)["No VAT"])
    books = Books("GB", "GBP", model, multicurrency=True, include_customer_name=True)
    currencies = ("GBP", "EUR", "USD")
    customers = {currency: a_customer(client, currency) for currency in currencies}
    taxes = uk_taxes(code_ids(client))
    return Company(client, books, customers, an_item(client), taxes)


@pytest.fixture(scope="module")
def us_automated(server, transport) -> Company:
    return us_company(server, transport, "us_automated")


@pytest.fixture(scope="module")
def us_manual(server, transport) -> Company:
    return us_company(server, transport, "us_manual")


def us_company(server: SimulatorServer, transport: Transport, kind: str) -> Company:
    realm = server.simulator.load_company("us", name=f"Texas {kind}")
    if kind == "us_manual":
        choose_codes_by_hand(server, realm)
    client = connected(server, transport, realm)
    model = tax_model(client, kind)
    codes = {**code_ids(client), "TAX": "TAX"}
    taxes = us_taxes(codes, automated=kind == "us_automated")
    customers = {"USD": a_customer(client)}
    return Company(client, Books("US", "USD", model), customers, an_item(client), taxes)


def choose_codes_by_hand(server: SimulatorServer, realm: str) -> None:
    engine = server.simulator.engine
    preferences = engine.read(realm, "Preferences", "1")
    preferences["TaxPrefs"]["PartnerTaxEnabled"] = False
    engine.update(realm, "Preferences", preferences, actor="API", system=True)


# === TESTS === #


def sent(company: Company, document: Document) -> tuple[Row, Row]:
    """Send a document; return what was sent and what QuickBooks answered."""
    found = problems(document, company.books)
    assert not [problem for problem in found if problem.blocks]
    body = build(document, company.books)
    return body, post(company, document, body)


def check_to_the_penny(company: Company, sale: Sale) -> None:
    """Hold QuickBooks' answer against Odoo's figures without the library's help."""
    document = document_of(sale, company)
    body, answer = sent(company, document)
    figures = sale.figures
    held = [line for line in answer["Line"] if "SalesItemLineDetail" in line]
    assert [line["Amount"] for line in held] == list(figures.amounts)
    assert answer["TotalAmt"] == figures.total
    assert answer["TxnTaxDetail"]["TotalTax"] == figures.tax
    assert compare(body, totals(document), answer) == ()


@share(60)
@given(data=st.data())
def test_uk_documents_come_to_odoos_figures(uk, data):
    check_to_the_penny(uk, data.draw(sales(uk.taxes)))


@share(20)
@given(data=st.data())
def test_us_documents_keep_odoos_tax_over_automated_sales_tax(us_automated, data):
    check_to_the_penny(us_automated, data.draw(sales(us_automated.taxes)))


@share(20)
@given(data=st.data())
def test_us_documents_come_to_odoos_figures_with_codes_by_hand(us_manual, data):
    check_to_the_penny(us_manual, data.draw(sales(us_manual.taxes)))
