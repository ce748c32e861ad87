from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list, plaintext2html

from ..document_reading import connection_of
from ..groups import MANAGER

HELP = "quickbooks_link.mail_activity_help"
# How many ERP managers hear of it where nobody in particular looks after the link.
MOST_ASKED = 5
# There is nothing left to help with.
SETTLED = ("sent", "voided")


class AccountMove(models.Model):
    """Asking an ERP manager for what only one of them can do."""

    _inherit = "account.move"

    quickbooks_asked = fields.Boolean(
        string="QuickBooks: Help Wanted",
        readonly=True,
        copy=False,
        help="An ERP manager was asked to help this document on its way to QuickBooks.",
    )

    _quickbooks_asked = models.Index("(id) WHERE quickbooks_asked")

    def action_quickbooks_ask(self):
        """Give the ERP managers who look after the link an activity."""
        self.check_access("write")
        for move in self:
            move._quickbooks_ask()
        return True

    def _quickbooks_ask(self):
        people = self._quickbooks_people_to_ask()
        if not people:
            raise UserError(
                self.env._(
                    "No ERP manager of %s can open this document. Ask your "
                    "administrator for one.",
                    self.company_id.display_name,
                )
            )
        for user in people - self._quickbooks_people_asked():
            self._quickbooks_ask_one(user)
        self.sudo().quickbooks_asked = True

    def _quickbooks_ask_one(self, user):
        seen = self.sudo().with_context(lang=user.lang, mail_activity_quick_update=True)
        asks = seen.env._("%s asks you to help it into QuickBooks.", self.env.user.name)
        seen.activity_schedule(
            HELP,
            summary=seen.env._("Help it into QuickBooks"),
            note=Markup("<p>%s</p>%s") % (asks, seen._quickbooks_reasons(user)),
            user_id=user.id,
        )

    def _quickbooks_reasons(self, user):
        """Return what keeps it from QuickBooks, as ``user`` sees it."""
        seen = self.with_user(user).sudo()
        alerts = seen._quickbooks_alerts()
        words = (alert["message"] for alert in alerts.values())
        return Markup().join(plaintext2html(text) for text in words)

    def _quickbooks_people_to_ask(self):
        """Return who looks after the link; else some ERP managers of the company."""
        managers = self.env.ref(MANAGER).sudo().all_user_ids
        chosen = connection_of(self.company_id)._people_to_tell()
        for people in (chosen, managers):
            found = people.filtered(
                lambda user: (
                    user.active
                    and self.company_id in user.company_ids
                    and self.with_user(user)
                    .with_context(allowed_company_ids=self.company_id.ids)
                    .has_access("read")
                )
            )
            if found:
                return found[:MOST_ASKED]
        return managers.browse()

    def _quickbooks_people_asked(self):
        """Return who has been asked, and has not said that it is done."""
        if not self.quickbooks_asked:
            return self.env["res.users"]
        helping = self.env.ref(HELP)
        activities = self.sudo().activity_ids
        return activities.filtered(lambda one: one.activity_type_id == helping).user_id

    def _quickbooks_words_of_asking(self):
        """Return who was asked, in words; nothing if nobody was."""
        asked = self._quickbooks_people_asked()
        if not asked:
            return ""
        names = format_list(self.env, asked.mapped("name"))
        return self.env._("Asked to help: %s.", names)

    def _quickbooks_helped(self):
        """Take the activities away: there is nothing left to do."""
        self.activity_unlink([HELP])
        self.quickbooks_asked = False


class QuickBooksDocument(models.Model):
    _inherit = "quickbooks.document"

    @api.model
    def _has_to_follow(self):
        # EXTENDS quickbooks_link
        asked = fields.Domain("move_id.quickbooks_asked", "=", True)
        settled = fields.Domain("state", "in", SETTLED)
        return super()._has_to_follow() | asked & settled

    def _follow(self):
        # EXTENDS quickbooks_link: nobody has to help any more
        res = super()._follow()
        if self.state in SETTLED and self.move_id.quickbooks_asked:
            self.move_id._quickbooks_helped()
        return res
