"""Why less, or more, is open of a document in Odoo than in QuickBooks, and what helps.

What QuickBooks' payments settle is held in their rows; what Odoo's books settle is in
its reconciliations. Whatever is in one of them only is told in words, with the name of
the button that brings it to the other side where there is one.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from .document_reading import exact
from .payment_plan import receivable_lines
from .qbo import exactjson

SEND = "send"
PULL = "pull"
OPEN = "payments"
# Payments whose rows may follow once they are read again.
FOLLOWING = ("new", "elsewhere", "attention")


@dataclass
class Advice:
    """What helps against a difference.

    :param remedies: names of buttons
    :param words: sentences
    """

    remedies: set = field(default_factory=set)
    words: list = field(default_factory=list)

    def add(self, words, *remedies):
        """Tell one more thing, and offer its buttons."""
        self.words.append(words)
        self.remedies.update(remedies)


class Settlements:
    """What settles some documents on each side, read at once.

    :param documents: rows of ``quickbooks.document``, as superuser
    """

    def __init__(self, documents):
        self.env = documents.env
        self.allocations = documents._allocations_there().grouped("document_id")
        self.partials = self._read_partials(documents.move_id)

    def _read_partials(self, moves):
        lines = receivable_lines(moves)
        found = defaultdict(self.env["account.partial.reconcile"].browse)
        for partial in lines.matched_debit_ids | lines.matched_credit_ids:
            for line in partial.debit_move_id | partial.credit_move_id:
                found[line.move_id] |= partial
        return found

    def advise(self, document, settled):
        """Return the :class:`Advice` about one document.

        :param settled: how much of it is settled in QuickBooks, exactly
        """
        advice = Advice()
        lines = self.allocations.get(document, ())
        known = sum(exactjson.to_decimal(line.exact_amount) for line in lines)
        if known != settled:
            self._advise_to_pull(advice, document, settled, known)
        for payment in {line.payment_id: None for line in lines}:
            self._advise_about(advice, payment)
        for partial in self.only_here(document.move_id):
            self._advise_to_send(advice, document.move_id, partial)
        return advice

    def _advise_to_pull(self, advice, document, settled, known):
        shown = document.currency_id.format
        words = self.env._(
            "QuickBooks has settled %(settled)s of it, and Odoo knows of %(known)s. "
            "Pull its payments.",
            settled=shown(float(settled)),
            known=shown(float(known)),
        )
        advice.add(words, PULL)

    def _advise_about(self, advice, payment):
        """Tell why a payment of QuickBooks' is not in Odoo's books."""
        if payment.state == "done":
            return
        words = self.env._(
            "QuickBooks payment %(name)s: %(reason)s",
            name=payment.display_name,
            reason=payment.error or self.env._("It is not in Odoo's books yet."),
        )
        helps = (PULL, OPEN) if payment.state in FOLLOWING else (OPEN,)
        advice.add(words, *helps)

    # === What is in Odoo only === #

    def only_here(self, move):
        """Return the reconciliations of a document that QuickBooks doesn't have."""
        return self.partials[move].filtered(lambda one: not _is_there(one))

    def payments_to_send(self, move):
        """Return the customer's payments that settle ``move`` in Odoo only.

        For a credit note those by which it was paid back.
        """
        entries = (other_side(one, move) for one in self.only_here(move))
        payments = self.env["account.payment"].union(
            *(entry.origin_payment_id for entry in entries)
        )
        return payments.filtered(lambda one: one.partner_type == "customer")

    def _advise_to_send(self, advice, move, partial):
        entry = other_side(partial, move)
        amount = _amount_in_words(partial, move)
        if self.payments_to_send(move) & entry.origin_payment_id:
            words = self.env._(
                "%(entry)s settles %(amount)s of it in Odoo only. Send it.",
                entry=entry.name,
                amount=amount,
            )
            advice.add(words, SEND)
        elif entry.move_type in ("out_invoice", "out_refund"):
            self._advise_to_apply(advice, move, entry, amount)
        else:
            words = self.env._(
                "%(entry)s settles %(amount)s of it in Odoo only. Record the same in "
                "QuickBooks and pull it, or undo that reconciliation here.",
                entry=entry.name,
                amount=amount,
            )
            advice.add(words)

    def _advise_to_apply(self, advice, move, other, amount):
        """Tell of a credit note that is applied to an invoice in Odoo only."""
        row = move._quickbooks_application_with(other)
        if row:
            advice.add(row._waits_in_words(), SEND)
            return
        words = self.env._(
            "%(entry)s settles %(amount)s of it in Odoo, and is not in QuickBooks "
            "itself. Send that one.",
            entry=other.name,
            amount=amount,
        )
        advice.add(words)


def other_side(partial, move):
    """Return the entry that a reconciliation ties to ``move``."""
    ends = (partial.debit_move_id | partial.credit_move_id).move_id
    return ends - move


def _is_there(partial):
    """Tell whether QuickBooks has what Odoo has reconciled, as far as is known."""
    if partial.quickbooks_payment_id:
        return True
    debit, credit = partial.debit_move_id.move_id, partial.credit_move_id.move_id
    row = debit._quickbooks_application_with(credit)
    return bool(row) and row._is_settled()


def _amount_in_words(partial, move):
    currency, mine = move.currency_id, partial.debit_move_id.move_id == move
    amount = partial.debit_amount_currency if mine else partial.credit_amount_currency
    return currency.format(float(exact(amount, currency)))
