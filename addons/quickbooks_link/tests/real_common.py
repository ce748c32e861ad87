"""What the tests with real transactions share: an office, a draft, and clean-up."""

from itertools import count

from odoo import SUPERUSER_ID, Command, api

from .common import WorkersCase, link


class RealTransactionsCase(WorkersCase):
    """Workers with connections of their own, that share nothing but the database."""

    # In dollars, as Odoo's main company.
    quickbooks_company = "us"
    PATIENCE = 30
    # What one test has deleted in Odoo is still in QuickBooks for the next.
    numbers = count(70001)

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            self.prepare(api.Environment(cr, SUPERUSER_ID, {}))
        self.addCleanup(self.clean_up)
        self.simulator.delete("stats")

    def prepare(self, env):
        """Link Odoo's main company, a contact and a product; leave a draft."""
        self.company_id = env.ref("base.main_company").id
        self.user_id = env.ref("base.user_admin").id
        company, admin = env.ref("base.main_company"), env.ref("base.user_admin")
        connection = link(company, admin, self.server.credentials())
        partner = env["res.partner"].create({"name": "Harrow", "is_company": True})
        customer, item = (
            env[f"quickbooks.{entity.lower()}"]._quickbooks_store(
                connection, self.first(entity)
            )
            for entity in ("Customer", "Item")
        )
        customer._link_to(partner)
        product = env["product.product"].create({"name": "Work", "taxes_id": False})
        product.product_tmpl_id.with_company(company).quickbooks_item_id = item
        line = {"product_id": product.id, "price_unit": 25, "tax_ids": False}
        move = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": "2026-11-20",
                "name": self.new_name(),
                "invoice_line_ids": [Command.create(line)],
            }
        )
        self.made = [product.product_tmpl_id, partner, customer, item, connection]
        self.move_id = move.id

    def new_name(self):
        return f"INV/2026/{next(self.numbers)}"

    def first(self, entity):
        records = self.simulator.get(f"records/{entity}")["records"]
        return next(x for x in records if x["Active"] and x.get("Type") != "Category")

    def clean_up(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"force_delete": True})
            self.document(env).unlink()
            move = env["account.move"].browse(self.move_id)
            if move.state == "posted":
                move.button_draft()
            move.unlink()
            for record in self.made:
                record.with_env(env).unlink()

    def environment(self, cr):
        context = {"allowed_company_ids": [self.company_id]}
        return api.Environment(cr, self.user_id, context)

    def press(self, action):
        """Press a button of the invoice, as a request does: all or nothing."""
        with self.registry.cursor() as cr:
            move = self.environment(cr)["account.move"].browse(self.move_id)
            getattr(move, action)()

    def let_the_scheduler_work(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.document(env).next_try = "2020-01-01 00:00:00"
        with self.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["quickbooks.document"]._cron_send()

    def document(self, env):
        return env["quickbooks.document"].search([("move_id", "=", self.move_id)])
