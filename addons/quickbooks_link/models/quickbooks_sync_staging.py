from odoo import api, fields, models
from odoo.tools import SQL

# What a sync of changes brings; a first pull brings more.
FEW = 500


class QuickBooksSyncStaging(models.Model):
    """What QuickBooks said of its records during a sync, until it is merged.

    A row without values is a record that was looked for and that QuickBooks no
    longer has. Rows are written and read with SQL alone.
    """

    _name = "quickbooks.sync.staging"
    _description = "QuickBooks Records Being Read"
    _log_access = False

    # No Many2one: its foreign key would be checked for each of 100,000 rows.
    line_id = fields.Integer(required=True)
    quickbooks_id = fields.Char(required=True)
    vals = fields.Json()

    _record_unique = models.UniqueIndex("(line_id, quickbooks_id)")

    @api.model
    def _put(self, line, rows):
        """Stage ``rows``; return how many were not staged before.

        :param rows: JSON text: column values by QuickBooks' ids
        """
        query = SQL(
            """
            WITH staged AS (
                INSERT INTO quickbooks_sync_staging (line_id, quickbooks_id, vals)
                SELECT %(line)s, key, value FROM jsonb_each(%(rows)s)
                    ON CONFLICT (line_id, quickbooks_id)
                       DO UPDATE SET vals = EXCLUDED.vals
                RETURNING xmax = 0 AS is_new
            )
            SELECT count(*) FILTER (WHERE is_new) FROM staged
            """,
            line=line.id,
            rows=rows,
        )
        return self.env.execute_query(query)[0][0]

    @api.model
    def _put_gone(self, line, quickbooks_ids):
        """Note that QuickBooks no longer has these records."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO quickbooks_sync_staging (line_id, quickbooks_id)
                SELECT %(line)s, unnest(%(ids)s::text[]) ON CONFLICT DO NOTHING
                """,
                line=line.id,
                ids=list(quickbooks_ids),
            )
        )

    @api.model
    def _few_of(self, line):
        """Return the ids of what is staged; an empty list if that is much."""
        query = SQL(
            "SELECT quickbooks_id FROM quickbooks_sync_staging"
            " WHERE line_id = %s LIMIT %s",
            line.id,
            FEW + 1,
        )
        found = [quickbooks_id for [quickbooks_id] in self.env.execute_query(query)]
        return found if len(found) <= FEW else []

    @api.model
    def _holds(self, line, quickbooks_id):
        query = SQL(
            "SELECT FROM quickbooks_sync_staging"
            " WHERE line_id = %s AND quickbooks_id = %s AND vals IS NOT NULL",
            line.id,
            quickbooks_id,
        )
        return bool(self.env.execute_query(query))

    @api.model
    def _among(self, line, quickbooks_ids):
        """Return those of the Ids that are staged, be it as gone."""
        query = SQL(
            "SELECT quickbooks_id FROM quickbooks_sync_staging"
            " WHERE line_id = %s AND quickbooks_id = ANY(%s)",
            line.id,
            list(quickbooks_ids),
        )
        return {quickbooks_id for [quickbooks_id] in self.env.execute_query(query)}

    @api.model
    def _size(self, line):
        query = SQL(
            "SELECT count(*) FROM quickbooks_sync_staging WHERE line_id = %s", line.id
        )
        return self.env.execute_query(query)[0][0]

    @api.model
    def _clear(self, lines):
        self.env.cr.execute(
            SQL(
                "DELETE FROM quickbooks_sync_staging WHERE line_id = ANY(%s)", lines.ids
            )
        )

    @api.autovacuum
    def _gc_orphans(self):
        """Delete what belongs to runs that were deleted with their company."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM quickbooks_sync_staging AS staged
                 WHERE NOT EXISTS (
                       SELECT FROM quickbooks_sync_line AS line
                        WHERE line.id = staged.line_id)
                """
            )
        )
