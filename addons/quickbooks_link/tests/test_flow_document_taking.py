"""QuickBooks' version of a document, taken over into Odoo."""

import json

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..qbo import exactjson
from .payment_common import PaymentCase
from .reconciliation_common import ReconciliationCase


class TakingCase(PaymentCase, ReconciliationCase):
    def edit(self, move, **values):
        """Change a document in QuickBooks, as a person does there."""
        return self.change("Invoice", self.held_there(move), sparse=True, **values)

    def held_there(self, move):
        return self.there("Invoice", self.document(move).quickbooks_id)

    def lines_there(self, move):
        """Return the lines that a person sees in QuickBooks."""
        lines = json.loads(exactjson.dumps(self.held_there(move)["Line"]))
        return [one for one in lines if one["DetailType"] != "SubTotalLineDetail"]

    def item_line(self, amount, **detail):
        code = self.one("tax.code", "No VAT").quickbooks_id
        detail = {
            "ItemRef": {"value": self.item.quickbooks_id},
            "TaxCodeRef": {"value": code},
            **detail,
        }
        return {
            "DetailType": "SalesItemLineDetail",
            "Amount": amount,
            "SalesItemLineDetail": detail,
        }

    def look(self, move):
        """Press Take Over QuickBooks'; return the dialog."""
        action = self.press(self.document(move), "action_take_over")
        return self.env[action["res_model"]].browse(action["res_id"])

    def take(self, move):
        wizard = self.look(move)
        self.assertFalse(wizard.obstacle)
        self.press(wizard, "action_take")
        return wizard


@tagged("post_install", "-at_install")
class TestFlowDocumentTaking(TakingCase):
    def test_what_was_edited_in_quickbooks_is_taken_over_field_by_field(self):
        lines = [
            {"quantity": 1, "price_unit": 60, "tax_ids": self.no_tax()},
            {"quantity": 2, "price_unit": 20, "tax_ids": self.no_tax()},
        ]
        invoice = self.post(self.invoice(lines=lines))
        account = self.env["account.account"].search(
            [("account_type", "=", "income_other")], limit=1
        )
        invoice.invoice_line_ids[0].account_id = account
        paid = self.pay(30, (invoice, 30))
        self.sync("payments")
        theirs = self.lines_there(invoice)
        theirs[1]["Amount"] = 60
        theirs[1]["SalesItemLineDetail"]["Qty"] = 3
        theirs[1]["Description"] = "Hedges"
        extra = {**self.item_line(15, Qty=1, UnitPrice=15), "Description": "Leaves"}
        self.edit(
            invoice,
            Line=[*theirs, extra],
            DueDate="2027-01-31",
            CustomerMemo={"value": "Late"},
        )
        self.sync("payments")
        document = self.document(invoice)
        self.assertEqual(document.there, "changed")
        self.forget_calls()
        wizard = self.look(invoice)
        for words in ("Line 2, Quantity", "Hedges", "Leaves", "01/31/2027", "135"):
            self.assertIn(words, wizard.changes)
        self.assertFalse(wizard.left)
        self.assertEqual((invoice.amount_total, invoice.amount_residual), (100, 70))
        self.press(wizard, "action_take")
        self.assertEqual(set(self.calls()), {"read Invoice"}, "nothing is sent")
        self.assertEqual((invoice.state, invoice.amount_total), ("posted", 135))
        self.assertEqual(str(invoice.invoice_date_due), "2027-01-31")
        self.assertIn("Late", invoice.narration)
        names = invoice.invoice_line_ids.mapped("name")
        self.assertEqual(names[1:], ["Hedges", "Leaves"])
        self.assertEqual(invoice.invoice_line_ids[0].account_id, account)
        self.assertEqual(self.row(paid).state, "done", self.row(paid).error)
        self.assert_agree(invoice)
        self.assertEqual((document.there, document.state), ("present", "sent"))
        self.assertFalse(document.differences)
        self.assertIn("was taken over", self.notes(invoice))
        self.connection.payments_watermark = False
        self.sync("payments")
        self.assertEqual(document.there, "present")
        self.assertEqual(len(self.odoo_payments()), 1)
        self.check_goes_on(invoice)

    def check_goes_on(self, invoice):
        """What is changed in Odoo afterwards goes to QuickBooks as ever."""
        document = self.document(invoice)
        self.seen(invoice).button_draft()
        invoice.invoice_line_ids[0].price_unit = 70
        self.post(invoice)
        self.assertEqual(document.state, "sent", document.error)
        self.assertEqual(self.held_there(invoice)["TotalAmt"], 145)

    def test_lines_taxes_products_and_customers_follow(self):
        invoice = self.sent(100)
        other = self.contact("Harrow & Pike Ltd")
        free = self.mirror("customer").filtered(lambda one: not one.partner_id)
        customer = free.filtered(lambda x: x.active and x.currency_id == self.gbp)[0]
        code = self.one("tax.code", "20.0% S")
        line = self.item_line(50, TaxCodeRef={"value": code.quickbooks_id})
        self.edit(
            invoice,
            CustomerRef={"value": customer.quickbooks_id},
            TxnDate="2026-11-18",
            GlobalTaxCalculation="TaxExcluded",
            Line=[line],
        )
        self.sync("payments")
        wizard = self.look(invoice)
        self.assertIn("No contact is linked", wizard.obstacle)
        self.assertEqual(self.press(wizard, "action_way")["res_id"], customer.id)
        customer._link_to(other)
        self.tax.quickbooks_tax_code_id = False
        self.assertIn("20.0% S", self.look(invoice).obstacle)
        self.tax.quickbooks_tax_code_id = code
        self.take(invoice)
        self.assertEqual(invoice.partner_id, other)
        self.assertEqual(str(invoice.invoice_date), "2026-11-18")
        self.assertEqual(invoice.invoice_line_ids.tax_ids, self.tax)
        self.assertEqual((invoice.amount_untaxed, invoice.amount_total), (50, 60))
        self.assert_agree(invoice)
        self.assertFalse(self.document(invoice).differences)

    def test_lines_keep_their_account_and_analytics_wherever_they_stand(self):
        account = self.env["account.account"].search(
            [("account_type", "=", "income_other")], limit=1
        )
        plan = self.env["account.analytic.plan"].create({"name": "Gardens"})
        garden = self.env["account.analytic.account"].create(
            {"name": "Rose garden", "plan_id": plan.id}
        )
        own = {"account_id": account.id, "analytic_distribution": {garden.id: 100}}
        words = "Roses " + "and more roses " * 400 + "in the end"
        plain = {"quantity": 1, "tax_ids": self.no_tax()}
        lines = [
            {**plain, "name": "Hedges", "price_unit": 20},
            {**plain, "name": words, "price_unit": 50, **own},
            {"display_type": "line_note", "name": "Thank you"},
        ]
        invoice = self.post(self.invoice(lines=lines))
        theirs = self.lines_there(invoice)
        self.assertEqual(len(theirs), 4)
        _hedges, roses, more, thanks = theirs
        roses["Amount"] = 100
        roses["SalesItemLineDetail"]["Qty"] = 2
        more["Description"] = more["Description"].replace("the end", "June")
        first = {**self.item_line(5, Qty=1, UnitPrice=5), "Description": "Travel"}
        self.edit(invoice, Line=[first, roses, more, thanks])
        self.sync("payments")
        wizard = self.take(invoice)
        for told in ("Travel", "in June", "Quantity"):
            self.assertIn(told, wizard.changes)
        lines = invoice.invoice_line_ids.sorted("sequence")
        self.assertEqual(lines.mapped("price_unit"), [5, 50, 0])
        kept = lines[1]
        self.assertEqual((kept.account_id, kept.quantity), (account, 2))
        self.assertEqual(kept.analytic_distribution, {str(garden.id): 100})
        self.assertEqual(kept.name, words.replace("the end", "June"))
        self.assertEqual(lines[2].name, "Thank you")
        self.assertEqual(invoice.amount_total, 105)
        self.assertFalse(self.document(invoice).differences)
        self.assert_agree(invoice)

    def test_another_product_brings_nothing_but_itself(self):
        invoice = self.sent(100)
        item = self.mirror("item").filtered(lambda one: one.active) - self.item
        item = item.filtered(lambda one: one.item_type == "Service")[0]
        bulbs = self.env["product.product"].create({"name": "Bulbs", "list_price": 7})
        bulbs.product_tmpl_id.quickbooks_item_id = item
        theirs = self.lines_there(invoice)
        theirs[0]["SalesItemLineDetail"]["ItemRef"] = {"value": item.quickbooks_id}
        words = invoice.invoice_line_ids.name
        self.edit(invoice, Line=theirs)
        self.sync("payments")
        self.take(invoice)
        line = invoice.invoice_line_ids
        self.assertEqual((line.product_id, line.name), (bulbs, words))
        self.assertEqual((line.quantity, line.price_unit), (1, 100))
        self.assertEqual(line.tax_ids.ids, self.no_tax()[0][2])
        self.assertFalse(self.document(invoice).differences)

    def test_lines_that_changed_places_and_one_that_is_gone(self):
        plain = {"quantity": 1, "tax_ids": self.no_tax()}
        lines = [
            {**plain, "name": name, "price_unit": price}
            for name, price in (("Hedges", 20), ("Roses", 50), ("Leaves", 5))
        ]
        invoice = self.post(self.invoice(lines=lines))
        hedges, roses, _leaves = self.lines_there(invoice)
        self.edit(invoice, Line=[roses, hedges])
        self.sync("payments")
        ids = dict(invoice.invoice_line_ids.mapped(lambda one: (one.name, one.id)))
        self.take(invoice)
        lines = invoice.invoice_line_ids.sorted("sequence")
        self.assertEqual(lines.mapped("name"), ["Roses", "Hedges"])
        self.assertEqual(lines.ids, [ids["Roses"], ids["Hedges"]])
        self.assertEqual(invoice.amount_total, 70)
        self.assertFalse(self.document(invoice).differences)

    def test_the_line_of_a_cash_rounding_stays_the_roundings(self):
        account = self.env["account.account"].search(
            [("account_type", "=", "income_other")], limit=1
        )
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "To five pence",
                "rounding": 0.05,
                "strategy": "add_invoice_line",
                "profit_account_id": account.id,
                "loss_account_id": account.id,
                "rounding_method": "HALF-UP",
            }
        )
        items = self.mirror("item").filtered(lambda one: one.item_type == "Service")
        self.company.quickbooks_rounding_item_id = (items - self.item)[0]
        invoice = self.sent(10.02, invoice_cash_rounding_id=rounding.id)
        self.assertEqual(invoice.amount_total, 10)
        theirs = self.lines_there(invoice)
        theirs[0]["Description"] = "Hedges"
        self.edit(invoice, Line=theirs)
        self.sync("payments")
        self.take(invoice)
        self.assertEqual(invoice.amount_total, 10)
        products = invoice.invoice_line_ids
        products = products.filtered(lambda one: one.display_type == "product")
        self.assertEqual(products.mapped("name"), ["Hedges"])
        self.assertFalse(self.document(invoice).differences)

    def test_another_rate_and_another_currency(self):
        euro = self.use_currency("EUR")
        customers = self.mirror("customer")
        customers.filtered(lambda one: one.currency_id == euro)[0]._link_to(
            self.contact("Abroad GmbH")
        )
        move = self.invoice(
            lines=[{"quantity": 1, "price_unit": 100, "tax_ids": self.no_tax()}],
            partner_id=self.contact_of(euro).id,
            currency_id=euro.id,
        )
        move.invoice_currency_rate = 1.25
        self.post(move)
        self.edit(move, ExchangeRate=0.5)
        self.sync("payments")
        self.take(move)
        self.assertEqual((move.amount_total, move.amount_total_signed), (100, 50))
        self.assertFalse(self.document(move).differences)
        invoice = self.sent(40)
        abroad = self.one("customer", self.customer_of(euro).name)
        line = self.item_line(40)
        self.edit(
            invoice,
            CustomerRef={"value": abroad.quickbooks_id},
            CurrencyRef={"value": "EUR"},
            ExchangeRate=0.5,
            Line=[line],
        )
        self.sync("payments")
        self.take(invoice)
        self.assertEqual((invoice.currency_id, invoice.amount_total), (euro, 40))
        self.assertEqual(invoice.amount_total_signed, 20)
        self.assertEqual(invoice.partner_id, self.contact_of(euro))
        self.assertFalse(self.document(invoice).differences)

    def customer_of(self, currency):
        linked = self.mirror("customer").filtered("partner_id")
        [customer] = linked.filtered(lambda one: one.currency_id == currency)
        return customer

    def contact_of(self, currency):
        return self.customer_of(currency).partner_id

    def test_prices_that_include_tax_stay_so(self):
        included = self.tax.copy({"price_include_override": "tax_included"})
        included.quickbooks_tax_code_id = self.tax.quickbooks_tax_code_id
        lines = [{"quantity": 2, "price_unit": 60, "tax_ids": [(6, 0, included.ids)]}]
        invoice = self.post(self.invoice(lines=lines))
        self.assertEqual(self.held_there(invoice)["TotalAmt"], 120)
        theirs = self.lines_there(invoice)
        theirs[0]["Amount"] = 150
        theirs[0]["SalesItemLineDetail"].update(Qty=3, UnitPrice=50)
        self.edit(invoice, Line=theirs, TxnTaxDetail={})
        self.sync("payments")
        self.take(invoice)
        self.assertEqual(invoice.amount_total, 180)
        self.assertEqual(invoice.invoice_line_ids.price_unit, 60)
        self.assertEqual(invoice.invoice_line_ids.tax_ids, included)
        self.assert_agree(invoice)

    def test_what_keeps_odoo_from_it_is_said_before(self):
        invoice, reconciled, voided = (self.sent(100) for _number in range(3))
        for move in (invoice, reconciled):
            self.edit(move, Line=[self.item_line(90)])
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=reconciled.ids
        )
        register.create({"amount": 70})._create_payments()
        self.act("void", "Invoice", {"Id": self.document(voided).quickbooks_id})
        self.sync("payments")
        self.company.sale_lock_date = "2026-11-30"
        wizard = self.look(invoice)
        self.assertIn("11/20/2026 is locked in Odoo until 11/30", wizard.obstacle)
        with self.assertRaisesRegex(UserError, "is locked"):
            self.press(wizard, "action_take")
        self.check_exception(invoice, wizard)
        words = "of which QuickBooks doesn't know"
        self.assertIn(words, self.look(reconciled).obstacle)
        self.assertIn("It was voided", self.look(voided).obstacle)
        self.assertEqual(invoice.amount_total, 100)
        # Kept first, it is marked, and can be taken over all the same.
        self.press(self.document(invoice), "action_keep_quickbooks")
        self.assertIn("Decide", str(self.seen(invoice).alerts))
        self.take(invoice)
        self.assertEqual(invoice.amount_total, 90)
        self.assertFalse(self.document(invoice).differences)

    def check_exception(self, invoice, wizard):
        """Who may make an exception to lock dates makes one there, for an hour."""
        company = self.company
        self.assertTrue(wizard.can_except)
        self.assertFalse(self.seen(wizard, self.other_manager()).can_except)
        company.hard_lock_date = "2026-11-30"
        hard = self.look(invoice)
        self.assertIn("locked in Odoo for good", hard.obstacle)
        self.assertFalse(hard.can_except)
        # Odoo itself lets nobody take a hard lock date back.
        self.env.cr.execute(
            "UPDATE res_company SET hard_lock_date = NULL WHERE id = %s", [company.id]
        )
        self.env.invalidate_all()
        answer = self.press(wizard, "action_except")
        self.assertIn("Press Take Over", answer["params"]["message"])
        self.assertEqual(str(company.sale_lock_date), "2026-11-30")
        made = self.env["account.lock_exception"].search(
            [("company_id", "=", company.id)]
        )
        self.assertEqual(
            (made.user_id, str(made.lock_date)), (self.manager, "2026-11-19")
        )
        self.assertTrue(made.end_datetime)
        self.assertIn(invoice.name, made.reason)
        self.assertFalse(self.look(invoice).obstacle)
        made.action_revoke()
        self.assertIn("is locked", self.look(invoice).obstacle)
        company.sale_lock_date = False

    def other_manager(self):
        """Return an ERP manager who has no say over the lock dates."""
        groups = "base.group_erp_manager,account.group_account_invoice"
        return self.new_manager("clerk", self.company, groups)

    def test_a_pulled_document_that_changes_later_is_taken_over_again(self):
        self.ignore_history()
        record = self.add("Invoice", **self.sale(DocNumber="QB-5"))
        found = self.findings(self.reconcile())["quickbooks_only"]
        self.do(found, "action_pull")
        move = found.move_id
        self.post(move)
        lines = [{**self.sale()["Line"][0], "Amount": 80}]
        lines[0]["SalesItemLineDetail"] = {
            **lines[0]["SalesItemLineDetail"],
            "Qty": 2,
        }
        self.change("Invoice", record, Line=lines, DocNumber="QB-6", TxnTaxDetail={})
        self.sync("payments")
        self.assertEqual(self.document(move).there, "changed")
        with self.assertRaisesRegex(UserError, "came from QuickBooks"):
            self.press(self.document(move), "action_send_odoo")
        line = self.findings(self.reconcile())["different"]
        self.assertFalse(line.can_send)
        self.check_other_finding_is_left(move, line)
        action = self.do(line, "action_take")
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertFalse(wizard.obstacle)
        self.press(wizard, "action_take")
        self.assertEqual(line.done, "taken")
        self.assertEqual((move.name, move.amount_total), ("QB-6", 96))
        self.assertTrue(self.reconcile().agrees)

    def check_other_finding_is_left(self, move, line):
        """Come from a finding about something else: it is not done with by this."""
        other = line.sudo().copy({"move_id": False})
        context = {"quickbooks_reconciliation_line": other.id}
        document = self.document(move).with_context(**context)
        opened = self.press(document, "action_take_over")
        self.assertFalse(self.env[opened["res_model"]].browse(opened["res_id"]).line_id)
        other.unlink()
