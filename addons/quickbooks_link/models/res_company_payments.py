from datetime import timedelta

from odoo import fields, models

from ..document_reading import connection_of
from ..groups import MANAGER


class ResCompany(models.Model):
    """The part "Invoices and Payments" of the tab Junari QuickBooks Link."""

    _inherit = "res.company"

    quickbooks_payments = fields.Selection(
        [
            ("create", "Create payments in Odoo"),
            ("show", "Only show the QuickBooks balance and paid state"),
        ],
        string="Payments from QuickBooks",
        default="create",
        required=True,
        groups=MANAGER,
        help="Create: each payment that pays invoices of Odoo is booked in Odoo and "
        "reconciled as in QuickBooks. Only show: Odoo's books stay as they are.",
    )
    quickbooks_payments_from = fields.Date(
        string="Customer Credit From",
        groups=MANAGER,
        help="Payments that pay nothing yet are booked in Odoo if they are of this "
        "date or later; if it is empty, of the day the company was connected or later.",
    )
    quickbooks_payments_out = fields.Selection(
        [
            ("off", "Stay in Odoo"),
            ("ask", "Are offered to QuickBooks"),
            ("send", "Are sent to QuickBooks"),
        ],
        string="Payments Registered in Odoo",
        default="off",
        required=True,
        groups=MANAGER,
        help="Offered: an ERP manager decides on each under Payments for QuickBooks. "
        "Sent: at once, if the one who registers it has ERP Manager access; else they "
        "are offered.",
    )
    quickbooks_payment_journal_id = fields.Many2one(
        "account.journal",
        string="Payments Journal",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
        groups=MANAGER,
        help="Where payments are booked whose method and account have no journal of "
        "their own below. If it is empty, in the first bank journal.",
    )
    quickbooks_payment_route_ids = fields.One2many(
        "quickbooks.payment.route",
        "company_id",
        string="Journals",
        groups=MANAGER,
        help="Which Odoo journal payments of QuickBooks go to.",
    )
    quickbooks_payments_last_completed = fields.Datetime(
        string="Invoices and Payments Last Completed",
        compute="_compute_quickbooks_of_connection",
        groups=MANAGER,
        help="When what had changed of invoices and payments was last pulled.",
    )

    def action_quickbooks_sync_payments(self):
        """Pull the balances of invoices, and the payments behind them."""
        return self._quickbooks_sync("payments")

    def _quickbooks_journal(self):
        """Return the journal for payments that have none of their own."""
        self.ensure_one()
        chosen = self.sudo().quickbooks_payment_journal_id
        journals = self.env["account.journal"].sudo()
        return chosen or journals.search(
            [
                *journals._check_company_domain(self),
                ("type", "in", ("bank", "cash")),
                ("inbound_payment_method_line_ids", "!=", False),
            ],
            # "bank" comes before "cash"
            order="type, sequence, id",
            limit=1,
        )

    def _quickbooks_payments_since(self):
        """Return the first day whose unapplied payments are booked in Odoo."""
        self.ensure_one()
        chosen = self.sudo().quickbooks_payments_from
        # QuickBooks' day begins in California.
        connected = connection_of(self).create_date - timedelta(days=1)
        return chosen or connected.date()
