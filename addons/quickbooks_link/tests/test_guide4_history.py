"""The guide, section 4: what QuickBooks takes away breaks nothing that was done."""

from odoo.tests import Form, tagged

from .document_common import DocumentCase
from .guide import guide

# What an audit looks for in a document's row.
KEPT = (
    "state",
    "quickbooks_id",
    "doc_number",
    "odoo_total",
    "quickbooks_total",
    "sent_at",
    "realm_id",
)


@tagged("post_install", "-at_install")
class TestGuide4HistoricalInvoices(DocumentCase):
    def setUp(self):
        super().setUp()
        self.code = self.tax.quickbooks_tax_code_id
        self.move = self.post(self.invoice())
        self.records = (self.move, self.partner, self.product.product_tmpl_id, self.tax)

    def mappings(self):
        self.env.invalidate_all()
        return (
            self.seen(self.partner).quickbooks_customer_id,
            self.seen(self.product).product_tmpl_id.quickbooks_item_id,
            self.seen(self.tax).quickbooks_tax_code_id,
        )

    def audit(self):
        """Return what is kept of the invoice and of its way to QuickBooks."""
        calls = self.env["quickbooks.call"].search(
            [("company_id", "=", self.company.id), ("label", "=", "create Invoice")]
        )
        return (
            self.document(self.move).read(KEPT),
            self.move.read(["name", "state", "amount_total", "payment_reference"]),
            calls.read(["request", "response", "status", "user_id"]),
        )

    def open_all(self):
        """Open every form that names what is inactive now, and save one field."""
        for user in (self.manager, self.accountant):
            for record in self.records:
                Form(self.seen(record, user))
        with Form(self.seen(self.partner)) as form:
            form.comment = "Still a customer of ours"
        with Form(self.seen(self.move)) as form:
            form.narration = "Thank you"

    @guide("4.16", "4.17")
    def test_mappings_and_invoices_outlive_what_was_made_inactive(self):
        mapped, audit = self.mappings(), self.audit()
        self.assertTrue(all(mapped) and all(audit))
        for entity, row in zip(("Customer", "Item", "TaxCode"), mapped, strict=True):
            self.change(entity, {"Id": row.quickbooks_id}, Active=False)
        self.sync("full")
        self.assertEqual([row.status for row in mapped], ["inactive"] * 3)
        self.assertEqual((self.mappings(), self.audit()), (mapped, audit))
        self.open_all()
        self.assertEqual((self.mappings(), self.audit()), (mapped, audit))

    @guide("4.16", "4.17")
    def test_mappings_and_invoices_outlive_what_was_deleted(self):
        mapped, audit = self.mappings(), self.audit()
        for entity, row in zip(("Customer", "Item", "TaxCode"), mapped, strict=True):
            self.remove(entity, row.quickbooks_id)
        self.sync("full")
        self.assertEqual([row.status for row in mapped], ["gone"] * 3)
        self.assertEqual((self.mappings(), self.audit()), (mapped, audit))
        self.open_all()
        self.assertEqual((self.mappings(), self.audit()), (mapped, audit))
