"""What people do on both sides of the link, as a seed chooses."""

import json
import random
from decimal import Decimal

import requests

from ..qbo import exactjson
from .test_flow_payment_refunds import RefundCase

ENTITIES = {"out_invoice": "Invoice", "out_refund": "CreditMemo"}


class Walk:
    """One walk: who did what, as chosen by a seed."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.moves = []
        self.payments = []
        self.customers = []
        self.log = []

    def choose(self, among):
        among = list(among)
        return self.chance.choice(among) if among else None

    def cents(self, most):
        """Return an amount of at most ``most``, often all of it."""
        hundredths = int(most * 100)
        if hundredths <= 1 or self.chance.random() < 0.4:
            return Decimal(hundredths) / 100
        return Decimal(self.chance.randint(1, hundredths)) / 100


class WalkCase(RefundCase):
    """The steps of a walk, each a ``step_*``.

    A step takes the :class:`Walk` and returns in words what was done; nothing if there
    is nothing to do it with.
    """

    # --- Steps in Odoo --- #

    def new_customer(self, walk):
        name = f"Walker {walk.chance.getrandbits(60)}"
        there = self.add("Customer", DisplayName=name)
        self.partner = self.contact(name)
        mirror = self.env["quickbooks.customer"]
        self.customer = mirror._quickbooks_store(self.connection, there)
        self.customer._link_to(self.partner)
        walk.customers.append(self.customer.quickbooks_id)

    def step_post_invoice(self, walk, kind="out_invoice"):
        price = walk.cents(Decimal(200)) + 1
        lines = [{"quantity": 1, "price_unit": float(price), "tax_ids": self.no_tax()}]
        move = self.post(self.invoice(kind, lines))
        walk.moves.append(move)
        return f"{move.name} {price} {self.document(move).state}"

    def step_post_credit(self, walk):
        return self.step_post_invoice(walk, "out_refund")

    def step_edit_in_odoo(self, walk):
        move = walk.choose(self.posted(walk))
        if not move or move.payment_state != "not_paid":
            return None
        price = walk.cents(Decimal(200)) + 1
        with self.own_cursors():
            self.seen(move).button_draft()
            move.invoice_line_ids.price_unit = float(price)
            self.seen(move).action_post()
            self.commit()
        return f"{move.name} to {price}"

    def step_cancel_in_odoo(self, walk):
        move = walk.choose(self.posted(walk))
        if not move:
            return None
        with self.own_cursors():
            self.seen(move).button_cancel()
            self.commit()
        return move.name

    def step_pay_in_odoo(self, walk):
        invoice = walk.choose(self.open_invoices(walk))
        if not invoice:
            return None
        amount = walk.cents(self.open_in_odoo(invoice))
        payment = self.register(invoice, float(amount))
        return f"{payment.name} {amount} of {invoice.name}"

    def step_apply_credit_in_odoo(self, walk):
        credits = [m for m in self.posted(walk) if m.move_type == "out_refund"]
        invoice, credit = walk.choose(self.open_invoices(walk)), walk.choose(credits)
        if not invoice or not credit or not self.open_in_odoo(credit):
            return None
        lines = (invoice | credit).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        with self.own_cursors():
            self.seen(lines).reconcile()
            self.commit()
        return f"{credit.name} to {invoice.name}"

    def step_refund_in_odoo(self, walk):
        credits = [m for m in self.posted(walk) if m.move_type == "out_refund"]
        credit = walk.choose(m for m in credits if self.open_in_odoo(m))
        if not credit:
            return None
        amount = walk.cents(self.open_in_odoo(credit))
        payment = self.refund(credit, float(amount))
        return f"{payment.name} {amount} of {credit.name}"

    def step_cancel_payment_in_odoo(self, walk):
        payment = walk.choose(
            self.odoo_payments().filtered(lambda p: p.quickbooks_request_ids)
            & self.payments_of(walk)
        )
        if not payment:
            return None
        with self.own_cursors():
            self.seen(payment).action_cancel()
            self.commit()
        return payment.name

    # --- Steps in QuickBooks --- #

    def step_pay_there(self, walk):
        chosen = [m for m in self.open_there(walk) if walk.chance.random() < 0.7]
        applied = [(m, walk.cents(self.left_there(m))) for m in chosen]
        total = sum(amount for _move, amount in applied)
        if walk.chance.random() < 0.3:
            total += walk.cents(Decimal(50))
        if not total:
            return None
        walk.payments.append(self.pay(total, *applied))
        return f"{total} for {[m.name for m in chosen]}"

    def step_apply_credit_there(self, walk):
        credits = [m for m in self.alive_there(walk) if m.move_type == "out_refund"]
        credit, invoice = walk.choose(credits), walk.choose(self.open_there(walk))
        if not credit or not invoice:
            return None
        amount = walk.cents(min(self.left_there(credit), self.left_there(invoice)))
        if not amount:
            return None
        walk.payments.append(self.pay(0, (invoice, amount), (credit, amount)))
        return f"{amount} of {credit.name} to {invoice.name}"

    def step_refund_there(self, walk):
        credits = [m for m in self.alive_there(walk) if m.move_type == "out_refund"]
        credit = walk.choose(m for m in credits if self.left_there(m))
        if not credit:
            return None
        amount = walk.cents(self.left_there(credit))
        expense = self.pay_back(float(amount))
        walk.payments.append(self.tie(credit, amount, expense))
        return f"{amount} of {credit.name}"

    def step_change_payment_there(self, walk):
        held = self.payment_there(walk)
        if not held or not held["TotalAmt"]:
            return None
        total = walk.cents(Decimal(str(held["TotalAmt"]))) + Decimal("0.01")
        invoice = walk.choose(self.open_there(walk))
        lines = []
        if invoice and walk.chance.random() < 0.7:
            part = min(total, self.left_there(invoice))
            lines = [self.applied(invoice, part)]
        self.change("Payment", held, TotalAmt=float(total), Line=lines)
        return f"{held['Id']} to {total} {lines}"

    def step_void_payment_there(self, walk):
        held = self.payment_there(walk)
        return held and self.act("void", "Payment", held)["Id"]

    def step_delete_payment_there(self, walk):
        held = self.payment_there(walk)
        return held and self.act("delete", "Payment", held)["Id"]

    def step_edit_document_there(self, walk):
        move = walk.choose(self.alive_there(walk))
        if not move or move.move_type != "out_invoice":
            return None
        held = self.held_there(move)
        day = f"2027-01-{walk.chance.randint(1, 28):02}"
        self.change("Invoice", held, DueDate=day)
        return f"{move.name} due {day}"

    def step_edit_amount_there(self, walk):
        move = walk.choose(self.alive_there(walk))
        if not move or move.move_type != "out_invoice":
            return None
        held = self.held_there(move)
        price = float(walk.cents(Decimal(200)) + 1)
        line = json.loads(exactjson.dumps(held["Line"]))[0]
        line["Amount"] = price
        line["SalesItemLineDetail"].update(Qty=1, UnitPrice=price)
        self.change("Invoice", held, Line=[line], sparse=True)
        return f"{move.name} to {price}"

    def step_take_over(self, walk):
        move = walk.choose(m for m in walk.moves if self.document(m).there == "changed")
        if not move:
            return None
        action = self.press(self.document(move), "action_take_over")
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        if wizard.obstacle:
            return f"{move.name} is not taken over: {wizard.obstacle}"
        self.press(wizard, "action_take")
        return f"{move.name} to {move.amount_total}"

    def step_void_document_there(self, walk):
        move = walk.choose(self.alive_there(walk))
        if not move or move.move_type != "out_invoice":
            return None
        self.act("void", "Invoice", self.held_there(move))
        return move.name

    def step_delete_document_there(self, walk):
        move = walk.choose(self.alive_there(walk))
        if not move:
            return None
        self.act("delete", ENTITIES[move.move_type], self.held_there(move))
        return move.name

    def step_merge_there(self, walk):
        if walk.chance.random() < 0.5:
            return None
        name = f"Survivor {walk.chance.getrandbits(60)}"
        other = self.add("Customer", DisplayName=name)
        wish = {"realm_id": self.realm, "entity": "Customer", "survivor": other["Id"]}
        self.simulator.post("merge", {**wish, "loser": self.customer.quickbooks_id})
        self.sync("customers")
        self.sync("payments")
        self.customer = self.held("customer", other["Id"])
        walk.customers.append(other["Id"])
        return name

    def step_sync(self, walk):
        run = self.sync("payments")
        return f"{run.created} new, {run.updated} changed, {run.deactivated} gone"

    def step_refresh(self, walk):
        self.press(self.partner, "action_quickbooks_refresh")
        return "done"

    # --- What there is --- #

    def posted(self, walk):
        return [move for move in walk.moves if move.state == "posted"]

    def open_invoices(self, walk):
        return [
            move
            for move in self.posted(walk)
            if move.move_type == "out_invoice" and self.open_in_odoo(move)
        ]

    def payments_of(self, walk):
        partners = self.env["res.partner"].union(*(m.partner_id for m in walk.moves))
        return self.env["account.payment"].search(
            [("partner_id", "in", partners.ids), ("company_id", "=", self.company.id)]
        )

    def held_there(self, move):
        """Return what QuickBooks has of a document, read as its API gives it."""
        document = self.document(move)
        if not document.quickbooks_id:
            return None
        return self.read_there(ENTITIES[move.move_type], document.quickbooks_id)

    def read_there(self, entity, quickbooks_id):
        path = f"records/{entity}/{quickbooks_id}?realm_id={self.realm}"
        answer = requests.get(f"{self.server.url}/_sim/{path}", timeout=30)
        if answer.status_code >= 400:
            return None
        return exactjson.loads(answer.content)

    def alive_there(self, walk):
        found = [(move, self.held_there(move)) for move in walk.moves]
        return [m for m, held in found if held and held.get("TotalAmt")]

    def left_there(self, move):
        return left(self.held_there(move))

    def open_there(self, walk):
        return [
            move
            for move in self.alive_there(walk)
            if move.move_type == "out_invoice" and self.left_there(move)
        ]

    def payment_there(self, walk):
        rows = self.env["quickbooks.payment"].search(
            [("customer_quickbooks_id", "=", self.customer.quickbooks_id)]
        )
        ids = {*rows.mapped("quickbooks_id"), *(one["Id"] for one in walk.payments)}
        held = (self.read_there("Payment", one) for one in sorted(ids))
        return walk.choose(one for one in held if one and one.get("Line") is not None)


def left(held):
    """Return what is open of a document of QuickBooks."""
    return exactjson.to_decimal(held.get("RemainingCredit", held.get("Balance")))
