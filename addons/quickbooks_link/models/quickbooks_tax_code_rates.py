from odoo import api, fields, models


class QuickBooksTaxCode(models.Model):
    """The rates that a tax code charges on sales, as documents need them."""

    _inherit = "quickbooks.tax.code"

    sales_rate_list = fields.Json(
        readonly=True,
        help="SalesTaxRateList and its tax rates, in QuickBooks' words.",
    )

    @api.model
    def _quickbooks_values(self, record, lookups):
        # EXTENDS quickbooks.tax.code
        return {
            **super()._quickbooks_values(record, lookups),
            "sales_rate_list": _sales_rate_list(record),
        }


def _sales_rate_list(record):
    details = (record.get("SalesTaxRateList") or {}).get("TaxRateDetail") or []
    rates = record.get("TaxRates") or {}
    ids = [str(detail["TaxRateRef"]["value"]) for detail in details]
    names = ("RateValue", "EffectiveTaxRate")
    return _plain(
        {
            "code": {"SalesTaxRateList": {"TaxRateDetail": details}},
            "rates": {
                rate_id: {name: rates[rate_id].get(name) for name in names}
                for rate_id in ids
                if rate_id in rates
            },
        }
    )


def _plain(value):
    """Return JSON without numbers, whose digits would not survive it."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value if value is None or isinstance(value, (bool, str)) else str(value)
