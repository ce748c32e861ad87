from odoo import fields, models

from ..groups import ADMIN
from .quickbooks_connection_traffic import FREE_CALLS, WARN_AT


class ResConfigSettings(models.TransientModel):
    """How many calls are free, and for how long syncs are kept."""

    _inherit = "res.config.settings"

    quickbooks_free_calls = fields.Integer(
        string="Free Metered Calls",
        config_parameter="quickbooks_link.free_calls",
        default=FREE_CALLS,
        groups=ADMIN,
        help="Reads a month that Intuit's plan includes, for all companies together.",
    )
    quickbooks_warn_at = fields.Integer(
        string="Warn At (%)",
        config_parameter="quickbooks_link.warn_at",
        default=WARN_AT,
        groups=ADMIN,
        help="The company tab warns when this share of the free calls is used, or "
        "will be by the end of the month.",
    )
    quickbooks_keep_days = fields.Integer(
        string="Keep Sync History (days)",
        config_parameter="quickbooks_link.keep_days",
        default=60,
        groups=ADMIN,
        help="Older syncs are deleted, but for the last of each company.",
    )
