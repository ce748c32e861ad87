"""What QuickBooks makes of documents, over HTTP, and that differences are told."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from qbo_odoo import Tax
from qbo_papers import header, item, paper, tax
from qbo_penny import a_customer, an_item, code_ids, tax_model
from qbo_sim import client_of

from qbo.client import new_requestid
from qbo.documents import (
    Address,
    Books,
    Difference,
    Line,
    build,
    compare,
    problems,
    totals,
    update_of,
)
from qbo.errors import FaultError

D = Decimal


@pytest.fixture
def codes(client) -> dict[str, str]:
    return code_ids(client)


@pytest.fixture
def books(client, codes) -> Books:
    """The UK company, with an item for lines that name none."""
    model = tax_model(client, "global", codes["No VAT"])
    goods = an_item(client)
    return Books(
        "GB",
        "GBP",
        model,
        multicurrency=True,
        default_item_id=goods,
        rounding_item_id=goods,
    )


@pytest.fixture
def own(client):
    """Return what a header of this test needs: a customer and a number of its own."""
    number = f"T/{new_requestid()[:16]}"
    return {"customer_id": a_customer(client, "GBP"), "doc_number": number}


@pytest.fixture
def texas(sim, simulator, sim_transport):
    """A client of the US company, whose sales tax is automated, and its books."""
    realm = simulator.post("/companies", company="us")["realm_id"]
    client = client_of(sim_transport, sim.get("/credentials", realm_id=realm))
    books = Books("US", "USD", tax_model(client, "us_automated"))
    return client, replace(books, default_item_id=an_item(client))


def goods(amount, *codes, **changes):
    return item(amount, *codes, **{"item_id": "", **changes})


def held(client, document, books, entity="Invoice"):
    """Send a document; return QuickBooks' answer and where it differs."""
    body = build(document, books)
    answer = client.create(entity, body)
    return answer, compare(body, totals(document), answer)


# --- documents --- #


def test_everything_that_a_line_can_be(client, books, codes, own):
    standard = codes["20.0% S"]
    document = paper(
        Line("note", "Garden"),
        goods("25.00", standard, quantity=D("2.5"), unit_price=D(10)),
        goods("45.00", standard, unit_price=D(50), discount=D(10)),
        Line("subtotal"),
        Line("note", "Less what was paid\nin advance"),
        goods("-30.00", quantity=D(-1), unit_price=D(30)),
        goods("0.00", standard, unit_price=D(0), service_date=date(2026, 2, 27)),
        goods("1.00", description="x" * 9000),
        Line("rounding", "Rounding", amount=D("0.02")),
        taxes=(tax(standard, "70", "14.00", "20"),),
        **own,
    )
    answer, differences = held(client, document, books)
    assert differences == ()
    texts = [line.get("Description", "")[:30] for line in answer["Line"]]
    assert texts[0] == "Garden" and texts[3] == "Subtotal: 70.00"
    assert texts[4] == "Less what was paid\nin advance"


def test_a_credit_memo_in_a_foreign_currency(client, books, codes, own):
    zero = codes["0.0% Z"]
    own["customer_id"] = a_customer(client, "EUR")
    own |= {"kind": "creditmemo", "currency": "EUR", "exchange_rate": D("0.8611780916")}
    document = paper(goods("99.99", zero), taxes=(tax(zero, "99.99", "0.00"),), **own)
    answer, differences = held(client, document, books, "CreditMemo")
    assert differences == ()
    assert answer["ExchangeRate"] == D("0.8611780916")
    assert answer["HomeTotalAmt"] == D("86.11")


def test_the_company_name_stands_with_the_address(client, books, own):
    address = Address(("12 Station Road",), "Tadcaster", "", "LS24 9JF", "GB")
    named = {"customer_name": "Ainsty Ltd", "bill_address": address, **own}
    books = replace(books, include_customer_name=True)
    answer, differences = held(client, paper(goods("5.00"), **named), books)
    assert differences == ()
    assert answer["BillAddr"]["Line1"] == "Ainsty Ltd"


def test_a_shortened_number_is_taken(client, books, own):
    own["doc_number"] = f"INVOICE/LONDON/{own['doc_number']}"
    answer, differences = held(client, paper(goods("5.00"), **own), books)
    assert differences == () and len(answer["DocNumber"]) == 21


# --- tax --- #


def test_odoos_tax_by_the_line_is_kept_against_quickbooks_by_the_rate(
    client, books, codes, own
):
    standard = codes["20.0% S"]
    lines = [goods("0.12", standard)] * 3
    document = paper(*lines, taxes=(tax(standard, "0.36", "0.06", "20"),), **own)
    answer, differences = held(client, document, books)
    assert differences == () and answer["TotalAmt"] == D("0.42")
    taken = replace(books, keep_tax=False)
    own["doc_number"] += "b"
    document = replace(document, header=header(**own))
    answer, differences = held(client, document, taken)
    assert differences == (
        Difference("total", D("0.42"), D("0.43")),
        Difference("tax", D("0.06"), D("0.07")),
    )


def test_an_update_computes_the_tax_anew(client, books, codes, own):
    standard = codes["20.0% S"]
    lines = [goods("0.12", standard)] * 3
    before = paper(*lines, taxes=(tax(standard, "0.36", "0.06", "20"),), **own)
    answer, _none = held(client, before, books)
    now = paper(
        Line("note", "Changed"),
        goods("100.00", standard),
        taxes=(tax(standard, "100", "20.00", "20"),),
        **own,
    )
    body = update_of(build(now, books), answer["Id"], answer["SyncToken"])
    changed = client.update("Invoice", body)
    assert compare(body, totals(now), changed) == ()
    assert changed["Id"] == answer["Id"]


def test_an_update_empties_memo_and_note(client, books, own):
    said = paper(goods("5.00"), private_note="Note", customer_memo="Memo", **own)
    answer, _none = held(client, said, books)
    assert answer["PrivateNote"] == "Note"
    silent = build(paper(goods("5.00"), **own), books)
    update = update_of(silent, answer["Id"], answer["SyncToken"])
    changed = client.update("Invoice", update)
    assert not changed.get("PrivateNote") and not changed.get("CustomerMemo")


def test_automated_sales_tax_gives_way_to_odoos_and_is_told_where_it_is_taken(texas):
    client, books = texas
    wrong = Tax("Wrong", "TAX", D(5))
    own = {"customer_id": a_customer(client), "currency": "USD"}
    lines = (goods("100.00", wrong.code), goods("20.00"))
    document = paper(*lines, taxes=(tax("TAX", "100", "5.00", "5"),), **own)
    answer, differences = held(client, document, books)
    assert differences == () and answer["TotalAmt"] == D("125.00")
    document = replace(document, header=replace(document.header, doc_number="A-2"))
    answer, differences = held(client, document, replace(books, keep_tax=False))
    assert answer["TotalAmt"] == D("128.25")
    assert [one.field for one in differences] == ["total", "tax"]


def test_the_tax_that_an_exempt_customer_is_not_charged_is_told(texas):
    client, books = texas
    exempt = a_customer(client, Taxable=False, TaxExemptionReasonId="2")
    own = {"customer_id": exempt, "currency": "USD"}
    document = paper(
        goods("100.00", "TAX"), taxes=(tax("TAX", "100", "8.25", "8.25"),), **own
    )
    _answer, differences = held(client, document, books)
    assert differences == (
        Difference("total", D("108.25"), D("100.00")),
        Difference("tax", D("8.25"), D(0)),
    )


# --- differences --- #


def test_whatever_is_changed_in_quickbooks_is_told(client, books, codes, own):
    standard = codes["20.0% S"]
    lines = (Line("note", "Garden"), goods("50.00", standard), goods("5.00"))
    document = paper(*lines, taxes=(tax(standard, "50", "10.00", "20"),), **own)
    body = build(document, books)
    answer = client.create("Invoice", body)
    lines = answer["Line"]
    lines[0]["Description"] = "Gardens"
    lines[1]["Amount"] = 51
    lines[1]["SalesItemLineDetail"] |= {
        "UnitPrice": 51,
        "TaxCodeRef": {"value": codes["5.0% R"]},
    }
    change = {"Line": lines, "DocNumber": "OTHER", "CustomerRef": body["CustomerRef"]}
    name = {"Id": answer["Id"], "SyncToken": answer["SyncToken"], "sparse": True}
    answer = client.update("Invoice", {**name, **change})
    found = compare(body, totals(document), answer)
    assert [(one.field, one.line) for one in found] == [
        ("total", None),
        ("tax", None),
        ("DocNumber", None),
        ("Description", 1),
        ("Amount", 2),
        ("UnitPrice", 2),
        ("TaxCodeRef", 2),
    ]
    assert found[0] == Difference("total", D("65.00"), D("58.55"))


def test_a_line_more_or_less_is_told(client, books, own):
    document = paper(goods("5.00"), goods("6.00"), **own)
    body = build(document, books)
    answer = client.create("Invoice", body)
    answer["Line"] = answer["Line"][1:]
    assert Difference("lines", 2, 1) in compare(body, totals(document), answer)


def test_a_rate_that_took_other_tax_is_told(client, books, codes, own):
    standard = codes["20.0% S"]
    lines = [goods("0.12", standard)] * 3
    document = paper(*lines, taxes=(tax(standard, "0.36", "0.06", "20"),), **own)
    body = build(document, books)
    answer = client.create("Invoice", body)
    (line,) = answer["TxnTaxDetail"]["TaxLine"]
    line["Amount"] = D("0.05")
    rate = line["TaxLineDetail"]["TaxRateRef"]["value"]
    found = compare(body, totals(document), answer)
    assert found == (Difference(f"TaxRate {rate}", D("0.06"), D("0.05")),)


# --- what the checks spare --- #


def test_what_the_checks_find_is_what_quickbooks_refuses(client, books, own):
    """The simulator's word that these problems are ones."""
    euro = {"customer_id": a_customer(client, "EUR"), "customer_currency": "EUR"}
    refused = (
        paper(goods("-5.00"), **own),
        paper(goods("5.00", ""), **own),
        paper(*[goods("1.00")] * 751, **own),
        paper(goods("5.00"), **{**own, "bill_email": "nobody"}),
        paper(goods("5.00"), **{**own, **euro}),
    )
    for document in refused:
        assert any(problem.blocks for problem in problems(document, books))
        with pytest.raises(FaultError):
            client.create("Invoice", build(document, books))
