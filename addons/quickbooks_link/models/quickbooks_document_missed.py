"""Edits that somebody makes in QuickBooks while Odoo still waits for its own answer.

Nothing can be compared with them then. They are found once the answer is there.
"""

import re

from odoo import api, fields, models

from ..qbo import exactjson
from ..qbo.errors import ObjectNotFoundError
from .quickbooks_document_following import json_of

MARKER = re.compile(r"Odoo [0-9A-F]{12}")
# The version of a record that nobody has changed since it was made.
AS_MADE = "0"
# What a document as a whole was sent with, as people see it.
HEADER = (
    "CustomerRef",
    "CurrencyRef",
    "SalesTermRef",
    "TxnDate",
    "DueDate",
    "DocNumber",
    "ExchangeRate",
)


class QuickBooksDocument(models.Model):
    _inherit = "quickbooks.document"

    missed = fields.Boolean(
        readonly=True,
        help="QuickBooks told of a change while Odoo waited for an answer: the "
        "document is read again once the answer is there.",
    )

    _to_read_again = models.Index("(company_id) WHERE missed")

    # === Made by an attempt whose answer was lost === #

    def _found_there(self, record):
        # EXTENDS quickbooks_link: somebody may have edited it before it was found
        res = super()._found_there(record)
        ours, theirs = self._version_sent(record), self._version_of(record)
        if record.get("SyncToken") != AS_MADE and ours != theirs:
            self.write({"seen": json_of(ours), "sync_token": AS_MADE})
            self._edited_there(record, theirs)
        return res

    def _version_sent(self, record):
        """Return the version that ``record`` had before anybody touched its header."""
        payload = exactjson.loads(self.payload)
        header = {name: payload[name] for name in HEADER if name in payload}
        message = payload.get("CustomerMemo") or {}
        return self._version_of({**record, **header, "CustomerMemo": message})

    # === Told of while the answer is out === #

    @api.model
    def _learn(self, connection, entity, records, deleted):
        # EXTENDS quickbooks_link: a document whose Id Odoo doesn't know yet
        counts = super()._learn(connection, entity, records, deleted)
        notes = [record.get("PrivateNote") or "" for record in records]
        markers = [found.group() for found in map(MARKER.search, notes) if found]
        if markers:
            self.search(
                [
                    ("company_id", "=", connection.company_id.id),
                    ("marker", "in", markers),
                    ("quickbooks_id", "=", False),
                    ("unsure", "=", True),
                    ("missed", "=", False),
                ]
            ).write({"missed": True})
        return counts

    def _learn_record(self, record):
        # EXTENDS quickbooks_link
        if self.unsure and not self.missed:
            self.missed = True
        return super()._learn_record(record)

    def _look_and_call(self, client):
        # EXTENDS quickbooks_link: the answers may be older than what was told
        res = super()._look_and_call(client)
        self._see_again(client)
        return res

    def _see_again(self, client):
        """Read again what was told of while it could not be taken in."""
        for row in self.filtered(lambda row: row.missed and not row.unsure):
            if row.quickbooks_id and row.there not in ("voided", "deleted"):
                with client.about(row):
                    row._read_again(client)
            row.missed = False

    def _read_again(self, client):
        try:
            record = client.read(self._entity(), self.quickbooks_id)
        except ObjectNotFoundError:
            self._learn_deleted()
        else:
            self._learn_record(record)


class QuickBooksBooks(models.AbstractModel):
    _inherit = "quickbooks.books"

    @api.model
    def _find_survivors(self, connection, client):
        # EXTENDS quickbooks_link: what could not be read again after its answer
        missed = (
            self._of(connection)
            .env["quickbooks.document"]
            .search(
                [
                    ("company_id", "=", connection.company_id.id),
                    ("realm_id", "=", connection.realm_id),
                    ("missed", "=", True),
                    ("unsure", "=", False),
                ]
            )
        )
        missed._see_again(client)
        return super()._find_survivors(connection, client)
