"""Random moves on both sides, with syncs in between: both books agree, or say why not.

20 walks in every test run; ``script/walk 500`` takes as many as it is told.
"""

import json
import logging
import os
import random
from decimal import Decimal

import requests
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..document_reading import exact
from ..payment_plan import receivable_lines
from ..payment_reading import applied
from ..qbo import exactjson
from ..qbo.errors import QuickBooksError
from ..qbo.payments import PAID_BACK
from .test_flow_payment_refunds import RefundCase

_logger = logging.getLogger(__name__)

WALKS = int(os.environ.get("QUICKBOOKS_WALKS", "20"))
FIRST = int(os.environ.get("QUICKBOOKS_WALK_FROM", "1"))
STEPS = 6
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


@tagged("post_install", "-at_install")
class TestWalkBooks(RefundCase):
    """Whatever people do on both sides, no difference stays unmarked."""

    def setUp(self):
        super().setUp()
        self.company.quickbooks_payments_out = "send"
        self.sync("payments")

    def test_random_moves_leave_no_difference_unmarked(self):
        for seed in range(FIRST, FIRST + WALKS):
            walk = Walk(seed)
            with self.subTest(seed=seed):
                self.walk(walk)
            self.env.invalidate_all()

    def walk(self, walk):
        self.new_customer(walk)
        self.step_post_invoice(walk)
        for _number in range(STEPS):
            self.take_any(walk)
        self.sync("payments")
        self.sync("payments")
        problems = [
            *self.unmarked_documents(walk),
            *self.unmarked_payments(walk),
            *self.unmarked_findings(walk),
        ]
        story = "\n".join([*walk.log, *problems])
        _logger.info("A walk:\n%s", story)
        self.leave(walk)
        self.assertFalse(problems, story)

    def leave(self, walk):
        """Let the syncs of the next walk not look again at what is marked of this one.

        Else each walk would take longer than the one before.
        """
        left = self.env["quickbooks.payment"].search(
            [
                ("customer_quickbooks_id", "in", walk.customers),
                ("state", "in", ("new", "waiting", "attention")),
            ]
        )
        left.write({"state": "elsewhere", "hold": False})

    def take_any(self, walk):
        """Take the first of the steps, in any order, that can be taken now."""
        names = list(STEP_NAMES)
        walk.chance.shuffle(names)
        for name in names:
            outcome = self.take(name, walk)
            if outcome:
                walk.log.append(f"{name}: {outcome}")
                return

    def take(self, step, walk):
        """Take a step; what the rules of either side forbid is no step."""
        self.env.invalidate_all()
        muted = mute_logger("odoo.addons.base.models.ir_rule")
        try:
            with muted, self.env.cr.savepoint():
                return getattr(self, f"step_{step}")(walk)
        except (UserError, QuickBooksError, requests.HTTPError) as error:
            return f"refused ({type(error).__name__}: {str(error)[:90]})"

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

    # --- What must be true in the end --- #

    def unmarked_documents(self, walk):
        """Yield documents that the two books have otherwise, unmarked."""
        for move in walk.moves:
            held = self.held_there(move)
            ours = self.open_in_odoo(move) if move.state == "posted" else Decimal(0)
            theirs = left(held) if held else Decimal(0)
            if ours != theirs and not self.is_marked(move):
                document = self.document(move)
                yield (
                    f"{move.name} ({move.state}): {ours} open in Odoo, {theirs} in "
                    f"QuickBooks; {document.state} {document.there} {document.error}"
                )

    def is_marked(self, move):
        document = self.document(move)
        rows = self.env["quickbooks.payment"].search(
            [
                ("allocation_ids.document_id", "in", document.ids),
                ("state", "!=", "done"),
            ]
        )
        open_requests = self.env["quickbooks.payment.request"].search(
            [
                ("payment_id.partner_id", "=", move.partner_id.id),
                ("state", "!=", "sent"),
            ]
        )
        applications = document._applications().filtered(lambda a: a.state != "sent")
        return bool(
            document.state in ("attention", "waiting", "sending")
            or (document.there != "present" and document.error)
            or document.kept
            or rows
            or open_requests
            or applications
        )

    def unmarked_payments(self, walk):
        """Yield payments of QuickBooks that Odoo has otherwise, unmarked."""
        for payment in self.env["quickbooks.payment"].search(
            [("customer_quickbooks_id", "=", self.customer.quickbooks_id)]
        ):
            held = self.read_there("Payment", payment.quickbooks_id)
            ours = payment.payment_id
            theirs = whole(held, ours.payment_type == "outbound")
            amount = exact(ours.amount, self.gbp) if ours else Decimal(0)
            live = ours.state in ("in_process", "paid")
            if payment.state == "done" and (amount if live else 0) != theirs:
                yield f"payment {payment.quickbooks_id}: {amount} here, {theirs} there"
            if payment.state in ("new", "undone") and theirs:
                yield f"payment {payment.quickbooks_id} is {payment.state}"
            if "mistake in the program" in (payment.error or ""):
                yield f"payment {payment.quickbooks_id}: {payment.error}"
        linked = self.payments_of(walk).filtered("quickbooks_payment_id")
        live = linked.filtered(lambda p: p.state in ("in_process", "paid"))
        rows = live.quickbooks_payment_id
        if len(rows) != len(live):
            yield f"doubled: {live.mapped('name')}"

    def unmarked_findings(self, walk):
        """Yield what the reconciliation finds of this walk's customers, unmarked.

        And what it can't put down to documents.
        """
        run = self.reconcile()
        self.assertLessEqual(run.metered_calls, 15)
        for line in run.line_ids.filtered(lambda x: x.customer_key in walk.customers):
            if not self.is_finding_marked(line):
                yield (
                    f"found: {line.status} {line.kind} {line.number} {line.differences}"
                )
        parties = run.party_ids.filtered(lambda one: one.key in walk.customers)
        other = exact(sum(parties.mapped("other")), self.gbp)
        if any(parties.mapped("other")) and other != self.paid_back_apart(walk):
            yield f"{other} owed is unexplained"

    def paid_back_apart(self, walk):
        """Return how much more QuickBooks has paid back that stands against nothing.

        Such an expense is no document, as a journal entry is none.
        """
        used = [
            (line["LinkedTxn"][0]["TxnId"], exactjson.to_decimal(line["Amount"]))
            for payment in self.records("Payment").values()
            for line in payment.get("Line", ())
            if line["LinkedTxn"][0]["TxnType"] in PAID_BACK
        ]
        there = sum(
            exactjson.to_decimal(one["TotalAmt"])
            - sum(amount for used_by, amount in used if used_by == key)
            for key, one in self.records("Purchase").items()
            if one.get("EntityRef", {}).get("value") in walk.customers
        )
        back = self.payments_of(walk).filtered(
            lambda one: (
                one.payment_type == "outbound" and one.state in ("in_process", "paid")
            )
        )
        lines = receivable_lines(back.move_id)
        return there - exact(sum(lines.mapped("amount_residual")), self.gbp)

    def is_finding_marked(self, line):
        if line.kind != "payment":
            return bool(line.move_id) and self.is_marked(line.move_id)
        rows = self.env["quickbooks.payment"].search(
            [
                ("company_id", "=", self.company.id),
                "|",
                ("quickbooks_id", "=", line.quickbooks_id or ""),
                ("payment_id", "in", line.payment_id.ids),
            ]
        )
        # Or it is of what it pays, here or there.
        paid = rows.allocation_ids.move_id
        for document in applied(line.payment_id):
            paid |= document.move_id
        requests = line.payment_id.quickbooks_request_ids
        return bool(
            rows.filtered(lambda row: row.state != "done")
            or requests.filtered(lambda one: one.state != "sent")
            or any(map(self.is_marked, paid))
        )


def whole(held, paid_back):
    """Return what a payment of QuickBooks comes to, or what it pays back."""
    if not held:
        return Decimal(0)
    if not paid_back:
        return exactjson.to_decimal(held.get("TotalAmt"))
    return sum(
        exactjson.to_decimal(line["Amount"])
        for line in held["Line"]
        if line["LinkedTxn"][0]["TxnType"] in PAID_BACK
    )


def left(held):
    """Return what is open of a document of QuickBooks."""
    return exactjson.to_decimal(held.get("RemainingCredit", held.get("Balance")))


STEP_NAMES = sorted(
    name.removeprefix("step_")
    for name in dir(TestWalkBooks)
    if name.startswith("step_")
)
