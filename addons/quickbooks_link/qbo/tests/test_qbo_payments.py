"""Payments: what one says, what of it pays what, and how one is written."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbo import credit_applications, payment_terms
from qbo.customers import term_queries
from qbo.errors import UnexpectedAnswerError
from qbo.payment_terms import Term
from qbo.payments import (
    MONEY,
    UNKNOWN,
    Allocation,
    Share,
    build,
    limited,
    paid_back,
    read,
    share_out,
)

D = Decimal


def line(amount, *linked):
    linked = [{"TxnType": kind, "TxnId": key} for kind, key in linked]
    return {"Amount": D(amount), "LinkedTxn": linked}


RECORD = {
    "Id": "81",
    "SyncToken": "2",
    "CustomerRef": {"value": "58", "name": "Ainsty Landscapes Ltd"},
    "CurrencyRef": {"value": "EUR"},
    "ExchangeRate": D("0.85"),
    "TxnDate": "2026-11-20",
    "TotalAmt": D("130.00"),
    "UnappliedAmt": D("10.00"),
    "PaymentRefNum": "CHQ 7",
    "PrivateNote": "By hand",
    "PaymentMethodRef": {"value": "3"},
    "DepositToAccountRef": {"value": "35"},
    "Line": [
        line("100.00", ("Invoice", "9")),
        line("20.00", ("Invoice", "9")),
        line("50.00", ("CreditMemo", "12")),
        line("0.00", ("Invoice", "10")),
        {"Amount": D(5)},
    ],
}


def test_a_payment_is_read_with_one_amount_for_each_document():
    payment = read(RECORD)
    assert payment.allocations == (
        Allocation("Invoice", "9", D("120.00")),
        Allocation("CreditMemo", "12", D("50.00")),
    )
    assert (payment.day, payment.rate) == (date(2026, 11, 20), D("0.85"))
    assert (payment.customer_id, payment.method_id) == ("58", "3")
    assert not payment.void


def test_a_payment_without_a_date_is_told_by_its_id():
    with pytest.raises(UnexpectedAnswerError, match="Payment 81 has no date"):
        read({**RECORD, "TxnDate": ""})


def test_voided_is_what_has_neither_amount_nor_lines():
    voided = {**RECORD, "TotalAmt": D(0), "Line": []}
    assert read(voided).void
    assert not read({**RECORD, "TotalAmt": D(0)}).void, "it applies a credit"
    bare = read({"Id": 1, "TxnDate": "2026-01-01"})
    assert (bare.void, bare.rate, bare.customer_name) == (True, 1, "")


def test_what_is_written_says_what_was_read():
    body = build(read(RECORD))
    again = read({**body, "Id": "81", "SyncToken": "2", "UnappliedAmt": D("10.00")})
    assert again.allocations == read(RECORD).allocations
    for name in ("TotalAmt", "ExchangeRate", "PaymentRefNum", "PrivateNote"):
        assert body[name] == RECORD[name]
    plain = read({"Id": 1, "TxnDate": "2026-01-01", "PaymentRefNum": "9" * 30})
    body = build(plain)
    assert body["PaymentRefNum"] == "9" * 21, "QuickBooks takes 21 characters"
    assert not {"CurrencyRef", "ExchangeRate", "PaymentMethodRef"} & body.keys()


def test_it_pays_no_more_than_is_open_there():
    payment = read(
        {**RECORD, "Line": [line("100", ("Invoice", "9"), ("Invoice", "8"))]}
    )
    allocations = limited(payment, {"9": D(60)}).allocations
    assert allocations == (Allocation("Invoice", "9", D(60)),)


def test_known_credits_go_first_and_money_next():
    invoices = [Allocation("Invoice", "1", D(150)), Allocation("Invoice", "2", D(30))]
    credit = Allocation("CreditMemo", "7", D(50))
    found = share_out(D(100), [*invoices, credit], lambda one: True)
    assert found == (
        Share("7", "1", D(50)),
        Share(MONEY, "1", D(100)),
        Share(UNKNOWN, "2", D(30)),
    )


def test_what_is_not_known_here_is_settled_by_what_is_left():
    invoices = [Allocation("Invoice", "1", D(80)), Allocation("Invoice", "2", D(30))]
    found = share_out(D(110), invoices, lambda one: one.txn_id == "2")
    assert found == (Share(MONEY, "2", D(30)),)


amounts = st.decimals("0.01", "999.99", places=2)


@given(st.lists(amounts, max_size=5), st.lists(amounts, max_size=3), amounts)
def test_every_invoice_is_settled_to_the_cent_and_no_purse_is_overdrawn(
    invoices, credits, total
):
    allocations = [
        *(Allocation("Invoice", f"i{n}", one) for n, one in enumerate(invoices)),
        *(Allocation("CreditMemo", f"c{n}", one) for n, one in enumerate(credits)),
    ]
    shares = share_out(total, allocations, lambda one: True)
    purses = {f"c{n}": one for n, one in enumerate(credits)} | {MONEY: total}
    for number, amount in enumerate(invoices):
        own = [one.amount for one in shares if one.invoice_id == f"i{number}"]
        assert sum(own) == amount
    for source, most in purses.items():
        assert sum(one.amount for one in shares if one.source == source) <= most
    assert all(one.amount > 0 for one in shares)


# === CREDITS APPLIED === #


def test_a_credit_is_applied_by_a_payment_of_nothing():
    invoice = {"CustomerRef": {"value": "58"}, "CurrencyRef": {"value": "EUR"}}
    day = date(2026, 11, 20)
    body = credit_applications.build(invoice, "9", "12", D("50.00"), day, "mark")
    assert (body["TotalAmt"], body["TxnDate"]) == (0, "2026-11-20")
    assert body["CurrencyRef"] == {"value": "EUR"}
    assert "ExchangeRate" not in body
    applied = credit_applications.applied_amount
    assert applied(body, "9", "12") == D("50.00")
    assert applied(body, "9", "13") == 0
    body["Line"].append(line("7", ("CreditMemo", "12"), ("Expense", "3")))
    assert applied(body, "9", "12") == D("50.00"), "no more than both sides have"


# === TERMS === #


def test_the_terms_in_use_are_read(client):
    terms = client.query_batch(term_queries())["Term"].rows
    assert any(payment_terms.read(one).days == 30 for one in terms)


def test_a_term_is_the_same_by_what_it_says():
    held = [
        payment_terms.read({"Id": 1, "Name": "Due on the 15th"}),
        payment_terms.read({"Id": 2, "DueDays": 30}),
        payment_terms.read(
            {"Id": 3, "DueDays": 30, "DiscountPercent": D("2.50"), "DiscountDays": 10}
        ),
    ]
    assert payment_terms.same(Term(30), held) == "2"
    assert payment_terms.same(Term(30, D("2.5"), 10), held) == "3"
    assert payment_terms.same(Term(30, D(0), 10), held) == "2", "no discount, no days"
    assert payment_terms.same(Term(31), held) == ""
    assert payment_terms.same(Term(None), held) == ""


def test_a_term_is_kept_as_it_is():
    term = Term(30, D("2.5"), 10, "3")
    assert payment_terms.from_json(term.as_json()) == term


def test_what_is_paid_back_is_what_invoices_leave_of_credits_and_of_the_money():
    lines = (
        Allocation("Invoice", "1", Decimal(60)),
        Allocation("CreditMemo", "2", Decimal(100)),
        Allocation("Expense", "3", Decimal(40)),
    )
    assert paid_back(Decimal(0), lines, lambda one: True) == (("2", Decimal(40)),)
    # Of a credit memo that is not known here, nobody here has to know.
    known = paid_back(Decimal(0), lines, lambda one: one.kind != "CreditMemo")
    assert known == ()
    money = (lines[0], Allocation("Check", "4", Decimal(30)))
    assert paid_back(Decimal(90), money, lambda one: True) == ((MONEY, Decimal(30)),)
    assert paid_back(Decimal(60), lines[:1], lambda one: True) == ()


def test_what_was_paid_back_comes_from_credits_first_and_the_rest_from_the_money():
    lines = (
        Allocation("Invoice", "1", Decimal(70)),
        Allocation("CreditMemo", "2", Decimal(50)),
        Allocation("CreditMemo", "3", Decimal(40)),
        Allocation("Expense", "4", Decimal(35)),
    )
    found = paid_back(Decimal(30), lines, lambda one: True)
    # The invoice takes the first credit whole, and half of the second.
    assert found == (("3", Decimal(20)), (MONEY, Decimal(15)))
