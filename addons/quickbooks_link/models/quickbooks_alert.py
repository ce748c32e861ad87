import logging

from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import plaintext2html

from .. import health
from ..groups import MANAGER

_logger = logging.getLogger(__name__)


class QuickBooksAlert(models.Model):
    """Something that a person was told of, until it is mended.

    The row is what keeps a person from hearing twice: as long as it is open the same
    problem is not told again, also if its activity was marked as done.
    """

    _name = "quickbooks.alert"
    _description = "QuickBooks Alert"
    _order = "id desc"
    _rec_name = "text"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    key = fields.Char(required=True, readonly=True)
    text = fields.Text(string="What Is Wrong", readonly=True)
    cleared_at = fields.Datetime(string="Mended", readonly=True)
    activity_ids = fields.Many2many("mail.activity", readonly=True)

    _one_open = models.UniqueIndex(
        "(company_id, key) WHERE cleared_at IS NULL",
        "This problem was told of already.",
    )

    @api.model
    def _cron_check(self):
        """Tell of what has gone wrong since the last time, clear what is mended."""
        connections = self.env["quickbooks.connection"].search(
            [("company_id.active", "=", True)]
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(connections))
        for connection in connections:
            self._check_safely(connection)
            cron._commit_progress(1)
        # What nobody was seen to mend may be mended all the same.
        self.env["quickbooks.document"]._mended(Domain.TRUE)

    @api.model
    def _check_safely(self, connection):
        try:
            with self.env.cr.savepoint():
                self._check(connection)
        except Exception:
            # One company's trouble must not keep the others' from being told.
            _logger.exception("The health of %s was not checked", connection)

    @api.model
    def _check(self, connection):
        """Bring the alerts of one company up to date."""
        company = connection.company_id
        found = {one.key: one for one in health.problems(connection) if one.tell}
        known = self.search(
            [("company_id", "=", company.id), ("cleared_at", "=", False)]
        )
        for alert in known:
            if alert.key not in found:
                alert._clear()
            elif alert.text != found[alert.key].text:
                alert._follow(found[alert.key])
        for key in found.keys() - set(known.mapped("key")):
            alert = self.create(
                {"company_id": company.id, "key": key, "text": found[key].text}
            )
            alert._tell(connection)

    # === Telling === #

    def _tell(self, connection):
        """Give each of the people an activity; write a mail where one is wanted."""
        for user in connection._people_to_tell():
            self.activity_ids += self._tell_user(connection, user)
        self._tell_by_mail(connection)

    def _tell_user(self, connection, user):
        words = self._words_for(connection, user)
        company = self.company_id.with_context(
            lang=user.lang, mail_activity_quick_update=True
        )
        return company.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=company.env._("QuickBooks: %s", self.company_id.name),
            note=plaintext2html(words),
            user_id=user.id,
        )

    def _words_for(self, connection, reader):
        """Return what is wrong in the words, and by the clock, of a user or partner."""
        seen = connection.with_context(lang=reader.lang, tz=reader.tz)
        words = {one.key: one.text for one in health.problems(seen)}
        return words.get(self.key, self.text)

    def _tell_by_mail(self, connection):
        """Write to whom the company names, as to those who look after the link."""
        company = self.company_id
        if not company.quickbooks_alert_email:
            return
        reader = connection._people_to_tell()[:1] or company.partner_id
        seen = self.with_context(lang=reader.lang)
        self.env["mail.mail"].create(
            {
                "subject": seen.env._("QuickBooks: %s", company.name),
                "body_html": seen._mail_body(connection, reader),
                "email_to": company.quickbooks_alert_email,
                "email_from": company.email_formatted or self.env.user.email_formatted,
                "auto_delete": True,
            }
        )

    def _mail_body(self, connection, reader):
        """Return what is wrong, and where to look at it and mend it."""
        link = Markup('<p><a href="%s">%s</a></p>') % (
            f"{self.company_id.get_base_url()}/odoo/quickbooks",
            self.env._("Open the QuickBooks dashboard"),
        )
        return plaintext2html(self._words_for(connection, reader)) + link

    def _follow(self, problem):
        """Bring the numbers up to date where they stand; nobody hears again."""
        self.text = problem.text
        self.activity_ids.note = plaintext2html(problem.text)

    # === Mended === #

    def _clear(self):
        """Take the activities away: there is nothing to do any more."""
        self.activity_ids.exists().filtered("active").unlink()
        self.cleared_at = fields.Datetime.now()

    @api.autovacuum
    def _gc_cleared(self):
        """Forget what was mended long ago."""
        before = fields.Datetime.subtract(fields.Datetime.now(), months=6)
        self.search([("cleared_at", "<", before)]).unlink()


class QuickBooksConnection(models.Model):
    _inherit = "quickbooks.connection"

    def _people_to_tell(self):
        """Return the users of Run Background Sync As, or else who has connected."""
        self.ensure_one()
        chosen = self.company_id.sudo().quickbooks_background_user_ids.user_id
        people = chosen or self.sudo().token_ids.user_id
        return people.filtered(lambda user: user.active and user.has_group(MANAGER))


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "mail.activity.mixin"]

    quickbooks_alert_email = fields.Char(
        string="Tell Also by E-Mail",
        groups=MANAGER,
        help="Who gets a mail when the link has failed for long, a log-in is about to "
        "end, or documents wait longer than a day. Separate several with commas.",
    )
