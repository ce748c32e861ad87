from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..qbo.amounts import written

AT_ONCE = 1000
FIGURES = ("monetary", "float")
# Versions and times, which change with anything else.
PLUMBING = ("sync_token", "quickbooks_updated_at", "status")
KINDS = [
    ("created", "Create"),
    ("updated", "Change"),
    ("deactivated", "Deactivate"),
    ("reactivated", "Reactivate"),
]


class QuickBooksSyncRun(models.Model):
    """A sync that only shows what it would do, and writes nothing.

    It reads and stages as every sync does. Then what is staged is compared with what
    is held, the differences are listed, and what was staged is thrown away.
    """

    _inherit = "quickbooks.sync.run"

    preview = fields.Boolean(
        readonly=True, help="It only shows what a sync would do: nothing was written."
    )
    change_ids = fields.One2many(
        "quickbooks.sync.change", "run_id", string="Would Change", readonly=True
    )

    @api.depends("preview")
    def _compute_display_name(self):
        # EXTENDS: told apart from the syncs that write
        res = super()._compute_display_name()
        for run in self.filtered("preview"):
            run.display_name = self.env._("Preview: %s", run.display_name)
        return res

    @api.model
    def _prepare(self, *args, **options):
        # EXTENDS: where a preview was asked for
        values = super()._prepare(*args, **options)
        preview = self.env.context.get("quickbooks_preview")
        return {**values, "preview": True} if preview else values

    def _progress(self):
        # EXTENDS: the dialog has to say that nothing was written
        return {**super()._progress(), "preview": self.preview}

    def _finish_if_done(self):
        # EXTENDS: nothing was completed by a preview
        if not self.preview:
            return super()._finish_if_done()
        if self._current_line():
            return True
        self._end("done")
        return False

    def action_try_again(self):
        # EXTENDS: a preview is previewed again
        run = self.with_context(quickbooks_preview=self.preview)
        return super(QuickBooksSyncRun, run).action_try_again()

    def action_changes(self):
        """Show what the sync would do, record by record."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "quickbooks_link.action_quickbooks_sync_change"
        )
        return {**action, "domain": [("run_id", "=", self.id)]}


class QuickBooksSyncLine(models.Model):
    """Listing what a list of the sync would do."""

    _inherit = "quickbooks.sync.line"

    def _write_mirror(self, client):
        # EXTENDS: a preview writes down what would be written
        if not self.run_id.preview:
            return super()._write_mirror(client)
        staging = self.env["quickbooks.sync.staging"]
        counts = self._list_changes()
        unchanged = staging._size(self) - sum(counts.values())
        staging._clear(self)
        return self.write({"state": "done", "unchanged": unchanged, **counts})

    def _step(self, client):
        # EXTENDS: invoices and payments have no mirror to compare with
        rehearsed = self.env.context.get("quickbooks_rehearsal")
        if self.run_id.preview and self._mirror() is None and not rehearsed:
            return self._preview_books(client)
        return super()._step(client)

    def _take_profile(self, profile):
        # EXTENDS: a preview writes down what would be written
        if not self.run_id.preview:
            return super()._take_profile(profile)
        held = self.connection_id.sudo()
        new = held._profile_changes(profile)
        if not new:
            return None
        teller = Teller(held, list(new))
        before = {name: teller.value_of(held, name) for name in new}
        told = {
            "kind": "updated",
            "name": held.quickbooks_company_name,
            "changes": "\n".join(teller._differing(before, new)),
        }
        return self.env["quickbooks.sync.change"].create({**self._change_key(), **told})

    def _list_changes(self):
        """Write down what the staged rows would change; return the counts by kind."""
        mirror = self._mirror()
        self.env.flush_all()
        columns = mirror._quickbooks_columns(self.connection_id)
        query = mirror._quickbooks_compared(self, columns)
        with mirror._quickbooks_bulk_plans():
            self.env.cr.execute(query)
            rows = self.env.cr.dictfetchall()
        tell = Teller(mirror, columns)
        values = [{**self._change_key(), **tell.change(row)} for row in rows]
        changes = self.env["quickbooks.sync.change"]
        for start in range(0, len(values), AT_ONCE):
            changes.create(values[start : start + AT_ONCE])
        kinds = [value["kind"] for value in values]
        return {kind: kinds.count(kind) for kind, _words in KINDS}

    def _change_key(self):
        return {
            "run_id": self.run_id.id,
            "line_id": self.id,
            "company_id": self.company_id.id,
        }


class QuickBooksMirror(models.AbstractModel):
    """What is staged held against what is here."""

    _inherit = "quickbooks.mirror"

    @api.model
    def _quickbooks_compared(self, line, columns):
        """Return the query for the rows that a merge of ``line`` would touch.

        Each with what is ``held`` here and what is ``staged``, as JSON objects; the
        one that lacks is null.
        """
        held = SQL(", ").join(SQL.identifier("held", name) for name in columns)
        staged = SQL(", ").join(SQL.identifier("staged", name) for name in columns)
        return SQL(
            """
            SELECT staging.quickbooks_id, to_jsonb(held) AS held,
                   CASE WHEN staging.vals IS NOT NULL THEN to_jsonb(staged) END
                   AS staged
              FROM quickbooks_sync_staging AS staging
             CROSS JOIN LATERAL
                   jsonb_populate_record(NULL::%(table)s, staging.vals) AS staged
              LEFT JOIN %(table)s AS held
                ON held.quickbooks_id = staging.quickbooks_id
               AND held.company_id = %(company)s
               AND held.realm_id = %(realm)s
             WHERE staging.line_id = %(line)s
               AND (staging.vals IS NOT NULL
                    AND (held.id IS NULL OR (%(held)s) IS DISTINCT FROM (%(staged)s))
                    OR staging.vals IS NULL AND (held.active OR held.status != 'gone'))
             ORDER BY length(staging.quickbooks_id), staging.quickbooks_id
            """,
            held=held,
            staged=staged,
            **self._quickbooks_sql_arguments(line),
        )


class QuickBooksSyncChange(models.Model):
    """One record that a sync would create, change or deactivate."""

    _name = "quickbooks.sync.change"
    _description = "QuickBooks Sync Change"
    _order = "line_id, kind, name, id"

    run_id = fields.Many2one(
        "quickbooks.sync.run",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    line_id = fields.Many2one(
        "quickbooks.sync.line", required=True, readonly=True, ondelete="cascade"
    )
    entity = fields.Selection(related="line_id.entity", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        KINDS,
        string="Would",
        required=True,
        readonly=True,
        help="What a sync would do with it.",
    )
    name = fields.Char(
        readonly=True,
        help="What it is called in QuickBooks.",
    )
    quickbooks_id = fields.Char(
        string="QuickBooks ID",
        readonly=True,
        help="The number by which QuickBooks knows it.",
    )
    changes = fields.Text(
        readonly=True, help="Field by field: what is here → what QuickBooks says."
    )

    @api.autovacuum
    def _gc_old(self):
        """Delete what previews have found a week ago: it is no longer true."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=7)
        self.search([("create_date", "<", limit)]).unlink()


class Teller:
    """Says in words what would become of the rows of one mirror."""

    def __init__(self, mirror, columns):
        self._mirror = mirror
        self._columns = [name for name in columns if name not in PLUMBING]
        self._names = {}

    def change(self, row):
        """Return the values of a ``quickbooks.sync.change``."""
        held, staged = row["held"], row["staged"]
        return {
            "kind": self._kind(held, staged),
            "name": self._name(held, staged),
            "quickbooks_id": row["quickbooks_id"],
            "changes": self._words(held, staged),
        }

    def _kind(self, held, staged):
        if not held:
            return "created"
        if not staged:
            return "deactivated" if held["active"] else "updated"
        if held["active"] != staged["active"]:
            return "reactivated" if staged["active"] else "deactivated"
        return "updated"

    def _name(self, held, staged):
        shown = staged or held
        return shown.get(self._mirror._rec_name) or shown.get("name")

    def _words(self, held, staged):
        if not staged:
            return self._mirror.env._("No longer in QuickBooks")
        if not held:
            names = [name for name in self._columns if staged[name]]
            told = (
                f"{self._label(name)}: {self._shown(name, staged)}" for name in names
            )
            return "\n".join(told)
        return "\n".join(self._differing(held, staged)) or (
            self._mirror.env._("Only its version")
        )

    def value_of(self, record, name):
        """Return a field of a record as a column holds it."""
        return record._fields[name].convert_to_write(record[name], record)

    def _differing(self, held, staged):
        for name in self._columns:
            if held[name] != staged[name]:
                before, after = (self._shown(name, row) for row in (held, staged))
                yield f"{self._label(name)}: {before or '–'} → {after or '–'}"

    def _label(self, name):
        field = self._mirror._fields[name]
        return field._description_string(self._mirror.env)

    def _shown(self, name, row):
        value, field = row[name], self._mirror._fields[name]
        if value is not None and field.type in FIGURES:
            return written(Decimal(str(value)))
        if value in (None, False, ""):
            return ""
        if field.type == "many2one":
            return self._name_of(field.comodel_name, value)
        if field.type == "selection":
            return dict(field._description_selection(self._mirror.env)).get(
                value, value
            )
        if field.type == "json":
            return "…"
        return str(value)

    def _name_of(self, model, record_id):
        key = (model, record_id)
        if key not in self._names:
            record = self._mirror.env[model].sudo().browse(record_id)
            self._names[key] = record.display_name
        return self._names[key]
