import json
from dataclasses import asdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..groups import READERS
from ..qbo import exactjson, payments
from .quickbooks_document import PAGES, connection_of

# What a sync looks at again: it may have become possible since.
OPEN = ("new", "waiting", "attention")


class QuickBooksPayment(models.Model):
    """A payment as QuickBooks holds it, and how it was applied.

    Also one of nothing, which only ties a credit memo to an invoice. The row says
    what QuickBooks says; what Odoo's books have of it is in ``payment_id`` and in
    the reconciliations that name it.
    """

    _name = "quickbooks.payment"
    _description = "QuickBooks Payment"
    _order = "date desc, id desc"
    _rec_names_search = ["reference", "customer_name"]

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="The Odoo company whose QuickBooks holds the payment.",
    )
    realm_id = fields.Char(string="QuickBooks Company ID", required=True, readonly=True)
    quickbooks_id = fields.Char(
        string="QuickBooks ID",
        required=True,
        readonly=True,
        help="QuickBooks' own number of the payment.",
    )
    sync_token = fields.Char(readonly=True)
    content = fields.Text(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="All that was read of it, to tell whether anything has changed.",
    )

    # What QuickBooks says
    status = fields.Selection(
        [
            ("present", "In QuickBooks"),
            ("voided", "Voided in QuickBooks"),
            ("deleted", "Deleted in QuickBooks"),
        ],
        default="present",
        readonly=True,
        string="QuickBooks Status",
        help="What has become of the payment in QuickBooks.",
    )
    date = fields.Date(readonly=True, help="The date of the payment in QuickBooks.")
    reference = fields.Char(readonly=True, help="Such as the number of a cheque.")
    memo = fields.Char(readonly=True, help="The memo on the payment in QuickBooks.")
    customer_quickbooks_id = fields.Char(readonly=True)
    customer_name = fields.Char(
        string="QuickBooks Customer",
        readonly=True,
        help="The customer's name in QuickBooks.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        compute_sudo=True,
        search="_search_partner_id",
        help="The contact that is the customer in Odoo.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    currency_code = fields.Char(related="currency_id.name", string="Currency Code")
    kind = fields.Selection(
        [("payment", "Payment"), ("credit", "Credit Applied")],
        string="Type",
        compute="_compute_kind",
        help="Credit Applied: no money was paid. QuickBooks ties a credit memo to what "
        "it settles by a payment of nothing.",
    )
    amount = fields.Monetary(readonly=True, help="The total of the payment.")
    unapplied = fields.Monetary(
        readonly=True, help="What is left of it: the customer's credit."
    )
    rate = fields.Char(
        string="Exchange Rate",
        readonly=True,
        help="Units of the company's currency for one of the payment's.",
    )
    method_quickbooks_id = fields.Char(readonly=True)
    account_quickbooks_id = fields.Char(readonly=True)
    allocation_ids = fields.One2many(
        "quickbooks.payment.allocation",
        "payment_id",
        string="Applied To",
        help="What the payment is applied to in QuickBooks.",
    )
    url = fields.Char(
        compute="_compute_url", groups=READERS, help="Opens the payment in QuickBooks."
    )

    # What Odoo has of it
    state = fields.Selection(
        [
            ("new", "To Be Taken In"),
            ("waiting", "Waiting"),
            ("ask", "To Be Decided"),
            ("attention", "Needs Attention"),
            ("done", "In Odoo"),
            ("shown", "Shown Only"),
            ("elsewhere", "Elsewhere"),
            ("undone", "Undone"),
        ],
        default="new",
        required=True,
        readonly=True,
        index=True,
        help="Waiting: it is taken in by itself once what it waits for is there. "
        "Elsewhere: it pays documents that Odoo doesn't have.",
    )
    hold = fields.Selection(
        [
            ("customer", "Its customer is not linked"),
            ("lock", "Its date is locked"),
            ("journal", "There is no journal for it"),
        ],
        string="Waits For",
        readonly=True,
        help="Why it is not in Odoo yet.",
    )
    error = fields.Text(
        string="Reason",
        readonly=True,
        help="Why it is not, or not all, in Odoo, and what to do.",
    )
    payment_id = fields.Many2one(
        "account.payment",
        string="Odoo Payment",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The payment in Odoo that was made of it.",
    )
    booked = fields.Char(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Of what the Odoo payment was made, to tell whether that still holds.",
    )
    discount = fields.Monetary(
        readonly=True,
        help="What the payment settles beyond its amount: a discount. In QuickBooks "
        "that is a credit memo.",
    )
    twin_ids = fields.Many2many(
        "account.payment",
        "quickbooks_payment_twin",
        string="May Be the Same As",
        readonly=True,
        help="Payments in Odoo that may be the same.",
    )
    distinct = fields.Boolean(
        readonly=True, help="Somebody said that none of Odoo's payments is this one."
    )

    _quickbooks_unique = models.Constraint(
        "UNIQUE (company_id, realm_id, quickbooks_id)",
        "A QuickBooks payment is kept once for each company.",
    )
    _payment_unique = models.UniqueIndex(
        "(payment_id) WHERE payment_id IS NOT NULL",
        "The Odoo payment belongs to another QuickBooks payment already.",
    )

    @api.depends("reference", "quickbooks_id")
    def _compute_display_name(self):
        for payment in self:
            payment.display_name = payment.reference or self.env._(
                "QuickBooks payment %s", payment.quickbooks_id
            )

    @api.depends("amount", "allocation_ids")
    def _compute_kind(self):
        for payment in self:
            ties = payment.allocation_ids and not payment.amount
            payment.kind = "credit" if ties else "payment"

    @api.depends("quickbooks_id")
    def _compute_url(self):
        for payment in self:
            environment = connection_of(payment.company_id).environment
            page = PAGES.get(environment, PAGES["production"])
            payment.url = f"{page}/recvpayment?txnId={payment.quickbooks_id}"

    @api.depends("payment_id.partner_id", "customer_quickbooks_id")
    def _compute_partner_id(self):
        for payment in self:
            partner = payment._customer().partner_id
            payment.partner_id = payment.payment_id.partner_id or partner

    @api.model
    def _search_partner_id(self, operator, value):
        customers = (
            self.env["quickbooks.customer"]
            .sudo()
            .with_context(active_test=False)
            .search([("partner_id", operator, value)])
        )
        return [("customer_quickbooks_id", "in", customers.mapped("quickbooks_id"))]

    def action_open_payment(self):
        """Open the Odoo payment."""
        self.ensure_one()
        return self.payment_id.get_formview_action()

    def _customer(self):
        """Return the QuickBooks Customer of the payment, or none."""
        mirror = self.env["quickbooks.customer"].sudo().with_context(active_test=False)
        return mirror.search(
            [
                ("company_id", "=", self.company_id.id),
                ("realm_id", "=", self.realm_id),
                ("quickbooks_id", "=", self.customer_quickbooks_id or ""),
            ]
        )

    # === Taking in what QuickBooks says === #

    @api.model
    def _store(self, connection, records, deleted):
        """Keep what QuickBooks says of its payments; return what differs from before.

        :param records: payments in QuickBooks' words
        :param deleted: Ids of payments that are gone
        :return: how many there were of each kind, and the rows that have changed
        """
        read = {one.id: one for one in map(payments.read, records)}
        held = self._held(connection, [*read, *deleted])
        fresh = self._insert(connection, [key for key in read if key not in held])
        rows = {key: held.get(key) or fresh[key] for key in read}
        changed = self._take(
            connection,
            {row: read[key] for key, row in rows.items() if row._differs(read[key])},
        )
        gone = self.browse().union(*(held[key] for key in deleted if key in held))
        gone = gone.filtered(lambda row: row.status != "deleted")
        gone.write({"status": "deleted", "unapplied": 0})
        voided = changed.filtered(lambda row: row.status == "voided")
        counts = {
            "created": len(fresh),
            "updated": len(changed - voided - self.browse().union(*fresh.values())),
            "deactivated": len(voided | gone),
            "unchanged": len(read) - len(changed),
        }
        return counts, changed | gone

    @api.model
    def _held(self, connection, quickbooks_ids):
        rows = self.search(
            [
                ("company_id", "=", connection.company_id.id),
                ("realm_id", "=", connection.realm_id),
                ("quickbooks_id", "in", list(quickbooks_ids)),
            ]
        )
        return {row.quickbooks_id: row for row in rows}

    @api.model
    def _insert(self, connection, quickbooks_ids):
        """Add empty rows for these payments.

        Where another transaction has just done the same, PostgreSQL lets this one
        wait and then fail as one to be repeated: it can't see the other's rows.
        """
        if not quickbooks_ids:
            return {}
        query = SQL(
            """
            INSERT INTO quickbooks_payment (
                   company_id, realm_id, quickbooks_id, state, status,
                   create_uid, write_uid, create_date, write_date)
            SELECT %(company)s, %(realm)s, unnest(%(ids)s), 'new', 'present',
                   %(user)s, %(user)s,
                   now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                ON CONFLICT DO NOTHING
            RETURNING quickbooks_id, id
            """,
            company=connection.company_id.id,
            realm=connection.realm_id,
            ids=quickbooks_ids,
            user=self.env.uid,
        )
        return {key: self.browse(row) for key, row in self.env.execute_query(query)}

    def _differs(self, payment):
        """Return whether QuickBooks says something else than is held.

        :param payment: a :class:`payments.Payment`
        """
        return self.content != _content_of(payment) or self.status == "deleted"

    @api.model
    def _take(self, connection, found):
        """Write what QuickBooks says of payments; return their rows.

        :param found: :class:`payments.Payment` by row
        """
        rows = self.browse().union(*found)
        currencies = self.env["res.currency"].with_context(active_test=False)
        ids = {currency.name: currency.id for currency in currencies.search([])}
        home = connection.home_currency_id.id
        names = self._names_of(connection, found.values())
        for row, payment in found.items():
            row.write(
                {
                    **_values(payment),
                    "customer_name": names.get(payment.customer_id)
                    or payment.customer_name,
                    "currency_id": ids.get(payment.currency, home),
                }
            )
        stale = rows.filtered(lambda row: row._lines() != found[row].allocations)
        stale._replace_lines({row: found[row].allocations for row in stale})
        return rows

    def _replace_lines(self, allocations):
        """Write anew what payments are applied to.

        :param allocations: :class:`payments.Allocation` in a tuple, by row
        """
        self.allocation_ids.unlink()
        self.allocation_ids.create(
            [
                {
                    "payment_id": row.id,
                    "kind": one.kind,
                    "quickbooks_id": one.txn_id,
                    "amount": float(one.amount),
                    "exact_amount": str(one.amount),
                }
                for row, found in allocations.items()
                for one in found
            ]
        )

    @api.model
    def _names_of(self, connection, found):
        mirror = self.env["quickbooks.customer"].with_context(active_test=False)
        customers = mirror.search(
            [
                ("company_id", "=", connection.company_id.id),
                ("realm_id", "=", connection.realm_id),
                ("quickbooks_id", "in", [one.customer_id for one in found]),
            ]
        )
        return {one.quickbooks_id: one.display_name for one in customers}

    def _lines(self):
        return tuple(line._allocation() for line in self.allocation_ids)

    def _content(self):
        """Return what QuickBooks says, as it was read."""
        held = exactjson.loads(self.content)
        return payments.Payment(
            **{
                **held,
                "day": fields.Date.to_date(held["day"]),
                "allocations": tuple(
                    line._allocation() for line in self.allocation_ids
                ),
                **{
                    name: exactjson.to_decimal(held[name])
                    for name in ("total", "unapplied", "rate")
                },
            }
        )


def _content_of(payment):
    return json.dumps(asdict(payment), default=str, sort_keys=True)


def _values(payment):
    """Return the columns of a :class:`payments.Payment`.

    A void one keeps the amount it had: the list is to tell what it was.
    """
    values = {
        "content": _content_of(payment),
        "sync_token": payment.sync_token,
        "status": "voided" if payment.void else "present",
        "date": payment.day,
        "reference": payment.reference,
        "memo": payment.note,
        "customer_quickbooks_id": payment.customer_id,
        "unapplied": float(payment.unapplied),
        "rate": str(payment.rate),
        "method_quickbooks_id": payment.method_id,
        "account_quickbooks_id": payment.account_id,
    }
    return values if payment.void else {**values, "amount": float(payment.total)}


class QuickBooksPaymentAllocation(models.Model):
    """An amount of a QuickBooks payment that stands against one transaction."""

    _name = "quickbooks.payment.allocation"
    _description = "QuickBooks Payment Allocation"
    _order = "payment_id, id"
    _rec_name = "quickbooks_id"

    payment_id = fields.Many2one(
        "quickbooks.payment",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="payment_id.company_id", store=True)
    kind = fields.Char(
        string="Type",
        required=True,
        readonly=True,
        help="What the payment is applied to in QuickBooks.",
    )
    quickbooks_id = fields.Char(
        string="QuickBooks ID",
        required=True,
        readonly=True,
        help="QuickBooks' own number of what it is applied to.",
    )
    currency_id = fields.Many2one(related="payment_id.currency_id")
    currency_code = fields.Char(related="currency_id.name", string="Currency Code")
    amount = fields.Monetary(readonly=True, help="How much of the payment goes there.")
    exact_amount = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    document_id = fields.Many2one(
        "quickbooks.document",
        string="QuickBooks Document",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Empty if Odoo doesn't have the transaction.",
    )
    move_id = fields.Many2one(
        related="document_id.move_id",
        string="Document",
        store=True,
        index=True,
        help="The invoice or credit note in Odoo.",
    )

    def _allocation(self):
        amount = exactjson.to_decimal(self.exact_amount)
        return payments.Allocation(self.kind, self.quickbooks_id, amount)
