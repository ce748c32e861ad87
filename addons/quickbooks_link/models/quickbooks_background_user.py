from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..groups import MANAGER


class QuickBooksBackgroundUser(models.Model):
    """One place in a company's list "Run Background Sync As"."""

    _name = "quickbooks.background.user"
    _description = "QuickBooks Background Sync User"
    _order = "sequence, id"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(
        default=10, help="The background sync tries the users from top to bottom."
    )
    user_id = fields.Many2one(
        "res.users",
        required=True,
        ondelete="cascade",
        domain=lambda self: [
            ("share", "=", False),
            ("all_group_ids", "in", self.env.ref(MANAGER).ids),
        ],
        help="An ERP manager who has access to the company in QuickBooks Online.",
    )
    login_state = fields.Selection(
        [
            ("active", "Logged in to QuickBooks"),
            ("reconnect", "Has to log in again"),
            ("missing", "Has not logged in yet"),
            ("unfit", "Can't run the sync"),
        ],
        string="QuickBooks Login",
        compute="_compute_login_state",
        help="Whether QuickBooks can be called as this user now.",
    )
    login_problem = fields.Char(string="What to Do", compute="_compute_login_state")

    _user_unique = models.Constraint(
        "UNIQUE (company_id, user_id)",
        "A user can stand in the list Run Background Sync As only once.",
    )

    @api.depends(
        "user_id.active",
        "user_id.group_ids",
        "user_id.company_ids",
        "company_id.quickbooks_connection_ids.token_ids.state",
        "company_id.quickbooks_connection_ids.token_ids.problem",
    )
    def _compute_login_state(self):
        for line in self:
            problem = line._access_problem()
            line.login_state = problem.state if problem else "active"
            line.login_problem = problem and problem.words

    def _access_problem(self):
        """Return why the user can't sync the company, or nothing."""
        connection = self.company_id.quickbooks_connection_id
        if not connection:
            return connection._login_problem(connection.token_ids)
        return self.user_id and connection._access_problem(self.user_id)

    @api.constrains("user_id", "company_id")
    def _check_user(self):
        for line in self:
            if not line.user_id.has_group(MANAGER):
                raise ValidationError(
                    self.env._(
                        "%(user)s is not an ERP manager. Only users with the group "
                        "“Access Rights” can run the background sync.",
                        user=line.user_id.name,
                    )
                )
            if line.company_id not in line.user_id.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s has no access to %(company)s.",
                        user=line.user_id.name,
                        company=line.company_id.name,
                    )
                )
