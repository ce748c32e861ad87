"""The arithmetic of holding both books against each other."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbo import reconciliation as books
from qbo.errors import UnexpectedAnswerError
from qbo.reconciliation import Paper

DAY = date(2026, 3, 1)


def paper(key="1", **values):
    """Return an invoice over 120, or what *values* make of it."""
    given = {
        "kind": "invoice",
        "number": f"INV/{key}",
        "day": DAY,
        "customer": "7",
        "customer_name": "Ainsty",
        "currency": "GBP",
        "total": Decimal(120),
        "tax": Decimal(20),
        "balance": Decimal(120),
        **values,
    }
    given.setdefault("home_total", given["total"])
    given.setdefault("home_balance", given["balance"])
    return Paper(key=key, **given)


def linked(one, key="o1", **values):
    return replace(one, key=key, counterpart=one.key, **values)


def only(pairs):
    [pair] = pairs
    return pair


def test_what_is_linked_and_the_same_is_the_same():
    pair = only(books.match([linked(paper(number="other"))], [paper()]))
    assert (pair.status, pair.differences) == (books.SAME, ())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("total", Decimal(121)),
        ("tax", Decimal(19)),
        ("balance", Decimal("0.01")),
        ("day", date(2026, 3, 2)),
        ("customer", "8"),
        ("currency", "EUR"),
    ],
)
def test_each_difference_is_named(name, value):
    pair = only(books.match([linked(paper(), **{name: value})], [paper()]))
    assert (pair.status, pair.differences) == (books.DIFFERENT, (name,))


def test_balances_are_compared_only_where_payments_come_to_odoo():
    odoo = linked(paper(), balance=Decimal(0))
    assert only(books.match([odoo], [paper()], balances=False)).status == books.SAME


def test_a_void_is_held_against_a_cancellation():
    void = paper(total=Decimal(0), void=True)
    assert only(books.match([linked(void)], [void])).status == books.SAME
    pair = only(books.match([linked(paper(), void=True)], [paper()]))
    assert pair.differences == ("void",)
    assert books.match([paper("o", void=True)], [void]) == []


def test_what_is_void_on_one_side_has_no_other_difference():
    void = replace(paper(), void=True, total=Decimal(0), balance=Decimal(0))
    for ours, theirs in ((paper(), void), (void, paper())):
        assert list(books.differences(ours, theirs)) == ["void"]
    assert not list(books.differences(void, replace(void, total=Decimal(1))))


def test_one_side_only():
    pairs = books.match([paper("o", number="A")], [paper("q", total=Decimal(5))])
    assert [pair.status for pair in pairs] == [books.ODOO_ONLY, books.QUICKBOOKS_ONLY]


def test_what_was_deleted_in_quickbooks_is_in_odoo_only():
    twin = paper("q2", number="INV/1")
    lost = paper("o1", number="INV/1", counterpart="gone")
    pairs = books.match([lost], [twin])
    assert [pair.status for pair in pairs] == [books.ODOO_ONLY, books.QUICKBOOKS_ONLY]


def test_twins_are_found_by_number_and_else_if_there_is_one_of_each():
    ours = [paper("o1", number=" inv/1"), paper("o2", number="X")]
    theirs = [paper("q1", number="INV/1"), paper("q2", number="1038")]
    pairs = books.match(ours, theirs)
    assert [(p.status, p.odoo.key, p.quickbooks.key) for p in pairs] == [
        (books.UNLINKED, "o1", "q1"),
        (books.UNLINKED, "o2", "q2"),
    ]


def test_two_that_might_be_it_are_no_twin():
    theirs = [paper("q1", number="A"), paper("q2", number="B")]
    pairs = books.match([paper("o1", number="C")], theirs)
    assert books.UNLINKED not in {pair.status for pair in pairs}


def test_an_unknown_customer_has_no_twin():
    ours, theirs = (paper(key, customer="", number="7") for key in ("o", "q"))
    pairs = books.match([ours], [theirs])
    assert {one.status for one in pairs} == {books.ODOO_ONLY, books.QUICKBOOKS_ONLY}


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from("olq")), max_size=12))
def test_every_document_is_in_one_pair(order):
    """``l`` is linked, ``o`` and ``q`` of one side, with totals that may meet."""
    ours, theirs = [], []
    for number, (total, where) in enumerate(order):
        one = paper(f"q{number}", total=Decimal(total), number=str(total))
        if where in "ql":
            theirs.append(one)
        if where in "ol":
            link = one.key if where == "l" else ""
            ours.append(replace(one, key=f"o{number}", counterpart=link))
    pairs = books.match(ours, theirs)
    assert sorted(p.odoo.key for p in pairs if p.odoo) == sorted(p.key for p in ours)
    held = sorted(p.quickbooks.key for p in pairs if p.quickbooks)
    assert held == sorted(p.key for p in theirs)
    sums = books.sums_by_kind(pairs, DAY, DAY)["invoice"]
    assert sums.quickbooks_total == sum(p.total for p in theirs)
    explained = (
        books.sums_by_customer(pairs, DAY, DAY, DAY).get("7", books.Sums()).explained
    )
    owed = sum(p.balance for p in theirs) - sum(p.balance for p in ours)
    assert explained == owed


def test_money_is_summed_by_kind_and_customer_in_the_period():
    credit = paper("q2", kind="creditmemo", total=Decimal(20), balance=Decimal(5))
    old = paper("q3", day=date(2025, 1, 1))
    moved = paper("q4", number="M", balance=Decimal(0))
    ours = [linked(moved, key="o4", customer="9")]
    pairs = books.match(ours, [paper("q1"), credit, old, moved])
    kinds = books.sums_by_kind(pairs, DAY, DAY)
    assert kinds["invoice"].quickbooks_count == 2
    assert kinds["creditmemo"].quickbooks_total == -20
    customers = books.sums_by_customer(pairs, DAY, DAY, DAY)
    # The old one is not of the period, but explains what is owed.
    assert customers["7"].explained == 120 - 5 + 120
    assert (customers["9"].odoo_count, customers["9"].quickbooks_count) == (1, 0)


def test_what_is_dated_later_is_not_owed_yet():
    later = date(2026, 4, 1)
    pair = only(books.match([linked(paper(), day=later)], [paper()]))
    assert pair.open_difference(DAY) == 120
    assert pair.open_difference(later) == 0


def test_a_record_of_quickbooks_becomes_a_paper():
    record = {
        "Id": "9",
        "DocNumber": "1037",
        "TxnDate": "2026-03-01",
        "CustomerRef": {"value": "7", "name": "Ainsty"},
        "CurrencyRef": {"value": "EUR"},
        "ExchangeRate": Decimal("0.85"),
        "TotalAmt": Decimal("10.01"),
        "Balance": 5,
    }
    found = books.paper_of("CreditMemo", record, "GBP")
    assert (found.kind, found.tax, found.sign) == ("creditmemo", 0, -1)
    assert (found.home_total, found.home_balance) == (Decimal("8.51"), Decimal("4.25"))
    assert not found.void
    nothing = {**record, "TotalAmt": 0, "PrivateNote": "Voided - x"}
    assert books.paper_of("Invoice", nothing, "GBP").void


def test_what_is_left_of_a_payment_explains_what_is_owed_and_is_no_document():
    record = {
        "Id": "9",
        "PaymentRefNum": "BACS 7",
        "TxnDate": "2026-03-01",
        "CustomerRef": {"value": "7"},
        "TotalAmt": 50,
        "UnappliedAmt": 30,
    }
    payment = books.paper_of("Payment", record, "GBP")
    assert (payment.kind, payment.number, payment.balance) == ("payment", "BACS 7", 30)
    pairs = books.match([linked(payment, balance=Decimal(10))], [payment])
    assert only(pairs).differences == ("balance",)
    sums = books.sums_by_customer(books.match([], [payment]), DAY, DAY, DAY)["7"]
    assert (sums.explained, sums.quickbooks_count) == (-30, 0)
    assert books.sums_by_kind(pairs, DAY, DAY)["invoice"].quickbooks_count == 0


def test_what_is_owed_is_read_from_the_report_with_sub_customers():
    def cells(name, key, *amounts):
        return [{"value": name, "id": key}, *({"value": text} for text in amounts)]

    report = {
        "Rows": {
            "Row": [
                {"ColData": cells("A", "1", "1.00", "", "2.00", "", "", "3.00")},
                {
                    "Header": {"ColData": cells("B", "2", "5.00", *[""] * 4, "5.00")},
                    "Rows": {"Row": [{"ColData": cells("C", "3", *["1.00"] * 6)}]},
                    "Summary": {"ColData": cells("Total B", "", *["6.00"] * 6)},
                },
                {"Summary": {"ColData": cells("TOTAL", "", *["9.00"] * 6)}},
            ]
        }
    }
    owed = books.owed_by_customer(report)
    assert owed["1"] == [1, 0, 2, 0, 0]
    assert (owed["2"][0], sum(owed["3"])) == (5, 5)
    assert set(owed) == {"1", "2", "3"}
    assert books.owed_by_customer({"Rows": {}}) == {}


@pytest.mark.parametrize(("days", "age"), [(0, 0), (1, 1), (30, 1), (31, 2), (400, 4)])
def test_ages(days, age):
    assert books.age(date.fromordinal(DAY.toordinal() - days), DAY) == age


@pytest.mark.parametrize("cell", [None, {"value": "soon"}, {"value": "NaN"}, 7])
def test_a_report_with_a_cell_of_nonsense_is_an_unexpected_answer(cell):
    amounts = [{"value": "1.00"}] * 5
    row = {"ColData": [{"value": "A", "id": "1"}, cell, *amounts]}
    with pytest.raises(UnexpectedAnswerError):
        books.owed_by_customer({"Rows": {"Row": [row]}})


def detail(*rows, keys=("tx_date", "txn_type", "cust_name", "subt_open_bal")):
    """Return an AgedReceivableDetail; a row is type Id, customer Id, open balance."""
    columns = [
        {
            "ColTitle": key,
            "ColType": "x",
            "MetaData": [{"Name": "ColKey", "Value": key}],
        }
        for key in keys
    ]
    data = [
        {
            "ColData": [
                {"value": "2026-01-01"},
                {"value": "Zahlung", **({"id": txn} if txn else {})},
                {"value": "A", "id": customer},
                {"value": amount},
            ],
            "type": "Data",
        }
        for txn, customer, amount in rows
    ]
    blank = [{"value": "91 or more days"}, *[{"value": ""}] * 3]
    section = {"Header": {"ColData": blank}, "Rows": {"Row": data}, "type": "Section"}
    total = [{"value": "Total"}, *[{"value": ""}] * 2, {"value": "-9.00"}]
    rest = {"Header": {"ColData": total}, "type": "Section"}
    return {"Columns": {"Column": columns}, "Rows": {"Row": [section, rest]}}


def test_credits_are_told_by_id_or_else_by_customer():
    report = detail(
        ("11", "1", "120.00"), ("12", "2", "-30.00"), ("", "3", "-5"), ("", "3", "-1")
    )
    assert books.credits_in(report) == (["12"], ["3"])
    assert books.credits_in({}) == ([], [])
    by_type = detail(("12", "2", "-30.00"))
    for column in by_type["Columns"]["Column"]:
        column["ColType"] = column.pop("MetaData")[0]["Value"]
    assert books.credits_in(by_type) == (["12"], [])


@pytest.mark.parametrize(
    "rows", ["none", [{"ColData": [{}, {}, 7, {"value": "-1"}]}], [7]]
)
def test_a_detail_report_of_nonsense_is_an_unexpected_answer(rows):
    report = {**detail(("1", "2", "3")), "Rows": {"Row": rows}}
    with pytest.raises(UnexpectedAnswerError):
        books.credits_in(report)


def test_a_report_that_is_a_text_is_an_unexpected_answer():
    with pytest.raises(UnexpectedAnswerError):
        books.owed_by_customer({"Rows": "none"})
