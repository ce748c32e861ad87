import base64
import io

import xlsxwriter
from odoo import models

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SUMS = (
    "label",
    "odoo_count",
    "quickbooks_count",
    "odoo_total",
    "quickbooks_total",
    "difference",
)
FINDINGS = (
    "status",
    "kind",
    "number",
    "day",
    "customer_name",
    "currency_id",
    "odoo_total",
    "quickbooks_total",
    "odoo_balance",
    "quickbooks_balance",
    "differences",
    "advice",
    "open_difference",
    "done",
    "ignored_reason",
    "quickbooks_id",
)
CUSTOMERS = (
    "name",
    "odoo_count",
    "quickbooks_count",
    "odoo_total",
    "quickbooks_total",
    "odoo_open",
    "quickbooks_open",
    "open_difference",
    "explained",
    "other",
)


class QuickBooksReconciliation(models.Model):
    """The result as a spreadsheet."""

    _inherit = "quickbooks.reconciliation"

    def action_export(self):
        """Return the action that downloads the result as a spreadsheet."""
        self._check_manager()
        name = self.env._(
            "QuickBooks Reconciliation %(company)s %(period)s.xlsx",
            company=self.company_id.name,
            # Days as file names hold them, and folders sort them.
            period=f"{self.date_from} {self.date_to}",
        )
        # Its readers are those of the run that it hangs on.
        attachment = self.env["ir.attachment"].sudo().create(self._attachment(name))
        url = f"/web/content/{attachment.id}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    def _attachment(self, name):
        return {
            "name": name,
            "res_model": self._name,
            "res_id": self.id,
            "mimetype": TYPE,
            "datas": base64.b64encode(self._spreadsheet()),
        }

    def _spreadsheet(self):
        """Return the workbook: all in all, the findings, and the customers."""
        output = io.BytesIO()
        # Texts of other people are texts, never formulas or links.
        options = {"strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(output, {"in_memory": True, **options}) as book:
            self._sheet_of_all(book)
            self._sheet(book, self.env._("Findings"), self.line_ids, FINDINGS)
            self._sheet(book, self.env._("Customers"), self.party_ids, CUSTOMERS)
        return output.getvalue()

    def _sheet_of_all(self, book):
        sheet = book.add_worksheet(self.env._("Summary"))
        sheet.set_column(0, 0, 32)
        sheet.set_column(1, 5, 20)
        for number, row in enumerate(self._rows_of_all()):
            sheet.write_row(number, 0, row)

    def _rows_of_all(self):
        """Return the cells of what is all in all, row by row."""
        values = self._summary_values()
        sums = [[row[name] for name in SUMS] for row in values["rows"]]
        odoo, quickbooks = self.env._("Odoo"), self.env._("QuickBooks")
        return [
            (self.company_id.name,),
            (self.display_name,),
            (),
            ("", odoo, quickbooks, odoo, quickbooks, self.env._("Difference")),
            *sums,
            (),
            (self.env._("Owed by customers"), odoo, quickbooks),
            *values["ages"],
        ]

    def _sheet(self, book, title, records, names):
        """Write ``records`` as a table with the labels people know."""
        sheet = book.add_worksheet(title)
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": 14})
        fields = [records._fields[name] for name in names]
        sheet.write_row(0, 0, [self._label(records, name) for name in names], bold)
        sheet.set_column(0, len(names) - 1, 18)
        sheet.freeze_panes(1, 0)
        for number, record in enumerate(records, 1):
            for column, field in enumerate(fields):
                value = _cell(record, field)
                form = day if field.type == "date" and value else None
                sheet.write(number, column, value, form)
        sheet.autofilter(0, 0, len(records), len(names) - 1)

    def _label(self, records, name):
        return records._fields[name]._description_string(self.env)


def _cell(record, field):
    value = record[field.name]
    if field.type == "selection":
        words = dict(field._description_selection(record.env))
        return words.get(value, "")
    if field.type == "many2one":
        return value.display_name or ""
    return "" if value is False else value
