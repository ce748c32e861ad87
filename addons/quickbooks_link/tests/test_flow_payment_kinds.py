from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from ..document_reading import exact
from .payment_common import PaymentCase


class DiscountCase(PaymentCase):
    """Invoices with 2% off for whoever pays within 10 days."""

    def two_percent(self, computation="excluded"):
        return self.env["account.payment.term"].create(
            {
                "name": "2% 10 days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": computation,
                "line_ids": [Command.create({"value": "percent", "value_amount": 100})],
            }
        )

    def credit_in_quickbooks(self, amount, **values):
        """Make a credit memo in QuickBooks that Odoo knows nothing of."""
        detail = {
            "ItemRef": {"value": self.item.quickbooks_id},
            "TaxCodeRef": {"value": self.one("tax.code", "No VAT").quickbooks_id},
        }
        line = {
            "Amount": amount,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": detail,
        }
        customer = {"value": self.customer.quickbooks_id}
        made = self.add("CreditMemo", CustomerRef=customer, Line=[line], **values)
        return ("CreditMemo", made["Id"])


@tagged("post_install", "-at_install")
class TestFlowPaymentKinds(DiscountCase):
    """Discounts, journals, other currencies, and two syncs at once."""

    def test_early_payment_discount(self):
        term = self.two_percent()
        early = self.sent(100, invoice_payment_term_id=term.id)
        late = self.sent(100, invoice_payment_term_id=term.id)
        credits = [self.credit_in_quickbooks(2) for _number in range(2)]
        self.pay(98, (early, 100), (credits[0], 2))
        after = self.pay(98, (late, 100), (credits[1], 2), TxnDate="2026-12-20")
        self.sync("payments")
        self.assertEqual(early.payment_state, "paid")
        self.assert_agree(early)
        self.assertEqual(self.open_in_odoo(late), 2)
        row = self.row(after)
        self.assertEqual(row.state, "attention")
        self.assertIn("2.00", row.error)
        self.sync("payments")
        self.assertEqual(len(self.odoo_payments()), 2)

    def test_what_the_bookkeeper_wrote_off_stays_open_and_is_told(self):
        invoice = self.sent(100)
        off = self.write_off(20)
        paid = self.pay(80, (invoice, 100), (off, 20))
        self.sync("payments")
        row = self.row(paid)
        self.assertEqual(row.state, "attention")
        self.assertIn("20.00 GBP", row.error)
        self.assertIn("another transaction that Odoo doesn't have", row.error)
        self.assertEqual(row.payment_id.amount, 80)
        self.assertEqual(self.open_in_odoo(invoice), 20)
        self.assertEqual(self.document(invoice).balance, 0)
        self.remove(*off)
        self.sync("payments")
        self.assertEqual(row.state, "done", row.error)
        self.assert_agree(invoice)

    def write_off(self, amount):
        """Take an amount off what the customer owes, as a bookkeeper does."""
        accounts = self.records("Account").values()
        named = {one["AccountType"]: {"value": one["Id"]} for one in accounts}
        who = {"value": self.customer.quickbooks_id}
        sides = {
            "Credit": {
                "AccountRef": named["Accounts Receivable"],
                "Entity": {"Type": "Customer", "EntityRef": who},
            },
            "Debit": {"AccountRef": named["Expense"]},
        }
        kind = "JournalEntryLineDetail"
        lines = [
            {"Amount": amount, "DetailType": kind, kind: {"PostingType": side, **rest}}
            for side, rest in sides.items()
        ]
        made = self.add("JournalEntry", TxnDate="2026-11-21", Line=lines)
        return ("JournalEntry", made["Id"])

    def test_journals_follow_method_and_account(self):
        invoice = self.sent(100)
        methods = self.records("PaymentMethod")
        method = next(iter(methods.values()))
        self.sync("payments")
        routes = self.company.quickbooks_payment_route_ids
        self.assertIn(method["Name"], routes.mapped("name"))
        cash = self.env["account.journal"].create(
            {
                "name": "Till",
                "type": "cash",
                "code": "TILL",
                "company_id": self.company.id,
            }
        )
        route = routes.filtered(
            lambda r: r.kind == "PaymentMethod" and r.quickbooks_id == method["Id"]
        )
        self.seen(route).journal_id = cash
        paid = self.pay(10, (invoice, 10), PaymentMethodRef={"value": method["Id"]})
        other = self.pay(10, (invoice, 10))
        till = routes.filtered(lambda r: r.kind == "Account")[0]
        self.seen(till).journal_id = cash.copy({"name": "Safe", "code": "SAFE"})
        into = self.pay(
            10, (invoice, 10), DepositToAccountRef={"value": till.quickbooks_id}
        )
        self.sync("payments")
        self.assertEqual(self.row(paid).payment_id.journal_id, cash)
        self.assertEqual(self.row(into).payment_id.journal_id, till.journal_id)
        self.assertEqual(self.row(other).payment_id.journal_id, self.bank)

    def test_without_any_journal_it_waits_for_one(self):
        paid = self.pay(40, (self.sent(100), 40))
        journals = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "in", ("bank", "cash"))]
        )
        journals.active = False
        self.sync("payments")
        row = self.row(paid)
        self.assertEqual((row.state, row.hold), ("waiting", "journal"))
        self.assertIn("no bank or cash journal", row.error)
        journals.active = True
        self.sync("payments")
        self.assertEqual((row.state, row.hold), ("done", False), row.error)

    def test_a_mistake_with_one_leaves_the_others_and_the_next_sync_their_turn(self):
        invoice, other = self.sent(100), self.sent(100)
        broken = self.pay(30, (invoice, 30), PaymentRefNum="BREAKS")
        whole = self.pay(40, (other, 40))
        payments = type(self.env["quickbooks.payment"])
        plan_of = payments._read_plan

        def breaks(row):
            if row.reference == "BREAKS":
                raise KeyError("a mistake")
            return plan_of(row)

        logger = "odoo.addons.quickbooks_link.models.quickbooks_payment_booking"
        with (
            patch.object(payments, "_read_plan", breaks),
            self.assertLogs(logger, "ERROR"),
        ):
            self.sync("payments")
        row = self.row(broken)
        self.assertEqual(row.state, "attention")
        self.assertIn("A mistake in the program", row.error)
        self.assertEqual(self.row(whole).state, "done")
        self.sync("payments")
        self.assertEqual((row.state, row.error), ("done", False))
        self.assert_agree(invoice, other)

    def test_a_customer_who_is_not_linked_yet_waits(self):
        credit = self.pay(25)
        self.customer.partner_id = False
        self.sync("payments")
        row = self.row(credit)
        self.assertEqual((row.state, row.hold), ("waiting", "customer"))
        self.customer.partner_id = self.partner
        self.sync("payments")
        self.assertEqual(row.state, "done", row.error)
        self.assertEqual(row.payment_id.partner_id, self.partner)

    def test_two_at_once_never_book_twice(self):
        invoice = self.sent(100)
        paid = self.pay(100, (invoice, 100))
        record = self.records("Payment")[paid["Id"]]
        books = self.env["quickbooks.books"]
        with self.own_cursors():
            for _time in range(2):
                with self.env.registry.cursor() as cr:
                    other = books.with_env(self.env(cr=cr, su=True))
                    connection = self.connection.with_env(other.env)
                    other._take_in(connection, {"Payment": [record]}, {})
        self.env.invalidate_all()
        self.assertEqual(len(self.odoo_payments()), 1)
        row = self.row(paid)
        again = {"company_id": self.company.id, "realm_id": self.realm, "state": "new"}
        rows = self.env["quickbooks.payment"]
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            rows.create({**again, "quickbooks_id": row.quickbooks_id})


class CurrencyCase(DiscountCase):
    """A customer who trades in dollars, whose rate has changed since."""

    def setUp(self):
        super().setUp()
        self.usd = self.use_currency("USD")
        name = "Liberty Gardens Inc"
        there = self.add("Customer", DisplayName=name, CurrencyRef={"value": "USD"})
        self.sync("customers")
        self.connection.multicurrency = True
        self.partner = self.contact(name)
        self.customer = self.held("customer", there["Id"])
        self.customer._link_to(self.partner)
        for day, rate in (("2026-11-01", 1.25), ("2026-11-21", 1.6)):
            self.env["res.currency.rate"].create(
                {
                    "name": day,
                    "rate": rate,
                    "currency_id": self.usd.id,
                    "company_id": self.company.id,
                }
            )

    def in_dollars(self, rate):
        return {"CurrencyRef": {"value": "USD"}, "ExchangeRate": rate}

    def exchanged(self, moves):
        """Return what the exchange came to: a gain counts below zero."""
        exchange = moves | moves.line_ids.matched_credit_ids.exchange_move_id
        accounts = (
            self.company.income_currency_exchange_account_id
            | self.company.expense_currency_exchange_account_id
        )
        lines = exchange.line_ids.filtered(lambda line: line.account_id in accounts)
        return exact(sum(lines.mapped("balance")), self.gbp)


@tagged("post_install", "-at_install")
class TestFlowPaymentCurrency(CurrencyCase):
    """Payments in another currency, at another rate than the invoice's."""

    def test_exchange_difference(self):
        invoice = self.sent(100, currency_id=self.usd.id)
        self.assertEqual(invoice.amount_total_signed, 80)
        first = self.pay(40, (invoice, 40), **self.in_dollars(0.7))
        second = self.pay(60, (invoice, 60), **self.in_dollars(0.9))
        self.sync("payments")
        payments = self.row(first).payment_id, self.row(second).payment_id
        homes = [one.amount_company_currency_signed for one in payments]
        self.assertEqual(homes, [28, 54])
        self.assertEqual(invoice.payment_state, "paid")
        self.assert_agree(invoice)
        # 80 were owed, 82 have come.
        self.assertEqual(self.exchanged(invoice), Decimal(-2))
        self.void("Payment", first)
        self.sync("payments")
        self.assertEqual(self.open_in_odoo(invoice), 40)
        self.assert_agree(invoice)

    def test_a_discount_for_early_payment(self):
        term = self.two_percent().id
        invoice = self.sent(100, currency_id=self.usd.id, invoice_payment_term_id=term)
        credit = self.credit_in_quickbooks(2, **self.in_dollars(0.9))
        paid = self.pay(98, (invoice, 100), (credit, 2), **self.in_dollars(0.9))
        self.sync("payments")
        row = self.row(paid)
        self.assertEqual(row.state, "done", row.error)
        payment = row.payment_id
        self.assertEqual((payment.amount, payment.currency_id), (98, self.usd))
        lines = {line.account_id: line for line in payment.move_id.line_ids}
        loss = self.company.account_journal_early_pay_discount_loss_account_id
        # The discount is of what was invoiced, at 0.8; the money came at 0.9.
        self.assertEqual((lines[loss].balance, lines[loss].amount_currency), (1.6, 2))
        self.assertEqual(lines[payment.outstanding_account_id].balance, 88.2)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self.exchanged(invoice), Decimal("-9.8"))
        receivable = (invoice | payment.move_id).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        self.assertFalse(any(receivable.mapped("amount_residual")))
        self.assert_agree(invoice)
        self.sync("payments")
        self.assertEqual(self.odoo_payments(), payment)
        self.void("Payment", paid)
        self.sync("payments")
        self.assertEqual(self.open_in_odoo(invoice), 100)
        self.assert_agree(invoice)
