"""Effective rates of tax codes."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbo.taxes import CodeRates, UnknownTaxRateError, code_rates, rate_on

TODAY = date(2026, 3, 1)


def detail(rate_id, basis="TaxOnAmount", order=0, on_order=None):
    entry = {
        "TaxRateRef": {"value": rate_id},
        "TaxTypeApplicable": basis,
        "TaxOrder": order,
    }
    return entry if on_order is None else {**entry, "TaxOnTaxOrder": on_order}


def sales(*details):
    return {"SalesTaxRateList": {"TaxRateDetail": list(details)}}


def rates(**values):
    return {key[1:]: {"RateValue": Decimal(value)} for key, value in values.items()}


def sales_rate(code, **values):
    return code_rates(code, rates(**values), TODAY).sales


def test_single_rate_and_an_empty_side():
    code = {**sales(detail("3")), "PurchaseTaxRateList": {"TaxRateDetail": []}}
    result = code_rates(code, rates(_3="20"), TODAY)
    assert result == CodeRates(sales=Decimal(20), purchase=None)


def test_zero_rate_is_not_the_same_as_no_rate():
    assert sales_rate(sales(detail("3")), _3="0") == 0


def test_pseudo_code_of_a_us_company_has_no_rates():
    pseudo = {"Id": "TAX", "Name": "TAX", "Taxable": True}
    assert code_rates(pseudo, {}, TODAY) == CodeRates(None, None)


def test_sides_may_differ():
    code = {
        **sales(detail("3")),
        "PurchaseTaxRateList": {"TaxRateDetail": [detail("4")]},
    }
    assert code_rates(code, rates(_3="20", _4="17.5"), TODAY) == CodeRates(
        Decimal(20), Decimal("17.5")
    )


def test_group_of_rates_on_the_amount_adds_up():
    group = sales(detail("1"), detail("2", order=1), detail("3", order=2))
    assert sales_rate(group, _1="6.25", _2="1.5", _3="0.125") == Decimal("7.875")


def test_compound_rate_is_charged_on_the_amount_and_the_tax_before_it():
    # Quebec before 2013: GST 5 %, then QST 9.5 % on amount plus GST.
    quebec = sales(detail("1"), detail("2", "TaxOnAmountPlusTax", 1))
    assert sales_rate(quebec, _1="5", _2="9.5") == Decimal("14.975")


def test_tax_on_tax_is_charged_on_the_tax_alone():
    # India: service tax 12 %, education cess 2 % of it, higher cess 1 % of it.
    cess = sales(
        detail("1"),
        detail("2", "TaxOnTax", 1, on_order=0),
        detail("3", "TaxOnTax", 2, on_order=0),
    )
    assert sales_rate(cess, _1="12", _2="2", _3="1") == Decimal("12.36")


def test_tax_on_tax_that_names_none_is_charged_on_all_before_it():
    code = sales(
        detail("1"), detail("2", order=1), detail("3", "TaxOnTax", 2, on_order=-1)
    )
    assert sales_rate(code, _1="10", _2="20", _3="50") == Decimal(45)


def test_compound_rate_on_one_named_tax():
    code = sales(
        detail("1"),
        detail("2", order=1),
        detail("3", "TaxOnAmountPlusTax", 2, on_order=0),
    )
    # 10 + 20 + 10 % of (100 + 10)
    assert sales_rate(code, _1="10", _2="20", _3="10") == Decimal(41)


def test_order_of_the_list_does_not_matter():
    quebec = sales(detail("2", "TaxOnAmountPlusTax", 1), detail("1"))
    assert sales_rate(quebec, _1="5", _2="9.5") == Decimal("14.975")


def test_reverse_charge_cancels_out():
    assert sales_rate(sales(detail("1"), detail("2")), _1="20", _2="-20") == 0


@settings(deadline=None)
@given(st.lists(st.decimals(0, 100, places=4), min_size=1, max_size=6))
def test_plain_group_is_exactly_the_sum_of_its_rates(values):
    table = {str(n): {"RateValue": value} for n, value in enumerate(values)}
    group = sales(*(detail(str(n), order=n) for n in range(len(values))))
    assert code_rates(group, table, TODAY).sales == sum(values)


HISTORY = {
    "RateValue": Decimal(20),
    "EffectiveTaxRate": [
        {
            "RateValue": Decimal("17.5"),
            "EffectiveDate": "2010-01-01T00:00:00-08:00",
            "EndDate": "2011-01-03T00:00:00-08:00",
        },
        {"RateValue": 20, "EffectiveDate": "2011-01-04T00:00:00-08:00"},
    ],
}


@pytest.mark.parametrize(
    ("on", "percent"),
    [
        (date(2009, 12, 31), None),
        (date(2010, 1, 1), Decimal("17.5")),
        (date(2011, 1, 3), Decimal("17.5")),
        (date(2011, 1, 4), Decimal(20)),
        (TODAY, Decimal(20)),
    ],
)
def test_rate_of_the_day_comes_from_the_history(on, percent):
    assert rate_on(HISTORY, on) == percent


def test_newest_of_two_open_ended_rates_is_in_force():
    older, newer = HISTORY["EffectiveTaxRate"]
    open_ended = {"EffectiveTaxRate": [newer, {**older, "EndDate": None}]}
    assert rate_on(open_ended, TODAY) == 20


def test_rate_not_in_force_yet_adds_nothing():
    future = {"EffectiveTaxRate": [{"RateValue": 5, "EffectiveDate": "2030-01-01"}]}
    table = {"1": {"RateValue": 20}, "2": future}
    assert code_rates(sales(detail("1"), detail("2")), table, TODAY).sales == 20
    assert code_rates(sales(detail("2")), table, TODAY).sales is None


def test_rate_without_a_value_is_no_rate():
    assert rate_on({"Name": "new"}, TODAY) is None


def test_rate_that_was_not_given_is_named():
    with pytest.raises(UnknownTaxRateError, match="TaxRate 9"):
        sales_rate(sales(detail("9")))


def test_unknown_basis_is_refused_rather_than_guessed():
    with pytest.raises(ValueError, match="TaxOnMoon"):
        sales_rate(sales(detail("1", "TaxOnMoon")), _1="5")
