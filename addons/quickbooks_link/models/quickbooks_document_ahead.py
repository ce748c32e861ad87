"""Documents that are read before it is their turn.

Those that are posted, while the transaction that posts them has them at hand; those of
the next batch, while QuickBooks works on this one.
"""

import logging
from dataclasses import dataclass
from functools import partial

import psycopg2
from odoo import api, models
from odoo.exceptions import MissingError
from odoo.tools import SQL

from ..document_checks import checks
from ..document_reading import Paper, Reader, connection_of
from ..qbo.client import MAX_BATCH

_logger = logging.getLogger(__name__)

AHEAD = "quickbooks_link.ahead"


@dataclass(frozen=True)
class Ahead:
    """A :class:`Paper`, and the versions of the rows of Odoo's that it was read from.

    It is used if the rows are still the same when it is sent, and the company is linked
    to the same company of QuickBooks: its Ids are that one's.
    """

    paper: Paper
    version: str


class QuickBooksDocument(models.Model):
    """What was read ahead is kept in memory; no state tells of it.

    A document that is changed later on, or that can't go, is read again when it is
    claimed, as all others are.
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
        """Read the documents for what is sent after the commit.

        What a person posts, and waits for, is in memory at the end of the transaction.
        """
        ahead = self.env.cr.postcommit.data.setdefault(AHEAD, {})
        self[: MAX_BATCH - len(ahead)]._read_into(ahead)

    def _read_into(self, ahead):
        """Read the documents; put an :class:`Ahead` of each that can be sent there."""
        try:
            papers = self._papers()
        except psycopg2.Error:
            raise
        except MissingError:
            # Taken back in the same transaction.
            return
        except Exception:
            # Posting goes on; whoever sends it meets the same, and tells.
            _logger.warning("%s could not be read ahead", self, exc_info=True)
            return
        versions = self.browse(papers)._versions()
        for row_id, paper in papers.items():
            ahead[row_id] = Ahead(paper, versions[row_id])

    # === A batch after the other === #

    def _deliver_batches(self, user, patience, is_last=None):
        # EXTENDS quickbooks_link: with a place for what is read ahead
        rows = self.with_context(quickbooks_ahead={})
        return super(QuickBooksDocument, rows)._deliver_batches(user, patience, is_last)

    def _deliver_before(self, following, user, patience):
        # EXTENDS quickbooks_link: the next batch is read while this one is answered
        rows = self.with_context(quickbooks_next=following)
        return super(QuickBooksDocument, rows)._deliver_before(
            following, user, patience
        )

    def _meanwhile(self):
        # EXTENDS quickbooks_link
        following = self.env.context.get("quickbooks_next")
        return partial(self._read_next, following) if following else None

    def _read_next(self, following):
        """Read the documents of the next batch, in a transaction that writes nothing.

        What is changed after that is read again when it is claimed.
        """
        ahead = self.env.context["quickbooks_ahead"]
        # Of however many, two batches are in memory: these have been claimed.
        ahead.clear()
        try:
            with self.env.registry.cursor() as cr:
                following.with_env(self.env(cr=cr))._read_into(ahead)
                cr.rollback()
        except Exception:
            # The answer to this batch counts for more.
            _logger.info("%s could not be read ahead", following, exc_info=True)

    # === Reading === #

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
            and ahead[row.id].paper.realm_id == connection_of(row.company_id).realm_id
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
