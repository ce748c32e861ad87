import uuid

from odoo import fields, models

from ..payment_discounts import build_discount
from ..qbo import exactjson, statements

CREDIT = "CreditMemo"


class QuickBooksPaymentRequest(models.Model):
    """The discount of a payment that goes to QuickBooks: a credit memo before it.

    The payment names it, so it is there first. A lost answer makes no second one: it
    bears the mark of the request, and a requestid that follows from the request's.
    """

    _inherit = "quickbooks.payment.request"

    discount_body = fields.Text(readonly=True, groups=fields.NO_ACCESS)
    discount_quickbooks_id = fields.Char(
        string="Credit Memo ID",
        readonly=True,
        help="QuickBooks' own number of the credit memo for the discount.",
    )

    def _prepare_bodies(self):
        # EXTENDS quickbooks_link
        res = super()._prepare_bodies()
        body = build_discount(self.payment_id, self.marker)
        self.discount_body = body and exactjson.dumps(body)
        return res

    def _create_payment(self, client, body):
        # EXTENDS quickbooks_link: with the discount, which has to be there before
        if not self.discount_body:
            return super()._create_payment(client, body)
        credit = self._ensure_discount(client)
        line = {
            "Amount": exactjson.to_decimal(credit["TotalAmt"]),
            "LinkedTxn": [{"TxnId": str(credit["Id"]), "TxnType": CREDIT}],
        }
        return super()._create_payment(client, {**body, "Line": [*body["Line"], line]})

    def _ensure_discount(self, client):
        """Return the credit memo in QuickBooks; create it where it isn't there."""
        body = exactjson.loads(self.discount_body)
        where = statements.condition("CustomerRef", "=", body["CustomerRef"]["value"])
        since = statements.condition("TxnDate", "=", body["TxnDate"])
        query = statements.select(CREDIT, statements.both(where, since))
        mine = [
            row
            for row in client.query(query).rows
            if self.marker in (row.get("PrivateNote") or "")
        ]
        requestid = uuid.uuid5(uuid.NAMESPACE_OID, f"{self.requestid} discount").hex
        credit = mine[0] if mine else client.create(CREDIT, body, requestid=requestid)
        self.discount_quickbooks_id = str(credit["Id"])
        return credit

    def _call_void(self, client):
        # EXTENDS quickbooks_link: the discount was given for a payment that is none
        res = super()._call_void(client)
        if self.discount_quickbooks_id:
            self._delete_there(client, CREDIT, self.discount_quickbooks_id)
            self.discount_quickbooks_id = False
        return res
