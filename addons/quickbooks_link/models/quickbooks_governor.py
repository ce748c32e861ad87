import random
import time

from odoo import api, models
from odoo.tools import SQL
from psycopg2.errors import LockNotAvailable, SerializationFailure

from ..call_limits import call_limits
from ..qbo.errors import THROTTLE_WAIT, LimitReachedError

# A place in the queue is given out at most so many seconds ahead: whoever has to
# wait longer asks again, and so hears of a 429 that others met meanwhile.
LEAD = 0.5
# Seconds between two attempts to reach the row while others do.
PAUSE = 0.002
MOST_ATTEMPTS = 50
# Takes the next place of a QuickBooks company, if it is near enough. The place is the
# first moment at which no limit forbids a call; the answer is how far ahead it is, and
# whether it was taken.
TAKE_PLACE = """
    WITH clock AS (
        SELECT coalesce(
            %(now)s::float8, extract(epoch FROM clock_timestamp())::float8
        ) AS now
    ), held AS (
        SELECT * FROM quickbooks_governor WHERE realm_id = %(realm)s FOR UPDATE
    ), plan AS (
        SELECT held.*, now, greatest(
                   now,
                   blocked_until,
                   full_until - %(room)s * %(interval)s::float8,
                   recent[cardinality(recent)],
                   recent[cardinality(recent) - %(second)s + 1]
                   + %(second_window)s,
                   CASE WHEN %(batch)s THEN
                       batches[cardinality(batches) - %(batches)s + 1]
                       + %(minute_window)s
                   END
               ) AS place
          FROM held, clock
    ), taken AS (
        UPDATE quickbooks_governor AS governor
           SET full_until = greatest(plan.full_until, place) + %(interval)s,
               recent = (plan.recent || place)[
                   greatest(1, cardinality(plan.recent) + 2 - %(second)s):],
               batches = CASE WHEN %(batch)s THEN (plan.batches || place)[
                   greatest(1, cardinality(plan.batches) + 2 - %(batches)s):]
                   ELSE plan.batches END
          FROM plan
         WHERE governor.id = plan.id AND place - now <= %(lead)s
     RETURNING governor.id
    )
    SELECT place - now, EXISTS (SELECT FROM taken) FROM plan
"""


class QuickBooksGovernor(models.Model):
    """When each QuickBooks company may be called again, for all workers and hosts.

    A row for each QuickBooks company is what they share. To make a call is to take
    a place: one short statement in a transaction of its own, on the database's
    clock. Nobody holds the row's lock while it waits or calls.

    * 500 a minute: a bucket with room for some calls at once, which fills up slowly
      enough that no minute can have more.
    * 10 a second, 40 batches a minute: the times of the last 10 and 40 are kept.
    * A 429 of QuickBooks closes the gate for everybody.

    The table is unlogged and without ORM columns: nothing in it is worth keeping
    after a crash, and it has to cost less than a millisecond.
    """

    _name = "quickbooks.governor"
    _description = "QuickBooks Call Limits"
    _auto = False
    _log_access = False

    def init(self):
        """Make the table; see the class."""
        self.env.cr.execute(
            """
            CREATE UNLOGGED TABLE IF NOT EXISTS quickbooks_governor (
                id serial PRIMARY KEY,
                realm_id varchar NOT NULL UNIQUE,
                full_until float8 NOT NULL DEFAULT 0,
                blocked_until float8 NOT NULL DEFAULT 0,
                recent float8[] NOT NULL DEFAULT '{}',
                batches float8[] NOT NULL DEFAULT '{}'
            ) WITH (fillfactor = 50)
            """
        )

    # === Before a call === #

    @api.model
    def _wait_for_place(self, realm_id, *, batch, patience):
        """Wait until the company may be called.

        :param patience: seconds to wait at most
        :raise LimitReachedError: it would take longer; nothing was waited for
        """
        limits = call_limits()
        give_up = time.monotonic() + patience
        while limits:
            left = max(0.0, give_up - time.monotonic())
            wait, taken = self._take_place(realm_id, limits, batch, min(LEAD, left))
            if wait > left:
                raise LimitReachedError(asked_wait=wait)
            if not wait:
                return
            time.sleep(wait if taken else max(wait - LEAD / 2, PAUSE))
            if taken and not self._blocked_for(realm_id):
                return

    @api.model
    def _take_place(self, realm_id, limits, batch, lead, now=None):
        """Take the next place if it is at most ``lead`` seconds ahead.

        :param now: the time, by default the database's
        :return: seconds until the next place, and whether it was taken
        """
        query = self._place_query(realm_id, limits, batch, lead, now)
        rows = self._apart(query)
        if not rows:
            self._apart(
                SQL(
                    "INSERT INTO quickbooks_governor (realm_id) VALUES (%s)"
                    " ON CONFLICT DO NOTHING RETURNING id",
                    realm_id,
                )
            )
            rows = self._apart(query)
        return rows[0]

    @api.model
    def _place_query(self, realm_id, limits, batch, lead, now):
        return SQL(
            TAKE_PLACE,
            realm=realm_id,
            now=now,
            batch=batch,
            lead=lead,
            room=limits.room,
            interval=limits.interval,
            second=limits.per_second,
            second_window=limits.second_window,
            batches=limits.batches_per_minute,
            minute_window=limits.minute_window,
        )

    # === After a call === #

    @api.model
    def _close_gate(self, realm_id, seconds=None):
        """Let nobody call the company for a while: QuickBooks has asked for it."""
        self._apart(
            SQL(
                """
                UPDATE quickbooks_governor
                   SET blocked_until = greatest(
                       blocked_until,
                       extract(epoch FROM clock_timestamp())::float8 + %(seconds)s)
                 WHERE realm_id = %(realm)s RETURNING id
                """,
                seconds=THROTTLE_WAIT if seconds is None else seconds,
                realm=realm_id,
            )
        )

    @api.model
    def _blocked_for(self, realm_id):
        """Return for how many seconds the gate is still closed."""
        query = SQL(
            """
            SELECT greatest(
                       0, blocked_until - extract(epoch FROM clock_timestamp())::float8)
              FROM quickbooks_governor WHERE realm_id = %s
            """,
            realm_id,
        )
        rows = self._apart(query)
        return rows[0][0] if rows else 0

    # === The row === #

    @api.model
    def _apart(self, query):
        """Run ``query`` in a transaction of its own; return its rows.

        It is tried again when another worker was there first, and nobody waits for
        the disk.
        """
        hurried = SQL(
            "SET LOCAL synchronous_commit = off; SET LOCAL lock_timeout = 1000; %s",
            query,
        )
        for _attempt in range(MOST_ATTEMPTS):
            rows = self._try_apart(hurried)
            if rows is not None:
                return rows
            time.sleep(random.uniform(0, 2 * PAUSE))
        raise LimitReachedError(asked_wait=1)

    @api.model
    def _try_apart(self, query):
        """Return the rows of ``query``, or None if another worker was there first."""
        try:
            with self.env.registry.cursor() as cr:
                cr.execute(query, log_exceptions=False)
                return cr.fetchall()
        except SerializationFailure:
            return None
        except LockNotAvailable as error:
            raise LimitReachedError(asked_wait=1) from error
