from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from ..groups import MANAGER


class QuickBooksTaxCode(models.Model):
    """What Odoo makes of a tax code: mapped, or put aside for good."""

    _inherit = "quickbooks.tax.code"

    tax_ids = fields.One2many(
        "account.tax",
        "quickbooks_tax_code_id",
        string="Taxes",
        readonly=True,
        context={"active_test": False},
    )
    # Not `active`, which is QuickBooks' and which every sync writes.
    deactivated = fields.Boolean(
        string="Deactivated in Odoo",
        readonly=True,
        help="Nobody needs this tax code here: it can't be chosen for taxes. "
        "QuickBooks is not touched, and a sync doesn't change it.",
    )

    def action_deactivate(self):
        """Put unused tax codes aside."""
        self._check_manager()
        used = self.filtered("tax_ids")
        if used:
            raise UserError(
                self.env._(
                    "%(codes)s can't be deactivated: still mapped to %(taxes)s.",
                    codes=format_list(self.env, used.mapped("display_name")),
                    taxes=format_list(self.env, used.tax_ids.mapped("display_name")),
                )
            )
        self.sudo().deactivated = True

    def action_reactivate(self):
        """Offer the tax codes for taxes again."""
        self._check_manager()
        self.sudo().deactivated = False

    def _check_manager(self):
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only ERP managers can use the link to QuickBooks.")
            )
        self.check_access("read")
