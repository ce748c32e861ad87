import logging

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_amount, format_date

from ..database_errors import DATABASE_GAVE_UP
from ..payment_plan import read_plan
from ..qbo.payments import CREDIT, INVOICE
from .quickbooks_payment import OPEN

_logger = logging.getLogger(__name__)

KINDS = {INVOICE: "invoice", CREDIT: "creditmemo"}
# Conditions on a payment: somebody has linked its customer by now, ...
CUSTOMER_IS_LINKED = SQL(
    """
    EXISTS (
        SELECT FROM quickbooks_customer AS customer
         WHERE customer.company_id = payment.company_id
           AND customer.realm_id = payment.realm_id
           AND customer.quickbooks_id = payment.customer_quickbooks_id
           AND customer.partner_id IS NOT NULL)
    """
)
# ... or Odoo has a document by now that it pays.
PAYS_WHAT_IS_NEW = SQL(
    """
    EXISTS (
        SELECT FROM quickbooks_payment_allocation AS line
          JOIN quickbooks_document AS document
            ON document.company_id = payment.company_id
           AND document.realm_id = payment.realm_id
           AND document.quickbooks_id = line.quickbooks_id
           AND document.kind = lower(line.kind)
         WHERE line.payment_id = payment.id
           AND line.document_id IS NULL)
    """
)


class QuickBooksPayment(models.Model):
    """Payments of QuickBooks in Odoo's books.

    What no longer holds is undone first, for all payments that have changed; then
    each is booked and reconciled. In between, what one of them has let go of can be
    taken by another. Each by itself: the trouble of one is written to its row, and
    the others go on.
    """

    _inherit = "quickbooks.payment"

    @api.model
    def _open_rows(self, connection, after=0, limit=None):
        """Return the payments that Odoo's books don't follow yet, or may follow now.

        Those whose customer is not linked are left alone until it is, and those that
        pay nothing of Odoo's until Odoo has what they pay.
        """
        query = SQL(
            """
            SELECT payment.id
              FROM quickbooks_payment AS payment
             WHERE payment.company_id = %(company)s
               AND payment.realm_id = %(realm)s
               AND payment.id > %(after)s
               AND (payment.state IN %(open)s
                    AND payment.hold IS DISTINCT FROM 'customer'
                    OR payment.hold = 'customer' AND %(linked)s
                    OR payment.status = 'present' AND %(pays)s)
             ORDER BY payment.id
             LIMIT %(limit)s
            """,
            company=connection.company_id.id,
            realm=connection.realm_id,
            after=after,
            open=OPEN,
            linked=CUSTOMER_IS_LINKED,
            pays=PAYS_WHAT_IS_NEW,
            limit=limit,
        )
        self.env.flush_all()
        return self.browse([row for [row] in self.env.execute_query(query)])

    # === Each by itself === #

    def _release(self):
        """Undo what no longer holds of payments that have changed in QuickBooks."""
        self._find_documents()
        removed = self.filtered(lambda row: row.status != "present")
        removed._adopt_applied()
        booked = self.filtered(lambda row: row.payment_id or row.partial_ids) | removed
        for row in booked:
            row._guarded("_release_one")
        (self - booked)._set_aside()

    def _settle(self):
        """Book and reconcile; leave alone what another worker is settling."""
        rows = self.try_lock_for_update(allow_referencing=True)
        rows._find_documents()
        rows._settle_together()
        for row in rows:
            row._guarded("_settle_one")

    def _find_documents(self):
        """Note which of the documents they pay Odoo has by now."""
        lines = self.allocation_ids.filtered(lambda line: not line.document_id)
        documents = self.env["quickbooks.document"].search(
            [
                ("company_id", "in", self.company_id.ids),
                ("realm_id", "in", list(set(self.mapped("realm_id")))),
                ("quickbooks_id", "in", lines.mapped("quickbooks_id")),
            ]
        )
        found = {
            (one.company_id, one.realm_id, one.kind, one.quickbooks_id): one
            for one in documents
        }
        for line in lines if found else ():
            row, kind = line.payment_id, KINDS.get(line.kind)
            key = (row.company_id, row.realm_id, kind, line.quickbooks_id)
            if key in found:
                line.document_id = found[key]

    def _set_aside(self):
        """Note of payments that are not in Odoo's books what is to be done.

        Of all at once: when the books are read for the first time, most of them have
        nothing to do with Odoo.
        """
        for row in self:
            if row._is_foreign():
                row._become("elsewhere")
            else:
                row._become("new")

    def _is_foreign(self):
        """Return whether it certainly pays nothing that Odoo has."""
        return not (
            self.unapplied
            or self.allocation_ids.document_id
            or "Odoo " in (self.memo or "")
        )

    def _guarded(self, method):
        """Call ``method``; write down what goes wrong."""
        try:
            with self.env.cr.savepoint():
                getattr(self, method)()
        except DATABASE_GAVE_UP:
            raise
        except (UserError, ValidationError) as error:
            self._become("attention", error=error.args[0])
        except Exception:
            _logger.exception("QuickBooks payment %s was not taken in", self.id)
            self._become(
                "attention",
                error=self.env._(
                    "A mistake in the program kept it from being taken in; the "
                    "server's log has the details. The next sync tries again."
                ),
            )

    def _become(self, state, hold=False, error=False):
        """Write where the payment stands, if it stands elsewhere so far."""
        values = {"state": state, "hold": hold, "error": error}
        if any(self[name] != value for name, value in values.items()):
            self.write(values)

    # === Undoing === #

    def _release_one(self):
        """Undo what is in Odoo's books and no longer in QuickBooks."""
        plan = self._read_plan()
        if self.status != "present" or self._is_booked_otherwise(plan):
            self._undo(plan)
        else:
            self._unreconcile_other_than(plan)
        if self.hold != "lock":
            state = "new" if self.status == "present" else "undone"
            self._become(state)

    def _read_plan(self):
        """Return what Odoo's books are to have of it."""
        return read_plan(self)

    def _is_booked_otherwise(self, plan):
        return bool(self.payment_id) and self.booked != plan.booked

    def _undo(self, plan):
        """Take the payment out of Odoo's books: unreconciled and cancelled."""
        payment = self.payment_id
        touched = self._partials().debit_move_id.move_id | (
            payment.reconciled_invoice_ids
        )
        if self._waits_for_lock(plan, payment.date):
            return
        self._check_not_on_statement()
        self._partials().unlink()
        if payment.state not in (False, "canceled"):
            payment.action_cancel()
            payment._quickbooks_note(self._words_undone())
        self.write({"payment_id": False, "booked": False})
        for invoice in touched:
            invoice._quickbooks_note(self._words_undone())

    def _check_not_on_statement(self):
        """Never take apart what was matched with a bank statement.

        :raise UserError: it is
        """
        liquidity, _counterpart, _other = (
            self.payment_id._seek_for_lines() if self.payment_id.move_id else [[]] * 3
        )
        if liquidity and (liquidity.matched_debit_ids | liquidity.matched_credit_ids):
            raise UserError(
                self.env._(
                    "It was changed, voided or deleted in QuickBooks, and %s is "
                    "matched with a bank statement in Odoo. Undo that match; the next "
                    "sync does the rest.",
                    self.payment_id.display_name,
                )
            )

    def _words_undone(self):
        words = {
            "voided": self.env._("%s was voided in QuickBooks and is undone here."),
            "deleted": self.env._("%s was deleted in QuickBooks and is undone here."),
            "present": self.env._(
                "%s was changed in QuickBooks and is made anew here."
            ),
        }
        return words[self.status] % self._words()

    def _words(self):
        """Return what the payment is called in notes."""
        return self.env._(
            "The payment %(name)s of %(amount)s, %(date)s,",
            name=self.display_name,
            amount=format_amount(self.env, self.amount, self.currency_id),
            date=format_date(self.env, self.date),
        ).rstrip(",")

    # === Doing === #

    def _settle_one(self):
        """Let Odoo's books have what QuickBooks says, or say why not."""
        if self.status == "present":
            self._recognise()
        plan = self._read_plan()
        if self.status != "present":
            self._settle_removed(plan)
        elif self.company_id.quickbooks_payments == "show":
            self._become("done" if self.payment_id else "shown")
        elif not self._concerns_odoo(plan):
            self._become("new" if self._awaits_posting() else "elsewhere")
        elif not self._waits(plan):
            self._settle_present(plan)

    def _settle_removed(self, plan):
        if self.payment_id or self._partials():
            self._undo(plan)
            if self.hold == "lock":
                return
        self._become("undone")

    def _concerns_odoo(self, plan):
        """Return whether it pays what Odoo has, or is a credit of these days."""
        wanted = self.env.context.get("quickbooks_wanted")
        if plan.moves or self.payment_id or wanted:
            return True
        since = self.company_id._quickbooks_payments_since()
        return bool(plan.content.unapplied) and self.date >= since

    def _settle_present(self, plan):
        if self._is_booked_otherwise(plan):
            self._undo(plan)
        if plan.content.total and not self.payment_id:
            if self._asks_about_twins(plan):
                return
            self._book(plan)
        problems = self._reconcile(plan)
        self._note_discount(plan)
        if problems:
            self._become("attention", error="\n".join(problems))
        else:
            self._become("new" if self._awaits_posting() else "done")

    def _awaits_posting(self):
        """Return whether it pays an invoice that somebody has reset to draft."""
        return "draft" in self.allocation_ids.document_id.move_id.mapped("state")

    def _note_discount(self, plan):
        amount = float(sum(pair.amount for pair in plan.discounts))
        if self.currency_id.compare_amounts(self.discount, amount):
            self.discount = amount

    def _recognise(self):
        """Link the Odoo payment that this one was made of; to be extended."""

    # === What it waits for === #

    def _waits(self, plan):
        """Return whether something has to happen first, and write down what."""
        if not plan.content.total:
            return False
        if not plan.partner:
            words = self.env._(
                "The QuickBooks Customer “%s” is not linked to a contact. Link it; the "
                "next sync takes the payment in.",
                self.customer_name or self.customer_quickbooks_id,
            )
            return self._wait_for("customer", words)
        if not plan.route.journal_id:
            words = self.env._(
                "There is no bank or cash journal for it. Choose one on the tab Junari "
                "QuickBooks Link of the company."
            )
            return self._wait_for("journal", words)
        return not self._is_booked(plan) and self._waits_for_lock(plan, self.date)

    def _wait_for(self, hold, words):
        self._become("waiting", hold, words)
        return True

    def _is_booked(self, plan):
        return self.payment_id and self.booked == plan.booked

    def _waits_for_lock(self, plan, day):
        """Return whether ``day`` is locked in Odoo, and write that down."""
        locks = day and self._violated_locks(day, plan.route.journal_id)
        if not locks:
            if self.hold == "lock":
                self._become("new")
            return False
        words = self.env._(
            "Its date, %(date)s, is locked in Odoo until %(lock)s. Change the lock "
            "date, or make an exception to it; the next sync takes it in.",
            date=format_date(self.env, day),
            lock=format_date(self.env, max(lock[0] for lock in locks)),
        )
        return self._wait_for("lock", words)

    def _violated_locks(self, day, journal):
        return self.company_id._get_violated_lock_dates(day, False, journal)

    # === Booking === #

    def _book(self, plan):
        """Create and post the Odoo payment."""
        payments = self.env["account.payment"]
        if plan.discounts:
            # Beside a write-off Odoo takes no amount in company currency.
            payments = payments.with_context(quickbooks_home=self._home_amount(plan))
        payment = payments.create(self._prepare_payment(plan)).with_env(self.env)
        self.write({"payment_id": payment.id, "booked": plan.booked})
        payment.action_post()
        payment._quickbooks_note(self._words_booked())

    def _words_booked(self):
        return self.env._("This is the payment %s of QuickBooks.", self.display_name)

    def _prepare_payment(self, plan):
        content = plan.content
        values = {
            "payment_type": "inbound",
            "partner_type": "customer",
            "company_id": self.company_id.id,
            "partner_id": plan.partner.id,
            "amount": float(content.total),
            "currency_id": self.currency_id.id,
            "date": content.day,
            "journal_id": plan.route.journal_id.id,
            "payment_method_line_id": plan.route._method_line().id,
            "memo": content.note or content.reference or self.display_name,
            "payment_reference": content.reference,
            "destination_account_id": plan.account.id,
            "quickbooks_payment_id": self.id,
        }
        if plan.discounts:
            values["write_off_line_vals"] = self._prepare_discounts(plan)
        elif self.currency_id != self.company_id.currency_id:
            values["force_balance"] = self._home_amount(plan)
        return values

    def _home_amount(self, plan):
        """Return what the payment comes to in company currency, at QuickBooks' rate."""
        home = self.company_id.currency_id
        return home.round(float(plan.content.total * plan.content.rate))

    def _prepare_discounts(self, plan):
        """Return the lines of the discounts for early payment, as Odoo books them."""
        lines = []
        for pair in plan.discounts:
            term = pair.invoice.line_ids.filtered(
                lambda line: line.display_type == "payment_term"
            )
            values = {
                "aml": term,
                "amount_currency": -term.amount_currency,
                "balance": -term.balance,
            }
            # At the invoice's own rate: the payment alone makes an exchange difference.
            home = float(pair.amount) * term.balance / term.amount_currency
            found = (
                pair.invoice._get_invoice_counterpart_amls_for_early_payment_discount(
                    [values], self.company_id.currency_id.round(home)
                )
            )
            lines += [line for part in found.values() for line in part]
        return lines
