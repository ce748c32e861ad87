import logging
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from math import ceil

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError

from ..database_errors import DATABASE_GAVE_UP
from ..qbo.errors import (
    AuthenticationError,
    AuthorizationError,
    GrantError,
    LimitReachedError,
    QuickBooksError,
    ThrottledError,
    TransportError,
)
from ..sync_budget import OutOfTimeError, background_budget

_logger = logging.getLogger(__name__)

OPEN = ("queued", "running")
# How often QuickBooks may ask a run to slow down before the run gives up.
MOST_PAUSES = 10
LOGIN_ERRORS = (AuthenticationError, AuthorizationError, GrantError)


class QuickBooksSliced(models.AbstractModel):
    """Long work with QuickBooks, done in slices.

    A dialog or form drives it by calling ``advance`` again and again; when nobody
    does, or QuickBooks is too slow for that, a scheduled action takes over. Each
    slice is a transaction of its own that holds the lock of the row: whoever comes
    second finds it locked and waits for its turn, and a slice that is killed leaves
    the row where the slice before it ended.

    A model of this kind says what a slice does (``_slice``), what is kept of a run
    that has failed (``_end_failed``), and what it tells of that.
    """

    _name = "quickbooks.sliced"
    _description = "QuickBooks Work in Slices"

    # A row that nobody has worked on for so long is left behind: its dialog was
    # closed or its worker is gone.
    _left_behind_after = timedelta(seconds=60)

    background = fields.Boolean(
        readonly=True, help="No dialog follows the run: the scheduler works on it."
    )
    touched_at = fields.Datetime(readonly=True, help="When it was last worked on.")
    retry_at = fields.Datetime(
        readonly=True, help="QuickBooks asked not to be called before this time."
    )
    pauses = fields.Integer(readonly=True)
    login_required = fields.Boolean(readonly=True)

    # === Working === #

    def _work(self, budget, user=None):
        """Work until the run is finished, or ``budget`` is used up.

        What keeps QuickBooks from answering is written to the row; a mistake of
        this program is as well, and is raised too.

        :param budget: a :class:`Budget`
        :param user: whose log-in is used, by default that of the row
        """
        self.ensure_one()
        calls = []
        try:
            with self._open_client(budget, calls, user) as client:
                while budget.lasts() and self._slice(client, budget, calls):
                    pass
        except DATABASE_GAVE_UP:
            # Nothing is lost: the slice is simply done again.
            raise
        except OutOfTimeError:
            # One slice was too long, so it would be the next time as well.
            self._record(calls, "_hand_over")
        except ThrottledError as error:
            self._record(calls, "_pause", error)
        except TransportError as error:
            # Whoever has more patience may still get an answer.
            hurried = budget.strict and not budget.lasts()
            self._record(calls, "_hand_over" if hurried else "_put_off", error)
        except LOGIN_ERRORS as error:
            self._record(calls, "_lose_user", error)
            self._work_as_next(budget)
        except (QuickBooksError, UserError, RedirectWarning) as error:
            self._record(calls, "_fail", error)
        except Exception as error:
            self._record(calls, "_fail", error)
            raise

    def _work_as_next(self, budget):
        """Go on as another user, where there is one; to be extended."""

    @contextmanager
    def _open_client(self, budget, calls, user=None):
        client = self.connection_id._client(
            user=user or self.user_id,
            on_call=calls.append,
            before_call=budget.before_call,
            patience=budget.patience(),
            timeout=budget.timeout,
            retries=budget.retries,
        )
        with client as opened, opened.about(self):
            yield opened

    @contextmanager
    def _locked(self):
        """Give the row, locked, in a transaction of its own; or nothing.

        Nothing if another worker has it just now.
        """
        with self.env.registry.cursor() as cr:
            run = self.with_env(self.env(cr=cr, su=True))
            yield run.try_lock_for_update(allow_referencing=True)

    def _slice(self, client, budget, calls):
        """Do the next slice of work; return whether there is more to do here."""
        raise NotImplementedError

    def _goes_on(self):
        """Return whether there is more to be done of it."""
        return self.state in OPEN

    def _check_same_books(self):
        """Never hold what one QuickBooks company says for another's."""
        if self.connection_id.realm_id != self.realm_id:
            raise UserError(self._words_other_books())

    # === States: written here, by whoever extends it, and nowhere else === #

    def _record(self, calls, method, *args):
        """Note what a slice ended with; its own transaction was rolled back."""
        with self._locked() as run:
            if run._goes_on():
                run._count(calls)
                getattr(run, method)(*args)

    def _count(self, calls):
        self.calls += len(calls)
        calls.clear()

    def _touch(self):
        self.write(
            {"state": "running", "touched_at": fields.Datetime.now(), "retry_at": False}
        )

    def _hand_over(self, _error=None):
        """Let the scheduler go on at once."""
        self.background = True
        self._wake_cron(fields.Datetime.now())

    def _pause(self, error):
        """Let the scheduler go on when QuickBooks wants to be called again.

        A block that lasts, such as a used-up monthly allowance, ends the run; that
        others use up our own limits does not.
        """
        own = isinstance(error, LimitReachedError)
        if self.pauses >= MOST_PAUSES and not own:
            self._fail(error)
            return
        at = fields.Datetime.now() + timedelta(seconds=ceil(error.retry_after))
        pauses = self.pauses + (not own)
        self.write({"background": True, "retry_at": at, "pauses": pauses})
        self._wake_cron(at)

    def _put_off(self, error):
        """QuickBooks could not be reached: nobody waits for it, so that is the end."""
        self._fail(error)

    def _lose_user(self, error):
        """The user's log-in is of no use any more."""
        self._fail(error)

    def _fail(self, error):
        _logger.warning(
            "%s %s of company %s failed: %s (intuit_tid %s)",
            self._description,
            self.id,
            self.company_id.id,
            error,
            getattr(error, "tid", None),
        )
        self.login_required = isinstance(error, LOGIN_ERRORS)
        self._end_failed(self._explain(error))

    def _end_failed(self, words):
        """End the run, and keep nothing of what is not complete."""
        raise NotImplementedError

    def _explain(self, error):
        if isinstance(error, QuickBooksError):
            return self.connection_id._explain(error)
        if isinstance(error, (UserError, RedirectWarning)):
            return error.args[0]
        return self._words_mistake()

    def _end(self, state):
        self.write(
            {
                "state": state,
                "finished_at": fields.Datetime.now(),
                "duration": self._age(),
                "retry_at": False,
            }
        )

    def _age(self):
        """Return the seconds since it was begun."""
        # Odoo's now() leaves out fractions, which create_date has.
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        return max(0.0, (now - self._begun_at()).total_seconds())

    def _begun_at(self):
        return self.create_date

    # === Scheduler === #

    @api.model
    def _left_behind(self):
        """Return the open runs that are the scheduler's to work on, oldest first."""
        now = fields.Datetime.now()
        return self.search(
            [
                ("state", "in", OPEN),
                "|",
                ("retry_at", "=", False),
                ("retry_at", "<=", now),
                "|",
                ("background", "=", True),
                ("touched_at", "<=", now - self._left_behind_after),
            ],
            order="id",
        )

    def _due_at(self):
        """Return when the scheduler is to look at it."""
        return self.retry_at or self.touched_at + self._left_behind_after

    def _take_turn(self):
        """Work for a while; one company's trouble must not stop the others'."""
        try:
            if self._begin_turn():
                self._work(background_budget())
        except DATABASE_GAVE_UP as error:
            _logger.info("%s %s goes on later: %s", self._description, self.id, error)
        except Exception:
            # The row says so already; the scheduler must go on with the others.
            _logger.exception("%s %s failed", self._description, self.id)

    def _begin_turn(self):
        """Return whether to begin a turn; to be extended."""
        return True
