import json
from collections import namedtuple
from contextlib import contextmanager, nullcontext

from odoo import api, fields, models
from odoo.tools import SQL

from ..qbo import exactjson, statements
from ..qbo.errors import UnexpectedAnswerError

# Name lists hide what is inactive unless the query asks for it (Intuit's post of
# 2017-02-08).
ACTIVE_OR_NOT = statements.condition("Active", "IN", (True, False))

# So many new rows at once change what PostgreSQL has to know of a table.
MANY = 20_000

# What a mapping needs to know beside the record itself: the currencies' ids by
# their codes, the id of the QuickBooks company's home currency, and today's date.
Lookups = namedtuple("Lookups", "currencies home_currency_id today")


class QuickBooksMirror(models.AbstractModel):
    """A list that lives in QuickBooks, as Odoo last saw it.

    A concrete mirror names its entity and how a record becomes values of its
    columns. Reading, comparing, writing and deactivating are the same for all:
    rows are staged page by page and merged at once, so that a fault half-way
    leaves what was there (see ``quickbooks.sync.line``).

    A mirror that names its list is read by every Full Sync, previewed, and kept up by
    the changes that QuickBooks tells. Addons declare lists of their own in this way.

    Only the sync writes here, with SQL: no access right but reading is given to
    anybody.
    """

    _name = "quickbooks.mirror"
    _description = "QuickBooks Record"
    _order = "name, id"

    _quickbooks_entity = None
    _quickbooks_where = ACTIVE_OR_NOT
    # The list in syncs: a value of the field ``entity`` of ``quickbooks.sync.line``,
    # and of ``kind`` of ``quickbooks.sync.run``.
    _quickbooks_list = None
    # Its place in a Full Sync.
    _quickbooks_sequence = 100
    # Whether Intuit's change data capture tells of it; else it is read once a day.
    _quickbooks_tells_changes = True
    # XML ID of the action that shows the records.
    _quickbooks_action = None

    name = fields.Char(readonly=True, index="trigram", help="The name in QuickBooks.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="The Odoo company whose QuickBooks holds the record.",
    )
    realm_id = fields.Char(
        string="QuickBooks Company ID",
        required=True,
        readonly=True,
        help="The ID of the company in QuickBooks.",
    )
    quickbooks_id = fields.Char(
        string="QuickBooks ID",
        required=True,
        readonly=True,
        help="QuickBooks' own number of the record.",
    )
    sync_token = fields.Char(
        readonly=True, help="QuickBooks' count of the changes to the record."
    )
    quickbooks_updated_at = fields.Datetime(
        string="Last Updated",
        readonly=True,
        help="When the record was last changed in QuickBooks.",
    )
    active = fields.Boolean(default=True, readonly=True)
    status = fields.Selection(
        [
            ("active", "Active"),
            ("inactive", "Inactive"),
            ("gone", "No longer in QuickBooks"),
        ],
        default="active",
        required=True,
        readonly=True,
        help="Whether the record is active in QuickBooks, inactive, or no "
        "longer there.",
    )

    _quickbooks_unique = models.Constraint(
        "UNIQUE (company_id, realm_id, quickbooks_id)",
        "A QuickBooks record is kept once for each company.",
    )

    @api.model
    def _quickbooks_mirrors(self):
        """Return the mirrors that are synced, by their lists, in their order."""
        names = self.pool.descendants(["quickbooks.mirror"], "_inherit")
        mirrors = [self.env[name] for name in names]
        mirrors.sort(key=lambda mirror: (mirror._quickbooks_sequence, mirror._name))
        return {
            mirror._quickbooks_list: mirror
            for mirror in mirrors
            if mirror._quickbooks_list
        }

    # === Mapping === #

    @api.model
    def _quickbooks_lookups(self, connection):
        self.env["res.currency"].flush_model(["name"])
        currencies = self.env.execute_query(SQL("SELECT name, id FROM res_currency"))
        return Lookups(
            dict(currencies),
            connection.home_currency_id.id,
            fields.Date.context_today(self),
        )

    @api.model
    def _quickbooks_values(self, record, lookups):
        """Return the values of every column that QuickBooks decides.

        Absent means empty: QuickBooks leaves out what has no value. The keys are
        the same for every record. To be extended by each mirror.

        :param record: a record in QuickBooks' words
        :param lookups: :class:`Lookups`
        """
        active = record.get("Active", True)
        return {
            "name": record.get("Name"),
            "sync_token": record.get("SyncToken"),
            "quickbooks_updated_at": _utc(pick(record, "MetaData", "LastUpdatedTime")),
            "active": active,
            "status": "active" if active else "inactive",
        }

    # === Reading === #

    @api.model
    def _quickbooks_read(self, client, start):
        """Return records from position ``start`` on, and whether they are the last.

        Here one page. A mirror that needs more than one list reads all at once.
        """
        page = client.query(
            statements.select(
                self._quickbooks_entity, self._quickbooks_where, start=start
            )
        )
        return page.rows, len(page) < statements.MAX_PAGE

    @api.model
    def _quickbooks_find(self, client, quickbooks_ids):
        """Return those of the records that QuickBooks still has."""
        chosen = statements.condition("Id", "IN", quickbooks_ids)
        where = statements.both(chosen, self._quickbooks_where)
        return client.query(statements.select(self._quickbooks_entity, where)).rows

    # === Writing === #

    @api.model
    def _quickbooks_rows(self, records, connection):
        """Return QuickBooks' ids and column values of ``records``, as JSON text."""
        lookups = self._quickbooks_lookups(connection)
        rows = {
            _id_of(record): {
                name: value
                for name, value in self._quickbooks_values(record, lookups).items()
                if value is not None
            }
            for record in records
        }
        return json.dumps(rows, default=str)

    @api.model
    def _quickbooks_columns(self, connection):
        return list(self._quickbooks_values({}, self._quickbooks_lookups(connection)))

    @api.model
    def _quickbooks_missing(self, line, limit):
        """Return ids we hold, and QuickBooks was not seen to have in ``line``."""
        query = SQL(
            """
            SELECT mirror.quickbooks_id
              FROM %(table)s AS mirror
             WHERE mirror.company_id = %(company)s
               AND mirror.realm_id = %(realm)s
               AND mirror.status != 'gone'
               AND NOT EXISTS (
                   SELECT FROM quickbooks_sync_staging AS staged
                    WHERE staged.line_id = %(line)s
                      AND staged.quickbooks_id = mirror.quickbooks_id
               )
             ORDER BY mirror.id
             LIMIT %(limit)s
            """,
            limit=limit,
            **self._quickbooks_sql_arguments(line),
        )
        with self._quickbooks_bulk_plans():
            return [quickbooks_id for [quickbooks_id] in self.env.execute_query(query)]

    @api.model
    def _quickbooks_merge(self, line):
        """Make the mirror equal to what ``line`` has staged, in one transaction.

        A few records are looked up one by one, so that a sync of a hundred changes
        costs the same however many are held.

        :return: how many rows were created, updated, deactivated, reactivated
        """
        self.env.flush_all()
        columns = self._quickbooks_columns(line.connection_id)
        few = self.env["quickbooks.sync.staging"]._few_of(line)
        among = SQL("AND held.quickbooks_id = ANY(%s)", few) if few else SQL()
        with nullcontext() if few else self._quickbooks_bulk_plans():
            changed = self._quickbooks_update(line, columns, among)
            gone = self._quickbooks_deactivate_gone(line, among)
            created = self._quickbooks_insert(line, columns, among)
            self._quickbooks_after_merge(line)
        self.env[self._name].invalidate_model()
        return {
            "created": created,
            "updated": changed["updated"] + gone["updated"],
            "deactivated": changed["deactivated"] + gone["deactivated"],
            "reactivated": changed["reactivated"],
        }

    @contextmanager
    def _quickbooks_bulk_plans(self):
        """Keep PostgreSQL from joining these tables row by row.

        Rows of this very transaction are not in its statistics: it takes tables
        that were just filled for empty, and its nested loops then take hours.
        """
        self.env.cr.execute("SET LOCAL enable_nestloop = off")
        yield
        self.env.cr.execute("SET LOCAL enable_nestloop = on")

    @api.model
    def _quickbooks_after_merge(self, line):
        """Complete what can only be known when all rows are there."""

    @api.model
    def _quickbooks_update(self, line, columns, among):
        """Write the rows that differ from what is staged, and no other.

        Not INSERT … ON CONFLICT: that locks every row, and uses up an id of the
        table for every row that is there already, at every sync.
        """
        return self._quickbooks_count_changes(
            """
            UPDATE %(table)s AS mirror
               SET (%(columns)s, write_uid, write_date)
                   = ROW(%(staged)s, %(user)s, now() AT TIME ZONE 'UTC')
              FROM %(table)s AS held
              JOIN quickbooks_sync_staging AS staging
                ON staging.quickbooks_id = held.quickbooks_id
             CROSS JOIN LATERAL
                   jsonb_populate_record(NULL::%(table)s, staging.vals) AS staged
             WHERE mirror.id = held.id
               AND held.company_id = %(company)s
               AND held.realm_id = %(realm)s
               %(among)s
               AND staging.line_id = %(line)s
               AND staging.vals IS NOT NULL
               AND (%(held)s) IS DISTINCT FROM (%(staged)s)
            """,
            line,
            among=among,
            columns=_columns(columns),
            held=_columns(columns, "held"),
            staged=_columns(columns, "staged"),
        )

    @api.model
    def _quickbooks_deactivate_gone(self, line, among):
        """Deactivate the rows that ``line`` looked for in vain."""
        return self._quickbooks_count_changes(
            """
            UPDATE %(table)s AS mirror
               SET active = FALSE, status = 'gone',
                   write_uid = %(user)s, write_date = now() AT TIME ZONE 'UTC'
              FROM %(table)s AS held
              JOIN quickbooks_sync_staging AS staging
                ON staging.quickbooks_id = held.quickbooks_id
             WHERE mirror.id = held.id
               AND held.company_id = %(company)s
               AND held.realm_id = %(realm)s
               %(among)s
               AND (held.active OR held.status != 'gone')
               AND staging.line_id = %(line)s
               AND staging.vals IS NULL
            """,
            line,
            among=among,
        )

    @api.model
    def _quickbooks_count_changes(self, update, line, **parts):
        """Run ``update`` and tell the kinds of change apart by ``active``."""
        counting = """
            WITH changed AS (%s RETURNING held.active AS was, mirror.active AS is_now)
            SELECT count(*) FILTER (WHERE was = is_now) AS updated,
                   count(*) FILTER (WHERE was AND NOT is_now) AS deactivated,
                   count(*) FILTER (WHERE is_now AND NOT was) AS reactivated
              FROM changed
        """
        arguments = self._quickbooks_sql_arguments(line)
        statement = SQL(update, user=line.run_id.user_id.id, **arguments, **parts)
        self.env.cr.execute(SQL(counting, statement))
        return self.env.cr.dictfetchone()

    @api.model
    def _quickbooks_insert(self, line, columns, among):
        """Add the staged rows that are not there yet; return how many.

        Nobody has created them: whose sync it was stands on the sync. A user for each
        row would be two more keys to check, a quarter of the time of a first pull's
        insert.
        """
        query = SQL(
            """
            INSERT INTO %(table)s (
                   company_id, realm_id, quickbooks_id, %(columns)s,
                   create_date, write_date)
            SELECT %(company)s, %(realm)s, staging.quickbooks_id, %(staged)s,
                   now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM quickbooks_sync_staging AS staging
             CROSS JOIN LATERAL
                   jsonb_populate_record(NULL::%(table)s, staging.vals) AS staged
             WHERE staging.line_id = %(line)s
               AND staging.vals IS NOT NULL
               AND NOT EXISTS (
                   SELECT FROM %(table)s AS held
                    WHERE held.company_id = %(company)s
                      AND held.realm_id = %(realm)s
                      AND held.quickbooks_id = staging.quickbooks_id
                      %(among)s
               )
             ORDER BY length(staging.quickbooks_id), staging.quickbooks_id
                ON CONFLICT DO NOTHING
            """,
            among=among,
            columns=_columns(columns),
            staged=_columns(columns, "staged"),
            **self._quickbooks_sql_arguments(line),
        )
        self.env.cr.execute(query)
        created = self.env.cr.rowcount
        if created >= MANY:
            # Else the next sync's plans are for the few rows there were before, until
            # autovacuum comes by.
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(self._table)))
        return created

    @api.model
    def _quickbooks_sql_arguments(self, line):
        return {
            "table": SQL.identifier(self._table),
            "company": line.company_id.id,
            "realm": line.run_id.realm_id,
            "line": line.id,
        }

    # === Forgetting === #

    @api.model
    def _archive_all(self, connection):
        """Deactivate every record of the QuickBooks company that is let go."""
        for name in self.pool.descendants(["quickbooks.mirror"], "_inherit"):
            mirror = self.env[name].sudo()
            if not mirror._abstract:
                mirror.search([("company_id", "=", connection.company_id.id)]).write(
                    {"active": False}
                )


def pick(record, *path):
    """Return what ``record`` holds under the keys of ``path``, or None."""
    for key in path:
        record = (record or {}).get(key)
    return record


def _id_of(record):
    try:
        return str(record["Id"])
    except KeyError as error:
        raise UnexpectedAnswerError("QuickBooks gave a record without Id.") from error


def _utc(text):
    """Return QuickBooks' time stamp as Odoo stores times: UTC without an offset."""
    if not text:
        return None
    moment = exactjson.parse_time(text)
    return (moment - moment.utcoffset()).replace(tzinfo=None)


def _columns(names, table=None):
    return SQL(", ").join(
        SQL.identifier(table, name) if table else SQL.identifier(name) for name in names
    )
