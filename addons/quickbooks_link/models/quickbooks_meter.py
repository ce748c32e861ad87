from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL, date_utils

# Calls that are counted before they are written down, if the client lives so long.
WRITTEN_AT = 25
KEPT_MONTHS = 24


class QuickBooksMeter(models.Model):
    """How many calls were made to a QuickBooks company, and how many Intuit counts.

    Intuit counts reads (queries, reads, change data capture, batches with a query)
    that succeed. Rows are only ever added: nobody waits for another to count. They
    are added up when they are read, and by day once the day is over.
    """

    _name = "quickbooks.meter"
    _description = "QuickBooks Calls"
    _log_access = False
    _rec_name = "day"

    realm_id = fields.Char(required=True)
    environment = fields.Char(required=True)
    day = fields.Date(required=True)
    calls = fields.Integer(required=True)
    metered = fields.Integer(required=True)

    _realm_day_idx = models.Index("(realm_id, day)")

    @api.model
    def _add(self, connection, calls, metered):
        """Write down some calls, whatever becomes of the caller's transaction."""
        query = SQL(
            """
            SET LOCAL synchronous_commit = off;
            INSERT INTO quickbooks_meter (realm_id, environment, day, calls, metered)
            VALUES (%s, %s, %s, %s, %s)
            """,
            connection.realm_id,
            connection.environment,
            fields.Date.today(),
            calls,
            metered,
        )
        with self.env.registry.cursor() as cr:
            cr.execute(query)

    @api.model
    def _metered_by_day(self, since, realm_ids=None):
        """Return how many metered calls there were on each day from ``since`` on.

        :param realm_ids: of these companies, else of all in production
        """
        companies = ("environment", "=", "production")
        if realm_ids is not None:
            companies = ("realm_id", "in", realm_ids)
        groups = self.sudo()._read_group(
            [("day", ">=", since), companies], ["day:day"], ["metered:sum"]
        )
        return dict(groups)

    @api.model
    def _figures(self, realm_ids=None):
        """Return the metered calls of this month so far, and what it will come to.

        What is left of the month goes on as the last seven days did.
        """
        today = fields.Date.today()
        first, last = date_utils.get_month(today)
        week = today - relativedelta(days=7)
        by_day = self._metered_by_day(min(first, week), realm_ids)
        so_far = sum(number for day, number in by_day.items() if day >= first)
        lately = [number for day, number in by_day.items() if week <= day < today]
        began = min((day for day in by_day if week <= day < today), default=today)
        daily = sum(lately) / (today - began).days if lately else by_day.get(today, 0)
        rest = max(0, daily - by_day.get(today, 0)) + daily * (last - today).days
        return so_far, round(so_far + rest)

    @api.autovacuum
    def _gc_add_up(self):
        """Keep one row for each day that is over, and none of two years ago."""
        today = fields.Date.today()
        self.env.cr.execute(
            SQL(
                """
                WITH gone AS (
                    DELETE FROM quickbooks_meter WHERE day < %(today)s RETURNING *
                )
                INSERT INTO quickbooks_meter
                       (realm_id, environment, day, calls, metered)
                SELECT realm_id, environment, day, sum(calls), sum(metered)
                  FROM gone WHERE day >= %(kept)s
                 GROUP BY realm_id, environment, day
                """,
                today=today,
                kept=today - relativedelta(months=KEPT_MONTHS),
            )
        )


class Meter:
    """Counts the calls of one client; to be closed with it."""

    def __init__(self, connection):
        self.connection = connection
        self.calls = self.metered = 0

    def before_call(self, record):
        """Nothing is counted before it is there."""

    def after_call(self, record):
        """Count a call that was made, as successful or not as it was."""
        self.calls += 1
        self.metered += record.metered
        if self.calls >= WRITTEN_AT:
            self.close()

    def close(self):
        """Write down what was counted."""
        if self.calls:
            meter = self.connection.env["quickbooks.meter"]
            meter._add(self.connection, self.calls, self.metered)
            self.calls = self.metered = 0
