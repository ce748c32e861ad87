"""Documents that are read while the transaction that posts them has them at hand."""

import logging
from dataclasses import dataclass

import psycopg2
from odoo import api, models
from odoo.exceptions import MissingError
from odoo.tools import SQL

from ..document_checks import checks
from ..document_reading import Paper, Reader
from ..qbo.client import MAX_BATCH

_logger = logging.getLogger(__name__)

AHEAD = "quickbooks_link.ahead"


@dataclass(frozen=True)
class Ahead:
    """A :class:`Paper`, and the versions of the rows of Odoo's that it was read from.

    It is used if the rows are still the same when it is sent.
    """

    paper: Paper
    version: str


class QuickBooksDocument(models.Model):
    """What a person posts, and waits for, is read once.

    At the end of the posting transaction everything is in memory. It is kept there
    until the commit; no state tells of it. A document that is changed later on, or
    that can't go, is read again when it is claimed, as all others are.
    """

    _inherit = "quickbooks.document"

    def _send_after_commit(self, user):
        # EXTENDS
        res = super()._send_after_commit(user)
        if self._pending():
            self.env.cr.precommit.add(self._read_ahead)
        return res

    @api.model
    def _send_pending(self, pending):
        # EXTENDS
        ahead = self.env.cr.postcommit.data.pop(AHEAD, {})
        rows = self.with_context(quickbooks_ahead=ahead)
        return super(QuickBooksDocument, rows)._send_pending(pending)

    def _read_ahead(self):
        """Read the documents for what is sent after the commit."""
        ahead = self.env.cr.postcommit.data.setdefault(AHEAD, {})
        rows = self[: MAX_BATCH - len(ahead)]
        try:
            papers = rows._papers()
        except psycopg2.Error:
            raise
        except MissingError:
            # Taken back in the same transaction.
            return
        except Exception:
            # Posting goes on; whoever sends it meets the same, and tells.
            _logger.warning("%s could not be read ahead", self, exc_info=True)
            return
        versions = rows.browse(papers)._versions()
        for row_id, paper in papers.items():
            ahead[row_id] = Ahead(paper, versions[row_id])

    def _papers(self):
        """Return the :class:`Paper` of each of the rows that can be sent, by its id."""
        reader = Reader(self.move_id)
        ready = self.filtered(
            lambda row: (
                row.act == "save" and not row.unsure and row.move_id.state == "posted"
            )
        )
        return {
            row.id: row._paper(reader)
            for row in ready
            if not any(check.blocks for check in checks(row.move_id, reader))
        }

    def _prepare_all(self, user):
        # EXTENDS
        ahead = self.env.context.get("quickbooks_ahead") or {}
        known = self.filtered(lambda row: row.id in ahead)
        versions = known._versions()
        papers = {
            row.id: ahead[row.id].paper
            for row in known
            if versions.get(row.id) == ahead[row.id].version
        }
        rows = self.with_context(quickbooks_papers=papers)
        return super(QuickBooksDocument, rows)._prepare_all(user)

    def _paper_ahead(self):
        # EXTENDS
        return self.env.context.get("quickbooks_papers", {}).get(self.id)

    def _versions(self):
        """Return for each of the rows which versions its invoice and lines have.

        Whatever changes a row of a table, in this transaction or another one, puts
        it elsewhere.
        """
        if not self:
            return {}
        query = SQL(
            """
            SELECT document.id, concat(move.xmin, move.ctid, (
                       SELECT string_agg(concat(line.xmin, line.ctid), '' ORDER BY id)
                         FROM account_move_line AS line
                        WHERE line.move_id = move.id))
              FROM quickbooks_document AS document
              JOIN account_move AS move ON move.id = document.move_id
             WHERE document.id IN %s
            """,
            self._ids,
        )
        return dict(self.env.execute_query(query))
