from collections import defaultdict

from odoo import models
from odoo.fields import Domain

from ..qbo import statements
from ..qbo.client import in_chunks
from .quickbooks_books_sync import CHECKED_AT_ONCE

# So many of a customer's documents are read with a Refresh, the newest first.
MOST_DOCUMENTS = 1000


class QuickBooksCustomer(models.Model):
    """A contact's Refresh brings its documents and their payments."""

    _inherit = "quickbooks.customer"

    def _quickbooks_refresh(self, client):
        # EXTENDS quickbooks_link
        res = super()._quickbooks_refresh(client)
        connection = self.company_id.sudo().quickbooks_connection_ids
        held = self._quickbooks_held(connection)
        found = self._quickbooks_read_books(client, held)
        changed = {entity: list(rows.values()) for entity, rows in found.items()}
        gone = {
            entity: [one for one in ids if one not in found[entity]]
            for entity, ids in held.items()
        }
        books = self.env["quickbooks.books"]
        books._take_in(connection, changed, gone)
        if self.status == "gone":
            books._find_survivors(connection, client)
        return res

    def _quickbooks_read_books(self, client, held):
        """Return QuickBooks' records of documents and payments: by entity, by Id."""
        queries = self._quickbooks_queries(held)
        pages = client.query_batch({key: query for key, (_e, query) in queries.items()})
        found = defaultdict(dict)
        for key, (entity, _query) in queries.items():
            found[entity].update((str(row["Id"]), row) for row in pages[key].rows)
        return found

    def _quickbooks_queries(self, held):
        """Return statements, each with its entity, by names of their own."""
        family = self | self.child_ids | self.parent_id
        found = {
            f"new{number}": ("Payment", _newest_payments(one))
            for number, one in enumerate(family[:10].mapped("quickbooks_id"))
        }
        for entity, held_ids in held.items():
            for number, chunk in enumerate(in_chunks(held_ids, CHECKED_AT_ONCE)):
                where = statements.condition("Id", "IN", chunk)
                query = statements.select(entity, where)
                found[f"{entity[0]}{number}"] = (entity, query)
        return found

    def _quickbooks_held(self, connection):
        """Return the Ids of this customer's documents and payments, by entity."""
        books = self.env["quickbooks.books"]._of(connection)
        here = Domain(
            [
                ("company_id", "=", connection.company_id.id),
                ("realm_id", "=", connection.realm_id),
                ("quickbooks_id", "!=", False),
            ]
        )
        documents = self._quickbooks_documents_held(books, here)
        payments = self._quickbooks_payments_held(books, here, documents)
        return books._ids_by_entity(documents, payments)

    def _quickbooks_documents_held(self, books, here):
        return books.env["quickbooks.document"].search(
            here
            & Domain("move_id.commercial_partner_id", "=", self.sudo().partner_id.id)
            & Domain("there", "not in", ("voided", "deleted")),
            limit=MOST_DOCUMENTS,
        )

    def _quickbooks_payments_held(self, books, here, documents):
        own = Domain("customer_quickbooks_id", "=", self.quickbooks_id)
        applied = Domain("allocation_ids.document_id", "in", documents.ids)
        return books.env["quickbooks.payment"].search(
            here & Domain("status", "=", "present") & (own | applied),
            limit=MOST_DOCUMENTS,
        )


def _newest_payments(customer_id):
    where = statements.condition("CustomerRef", "=", customer_id)
    return statements.select("Payment", where, order_by="Id DESC")
