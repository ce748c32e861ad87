from odoo import api, fields, models

from ..qbo import statements, taxes
from ..qbo.errors import UnexpectedAnswerError
from .quickbooks_mirror import ACTIVE_OR_NOT

ENTITIES = ("TaxCode", "TaxRate")


class QuickBooksTaxCode(models.Model):
    """A tax code as QuickBooks holds it, with what it amounts to today."""

    _name = "quickbooks.tax.code"
    _inherit = "quickbooks.mirror"
    _description = "QuickBooks Tax Code"
    _rec_names_search = ["name", "description"]

    _quickbooks_entity = "TaxCode"
    _quickbooks_list = "tax_codes"
    _quickbooks_sequence = 30
    _quickbooks_tells_changes = False
    _quickbooks_action = "quickbooks_link.action_quickbooks_tax_code"

    name = fields.Char(string="Tax Code", help="The name in QuickBooks.")
    description = fields.Char(readonly=True, help="The description in QuickBooks.")
    sales_rate = fields.Float(
        string="Sales Rate (%)",
        readonly=True,
        min_display_digits=2,
        aggregator=None,
        help="What the code comes to on sales, with today's rates.",
    )
    purchase_rate = fields.Float(
        string="Purchase Rate (%)",
        readonly=True,
        min_display_digits=2,
        aggregator=None,
        help="What the code comes to on purchases, with today's rates.",
    )
    has_sales_rate = fields.Boolean(string="Has a Rate on Sales", readonly=True)
    has_purchase_rate = fields.Boolean(string="Has a Rate on Purchases", readonly=True)
    taxable = fields.Boolean(
        readonly=True, help="Whether lines with this code are taxed."
    )
    tax_group = fields.Boolean(
        readonly=True, help="The code combines several tax rates."
    )

    @api.model
    def _quickbooks_values(self, record, lookups):
        # EXTENDS quickbooks.mirror
        return {
            **super()._quickbooks_values(record, lookups),
            "description": record.get("Description"),
            "taxable": record.get("Taxable", False),
            "tax_group": record.get("TaxGroup", False),
            **_rates(record, lookups.today),
        }

    @api.model
    def _quickbooks_read(self, client, start):
        """Return all tax codes, each with the tax rates it is made of.

        OVERRIDE quickbooks.mirror: rates are records of their own. Both lists are
        short, so one call brings them together, and they fit each other.
        """
        pages = client.query_batch(self._quickbooks_lists())
        return self._quickbooks_complete(client, pages), True

    @api.model
    def _quickbooks_lists(self):
        """Return the statements that bring the first page of each list."""
        return {entity: statements.select(entity, ACTIVE_OR_NOT) for entity in ENTITIES}

    @api.model
    def _quickbooks_complete(self, client, pages):
        """Return the tax codes of ``pages`` and of those that follow."""
        codes, rates = (
            _whole_list(client, entity, pages[entity].rows) for entity in ENTITIES
        )
        by_id = {str(rate["Id"]): rate for rate in rates}
        return [{**code, "TaxRates": by_id} for code in codes]

    @api.model
    def _quickbooks_find(self, client, quickbooks_ids):
        # OVERRIDE quickbooks.mirror
        codes, _complete = self._quickbooks_read(client, 1)
        return [code for code in codes if str(code["Id"]) in quickbooks_ids]


def _whole_list(client, entity, rows):
    """Return ``rows``, a first page, with the pages that follow it."""
    if len(rows) < statements.MAX_PAGE:
        return rows
    following = client.pages(entity, ACTIVE_OR_NOT, start=len(rows) + 1)
    return rows + [row for page in following for row in page]


def _rates(record, today):
    try:
        rates = taxes.code_rates(record, record.get("TaxRates", {}), today)
    except taxes.UnknownTaxRateError as error:
        raise UnexpectedAnswerError(str(error)) from error
    return {
        "sales_rate": rates.sales or 0,
        "purchase_rate": rates.purchase or 0,
        "has_sales_rate": rates.sales is not None,
        "has_purchase_rate": rates.purchase is not None,
    }
