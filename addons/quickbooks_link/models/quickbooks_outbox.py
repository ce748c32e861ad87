import logging
import secrets
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError

from ..database_errors import DATABASE_GAVE_UP
from ..document_reading import connection_of
from ..explanations import explain
from ..outbox_helpers import LOGIN_ERRORS, PROMPT, Sender, wake
from ..qbo.client import MAX_BATCH, new_requestid
from ..qbo.errors import AuthenticationError, AuthorizationError, QuickBooksError

_logger = logging.getLogger(__name__)

# What only QuickBooks' answer tells: until then such a log-in looks good.
REFUSED_LOGINS = (AuthenticationError, AuthorizationError)
OPEN = ("waiting", "sending")
PENDING = "quickbooks_link.outbox"
# How long to wait after each failure that may pass by itself, in minutes.
DELAYS = (1, 2, 5, 15, 60, 240, 720)
MOST_TRIES = 14
# A worker that has just written a row sends by itself; the scheduler takes over later.
HEAD_START = timedelta(seconds=60)
# How often Odoo's record follows again when somebody else changes it.
FOLLOW_TRIES = 4


class QuickBooksOutbox(models.AbstractModel):
    """What is to happen in QuickBooks: intents, each done exactly once.

    A row is written with what causes it, in one transaction, and is sent after that:
    a roll-back sends nothing, and a crash forgets nothing. Sending is: claim and
    commit, call, take in the answer, each in transactions of its own, under a lock of
    the rows. A second worker finds them locked and leaves them alone. The lock ends
    with the process, so what a killed one leaves behind can be taken up at once.

    A model of this kind says how a row is prepared (``_prepare``) and what is called
    (``_look_and_call``).
    """

    _name = "quickbooks.outbox"
    _description = "QuickBooks Outbox"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The Odoo company that it belongs to.",
    )
    realm_id = fields.Char(string="QuickBooks Company ID", required=True, readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Not Sent"),
            ("sending", "Sending"),
            ("sent", "In QuickBooks"),
            ("attention", "Needs Attention"),
        ],
        default="waiting",
        required=True,
        readonly=True,
        index=True,
        help="How far it is on its way to QuickBooks.",
    )
    hold = fields.Selection(
        [
            ("manager", "An ERP manager has to send it"),
            ("login", "A log-in to QuickBooks is needed"),
            ("later", "It will be tried again"),
        ],
        string="Waits Because",
        readonly=True,
        help="Why it is not sent yet.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Sent As",
        readonly=True,
        ondelete="set null",
        help="Whose QuickBooks log-in is used.",
    )
    error = fields.Text(
        string="Reason",
        readonly=True,
        help="Why QuickBooks does not have it, and what to do.",
    )
    marker = fields.Char(
        readonly=True,
        required=True,
        default=lambda self: f"Odoo {secrets.token_hex(6).upper()}",
        help="Stands in the memo in QuickBooks, so that it can be found there.",
    )
    requestid = fields.Char(
        readonly=True,
        required=True,
        default=lambda self: new_requestid(),
        groups=fields.NO_ACCESS,
    )
    unsure = fields.Boolean(
        readonly=True, help="QuickBooks may have got it: nobody has seen the answer."
    )
    tries = fields.Integer(readonly=True, help="How often it was tried to be sent.")
    next_try = fields.Datetime(
        readonly=True, index="btree_not_null", help="When it is tried again by itself."
    )
    quickbooks_id = fields.Char(
        string="QuickBooks ID",
        readonly=True,
        help="QuickBooks' own number of the record.",
    )
    sync_token = fields.Char(readonly=True)

    # === When === #

    def _send_after_commit(self, user):
        """Send once this transaction is committed; a roll-back sends nothing."""
        if not self:
            return
        pending = self._pending()
        if not pending:
            self.env.cr.postcommit.add(partial(self._send_pending, pending))
        for company, rows in self.grouped("company_id").items():
            # What is known now is not read again: a person waits.
            sender = Sender.of(user, company)
            pending.setdefault(sender, []).extend(rows.ids)

    def _pending(self):
        """Return the ids of what is sent after this commit, by :class:`Sender`."""
        data = self.env.cr.postcommit.data
        return data.setdefault(f"{PENDING}.{self._name}", {})

    @api.model
    def _send_pending(self, pending):
        """Send what was committed: a batch for each user, the scheduler the rest."""
        # The hook stays in the cursor's data, and a cursor may commit again.
        chosen = dict(pending)
        pending.clear()
        for sender, ids in chosen.items():
            user = self.env["res.users"].browse(sender.user_id)
            rows = self.browse(ids[:MAX_BATCH])
            sender.act(rows)._deliver_together(user, PROMPT)
            self.browse(ids[MAX_BATCH:])._hand_over()

    # === How === #

    def _deliver(self, user, patience):
        """Send up to a batch of rows as ``user``.

        What goes wrong is written to the rows. It never raises: it runs after a
        commit that must not look failed, or among others.

        :param patience: options of the :class:`Transport`
        """
        for company, rows in self.sudo().exists().grouped("company_id").items():
            Sender.of(user, company).act(rows)._deliver_together(user, patience)

    def _deliver_together(self, user, patience):
        """Send rows of one company.

        Some may be gone: a savepoint that was rolled back has taken them with it.
        """
        try:
            self._claim(user)._transmit(user, patience)
            following = self._following()
        except DATABASE_GAVE_UP as error:
            # Somebody else has them, or the database went away under us; what
            # is left open the scheduler takes up.
            _logger.info("%s wait: %s", self, error)
        except Exception:
            _logger.exception("%s were not sent to QuickBooks", self)
            self._record_mistake()
        else:
            for row in following:
                row._follow_up()

    @contextmanager
    def _own_transaction(self):
        """Give those of the rows that nobody else works on, in their own transaction.

        Locked and as superuser. The transaction is committed at the end.
        """
        with self.env.registry.cursor() as cr:
            rows = self.with_env(self.env(cr=cr, su=True))
            yield rows.try_lock_for_update(allow_referencing=True)
        self.env.invalidate_all()

    def _record_mistake(self):
        with self._own_transaction() as rows:
            for row in rows.filtered(lambda row: row.state in OPEN):
                row._mistake()

    # --- Claim --- #

    def _claim(self, user):
        """Write down what is about to be sent, and commit; return those rows."""
        with self._own_transaction() as rows:
            ready = rows.filtered(lambda row: row.state in OPEN)
            ids = ready._prepare_all(user) if ready else ()
        return self.browse(ids)

    def _prepare_all(self, user):
        """Prepare the rows; return the ids of those that may be sent."""
        batch = len(self) > 1
        try:
            with self.env.cr.savepoint():
                return self._prepare_each(user, batch)
        except DATABASE_GAVE_UP:
            raise
        except Exception:
            # One by one shows whose mistake it is.
            return [row.id for row in self if row._prepare_or_tell(user, batch)]

    def _prepare_each(self, user, batch):
        """Prepare the rows; return the ids of those that may be sent."""
        return [row.id for row in self if row._prepare(user, batch)]

    def _prepare_or_tell(self, user, batch):
        """Prepare; a mistake of this program must not keep the others back."""
        try:
            with self.env.cr.savepoint():
                return bool(self._prepare_each(user, batch))
        except DATABASE_GAVE_UP:
            raise
        except Exception:
            _logger.exception("%s could not be prepared for QuickBooks", self)
            self._mistake()
            return False

    def _is_elsewhere(self):
        """Return whether it is of another QuickBooks company than the linked one."""
        return self.realm_id != connection_of(self.company_id).realm_id

    # --- Call --- #

    def _transmit(self, user, patience):
        """Call QuickBooks and commit its answers."""
        if not self:
            return
        with self._own_transaction() as rows:
            sending = rows.filtered(lambda row: row.state == "sending")
            if not sending:
                return
            options = {"meanwhile": self._meanwhile(), **patience}
            sending._call_as(user, options)

    def _call_as(self, user, options):
        """Call QuickBooks for the rows; all of them say then what came of it."""
        connection = connection_of(self.company_id)
        try:
            with connection._client(user=user, **options) as client:
                self._look_and_call(client)
        except QuickBooksError as error:
            if isinstance(error, REFUSED_LOGINS):
                connection._token_of(user)._refuse_apart(error)
            for row in self._unanswered():
                row._fail(error)
        except (UserError, RedirectWarning) as error:
            # The app's keys or the server's settings are not complete.
            for row in self._unanswered():
                row._not_called(error.args[0])

    def _meanwhile(self):
        """Return what is to be done while QuickBooks' answer is awaited, if anything.

        It must not raise, and has nothing to do with these rows.
        """
        return None

    def _unanswered(self):
        return self.filtered(lambda row: row.state == "sending")

    # --- What follows in Odoo --- #

    @api.model
    def _has_to_follow(self):
        """Return the domain of rows that Odoo's own records have still to follow."""
        return fields.Domain.FALSE

    def _following(self):
        """Return those of the rows that Odoo's own records have to follow now."""
        these = fields.Domain("id", "in", self.ids)
        # This transaction may have begun before they arrived.
        with self.env.registry.cursor() as cr:
            rows = self.with_env(self.env(cr=cr, su=True))
            return self.browse(rows.search(these & self._has_to_follow()).ids)

    def _follow_up(self):
        """Let Odoo's own record follow what QuickBooks has made of it.

        Where others keep changing the record, the scheduler goes on with it.
        """
        tries = FOLLOW_TRIES
        while tries and not self._followed():
            tries -= 1

    def _followed(self):
        try:
            with self._own_transaction() as rows:
                for row in rows:
                    row._follow()
        except DATABASE_GAVE_UP as error:
            _logger.info("What follows %s waits: %s", self, error)
            return False
        return True

    def _follow(self):
        """Do what Odoo has still to do, if anything; to be extended."""

    # === What each kind does itself === #

    def _prepare(self, user, batch):
        """Become *sending*, or say why not; return whether it may be sent.

        :param batch: others are sent with it
        """
        raise NotImplementedError

    def _look_and_call(self, client):
        """Call QuickBooks for the rows, and take in its answers.

        :raise QuickBooksError: it is about all of them that have no answer yet
        """
        raise NotImplementedError

    def _prepare_again(self, user):
        """Go on with a request that QuickBooks may have had, as it was."""
        if self._is_elsewhere():
            self._need_attention(
                self.env._(
                    "It was being sent to another QuickBooks company than the one that "
                    "is linked now. Look there whether it has arrived."
                )
            )
            return False
        self._begin_again(user)
        return True

    # === States === #

    def _wait_for(self, user):
        """Let the rows be sent as ``user``, or wait for somebody who may.

        One that is being sent stays so: whether QuickBooks has it decides what is
        to be done.
        """
        self.write(self._values_waiting(user))
        unsure = self.filtered("unsure")
        unsure.write({"state": "sending"})
        (self - unsure).write({"state": "waiting"})
        # A change is another request, with delays of its own.
        (self - unsure).filtered("quickbooks_id").write({"tries": 0})
        if user and self:
            self._wake_cron(self[0].next_try)

    def _values_waiting(self, user):
        """Return what a row says while it waits to be sent as ``user``."""
        return {
            "user_id": user.id,
            "hold": False if user else "manager",
            "next_try": user and fields.Datetime.now() + HEAD_START,
            "error": False,
        }

    def _wait_for_login(self):
        """Note that who would send them has to log in to QuickBooks first."""
        self.filtered(lambda row: row.hold == "manager").write({"hold": "login"})

    @api.model
    def _logged_in(self, company, user):
        """Let go as ``user`` what has waited for a log-in, at once."""
        rows = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "waiting"),
                ("hold", "=", "login"),
            ]
        )
        # One that is locked is being sent just now.
        rows = rows.try_lock_for_update(allow_referencing=True)
        if rows:
            rows._wait_for(user)
            rows.next_try = fields.Datetime.now()
            self._wake_cron(fields.Datetime.now())

    def _values_settled(self):
        """Return what every row says once QuickBooks has what it should."""
        return {
            "state": "sent",
            "unsure": False,
            "hold": False,
            "error": False,
            "next_try": False,
        }

    def _hold_back(self, reason, words=False):
        """Let it wait for somebody to do something."""
        self.write(
            {"state": "waiting", "hold": reason, "error": words, "next_try": False}
        )

    def _need_attention(self, words, hold=False):
        self.write(
            {"state": "attention", "hold": hold, "error": words, "next_try": False}
        )

    def _begin_again(self, user):
        """Stay *sending*, for another attempt with the very same request."""
        at = fields.Datetime.now() + HEAD_START
        self.write({"user_id": user.id, "error": False, **self._another_try(at)})
        self.state = "sending"

    def _another_try(self, at):
        if self._is_woken_for():
            at = self.next_try
        else:
            self._wake_cron(at)
        return {"unsure": True, "tries": self.tries + 1, "next_try": at}

    def _is_woken_for(self):
        """Return whether the scheduler will look at it soon, though not at once."""
        soon = fields.Datetime.now() + HEAD_START
        return bool(self.next_try) and soon - HEAD_START / 2 <= self.next_try <= soon

    def _fail(self, error):
        """Note why QuickBooks did not take it, and what comes next."""
        _logger.info(
            "QuickBooks did not take %s: %s (intuit_tid %s)", self, error, error.tid
        )
        words = explain(self.env, error)
        if isinstance(error, LOGIN_ERRORS):
            self._not_called(words)
        elif error.retryable and self.tries < MOST_TRIES:
            self._retry_later(error, words)
        else:
            self._refused(error, words)

    def _not_called(self, words):
        """Wait for somebody to log in, or to mend the settings."""
        self.unsure = self.tries > 1
        self._hold_back("login", words)

    def _retry_later(self, error, words):
        minutes = DELAYS[min(self.tries, len(DELAYS)) - 1]
        seconds = max(60 * minutes, getattr(error, "retry_after", 0))
        at = fields.Datetime.now() + timedelta(seconds=seconds)
        # What a former attempt has left open stays open.
        unsure = error.sent or self.tries > 1
        self.write(
            {
                "state": "sending" if unsure else "waiting",
                "unsure": unsure,
                "hold": "later",
                "error": words,
                "next_try": at,
            }
        )
        self._wake_cron(at)

    def _refused(self, error, words):
        """Need attention; a refusal ends the request, so the next is another."""
        if not error.retryable:
            self.write({"unsure": False, "requestid": new_requestid()})
        self._need_attention(words)

    def _mistake(self):
        """Note that this program failed; the log has the details."""
        self._need_attention(
            self.env._(
                "A mistake in the program kept it from being sent; the server's log "
                "has the details. Press Send to QuickBooks to try again: it looks "
                "first whether QuickBooks has it."
            )
        )

    @api.model
    def _wake_cron(self, at):
        wake(self.env, "quickbooks_link.ir_cron_quickbooks_documents", at)
