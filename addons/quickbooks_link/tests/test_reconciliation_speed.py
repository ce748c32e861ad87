"""How long ten thousand documents take; run by its name, not with the others."""

import logging

from odoo.tests import tagged
from odoo.tools import SQL

from .reconciliation_common import ReconciliationCase

_logger = logging.getLogger(__name__)

DOCUMENTS = 10_000
MOST_SECONDS = 20
MOST_METERED = 15


@tagged("post_install", "-at_install", "-standard", "quickbooks_speed")
class TestReconciliationSpeed(ReconciliationCase):
    def test_ten_thousand_documents_on_both_sides(self):
        self.seed()
        self.copy_to_odoo()
        run = self.run_id
        run.write({"date_from": "2015-01-01", "date_to": "2035-12-31"})
        run = self.reconcile()
        statuses = run.result["invoice"]["statuses"]
        _logger.info(
            "%s documents compared in %.1f s, %s calls, %s of them metered; %s",
            sum(statuses.values()),
            run.duration,
            run.calls,
            run.metered_calls,
            statuses,
        )
        self.assertGreaterEqual(statuses["same"] + statuses["different"], DOCUMENTS)
        self.assertLess(run.duration, MOST_SECONDS)
        self.assertLessEqual(run.metered_calls, MOST_METERED)

    def seed(self):
        """Let QuickBooks have many customers and invoices."""
        for kind, number in (("customers", 300), ("invoices", DOCUMENTS)):
            for _part in range(0, number, 1000):
                some = min(1000, number)
                self.simulator.post("seed", {"realm_id": self.realm, kind: some})
                _logger.info("Seeded %s %s", some, kind)
        self.sync("customers")

    def copy_to_odoo(self):
        """Let Odoo have the same invoices, posted and linked; some differ."""
        self.env.flush_all()
        model = self.post(self.invoice())
        own = self.document(model).quickbooks_id
        for customer in self.mirror("customer").filtered(lambda c: not c.partner_id):
            customer.partner_id = self.env["res.partner"].create(
                {"name": customer.full_name, "is_company": True}
            )
        self.env.flush_all()
        given = [
            (
                record["Id"],
                record.get("DocNumber") or record["Id"],
                record["TxnDate"],
                record["CustomerRef"]["value"],
                str(record["TotalAmt"] + (int(record["Id"]) % 50 == 0)),
                str((record.get("TxnTaxDetail") or {}).get("TotalTax") or 0),
                str(record["Balance"]),
            )
            for record in self.records("Invoice").values()
            if record["TotalAmt"]
            and record["CurrencyRef"]["value"] == "GBP"
            and record["Id"] != own
        ]
        self.env.cr.execute(
            "CREATE TEMP TABLE given (id text, number text, day date, customer text,"
            " total numeric, tax numeric, balance numeric)"
        )
        self.env.cr.execute_values("INSERT INTO given VALUES %s", given)
        self.env.cr.execute("ANALYZE given; SET LOCAL enable_nestloop = off")
        self.insert_moves(model)
        self.env.cr.execute("SET LOCAL enable_nestloop = on")
        _logger.info("Copied %s invoices to Odoo", len(given))
        self.env.cr.execute("ANALYZE account_move; ANALYZE quickbooks_document")
        self.env.invalidate_all()

    def insert_moves(self, model):
        changed = {
            "name": "'QB/' || given.id",
            "invoice_date": "given.day",
            "date": "given.day",
            "partner_id": "customer.partner_id",
            "commercial_partner_id": "customer.partner_id",
            "amount_total": "given.total",
            "amount_total_signed": "given.total",
            "amount_tax": "given.tax",
            "amount_residual": "given.balance",
            "amount_residual_signed": "given.balance",
            "ref": "given.id",
            "sequence_number": "given.id::int",
            "sequence_prefix": "'QB'",
        }
        self.copy_rows("account_move", model.id, changed, "")
        document = {
            "move_id": "copied.id",
            "quickbooks_id": "given.id",
            "marker": "'Odoo ' || given.id",
        }
        join = "JOIN account_move AS copied ON copied.ref = given.id"
        self.copy_rows("quickbooks_document", self.document(model).id, document, join)

    def copy_rows(self, table, row_id, changed, join):
        """Copy one row for each given document, with other values in some columns."""
        columns = [
            name
            for [name] in self.env.execute_query(
                SQL(
                    "SELECT column_name FROM information_schema.columns"
                    " WHERE table_name = %s AND column_name != 'id'",
                    table,
                )
            )
        ]
        values = [changed.get(name, f'model."{name}"') for name in columns]
        names = ", ".join(f'"{name}"' for name in columns)
        self.env.cr.execute(
            f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM given"
            " JOIN quickbooks_customer AS customer"
            "   ON customer.quickbooks_id = given.customer"
            f"  AND customer.company_id = {self.company.id}"
            f" {join} CROSS JOIN {table} AS model WHERE model.id = {row_id}"
        )
