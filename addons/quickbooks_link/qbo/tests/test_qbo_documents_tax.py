"""Tax codes of lines, QuickBooks' arithmetic, and when Odoo's tax is sent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from qbo_papers import (
    AUSTIN,
    AUTOMATED,
    BOTH,
    GLOBAL,
    GST,
    MANUAL,
    NO_VAT,
    PST,
    REDUCED,
    STANDARD,
    UK,
    US,
    item,
    paper,
    tax,
    with_model,
)

from qbo.document_tax import expected_tax, line_code, wanted_tax
from qbo.document_tax_rates import RateTax
from qbo.documents import TaxAmount, TaxModel, TaxRate, build, sales_rates
from qbo.taxes import UnknownTaxRateError, effective

D = Decimal
NONE = TaxModel("none")
HAND = with_model(US, MANUAL)


def tax_detail(document, books):
    return build(document, books).get("TxnTaxDetail")


# --- codes of lines --- #


@pytest.mark.parametrize(
    ("codes", "model", "expected"),
    [
        ((STANDARD,), GLOBAL, STANDARD),
        ((), GLOBAL, NO_VAT),
        ((BOTH, BOTH), GLOBAL, BOTH),
        ((GST, PST), GLOBAL, BOTH),
        ((PST, GST), GLOBAL, BOTH),
        ((STANDARD, REDUCED), GLOBAL, ""),
        ((STANDARD, "999"), GLOBAL, ""),
        ((STANDARD,), NONE, ""),
        ((AUSTIN, AUSTIN, AUSTIN), AUTOMATED, "TAX"),
        (("TAX",), AUTOMATED, "TAX"),
        (("NON",), MANUAL, "NON"),
        ((), AUTOMATED, "NON"),
    ],
)
def test_the_code_of_a_line(codes, model, expected):
    assert line_code(item("5", *codes), model) == expected


# --- arithmetic --- #


def test_tax_is_computed_per_rate_on_the_sum_of_its_lines():
    # 3 × 10.10 at 15 %: 4.56 by the line, 4.55 by the rate.
    model = TaxModel("global", {"7": (TaxRate("70", D(15)),)})
    lines = [item("10.10", "7")] * 3
    found = expected_tax(lines, model)
    assert found == {"70": RateTax(D(15), D("30.30"), D("4.55"))}


def test_a_rate_counts_the_lines_of_all_codes_that_have_it():
    lines = [item("10.00", GST), item("20.00", BOTH)]
    found = expected_tax(lines, GLOBAL)
    assert {rate: share.amount for rate, share in found.items()} == {
        "110": D("1.50"),
        "111": D("1.40"),
    }


def test_a_tax_on_a_tax_is_computed_on_what_is_exact():
    rates = (
        TaxRate("1", D(5)),
        TaxRate("2", D("9.5"), "TaxOnAmountPlusTax", order=1),
        TaxRate("3", D(10), "TaxOnTax", order=2, on_order=0),
    )
    assert effective(rates) == D("5") + D("9.975") + D("0.5")
    found = expected_tax([item("10.10", "7")], TaxModel("global", {"7": rates}))
    assert [share.amount for share in found.values()] == [
        D("0.51"),
        D("1.01"),
        D("0.05"),
    ]


def test_an_unknown_basis_is_not_guessed():
    with pytest.raises(ValueError, match="TaxOnTuesday"):
        effective((TaxRate("1", D(5), "TaxOnTuesday"),))


def test_odoos_tax_goes_to_the_rate_with_its_percentage():
    taxes = (tax(GST, "30", "1.50", "5"), tax(PST, "20", "1.40", "7"))
    assert wanted_tax(taxes, GLOBAL) == {"110": D("1.50"), "111": D("1.40")}


def test_two_rates_with_one_percentage_both_get_theirs():
    taxes = (
        tax(AUSTIN, "10", "0.63", "6.25"),
        tax(AUSTIN, "10", "0.10", "1"),
        tax(AUSTIN, "10", "0.11", "1"),
    )
    assert wanted_tax(taxes, MANUAL) == {
        "120": D("0.63"),
        "121": D("0.10"),
        "122": D("0.11"),
    }


def test_one_tax_for_several_rates_is_split_to_the_cent():
    found = wanted_tax((tax(BOTH, "10.10", "1.22"),), GLOBAL)
    assert found == {"110": D("0.51"), "111": D("0.71")}
    found = wanted_tax((tax(BOTH, "10.10", "1.21"),), GLOBAL)
    assert found == {"110": D("0.51"), "111": D("0.70")}


# --- rates from records --- #


def record(*details):
    return {"Id": "9", "SalesTaxRateList": {"TaxRateDetail": list(details)}}


def part(rate_id, **more):
    return {"TaxRateRef": {"value": rate_id}, **more}


def test_rates_are_read_in_their_order_and_of_the_day():
    rates = {
        "1": {"RateValue": D(20), "EffectiveTaxRate": [
            {"RateValue": D("17.5"), "EffectiveDate": "2010-01-01T00:00:00Z",
             "EndDate": "2011-01-03T00:00:00Z"},
            {"RateValue": D(20), "EffectiveDate": "2011-01-04T00:00:00Z"},
        ]},
        "2": {"RateValue": 1},
        "3": {"EffectiveTaxRate": [{"RateValue": 3, "EffectiveDate": "2030-01-01"}]},
    }  # fmt: skip
    code = record(
        part("2", TaxOrder=1, TaxTypeApplicable="TaxOnTax", TaxOnTaxOrder=0),
        part("1", TaxOnTaxOrder=-1),
        part("3"),
    )
    assert sales_rates(code, rates, date(2010, 6, 1)) == (
        TaxRate("1", D("17.5")),
        TaxRate("2", D(1), "TaxOnTax", 1, 0),
    )


def test_a_rate_that_is_not_known_is_an_error():
    with pytest.raises(UnknownTaxRateError, match="44"):
        sales_rates(record(part("44")), {}, date(2026, 3, 2))


def test_a_us_pseudo_code_has_no_rates():
    assert sales_rates({"Id": "TAX"}, {}, date(2026, 3, 2)) == ()


# --- what is sent --- #


def test_nothing_is_sent_where_quickbooks_comes_to_odoos_tax():
    document = paper(item("10.10", STANDARD), taxes=(tax(STANDARD, "10.10", "2.02"),))
    body = build(document, UK)
    assert "TxnTaxDetail" not in body and body["GlobalTaxCalculation"] == "TaxExcluded"


def test_odoos_tax_is_sent_for_every_rate_where_one_differs():
    lines = (item("0.12", STANDARD), item("0.12", STANDARD), item("10.00", REDUCED))
    taxes = (tax(STANDARD, "0.24", "0.04"), tax(REDUCED, "10", "0.50"))
    sent = tax_detail(paper(*lines, taxes=taxes), UK)
    assert sent["TotalTax"] == D("0.54")
    assert [line["Amount"] for line in sent["TaxLine"]] == [D("0.04"), D("0.50")]
    assert sent["TaxLine"][0] == {
        "Amount": D("0.04"),
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": "102"},
            "PercentBased": True,
            "TaxPercent": D(20),
            "NetAmountTaxable": D("0.24"),
        },
    }


def test_tax_on_a_base_reduced_by_an_early_payment_discount_is_kept():
    taxes = (tax(STANDARD, "98", "19.60", "20"),)
    sent = tax_detail(paper(item("100.00", STANDARD), taxes=taxes), UK)
    assert sent["TotalTax"] == D("19.60")


def test_quickbooks_tax_is_taken_by_choice():
    document = paper(item("10.10", STANDARD), taxes=(tax(STANDARD, "10.10", "2.03"),))
    assert tax_detail(document, replace(UK, keep_tax=False)) is None


def test_a_company_without_sales_tax_is_told_of_none():
    body = build(paper(item("5", STANDARD)), with_model(UK, NONE))
    assert not {"TxnTaxDetail", "GlobalTaxCalculation"} & set(body)
    assert "TaxCodeRef" not in body["Line"][0]["SalesItemLineDetail"]


# --- United States --- #

TEXAN = paper(
    item("10.00", AUSTIN), item("5.00"), taxes=(tax(AUSTIN, "10", "0.83"),)
)  # fmt: skip


def test_automated_sales_tax_is_always_given_odoos_sum():
    body = build(TEXAN, US)
    assert body["TxnTaxDetail"] == {"TotalTax": D("0.83")}
    assert "GlobalTaxCalculation" not in body
    codes = [line["SalesItemLineDetail"]["TaxCodeRef"] for line in body["Line"]]
    assert codes == [{"value": "TAX"}, {"value": "NON"}]


def test_automated_sales_tax_is_left_alone_by_choice_and_without_taxable_lines():
    assert tax_detail(TEXAN, replace(US, keep_tax=False)) is None
    assert tax_detail(paper(item("5.00")), US) is None


def test_a_code_by_hand_goes_along_and_the_sum_only_where_it_differs():
    # 6.25 % + 1 % + 1 % of 10.00 are 0.63 + 0.10 + 0.10.
    assert tax_detail(TEXAN, HAND) == {"TxnTaxCodeRef": {"value": AUSTIN}}
    other = replace(TEXAN, taxes=(TaxAmount(AUSTIN, D(10), D("0.82")),))
    assert tax_detail(other, HAND) == {
        "TxnTaxCodeRef": {"value": AUSTIN},
        "TotalTax": D("0.82"),
    }
    assert tax_detail(other, replace(HAND, keep_tax=False)) == {
        "TxnTaxCodeRef": {"value": AUSTIN}
    }


def test_two_taxes_of_one_rate_are_summed_up_under_it():
    taxes = (tax(STANDARD, "10", "2.00", "20"), tax(STANDARD, "5", "1.00", "20"))
    assert wanted_tax(taxes, GLOBAL) == {"102": D("3.00")}
