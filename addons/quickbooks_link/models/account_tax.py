from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare, float_repr, format_list

from ..groups import READERS


class AccountTax(models.Model):
    """Taxes, each with the QuickBooks Tax Code that its lines get."""

    _inherit = "account.tax"

    quickbooks_tax_code_id = fields.Many2one(
        "quickbooks.tax.code",
        string="QuickBooks Tax Code",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        copy=False,
        domain="[('deactivated', '=', False)]",
        groups=READERS,
        help="The tax code that lines with this tax get in QuickBooks.",
    )
    quickbooks_rate_note = fields.Char(
        compute="_compute_quickbooks_rate_note",
        compute_sudo=True,
        string="QuickBooks Rate",
        groups=READERS,
        help="Tells where the rate in QuickBooks is another than here.",
    )
    quickbooks_group_note = fields.Char(
        compute="_compute_quickbooks_group_note",
        compute_sudo=True,
        groups=READERS,
        help="What the tax codes of a group and of its parts mean for documents.",
    )

    @api.depends(
        "amount",
        "amount_type",
        "type_tax_use",
        "children_tax_ids.amount",
        "children_tax_ids.include_base_amount",
        "quickbooks_tax_code_id.sales_rate",
        "quickbooks_tax_code_id.purchase_rate",
    )
    @api.depends_context("lang")
    def _compute_quickbooks_rate_note(self):
        for tax in self:
            tax.quickbooks_rate_note = tax._quickbooks_compare_rates()

    @api.depends(
        "amount_type",
        "quickbooks_tax_code_id",
        "children_tax_ids.quickbooks_tax_code_id",
    )
    @api.depends_context("lang")
    def _compute_quickbooks_group_note(self):
        for tax in self:
            is_group = tax.amount_type == "group"
            tax.quickbooks_group_note = is_group and tax._quickbooks_describe_group()

    @api.constrains("quickbooks_tax_code_id")
    def _check_quickbooks_tax_code_id(self):
        for code in self.sudo().quickbooks_tax_code_id:
            if not code.active:
                raise ValidationError(
                    self.env._(
                        "“%s” is inactive in QuickBooks: choose an active tax code.",
                        code.display_name,
                    )
                )
            if code.deactivated:
                raise ValidationError(
                    self.env._(
                        "“%s” was deactivated in Odoo: choose another tax code, or "
                        "activate it under QuickBooks Tax Codes.",
                        code.display_name,
                    )
                )

    # === For documents === #

    def _quickbooks_tax_code(self):
        """Return the tax codes that a line with these taxes gets in QuickBooks.

        QuickBooks takes one on each line, so the line can be posted if there is
        exactly one. A group without a tax code of its own counts as its parts.
        As superuser; also inactive ones.
        """
        codes = self.env["quickbooks.tax.code"].sudo()
        for tax in self.sudo():
            codes |= tax._quickbooks_own_code()
            if not tax._quickbooks_own_code():
                codes |= tax.children_tax_ids._quickbooks_tax_code()
        return codes

    def _quickbooks_unmapped(self):
        """Return those of the taxes, or parts of groups, that lack a tax code."""
        taxes = self.sudo().filtered(lambda tax: not tax._quickbooks_own_code())
        groups = taxes.filtered("children_tax_ids")
        parts = groups.children_tax_ids
        return (taxes - groups) | (parts and parts._quickbooks_unmapped())

    def _quickbooks_own_code(self):
        return self.quickbooks_tax_code_id._quickbooks_of(self.company_id)

    # === In words === #

    def _quickbooks_compare_rates(self):
        """Say how the rates differ, or nothing."""
        ours, code = self._quickbooks_rate(), self.quickbooks_tax_code_id
        sides = {
            "sale": (code.has_sales_rate, code.sales_rate),
            "purchase": (code.has_purchase_rate, code.purchase_rate),
        }
        known, theirs = sides.get(self.type_tax_use, (False, 0.0))
        if ours is None or not (code.has_sales_rate or code.has_purchase_rate):
            return False
        if self.type_tax_use in sides and not known:
            return self.env._("QuickBooks has no rate of this code for such documents.")
        if not known or float_compare(ours, theirs, precision_digits=4) == 0:
            return False
        return self.env._(
            "%(ours)s%% here, %(theirs)s%% in QuickBooks",
            ours=_percent(ours),
            theirs=_percent(theirs),
        )

    def _quickbooks_rate(self):
        """Return what the tax comes to, in percent of the price without it.

        None if that is not a matter of percentages.
        """
        if self.amount_type == "percent":
            return self.amount
        if self.amount_type == "division" and self.amount < 100:
            return 100 * self.amount / (100 - self.amount)
        if self.amount_type == "group":
            return self.children_tax_ids._quickbooks_rate_together()
        return None

    def _quickbooks_rate_together(self):
        total, base = 0.0, 100.0
        for tax in self.sorted("sequence"):
            rate = tax._quickbooks_rate()
            if rate is None:
                return None
            total += base * rate / 100
            if tax.include_base_amount:
                base += base * rate / 100
        return total

    def _quickbooks_describe_group(self):
        """Say what the tax codes of a group and of its parts mean for documents."""
        own = self.quickbooks_tax_code_id
        codes = self.children_tax_ids.quickbooks_tax_code_id
        if own:
            return self.env._(
                "Mapped as a whole: lines with this group get “%s” in QuickBooks. "
                "The tax codes of its parts are not used.",
                own.display_name,
            )
        if not codes:
            return self.env._(
                "Map the group as a whole with a tax code here, or by part with tax "
                "codes on its children. QuickBooks takes one tax code on each line, so "
                "by part works only where all parts have the same one."
            )
        return self._quickbooks_describe_parts(codes)

    def _quickbooks_describe_parts(self, codes):
        """Say what it means that parts of the group have tax codes.

        :param codes: those of all parts, at least one
        """
        unmapped = self.children_tax_ids._quickbooks_unmapped()
        if len(codes) > 1:
            return self.env._(
                "Mapped by part, to %s. QuickBooks takes one tax code on each line: "
                "documents with this group can't be posted until you choose one tax "
                "code for the whole group here.",
                format_list(self.env, codes.mapped("display_name")),
            )
        if unmapped:
            return self.env._(
                "Mapped by part, but %(parts)s has no tax code: documents with this "
                "group can't be posted until it has “%(code)s” too, or the group has a "
                "tax code of its own.",
                parts=format_list(self.env, unmapped.mapped("name")),
                code=codes.display_name,
            )
        return self.env._(
            "Mapped by part: lines with this group get “%s”, the tax code of all its "
            "parts.",
            codes.display_name,
        )


def _percent(rate):
    """Return a percentage without idle zeros: 20, 14.975."""
    return float_repr(rate, 4).rstrip("0").rstrip(".")
