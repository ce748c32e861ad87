"""What is known before the call to be refused, or held otherwise."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from qbo_papers import (
    AUSTIN,
    DALLAS,
    GLOBAL,
    MANUAL,
    NO_VAT,
    REDUCED,
    STANDARD,
    UK,
    US,
    item,
    paper,
    tax,
    with_model,
)

from qbo.documents import Books, Document, Line, TaxAmount, TaxModel, problems

D = Decimal
FINE = paper(
    Line("note", "Garden"),
    item("10.00", STANDARD),
    item("5.00"),
    taxes=(tax(STANDARD, "10", "2.00"),),
)
HAND = with_model(US, MANUAL)


def found(document: Document, books: Books = UK) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.line) for problem in problems(document, books)]


def codes(document: Document, books: Books = UK) -> set[str]:
    return {problem.code for problem in problems(document, books)}


def told(document: Document, books: Books = UK) -> set[str]:
    return {one.code for one in problems(document, books) if not one.blocks}


def test_nothing_is_wrong_with_a_good_document():
    assert problems(FINE, UK) == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"customer_id": ""}, "customer_missing"),
        ({"currency": "USD", "exchange_rate": D("0.8")}, "currency_unknown"),
        ({"currency": "EUR"}, "exchange_rate_missing"),
        ({"customer_currency": "EUR"}, "customer_currency"),
        ({"doc_number": " "}, "number_missing"),
        ({"bill_email": "nobody"}, "email_invalid"),
        ({"bill_email": "a@b.example, c d@e.example"}, "email_invalid"),
        ({"bill_email": "x" * 100 + "@b.example"}, "email_too_long"),
    ],
)
def test_the_header_is_checked(changes, code):
    assert code in codes(replace(FINE, header=replace(FINE.header, **changes)))


@pytest.mark.parametrize("email", ["", " a@b.example ", "a@b.example,c@d.example"])
def test_good_addresses_are_let_through(email):
    assert not codes(replace(FINE, header=replace(FINE.header, bill_email=email)))


def test_the_closing_date_itself_is_closed():
    on = replace(UK, closed_until=date(2026, 3, 2))
    before = replace(UK, closed_until=date(2026, 3, 1))
    assert codes(FINE, on) == {"closed_period"} and not codes(FINE, before)


def test_a_foreign_currency_needs_multicurrency():
    header = replace(FINE.header, currency="EUR", exchange_rate=D("0.86"))
    document = replace(FINE, header=header)
    assert not codes(document)
    assert codes(document, replace(UK, multicurrency=False)) == {"currency_unknown"}


def test_quickbooks_can_number_only_without_custom_numbers():
    wish = replace(UK, quickbooks_numbers=True)
    header = replace(FINE.header, doc_number="")
    assert not codes(replace(FINE, header=header), wish)
    assert codes(FINE, replace(wish, custom_numbers=True)) == {"custom_numbers"}


def test_what_is_changed_without_harm_is_told():
    changes = {
        "doc_number": "INVOICE/LONDON/2026/00042",
        "private_note": "n" * 4001,
        "customer_memo": "m" * 1001,
        "customer_name": "Łódź",
    }
    document = replace(FINE, header=replace(FINE.header, **changes))
    assert told(document) == codes(document) == {"number_shortened", "text_cut"}
    assert "characters" in told(document, US)


def test_texts_of_other_systems_lose_nothing():
    lines = (replace(FINE.lines[1], description="One\r\nTwo"), *FINE.lines[2:])
    assert not codes(replace(FINE, lines=lines))


# --- lines --- #


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (item("5", item_id=""), "item_missing"),
        (Line("rounding", amount=D("0.02")), "rounding_item_missing"),
        (item("1.001"), "amount_decimals"),
        (item("10000000000"), "amount_too_large"),
        (item("0.01", quantity=D(0)), "quantity_as_text"),
        (item("5", "999"), "tax_code_unknown"),
        (item("5", ""), "tax_not_mapped"),
        (item("5", STANDARD, REDUCED), "several_tax_codes"),
        (item("5", description="a\x00b"), "characters"),
    ],
)
def test_lines_are_checked_each_by_itself(line, code):
    assert (code, 1) in found(paper(item("5"), line))


def test_a_price_can_be_too_large_where_the_amount_is_not():
    line = item("9999999999", quantity=D("0.001"), unit_price=D("9999999999000"))
    assert codes(paper(line)) == {"amount_too_large"}


def test_lines_without_tax_need_a_code_for_that():
    books = with_model(UK, replace(GLOBAL, no_tax_code_id=""))
    assert found(paper(item("5")), books) == [("tax_code_missing", 0)]


def test_there_must_be_something_to_pay_for():
    assert codes(paper(Line("note", "Hello"))) == {"no_lines"}


def test_there_is_an_end_to_lines():
    assert codes(paper(*[item("1", NO_VAT)] * 751)) == {"too_many_taxable_lines"}
    books = with_model(UK, TaxModel("none"))
    assert codes(paper(*[item("1")] * 10001), books) == {"too_many_lines"}


# --- totals and tax --- #


def test_a_document_that_does_not_add_up_never_goes():
    assert codes(replace(FINE, total=D("17.01"))) == {"does_not_add_up"}
    parts = (TaxAmount(STANDARD, D(10), D("2.004")),)
    assert "does_not_add_up" in codes(replace(FINE, taxes=parts, total=D("17.004")))


def test_less_than_nothing_is_refused():
    assert codes(paper(item("-5", NO_VAT))) == {"negative_total"}


def test_a_tax_mapped_to_another_rate_is_found_and_rounding_is_not():
    (problem,) = problems(replace(FINE, taxes=(tax(STANDARD, "10", "1.75"),),
                                  total=D("16.75")), UK)  # fmt: skip
    assert problem.code == "tax_rate_differs" and problem.blocks
    assert problem.data == {
        "code": STANDARD,
        "tax": D("1.75"),
        "base": D(10),
        "odoo": D("17.50"),
        "quickbooks": D(20),
    }
    rounding = (tax(STANDARD, "10", "2.03"),)
    assert not codes(replace(FINE, taxes=rounding, total=D("17.03")))


def test_a_differing_rate_is_only_told_where_quickbooks_tax_is_taken():
    document = replace(FINE, taxes=(tax(STANDARD, "10", "1.75"),), total=D("16.75"))
    assert told(document, replace(UK, keep_tax=False)) == {"tax_rate_differs"}


def test_cash_rounding_inside_a_tax_is_not_a_differing_rate():
    rounded = TaxAmount(STANDARD, D(10), D("2.40"), rounding=D("0.40"))
    assert not codes(replace(FINE, taxes=(rounded,), total=D("17.40")))


def test_a_company_without_sales_tax_takes_none():
    books = with_model(UK, TaxModel("none"))
    assert codes(FINE, books) == {"no_tax_in_quickbooks"}
    assert not codes(paper(item("5", STANDARD)), books)


def test_tax_in_the_us_needs_a_taxable_line():
    document = paper(item("10"), taxes=(tax("NON", "10", "0.83"),), currency="USD")
    assert codes(document, US) == {"tax_without_taxable_line"}
    assert "tax_rate_differs" in codes(document, HAND)


def test_nobody_knows_the_rates_of_automated_sales_tax():
    taxes = (tax(AUSTIN, "10", "0.70"),)
    document = paper(item("10", AUSTIN), taxes=taxes, currency="USD")
    assert not codes(document, US)
    assert codes(document, HAND) == {"tax_rate_differs"}


def test_a_us_document_has_one_code():
    document = paper(item("10", AUSTIN), item("0", DALLAS), currency="USD")
    assert not codes(document, US)
    assert codes(document, HAND) == {"several_tax_codes"}
    unknown = paper(item("10", "999"), currency="USD")
    assert codes(unknown, HAND) == {"tax_code_unknown"}


def test_a_code_whose_rates_are_not_known_is_told_once():
    strange = replace(UK, tax_model=replace(GLOBAL, codes={}))
    assert codes(FINE, strange) == {"tax_code_unknown"}


def test_a_tax_code_that_quickbooks_does_not_have_is_named():
    document = paper(item("10.00", "999", STANDARD), taxes=(tax("999", "10", "0"),))
    first = problems(document, UK)[0]
    assert (first.code, first.line) == ("tax_code_unknown", 0)
    assert first.data == {"codes": ["999"]}


def test_a_line_of_words_needs_no_tax_code():
    note = Line("note", "Garden", tax_code_ids=("",))
    assert problems(replace(FINE, lines=(note, *FINE.lines[1:])), UK) == ()
