"""The counting finds what it is there for."""

from decimal import Decimal

import pytest

from torture.counting import doubles, problems, unapplied

MARKER = "Odoo 0123456789AB"


class Told:
    """An office with one document, as the test wants it."""

    def __init__(self, move=(), row=(), records=1, **record):
        self.move = {
            "id": 7,
            "name": "1001",
            "state": "posted",
            "move_type": "out_invoice",
            "amount_total": Decimal("12.0"),
            "amount_tax": Decimal("2.0"),
            **dict(move),
        }
        self.row = {
            "move_id": [7, "1001"],
            "state": "sent",
            "hold": False,
            "tries": 1,
            "error": False,
            "unsure": False,
            "marker": MARKER,
            "quickbooks_id": "5",
            "doc_number": "1001",
            "differences": False,
            **dict(row),
        }
        held = {
            "Id": "5",
            "DocNumber": "1001",
            "PrivateNote": MARKER,
            "TotalAmt": Decimal(12),
            "TxnTaxDetail": {"TotalTax": Decimal("2.00")},
            **record,
        }
        self.held = [held] * records
        self.manager = self

    def moves(self, _ids):
        return [self.move]

    def documents(self, _ids):
        return [self.row]

    def records(self, kind):
        return self.held if kind == self.move["move_type"] else []

    def ask(self, *_args):
        return [self.row]


def test_what_is_right_is_not_told_of():
    assert problems(Told(), [7]) == []
    assert doubles(Told()) == []


@pytest.mark.parametrize(
    "office",
    [
        Told(records=0),
        Told(records=2),
        Told(TotalAmt=Decimal("12.01")),
        Told(TxnTaxDetail={"TotalTax": Decimal("1.99")}),
        Told(Id="6"),
        Told(DocNumber="1002"),
        Told(row={"state": "sending"}),
        Told(row={"unsure": True}),
        Told(move={"name": "INV/2026/00001"}),
        Told(move={"state": "cancel"}),
    ],
)
def test_what_is_wrong_is_told(office):
    assert problems(office, [7])


@pytest.mark.parametrize(
    ("office", "typed", "right"),
    [
        (Told(CustomerMemo={"value": "Thanks"}), {}, False),
        (Told(CustomerMemo={"value": "Thanks"}), {"CustomerMemo": "Thanks"}, False),
        (
            Told(
                row={"differences": "Message: – → Thanks"},
                CustomerMemo={"value": "Thanks"},
            ),
            {"CustomerMemo": "Thanks"},
            True,
        ),
        (Told(TrackingNum="7"), {"TrackingNum": "7"}, True),
        (Told(), {"TrackingNum": "7"}, False),
    ],
)
def test_what_was_typed_in_quickbooks_is_there_and_told(office, typed, right):
    assert (problems(office, [7], {7: typed}) == []) == right


def test_what_is_there_twice_is_told():
    assert doubles(Told(records=2))


def test_what_odoo_does_not_know_is_told():
    assert doubles(Told(PrivateNote="Odoo FFFFFFFFFFFF"))


class Applied:
    """An office with a credit note that makes up for an invoice."""

    realm_id = "1"

    def __init__(self, row=(), payments=1, **payment):
        linked = [("CreditMemo", "6"), ("Invoice", "5")]
        held = {
            "Id": "9",
            "TotalAmt": Decimal(0),
            "Line": [
                {
                    "Amount": Decimal(12),
                    "LinkedTxn": [{"TxnType": kind, "TxnId": key}],
                }
                for kind, key in linked
            ],
            **payment,
        }
        self.held = [held] * payments
        self.row = {
            "credit_id": [3, "1002"],
            "state": "sent",
            "error": False,
            "unsure": False,
            "quickbooks_id": "9",
            "applied": Decimal("12.0"),
            **dict(row),
        }
        self.quickbooks = self

    def moves(self, _ids):
        invoice = {"id": 7, "reversed_entry_id": False}
        credit = {"id": 8, "name": "1002", "reversed_entry_id": [7, "1001"]}
        return [invoice, {**credit, "amount_total": Decimal("12.0")}]

    def documents(self, _ids):
        return [
            {"id": 2, "move_id": [7, "1001"], "quickbooks_id": "5"},
            {"id": 3, "move_id": [8, "1002"], "quickbooks_id": "6"},
        ]

    def applications(self, _ids):
        return [self.row]

    def records(self, _entity, _realm_id):
        return self.held


def test_a_credit_that_is_applied_once_is_not_told_of():
    assert unapplied(Applied(), [7, 8]) == []


@pytest.mark.parametrize(
    "office",
    [
        Applied(payments=0),
        Applied(payments=2),
        Applied(Line=[]),
        Applied(Id="10"),
        Applied(row={"state": "sending"}),
        Applied(row={"unsure": True}),
        Applied(row={"applied": Decimal(11)}),
    ],
)
def test_a_credit_that_is_not_or_twice_applied_is_told(office):
    assert unapplied(office, [7, 8])
