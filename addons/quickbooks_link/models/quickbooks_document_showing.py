from odoo import api, fields, models


class QuickBooksDocument(models.Model):
    """What forms and lists show of a document, in words."""

    _inherit = "quickbooks.document"

    # The engine tells no difference; people do.
    shown_state = fields.Selection(
        "_selection_shown_state",
        string="QuickBooks Status",
        compute="_compute_shown_state",
        help="How far the document is on its way to QuickBooks.",
    )
    reason = fields.Text(
        string="What to Do",
        compute="_compute_reason",
        compute_sudo=True,
        help="What keeps it from QuickBooks, or what has to be decided.",
    )

    @api.model
    def _selection_shown_state(self):
        """Return the states as people tell them apart, in the user's language."""
        states = dict(self._fields["state"]._description_selection(self.env))
        words = {"voided": self.env._("Voided"), "deleted": self.env._("Deleted")}
        return [*{**states, **words}.items()]

    @api.depends("state", "there")
    def _compute_shown_state(self):
        for document in self:
            gone = document.state == "voided" and document.there == "deleted"
            document.shown_state = "deleted" if gone else document.state

    @api.depends("error", "there", "seen", "changed_to")
    @api.depends_context("lang")
    def _compute_reason(self):
        for document in self:
            document.reason = document._what_to_choose() or document.error

    def _what_to_choose(self):
        """Return what to do about both versions, where the error lists the changes.

        The form has a table of them already.
        """
        changes = self._changes_there()
        lines = (self.error or "").splitlines()
        # A line above them, and one below.
        if not changes or len(lines) != len(changes) + 2:
            return False
        there = dict(self._fields["there"]._description_selection(self.env))
        return f"{there[self.there]}. {lines[-1]}"
