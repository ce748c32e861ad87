"""To the penny: what Odoo computes is what QuickBooks holds.

Random documents are in torture/pennies.py.
"""

from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from .document_common import DocumentCase
from .guide import guide


@tagged("post_install", "-at_install")
class TestFigures(DocumentCase):
    def setUp(self):
        super().setUp()
        self.reduced = self.sale_tax(5)
        self.reduced.quickbooks_tax_code_id = self.one("tax.code", "5.0% R")
        self.included = self.tax.copy(
            {"name": "20% included", "price_include_override": "tax_included"}
        )
        self.included.quickbooks_tax_code_id = self.tax.quickbooks_tax_code_id

    def assert_same(self, move):
        """Total, tax and every line are in QuickBooks as in Odoo."""
        document = self.document(move)
        self.assertEqual(document.state, "sent", document.error)
        self.assertFalse(document.differences)
        entity = "CreditMemo" if move.move_type == "out_refund" else "Invoice"
        [record] = self.held_by_quickbooks(move, entity)
        self.assertEqual(record["TotalAmt"], cents(move.amount_total))
        self.assertEqual(record["TxnTaxDetail"]["TotalTax"], cents(move.amount_tax))
        amounts = [
            Decimal(line["Amount"])
            for line in record["Line"]
            if line["DetailType"] == "SalesItemLineDetail"
        ]
        items = move.invoice_line_ids.filtered(lambda x: x.display_type == "product")
        self.assertEqual(amounts, [booked(x) for x in items])
        return record

    def test_sections_notes_and_lines_stay_in_order(self):
        move = self.post(
            self.invoice(
                lines=[
                    {"display_type": "line_section", "name": "Spring", "sequence": 1},
                    {"quantity": 2, "price_unit": 10, "name": "Seed", "sequence": 2},
                    {"display_type": "line_note", "name": "Water it", "sequence": 3},
                    {"quantity": 1, "price_unit": -5, "name": "Less", "sequence": 4},
                    {"quantity": 1, "price_unit": 0, "name": "Free", "sequence": 5},
                ]
            )
        )
        record = self.assert_same(move)
        told = [line.get("Description") for line in record["Line"]]
        self.assertEqual(told[:5], ["Spring", "Seed", "Water it", "Less", "Free"])

    @guide("7.6")
    def test_discounts_and_mixed_taxes_included_and_excluded(self):
        reduced, included = (
            [Command.set(tax.ids)] for tax in (self.reduced, self.included)
        )
        lines = [
            {"quantity": 3, "price_unit": 9.99, "discount": 12.5},
            {"quantity": 1.333, "price_unit": 7.77, "tax_ids": reduced},
            {"quantity": 7, "price_unit": 4.99, "tax_ids": included},
        ]
        self.assert_same(self.post(self.invoice(lines=lines)))

    def test_another_currency_goes_with_the_documents_own_rate(self):
        euro = self.use_currency("EUR")
        abroad = self.mirror("customer").filtered(lambda c: c.currency_id == euro)[0]
        partner = self.contact("Abroad GmbH")
        abroad._link_to(partner)
        move = self.invoice(partner_id=partner.id, currency_id=euro.id)
        move.invoice_currency_rate = 1.25
        record = self.assert_same(self.post(move))
        self.assertEqual(record["CurrencyRef"]["value"], "EUR")
        self.assertEqual(record["ExchangeRate"], Decimal("0.8"))


def cents(value):
    return Decimal(f"{value:.2f}") + 0


def booked(line):
    """Return a line's amount as it is booked: only those add up to the document."""
    return cents(line.amount_currency * line.move_id.direction_sign)
