"""Documents with transactions as they are on a server."""

import threading
from itertools import count

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger
from psycopg2.errors import SerializationFailure

from .common import SimulatorMixin, link


@tagged("post_install", "-at_install")
class TestSendInRealTransactions(SimulatorMixin, BaseCase):
    """Workers with connections of their own, that share nothing but the database."""

    # In dollars, as Odoo's main company.
    quickbooks_company = "us"
    PATIENCE = 30
    # What one test has deleted in Odoo is still in QuickBooks for the next.
    numbers = count(70001)

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # Odoo's test runner holds this lock, and would keep the workers waiting.
        self.patch(Registry, "_lock", DummyRLock())
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

    def assert_once(self):
        """It is in QuickBooks once, and Odoo knows it."""
        with self.registry.cursor() as cr:
            document = self.document(api.Environment(cr, SUPERUSER_ID, {}))
            self.assertEqual(document.state, "sent", document.error)
            known, marker = document.quickbooks_id, document.marker
        records = self.simulator.get("records/Invoice")["records"]
        found = [x["Id"] for x in records if marker in x.get("PrivateNote", "")]
        self.assertEqual(found, [known])

    def killed_in(self, name):
        """Post, and end the process in a method of the engine."""
        model = self.registry["quickbooks.document"]
        original = getattr(model, name)

        def killed(*_arguments):
            raise SystemExit

        setattr(model, name, killed)
        try:
            with self.assertRaises(SystemExit):
                self.press("action_post")
        finally:
            setattr(model, name, original)

    def test_posted_and_committed_it_is_there(self):
        self.press("action_post")
        self.assert_once()

    def test_a_rollback_leaves_nothing(self):
        before = len(self.simulator.get("records/Invoice")["records"])
        with self.registry.cursor() as cr:
            env = self.environment(cr)
            env["account.move"].browse(self.move_id).action_post()
            cr.rollback()
            self.assertFalse(self.document(env))
        after = len(self.simulator.get("records/Invoice")["records"])
        self.assertEqual(after, before)

    def test_killed_at_each_step_the_scheduler_ends_it(self):
        # After the row, after "sending" was committed, and after the answer.
        for step in ("_claim", "_transmit", "_arrived"):
            with self.subTest(step=step):
                self.killed_in(step)
                self.let_the_scheduler_work()
                self.assert_once()
                self.start_anew()

    def start_anew(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.document(env).unlink()
            move = env["account.move"].browse(self.move_id)
            move.button_draft()
            move.name = self.new_name()

    @mute_logger("odoo.sql_db")
    def test_two_people_press_at_once(self):
        self.killed_in("_claim")
        match = {"label": "create Invoice"}
        order = {"kind": "delay", "times": 1, "seconds": 1.5, "match": match}
        self.simulator.post("faults", order)
        self.addCleanup(self.simulator.delete, "faults")
        start = threading.Barrier(2)
        workers = [
            threading.Thread(target=self.work, args=(start,)) for _number in range(2)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(self.PATIENCE)
        self.assert_once()
        creations = self.simulator.calls("create Invoice")
        self.assertEqual(creations, 1)

    def work(self, start):
        start.wait(self.PATIENCE)
        try:
            self.press("action_quickbooks_send")
        except (SerializationFailure, UserError):
            # The other was first: Odoo would try the request again, which then
            # finds nothing to send.
            return
