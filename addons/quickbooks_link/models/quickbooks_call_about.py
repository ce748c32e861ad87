"""What calls are about, and the buttons that show them."""

from odoo import fields, models

from ..groups import MANAGER


class QuickBooksHistoried(models.AbstractModel):
    """Records that calls to QuickBooks are about."""

    _name = "quickbooks.historied"
    _description = "QuickBooks History"

    quickbooks_call_count = fields.Integer(
        string="Calls",
        compute="_compute_quickbooks_call_count",
        groups=MANAGER,
        help="How many calls to QuickBooks were about it.",
    )

    def _compute_quickbooks_call_count(self):
        subjects = self.env["quickbooks.call.subject"]
        groups = subjects._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)],
            ["res_id"],
            ["__count"],
        )
        counts = dict(groups)
        for record in self:
            record.quickbooks_call_count = counts.get(record.id, 0)

    def action_quickbooks_history(self):
        """Show the calls to QuickBooks that the records are about."""
        return self.env["quickbooks.call"]._action_about(self)


class QuickBooksDocument(models.Model):
    _name = "quickbooks.document"
    _inherit = ["quickbooks.document", "quickbooks.historied"]

    def _look_and_call(self, client):
        # EXTENDS: for the history
        with client.about(self):
            return super()._look_and_call(client)

    def _create_one(self, client):
        # EXTENDS: for the history
        with client.about(self):
            return super()._create_one(client)

    def _update_one(self, client):
        # EXTENDS: for the history
        with client.about(self):
            return super()._update_one(client)

    def _look(self, client):
        # EXTENDS: for the history
        with client.about(self):
            return super()._look(client)

    def _create_many(self, client):
        # EXTENDS: for the history
        with client.about(self):
            return super()._create_many(client)


class QuickBooksSyncRun(models.Model):
    _name = "quickbooks.sync.run"
    _inherit = ["quickbooks.sync.run", "quickbooks.historied"]


class QuickBooksCustomer(models.Model):
    _inherit = "quickbooks.customer"

    def _quickbooks_refresh(self, client):
        # EXTENDS: for the history
        with client.about(self.partner_id or self):
            return super()._quickbooks_refresh(client)


class QuickBooksCustomerRequest(models.Model):
    _inherit = "quickbooks.customer.request"

    def _attempt(self, client, again):
        # EXTENDS: for the history
        with client.about(self.partner_id):
            return super()._attempt(client, again)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_quickbooks_history(self):
        """Show the calls to QuickBooks that are about the contact."""
        return self.env["quickbooks.call"]._action_about(self)


class ResCompany(models.Model):
    _inherit = "res.company"

    quickbooks_history_days = fields.Integer(
        string="Keep QuickBooks History",
        default=90,
        groups=MANAGER,
        help="For so many days it can be seen what was sent to QuickBooks and what it "
        "answered.",
    )

    _quickbooks_history_days = models.Constraint(
        "CHECK (quickbooks_history_days >= 1)",
        "Keep the history of QuickBooks for a day or more.",
    )
