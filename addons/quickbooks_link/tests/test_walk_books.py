"""Random moves on both sides, with syncs in between: both books agree, or say why not.

20 walks in every test run; ``script/walk 500`` takes as many as it is told.
"""

import logging
import os
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
from .walk_common import Walk, WalkCase, left

_logger = logging.getLogger(__name__)

WALKS = int(os.environ.get("QUICKBOOKS_WALKS", "20"))
FIRST = int(os.environ.get("QUICKBOOKS_WALK_FROM", "1"))
STEPS = 6


@tagged("post_install", "-at_install")
class TestWalkBooks(WalkCase):
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


STEP_NAMES = sorted(
    name.removeprefix("step_")
    for name in dir(TestWalkBooks)
    if name.startswith("step_")
)
