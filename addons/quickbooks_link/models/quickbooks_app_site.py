from odoo import api, models

from ..qbo import hosts
from .quickbooks_app import SANDBOX

# Where people use QuickBooks, which is not where the API is.
SITES = {True: "https://sandbox.qbo.intuit.com", False: "https://qbo.intuit.com"}


class QuickBooksApp(models.Model):
    """Where a person opens what the link tells of in QuickBooks."""

    _inherit = "quickbooks.app"

    @api.model
    def _site_url(self, environment):
        """Return the address at which a person opens QuickBooks.

        A server that was pointed at another QuickBooks finds its pages there too.
        """
        origin = hosts.origin_of(self._api_url(environment))
        if origin in hosts.INTUIT_ORIGINS:
            return SITES[environment == SANDBOX]
        return origin
