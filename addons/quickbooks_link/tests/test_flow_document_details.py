"""What stands on an invoice beside its lines, and lines of a special kind."""

from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from ..document_checks import checks
from .document_common import DocumentCase


class DetailsCase(DocumentCase):
    def sent(self, move):
        """Confirm; return what QuickBooks holds, to the penny as Odoo."""
        document = self.document(self.post(move))
        self.assertEqual(document.state, "sent", document.error)
        self.assertFalse(document.differences)
        entity = "CreditMemo" if move.move_type == "out_refund" else "Invoice"
        record = self.records(entity)[document.quickbooks_id]
        self.assertEqual(record["TotalAmt"], Decimal(f"{move.amount_total:.2f}"))
        tax = record["TxnTaxDetail"]["TotalTax"]
        self.assertEqual(tax, Decimal(f"{move.amount_tax:.2f}"))
        return record

    def codes(self, move):
        return {check.code for check in checks(move)}

    def term(self, days, **values):
        line = {"value": "percent", "value_amount": 100, "nb_days": days}
        return self.env["account.payment.term"].create(
            {"name": f"{days} days", "line_ids": [Command.create(line)], **values}
        )

    def term_in_quickbooks(self, name):
        terms = self.records("Term").values()
        return next(term["Id"] for term in terms if term["Name"] == name)

    def items(self, record):
        kind = "SalesItemLineDetail"
        return [line for line in record["Line"] if line["DetailType"] == kind]


@tagged("post_install", "-at_install")
class TestTerms(DetailsCase):
    def test_a_term_by_its_days_else_the_due_date_alone(self):
        move = self.invoice(invoice_payment_term_id=self.term(30).id)
        record = self.sent(move)
        net_30 = self.term_in_quickbooks("Net 30")
        self.assertEqual(record["SalesTermRef"]["value"], net_30)
        self.assertEqual(record["DueDate"], "2026-12-20")
        self.seen(move).button_draft()
        move.invoice_payment_term_id = self.term(41)
        record = self.sent(move)
        self.assertNotIn("SalesTermRef", record)
        self.assertEqual(record["DueDate"], "2026-12-31")

    def test_days_of_a_month_and_several_dates_are_no_term(self):
        term = self.term(30)
        term.line_ids.delay_type = "days_after_end_of_month"
        self.assertNotIn(
            "SalesTermRef", self.sent(self.invoice(invoice_payment_term_id=term.id))
        )
        term = self.term(30)
        halves = {"value": "percent", "value_amount": 50}
        term.line_ids = [
            Command.clear(),
            Command.create({**halves, "nb_days": 0}),
            Command.create({**halves, "nb_days": 30}),
        ]
        record = self.sent(self.invoice(invoice_payment_term_id=term.id))
        self.assertNotIn("SalesTermRef", record)
        self.assertEqual(record["DueDate"], "2026-12-20")

    def test_a_discount_for_early_payment(self):
        for computation in ("included", "mixed", "excluded"):
            with self.subTest(computation=computation):
                term = self.term(
                    30,
                    early_discount=True,
                    discount_percentage=2.5,
                    discount_days=7,
                    early_pay_discount_computation=computation,
                )
                move = self.invoice(
                    lines=[{"quantity": 3, "price_unit": 33.33}],
                    invoice_payment_term_id=term.id,
                )
                self.assertIn("discount_term", self.codes(move))
                self.assertIn("2.5% less", "".join(self.alerts(move).values()))
                self.assertNotIn("SalesTermRef", self.sent(move))
        discount = {"DueDays": 30, "DiscountDays": 7, "DiscountPercent": 2.5}
        made = self.add("Term", Name="2.5% 7 Net 30", **discount)
        self.press(self.company, "action_quickbooks_test")
        move = self.invoice(invoice_payment_term_id=term.id)
        self.assertNotIn("discount_term", self.codes(move))
        self.assertEqual(self.sent(move)["SalesTermRef"]["value"], made["Id"])


@tagged("post_install", "-at_install")
class TestSpecialLines(DetailsCase):
    def rounding(self, strategy):
        account = self.env["account.account"].search(
            [("account_type", "=", "income"), ("company_ids", "in", self.company.ids)],
            limit=1,
        )
        return self.env["account.cash.rounding"].create(
            {
                "name": "To 5 pence",
                "rounding": 0.05,
                "strategy": strategy,
                "profit_account_id": account.id,
                "loss_account_id": account.id,
            }
        )

    def test_cash_rounding_as_a_line_wants_an_item(self):
        lines = [{"quantity": 1, "price_unit": 9.99}]
        rounding = self.rounding("add_invoice_line")
        move = self.invoice(lines=lines, invoice_cash_rounding_id=rounding.id)
        self.assertEqual(move.amount_total, 12)
        [check] = [x for x in checks(move) if x.code == "rounding_item_missing"]
        self.assertEqual(check.action["res_model"], "res.company")
        self.company.quickbooks_rounding_item_id = self.item
        record = self.sent(move)
        self.assertEqual(record["TotalAmt"], 12)
        self.assertEqual(self.items(record)[-1]["Amount"], Decimal("0.01"))

    def test_cash_rounding_in_the_biggest_tax(self):
        lines = [{"quantity": 1, "price_unit": 9.99}]
        rounding = self.rounding("biggest_tax")
        move = self.invoice(lines=lines, invoice_cash_rounding_id=rounding.id)
        self.assertEqual(self.sent(move)["TotalAmt"], 12)

    def test_lines_without_a_product_take_the_companys_item(self):
        lines = [
            {"quantity": 2, "price_unit": 50},
            {"product_id": False, "name": "Discount", "price_unit": -10},
            {"product_id": False, "name": "Nothing", "price_unit": 0},
        ]
        move = self.invoice(lines=lines)
        [check] = [x for x in checks(move) if x.code == "item_missing"][:1]
        self.assertEqual(check.action["res_model"], "res.company")
        self.company.quickbooks_default_item_id = self.item
        record = self.sent(move)
        amounts = [line["Amount"] for line in self.items(record)]
        self.assertEqual(amounts, [100, -10, 0])

    def test_a_down_payment_and_the_invoice_that_takes_it_off(self):
        if "sale.order" not in self.env:
            self.skipTest("The app Sales is not installed.")
        self.company.quickbooks_default_item_id = self.item
        line = {"product_id": self.product.id, "product_uom_qty": 3}
        order = self.env["sale.order"].create(
            {"partner_id": self.partner.id, "order_line": [Command.create(line)]}
        )
        order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        )
        kinds = ({"advance_payment_method": "percentage", "amount": 33}, {})
        for values in kinds:
            wizard.create(values).create_invoices()
            move = order.invoice_ids.sorted("id")[-1]
            move.invoice_date = "2026-11-20"
            record = self.sent(move)
        self.assertIn(
            Decimal("-39.60"), [line["Amount"] for line in self.items(record)]
        )


@tagged("post_install", "-at_install")
class TestReferences(DetailsCase):
    def test_references_addresses_and_dates(self):
        shop = self.contact(
            "Shop",
            parent_id=self.partner.id,
            type="delivery",
            is_company=False,
            street="9 Quay Street",
            city="Whitby",
        )
        move = self.invoice(
            ref="PO 7731",
            narration="<p>Thank you.</p>",
            partner_shipping_id=shop.id,
            delivery_date="2026-11-18",
        )
        self.partner.email = "Accounts <accounts@ainsty.example>"
        record = self.sent(move)
        self.assertEqual(record["PrivateNote"].split("\n")[0], "PO 7731")
        self.assertEqual(record["CustomerMemo"]["value"], "Thank you.")
        self.assertEqual(record["BillEmail"]["Address"], "accounts@ainsty.example")
        self.assertEqual(record["ShipAddr"]["Line1"], "9 Quay Street")
        self.assertEqual(record["ShipDate"], "2026-11-18")
        detail = self.items(record)[0]["SalesItemLineDetail"]
        self.assertEqual(detail["ServiceDate"], "2026-11-18")


@tagged("post_install", "-at_install")
class TestClosedAfterwards(DetailsCase):
    def test_what_is_held_in_a_closed_period_is_told_before_it_is_sent(self):
        move = self.invoice()
        self.sent(move)
        self.seen(move).button_draft()
        self.connection.book_close_date = "2026-11-21"
        self.assertNotIn("closed_there", self.codes(move))
        move.invoice_date = "2026-11-24"
        self.assertIn("closed_there", self.codes(move))
        self.forget_calls()
        document = self.document(self.post(move))
        self.assertEqual((document.state, document.hold), ("attention", "checks"))
        self.assertIn("can't be changed there", document.error)
        self.assertEqual(self.calls(), {})
        # As it was: there is nothing to change.
        self.seen(move).button_draft()
        move.invoice_date = "2026-11-20"
        self.assertEqual(self.document(self.post(move)).state, "sent")


@tagged("post_install", "-at_install")
class TestLogin(DetailsCase):
    def test_what_waits_for_a_log_in_goes_by_itself(self):
        token = self.connection.sudo().token_ids
        token.state = "reconnect"
        first = self.post(self.invoice())
        self.assertEqual(self.document(first).hold, "login")
        other = self.post(self.invoice(), self.accountant)
        self.assertEqual(self.document(other).hold, "manager")
        self.connect(realm_id=self.realm)
        self.run_cron()
        self.assertEqual(self.document(first).state, "sent")
        self.assertEqual(self.document(other).state, "waiting")

    def test_offline_and_throttled_it_waits_and_says_why(self):
        for kind, words in (("drop", "could not be reached"), ("throttle", "slow")):
            with self.subTest(kind=kind):
                self.fault(kind, "create Invoice", times=2)
                move = self.post(self.invoice())
                told = "".join(self.alerts(move).values())
                self.assertIn(words, told)
                self.assertIn("tried again by itself", told)


@tagged("post_install", "-at_install")
class TestAutomatedSalesTax(DetailsCase):
    """US: QuickBooks finds the rates itself, by the address."""

    sample = "us"
    country = "base.us"
    chart = "us"

    @classmethod
    def new_company(cls, name, currency=None):
        return super().new_company(name, currency or cls.use_currency("USD"))

    def map_records(self):
        self.customer = self.mirror("customer").filtered("active")[0]
        self.partner = self.contact(
            self.customer.name,
            country_id=self.env.ref("base.us").id,
            state_id=self.env.ref("base.state_us_5").id,
        )
        self.customer._link_to(self.partner)
        self.tax = self.env["account.tax"].create(
            {"name": "Sales Tax 7%", "amount": 7, "company_id": self.company.id}
        )
        codes = self.mirror("tax.code")
        self.tax.quickbooks_tax_code_id = codes.filtered(
            lambda code: code.quickbooks_id == "TAX"
        )

    def test_odoos_tax_is_kept_or_quickbooks_is_taken_and_the_difference_shown(self):
        self.assertEqual(self.connection.tax_model, "us_automated")
        self.assertTrue(self.company.quickbooks_tax_is_automated)
        record = self.sent(self.invoice())
        self.assertEqual(record["TxnTaxDetail"]["TotalTax"], Decimal("8.40"))
        self.company.quickbooks_tax_choice = "quickbooks"
        move = self.post(self.invoice())
        document = self.document(move)
        self.assertEqual(document.state, "sent", document.error)
        record = self.records("Invoice")[document.quickbooks_id]
        tax = record["TxnTaxDetail"]["TotalTax"]
        self.assertNotEqual(tax, Decimal("8.40"))
        self.assertEqual(Decimal(f"{document.quickbooks_tax:.2f}"), tax)
        self.assertIn(f"Tax: 8.40 in Odoo, {tax} in QuickBooks", document.differences)
        told = "".join(self.alerts(move).values())
        self.assertIn("QuickBooks holds this document otherwise", told)

    def test_lines_are_tax_or_non_on_credit_memos_and_after_a_change_too(self):
        lines = [
            {"quantity": 3, "price_unit": 40},
            {"quantity": 1, "price_unit": 10, "tax_ids": [Command.clear()]},
        ]
        moves = [self.invoice(kind, lines) for kind in ("out_invoice", "out_refund")]
        for move in moves:
            record = self.sent(move)
            details = [line["SalesItemLineDetail"] for line in self.items(record)]
            codes = [detail["TaxCodeRef"]["value"] for detail in details]
            self.assertEqual(codes, ["TAX", "NON"])
            self.assertEqual(record["TxnTaxDetail"]["TotalTax"], Decimal("8.40"))
            self.seen(move).button_draft()
            move.invoice_line_ids[0].price_unit = 50
            record = self.sent(move)
            self.assertEqual(record["TxnTaxDetail"]["TotalTax"], Decimal("10.50"))
        self.company.quickbooks_tax_choice = "quickbooks"
        credit = self.post(self.invoice("out_refund", lines))
        document = self.document(credit)
        self.assertEqual(document.state, "sent", document.error)
        self.assertIn("Tax: 8.40 in Odoo", document.differences)
        self.assertIn("Total: 138.40 in Odoo", document.differences)
        held = self.records("CreditMemo")[document.quickbooks_id]
        self.assertEqual(Decimal(f"{document.quickbooks_total:.2f}"), held["TotalAmt"])
