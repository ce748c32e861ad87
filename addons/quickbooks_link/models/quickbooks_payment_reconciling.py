from odoo import fields, models

from ..document_reading import exact
from ..payment_plan import receivable_lines
from ..payment_reading import applied
from ..qbo import exactjson
from ..qbo.payments import CREDIT, INVOICE


class QuickBooksPayment(models.Model):
    """Reconciling by the very amounts that QuickBooks has allocated."""

    _inherit = "quickbooks.payment"

    partial_ids = fields.One2many(
        "account.partial.reconcile",
        "quickbooks_payment_id",
        string="Reconciliations",
        readonly=True,
    )

    def _partials(self):
        return self.partial_ids

    def _unreconcile_other_than(self, plan):
        """Undo those reconciliations that QuickBooks no longer has so."""
        wanted = plan.wanted()
        for (source, invoice), partials in self._partials_by_pair().items():
            amount = wanted.get((source, invoice), 0)
            if _sum(partials) != amount:
                partials.unlink()
                if not amount:
                    invoice._quickbooks_note(
                        self.env._(
                            "%s was taken off this document in QuickBooks, and here.",
                            self._words(),
                        )
                    )

    def _partials_by_pair(self):
        """Return this payment's reconciliations by source and invoice.

        The source is None for the payment's own money, as in a plan.
        """
        own = self.payment_id.move_id
        pairs = {}
        for partial in self._partials():
            source = partial.credit_move_id.move_id
            key = (None if source == own else source, partial.debit_move_id.move_id)
            pairs[key] = pairs.get(key, partial.browse()) | partial
        return pairs

    def _is_applied_otherwise(self):
        """Return whether Odoo applies the payment's money otherwise than QuickBooks.

        Only where that can be told to QuickBooks: not beside credit memos.
        """
        if not self.payment_id or not self._tells_application():
            return False
        held = {
            line.document_id: exactjson.to_decimal(line.exact_amount)
            for line in self.allocation_ids
            if line.document_id
        }
        return held != applied(self.payment_id)

    def _discount_memos(self):
        """Return the amounts of credit memos that are discounts in Odoo, by Id."""
        found = {}
        for row in self:
            lines = row.allocation_ids.filtered(
                lambda line: line.kind == CREDIT and not line.document_id
            )
            amounts = {
                line.quickbooks_id: exactjson.to_decimal(line.exact_amount)
                for line in lines
            }
            if sum(amounts.values()) == exact(row.discount, row.currency_id):
                found.update(amounts)
        return found

    def _tells_application(self):
        """Return whether QuickBooks can be told how the payment is applied."""
        return set(self.allocation_ids.mapped("kind")) <= {INVOICE}

    def _reconcile(self, plan):
        """Reconcile what the plan wants; return what could not be, in words."""
        held = self._partials_by_pair()
        problems = []
        for (source, invoice), amount in plan.wanted().items():
            partials = held.get((source, invoice))
            missing = amount - (_sum(partials) if partials else 0)
            source_move = source or self.payment_id.move_id
            if not missing:
                continue
            rest = self._reconcile_pair(source_move, invoice, missing)
            if rest != missing:
                self._note_applied(source, invoice, missing - rest)
            if rest:
                problems.append(self._words_rest(source_move, invoice, rest))
        problems += [self._words_unknown(pair) for pair in plan.unknown]
        return problems + [self._words_cancelled(line) for line in self._cancelled()]

    def _cancelled(self):
        """Return the lines of what is cancelled in Odoo, and counts in QuickBooks."""
        return self.allocation_ids.filtered(
            lambda line: (
                line.document_id.move_id.state == "cancel"
                and line.document_id._is_there()
            )
        )

    def _reconcile_pair(self, source, invoice, amount):
        """Reconcile ``amount`` of ``source`` with ``invoice``.

        :return: how much of it could not be reconciled
        """
        adopted = self._adopt_partials(source, invoice, amount)
        if adopted:
            return amount - adopted
        for target in receivable_lines(invoice):
            for line in receivable_lines(source):
                part = min(amount, open_of(target), -open_of(line))
                if part > 0:
                    self._reconcile_lines(line, target, part)
                    amount -= part
        return amount

    def _adopt_partials(self, source, invoice, amount):
        """Take as this payment's what is reconciled already; return how much is."""
        partials = self._partials_between(
            receivable_lines(source), receivable_lines(invoice)
        )
        if not partials or _sum(partials) != amount:
            return 0
        partials.quickbooks_payment_id = self
        return amount

    def _adopt_applied(self):
        """Take as theirs what Odoo itself has applied with such payments.

        So that it is undone with them, also where nobody has seen them in between.
        """
        for row in self:
            for one in row._application():
                lines = receivable_lines(one.credit_id.move_id)
                targets = receivable_lines(one.invoice_id.move_id)
                row._partials_between(lines, targets).quickbooks_payment_id = row

    def _reconcile_lines(self, line, target, amount):
        before = self._partials_between(line, target)
        amounts = {line.id: float(amount)}
        capped = (line | target).with_context(quickbooks_amounts=amounts)
        capped._reconcile_plan([line | target])
        new = self._partials_between(line, target) - before
        new.quickbooks_payment_id = self

    def _partials_between(self, lines, targets):
        """Return the reconciliations between lines that are no QuickBooks payment's."""
        return self.env["account.partial.reconcile"].search(
            [
                ("credit_move_id", "in", lines.ids),
                ("debit_move_id", "in", targets.ids),
                ("quickbooks_payment_id", "=", False),
            ]
        )

    def _undone_here(self):
        """Note that somebody has undone a reconciliation which QuickBooks has."""
        for row in self.filtered(lambda row: row.state == "done"):
            offered = row.payment_id and row.payment_id._quickbooks_is_offered()
            if offered and row._tells_application():
                # It is offered to QuickBooks to be applied otherwise there too.
                continue
            row._become(
                "attention",
                error=self.env._(
                    "Somebody undid its reconciliation in Odoo, and QuickBooks still "
                    "has it. The next sync applies it again; change it in QuickBooks "
                    "if that is wrong."
                ),
            )

    # === Words === #

    def _note_applied(self, source, invoice, amount):
        invoice._quickbooks_note(self._words_applied(source, invoice, amount))

    def _words_applied(self, source, invoice, amount):
        return self.env._(
            "%(payment)s was applied as in QuickBooks: %(amount)s.",
            payment=source.display_name if source else self._words(),
            amount=f"{amount} {invoice.currency_id.name}",
        )

    def _words_rest(self, source, invoice, amount):
        return self.env._(
            "%(amount)s %(currency)s of %(payment)s pay %(invoice)s in QuickBooks, and "
            "could not be applied here: in Odoo, one of the two is settled otherwise.",
            amount=amount,
            currency=invoice.currency_id.name,
            payment=source.display_name,
            invoice=invoice.display_name,
        )

    def _words_unknown(self, pair):
        return self.env._(
            "%(amount)s %(currency)s of %(invoice)s were settled in QuickBooks by a "
            "credit or another transaction that Odoo doesn't have: it stays open here.",
            amount=pair.amount,
            currency=pair.invoice.currency_id.name,
            invoice=pair.invoice.display_name,
        )

    def _words_cancelled(self, line):
        return self.env._(
            "%(amount)s %(currency)s of it are applied to %(document)s in QuickBooks, "
            "and that is cancelled in Odoo. Take it off there, and void the document.",
            amount=line.exact_amount,
            currency=self.currency_id.name,
            document=line.document_id.move_id.display_name,
        )


def _sum(partials):
    """Return what reconciliations come to, in the documents' currency."""
    return sum(
        exact(partial.debit_amount_currency, partial.debit_currency_id)
        for partial in partials
    )


def open_of(line):
    """Return what is left to be settled of a line, in its currency."""
    return exact(line.amount_residual_currency, line.currency_id)
