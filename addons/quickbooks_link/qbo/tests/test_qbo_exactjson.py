"""Amounts stay what was written."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbo import exactjson

amounts = st.decimals(allow_nan=False, allow_infinity=False)
# What PostgreSQL can't store is read as a sign for it.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts | amounts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=8,
)


@settings(deadline=None)
@given(amounts)
def test_every_amount_survives_the_way_there_and_back(amount):
    assert Decimal(exactjson.loads(exactjson.dumps(amount))) == amount


@settings(max_examples=60, deadline=None)
@given(values)
def test_what_is_written_is_json_and_pure_ascii(value):
    text = exactjson.dumps(value)
    json.loads(text)
    assert text.isascii()
    assert exactjson.loads(text) == value


def test_amounts_are_numbers_digit_by_digit():
    body = {"Amount": Decimal("1861.08"), "Qty": Decimal("1E+2"), "Zero": Decimal("-0")}
    assert exactjson.dumps(body) == '{"Amount":1861.08,"Qty":100,"Zero":-0}'


def test_what_is_written_already_goes_in_as_it_is():
    body = {"Invoice": exactjson.Written('{"Amount":18.60,"Line":[]}'), "bId": "1"}
    assert exactjson.dumps(body) == '{"Invoice":{"Amount":18.60,"Line":[]},"bId":"1"}'


def test_fraction_is_read_without_binary_rounding():
    assert exactjson.loads('{"a": 0.1, "b": 1e-2}') == {
        "a": Decimal("0.1"),
        "b": Decimal("0.01"),
    }


@pytest.mark.parametrize(
    "value", [1.5, {"a": [0.1]}, Decimal("NaN"), Decimal("Infinity"), {1: 2}, object()]
)
def test_what_has_no_exact_form_is_refused(value):
    with pytest.raises(TypeError):
        exactjson.dumps(value)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "{", b"\xff", ""])
def test_what_is_not_json_is_refused(text):
    with pytest.raises(ValueError):
        exactjson.loads(text)


@pytest.mark.parametrize(
    ("read", "amount"),
    [(None, "0"), (100, "100"), (Decimal("0.10"), "0.10"), ("12.5", "12.5")],
)
def test_amount_read_is_decimal_whatever_form_it_came_in(read, amount):
    result = exactjson.to_decimal(read)
    assert isinstance(result, Decimal)
    assert result == Decimal(amount)


@pytest.mark.parametrize("value", [0.1, True])
def test_amount_that_is_no_exact_number_is_refused(value):
    with pytest.raises(TypeError):
        exactjson.to_decimal(value)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2015-07-24T10:48:27.082-07:00", -7),
        ("2014-09-19T13:16:17-07:00", -7),
        ("2025-09-08T20:52:31Z", 0),
    ],
)
def test_times_keep_their_offset(text, hours):
    moment = exactjson.parse_time(text)
    assert moment.utcoffset() == timedelta(hours=hours)
    assert moment.isoformat()[:19] == text[:19]


def test_time_without_an_offset_is_refused():
    with pytest.raises(ValueError):
        exactjson.parse_time("2025-01-01T00:00:00")
    aware = exactjson.parse_time("2025-01-01T00:00:00+00:00")
    assert aware == datetime(2025, 1, 1, tzinfo=timezone.utc)
