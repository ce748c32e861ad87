"""Names, characters and payloads of customers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbo import customers
from qbo.customers import Contact

FULL = Contact(
    name="Łódź Gardens",
    company_name="Łódź Gardens",
    email="office@lodz.example",
    phone="+48 42 000 00 00",
    street="Piotrkowska 1",
    street2="Floor 2",
    city="Łódź",
    state="LD",
    postcode="90-001",
    country="Poland",
    tax_number="PL1234567890",
    currency="PLN",
    term="3",
)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Brook & Sons", ""),
        ("Brook: Sons", ":"),
        ("a\tb\nc", "\t\n"),
        ("Brook's (deleted)", ""),
    ],
)
def test_forbidden_characters_are_found(name, found):
    assert customers.forbidden_in(name) == found


def test_names_are_trimmed_as_quickbooks_does():
    assert customers.tidy("  Brook   &  Sons ") == "Brook & Sons"


def test_the_limit_of_a_name_is_500_characters():
    assert not customers.is_too_long("x" * 500)
    assert customers.is_too_long("x" * 501)


@given(st.text(max_size=700))
def test_a_proposed_name_is_never_refused(name):
    proposed = customers.allowed_name(name)
    assert not customers.forbidden_in(proposed)
    assert not customers.is_too_long(proposed)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("x" * 100, "x" * 100), ("x" * 101, ""), ("A:B", "")],
)
def test_a_company_name_that_would_be_refused_is_left_out(name, expected):
    assert customers.company_name(name) == expected


def test_one_query_for_each_list_that_shares_names():
    queries = customers.name_queries("O'Neill")
    assert list(queries) == ["Customer", "Vendor", "Employee"]
    for entity, statement in queries.items():
        assert f"FROM {entity} WHERE" in statement
        assert r"DisplayName IN ('O\'Neill', 'O\'Neill (deleted)')" in statement
        assert "Active IN (true, false)" in statement


# --- characters --- #


def test_outside_the_us_every_letter_is_held():
    assert customers.held_contact(FULL, "GB") == FULL


def test_us_companies_get_plain_letters_for_those_they_lose():
    held = customers.held_contact(FULL, "US")
    assert held.name == "Lódz Gardens"
    assert customers.differing(FULL, held) == {
        "name": ("Łódź Gardens", "Lódz Gardens"),
        "company_name": ("Łódź Gardens", "Lódz Gardens"),
        "city": ("Łódź", "Lódz"),
    }


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("Café Zoë", "Café Zoë"),
        ("Smith – “Sons”", 'Smith - "Sons"'),
        ("東京", "??"),
        ("a\x00b\x1fc", "a b c"),
        ("a\tb", "a\tb"),
        ("ﬁne", "fine"),
    ],
)
def test_what_becomes_of_characters_in_the_us(text, held):
    assert customers.held_contact(Contact(text), "US").name == held
    assert customers.can_hold(text, "US") == (text == held)


def test_control_characters_are_held_nowhere():
    assert not customers.can_hold("a\x00b", "GB")
    assert customers.can_hold("東京 🌳", "GB")


@given(st.text())
def test_what_is_held_stays_as_it_is(text):
    once = customers.held_contact(Contact(text), "US")
    assert customers.held_contact(once, "US") == once


def test_fields_with_too_many_characters_are_named():
    long = Contact("x", phone="0" * 31, email="a" * 101, street="s" * 500)
    assert customers.too_long(long) == {"email": 100, "phone": 30}


# --- payloads --- #


def test_everything_known_goes_along():
    assert customers.payload(FULL) == {
        "DisplayName": "Łódź Gardens",
        "CompanyName": "Łódź Gardens",
        "PrimaryEmailAddr": {"Address": "office@lodz.example"},
        "PrimaryPhone": {"FreeFormNumber": "+48 42 000 00 00"},
        "BillAddr": {
            "Line1": "Piotrkowska 1",
            "Line2": "Floor 2",
            "City": "Łódź",
            "CountrySubDivisionCode": "LD",
            "PostalCode": "90-001",
            "Country": "Poland",
        },
        "PrimaryTaxIdentifier": "PL1234567890",
        "CurrencyRef": {"value": "PLN"},
        "SalesTermRef": {"value": "3"},
    }


def test_what_is_empty_is_left_out():
    assert customers.payload(Contact("Brook")) == {"DisplayName": "Brook"}


@pytest.mark.parametrize(("days", "expected"), [(0, "1"), (30, "3"), (45, "")])
def test_the_term_is_found_by_its_days(days, expected):
    terms = [
        {"Id": "1", "DueDays": 0},
        {"Id": "2", "DueDays": 30, "DiscountPercent": Decimal(2)},
        {"Id": "3", "DueDays": Decimal(30)},
        {"Id": "4", "DayOfMonthDue": 30},
    ]
    assert customers.term_of(terms, days) == expected
