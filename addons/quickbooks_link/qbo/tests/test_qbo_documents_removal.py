"""What a document looks like that was taken out of the books."""

from decimal import Decimal

import pytest

from qbo.document_removal import is_voided, payments_on

LINE = {"Amount": Decimal("40"), "SalesItemLineDetail": {"Qty": Decimal(1)}}
EMPTY = {"Amount": Decimal(0), "SalesItemLineDetail": {"Qty": Decimal(0)}}
FREE = {"Amount": Decimal(0), "SalesItemLineDetail": {"Qty": Decimal(3)}}


@pytest.mark.parametrize(
    ("record", "void"),
    [
        ({"TotalAmt": Decimal("40"), "Line": [LINE]}, False),
        ({"TotalAmt": 0, "PrivateNote": "Voided - Odoo 1", "Line": [EMPTY]}, True),
        # What it was about may stay on its lines.
        ({"TotalAmt": 0, "PrivateNote": "Voided", "Line": [FREE]}, True),
        # The note may be in another language.
        ({"TotalAmt": 0, "PrivateNote": "Annulé", "Line": [EMPTY]}, True),
        # An invoice of nothing is an invoice.
        ({"TotalAmt": 0, "PrivateNote": "Odoo 1", "Line": [FREE]}, False),
        ({"TotalAmt": Decimal("40"), "PrivateNote": "Voided"}, False),
    ],
)
def test_a_voided_invoice_is_known_by_its_figures_and_its_note(record, void):
    assert is_voided(record) is void


def test_payments_are_found_among_the_links():
    links = [
        {"TxnId": "12", "TxnType": "Payment"},
        {"TxnId": "7", "TxnType": "Estimate"},
    ]
    assert payments_on({"LinkedTxn": links}) == ("12",)
    assert payments_on({}) == ()
