from odoo import models

from ..client_actions import soft_reload
from ..document_checks import checks
from ..payment_refunds import words_by_hand
from ..qbo import documents, statements
from ..qbo import reconciliation as books
from ..qbo.document_removal import payments_on
from ..settlements import OPEN, PULL, SEND, Advice, Settlements

TAKE = "take"
VOID = "void"
# What of a document is changed where it is sent, or taken over.
CONTENT = {"total", "tax", "day", "customer"}


class QuickBooksReconciliation(models.Model):
    """What helps against each finding: which buttons, and what a person has to do."""

    _inherit = "quickbooks.reconciliation"

    def _advise(self, pairs, values):
        """Add to the values of findings what helps.

        :param pairs: the :class:`books.Pair` of each
        """
        settlements = Settlements(self._unbalanced(pairs))
        for pair, vals in zip(pairs, values, strict=True):
            advice = self._advice(pair, vals["sync_token"], settlements)
            vals["remedies"] = ",".join(sorted(advice.remedies))
            vals["advice"] = "\n".join(advice.words)

    def _unbalanced(self, pairs):
        """Return the documents of which something else is settled on each side."""
        ids = [
            int(pair.odoo.key)
            for pair in pairs
            if "balance" in pair.differences and pair.paper.kind != books.PAYMENT
        ]
        moves = self.env["account.move"].sudo().browse(ids)
        return moves.quickbooks_document_ids

    def _advice(self, pair, token, settlements):
        """Return the :class:`Advice` about one finding.

        :param token: the version of it that was read
        """
        if pair.status == books.DIFFERENT and pair.paper.kind == books.PAYMENT:
            return self._advice_about_payment(pair, token)
        if pair.status != books.DIFFERENT:
            return self._advice_about_one_side(pair)
        if "void" in pair.differences:
            return self._advice_about_void(pair)
        advice = self._advice_about_content(pair)
        if "balance" in pair.differences and _settled(pair.odoo) != _settled(
            pair.quickbooks
        ):
            move = self.env["account.move"].sudo().browse(int(pair.odoo.key))
            found = settlements.advise(
                move.quickbooks_document_ids, _settled(pair.quickbooks)
            )
            advice.remedies |= found.remedies
            advice.words += found.words
        return advice

    def _advice_about_one_side(self, pair):
        if pair.status == books.QUICKBOOKS_ONLY:
            return Advice({PULL})
        if pair.status == books.UNLINKED:
            return Advice()
        gone = pair.odoo.counterpart
        if pair.paper.kind == books.PAYMENT and gone:
            return Advice({PULL}, [self.env._("Pull, to undo it in Odoo as well.")])
        if not gone:
            return Advice({SEND})
        if self._came_from_there(pair):
            return Advice(words=[self.env._("Cancel it in Odoo too.")])
        words = self.env._("Send it anew; or cancel it in Odoo too.")
        return Advice({SEND}, [words])

    def _came_from_there(self, pair):
        """Tell whether QuickBooks has made the document: it is never sent there."""
        move = self.env["account.move"].sudo().browse(int(pair.odoo.key))
        return move.quickbooks_document_ids.origin == "quickbooks"

    def _advice_about_void(self, pair):
        if pair.quickbooks.void and self._came_from_there(pair):
            return Advice(words=[self.env._("Cancel it in Odoo too.")])
        if pair.quickbooks.void:
            words = self.env._(
                "Cancel it in Odoo too, or make a credit note for it; or send it, to "
                "have it in QuickBooks again."
            )
            return Advice({SEND}, [words])
        move = self.env["account.move"].browse(int(pair.odoo.key))
        if move.state == "draft":
            return Advice(words=[self.env._("Confirm it in Odoo, or cancel it.")])
        return Advice({VOID})

    def _advice_about_content(self, pair):
        names = CONTENT.intersection(pair.differences)
        advice = Advice()
        if self._keeps_their_tax(pair):
            words = self.env._(
                "QuickBooks' own tax is kept, as chosen on the company's tab. Choose "
                "Odoo's tax there and send it, or ignore the difference."
            )
            return Advice(words=[words])
        if names or "currency" in pair.differences:
            advice.remedies.add(TAKE)
        if "customer" in names and pair.odoo.customer.startswith("odoo:"):
            words = self.env._(
                "Link %s to its QuickBooks Customer first, to send it.",
                pair.odoo.customer_name,
            )
            advice.add(words)
        elif names:
            advice.remedies.add(SEND)
        return advice

    def _keeps_their_tax(self, pair):
        """Tell whether all that differs is tax, which QuickBooks is to work out."""
        names = set(pair.differences) - {"balance"}
        if self.company_id.quickbooks_tax_choice != "quickbooks":
            return False
        ours, theirs = pair.odoo, pair.quickbooks
        net = ours.total - ours.tax == theirs.total - theirs.tax
        return "tax" in names and names <= {"total", "tax"} and net

    def _advice_about_payment(self, pair, token):
        """Return what helps where a payment is not the same, or not applied so."""
        payment = self.env["account.payment"].browse(int(pair.odoo.key)).sudo()
        row = payment.quickbooks_payment_id
        if token != row.sync_token:
            return Advice({PULL})
        if row._is_applied_otherwise():
            return Advice({SEND})
        if payment._quickbooks_paid_back():
            return Advice({OPEN}, [words_by_hand(self.env)])
        words = self.env._(
            "Apply it in QuickBooks as here, or undo its reconciliation here."
        )
        return Advice({OPEN}, [row.error or words])


class QuickBooksReconciliationLine(models.Model):
    """Findings of which something else is settled in each of the books."""

    _inherit = "quickbooks.reconciliation.line"

    def _settlements(self):
        return Settlements(self.move_id.sudo().quickbooks_document_ids)

    # === Send === #

    def _send_settlements(self):
        """Bring the payments and applied credits of documents to QuickBooks."""
        settlements = self._settlements()
        for move in self.move_id.sudo():
            for payment in settlements.payments_to_send(move):
                self.env["quickbooks.payment.request"]._bring(payment)
            move._quickbooks_unapplied()._send_for(self.env.user)

    def _without_blocked(self):
        """Return the findings that may be sent; the others say why they may not."""
        passed = self.browse()
        for line in self:
            words = [one.message for one in checks(line.move_id) if one.blocks]
            if words:
                line.sudo().advice = "\n".join(words)
            else:
                passed |= line
        return passed

    # === Pull === #

    def _pull_settlements(self, client):
        """Read a document and its payments anew, and let Odoo follow."""
        document = self.move_id.sudo().quickbooks_document_ids
        entity = documents.ENTITIES[self.kind]
        record = client.read(entity, self.quickbooks_id)
        held = document._allocations_there().payment_id.mapped("quickbooks_id")
        ids = sorted({*payments_on(record), *held})
        where = ids and statements.condition("Id", "IN", ids)
        rows = client.query(statements.select("Payment", where)).rows if ids else ()
        found = {str(row["Id"]) for row in rows}
        gone = [one for one in held if one not in found]
        books_of = self.env["quickbooks.books"]
        connection = self.company_id.sudo().quickbooks_connection_id
        changed = {entity: [record], "Payment": rows}
        books_of._store(connection, changed, {"Payment": gone})
        payments = books_of._of(connection).env["quickbooks.payment"]
        payments.union(*payments._held(connection, ids).values())._settle()
        return self._look_again(books.paper_of(entity, record, ""))

    def _look_again(self, paper):
        """Say what still keeps the balances apart; return the move if nothing does."""
        self.move_id.invalidate_recordset()
        document = self.move_id.sudo().quickbooks_document_ids
        found = self._settlements().advise(document, _settled(paper))
        if not found.words:
            return self.move_id
        self.sudo().write(
            {
                "remedies": ",".join(sorted(found.remedies)),
                "advice": "\n".join(found.words),
            }
        )
        return None

    # === Others === #

    def action_void(self):
        """Take out of QuickBooks what is cancelled in Odoo."""
        self._check_manager()
        chosen = self.filtered("can_void")
        chosen._check_any(self.env._("Only what is cancelled in Odoo can be voided."))
        chosen.move_id.action_quickbooks_void()
        chosen.sudo().done = "sent"
        return soft_reload()

    def action_payments(self):
        """Show the payments in QuickBooks that are about the document."""
        self.ensure_one()
        self._check_manager()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "quickbooks_link.action_quickbooks_payment"
        )
        document = self.move_id.sudo().quickbooks_document_ids
        domain = [("allocation_ids.document_id", "in", document.ids)]
        if self.payment_id:
            domain = [("payment_id", "=", self.payment_id.id)]
        return {**action, "domain": domain, "context": {}}


class QuickBooksDocument(models.Model):
    _inherit = "quickbooks.document"

    def _allocations_there(self):
        """Return how payments that QuickBooks has settle the documents, as is known."""
        return self.env["quickbooks.payment.allocation"].search(
            [("document_id", "in", self.ids), ("payment_id.status", "=", "present")]
        )


def _settled(paper):
    return paper.total - paper.balance
