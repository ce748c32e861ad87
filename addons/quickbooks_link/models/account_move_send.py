"""Nobody gets a document before it has its number: sending waits for QuickBooks.

What was asked for is kept on the invoice; once the number is there, Odoo's own job
for sending invoices sends it.
"""

from markupsafe import Markup
from odoo import api, models
from odoo.exceptions import RedirectWarning, UserError

from ..groups import ADMIN

SENDING_CRON = "account.ir_cron_account_move_send"
# What a person chose in the dialog, as it is.
CHOICES = ("sending_methods", "invoice_edi_format", "extra_edis", "mail_lang")
RECORDS = {"pdf_report": "ir.actions.report", "mail_template": "mail.template"}
TEXTS = ("mail_subject", "mail_body")


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _get_alerts(self, moves, moves_data):
        # EXTENDS account: tell before that it waits
        alerts = super()._get_alerts(moves, moves_data)
        waiting = moves.filtered(lambda move: move._quickbooks_awaits_number())
        if waiting:
            alerts["quickbooks_number"] = {
                "level": "info",
                "message": self._quickbooks_words_of_waiting(waiting),
            }
        return alerts

    @api.model
    def _quickbooks_words_of_waiting(self, moves):
        if len(moves) > 1:
            return self.env._(
                "%s of them get their numbers from QuickBooks: each goes out by itself "
                "as soon as its number is there.",
                len(moves),
            )
        return self.env._(
            "%s gets its number from QuickBooks: it goes out by itself as soon as the "
            "number is there.",
            moves.display_name,
        )

    @api.model
    def _generate_and_send_invoices(
        self,
        moves,
        from_cron=False,
        allow_raising=True,
        allow_fallback_pdf=False,
        **custom_settings,
    ):
        # EXTENDS account: those without their number wait
        waiting = moves.filtered(lambda move: move._quickbooks_awaits_number())
        if waiting:
            self._check_sending_data(waiting, **custom_settings)
            if allow_raising and not from_cron:
                self._quickbooks_check_can_wait(waiting, custom_settings)
            for move in waiting:
                settings = (from_cron and move.sending_data) or custom_settings
                self._quickbooks_hold(move, settings)
        if not moves - waiting:
            return self.env["ir.attachment"]
        return super()._generate_and_send_invoices(
            moves - waiting,
            from_cron=from_cron,
            allow_raising=allow_raising,
            allow_fallback_pdf=allow_fallback_pdf,
            **custom_settings,
        )

    @api.model
    def _quickbooks_check_can_wait(self, moves, settings):
        """Refuse what nobody would do later: a download, and sending without a job."""
        for move in moves:
            methods = settings.get(
                "sending_methods", self._get_default_sending_methods(move)
            )
            if not set(methods or ()) - {"manual"}:
                raise UserError(
                    self.env._(
                        "%s gets its number from QuickBooks. Send it to QuickBooks "
                        "first; then it can be printed.",
                        move.display_name,
                    )
                )
        self._quickbooks_check_job()

    @api.model
    def _quickbooks_check_job(self):
        cron = self.env.ref(SENDING_CRON).sudo()
        if cron.active:
            return
        words = self.env._(
            "The invoice has to wait for its number from QuickBooks, and the scheduled "
            "action “%s”, which would send it then, is switched off.",
            cron.name,
        )
        if not self.env.user.has_group(ADMIN):
            raise UserError(words)
        action = {
            "type": "ir.actions.act_window",
            "res_model": "ir.cron",
            "res_id": cron.id,
            "views": [(False, "form")],
        }
        raise RedirectWarning(words, action, self.env._("Open the Scheduled Action"))

    # === Kept until the number is there === #

    @api.model
    def _quickbooks_hold(self, move, settings):
        """Keep how ``move`` is to be sent, in place of sending it."""
        user = self.env.user
        held = settings.get("quickbooks") or self._quickbooks_kept(move, settings)
        move.sudo().write(
            {
                "sending_data": False,
                "quickbooks_sending": {
                    "author_user_id": settings.get("author_user_id") or user.id,
                    "author_partner_id": settings.get("author_partner_id")
                    or user.partner_id.id,
                    "quickbooks": held,
                },
            }
        )

    @api.model
    def _quickbooks_kept(self, move, settings):
        """Return of the settings what can be stored, and names the former number."""
        kept = {
            name: sorted(value) if isinstance(value, (set, list)) else value
            for name, value in settings.items()
            if name in CHOICES
        }
        kept.update(
            {name: settings[name].id for name in RECORDS if settings.get(name)},
            before=[move.name or "", move.payment_reference or ""],
        )
        for name in (*TEXTS, "mail_partner_ids", "mail_attachments_widget"):
            if settings.get(name):
                kept[name] = settings[name]
        return kept

    @api.model
    def _get_default_sending_settings(self, move, from_cron=False, **custom_settings):
        # EXTENDS account: as it was asked for, with the number that it has by now
        kept = from_cron and (move.sending_data or {}).get("quickbooks")
        if not kept:
            return super()._get_default_sending_settings(
                move, from_cron=from_cron, **custom_settings
            )
        settings = super()._get_default_sending_settings(
            move,
            from_cron=from_cron,
            **{**self._quickbooks_restored(move, kept), **custom_settings},
        )
        if "mail_attachments_widget" in settings:
            settings["mail_attachments_widget"] = self._quickbooks_attachments(
                move, kept, settings["mail_attachments_widget"]
            )
        return settings

    @api.model
    def _quickbooks_restored(self, move, kept):
        """Return the settings that were kept, in the form of the dialog's."""
        names = (*CHOICES, "mail_partner_ids")
        found = {name: kept[name] for name in names if name in kept}
        for name, model in RECORDS.items():
            record = self.env[model].browse(kept.get(name)).exists()
            if record:
                found[name] = record
        for name in TEXTS:
            if kept.get(name):
                found[name] = self._quickbooks_renumbered(move, kept, kept[name])
        if "mail_body" in found:
            found["mail_body"] = Markup(found["mail_body"])
        return found

    @api.model
    def _quickbooks_renumbered(self, move, kept, text):
        """Return ``text`` with the document's number in place of its former one."""
        name, reference = kept["before"]
        # As it stands in the names of files, too.
        pairs = (
            (reference, move.payment_reference),
            (name, move.name),
            (name.replace("/", "_"), move.name),
        )
        for before, now in pairs:
            text = text.replace(before, now or before) if before else text
        return text

    @api.model
    def _quickbooks_attachments(self, move, kept, default):
        """Return what is attached, without what was left out, with what was added."""
        chosen = kept.get("mail_attachments_widget") or []
        left_out = {
            self._quickbooks_renumbered(move, kept, one["name"])
            for one in chosen
            if one.get("skip")
        }
        return [
            *({**one, "skip": one["name"] in left_out} for one in default),
            *(one for one in chosen if one.get("manual")),
        ]
