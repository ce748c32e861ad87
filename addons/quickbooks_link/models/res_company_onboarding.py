from odoo import fields, models
from odoo.exceptions import RedirectWarning, UserError

from ..document_reading import connection_of
from ..groups import ADMIN, MANAGER


class ResCompany(models.Model):
    """The way from the app keys to the first invoice; each step ticks itself off."""

    _inherit = "res.company"

    quickbooks_onboarding_closed = fields.Boolean(
        string="Hide First Steps",
        groups=MANAGER,
        help="Somebody has closed the list of first steps on the tab.",
    )

    def quickbooks_onboarding(self):
        """Return the first steps; none once all are done, or the list was closed.

        Each with ``key``, ``title``, ``text``, ``done``, and the ``label`` and
        ``method`` of its button.

        :raise AccessError: for anybody but ERP managers of the company
        """
        self._quickbooks_check_manager()
        company = self.sudo().with_company(self)
        if company.quickbooks_onboarding_closed:
            return []
        connection = connection_of(company)
        steps = [
            company._quickbooks_step_of_keys(),
            company._quickbooks_step_of_connecting(connection),
            company._quickbooks_step_of_sync(connection),
            *company._quickbooks_steps_of_mapping(connection),
            company._quickbooks_step_of_users(),
            company._quickbooks_step_of_invoice(connection),
        ]
        return [] if all(step["done"] for step in steps) else steps

    def action_quickbooks_close_onboarding(self):
        """Hide the first steps for everybody."""
        self._quickbooks_check_manager()
        self.quickbooks_onboarding_closed = True

    def _quickbooks_step(self, key, done, title, text, label="", method=""):
        return {
            "key": key,
            "done": bool(done),
            "title": title,
            "text": text,
            "label": label,
            "method": method,
        }

    # === Connecting === #

    def _quickbooks_step_of_keys(self):
        return self._quickbooks_step(
            "keys",
            self._quickbooks_has_keys(),
            self.env._("Enter the app keys"),
            self.env._(
                "Intuit gives them to whoever registers an app. An administrator "
                "enters them once in General Settings, for all companies."
            ),
            self.env._("General Settings"),
            "action_quickbooks_open_settings",
        )

    def _quickbooks_has_keys(self):
        try:
            self.env["quickbooks.app"]._keys(self._quickbooks_environment())
        except (RedirectWarning, UserError):
            return False
        return True

    def action_quickbooks_open_settings(self):
        """Open General Settings; only administrators may."""
        self._quickbooks_check_manager()
        if not self.env.user.has_group(ADMIN):
            raise UserError(
                self.env._("Ask an administrator to set them in General Settings.")
            )
        return self.env["ir.actions.act_window"]._for_xml_id(
            "base_setup.action_general_configuration"
        )

    def _quickbooks_step_of_connecting(self, connection):
        return self._quickbooks_step(
            "connect",
            connection.token_ids,
            self.env._("Connect to QuickBooks"),
            self.env._(
                "Log in to QuickBooks and choose the company that keeps the books of "
                "%s.",
                self.name,
            ),
            self.env._("Connect to QuickBooks"),
            "action_quickbooks_connect",
        )

    def _quickbooks_step_of_sync(self, connection):
        lists = ("customers", "items", "tax_codes")
        return self._quickbooks_step(
            "sync",
            all(connection[f"{name}_last_completed"] for name in lists),
            self.env._("Bring QuickBooks' lists to Odoo"),
            self.env._(
                "A Full Sync pulls customers, products and services, and tax codes."
            ),
            self.env._("Full Sync"),
            "action_quickbooks_sync_full",
        )

    # === Mapping === #

    def _quickbooks_steps_of_mapping(self, connection):
        findings = self._quickbooks_check_used() if connection.realm_id else ()
        missing = {finding["code"] for finding in findings}
        titles = {
            "tax_codes": self.env._("Map the taxes"),
            "items": self.env._("Map the products"),
            "customers": self.env._("Link the customers"),
        }
        text = self.env._("The mapping assistant suggests pairs, each with its reason.")
        for kind, title in titles.items():
            yield self._quickbooks_step(
                kind,
                self._quickbooks_is_mapped(kind) and f"unmapped_{kind}" not in missing,
                title,
                text,
                self.env._("Mapping Assistant"),
                f"action_quickbooks_map_{kind}",
            )

    def _quickbooks_is_mapped(self, kind):
        here = [("company_id", "=", self.id)]
        if kind == "customers":
            model, linked = "quickbooks.customer", [("partner_id", "!=", False)]
        elif kind == "tax_codes":
            model, linked = "account.tax", [("quickbooks_tax_code_id", "!=", False)]
        else:
            model, here = "product.product", []
            linked = ["|", ("quickbooks_item_id", "!=", False)]
            linked += [("product_tmpl_id.quickbooks_item_id", "!=", False)]
        return self.env[model].search_count(here + linked, limit=1)

    def action_quickbooks_map_customers(self):
        """Open the mapping assistant for customers."""
        return self._quickbooks_open_assistant("customers")

    def action_quickbooks_map_items(self):
        """Open the mapping assistant for products."""
        return self._quickbooks_open_assistant("items")

    def action_quickbooks_map_tax_codes(self):
        """Open the mapping assistant for taxes."""
        return self._quickbooks_open_assistant("tax_codes")

    def _quickbooks_open_assistant(self, kind):
        self._quickbooks_check_manager()
        return self._quickbooks_map(kind)["action"]

    # === Every day === #

    def _quickbooks_step_of_users(self):
        return self._quickbooks_step(
            "users",
            self.quickbooks_background_user_ids,
            self.env._("Choose who runs the background sync"),
            self.env._(
                "Add one or more ERP managers below, under Run Background Sync As, "
                "and save."
            ),
        )

    def _quickbooks_step_of_invoice(self, connection):
        sent = [("company_id", "=", self.id), ("state", "=", "sent")]
        return self._quickbooks_step(
            "invoice",
            self.env["quickbooks.document"].search_count(sent, limit=1),
            self.env._("Post the first invoice"),
            self.env._(
                "Confirm an invoice: it goes to QuickBooks by itself. What still keeps "
                "it from there is told on the draft."
            ),
            self.env._("New Invoice"),
            "action_quickbooks_first_invoice",
        )

    def action_quickbooks_first_invoice(self):
        """Open a new customer invoice."""
        self._quickbooks_check_manager()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Invoice"),
            "res_model": "account.move",
            "views": [(False, "form")],
            "context": {
                "default_move_type": "out_invoice",
                "default_company_id": self.id,
            },
        }
