from markupsafe import Markup
from odoo import fields, models
from odoo.exceptions import UserError

from ..qbo import exactjson


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

    def _open_for(self, document, record):
        """Return the action that shows what taking ``record`` over would do."""
        changes, left, obstacle = document._rehearse_taking(record)
        wizard = self.create({"document_id": document.id})
        wizard.sudo().write(
            {
                "line_id": self.env.context.get("quickbooks_reconciliation_line"),
                "record": exactjson.dumps(record),
                "changes": document._table_of(
                    changes, self.env._("Odoo now"), self.env._("Afterwards")
                )
                or Markup("<p>%s</p>") % self._words_same(),
                "left": left,
                "obstacle": obstacle,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take Over QuickBooks' Version"),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
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
        return {"type": "ir.actions.client", "tag": "soft_reload"}
