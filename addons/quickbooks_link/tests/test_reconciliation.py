"""Both books held against each other, and what differs mended."""

import io
import zipfile
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import MendableError
from .reconciliation_common import ReconciliationCase

RUN = "odoo.addons.quickbooks_link.models.quickbooks_sliced"


@tagged("post_install", "-at_install")
class TestReconciliation(ReconciliationCase):
    def test_everything_that_can_differ_is_found_and_mended(self):
        self.ignore_history()
        self.plant()
        run = self.reconcile()
        self.check_findings(run)
        self.mend(self.findings(run))
        run = self.reconcile()
        self.assertFalse(self.findings(run), run.line_ids.mapped("differences"))
        self.assertTrue(run.agrees)
        self.assertEqual(run.same_count, 7)
        self.assertEqual(len(self.held_by_quickbooks(self.deleted)), 1)
        [moved] = self.held_by_quickbooks(self.moved)
        self.assertEqual(moved["TxnDate"], "2026-11-20")

    def plant(self):
        """Make one difference of each kind, and two documents that are the same."""
        moves = self.invoice() | self.invoice("out_refund") | self.invoice()
        self.moved = self.post(moves)[2]
        self.deleted = self.post(self.invoice())
        self.unsent = self.post(self.invoice(), self.accountant)
        self.twin = self.post(self.invoice(), self.accountant)
        here = self.held_by_quickbooks(self.moved)[0]
        self.change("Invoice", here, TxnDate="2026-12-05")
        self.remove("Invoice", self.document(self.deleted).quickbooks_id)
        self.add("Invoice", **self.sale(DocNumber=self.twin.name))
        self.add("Invoice", **self.sale(DocNumber="QB-77", TxnDate="2026-11-21"))

    def check_findings(self, run):
        found = self.findings(run)
        self.assertFalse(run.agrees)
        self.assertEqual(run.same_count, 2)
        self.assertEqual(found["odoo_only"].move_id, self.deleted | self.unsent)
        self.assertEqual(found["different"].move_id, self.moved)
        self.assertIn("Date: 11/20/2026 in Odoo, 12/05", found["different"].differences)
        self.assertEqual(found["unlinked"].move_id, self.twin)
        self.assertEqual(found["quickbooks_only"].number, "QB-77")
        lost = found["odoo_only"].filtered(lambda line: line.move_id == self.deleted)
        self.assertIn("no longer there", lost.differences)
        self.assertEqual(run.result["invoice"]["odoo"], [5, "720.00"])
        explained = sum(run.line_ids.mapped("open_difference"))
        gap = abs(run.odoo_open + explained - run.quickbooks_open)
        self.assertLessEqual(gap, run.leeway + 0.001)

    def mend(self, found):
        self.forget_calls()
        self.do(found["unlinked"], "action_link")
        self.assertEqual(set(self.calls()), {"read Invoice"})
        self.assertEqual(self.document(self.twin).state, "sent")
        self.do(found["quickbooks_only"], "action_pull")
        pulled = found["quickbooks_only"].move_id
        self.assertEqual((pulled.state, pulled.amount_total), ("draft", 144))
        self.do(found["odoo_only"] | found["different"], "action_send")
        self.forget_calls()
        self.post(pulled)
        self.assertEqual(pulled.name, "QB-77")
        self.assertEqual(self.calls(), {})

    def test_what_is_ignored_stays_so_until_it_changes(self):
        self.ignore_history()
        record = self.add("Invoice", **self.sale(DocNumber="QB-9"))
        run = self.reconcile()
        line = self.findings(run)["quickbooks_only"]
        self.ignore(line, "a test by the accountant")
        self.assertTrue(run.agrees)
        run = self.reconcile()
        self.assertTrue(run.agrees)
        line = run.line_ids.filtered(lambda line: line.number == "QB-9")
        self.assertEqual(line.ignored_reason, "a test by the accountant")
        self.change("Invoice", record, TxnDate="2026-11-22")
        run = self.reconcile()
        line = self.findings(run)["quickbooks_only"]
        self.ignore(line, "again")
        line.action_notice()
        self.assertFalse(line.done)
        self.assertFalse(run.agrees)

    def test_what_is_owed_is_explained_by_documents_and_by_payments(self):
        self.ignore_history()
        move = self.post(self.invoice())
        linked = {"TxnId": self.document(move).quickbooks_id, "TxnType": "Invoice"}
        customer = {"CustomerRef": {"value": self.customer.quickbooks_id}}
        self.add(
            "Payment",
            TotalAmt=44,
            Line=[{"Amount": 44, "LinkedTxn": [linked]}],
            **customer,
        )
        self.add("Payment", TotalAmt=30, PaymentRefNum="BACS 7", **customer)
        # Nobody promises that QuickBooks' report tells the Ids of payments.
        self.simulator.post("switches", {"report_ids": "off"})
        self.assertEqual(
            self.findings(self.reconcile())["quickbooks_only"].number, "BACS 7"
        )
        self.simulator.post("switches", {"report_ids": "on"})
        run = self.reconcile()
        [line] = self.findings(run)["different"]
        self.assertEqual(
            line.differences, "Balance: 144.00 in Odoo, 100.00 in QuickBooks"
        )
        self.assertEqual(line.open_difference, -44)
        [party] = run.party_ids.filtered(
            lambda party: party.key == self.customer.quickbooks_id
        )
        self.assertEqual(party.explained + party.other, party.open_difference)
        self.assertEqual(party.other, 0)
        left = self.findings(run)["quickbooks_only"]
        self.assertEqual((left.kind, left.number), ("payment", "BACS 7"))
        self.assertEqual(left.open_difference, -30)
        self.assertEqual(party.action_findings()["domain"][-1][2], party.key)
        self.assertIn("Owed by customers today", run.summary)
        self.mend_payments(left, move)

    def mend_payments(self, left, move):
        """What is left of payments is brought to the side that lacks it."""
        self.company.fiscalyear_lock_date = "2026-11-30"
        action = self.do(left, "action_pull")
        self.assertEqual(action["tag"], "soft_reload")
        self.assertFalse(left.done)
        self.assertIn("is locked in Odoo until", left.told)
        self.company.fiscalyear_lock_date = False
        action = self.do(left, "action_pull")
        self.assertNotIn("locked", left.told or "")
        pulled = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((pulled.amount, pulled.state), (30, "in_process"))
        self.assertEqual(pulled.payment_reference, "BACS 7")
        self.sync("payments")
        ours = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.partner.id,
                "amount": 20,
                "date": "2026-11-21",
            }
        )
        ours.action_post()
        found = self.findings(self.reconcile())
        self.assertEqual(list(found), ["odoo_only"])
        self.assertEqual(found["odoo_only"].payment_id, ours)
        self.do(found["odoo_only"], "action_send")
        held = self.records("Payment")[ours.quickbooks_payment_id.quickbooks_id]
        self.assertEqual((held["TotalAmt"], held["UnappliedAmt"]), (20, 20))
        self.assertTrue(self.reconcile().agrees)
        lines = (pulled.move_id | move).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        lines.reconcile()
        found = self.findings(self.reconcile())["different"]
        payment = found.filtered(lambda line: line.kind == "payment")
        self.assertIn(f"Applied in Odoo: {move.name} 30.00", payment.differences)
        self.assertIn("Applied in QuickBooks: –", payment.differences)

    def test_the_result_is_a_spreadsheet(self):
        self.add("Invoice", **self.sale(DocNumber="=1+1"))
        run = self.reconcile()
        first = run.date_from.strftime("%m/%d/%Y")
        name = run.with_context(lang="en_US").display_name
        self.assertTrue(name.startswith(f"{first} to "), name)
        action = run.action_export()
        attachment = int(action["url"].split("/")[3].partition("?")[0])
        content = self.env["ir.attachment"].browse(attachment).raw
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            texts = book.read("xl/sharedStrings.xml").decode()
            sheet = book.read("xl/worksheets/sheet2.xml").decode()
        name = self.env["ir.attachment"].browse(attachment).name
        self.assertTrue(name.endswith(f"{run.date_from} {run.date_to}.xlsx"), name)
        self.assertIn("=1+1", texts)
        self.assertIn("In QuickBooks only", texts)
        self.assertNotIn("<f>", sheet)
        self.assertEqual(sheet.count("<row "), len(run.line_ids) + 1)

    def test_a_page_and_more_is_read_and_few_calls_are_metered(self):
        self.simulator.post("seed", {"realm_id": self.realm, "invoices": 1100})
        run = self.run_id
        run.date_from = date(2020, 1, 1)
        run.date_to = date(2030, 1, 1)
        run = self.reconcile()
        held = [one for one in self.records("Invoice").values() if one["TotalAmt"]]
        self.assertEqual(run.result["invoice"]["quickbooks"][0], len(held))
        total = sum(
            record["TotalAmt"] * record.get("ExchangeRate", 1) for record in held
        )
        self.assertAlmostEqual(
            float(run.result["invoice"]["quickbooks"][1]), float(total), delta=1
        )
        self.assertLessEqual(run.metered_calls, 6)
        self.assertEqual(run.fetched, run.expected)
        self.assertEqual(run.quickbooks_call_count, run.calls)

    def test_the_scheduler_goes_on_and_what_fails_says_so(self):
        run = self.begin()
        other = self.as_manager(run.sudo().create({"company_id": self.company.id}))
        with self.assertRaisesRegex(UserError, "already under way"):
            other.action_start()
        for forbidden in (run.unlink, lambda: run.write({"date_from": "2020-01-01"})):
            with self.assertRaisesRegex(UserError, "is under way"):
                forbidden()
        run.sudo().touched_at = "2020-01-01 00:00:00"
        cron = self.env.ref("quickbooks_link.ir_cron_quickbooks_reconciliation")
        with self.own_cursors():
            cron.method_direct_trigger()
        run.invalidate_recordset()
        self.assertEqual(run.state, "done", run.error)
        self.fault("fault", "report AgedReceivables", code="6000", status=400)
        with mute_logger(RUN):
            run = self.finish_run(self.begin())
        self.assertEqual(run.state, "failed")
        self.assertIn("QuickBooks refused", run.error)
        self.assertFalse(run.line_ids)
        self.simulator.delete("faults")
        self.reconcile()

    def test_only_erp_managers_of_the_company_reconcile(self):
        run = self.reconcile()
        with self.assertRaises(AccessError):
            run.write({"state": "draft"})
        run.write({"date_from": run.date_from})
        self.assertEqual(run.state, "done")
        # What was found is not true of another period.
        run.write({"date_from": "2020-01-01"})
        self.assertEqual(run.state, "draft")
        self.assertFalse(run.result or run.line_ids or run.party_ids)
        with self.assertRaises(AccessError):
            run.with_user(self.accountant).read(["state"])
        other = self.new_company("Second Ltd")
        stranger = self.new_manager("stranger", other)
        stranger = run.with_user(stranger).with_context(allowed_company_ids=other.ids)
        for records in (stranger, stranger.env["quickbooks.reconciliation.line"]):
            self.assertFalse(records.search([]))
        with self.assertRaises(AccessError):
            stranger.action_start()

    def test_lines_of_all_kinds_are_pulled(self):
        self.ignore_history()
        other = self.mirror("item").filtered(
            lambda one: one.item_type == "Service" and one != self.item and one.active
        )[0]
        code = {"value": self.tax.quickbooks_tax_code_id.quickbooks_id}
        loose = {"ItemRef": {"value": other.quickbooks_id}, "TaxCodeRef": code}
        lines = [
            *self.sale()["Line"],
            {"DetailType": "DescriptionOnly", "Description": "By hand"},
            {
                "DetailType": "SalesItemLineDetail",
                "Amount": 12.5,
                "SalesItemLineDetail": loose,
            },
            {
                "DetailType": "DiscountLineDetail",
                "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10},
            },
        ]
        memo = {"value": "Thank you & <welcome>"}
        body = self.sale(Line=lines, CustomerMemo=memo, DocNumber="QB-5")
        held = self.add("Invoice", **body)["Line"][2]["SalesItemLineDetail"]
        line = self.findings(self.reconcile())["quickbooks_only"]
        self.do(line, "action_pull")
        move = line.move_id
        self.assertEqual(
            [
                (one.name, one.display_type, one.quantity, one.price_unit)
                for one in move.invoice_line_ids.sorted("sequence")
            ],
            [
                ("Mowing", "product", 3, 40),
                ("By hand", "line_note", 0, 0),
                (held["ItemRef"]["name"], "product", 1, 12.5),
                ("Discount", "product", 1, -13.25),
            ],
        )
        first, _note, loose, _discount = move.invoice_line_ids.sorted("sequence")
        self.assertEqual((first.product_id, loose.tax_ids), (self.product, self.tax))
        self.assertFalse(loose.product_id, "no product is mapped to its item")
        self.assertIn("Thank you &amp; &lt;welcome&gt;", move.narration)
        # What comes to something else is told, and left to a person.
        self.assertIn("Tax", self.document(move).differences)

    def test_a_bundle_and_an_item_of_two_products_are_pulled(self):
        self.ignore_history()
        twin = self.env["product.product"].create({"name": "Lawn care, long grass"})
        twin.product_tmpl_id.quickbooks_item_id = self.item
        items = self.records("Item").values()
        [bundle] = [one for one in items if one["Type"] == "Group"]
        group = {
            "DetailType": "GroupLineDetail",
            "GroupLineDetail": {"GroupItemRef": {"value": bundle["Id"]}},
        }
        body = self.sale(Line=[*self.sale()["Line"], group], DocNumber="QB-5")
        held = self.add("Invoice", **body)
        found = self.findings(self.reconcile())["quickbooks_only"]
        self.do(found, "action_pull")
        move = found.move_id
        parts = held["Line"][1]["GroupLineDetail"]["Line"]
        self.assertGreater(len(parts), 1)
        lines = move.invoice_line_ids.sorted("sequence")
        self.assertEqual(len(lines), 1 + len(parts))
        self.assertFalse(lines[0].product_id, "nobody says which of the two")
        self.assertEqual(
            [(one.quantity, one.price_subtotal) for one in lines[1:]],
            [(p["SalesItemLineDetail"]["Qty"], p["Amount"]) for p in parts],
        )

    def test_a_pull_needs_a_contact_and_may_be_thrown_away(self):
        self.ignore_history()
        stranger = self.mirror("customer").filtered(
            lambda one: not one.partner_id and one.currency_id == self.gbp
        )[0]
        reference = {"CustomerRef": {"value": stranger.quickbooks_id}}
        self.add("Invoice", **self.sale(DocNumber="QB-1", **reference))
        line = self.findings(self.reconcile())["quickbooks_only"]
        with self.assertRaisesRegex(MendableError, "No contact is linked"):
            self.do(line, "action_pull")
        stranger._link_to(self.contact("Stranger Ltd"))
        self.do(line, "action_pull")
        move = line.move_id
        self.assertIn("Made from QB-1", move.message_ids[0].body)
        self.assertFalse(self.document(move).differences)
        move.unlink()
        self.assertFalse(move.exists())
