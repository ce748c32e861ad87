from odoo import api, fields, models
from odoo.tools import format_date

from .. import health
from ..document_reading import connection_of
from ..groups import MANAGER


class ResCompany(models.Model):
    """How the link is doing, for the tab and the dashboard; computed when asked."""

    _inherit = "res.company"

    quickbooks_alert_hours = fields.Integer(
        string="Tell of a Failing Link After",
        default=6,
        groups=MANAGER,
        help="When QuickBooks has not answered for so many hours, the link no longer "
        "counts as working, and the users of Run Background Sync As get an activity.",
    )

    _quickbooks_alert_hours_positive = models.Constraint(
        "CHECK (quickbooks_alert_hours > 0)",
        "The hours after which somebody is told of a failing link must be at least 1.",
    )

    @api.model
    def quickbooks_dashboard(self):
        """Return how the links of all active companies are doing, a card each."""
        return [company.quickbooks_health() for company in self.env.companies]

    def quickbooks_health(self):
        """Return how the company's link is doing.

        ``level`` (success, danger, warning, info), ``headline``; ``problems`` with
        text and button; ``facts`` with label and text or time; ``counts`` of
        documents with the method that leads there.

        :raise AccessError: for anybody but ERP managers of the company
        """
        self._quickbooks_check_manager()
        company = self.sudo().with_company(self)
        connection = connection_of(company)
        found = health.problems(connection)
        return {
            "id": self.id,
            "name": self.name,
            "sandbox": connection.environment == "sandbox"
            and bool(connection.realm_id),
            **company._quickbooks_headline(connection, found),
            "advice": self.quickbooks_status,
            "problems": [company._quickbooks_show_problem(one) for one in found],
            "facts": list(company._quickbooks_facts(connection)),
            "counts": company._quickbooks_counts() if connection.realm_id else [],
        }

    # === Headline === #

    def _quickbooks_headline(self, connection, found):
        if not connection.token_ids:
            headline = self.env._("Not connected")
            return {"level": "info", "connected": False, "headline": headline}
        if not found:
            return {
                "level": "success",
                "connected": True,
                "headline": self.env._("Working"),
            }
        level = found[0].level
        words = {
            "danger": self.env._("Not working"),
            "warning": self.env._("Needs attention"),
        }
        if found[0].key.startswith("expiry"):
            words["danger"] = self.env._("Log in again soon")
        return {"level": level, "connected": True, "headline": words[level]}

    def _quickbooks_show_problem(self, problem):
        label, method = problem.button or ("", "")
        return {
            "key": problem.key,
            "level": problem.level,
            "text": problem.text,
            "button": label,
            "method": method,
        }

    # === Facts === #

    def _quickbooks_facts(self, connection):
        """Yield what is to be seen at a glance, in this order."""
        if not connection.realm_id:
            return
        yield self._quickbooks_fact(
            "company",
            self.env._("QuickBooks company"),
            f"{connection.quickbooks_company_name} ({connection.realm_id})",
        )
        for token in connection.token_ids:
            yield self._quickbooks_fact_of_consent(token)
        if connection.token_ids:
            yield from self._quickbooks_facts_of_syncs(connection)
            yield self._quickbooks_fact_of_calls(connection)
            yield from self._quickbooks_fact_of_webhooks(connection)

    def _quickbooks_facts_of_syncs(self, connection):
        yield self._quickbooks_time(
            "answer",
            self.env._("QuickBooks last answered"),
            health.last_answer(connection),
        )
        yield self._quickbooks_time(
            "success", self.env._("Last successful sync"), connection.last_success
        )
        yield self._quickbooks_fact_of_next(connection)

    def _quickbooks_fact_of_calls(self, connection):
        return self._quickbooks_fact(
            "calls",
            self.env._("Metered calls this month"),
            self.env._(
                "%(number)s, about %(forecast)s by its end",
                number=connection.calls_this_month,
                forecast=connection.calls_forecast,
            ),
        )

    def _quickbooks_fact_of_next(self, connection):
        label, at = self.env._("Next sync"), connection.next_run
        if at and at <= fields.Datetime.now():
            return self._quickbooks_fact("next", label, self.env._("due now"))
        return self._quickbooks_time("next", label, at)

    def _quickbooks_fact(self, key, label, text, level=""):
        return {"key": key, "label": label, "text": text, "level": level}

    def _quickbooks_time(self, key, label, moment):
        never = self.env._("never")
        fact = self._quickbooks_fact(key, label, "" if moment else never)
        return {**fact, "at": fields.Datetime.to_string(moment) or ""}

    def _quickbooks_fact_of_consent(self, token):
        """Tell as whom the company is connected, and until when."""
        label = self.env._("Connected as")
        if token.state != "active":
            words = self.env._("%s: has to log in again", token.user_id.name)
            return self._quickbooks_fact(f"user{token.id}", label, words, "danger")
        words = self.env._(
            "%(user)s, at least until %(until)s and with use until %(last)s",
            user=token.user_id.name,
            until=format_date(self.env, health.consent_ends(token)),
            last=format_date(self.env, token.refresh_hard_expires_at),
        )
        if not token.refresh_hard_expires_at:
            words = self.env._(
                "%(user)s, at least until %(until)s",
                user=token.user_id.name,
                until=format_date(self.env, token.refresh_expires_at),
            )
        return self._quickbooks_fact(f"user{token.id}", label, words)

    def _quickbooks_fact_of_webhooks(self, connection):
        label = self.env._("Webhook last heard")
        heard = connection.webhook_last_heard
        app = self.env["quickbooks.app"]
        if heard or app._webhook_verifier(connection.environment):
            yield self._quickbooks_time("webhook", label, heard)
        else:
            yield self._quickbooks_fact("webhook", label, self.env._("not set up"))

    # === Documents === #

    def _quickbooks_counts(self):
        documents = self.env["quickbooks.document"]
        here = [("company_id", "=", self.id)]
        number = dict(documents._read_group(here, ["state"], ["__count"]))
        return [
            {
                "key": "waiting",
                "label": self.env._("Waiting"),
                "number": number.get("waiting", 0) + number.get("sending", 0),
                "method": "action_quickbooks_show_waiting",
            },
            {
                "key": "attention",
                "label": self.env._("Need attention"),
                "number": number.get("attention", 0),
                "method": "action_quickbooks_show_attention",
            },
        ]

    def action_quickbooks_show_waiting(self):
        """Show the documents that are on their way to QuickBooks."""
        waiting = [("state", "in", ("waiting", "sending"))]
        title = self.env._("Waiting for QuickBooks")
        return self._quickbooks_show_documents(title, waiting)

    def action_quickbooks_show_attention(self):
        """Show the documents that somebody has to look at."""
        attention = [("state", "=", "attention")]
        title = self.env._("Documents That Need Attention")
        return self._quickbooks_show_documents(title, attention)

    def action_quickbooks_show_late(self):
        """Show the documents that are not in QuickBooks after a day."""
        before = fields.Datetime.now() - health.PATIENCE
        late = [("state", "in", health.OPEN), ("open_since", "<=", before)]
        title = self.env._("Waiting for More Than a Day")
        return self._quickbooks_show_documents(title, late)

    def _quickbooks_show_documents(self, name, domain):
        self._quickbooks_check_manager()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "quickbooks_link.action_quickbooks_document"
        )
        company = [("company_id", "=", self.id)]
        return {**action, "name": name, "domain": company + domain, "context": {}}


class QuickBooksConnection(models.Model):
    _inherit = "quickbooks.connection"

    adopted_at = fields.Datetime(
        string="Connected", help="When QuickBooks last answered somebody who connected."
    )

    def _adopt(self, *args, **kwargs):
        """EXTENDS: to ask who it is, QuickBooks was called just now."""
        res = super()._adopt(*args, **kwargs)
        self.sudo().adopted_at = fields.Datetime.now()
        return res
