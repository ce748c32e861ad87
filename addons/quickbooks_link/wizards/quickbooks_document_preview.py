from odoo import api, fields, models

from ..document_checks import checks
from ..document_reading import connection_of, read_books, read_document
from ..qbo import documents


class QuickBooksDocumentPreview(models.TransientModel):
    """A document as QuickBooks will hold it, shown before anything is sent."""

    _name = "quickbooks.document.preview"
    _description = "QuickBooks Preview"

    move_id = fields.Many2one("account.move", required=True, readonly=True)
    content = fields.Html(
        compute="_compute_content",
        sanitize=False,
        help="The document as QuickBooks will hold it.",
    )

    @api.depends("move_id")
    @api.depends_context("lang")
    def _compute_content(self):
        for preview in self:
            values = preview._values(preview.move_id)
            preview.content = self.env["ir.qweb"]._render(
                "quickbooks_link.document_preview", values
            )

    @api.model
    def _values(self, move):
        """Return what the template shows of the very body that would be sent."""
        # What follows is read as superuser.
        move.check_access("read")
        document, books = read_document(move), read_books(move)
        body = documents.build(document, books)
        return {
            "move": move,
            "body": body,
            "checks": [
                check for check in checks(move) if check.code != "number_missing"
            ],
            "customer": move.partner_id._quickbooks_customer(move.company_id),
            "number": body.get("DocNumber") or self._number_to_come(books),
            "address": list(body.get("BillAddr", {}).values()),
            "lines": [self._line(move, line) for line in body["Line"]],
            "net": sum(line.amount for line in document.lines),
            "tax": document.tax,
            "total": document.total,
            "kept": "TotalTax" in body.get("TxnTaxDetail", {}),
        }

    @api.model
    def _number_to_come(self, books):
        if books.quickbooks_numbers:
            return self.env._("given by QuickBooks")
        return self.env._("given when it is confirmed")

    @api.model
    def _line(self, move, line):
        detail = line.get("SalesItemLineDetail", {})
        return {
            "description": line.get("Description", ""),
            "item": self._name_of(move, "quickbooks.item", detail.get("ItemRef")),
            "quantity": detail.get("Qty"),
            "price": detail.get("UnitPrice"),
            "code": self._name_of(
                move, "quickbooks.tax.code", detail.get("TaxCodeRef")
            ),
            "amount": line.get("Amount"),
        }

    @api.model
    def _name_of(self, move, mirror, reference):
        """Return the name of what a reference means in this QuickBooks company."""
        wanted = (reference or {}).get("value")
        rows = self.env[mirror].sudo().with_context(active_test=False)
        found = wanted and rows.search(
            [
                ("company_id", "=", move.company_id.id),
                ("realm_id", "=", connection_of(move.company_id).realm_id),
                ("quickbooks_id", "=", wanted),
            ]
        )
        return found.display_name if found else wanted or ""
