from decimal import Decimal

from odoo import models

from ..qbo.amounts import written
from .quickbooks_sync_line import COUNTS

# What is told of each: the fields that people know.
TOLD = {
    "quickbooks.document": ("state", "there", "balance", "error"),
    "quickbooks.payment": ("state", "amount", "unapplied", "error"),
    "account.payment": ("date", "amount", "state"),
    "account.move": ("state", "payment_state", "amount_residual"),
}


class QuickBooksSyncLine(models.Model):
    """What the sync "Invoices and Payments" would do: it is done, and undone.

    Its rules are many, and to tell what they come to without following them would
    be to write them twice. So it runs as it is, in a transaction that is rolled back.
    """

    _inherit = "quickbooks.sync.line"

    def _preview_books(self, client):
        """Do all of the list in a transaction of its own, note it, and undo it."""
        found, counts = self._rehearse(client)
        changes = self.env["quickbooks.sync.change"]
        changes.create([{**self._change_key(), **change} for change in found])
        self.write({"state": "done", **counts})

    def _rehearse(self, client):
        """Return the changes that the list would make, and its counts."""
        with self.env.registry.cursor() as cr:
            line = self.with_env(self.env(cr=cr))
            line = line.with_context(quickbooks_rehearsal=True)
            try:
                before = line._snapshot()
                while line.state != "done":
                    line._step(client)
                line.env.flush_all()
                line.env.invalidate_all()
                found = list(line._compare_snapshots(before, line._snapshot()))
                return found, {name: line[name] for name in ("fetched", *COUNTS)}
            finally:
                # With it go the hooks that would run after a commit.
                cr.rollback()

    def _snapshot(self):
        """Return what the books have now: records by model and id, in words."""
        here = [("company_id", "=", self.company_id.id)]
        documents = self.env["quickbooks.document"].search(here)
        payments = self.env["quickbooks.payment"].search(here)
        return {
            (record._name, record.id): _in_words(record)
            for records in (
                documents,
                payments,
                payments.payment_id,
                documents.move_id,
            )
            for record in records
        }

    def _compare_snapshots(self, before, after):
        """Yield the values of a ``quickbooks.sync.change`` for each difference."""
        for key, (name, now) in after.items():
            _name, former = before.get(key, (None, {}))
            words = [
                f"{label}: {former.get(label) or '–'} → {text or '–'}"
                for label, text in now.items()
                if former.get(label, "") != text
            ]
            if words:
                yield self._change_of(key, name, former, words)
        for key in before.keys() - after.keys():
            gone = self._change_of(key, before[key][0], True, [])
            yield {**gone, "kind": "deactivated"}

    def _change_of(self, key, name, former, words):
        kind = self.env["ir.model"]._get(key[0]).name
        return {
            "kind": "updated" if former else "created",
            "name": f"{kind} {name}",
            "changes": "\n".join(words),
        }


def _in_words(record):
    """Return a record's name, and its fields as text by their labels."""
    shown = {}
    for name in TOLD[record._name]:
        field = record._fields[name]
        value = record[name]
        if field.type == "selection":
            value = dict(field._description_selection(record.env)).get(value)
        elif field.type == "monetary":
            value = written(Decimal(str(value)))
        shown[field._description_string(record.env)] = str(value or "")
    return record.display_name, shown
