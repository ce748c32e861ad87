from odoo import models

from ..document_reading import connection_of
from ..groups import MANAGER


class ResUsers(models.Model):
    """Who may send documents, and can."""

    _inherit = "res.users"

    def _quickbooks_may_send(self, company):
        """Return whether documents of ``company`` can be sent as this user now."""
        self.ensure_one()
        token = connection_of(company)._token_of(self)
        return self.has_group(MANAGER) and token.state == "active"
