from dateutil.relativedelta import relativedelta
from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_date, format_list

from ..document_reading import connection_of
from ..matching_sides import SIDES
from ..qbo.document_lines import NOT_POSTED

DOCUMENTS = ("out_invoice", "out_refund")
# How far back "really used" goes.
MONTHS = 12
# How many names a line shows.
MOST_NAMES = 3


class ResCompany(models.Model):
    """What still keeps invoices from going to QuickBooks, computed when asked.

    Each finding is a dictionary for the widget ``quickbooks_readiness``: ``code``,
    ``level`` (danger, warning), ``text``, and ``buttons`` with a ``label`` and an
    ``action`` to do or a ``method`` of the company to call.
    """

    _inherit = "res.company"

    def quickbooks_readiness(self):
        """Return what is to be mended before invoices are sent, worst first.

        :raise AccessError: for anybody but ERP managers of the company
        """
        self._quickbooks_check_manager()
        company = self.sudo().with_company(self).with_context(active_test=False)
        connection = connection_of(company)
        if not connection.realm_id:
            return []
        findings = [
            *company._quickbooks_check_lists(connection),
            *company._quickbooks_check_used(),
            *company._quickbooks_check_numbers(connection),
            *company._quickbooks_check_home_currency(connection),
            *company._quickbooks_check_multicurrency(connection),
            *company._quickbooks_check_taxes_off(connection),
            *company._quickbooks_check_closed_books(connection),
        ]
        return sorted(findings, key=lambda one: one["level"] != "danger")

    # === Mapping === #

    def _quickbooks_check_lists(self, connection):
        """Nothing can be mapped to lists that were never pulled."""
        names = ("customers", "items", "tax_codes")
        if not all(connection[f"{name}_last_completed"] for name in names):
            yield self._quickbooks_finding(
                "never_synced",
                "danger",
                self.env._(
                    "QuickBooks' customers, items and tax codes were not all synced."
                ),
                {
                    "label": self.env._("Sync Now"),
                    "method": "action_quickbooks_sync_full",
                },
            )

    def _quickbooks_check_used(self):
        """Find what recent invoices use and QuickBooks would not know."""
        used = self._quickbooks_used()
        for kind, records in used.items():
            sides = SIDES[kind](self.env, self)
            yield from self._quickbooks_check_mapped(kind, sides, records)
            yield from self._quickbooks_check_active(kind, sides, records)
        yield from self._quickbooks_check_types(used["items"])

    def _quickbooks_check_mapped(self, kind, sides, used):
        unmapped = self._quickbooks_unmapped(kind, sides, used)
        if unmapped:
            yield self._quickbooks_finding(
                f"unmapped_{kind}",
                "danger",
                self._quickbooks_say_unmapped(kind, unmapped),
                self._quickbooks_show(unmapped),
                self._quickbooks_map(kind),
            )

    def _quickbooks_check_active(self, kind, sides, used):
        inactive = used.filtered(
            lambda one: sides.linked(one) and not sides.usable(sides.linked(one))
        )
        if inactive:
            yield self._quickbooks_finding(
                f"inactive_{kind}",
                "danger",
                self.env._(
                    "Linked to what is no longer active in QuickBooks: %s.",
                    self._quickbooks_names(inactive),
                ),
                self._quickbooks_show(inactive),
            )

    def _quickbooks_check_types(self, products):
        """Find products whose item only holds others."""
        sides = SIDES["items"](self.env, self)
        wrong = products.filtered(lambda one: sides.linked(one).item_type in NOT_POSTED)
        if wrong:
            yield self._quickbooks_finding(
                "not_posted_items",
                "danger",
                self.env._(
                    "Linked to a category or a bundle in QuickBooks, which lines can't "
                    "be posted to: %s.",
                    self._quickbooks_names(wrong),
                ),
                self._quickbooks_show(wrong),
            )

    def _quickbooks_unmapped(self, kind, sides, used):
        if kind == "tax_codes":
            # Groups may be mapped by part.
            return used._quickbooks_unmapped()
        return used.filtered(lambda one: not sides.linked(one))

    def _quickbooks_used(self):
        """Return by list what recent customer invoices use; of taxes, also what the
        sales journals give to new ones."""
        lines = self.env["account.move.line"]
        recent = self._quickbooks_recent("move_id.")
        products = lines._read_group(
            recent & Domain("product_id", "!=", False), ["product_id"]
        )
        taxes = lines._read_group(recent & Domain("tax_ids", "!=", False), ["tax_ids"])
        tax_codes = _together(self.env["account.tax"], taxes)
        partners = self.env["account.move"]._read_group(
            self._quickbooks_recent() & Domain("commercial_partner_id", "!=", False),
            ["commercial_partner_id"],
        )
        return {
            "customers": _together(self.env["res.partner"], partners),
            "items": _together(self.env["product.product"], products),
            "tax_codes": tax_codes | self._quickbooks_offered_taxes(),
        }

    def _quickbooks_offered_taxes(self):
        """Return the taxes that new invoices get by themselves."""
        journals = self.env["account.journal"].search(
            [("company_id", "=", self.id), ("type", "=", "sale"), ("active", "=", True)]
        )
        offered = self.account_sale_tax_id | journals.default_account_id.tax_ids
        return offered.filtered(lambda tax: tax.company_id == self and tax.active)

    def _quickbooks_recent(self, move=""):
        """Return the domain of recent customer invoices, or of their lines."""
        since = fields.Date.context_today(self) - relativedelta(months=MONTHS)
        dated = Domain(f"{move}invoice_date", ">=", since)
        undated = Domain(f"{move}invoice_date", "=", False)
        return (
            Domain("company_id", "=", self.id)
            & Domain(f"{move}move_type", "in", DOCUMENTS)
            & Domain(f"{move}state", "in", ("draft", "posted"))
            & (dated | undated)
        )

    def _quickbooks_say_unmapped(self, kind, unmapped):
        names = self._quickbooks_names(unmapped)
        return {
            "customers": self.env._(
                "Customers of recent invoices without a QuickBooks Customer: %s.", names
            ),
            "items": self.env._(
                "Products of recent invoices without a QuickBooks Product or Service: "
                "%s.",
                names,
            ),
            "tax_codes": self.env._(
                "Taxes that sales use without a QuickBooks Tax Code: %s.", names
            ),
        }[kind]

    def _quickbooks_map(self, kind):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"quickbooks_link.action_quickbooks_suggestion_{kind}"
        )
        # The tab may be of another company than the current one.
        action["domain"] = [("kind", "=", kind), ("company_id", "=", self.id)]
        action["context"] = {
            "quickbooks_kind": kind,
            "quickbooks_company_id": self.id,
            "search_default_open": 1,
        }
        return {"label": self.env._("Mapping Assistant"), "action": action}

    # === Preferences of QuickBooks === #

    def _quickbooks_check_numbers(self, connection):
        theirs = self.quickbooks_use_document_numbers
        if theirs == connection.custom_transaction_numbers:
            yield self._quickbooks_finding(
                "document_numbers",
                "warning",
                self._quickbooks_say_numbers(theirs),
                *self._quickbooks_mend(connection),
            )

    def _quickbooks_say_numbers(self, theirs):
        if theirs:
            return self.env._(
                "QuickBooks would leave documents without a number: Use QuickBooks "
                "Document Numbers is enabled here and “Custom transaction numbers” "
                "is enabled in QuickBooks. Disable the latter in QuickBooks under "
                "Account and settings › Sales › Sales form content, then press "
                "Test Connection."
            )
        return self.env._(
            "Numbers would not match: Odoo sends its own, and QuickBooks "
            "counts by itself because “Custom transaction numbers” is disabled "
            "there. Enable Use QuickBooks Document Numbers here, or “Custom "
            "transaction numbers” in QuickBooks and then press Test Connection."
        )

    def _quickbooks_check_home_currency(self, connection):
        home = connection.home_currency_id
        if home and home != self.currency_id:
            yield self._quickbooks_finding(
                "home_currency",
                "danger",
                self.env._(
                    "QuickBooks keeps its books in %(theirs)s and Odoo in %(ours)s: "
                    "both must use the same currency.",
                    theirs=home.name,
                    ours=self.currency_id.name,
                ),
                *self._quickbooks_mend(connection),
            )

    def _quickbooks_check_multicurrency(self, connection):
        foreign = self._quickbooks_recent()
        foreign &= Domain("currency_id", "!=", self.currency_id.id)
        count = self.env["account.move"].search_count(foreign)
        if count and not connection.multicurrency:
            yield self._quickbooks_finding(
                "multicurrency",
                "danger",
                self.env._(
                    "Recent invoices in a foreign currency: %s. Multicurrency is off "
                    "in QuickBooks: switch it on there under Account and settings › "
                    "Advanced › Currency (it can't be switched off again), then press "
                    "Test Connection.",
                    count,
                ),
                self._quickbooks_invoices(foreign),
                *self._quickbooks_mend(connection),
            )

    def _quickbooks_check_taxes_off(self, connection):
        taxed = self._quickbooks_recent("move_id.") & Domain("tax_ids.amount", "!=", 0)
        if connection.tax_model == "none" and self.env[
            "account.move.line"
        ].search_count(taxed, limit=1):
            yield self._quickbooks_finding(
                "taxes_off",
                "danger",
                self.env._(
                    "Recent invoices have taxes, and sales tax is not set up in "
                    "QuickBooks. Set it up there under Taxes, then press Test "
                    "Connection."
                ),
                *self._quickbooks_mend(connection),
            )

    def _quickbooks_check_closed_books(self, connection):
        closed = connection.book_close_date
        if not closed:
            return
        drafts = Domain("company_id", "=", self.id) & Domain("state", "=", "draft")
        drafts &= Domain("move_type", "in", DOCUMENTS)
        drafts &= Domain("invoice_date", "<=", closed)
        count = self.env["account.move"].search_count(drafts)
        if count:
            yield self._quickbooks_finding(
                "closed_books",
                "warning",
                self.env._(
                    "Draft invoices dated %(date)s or before: %(count)s. The books are "
                    "closed until then in QuickBooks: give them a later date.",
                    count=count,
                    date=format_date(self.env, closed),
                ),
                self._quickbooks_invoices(drafts),
            )

    # === In words, with buttons === #

    def _quickbooks_finding(self, code, level, text, *buttons):
        return {"code": code, "level": level, "text": text, "buttons": list(buttons)}

    def _quickbooks_names(self, records):
        names = [record.display_name for record in records[:MOST_NAMES]]
        more = len(records) - len(names)
        if more:
            names.append(self.env._("%s more", more))
        return format_list(self.env, names)

    def _quickbooks_show(self, records):
        return {
            "label": self.env._("Show Them"),
            "action": self._quickbooks_list(
                records._name,
                Domain("id", "in", records.ids),
                self.env._("To Be Mapped"),
            ),
        }

    def _quickbooks_invoices(self, domain):
        return {
            "label": self.env._("Show Invoices"),
            "action": self._quickbooks_list(
                "account.move", domain, self.env._("Invoices")
            ),
        }

    def _quickbooks_list(self, model, domain, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain),
            "context": {"active_test": False},
        }

    def _quickbooks_mend(self, connection):
        """Return the buttons for what has to be changed in QuickBooks."""
        app = self.env["quickbooks.app"]
        return (
            {
                "label": self.env._("Open QuickBooks"),
                "action": {
                    "type": "ir.actions.act_url",
                    "url": app._site_url(connection.environment),
                    "target": "new",
                },
            },
            {
                "label": self.env._("Test Connection"),
                "method": "action_quickbooks_test",
            },
        )


def _together(records, rows):
    return records.union(*(record for [record] in rows))
