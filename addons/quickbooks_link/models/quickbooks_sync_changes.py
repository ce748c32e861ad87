import logging
from datetime import timedelta, timezone

from odoo import api, fields, models

from ..qbo.errors import QueryFaultError, ValidationFaultError
from .quickbooks_books import ENTITIES as TRANSACTIONS
from .quickbooks_books_sync import ROUTES
from .quickbooks_sync_line import CHECKED_AT_ONCE

_logger = logging.getLogger(__name__)

# QuickBooks is asked again for the last minutes before its own time stamp: a change
# may show up there a moment later than it is dated.
OVERLAP = timedelta(minutes=5)


class QuickBooksSyncLine(models.Model):
    """What has changed in QuickBooks since it was last asked: one call for all.

    Everything of the answer is stored, and the mark of the next question moved, in
    one transaction. So nothing can be lost between two questions; what is told
    twice, because they overlap, changes nothing.
    """

    _inherit = "quickbooks.sync.line"

    entity = fields.Selection(
        selection_add=[("changes", "Changes in QuickBooks")],
        ondelete={"changes": "cascade"},
        help="What was read from QuickBooks.",
    )
    partial = fields.Boolean(
        readonly=True, help="Only what has changed was read, not the whole list."
    )

    def _step(self, client):
        # EXTENDS quickbooks.sync.line
        if self.entity == "changes":
            return self._read_changes(client)
        return super()._step(client)

    @api.model
    def _told_mirrors(self):
        """Return the mirrors whose changes QuickBooks tells, by their entities."""
        mirrors = self.env["quickbooks.mirror"]._quickbooks_mirrors().values()
        return {
            mirror._quickbooks_entity: mirror
            for mirror in mirrors
            if mirror._quickbooks_tells_changes
        }

    def _read_changes(self, client):
        since = self.connection_id.sudo()._changes_since()
        try:
            # An addon may mirror what is asked for anyway.
            asked = dict.fromkeys([*self._told_mirrors(), *TRANSACTIONS, *ROUTES])
            answer = client.cdc(list(asked), _aware(since - OVERLAP))
        except (QueryFaultError, ValidationFaultError) as error:
            # Too long ago by QuickBooks' clock.
            _logger.info("QuickBooks gives no changes since %s: %s", since, error)
            self.run_id._read_all_instead(
                self.env._("QuickBooks no longer tells the changes since %s.", since)
            )
            return
        if answer.capped or not answer.time:
            self.run_id._read_all_instead(
                self.env._("There were more changes than QuickBooks tells at once.")
            )
            return
        self._take_changes(client, answer)

    def _take_changes(self, client, answer):
        """Store what ``answer`` (a :class:`CdcAnswer`) tells, all of it."""
        changed, deleted, until = answer.changed, answer.deleted, naive(answer.time)
        untold = {"Customer": self._billed_customers(client, answer)}
        for entity, mirror in self._told_mirrors().items():
            records = changed.get(entity, []) + untold.get(entity, [])
            gone = deleted.get(entity, [])
            self._merge_part(mirror._quickbooks_list, records, gone)
        self._take_transactions(changed, deleted, until)
        told = sum(map(len, [*changed.values(), *deleted.values()]))
        self.write({"state": "done", "fetched": told, "expected": told})
        self.connection_id.sudo().changes_until = until

    def _billed_customers(self, client, answer):
        """Return the customers whose balance may have moved without a sign of it.

        QuickBooks may leave a customer's own time stamp as it was when an invoice or
        payment changes what it owes.
        """
        told = {str(row["Id"]) for row in answer.changed.get("Customer", [])}
        billed = {
            str(row["CustomerRef"]["value"])
            for entity in TRANSACTIONS
            for row in answer.changed.get(entity, [])
            if row.get("CustomerRef")
        }
        untold = sorted(billed - told - set(answer.deleted.get("Customer", [])))
        customers = self.env["quickbooks.customer"]
        return [
            row
            for start in range(0, len(untold), CHECKED_AT_ONCE)
            for row in customers._quickbooks_find(
                client, untold[start : start + CHECKED_AT_ONCE]
            )
        ]

    def _merge_part(self, entity, records, gone):
        """Merge some records of a list; the others stay as they are."""
        if not records and not gone:
            return
        part = self._add_part(entity)
        part._stage(records)
        self.env["quickbooks.sync.staging"]._put_gone(part, gone)
        part._merge()

    def _add_part(self, entity, **values):
        """Add the line that tells what came of the changes of one list."""
        return self.create(
            {
                "run_id": self.run_id.id,
                "entity": entity,
                "sequence": self.sequence,
                "partial": True,
                **values,
            }
        )

    def _take_transactions(self, changed, deleted, until):
        """Store what became of invoices, credit memos and payments.

        Odoo's books follow them in slices of their own, as in any sync of payments.
        """
        told = {
            name: rows
            for name, rows in changed.items()
            if rows and name in (*TRANSACTIONS, *ROUTES)
        }
        gone = {
            name: rows
            for name, rows in deleted.items()
            if rows and name in TRANSACTIONS
        }
        if not told and not gone:
            self.connection_id.sudo().payments_watermark = until
            return
        part = self._add_part("payments", state="writing", position=0, watermark=until)
        self.env["quickbooks.books"]._sync_take(part, told, gone)


class QuickBooksSyncRun(models.Model):
    """Runs of changes, and the full syncs that they follow."""

    _inherit = "quickbooks.sync.run"

    mark = fields.Datetime(
        readonly=True,
        help="QuickBooks' clock when the sync began: later changes are for the next.",
    )
    note = fields.Char(readonly=True, help="Why it is a full sync.")

    @api.model
    def _entities(self, kind, connection):
        # EXTENDS quickbooks.sync.run
        entities = super()._entities(kind, connection)
        if kind == "changes" and connection._uncovered_due():
            mirrors = self.env["quickbooks.mirror"]._quickbooks_mirrors()
            entities += [
                name
                for name, mirror in mirrors.items()
                if not mirror._quickbooks_tells_changes
            ]
        return entities

    def _read_all_instead(self, reason):
        """Make a full sync of a run of changes."""
        self.line_ids.filtered(lambda line: line.entity == "changes").unlink()
        there = self.line_ids.mapped("entity")
        self.write(
            {
                "kind": "full",
                "note": reason,
                "line_ids": [
                    fields.Command.create(
                        self._new_line(entity, number, self.connection_id)
                    )
                    for number, entity in enumerate(
                        self._entities("full", self.connection_id)
                    )
                    if entity not in there
                ],
            }
        )

    def _after_step(self, client):
        # EXTENDS quickbooks.sync.run
        if not self.mark and client.first_answer:
            self.mark = naive(client.first_answer)
        return super()._after_step(client)

    def _finish_if_done(self):
        # EXTENDS quickbooks.sync.run
        goes_on = super()._finish_if_done()
        if self.state == "done" and self.kind == "full" and not self.preview:
            self.connection_id.changes_until = self.mark
        return goes_on


def _aware(moment):
    return moment.replace(tzinfo=timezone.utc)


def naive(moment):
    """Return an aware time as Odoo stores times."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
