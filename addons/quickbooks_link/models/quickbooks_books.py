from collections import Counter

from odoo import api, models

# What follows what: a payment finds the documents that came with it.
ENTITIES = ("Invoice", "CreditMemo", "Payment")
COUNTED = ("created", "updated", "deactivated", "unchanged")


class QuickBooksBooks(models.AbstractModel):
    """Takes in what QuickBooks says of invoices, credit memos and payments.

    However it came to be read: by a sync, a change feed, or a contact's Refresh.
    """

    _name = "quickbooks.books"
    _description = "QuickBooks Books"

    @api.model
    def _take_in(self, connection, changed, deleted):
        """Make Odoo agree with what QuickBooks says.

        Makes no calls, and writes only what differs: to be called as often as one
        likes, with the same records too. In the caller's transaction; where another
        one takes in the same payments, PostgreSQL ends this one with an error upon
        which it is to be repeated.

        :param changed: lists of records in QuickBooks' words, by entity
        :param deleted: lists of Ids that are gone, by entity
        :return: how many records were new here (``created``), other than before
            (``updated``), voided or deleted (``deactivated``), or known
            (``unchanged``)
        """
        counts = self._store(connection, changed, deleted)
        self._settle(connection)
        return counts

    @api.model
    def _store(self, connection, changed, deleted):
        """Keep what QuickBooks says, and undo what no longer holds.

        Takes the same as :meth:`_take_in`, and returns the same. What is to be done
        in Odoo's books is left to :meth:`_settle`.
        """
        books = self._of(connection)
        counts = Counter({name: 0 for name in COUNTED})
        documents = books.env["quickbooks.document"]
        for entity in ENTITIES[:2]:
            counts.update(
                documents._learn(
                    connection, entity, changed.get(entity, ()), deleted.get(entity, ())
                )
            )
        found, rows = books.env["quickbooks.payment"]._store(
            connection, changed.get("Payment", ()), deleted.get("Payment", ())
        )
        counts.update(found)
        rows._release()
        return dict(counts)

    @api.model
    def _settle(self, connection, after=0, limit=None):
        """Let Odoo's books follow the payments that are not in them yet.

        :param after: the Id of the last row that was looked at in this run
        :return: the rows that were looked at
        """
        books = self._of(connection)
        rows = books.env["quickbooks.payment"]._open_rows(connection, after, limit)
        rows._settle()
        return rows

    @api.model
    def _of(self, connection):
        """Return this as superuser of the connection's company alone."""
        company = connection.company_id
        return (
            self.sudo()
            .with_company(company)
            .with_context(
                allowed_company_ids=company.ids,
                quickbooks_following=True,
                # What happens is told in words; fields need not be told too.
                tracking_disable=True,
            )
        )
