"""QuickBooks' version of a document, taken over into Odoo's books."""

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..document_checks import checks
from ..document_pulling import as_payload
from ..document_reading import read_books, read_document
from ..document_taking import values_to_take, version_here
from ..exceptions import LockedError
from ..groups import MANAGER
from ..qbo import document_versions, documents, exactjson
from ..qbo.document_removal import is_voided
from ..quickbooks_calls import calling

# What people may leave empty on a line in QuickBooks, and Odoo never does.
LEFT_OUT = ("Description", "Qty", "UnitPrice")


class QuickBooksDocument(models.Model):
    """Letting Odoo's invoice say what was changed in QuickBooks.

    The invoice is reset to draft, changed where it differs, and posted again; what
    QuickBooks' payments pay of it is reconciled anew. What keeps Odoo from that is
    said before anything is done.
    """

    _inherit = "quickbooks.document"

    def action_take_over(self):
        """Show what of the invoice would change; the person decides there."""
        self.ensure_one()
        self._check_takes_over()
        with calling(self.company_id) as client:
            record = client.read(self._entity(), self.quickbooks_id)
        return self.env["quickbooks.document.take"]._open_for(self, record)

    def _check_takes_over(self):
        self.check_access("read")
        self.move_id.check_access("read")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only ERP managers can decide about QuickBooks documents.")
            )
        if not self.quickbooks_id:
            raise UserError(self.env._("QuickBooks doesn't have the document."))

    # === Looking === #

    def _rehearse_taking(self, record):
        """Return what would come of it: changes, what is left, and the obstacle.

        It is done as it would be, in a transaction that is rolled back.

        :return: :class:`document_versions.Change` in a list, a text, and the error
        """
        with self.env.registry.cursor() as cr:
            document = self.with_env(self.env(cr=cr))
            before = version_here(document.move_id)
            try:
                document._take_over(record)
                after = version_here(document.move_id)
                left = document.sudo().differences
                return document_versions.changes(before, after), left, None
            except UserError as error:
                return [], False, error
            finally:
                # With it go the hooks that would run after a commit.
                cr.rollback()
                cr.postcommit.clear()

    # === Doing === #

    def _take_over(self, record):
        """Let the invoice say what ``record`` says, and note that both agree.

        :param record: an Invoice or CreditMemo in QuickBooks' words
        :raise UserError: Odoo can't; the reason says what to do
        """
        self._check_can_take(record)
        move = self._taking(self.move_id)
        values = values_to_take(move, record)
        if values:
            self._check_may_change(values)
            self._change_move(move, values)
        self._take_their_number(move, record)
        self._agree_on(record)

    def _taking(self, records):
        """Return records whose changes QuickBooks has already."""
        return records.with_company(self.company_id).with_context(
            quickbooks_following=True, quickbooks_taking=True
        )

    def _change_move(self, move, values):
        posted = move.state == "posted"
        payments = self._payments_of(move)
        if posted:
            move.line_ids.remove_move_reconcile()
            move.button_draft()
        move.write(values)
        if posted:
            move._post(soft=False)
        books = self.env["quickbooks.books"]
        connection = self.company_id.sudo().quickbooks_connection_id
        payments.with_env(books._of(connection).env)._settle()

    def _payments_of(self, move):
        """Return the payments of QuickBooks that are reconciled with ``move``."""
        return self._partials_of(move).quickbooks_payment_id

    def _partials_of(self, move):
        lines = move.line_ids.sudo()
        return lines.matched_debit_ids | lines.matched_credit_ids

    def _take_their_number(self, move, record):
        """Take QuickBooks' number over where somebody has changed it there."""
        number = record.get("DocNumber")
        if number and number not in (self.sudo().doc_number, move.name):
            move._quickbooks_take_number(number)

    def _agree_on(self, record):
        """Note what both sides have now, and where they still differ."""
        move = self.move_id
        totals = documents.totals(read_document(move))
        taken = self.sudo().with_context(quickbooks_taken=True)
        taken._adopt(record, as_payload(record), totals)
        if self.origin == "quickbooks" or any(one.blocks for one in checks(move)):
            return
        paper = read_document(move, self.sudo().marker)
        body = exactjson.dumps(documents.build(paper, read_books(move)))
        found = documents.compare(exactjson.loads(body), totals, record)
        told = [one for one in found if one.quickbooks or one.field not in LEFT_OUT]
        # As if it had been sent: that it is posted again is no reason to send it.
        differences = taken._describe_differences(told)
        taken.write({"sent_payload": body, "differences": differences})

    def _arrival_in_words(self, again):
        # EXTENDS quickbooks_link: it was there, and Odoo has followed
        if not self.env.context.get("quickbooks_taken"):
            return super()._arrival_in_words(again)
        words = self.env._("QuickBooks' version of this document was taken over.")
        return self._with_link(self._with_differences(words))

    # === What keeps Odoo from it === #

    def _check_can_take(self, record):
        if is_voided(record):
            raise UserError(
                self.env._(
                    "It was voided in QuickBooks. Cancel it in Odoo too, or make a "
                    "credit note for it."
                )
            )
        if self.move_id.state == "cancel":
            raise UserError(self.env._("It is cancelled in Odoo."))

    def _check_may_change(self, values):
        """Look whether Odoo's books may be changed so.

        :raise UserError: they may not
        """
        move = self.move_id
        if move.state != "posted":
            return
        self._check_unlocked(move, values)
        others = self._settled_otherwise(move)
        if others:
            raise UserError(
                self.env._(
                    "In Odoo it is reconciled with %s, of which QuickBooks doesn't "
                    "know. Undo that reconciliation first, and do it again afterwards.",
                    ", ".join(others.mapped("display_name")),
                )
            )

    def _settled_otherwise(self, move):
        """Return the entries that settle ``move`` in Odoo only."""
        partials = self._partials_of(move)
        own = partials.filtered(lambda partial: not partial.quickbooks_payment_id)
        return (own.debit_move_id | own.credit_move_id).move_id - move.sudo()

    def _check_unlocked(self, move, values):
        """Never change what Odoo's own lock dates keep.

        :raise LockedError: they do
        """
        for day in filter(None, (move.date, values.get("invoice_date"))):
            locks = move._get_violated_lock_dates(day, bool(move.amount_tax))
            if locks:
                raise LockedError(self._words_locked(day, locks), locks)

    def _words_locked(self, day, locks):
        given = {
            "date": format_date(self.env, day),
            "lock": format_date(self.env, max(lock[0] for lock in locks)),
        }
        if any(name == "hard_lock_date" for _day, name in locks):
            return self.env._(
                "%(date)s is locked in Odoo for good, until %(lock)s. Keep the invoice "
                "as it is and make a credit note for the difference.",
                **given,
            )
        return self.env._(
            "%(date)s is locked in Odoo until %(lock)s. Change the lock date, or make "
            "an exception to it; or keep the invoice as it is and make a credit note "
            "for the difference.",
            **given,
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _quickbooks_enqueue(self):
        # EXTENDS quickbooks_link: what is taken over from there need not go there
        if self.env.context.get("quickbooks_taking"):
            return None
        return super()._quickbooks_enqueue()
