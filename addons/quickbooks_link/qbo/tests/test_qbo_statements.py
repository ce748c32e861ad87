"""Statements of the query language."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from qbo import statements


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain", "'plain'"),
        ("O'Neil & Söhne", "'O\\'Neil & Söhne'"),
        ("ends with \\", "'ends with \\\\'"),
        ("\\' OR Id > '0", "'\\\\\\' OR Id > \\'0'"),
        (True, "true"),
        (False, "false"),
        (58, "'58'"),
        (Decimal("1E+2"), "'100'"),
        (date(2026, 1, 31), "'2026-01-31'"),
        (
            datetime(2026, 1, 31, 12, 0, 5, 999, timezone(timedelta(hours=-8))),
            "'2026-01-31T12:00:05-08:00'",
        ),
    ],
)
def test_values_are_quoted_so_that_they_stay_values(value, written):
    assert statements.literal(value) == written


def test_time_without_an_offset_is_refused():
    with pytest.raises(ValueError):
        statements.literal(datetime(2026, 1, 1))


@pytest.mark.parametrize(
    ("parts", "written"),
    [
        (("Active", "in", [True, False]), "Active IN (true, false)"),
        (("Id", "IN", ["1", "2"]), "Id IN ('1', '2')"),
        (
            ("MetaData.LastUpdatedTime", ">=", date(2026, 1, 1)),
            "MetaData.LastUpdatedTime >= '2026-01-01'",
        ),
        (("DisplayName", "like", "A%"), "DisplayName LIKE 'A%'"),
    ],
)
def test_conditions(parts, written):
    assert statements.condition(*parts) == written


@pytest.mark.parametrize(
    "parts",
    [
        ("Active = true OR Id", "=", "1"),
        ("Id", "!=", "1"),
        ("Id", "=", ["1", "2"]),
        ("Id", "IN", "12"),
    ],
)
def test_conditions_the_language_does_not_have_are_refused(parts):
    with pytest.raises(ValueError):
        statements.condition(*parts)


def test_conditions_are_joined_and_empty_ones_left_out():
    assert statements.both("A = '1'", "", "B = '2'") == "A = '1' AND B = '2'"


def test_page_is_ordered_and_bounded():
    assert statements.select("Customer", "Active = true", start=1001) == (
        "SELECT * FROM Customer WHERE Active = true ORDERBY Id "
        "STARTPOSITION 1001 MAXRESULTS 1000"
    )


@pytest.mark.parametrize("bounds", [{"start": 0}, {"size": 0}, {"size": 1001}])
def test_page_quickbooks_would_refuse_is_refused_here(bounds):
    with pytest.raises(ValueError):
        statements.select("Customer", **bounds)


def test_entity_that_is_no_name_is_refused():
    with pytest.raises(ValueError):
        statements.select("Customer WHERE Id = '1'")


def test_count_and_the_entity_of_a_statement():
    text = statements.count("Invoice", "TxnDate >= '2026-01-01'")
    assert text == "SELECT COUNT(*) FROM Invoice WHERE TxnDate >= '2026-01-01'"
    assert statements.entity_in(text) == "Invoice"
    assert statements.entity_in("nonsense") == ""
