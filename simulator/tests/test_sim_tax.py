"""Tax under the three models (qbo-api.md 4.7)."""

import pytest
from sim_books import Books, dec, refused

AST = {"TaxPrefs": {"UsingSalesTax": True, "PartnerTaxEnabled": True}}


@pytest.fixture
def uk():
    return Books("GB")


@pytest.fixture
def standard(uk):
    return uk.code("20.0% S", 20)


def tax_lines(document):
    return [
        (line["TaxLineDetail"]["TaxPercent"], line["Amount"])
        for line in document["TxnTaxDetail"]["TaxLine"]
    ]


def test_tax_is_computed_per_rate_on_the_sum_of_lines(uk):
    code = uk.code("15%", 15)
    invoice = uk.invoice(*[uk.line("10.10", code)] * 3)
    assert invoice["TxnTaxDetail"]["TotalTax"] == dec("4.55")
    assert invoice["TotalAmt"] == dec("34.85")
    half_up = uk.invoice(uk.line("335.25", uk.code("8%", 8)))
    assert half_up["TxnTaxDetail"]["TotalTax"] == dec("26.82")


def test_whether_tax_is_rounded_by_line_is_a_switch(uk):
    code = uk.code("15%", 15)
    uk.switches.set_many({"tax_rounding": "line"})
    invoice = uk.invoice(*[uk.line("10.10", code)] * 3)
    assert invoice["TxnTaxDetail"]["TotalTax"] == dec("4.56")
    (line,) = invoice["TxnTaxDetail"]["TaxLine"]
    assert line["TaxLineDetail"]["NetAmountTaxable"] == dec("30.30")
    inclusive = uk.invoice(
        *[uk.line("8.70", code, TaxInclusiveAmt=dec(10))] * 3,
        GlobalTaxCalculation="TaxInclusive",
    )
    assert (inclusive["TotalAmt"], len(inclusive["TxnTaxDetail"]["TaxLine"])) == (30, 1)
    assert uk.posted() == 0
    us = Books("US", **AST)
    us.engine.update(us.realm, "CompanyInfo", texan(us), system=True)
    us.code("Austin, TX", 15)
    sums = []
    for way in ("sum", "line"):
        us.switches.set_many({"tax_rounding": way})
        sale = us.invoice(*[us.line("10.10", "TAX")] * 3)
        sums.append(sale["TxnTaxDetail"]["TotalTax"])
    assert sums == [dec("4.55"), dec("4.56")]


def texan(books):
    info = books.read("CompanyInfo", "1")
    address = {"City": "Austin", "CountrySubDivisionCode": "TX"}
    return {
        "Id": "1",
        "SyncToken": info["SyncToken"],
        "sparse": True,
        "CompanyAddr": address,
    }


def test_several_rates_and_codes_have_a_line_each(uk, standard):
    reduced, nothing = uk.code("5.0% R", 5), uk.code("0.0% Z", 0)
    invoice = uk.invoice(
        uk.line(100, standard), uk.line(10, reduced), uk.line(7, nothing)
    )
    assert tax_lines(invoice) == [(20, 20), (5, dec("0.50")), (0, 0)]
    taxable = [
        line["TaxLineDetail"]["NetAmountTaxable"]
        for line in invoice["TxnTaxDetail"]["TaxLine"]
    ]
    assert taxable == [100, 10, 7]
    assert uk.account("Sales Tax Payable") == dec("-20.50")


def test_a_code_without_rates_has_no_tax_line(uk):
    code = uk.engine.create(
        uk.realm, "TaxCode", {"Name": "No VAT", "SalesTaxRateList": {}}, system=True
    )
    invoice = uk.invoice(uk.line(5, code["Id"]))
    assert invoice["TxnTaxDetail"] == {"TotalTax": 0}


def test_a_code_of_purchases_is_none_of_sales_unless_switched(uk):
    rate = {"TaxRateName": "in", "RateValue": dec(20), "TaxAgencyId": uk.agency["Id"]}
    body = {
        "TaxCode": "In",
        "TaxRateDetails": [{**rate, "TaxApplicableOn": "Purchase"}],
    }
    code = uk.engine.add_tax_code(uk.realm, body)["TaxCodeId"]
    with refused("6470", "TaxCodeRef"):
        uk.invoice(uk.line(5, code))
    uk.switches.set_many({"purchase_code_sold": "allow"})
    assert uk.invoice(uk.line(5, code))["TxnTaxDetail"] == {"TotalTax": 0}


def test_every_line_needs_a_code_outside_the_us(uk, standard):
    with refused("6000", detail="a VAT rate before you save"):
        uk.invoice(uk.line(5, standard), uk.line(5))
    for country, word in (("CA", "GST/HST"), ("AU", "GST")):
        books = Books(country)
        with refused("6000", detail=f"a {word} rate before you save"):
            books.invoice(books.line(5))


def test_inclusive_lines_return_net_and_gross(uk, standard):
    invoice = uk.invoice(
        uk.line(100, standard, TaxInclusiveAmt=dec(120)),
        uk.line("8.33", standard, TaxInclusiveAmt=dec(10)),
        GlobalTaxCalculation="TaxInclusive",
    )
    assert invoice["TotalAmt"] == 130
    assert invoice["TxnTaxDetail"]["TotalTax"] == dec("21.67")
    details = [line["SalesItemLineDetail"] for line in invoice["Line"][:2]]
    assert [one["TaxInclusiveAmt"] for one in details] == [120, 10]
    assert [line["Amount"] for line in invoice["Line"][:2]] == [100, dec("8.33")]


def test_the_gross_amount_wins_unless_switched(uk, standard):
    line = uk.line(99, standard, TaxInclusiveAmt=dec(120))
    invoice = uk.invoice(dict(line), GlobalTaxCalculation="TaxInclusive")
    assert invoice["TotalAmt"] == 120 and invoice["Line"][0]["Amount"] == 100
    uk.switches.set_many({"inclusive_amount": "Amount"})
    invoice = uk.invoice(
        uk.line(99, standard, TaxInclusiveAmt=dec(120)),
        GlobalTaxCalculation="TaxInclusive",
    )
    assert invoice["TotalAmt"] == dec("118.80")
    uk.switches.set_many({"inclusive_amount": "gross"})
    invoice = uk.invoice(uk.line(120, standard), GlobalTaxCalculation="TaxInclusive")
    assert invoice["TotalAmt"] == 120 and invoice["Line"][0]["Amount"] == 100


def test_net_lines_add_up_to_the_gross_total_with_the_tax(uk, standard):
    lines = [uk.line("0.83", standard, TaxInclusiveAmt=dec("1.00")) for _ in range(7)]
    invoice = uk.invoice(*lines, GlobalTaxCalculation="TaxInclusive")
    nets = sum(line["Amount"] for line in invoice["Line"][:7])
    assert invoice["TotalAmt"] == 7
    assert nets + invoice["TxnTaxDetail"]["TotalTax"] == 7
    assert uk.posted() == 0


def test_not_applicable_has_no_tax_and_refuses_a_detail(uk, standard):
    invoice = uk.invoice(uk.line(5), GlobalTaxCalculation="NotApplicable")
    assert invoice["TotalAmt"] == 5 and "TxnTaxDetail" not in invoice
    with refused("6170", "TxnTaxDetail"):
        uk.invoice(
            uk.line(5),
            GlobalTaxCalculation="NotApplicable",
            TxnTaxDetail={"TotalTax": 1},
        )


def override(rate_id, amount):
    detail = {"TaxRateRef": {"value": rate_id}}
    line = {
        "Amount": dec(amount),
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": detail,
    }
    return {"TaxLine": [line]}


def test_tax_amounts_sent_override_and_the_difference_is_noted(uk, standard):
    invoice = uk.invoice(uk.line("0.10", standard))
    rate = invoice["TxnTaxDetail"]["TaxLine"][0]["TaxLineDetail"]["TaxRateRef"]["value"]
    over = uk.invoice(uk.line(100, standard), TxnTaxDetail=override(rate, "20.01"))
    assert over["TotalAmt"] == dec("120.01")
    detail = over["TxnTaxDetail"]["TaxLine"][0]["TaxLineDetail"]
    assert detail["OverrideDeltaAmount"] == dec("0.01")
    kept = uk.update(
        "Invoice",
        over,
        Line=[uk.line(200, standard)],
        TxnTaxDetail=over["TxnTaxDetail"],
    )
    assert kept["TxnTaxDetail"]["TotalTax"] == dec("20.01"), "old tax sent stays"
    fresh = uk.update("Invoice", kept, Line=[uk.line(200, standard)])
    assert fresh["TxnTaxDetail"]["TotalTax"] == 40, "without it tax is computed anew"


def test_a_compound_code_takes_tax_on_tax():
    books = Books("CA")
    first = _rate(books, "GST", 5)
    second = _rate(books, "QST", "9.975")
    details = [
        {"TaxRateRef": {"value": first}, "TaxOrder": 0},
        {
            "TaxRateRef": {"value": second},
            "TaxOrder": 1,
            "TaxTypeApplicable": "TaxOnAmountPlusTax",
        },
    ]
    code = books.engine.create(
        books.realm,
        "TaxCode",
        {"Name": "GST/QST", "SalesTaxRateList": {"TaxRateDetail": details}},
        system=True,
    )
    invoice = books.invoice(books.line(100, code["Id"]))
    assert tax_lines(invoice) == [(5, 5), (dec("9.975"), dec("10.47"))]
    gross = books.invoice(
        books.line("100", code["Id"], TaxInclusiveAmt=dec("115.47")),
        GlobalTaxCalculation="TaxInclusive",
    )
    assert gross["TotalAmt"] == dec("115.47")


def _rate(books, name, value, **more):
    body = {"Name": name, "RateValue": dec(value), **more}
    return books.engine.create(books.realm, "TaxRate", body, system=True)["Id"]


def test_the_rate_in_force_on_the_day_counts(uk):
    periods = [
        {
            "RateValue": dec("17.5"),
            "EffectiveDate": "2008-01-01",
            "EndDate": "2010-12-31",
        },
        {"RateValue": 20, "EffectiveDate": "2011-01-01"},
    ]
    rate = _rate(uk, "Std", 20, EffectiveTaxRate=periods)
    details = {"TaxRateDetail": [{"TaxRateRef": {"value": rate}}]}
    body = {"Name": "Std", "SalesTaxRateList": details}
    code = uk.engine.create(uk.realm, "TaxCode", body, system=True)["Id"]
    old = uk.invoice(uk.line(100, code), TxnDate="2010-06-01")
    new = uk.invoice(uk.line(100, code), TxnDate="2011-06-01")
    assert old["TxnTaxDetail"]["TotalTax"] == dec("17.5")
    assert new["TxnTaxDetail"]["TotalTax"] == 20


def test_a_company_without_tax_ignores_the_detail():
    books = Books("GB", TaxPrefs={"UsingSalesTax": False})
    invoice = books.invoice(books.line(5), TxnTaxDetail={"TotalTax": 3})
    assert invoice["TotalAmt"] == 5 and "TxnTaxDetail" not in invoice


# -- United States --------------------------------------------------------------------


@pytest.fixture
def us():
    books = Books("US", **AST)
    books.austin = books.code("Austin, TX", "6.25", "1", "1")
    books.dallas = books.code("Dallas, TX", "6.25", "2")
    return books


AUSTIN = {"City": "Austin", "CountrySubDivisionCode": "TX"}


def test_the_address_decides_with_automated_sales_tax(us):
    invoice = us.invoice(
        us.line(100, "TAX"),
        us.line(50, "NON"),
        ShipAddr=AUSTIN,
        TxnTaxDetail={"TxnTaxCodeRef": {"value": us.dallas}},
    )
    assert invoice["TxnTaxDetail"]["TxnTaxCodeRef"]["value"] == us.austin
    assert invoice["TxnTaxDetail"]["TotalTax"] == dec("8.25")
    assert tax_lines(invoice) == [(dec("6.25"), dec("6.25")), (1, 1), (1, 1)]
    assert "GlobalTaxCalculation" not in invoice


def test_no_nexus_means_no_tax(us):
    there = {"City": "Salem", "CountrySubDivisionCode": "OR"}
    assert us.invoice(us.line(100, "TAX"), ShipAddr=there)["TotalAmt"] == 100


def test_a_total_tax_sent_is_honoured_and_spread(us):
    detail = {"TotalTax": dec("10.00")}
    invoice = us.invoice(us.line(100, "TAX"), ShipAddr=AUSTIN, TxnTaxDetail=detail)
    assert invoice["TxnTaxDetail"]["TotalTax"] == 10
    assert sum(amount for _, amount in tax_lines(invoice)) == 10
    assert us.posted() == 0
    nothing = us.invoice(
        us.line(100, "TAX"), ShipAddr=AUSTIN, TxnTaxDetail={"TotalTax": 0}
    )
    assert nothing["TotalAmt"] == 100
    us.switches.set_many({"zero_tax_override": "ignore"})
    taxed = us.invoice(
        us.line(100, "TAX"), ShipAddr=AUSTIN, TxnTaxDetail={"TotalTax": 0}
    )
    assert taxed["TotalAmt"] == dec("108.25")


def test_asking_for_automated_tax_overrides_the_override(us):
    detail = {"TotalTax": 1, "UseAutomatedSalesTax": True}
    invoice = us.invoice(us.line(100, "TAX"), ShipAddr=AUSTIN, TxnTaxDetail=detail)
    assert invoice["TxnTaxDetail"]["TotalTax"] == dec("8.25")


@pytest.mark.parametrize("change", [{"Taxable": False}, {"TaxExemptionReasonId": 5}])
def test_exempt_customers_pay_no_tax(us, change):
    us.customer = us.update("Customer", us.customer, **change)
    assert us.invoice(us.line(100, "TAX"), ShipAddr=AUSTIN)["TotalAmt"] == 100


def test_lines_take_tax_or_non_only(us):
    with refused("6100", "TaxCodeRef", "must be TAX or NON"):
        us.invoice(us.line(5, us.austin))
    with refused("6160"):
        us.invoice(us.line(5, "CustomSalesTax"))
    line = us.invoice(us.line(5))["Line"][0]["SalesItemLineDetail"]
    assert line["TaxCodeRef"]["value"] == "NON"


def test_legacy_companies_choose_the_code():
    books = Books("US")
    code = books.code("State", "8")
    detail = {"TxnTaxCodeRef": {"value": code}}
    invoice = books.invoice(books.line(100, "TAX"), TxnTaxDetail=detail)
    assert invoice["TotalAmt"] == 108
    assert books.invoice(books.line(100, "TAX"))["TotalAmt"] == 100
    bigger = books.update("Invoice", invoice, Line=[books.line(200, "TAX")])
    assert bigger["TotalAmt"] == 216


def test_tax_comes_before_or_after_the_discount():
    books = Books("US")
    detail = {"TxnTaxCodeRef": {"value": books.code("State", 10)}}
    discount = {
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 50},
    }
    before = books.invoice(books.line(100, "TAX"), dict(discount), TxnTaxDetail=detail)
    assert before["TotalAmt"] == 60
    after = books.invoice(
        books.line(100, "TAX"),
        discount,
        TxnTaxDetail=detail,
        ApplyTaxAfterDiscount=True,
    )
    assert after["TotalAmt"] == 55


def test_pseudo_codes_come_on_top_of_the_first_page(us):
    first = us.rows("SELECT * FROM TaxCode MAXRESULTS 1")
    assert [one["Id"] for one in first] == ["TAX", "NON", "CustomSalesTax", us.austin]
    assert "SyncToken" not in first[0] and "Active" not in first[0]
    second = us.rows("SELECT * FROM TaxCode STARTPOSITION 2 MAXRESULTS 1")
    assert [one["Id"] for one in second] == [us.dallas]


# -- tax service ---------------------------------------------------------------------


def test_the_tax_service_answers_with_ids_and_refuses_taken_names(uk):
    detail = {
        "TaxRateName": "Std",
        "RateValue": 20,
        "TaxAgencyId": uk.agency["Id"],
        "TaxApplicableOn": "Sales",
    }
    body = {"TaxCode": "Standard", "TaxRateDetails": [detail]}
    made = uk.engine.add_tax_code(uk.realm, body)
    assert made["TaxCodeId"] and made["TaxRateDetails"][0]["TaxRateId"]
    assert "SyncToken" not in made
    with refused("6240", detail="already using this name"):
        uk.engine.add_tax_code(uk.realm, body)
    with refused("6240", detail="Another tax rate is already using this name"):
        uk.engine.add_tax_code(uk.realm, body | {"TaxCode": "Other"})
    again = {"TaxRateId": made["TaxRateDetails"][0]["TaxRateId"]}
    uk.engine.add_tax_code(uk.realm, {"TaxCode": "Other", "TaxRateDetails": [again]})
    with refused("2500", detail="TaxAgencies element id 9 not found"):
        new = detail | {"TaxRateName": "New", "TaxAgencyId": "9"}
        uk.engine.add_tax_code(uk.realm, {"TaxCode": "T", "TaxRateDetails": [new]})


def test_codes_and_rates_have_no_endpoint_of_their_own(uk):
    for entity in ("TaxCode", "TaxRate"):
        with refused("500"):
            uk.create(entity, Name="x")
