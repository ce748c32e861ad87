import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

from ..database_errors import DATABASE_GAVE_UP
from ..document_checks import checks
from ..document_reading import Reader
from ..qbo import exactjson

_logger = logging.getLogger(__name__)

# How many documents are looked at in one transaction.
AT_ONCE = 50
# Refusals that something done in QuickBooks ends, with the very same document: the
# period was opened, the record made active again.
OF_PERIOD = ("6200", "6210")
OF_REFERENCE = ("610", "2500")


class QuickBooksDocument(models.Model):
    """Documents that waited for something to be mended, and now may go.

    Whoever mends only marks them, as there may be thousands. The scheduler looks at
    them at once: what is complete becomes due, the others say what is still missing.
    """

    _inherit = "quickbooks.document"

    recheck = fields.Boolean(
        readonly=True,
        help="Something was mended that the document may have waited for.",
    )
    refusal = fields.Char(
        string="Refused With",
        readonly=True,
        help="QuickBooks' number of the error with which it refused the document.",
    )

    _to_recheck = models.Index("(id) WHERE recheck")

    # === What they wait for === #

    def _need_attention(self, words, hold=False):
        # EXTENDS: what it was refused with is of the past
        self.write({"refusal": False, "recheck": False})
        return super()._need_attention(words, hold)

    def _refused(self, error, words):
        # EXTENDS: tell later what may end the refusal
        res = super()._refused(error, words)
        if not error.retryable:
            self.refusal = error.code
        return res

    @api.model
    def _waits_for_mending(self):
        """Return the domain of those that can't pass until something is mended."""
        held = Domain("hold", "=", "checks") | Domain("refusal", "!=", False)
        return Domain("state", "=", "attention") & held

    # === Mended === #

    @api.model
    def _mended(self, domain):
        """Let those of ``domain`` that wait be looked at again, at once."""
        rows = self.sudo().search(self._waits_for_mending() & Domain(domain))
        # One that is locked is being looked at just now.
        rows = rows.try_lock_for_update(allow_referencing=True)
        if rows:
            rows.recheck = True
            self._wake_cron(fields.Datetime.now())

    @api.model
    def _mended_there(self, company, refusals):
        """Let those that QuickBooks refused so be sent once more as they are."""
        domain = Domain("company_id", "=", company.id)
        rows = self.sudo().search(
            self._waits_for_mending() & domain & Domain("refusal", "in", refusals)
        )
        rows = rows.try_lock_for_update(allow_referencing=True)
        rows.write({"hold": "checks", "refusal": False})
        self._mended(domain)

    @api.model
    def _cron_send(self):
        # EXTENDS: what has just been mended goes along
        self._release_mended()
        return super()._cron_send()

    @api.model
    def _release_mended(self):
        """Look at the documents that are marked; make due what can pass now."""
        marked = self.search([("recheck", "=", True)], order="id").ids
        for ids in split_every(AT_ONCE, marked, list):
            self.browse(ids)._release_or_tell_all()
            self.env["ir.cron"]._commit_progress()

    def _release_or_tell_all(self):
        try:
            with self._own_transaction() as rows:
                for row in rows.filtered("recheck"):
                    row._release_or_tell()
        except DATABASE_GAVE_UP as error:
            _logger.info("QuickBooks documents %s wait: %s", self.ids, error)

    def _release_or_tell(self):
        """Become due, or say what is still to be mended."""
        self.recheck = False
        if self.state != "attention" or self.move_id.state != "posted":
            return
        document = self.with_context(lang=self.user_id.lang or self.env.lang)
        blocking = [one.message for one in checks(document.move_id) if one.blocks]
        if not blocking and document._would_pass():
            document._release()
        elif document.hold == "checks" and document.error != "\n".join(blocking):
            document._need_attention("\n".join(blocking), hold="checks")

    def _would_pass(self):
        """Return whether QuickBooks might take it now: not the same again."""
        if self.hold == "checks":
            return True
        refused = exactjson.loads(self.payload)
        return exactjson.loads(self._paper(Reader()).payload) != refused

    def _release(self):
        self._wait_for(self.user_id)
        if self.next_try:
            # The head start is for who posts; here the scheduler itself sends.
            self.next_try = fields.Datetime.now()
