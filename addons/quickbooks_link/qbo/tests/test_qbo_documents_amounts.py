"""Quantities and prices that come to an amount, and numbers that fit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbo.amounts import (
    MAX_DECIMALS,
    Priced,
    decimals,
    plain,
    priced,
    rounded,
    written,
)
from qbo.document_numbers import MAX_NUMBER, doc_number, is_shortened

D = Decimal
CENTS = st.decimals("-100000", "100000", places=2)
QUANTITIES = st.decimals("-5000", "5000", places=3)


def line(quantity: str, price: str, amount: str, *more: str) -> Priced:
    discount = D(more[0]) if more else D(0)
    return priced(D(quantity), D(price), D(amount), discount)


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [
        ("3", "10.10", "30.30"),
        ("1.5", "1240.7166", "1861.07"),
        ("0", "12.00", "0"),
        ("2", "0", "0"),
        ("-1", "300", "-300"),
        # Half a cent goes up: 1861.075.
        ("5", "372.215", "1861.08"),
    ],
)
def test_odoos_price_is_kept_where_it_comes_to_the_amount(quantity, price, amount):
    assert line(quantity, price, amount) == Priced(D(quantity), plain(D(price)))


def test_a_discount_makes_the_price_a_net_one():
    assert line("4", "12.50", "45.00", "10") == Priced(D(4), D("11.25"))


def test_a_price_that_needs_too_many_decimals_is_found_again_from_the_amount():
    assert line("3", "33.33", "66.66", "33.333") == Priced(D(3), D("22.22"))


def test_a_cent_that_odoo_moved_to_a_line_goes_into_its_price():
    found = line("12.12", "12.12", "146.90")
    assert found == Priced(D("12.12"), D("12.1205"))
    assert rounded(found.quantity * found.unit_price) == D("146.90")


def test_a_price_with_tax_is_never_taken_for_the_net_one():
    found = priced(D("0.001"), D(12), D("0.01"), price_included=True)
    assert found == Priced(D("0.001"), D(10))


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [
        ("0", "10.00", "0.01"),
        # 4999.999 units leave a step of 5 cents between two prices of five decimals.
        ("4999.999", "0.1234567", "617.28"),
        ("1.2345678", "10", "12.35"),
        # Nobody says which way half a cent below zero is rounded.
        ("-5", "372.215", "-1861.08"),
    ],
)
def test_else_the_line_is_one_at_the_amount(quantity, price, amount):
    found = line(quantity, price, amount)
    alike = rounded(found.quantity * found.unit_price) == D(amount)
    assert alike and (found.collapsed or found.unit_price != D(price))


def test_an_amount_without_a_quantity_is_one_at_the_amount():
    assert line("0", "10", "0.01") == Priced(D(1), D("0.01"), collapsed=True)


@given(QUANTITIES, st.decimals(0, 9000, places=4), CENTS, st.booleans())
def test_quickbooks_always_agrees_to_the_amount(quantity, price, amount, included):
    found = priced(quantity, price, amount, price_included=included)
    product = found.quantity * found.unit_price
    assert rounded(product) == amount
    assert decimals(found.unit_price) <= MAX_DECIMALS
    # No half cent below zero, whichever way it would go.
    assert product >= 0 or abs(product - amount) < D("0.005")


@given(st.decimals("0.01", "900", places=2), st.decimals("0.001", "900", places=3))
def test_what_odoo_rounds_itself_keeps_quantity_and_price(price, quantity):
    found = priced(quantity, price, rounded(quantity * price))
    assert (found.quantity, found.unit_price) == (quantity, price)


# --- numbers --- #


@pytest.mark.parametrize("number", ["INV/2026/00042", "X" * 21, ""])
def test_numbers_that_fit_go_as_they_are(number):
    assert doc_number(number) == number
    assert not is_shortened(number)


def test_a_long_number_keeps_its_end_and_is_told_apart_by_its_beginning():
    london, leeds = (
        doc_number(f"INVOICE/{city}/2026/03/00042") for city in ("LONDON", "LEEDS")
    )
    assert london.endswith("/2026/03/00042") and leeds.endswith("/2026/03/00042")
    assert london != leeds
    assert london == "X3H7S-N/2026/03/00042"


def test_a_hundred_thousand_numbers_that_end_alike_stay_as_many():
    numbers = [
        f"INVOICES/BRANCH-{branch:03}/2026/{number:05}"
        for branch in range(100)
        for number in range(1000)
    ]
    shown = {doc_number(number) for number in numbers}
    assert len(shown) == len(numbers)
    assert max(map(len, shown)) == MAX_NUMBER


@given(st.text(max_size=80))
def test_every_number_fits(number):
    assert len(doc_number(number)) <= MAX_NUMBER


def test_a_number_is_written_with_cents_or_with_all_it_has() -> None:
    assert written(Decimal("1E+2")) == "100.00"
    assert written(Decimal("0.0137500")) == "0.01375"
    assert written(Decimal("42"), 0) == "42"
