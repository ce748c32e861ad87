"""What the tests of payments share: invoices in QuickBooks, and people paying there."""

from decimal import Decimal

from ..document_reading import exact
from ..qbo import exactjson
from .document_common import DocumentCase


class PaymentCase(DocumentCase):
    """A company with invoices in QuickBooks, and ways to pay them there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.quickbooks_payments_from = "2026-11-01"
        cls.bank = cls.env["account.journal"].search(
            [("company_id", "=", cls.company.id), ("type", "=", "bank")], limit=1
        )

    def sent(self, price=100, kind="out_invoice", **values):
        """Return an invoice of ``price`` that is in QuickBooks, without tax."""
        lines = [{"quantity": 1, "price_unit": price, "tax_ids": self.no_tax()}]
        move = self.post(self.invoice(kind, lines, **values))
        self.assertEqual(self.document(move).state, "sent", self.document(move).error)
        return move

    def no_tax(self):
        tax = self.sale_tax(0)
        if not tax.quickbooks_tax_code_id:
            tax.quickbooks_tax_code_id = self.one("tax.code", "No VAT")
        return [(6, 0, tax.ids)]

    # --- A person in QuickBooks --- #

    def pay(self, amount, *applied, **values):
        """Receive a payment in QuickBooks.

        :param applied: moves, each with the amount that stands against it
        """
        body = {
            "CustomerRef": {"value": self.customer.quickbooks_id},
            "TotalAmt": _number(amount),
            "TxnDate": "2026-11-21",
            "Line": [self.applied(move, value) for move, value in applied],
            **values,
        }
        return self.add("Payment", **body)

    def applied(self, move, amount):
        """Return the line of a payment that stands against ``move``.

        :param move: a move of Odoo's, or a record of QuickBooks' with its entity
        """
        if isinstance(move, tuple):
            kind, txn_id = move
        else:
            kind = "CreditMemo" if move.move_type == "out_refund" else "Invoice"
            txn_id = self.document(move).quickbooks_id
        linked = [{"TxnId": txn_id, "TxnType": kind}]
        return {"Amount": _number(amount), "LinkedTxn": linked}

    def void(self, entity, record):
        """Void a transaction in QuickBooks."""
        return self.act("void", entity, record)

    def act(self, verb, entity, record):
        """Do something with a record in QuickBooks through its API."""
        with self.connection._client(user=self.manager) as client:
            held = client.read(entity, record["Id"])
            return getattr(client, verb)(entity, held["Id"], held["SyncToken"])

    def there(self, entity, quickbooks_id):
        """Return a record as QuickBooks has it, or None."""
        return self.records(entity).get(quickbooks_id)

    # --- What came of it --- #

    def row(self, payment):
        """Return the row of a QuickBooks payment."""
        rows = self.env["quickbooks.payment"].search(
            [
                ("company_id", "=", self.company.id),
                ("quickbooks_id", "=", payment["Id"]),
            ]
        )
        self.assertEqual(len(rows), 1)
        return rows

    def open_in_odoo(self, move):
        return exact(move.amount_residual, move.currency_id)

    def odoo_payments(self):
        """Return the live payments of the company."""
        return self.env["account.payment"].search(
            [
                ("company_id", "=", self.company.id),
                ("state", "not in", ("canceled", "draft")),
            ]
        )

    def notes(self, record):
        return " ".join(record.message_ids.mapped("body"))

    def assert_agree(self, *moves):
        """Each is as open in Odoo as in QuickBooks, by what QuickBooks itself says."""
        entities = {"out_invoice": "Invoice", "out_refund": "CreditMemo"}
        for move in moves:
            document = self.document(move)
            held = self.there(entities[move.move_type], document.quickbooks_id)
            theirs = exactjson.to_decimal(
                held.get("RemainingCredit", held.get("Balance"))
            )
            self.assertEqual(self.open_in_odoo(move), theirs, move.display_name)
            self.assertEqual(exact(document.balance, move.currency_id), theirs)


def _number(amount):
    """Return an amount as JSON that keeps its digits."""
    number = Decimal(str(amount))
    return int(number) if number == int(number) else float(number)
