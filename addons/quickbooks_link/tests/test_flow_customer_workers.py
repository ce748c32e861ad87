"""Creating a customer with transactions as they are on a server."""

import threading

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import WorkersCase, link


@tagged("post_install", "-at_install")
class TestCreateInRealTransactions(WorkersCase):
    """Workers with connections of their own, that share nothing but the database."""

    # In dollars, as Odoo's main company.
    quickbooks_company = "us"
    PATIENCE = 30

    def setUp(self):
        super().setUp()
        self.name = f"Harrow {self._testMethodName}"
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.company_id = env.ref("base.main_company").id
            company, admin = env.ref("base.main_company"), env.ref("base.user_admin")
            link(company, admin, self.server.credentials())
            partner = env["res.partner"].create(
                {
                    "name": self.name,
                    "is_company": True,
                    "street": "4 Mill Lane",
                    "zip": "LS22 6NB",
                    "email": "office@harrowpike.example",
                    "phone": "01632 960233",
                }
            )
            self.partner_id = partner.id
        self.addCleanup(self.clean_up)

    def clean_up(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.partner(cr, SUPERUSER_ID).unlink()
            for model in ("quickbooks.customer", "quickbooks.connection"):
                rows = env[model].with_context(active_test=False)
                rows.search([("company_id", "=", self.company_id)]).unlink()

    def partner(self, cr, user_id=None):
        env = api.Environment(cr, SUPERUSER_ID, {})
        user = env["res.users"].browse(user_id or env.ref("base.user_admin").id)
        context = {"allowed_company_ids": [self.company_id]}
        env = api.Environment(cr, user.id, context)
        return env["res.partner"].browse(self.partner_id)

    def create_customer(self):
        """Press the button as a request does: all or nothing."""
        with self.registry.cursor() as cr:
            return self.partner(cr).action_quickbooks_create_customer()

    def linked(self):
        with self.registry.cursor() as cr:
            partner = self.partner(cr)
            return partner.quickbooks_customer_id.quickbooks_id

    def in_quickbooks(self):
        records = self.simulator.get("records/Customer")["records"]
        return [row["Id"] for row in records if row["DisplayName"] == self.name]

    def fault(self, kind, times):
        match = {"label": "create Customer"}
        self.simulator.post("faults", {"kind": kind, "times": times, "match": match})
        self.addCleanup(self.simulator.delete, "faults")

    def test_the_person_is_told_and_the_link_is_there(self):
        answer = self.create_customer()
        self.assertIn("created in QuickBooks", answer["params"]["message"])
        self.assertEqual(self.in_quickbooks(), [self.linked()])

    def test_a_lost_answer_and_its_roll_back_forget_nothing(self):
        self.fault("drop_after", times=10)
        with self.assertRaisesRegex(UserError, "looks first"):
            self.create_customer()
        self.assertFalse(self.linked())
        self.simulator.delete("faults")
        self.create_customer()
        self.assertEqual(self.in_quickbooks(), [self.linked()])

    def test_a_worker_that_is_killed_during_the_call_leaves_the_intent(self):
        request = self.registry["quickbooks.customer.request"]

        def killed(request, client):
            raise SystemExit

        with self.assertRaises(SystemExit):
            self.patch_and_press(request, "_finish", killed)
        self.create_customer()
        self.assertEqual(self.in_quickbooks(), [self.linked()])

    def patch_and_press(self, model, name, replacement):
        original = getattr(model, name)
        setattr(model, name, replacement)
        try:
            self.create_customer()
        finally:
            setattr(model, name, original)

    @mute_logger("odoo.sql_db")
    def test_two_workers_at_a_time_make_one_customer(self):
        self.simulator.post(
            "faults",
            {
                "kind": "delay",
                "times": 1,
                "seconds": 1.5,
                "match": {"label": "create Customer"},
            },
        )
        self.addCleanup(self.simulator.delete, "faults")
        start, outcomes = threading.Barrier(2), []
        workers = [
            threading.Thread(target=self.work, args=(start, outcomes))
            for _number in range(2)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(self.PATIENCE)
        self.assertEqual(len(outcomes), 2)
        self.assertIn("created", outcomes)
        self.assertEqual(len(self.in_quickbooks()), 1)
        self.assertEqual(self.in_quickbooks(), [self.linked()])

    def work(self, start, outcomes):
        start.wait(self.PATIENCE)
        try:
            self.create_customer()
            outcomes.append("created")
        except UserError as error:
            outcomes.append(str(error))
