from odoo import fields, models

LOCATIONS = {
    "selection_add": [("departments", "Locations")],
    "ondelete": {"departments": "cascade"},
}


class QuickBooksDepartment(models.Model):
    _name = "quickbooks.department"
    _inherit = "quickbooks.mirror"
    _description = "QuickBooks Location"
    _quickbooks_entity = "Department"
    _quickbooks_list = "departments"
    _quickbooks_action = "quickbooks_link_example.action_quickbooks_department"


class QuickBooksSyncRun(models.Model):
    _inherit = "quickbooks.sync.run"
    kind = fields.Selection(**LOCATIONS)


class QuickBooksSyncLine(models.Model):
    _inherit = "quickbooks.sync.line"
    entity = fields.Selection(**LOCATIONS)


class AccountMove(models.Model):
    _inherit = "account.move"

    quickbooks_department_id = fields.Many2one(
        "quickbooks.department", string="QuickBooks Location", check_company=True
    )

    def _quickbooks_added_fields(self):
        location = self.quickbooks_department_id._quickbooks_of(self.company_id)
        reference = {"value": location.quickbooks_id or ""}
        return {**super()._quickbooks_added_fields(), "DepartmentRef": reference}
