"""What the tests of documents share: a company with everything linked, and invoices."""

from unittest.mock import patch

from odoo import Command
from odoo.tests.test_cursor import TestCursor

from .contact_common import ContactCase


class DocumentCase(ContactCase):
    """A British company with accounts, linked to a QuickBooks company that has data.

    Its ERP manager may post; contact, product and tax are linked.
    """

    sample = "uk"
    country = "base.uk"
    chart = "uk"
    use_numbers = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "country_id": cls.env.ref(cls.country).id,
                "quickbooks_use_document_numbers": cls.use_numbers,
            }
        )
        cls.env["account.chart.template"].try_loading(
            cls.chart, company=cls.company, install_demo=False
        )
        cls.manager.group_ids += cls.env.ref("account.group_account_manager")
        cls.accountant = cls.new_accountant()

    def setUp(self):
        super().setUp()
        for mirror in ("customers", "items", "tax_codes"):
            self.sync(mirror)
        self.map_records()
        self.item = self.mirror("item").filtered(lambda i: i.item_type == "Service")[0]
        self.product = self.env["product.product"].create(
            {
                "name": "Lawn care",
                "type": "service",
                "list_price": 40,
                "taxes_id": [Command.set(self.tax.ids)],
            }
        )
        self.product.product_tmpl_id.quickbooks_item_id = self.item
        self.start_numbers(self.connection, custom=not self.use_numbers)
        self.env.invalidate_all()
        self.forget_calls()

    def map_records(self):
        """Link a contact and a tax."""
        self.partner = self.contact("Ainsty Landscapes Ltd")
        self.customer = self.one("customer", "Ainsty Landscapes Ltd")
        self.customer._link_to(self.partner)
        self.tax = self.sale_tax(20)
        self.tax.quickbooks_tax_code_id = self.one("tax.code", "20.0% S")

    def start_numbers(self, connection, custom):
        """Let people number documents in QuickBooks, or QuickBooks itself."""
        preferences = {"SalesFormsPrefs": {"CustomTxnNumbers": custom}}
        self.change("Preferences", {"Id": "1"}, **preferences)
        connection.custom_transaction_numbers = custom

    def one(self, mirror, name):
        [row] = self.mirror(mirror).filtered(lambda row: row.name == name)
        return row

    def sale_tax(self, amount):
        return self.env["account.tax"].search(
            [
                ("company_id", "=", self.company.id),
                ("type_tax_use", "=", "sale"),
                ("amount", "=", amount),
                ("amount_type", "=", "percent"),
            ],
            limit=1,
        )

    def invoice(self, kind="out_invoice", lines=None, **values):
        """Return a draft of one line, or of ``lines``."""
        lines = lines or [{"quantity": 3, "price_unit": 40}]
        return self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": self.partner.id,
                "invoice_date": "2026-11-20",
                "invoice_line_ids": [Command.create(self.line(**x)) for x in lines],
                **values,
            }
        )

    def line(self, **values):
        if values.get("display_type"):
            return values
        taxes = [Command.set(self.tax.ids)]
        return {"product_id": self.product.id, "tax_ids": taxes, **values}

    # --- As a person --- #

    def post(self, moves, user=None):
        """Confirm, and commit as the end of the request does."""
        self.do(moves, "action_post", user)
        return moves

    def send(self, moves, user=None):
        """Press Send to QuickBooks, and commit as the end of the request does."""
        return self.do(moves, "action_quickbooks_send", user)

    def do(self, records, action, user=None):
        """Press a button, and commit as the end of the request does."""
        with self.own_cursors():
            answer = getattr(self.seen(records, user), action)()
            self.commit()
        self.env.invalidate_all()
        return answer

    def commit(self):
        self.env.cr.flush()
        self.env.cr.postcommit.run()

    def run_cron(self):
        cron = self.env.ref("quickbooks_link.ir_cron_quickbooks_documents")
        with self.own_cursors():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def make_due(self, documents):
        """Let the time pass until the documents are to be tried again."""
        documents.write({"next_try": "2020-01-01 00:00:00", "settles_at": False})
        documents.flush_recordset()

    # --- What came of it --- #

    def document(self, move):
        return self.env["quickbooks.document"].search([("move_id", "=", move.id)])

    def alerts(self, move, user=None):
        """Return the texts of the banner on the form."""
        self.env.invalidate_all()
        found = self.seen(move, user).alerts or {}
        return {
            key: alert["message"]
            for key, alert in found.items()
            if key.startswith("quickbooks_")
        }

    def held_by_quickbooks(self, move, entity="Invoice"):
        """Return what QuickBooks has of the document: one record, or more, or none."""
        marker = self.document(move).marker
        return [
            record
            for record in self.records(entity).values()
            if marker in record.get("PrivateNote", "")
        ]


class CommitHooks:
    """For tests in the browser: send documents after each request's commit.

    Odoo's test cursor forgets what is to be done then.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        forget = TestCursor.commit

        def commit(cursor):
            hooks = cursor.postcommit
            ours = [hook for hook in hooks._funcs if _sends_documents(hook)]
            forget(cursor)
            for hook in ours:
                hook()
                # All test cursors share one connection: what the hook has read
                # with this one would take back what it has written with others.
                forget(cursor)

        cls.startClassPatcher(patch.object(TestCursor, "commit", commit))


def _sends_documents(hook):
    return getattr(hook, "func", hook).__name__ == "_send_pending"
