from odoo import api, fields, models

METHOD = "PaymentMethod"
ACCOUNT = "Account"


class QuickBooksPaymentRoute(models.Model):
    """Where payments of one QuickBooks payment method, or deposit account, go in Odoo.

    The rows are learnt from QuickBooks; a person chooses the journals.
    """

    _name = "quickbooks.payment.route"
    _description = "QuickBooks Payment Journal"
    _order = "kind desc, name, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    realm_id = fields.Char(required=True, readonly=True)
    kind = fields.Selection(
        [(METHOD, "Payment Method"), (ACCOUNT, "Deposit Account")],
        string="QuickBooks",
        required=True,
        readonly=True,
        help="Whether this is a payment method or an account in QuickBooks.",
    )
    quickbooks_id = fields.Char(string="QuickBooks ID", required=True, readonly=True)
    name = fields.Char(readonly=True, help="The name in QuickBooks.")
    journal_id = fields.Many2one(
        "account.journal",
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
        check_company=True,
        help="Where payments of this kind are booked; empty for the journal above. "
        "A payment's method comes before the account it was deposited to.",
    )
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        string="Odoo Payment Method",
        domain="[('journal_id', '=', journal_id), ('payment_type', '=', 'inbound')]",
        help="Empty for the journal's first.",
    )
    active = fields.Boolean(default=True)

    _quickbooks_unique = models.Constraint(
        "UNIQUE (company_id, realm_id, kind, quickbooks_id)",
        "A payment method or account is kept once for each company.",
    )

    @api.onchange("journal_id")
    def _onchange_journal_id(self):
        if self.payment_method_line_id.journal_id != self.journal_id:
            self.payment_method_line_id = False

    @api.model
    def _learn(self, connection, changed):
        """Keep the payment methods and accounts that QuickBooks has.

        :param changed: lists of records in QuickBooks' words, by entity
        """
        routes = self.sudo().with_context(active_test=False)
        here = [
            ("company_id", "=", connection.company_id.id),
            ("realm_id", "=", connection.realm_id),
        ]
        held = {
            (route.kind, route.quickbooks_id): route for route in routes.search(here)
        }
        for kind in (METHOD, ACCOUNT):
            for record in changed.get(kind, ()):
                if kind == METHOD or _may_be_deposited_to(record):
                    routes._learn_one(connection, held, kind, record)

    @api.model
    def _learn_one(self, connection, held, kind, record):
        values = {
            "name": record.get("FullyQualifiedName") or record.get("Name"),
            "active": record.get("Active", True),
        }
        route = held.get((kind, str(record["Id"])))
        if not route:
            key = {
                "company_id": connection.company_id.id,
                "realm_id": connection.realm_id,
                "kind": kind,
                "quickbooks_id": str(record["Id"]),
            }
            self.create({**key, **values})
        elif any(route[name] != value for name, value in values.items()):
            route.write(values)

    @api.model
    def _of_payment(self, payment):
        """Return the route of a ``quickbooks.payment``.

        By its method, else by the account it was deposited to, else one that is not
        saved, with the company's journal.
        """
        for kind, quickbooks_id in (
            (METHOD, payment.method_quickbooks_id),
            (ACCOUNT, payment.account_quickbooks_id),
        ):
            route = quickbooks_id and self.with_context(active_test=False).search(
                [
                    ("company_id", "=", payment.company_id.id),
                    ("realm_id", "=", payment.realm_id),
                    ("kind", "=", kind),
                    ("quickbooks_id", "=", quickbooks_id),
                    ("journal_id", "!=", False),
                ]
            )
            if route:
                return route
        return self.new({"journal_id": payment.company_id._quickbooks_journal().id})

    def _method_line(self):
        """Return the payment method of the journal that payments get."""
        lines = self.journal_id.inbound_payment_method_line_ids
        return (self.payment_method_line_id & lines) or lines[:1]


def _may_be_deposited_to(account):
    """Return whether a customer's payment could have been put there."""
    kind, detail = account.get("AccountType"), account.get("AccountSubType")
    return kind == "Bank" or detail == "UndepositedFunds"
