from odoo import api, models

from ..document_reading import connection_of


class QuickBooksMirror(models.AbstractModel):
    """Mirrors as the other side of links, and single records of them."""

    _inherit = "quickbooks.mirror"

    def _quickbooks_of(self, company):
        """Return those of the records that may be used for ``company``.

        Links outlive a change of the QuickBooks company: an id of the former one
        would name some other record in the new one.
        """
        # No filtered_domain: every line of a document asks.
        realm_id = connection_of(company).realm_id or ""
        return self.filtered(
            lambda row: row.company_id == company and row.realm_id == realm_id
        )

    @api.model
    def _quickbooks_here(self, company):
        """Return the domain of the QuickBooks company that ``company`` is linked to.

        Nothing matches it once the QuickBooks company was forgotten.
        """
        connection = connection_of(company)
        return [
            ("company_id", "=", company.id),
            ("realm_id", "=", connection.realm_id or ""),
        ]

    @api.model
    def _quickbooks_store(self, connection, record):
        """Keep one record as QuickBooks has just given it; return its row.

        With the values that the sync would give it, and as superuser.

        :param record: a record in QuickBooks' words
        """
        mirror = self.sudo().with_context(active_test=False)
        values = self._quickbooks_values(record, self._quickbooks_lookups(connection))
        key = {
            "company_id": connection.company_id.id,
            "realm_id": connection.realm_id,
            "quickbooks_id": str(record["Id"]),
        }
        row = mirror.search([(name, "=", value) for name, value in key.items()])
        if row:
            row.write(values)
        else:
            row = mirror.create({**key, **values})
        return row
