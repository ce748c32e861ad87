from odoo import api, fields, models

from ..company_profile import PROFILE_LISTS, profile_of
from ..qbo import statements

# The list that is no mirror's: it goes to Odoo's own books.
BOOKS = "payments"
BOOKS_ACTION = "quickbooks_link.action_quickbooks_payment"
# Ids in one query, when records that were not seen are looked for.
CHECKED_AT_ONCE = 200
COUNTS = ("created", "updated", "deactivated", "reactivated", "unchanged")


class QuickBooksSyncLine(models.Model):
    """One list of a sync run: how far it is, and what came of it.

    A list is read page by page into the staging table, then compared with what is
    held here: whatever was not seen is looked for by its id, and only what
    QuickBooks really no longer has is deactivated. Then all is merged at once.
    Every step is a transaction that ends with where the next one begins, so a
    sync that was stopped anywhere goes on from there.
    """

    _name = "quickbooks.sync.line"
    _description = "QuickBooks Sync List"
    _order = "run_id, sequence, id"
    _rec_name = "entity"

    run_id = fields.Many2one(
        "quickbooks.sync.run",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    connection_id = fields.Many2one(related="run_id.connection_id")
    sequence = fields.Integer(readonly=True)
    entity = fields.Selection(
        [
            ("customers", "Customers and Account Balances"),
            ("items", "Products and Services"),
            ("tax_codes", "Tax Codes"),
            ("payments", "Invoices and Payments"),
        ],
        string="List",
        required=True,
        readonly=True,
        help="What was read from QuickBooks.",
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("reading", "Reading from QuickBooks"),
            ("checking", "Looking for missing records"),
            ("writing", "Writing to Odoo"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("stopped", "Stopped"),
        ],
        default="waiting",
        required=True,
        readonly=True,
        help="How far the list is.",
    )
    position = fields.Integer(
        default=1, readonly=True, help="Where in QuickBooks' list the next page begins."
    )
    parts = fields.Char(readonly=True, help="Lists of QuickBooks still to be read.")
    since = fields.Datetime(
        readonly=True, help="Only what was changed after this time is read."
    )
    watermark = fields.Datetime(
        readonly=True, help="QuickBooks' time when the reading began."
    )
    expected = fields.Integer(readonly=True)
    fetched = fields.Integer(
        readonly=True, help="Records that were read from QuickBooks."
    )
    created = fields.Integer(readonly=True, help="Records that are new in Odoo.")
    updated = fields.Integer(readonly=True, help="Records that QuickBooks had changed.")
    deactivated = fields.Integer(
        readonly=True, help="Records that became inactive in Odoo."
    )
    reactivated = fields.Integer(
        readonly=True, help="Records that became active again."
    )
    unchanged = fields.Integer(
        readonly=True, help="Records that were the same as before."
    )

    def _progress(self):
        """Return how far the list is, for the progress dialog."""
        names = ("entity", "state", "fetched", "expected", *COUNTS)
        return {
            "label": self._label("entity"),
            "step": self._label("state"),
            "action": self._list_action(),
            **{name: self[name] for name in names},
        }

    def _label(self, name):
        return dict(self._fields[name]._description_selection(self.env))[self[name]]

    def _step(self, client):
        """Do the next piece of work on the list."""
        self.ensure_one()
        if self._mirror() is None:
            self.env["quickbooks.books"]._sync_step(self, client)
            return
        steps = {"checking": self._check, "writing": self._write_mirror}
        steps.get(self.state, self._read)(client)

    @api.model
    def _lists(self):
        """Return the lists that a Full Sync brings, in their order."""
        return [*self.env["quickbooks.mirror"]._quickbooks_mirrors(), BOOKS]

    def _mirror(self):
        """Return the model that mirrors the list; None of invoices and payments."""
        return self.env["quickbooks.mirror"]._quickbooks_mirrors().get(self.entity)

    def _list_action(self):
        """Return the XML ID of the action that shows the records, if there is one."""
        mirror = self._mirror()
        if mirror is not None:
            return mirror._quickbooks_action
        return BOOKS_ACTION if self.entity == BOOKS else None

    # === Reading === #

    def _read(self, client):
        """Stage the next page.

        A page begins with the last record of the page before. If that is not so,
        records were deleted meanwhile, those behind them have moved up, and some
        would be skipped: the reading steps back until it meets what it knows.
        """
        if self.position > 1 and not self.expected:
            self._count(client)
            return
        records, complete = self._read_page(client)
        if self.position > 1 and not self._continues(records):
            self.position = max(1, self.position - statements.MAX_PAGE + 1)
            return
        self._stage(records)
        if complete:
            self.write({"state": "checking", "expected": self.fetched})
            return
        self.position += len(records) - 1
        self.state = "reading"

    def _read_page(self, client):
        if self.entity == "tax_codes":
            return self._read_uncovered(client)
        return self._mirror()._quickbooks_read(client, self.position)

    def _read_uncovered(self, client):
        """Return all tax codes; what QuickBooks says of its company comes with them.

        One call for all that its change data capture does not tell.
        """
        mirror = self._mirror()
        pages = client.query_batch({**mirror._quickbooks_lists(), **PROFILE_LISTS})
        self._take_profile(profile_of(self.env, pages))
        return mirror._quickbooks_complete(client, pages), True

    def _take_profile(self, profile):
        """Keep what QuickBooks says of its company."""
        self.connection_id.sudo()._update_profile(profile)

    def _count(self, client):
        """Ask how long the list is: only now that it is longer than a page."""
        mirror = self._mirror()
        total = client.count(mirror._quickbooks_entity, mirror._quickbooks_where)
        self.expected = max(total, self.fetched)

    def _continues(self, records):
        first = str(records[0].get("Id")) if records else None
        return bool(first) and self.env["quickbooks.sync.staging"]._holds(self, first)

    def _stage(self, records):
        rows = self._mirror()._quickbooks_rows(records, self.connection_id)
        self.fetched += self.env["quickbooks.sync.staging"]._put(self, rows)

    # === Looking for what was not seen === #

    def _check(self, client):
        """Ask QuickBooks once more for some of the records that were not seen."""
        missing = self._mirror()._quickbooks_missing(self, CHECKED_AT_ONCE)
        if not missing:
            self.state = "writing"
            return
        found = self._mirror()._quickbooks_find(client, missing)
        self._stage(found)
        self.env["quickbooks.sync.staging"]._put_gone(self, missing)

    # === Writing === #

    def _write_mirror(self, _client):
        self._merge()
        connection, name = self.connection_id.sudo(), f"{self.entity}_last_completed"
        # An addon may keep that of a list of its own, or leave it to the sync's row.
        if name in connection._fields:
            connection[name] = fields.Datetime.now()

    def _merge(self):
        """Make the mirror equal to what is staged."""
        staging = self.env["quickbooks.sync.staging"]
        counts = self._mirror()._quickbooks_merge(self)
        unchanged = staging._size(self) - sum(counts.values())
        staging._clear(self)
        self.write({"state": "done", "unchanged": unchanged, **counts})
