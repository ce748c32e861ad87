from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..client_actions import close_dialog, notification, soft_reload
from ..exceptions import LockedError, MendableError
from ..qbo import exactjson

ADVISER = "account.group_account_manager"
# How long an exception to the lock dates holds: for this, and not for ever.
HOLDS = timedelta(hours=1)


class QuickBooksDocumentTake(models.TransientModel):
    """What of an invoice would change if QuickBooks' version were taken over."""

    _name = "quickbooks.document.take"
    _description = "Take Over QuickBooks' Version"

    document_id = fields.Many2one(
        "quickbooks.document", required=True, readonly=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "quickbooks.reconciliation.line", readonly=True, ondelete="set null"
    )
    record = fields.Text(readonly=True, groups=fields.NO_ACCESS)
    changes = fields.Html(
        readonly=True, sanitize=False, help="Field by field: Odoo now, and afterwards."
    )
    left = fields.Text(
        readonly=True, help="What QuickBooks will hold otherwise even then."
    )
    obstacle = fields.Text(
        readonly=True, help="Why Odoo can't take it over, and what to do."
    )
    way = fields.Json(readonly=True, groups=fields.NO_ACCESS)
    has_way = fields.Boolean(readonly=True)
    locks = fields.Json(readonly=True, groups=fields.NO_ACCESS)
    can_except = fields.Boolean(compute="_compute_can_except", compute_sudo=True)

    @api.depends("locks")
    @api.depends_context("uid")
    def _compute_can_except(self):
        adviser = self.env.user.has_group(ADVISER)
        for wizard in self:
            wizard.can_except = adviser and bool(wizard.locks)

    def _open_for(self, document, record):
        """Return the action that shows what taking ``record`` over would do."""
        values = self._rehearsed(document, record)
        wizard = self.create({"document_id": document.id})
        wizard.sudo().write(values)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take Over QuickBooks' Version"),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _rehearsed(self, document, record):
        """Return the values that show what taking ``record`` over would do."""
        changes, left, error = document._rehearse_taking(record)
        table = document._table_of(
            changes, self.env._("Odoo now"), self.env._("Afterwards")
        )
        return {
            "line_id": self._finding_about(document).id,
            "record": exactjson.dumps(record),
            "changes": table or Markup("<p>%s</p>") % self._words_same(),
            "left": left,
            **self._told_of(error),
        }

    def _finding_about(self, document):
        """Return the finding from which the person came here, if it is about that.

        A context says what it likes: the finding is read with the person's own rights.
        """
        found = self.env["quickbooks.reconciliation.line"].browse(
            self.env.context.get("quickbooks_reconciliation_line")
        )
        return found.filtered(lambda line: line.move_id == document.move_id)

    def _told_of(self, error):
        """Return what is told of an obstacle, with the way past it if there is one."""
        if not error:
            return {}
        way = error.args[1] if isinstance(error, MendableError) else False
        locks = error.locks if isinstance(error, LockedError) else []
        names = [name for _day, name in locks]
        soft = "hard_lock_date" not in names and names
        return {
            "obstacle": error.args[0],
            "way": way,
            "has_way": bool(way),
            "locks": soft,
        }

    def _words_same(self):
        return self.env._(
            "Nothing of the document itself differs. What is still owed for it follows "
            "with the payments: sync Invoices and Payments."
        )

    def action_take(self):
        """Do what was shown."""
        self.ensure_one()
        self.document_id._check_takes_over()
        if self.obstacle:
            raise UserError(self.obstacle)
        record = exactjson.loads(self.sudo().record)
        self.document_id._take_over(record)
        self.sudo().line_id.done = "taken"
        return soft_reload()

    def action_way(self):
        """Open the record that is to be mended first."""
        self.ensure_one()
        self.document_id._check_takes_over()
        return self.sudo().way

    def action_except(self):
        """Make an exception to the lock dates, of Odoo's own kind: for this person.

        Odoo notes it on the company, and what is done with it; it can be revoked.
        """
        self.ensure_one()
        self.document_id._check_takes_over()
        if not self.can_except:
            raise UserError(
                self.env._("There is no lock date to make an exception to.")
            )
        until = fields.Datetime.now() + HOLDS
        exceptions = self.env["account.lock_exception"]
        for company, name in self._locked():
            exceptions.create(self._prepare_exception(company, name, until))
        words = self.env._(
            "You may change it until %s. Press Take Over QuickBooks' again.",
            format_datetime(self.env, until, dt_format="short"),
        )
        return notification(words, close_dialog(), kind="info")

    def _locked(self):
        """Yield the companies whose lock dates are in the way, and their fields."""
        day = self._first_day()
        for name in self.sudo().locks:
            for company in self.document_id.company_id.sudo().parent_ids:
                if company[name] and day <= company[name]:
                    yield company, name

    def _first_day(self):
        """Return the earliest day on which something would be changed."""
        record = exactjson.loads(self.sudo().record)
        theirs = fields.Date.to_date(record["TxnDate"])
        return min(self.document_id.move_id.date, theirs)

    def _prepare_exception(self, company, name, until):
        return {
            "company_id": company.id,
            "user_id": self.env.uid,
            "lock_date_field": name,
            "lock_date": self._first_day() - timedelta(days=1),
            "end_datetime": until,
            "reason": self.env._(
                "Take over QuickBooks' version of %s",
                self.document_id.move_id.display_name,
            ),
        }
