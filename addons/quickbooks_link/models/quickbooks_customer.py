from odoo import api, fields, models
from odoo.tools import SQL

from .quickbooks_mirror import pick


class QuickBooksCustomer(models.Model):
    """A customer as QuickBooks holds it, with what it owes."""

    _name = "quickbooks.customer"
    _inherit = "quickbooks.mirror"
    _description = "QuickBooks Customer"
    _order = "full_name, id"
    _rec_name = "full_name"
    _rec_names_search = ["full_name", "company_name", "email"]

    _quickbooks_entity = "Customer"
    _quickbooks_list = "customers"
    _quickbooks_sequence = 10
    _quickbooks_action = "quickbooks_link.action_quickbooks_customer"

    name = fields.Char(string="Customer", help="The name in QuickBooks.")
    full_name = fields.Char(
        readonly=True,
        index="trigram",
        help="The customer's name after those of the customers it belongs to.",
    )
    company_name = fields.Char(readonly=True, help="The company name in QuickBooks.")
    parent_id = fields.Many2one(
        "quickbooks.customer",
        string="Sub-customer of",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The customer that this is a sub-customer of.",
    )
    parent_quickbooks_id = fields.Char(readonly=True)
    child_ids = fields.One2many(
        "quickbooks.customer",
        "parent_id",
        string="Sub-customers",
        readonly=True,
        help="The sub-customers, or projects, of this customer in QuickBooks.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        readonly=True,
        help="The currency in which the customer trades; QuickBooks never changes it.",
    )
    balance = fields.Monetary(
        readonly=True, help="What the customer owes by itself, in its currency."
    )
    balance_with_sub_customers = fields.Monetary(
        string="Balance with Sub-customers",
        readonly=True,
        aggregator=None,
        help="What the customer and its sub-customers owe together.",
    )
    notes = fields.Text(readonly=True, help="The notes on the customer in QuickBooks.")
    email = fields.Char(readonly=True, help="The e-mail address in QuickBooks.")
    phone = fields.Char(readonly=True, help="The telephone number in QuickBooks.")
    street = fields.Char(
        readonly=True, help="Street of the billing address in QuickBooks."
    )
    street2 = fields.Char(
        readonly=True, help="Second line of the billing address in QuickBooks."
    )
    city = fields.Char(readonly=True, help="City of the billing address in QuickBooks.")
    state_name = fields.Char(
        string="County or State",
        readonly=True,
        help="County or state of the billing address in QuickBooks.",
    )
    zip = fields.Char(
        string="Postcode",
        readonly=True,
        help="Postcode of the billing address in QuickBooks.",
    )
    country_name = fields.Char(
        string="Country",
        readonly=True,
        help="Country of the billing address in QuickBooks.",
    )

    # To find them after a sync among 100,000 that have no parent.
    _sub_customers = models.Index(
        "(company_id, parent_quickbooks_id)"
        " WHERE parent_quickbooks_id IS NOT NULL OR parent_id IS NOT NULL"
    )

    @api.model
    def _quickbooks_values(self, record, lookups):
        # EXTENDS quickbooks.mirror
        return {
            **super()._quickbooks_values(record, lookups),
            **_names(record),
            **_money(record, lookups),
            **_contact(record),
            **_billing_address(record),
        }

    @api.model
    def _quickbooks_after_merge(self, line):
        # EXTENDS quickbooks.mirror
        res = super()._quickbooks_after_merge(line)
        self._link_to_parents(line)
        return res

    @api.model
    def _link_to_parents(self, line):
        """Let each sub-customer that ``line`` may have changed point to its parent.

        It did so before unless it, or its parent, is among what was staged. Parents
        are looked up one by one: there are few sub-customers, among many.
        """
        few = self.env["quickbooks.sync.staging"]._few_of(line)
        self.env.cr.execute(
            SQL(
                """
                WITH child AS (
                    SELECT held.id, held.parent_id AS was, (
                               SELECT parent.id FROM quickbooks_customer AS parent
                                WHERE parent.company_id = held.company_id
                                  AND parent.realm_id = held.realm_id
                                  AND parent.quickbooks_id = held.parent_quickbooks_id
                           ) AS is_now
                      FROM quickbooks_customer AS held
                     WHERE held.company_id = %(company)s
                       AND held.realm_id = %(realm)s
                       AND (held.parent_quickbooks_id IS NOT NULL
                            OR held.parent_id IS NOT NULL)
                       %(among)s
                )
                UPDATE quickbooks_customer AS mirror SET parent_id = child.is_now
                  FROM child
                 WHERE mirror.id = child.id AND child.was IS DISTINCT FROM child.is_now
                """,
                company=line.company_id.id,
                realm=line.run_id.realm_id,
                among=_touched_by(few) if few else SQL(),
            )
        )


def _touched_by(few):
    """Return the condition that a sub-customer or its parent is one of ``few``."""
    return SQL(
        "AND (held.quickbooks_id = ANY(%(few)s)"
        " OR held.parent_quickbooks_id = ANY(%(few)s))",
        few=few,
    )


def _names(record):
    name = record.get("DisplayName")
    return {
        "name": name,
        "full_name": record.get("FullyQualifiedName") or name,
        "company_name": record.get("CompanyName"),
        "notes": record.get("Notes"),
        "parent_quickbooks_id": pick(record, "ParentRef", "value"),
    }


def _money(record, lookups):
    code = pick(record, "CurrencyRef", "value")
    own = record.get("Balance") or 0
    return {
        # Companies with one currency leave it out.
        "currency_id": (
            lookups.currencies.get(code) if code else lookups.home_currency_id
        ),
        "balance": own,
        "balance_with_sub_customers": record.get("BalanceWithJobs", own),
    }


def _contact(record):
    return {
        "email": pick(record, "PrimaryEmailAddr", "Address"),
        "phone": pick(record, "PrimaryPhone", "FreeFormNumber"),
    }


def _billing_address(record):
    address = record.get("BillAddr") or {}
    further = filter(None, (address.get(f"Line{number}") for number in range(2, 6)))
    return {
        "street": address.get("Line1"),
        "street2": ", ".join(further) or None,
        "city": address.get("City"),
        "state_name": address.get("CountrySubDivisionCode"),
        "zip": address.get("PostalCode"),
        "country_name": address.get("Country"),
    }
