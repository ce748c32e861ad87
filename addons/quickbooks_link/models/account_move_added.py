"""What other addons add to the invoices and credit notes that QuickBooks is sent."""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _quickbooks_added_fields(self):
        """Return fields to add to the document in QuickBooks; to be extended.

        They are sent with the others, compared with QuickBooks' answer, followed when
        somebody changes them there, and emptied once they have no value any more. The
        fields that the link itself writes can't be replaced.

        :return: values as QuickBooks takes them, by the names of the Invoice's or
            CreditMemo's fields; what has no value may be empty. Numbers are ``int`` or
            ``Decimal``, never ``float``.
        """
        self.ensure_one()
        return {}


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _quickbooks_added_fields(self):
        """Return fields to add to the line's ``SalesItemLineDetail``; to be extended.

        What holds of a document's own added fields holds of these.
        """
        self.ensure_one()
        return {}
