from odoo import models


class QuickBooksMirror(models.AbstractModel):
    _inherit = "quickbooks.mirror"

    def _quickbooks_of(self, company):
        """Return those of the records that may be used for ``company``.

        Links outlive a change of the QuickBooks company: an id of the former one
        would name some other record in the new one.
        """
        return self.filtered_domain(self._quickbooks_here(company))

    def _quickbooks_here(self, company):
        """Return the domain of the QuickBooks company that ``company`` is linked to.

        Empty once the QuickBooks company was forgotten.
        """
        connections = self.env["quickbooks.connection"].sudo()
        connection = connections.search([("company_id", "=", company.id)], limit=1)
        return [
            ("company_id", "=", company.id),
            ("realm_id", "=", connection.realm_id or ""),
        ]
