import uuid
from datetime import date

from odoo import fields, models

from ..document_reading import exact
from ..groups import MANAGER
from ..payment_plan import receivable_lines
from ..payment_reading import applied
from ..payment_refunds import read_refund, untold_refund, words_by_hand
from ..qbo import exactjson, refunds, statements
from ..qbo.payments import PAID_BACK
from .quickbooks_payment_twins import APART

RECEIVABLE = statements.select(
    "Account", statements.condition("AccountType", "=", "Accounts Receivable")
)


class QuickBooksPaymentRequest(models.Model):
    """Refunds of credit notes: an expense in QuickBooks, and the credit applied to it.

    Each of the two bears the mark of the request, and has a requestid of its own: a
    lost answer makes no second one. Before the first is made, QuickBooks is asked
    whether the credit memo is still worth so much.
    """

    _inherit = "quickbooks.payment.request"

    payment_type = fields.Selection(
        related="payment_id.payment_type",
        string="Kind",
        help="Whether the customer pays, or is paid back.",
    )
    refund_quickbooks_id = fields.Char(
        string="Expense ID",
        readonly=True,
        help="QuickBooks' own number of the expense that pays the customer back.",
    )
    alike_quickbooks_id = fields.Char(
        string="Similar Expense ID",
        readonly=True,
        help="An expense in QuickBooks that somebody was told of: it may be the same.",
    )

    def _is_refund(self):
        return self.payment_type == "outbound"

    def _is_there(self):
        # EXTENDS quickbooks_link: the credit may not be applied to it yet
        return super()._is_there() or bool(self.refund_quickbooks_id)

    # === Preparing === #

    def _prepare(self, user, batch):
        # EXTENDS quickbooks_link: somebody may have recorded it there meanwhile
        creates = self._is_refund() and self.act == "create" and not self.unsure
        if creates and self._recognised_there():
            return False
        return super()._prepare(user, batch)

    def _recognised_there(self):
        """Take what QuickBooks has paid back already for this refund, if it is it."""
        books = self.env["quickbooks.books"]._of(self._connection())
        rows = books.env["quickbooks.payment"].search(
            [
                ("allocation_ids.document_id", "in", self._paid_documents().ids),
                ("allocation_ids.kind", "in", PAID_BACK),
                ("status", "=", "present"),
                ("payment_id", "=", False),
            ]
        )
        rows._settle()
        row = self._linked()
        if row.payment_id == self.payment_id and row.status == "present":
            self._settled(row.quickbooks_id)
            return True
        return False

    def _untold(self):
        # EXTENDS quickbooks_link
        refund = self._is_refund()
        return untold_refund(self.payment_id) if refund else super()._untold()

    def _prepare_bodies(self):
        # EXTENDS quickbooks_link
        if not self._is_refund():
            return super()._prepare_bodies()
        expense, amounts = read_refund(self.payment_id, self.marker)
        self.body = exactjson.dumps({"expense": expense, "credits": amounts})
        return None

    # === Calling === #

    def _call_create(self, client):
        # EXTENDS quickbooks_link
        if not self._is_refund():
            return super()._call_create(client)
        body = exactjson.loads(self.body)
        pages = client.query_batch(self._queries(body))
        found = {name: page.rows for name, page in pages.items()}
        expense = self._mine(found["expenses"])
        obstacle = None if expense else self._obstacle(body, found)
        if obstacle:
            self.unsure = False
            self._need_attention(obstacle)
            return None
        if not expense:
            wanted = refunds.on_account(body["expense"], found["accounts"][0]["Id"])
            expense = client.create(
                refunds.ENTITY, wanted, requestid=self._requestid("expense")
            )
        self.refund_quickbooks_id = str(expense["Id"])
        self._arrived(self._mine(found["ties"]) or self._tie(client, body))
        return None

    def _queries(self, body):
        expense = body["expense"]
        customer = expense["EntityRef"]["value"]
        day = date.fromisoformat(expense["TxnDate"])
        amount = sum(body["credits"].values())
        ties = statements.both(
            statements.condition("CustomerRef", "=", customer),
            statements.condition("TxnDate", "=", expense["TxnDate"]),
        )
        credits_ = statements.condition("Id", "IN", list(body["credits"]))
        return {
            "accounts": RECEIVABLE,
            "credits": statements.select("CreditMemo", credits_),
            "expenses": refunds.expenses_alike(amount, day - APART, day + APART),
            "ties": statements.select("Payment", ties),
        }

    def _mine(self, rows):
        mine = (one for one in rows if self.marker in (one.get("PrivateNote") or ""))
        return next(mine, None)

    def _requestid(self, part):
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{self.requestid} {part}").hex

    def _tie(self, client, body):
        """Apply the credit memos to the expense; return the payment that does."""
        tie = refunds.build_tie(
            body["expense"], self.refund_quickbooks_id, body["credits"]
        )
        return client.create("Payment", tie, requestid=self._requestid("tie"))

    def _obstacle(self, body, found):
        """Return why nothing is paid back there yet, in words."""
        if _has_less_left(body["credits"], found["credits"]):
            return self.env._(
                "QuickBooks has less left of the credit memo than is paid back here. "
                "Sync Invoices and Payments, and look what was done with it there."
            )
        if not found["accounts"]:
            return self.env._("QuickBooks has no account of the type A/R.")
        return self._obstacle_alike(body, found)

    def _obstacle_alike(self, body, found):
        """Return what to tell of an expense that may be this refund, if there is one.

        Who presses Send all the same has been asked about it.
        """
        customer = body["expense"]["EntityRef"]["value"]
        alike = refunds.to_customer(found["expenses"], customer)
        new = [one for one in alike if str(one["Id"]) != self.alike_quickbooks_id]
        if not new:
            return None
        self.alike_quickbooks_id = str(new[0]["Id"])
        return self.env._(
            "QuickBooks has an expense of this customer and amount already, of "
            "%(date)s. If it is this refund, apply the credit memo to it there and "
            "sync. If it is another, press Send to QuickBooks again.",
            date=new[0]["TxnDate"],
        )

    def _call_void(self, client):
        # EXTENDS quickbooks_link: what was paid back by mistake is deleted, both parts
        if not self._is_refund():
            return super()._call_void(client)
        if self.quickbooks_id:
            self._delete_there(client, "Payment", self.quickbooks_id)
        if self.refund_quickbooks_id:
            self._delete_there(client, refunds.ENTITY, self.refund_quickbooks_id)
            self.refund_quickbooks_id = False
        self._arrived(None)
        return None


class QuickBooksPayment(models.Model):
    """Payments of nothing that tell what was paid back of credit memos."""

    _inherit = "quickbooks.payment"

    def _settle_present(self, plan):
        # EXTENDS quickbooks_link: which payment of Odoo's it was
        if plan.refunds and not self.payment_id:
            refund = self._find_refund(plan)
            if refund:
                self._link_own(refund)
                # What was offered, or asked about, is done with.
                settled = refund.quickbooks_request_ids.filtered(
                    lambda one: not one.unsure
                )
                settled._settled(self.quickbooks_id)
                plan = self._read_plan()
        return super()._settle_present(plan)

    def _find_refund(self, plan):
        """Return the payment that has paid back in Odoo what QuickBooks has."""
        lines = receivable_lines(plan.refunds[0][0])
        partials = lines.matched_debit_ids.filtered(
            lambda one: not one.quickbooks_payment_id
        )
        wanted = dict(plan.refunds)
        for payment in partials.debit_move_id.move_id.origin_payment_id:
            amounts = {one.move_id: x for one, x in applied(payment).items()}
            if payment.payment_type == "outbound" and amounts == wanted:
                return payment
        return self.env["account.payment"]

    def _reconcile(self, plan):
        # EXTENDS quickbooks_link
        problems = super()._reconcile(plan)
        if not self.payment_id:
            problems += [self._words_refund(*refund) for refund in plan.refunds]
        elif plan.money_back and self.payment_id._quickbooks_paid_back() == 0:
            problems.append(self._words_money_back(plan.money_back))
        return problems

    def _words_money_back(self, amount):
        return self.env._(
            "QuickBooks has paid %(amount)s of it back to the customer. Register a "
            "payment to the customer in Odoo too, and reconcile the two.",
            amount=self.currency_id.format(float(amount)),
        )

    def _words_refund(self, credit, amount):
        return self.env._(
            "QuickBooks has paid %(amount)s of %(credit)s back to the customer. "
            "Register that in Odoo too: press Pay on the credit note. The next sync "
            "recognises it.",
            amount=credit.currency_id.format(float(amount)),
            credit=credit.display_name,
        )

    def _undo(self, plan):
        # EXTENDS quickbooks_link: taken off the credit memo, the money is still paid
        payment = self.payment_id
        if payment.payment_type != "outbound":
            return super()._undo(plan)
        touched = self._partials().credit_move_id.move_id
        self._partials().unlink()
        self.write({"payment_id": False, "booked": False})
        for credit in touched:
            credit._quickbooks_note(
                self.env._(
                    "%s was taken off this document in QuickBooks, and here.",
                    payment.display_name,
                )
            )
        return None


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _quickbooks_goes_there(self):
        # EXTENDS quickbooks_link: and what pays credit notes back
        refund = self.payment_type == "outbound" and applied(self)
        return super()._quickbooks_goes_there() or bool(refund)

    def _quickbooks_may_cancel(self):
        # EXTENDS quickbooks_link: an expense that a person has recorded in QuickBooks
        # is not deleted from here
        requests = self.sudo().quickbooks_request_ids
        theirs = self._quickbooks_linked() and not requests.refund_quickbooks_id
        if self.payment_type == "outbound" and theirs:
            return False
        return super()._quickbooks_may_cancel()

    def _quickbooks_paid_back(self):
        """Return how much of a customer's payment was paid back to it in Odoo."""
        partials = receivable_lines(self.move_id).matched_debit_ids
        back = partials.filtered(
            lambda one: (
                one.debit_move_id.move_id.origin_payment_id.payment_type == "outbound"
            )
        )
        return exact(sum(back.mapped("credit_amount_currency")), self.currency_id)

    def action_quickbooks_bring(self):
        """Send payments to QuickBooks, offered or not."""
        requests = self.env["quickbooks.payment.request"]
        requests._check_manager()
        self.check_access("read")
        for payment in self:
            requests._bring(payment)
        return True


class AccountMove(models.Model):
    """Credit notes that were paid back in Odoo only."""

    _inherit = "account.move"

    def _quickbooks_alerts_when_sent(self, document):
        # EXTENDS quickbooks_link
        alerts = super()._quickbooks_alerts_when_sent(document)
        if self.move_type == "out_refund":
            for payment in self._quickbooks_refunds_here():
                key = f"quickbooks_refund_{payment.id}"
                alerts[key] = self._quickbooks_alert_of_refund(payment)
        return alerts

    def _quickbooks_refunds_here(self):
        """Return the payments that pay it back and of which QuickBooks is to hear."""
        partials = receivable_lines(self).matched_debit_ids.sudo()
        here = partials.filtered(lambda one: not one.quickbooks_payment_id)
        payments = here.debit_move_id.move_id.origin_payment_id
        return payments.filtered(
            lambda one: (
                one.payment_type == "outbound"
                and one.quickbooks_request_ids.state != "declined"
                and not one._quickbooks_linked()
            )
        )

    def _quickbooks_alert_of_refund(self, payment):
        request = payment.quickbooks_request_ids
        words = self.env._(
            "The refund %(payment)s of %(amount)s is not in QuickBooks. %(reason)s",
            payment=payment.display_name,
            amount=payment.currency_id.format(
                float(exact(payment.amount, payment.currency_id))
            ),
            reason=request.error or untold_refund(payment) or "",
        )
        alert = {"level": "warning", "message": words.strip()}
        if self.env.user.has_group(MANAGER):
            alert["action_text"] = self.env._("Send to QuickBooks")
            call = ("account.payment", "action_quickbooks_bring", payment.ids)
            alert["action_call"] = call
        elif not request.error:
            alert["message"] = f"{words.strip()} {words_by_hand(self.env)}"
        return alert


def _has_less_left(wanted, credit_memos):
    """Return whether QuickBooks has less left of a credit memo than is wanted of it."""
    left = {
        str(one["Id"]): exactjson.to_decimal(one.get("RemainingCredit"))
        for one in credit_memos
    }
    return any(left.get(key, 0) < amount for key, amount in wanted.items())
