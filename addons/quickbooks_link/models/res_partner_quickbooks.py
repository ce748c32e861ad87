from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .. import contact_details
from ..client_actions import close_dialog, notification
from ..exceptions import MendableError, form_of
from ..groups import MANAGER
from ..qbo import customers
from ..qbo.errors import DuplicateNameError, QuickBooksError, StaleObjectError
from ..quickbooks_calls import calling, check_connected, in_words


class ResPartner(models.Model):
    """The section QuickBooks Link of a contact: what it shows and its buttons."""

    _inherit = "res.partner"

    quickbooks_connected = fields.Boolean(
        compute="_compute_quickbooks_connected", groups=MANAGER
    )
    quickbooks_status = fields.Selection(
        related="quickbooks_customer_id.status",
        string="QuickBooks Status",
        groups=MANAGER,
        help="Whether the customer is active in QuickBooks.",
    )
    quickbooks_currency_id = fields.Many2one(
        related="quickbooks_customer_id.currency_id",
        string="QuickBooks Currency",
        groups=MANAGER,
        help="The currency in which the customer trades in QuickBooks.",
    )
    quickbooks_balance = fields.Monetary(
        related="quickbooks_customer_id.balance",
        string="QuickBooks Balance",
        currency_field="quickbooks_currency_id",
        groups=MANAGER,
    )
    quickbooks_notes = fields.Text(
        related="quickbooks_customer_id.notes",
        string="QuickBooks Notes",
        groups=MANAGER,
        help="The notes on the customer in QuickBooks.",
    )
    quickbooks_updated_at = fields.Datetime(
        related="quickbooks_customer_id.quickbooks_updated_at",
        string="Changed in QuickBooks",
        groups=MANAGER,
    )
    quickbooks_balance_at = fields.Datetime(
        compute="_compute_quickbooks_balance_at",
        compute_sudo=True,
        string="QuickBooks Last Updated",
        groups=MANAGER,
        help="When what is shown here was last read from QuickBooks.",
    )
    quickbooks_differences = fields.Html(
        compute="_compute_quickbooks_differences",
        compute_sudo=True,
        sanitize=False,
        string="Differs from QuickBooks",
        groups=MANAGER,
        help="What the contact has otherwise than QuickBooks.",
    )

    @api.depends_context("company")
    def _compute_quickbooks_connected(self):
        connection = self.env.company.sudo().quickbooks_connection_id
        self.quickbooks_connected = bool(connection.realm_id)

    @api.depends("quickbooks_customer_id.refreshed_at")
    @api.depends_context("company")
    def _compute_quickbooks_balance_at(self):
        connection = self.env.company.quickbooks_connection_id
        synced = (connection.customers_last_completed, connection.changes_until)
        for partner in self:
            customer = partner.quickbooks_customer_id
            times = filter(None, (customer.refreshed_at, *synced))
            partner.quickbooks_balance_at = customer and max(times, default=False)

    @api.depends(
        "quickbooks_customer_id.write_date", *contact_details.PARTNER_FIELDS.values()
    )
    @api.depends_context("company", "lang")
    def _compute_quickbooks_differences(self):
        connection = self.env.company.quickbooks_connection_id
        for partner in self:
            customer = partner.quickbooks_customer_id
            found = {}
            if customer.status == "active":
                found = contact_details.differences(partner, customer, connection)
            partner.quickbooks_differences = (
                partner._quickbooks_table(found) if found else False
            )

    def _quickbooks_table(self, found):
        """Return differences as a table: the field, Odoo's value, QuickBooks' value."""
        row = Markup("<tr><td>%s</td><td>%s</td><td>%s</td></tr>")
        rows = [
            row % (contact_details.label_of(self.env, name), ours, theirs or "–")
            for name, (ours, theirs) in found.items()
        ]
        head = row.replace("td>", "th>") % ("", "Odoo", "QuickBooks")
        table = Markup(
            "<table class='table table-sm mb-0 text-break' "
            "style='table-layout: fixed'><thead>%s</thead><tbody>%s</tbody></table>"
        )
        return table % (head, Markup().join(rows))

    # === Refresh === #

    def action_quickbooks_refresh(self):
        """Read the linked QuickBooks Customer again."""
        customer = self._quickbooks_check_linked()
        with calling(self.env.company) as client:
            customer._quickbooks_refresh(client)
        if customer.status == "gone":
            return self._quickbooks_notify(
                self.env._(
                    "“%s” is no longer in QuickBooks: it was deleted there, or merged "
                    "into another customer. Link the one it became.",
                    customer.display_name,
                ),
                kind="warning",
            )
        return self._quickbooks_notify(
            self.env._("Balance and status are those of QuickBooks now.")
        )

    # === Create === #

    def action_quickbooks_create_customer(self):
        """Create this contact in QuickBooks and link the two.

        After a time-out it finishes what it had begun.
        """
        connection = self._quickbooks_check_creatable()
        unfinished = self.env["quickbooks.customer.request"]._unfinished(
            connection, self
        )
        if unfinished:
            return self._quickbooks_perform(unfinished, unfinished.name, again=True)
        contact = contact_details.read_contact(self, connection)
        self._quickbooks_check_complete(contact, connection)
        return self._quickbooks_create(contact, contact.name)

    def _quickbooks_create(self, contact, name, accepted=False):
        """Create ``contact`` under ``name``, or return what to ask the person.

        :param accepted: characters that QuickBooks can't hold may be replaced
        """
        self.ensure_one()
        connection = self.env.company.quickbooks_connection_id
        wizard = self.env["quickbooks.customer.create"]
        question = wizard._question_before_call(self, contact, name, accepted)
        if question:
            return question
        with calling(self.env.company) as client:
            days = contact_details.due_days(self, self.env.company)
            queries = customers.name_queries(name)
            if days is not None:
                queries |= customers.term_queries()
            pages = client.query_batch(queries)
        question = wizard._question_of_name(self, name, pages)
        if question:
            return question
        body = self._quickbooks_body(contact, name, pages.get("Term", ()), days)
        requests = self.env["quickbooks.customer.request"]
        request = requests._open(connection, self, body)
        return self._quickbooks_perform(request, name)

    def _quickbooks_body(self, contact, name, terms, days):
        """Return the body of the call that creates ``contact`` under ``name``."""
        connection = self.env.company.quickbooks_connection_id
        held = customers.held_contact(contact, connection.country_code or "")
        body = customers.payload(held) | {"DisplayName": name}
        term = customers.term_of(terms, days)
        return body | ({"SalesTermRef": {"value": term}} if term else {})

    def _quickbooks_perform(self, request, name, again=False):
        """Send ``request``, which need not be visible to this transaction."""
        try:
            with self.env.company.quickbooks_connection_id._client() as client:
                request._perform(client, again)
        except DuplicateNameError:
            wizard = self.env["quickbooks.customer.create"]
            return wizard._question_taken(self, name)
        except QuickBooksError as error:
            raise self._quickbooks_not_created(error) from error
        return self._quickbooks_notify(
            self.env._("“%s” was created in QuickBooks and linked.", name)
        )

    def _quickbooks_not_created(self, error):
        """Return the error that tells a person of ``error``, and what to do."""
        refusal = in_words(self.env.company, error)
        if not error.sent:
            return refusal
        return UserError(
            self.env._(
                "%(error)s\n\nPress Create QuickBooks Customer again later: it looks "
                "first whether QuickBooks has made the customer, so that there won't "
                "be two.",
                error=refusal,
            )
        )

    # === Send changes === #

    def action_quickbooks_send_changes(self):
        """Write to QuickBooks what this contact says otherwise, and nothing else."""
        customer = self._quickbooks_check_linked()
        connection = self.env.company.quickbooks_connection_id
        body = contact_details.changes(self, customer, connection)
        if not body:
            words = self.env._("QuickBooks says the same already.")
            return self._quickbooks_notify(words)
        key = {"Id": customer.quickbooks_id, "SyncToken": customer.sync_token}
        with calling(self.env.company) as client:
            try:
                record = client.update("Customer", body | key, sparse=True)
            except StaleObjectError:
                customer._quickbooks_refresh(client)
                return self._quickbooks_notify_stale()
            self.env["quickbooks.customer"]._quickbooks_store(connection, record)
        words = self.env._("QuickBooks has the changes of this contact now.")
        return self._quickbooks_notify(words)

    def _quickbooks_notify_stale(self):
        words = self.env._(
            "The customer was changed in QuickBooks meanwhile, and nothing was sent. "
            "Look at what differs now, then send it if it is still right."
        )
        return self._quickbooks_notify(words, kind="warning")

    # === Checks === #

    def _quickbooks_check_manager(self):
        """Refuse whoever may not use the buttons: RPC can call them as well."""
        self.ensure_one()
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only ERP managers can use the link to QuickBooks.")
            )
        self.check_access("read")

    def _quickbooks_check_linked(self):
        """Return the linked customer."""
        self._quickbooks_check_manager()
        customer = self.quickbooks_customer_id
        if not customer:
            raise UserError(
                self.env._(
                    "%s has no QuickBooks Customer yet. Link one, or press Create "
                    "QuickBooks Customer.",
                    self.display_name,
                )
            )
        return customer

    def _quickbooks_check_creatable(self):
        """Return the connection in which a customer can be made of this contact."""
        self._quickbooks_check_manager()
        top = self.commercial_partner_id
        if self != top:
            raise MendableError(
                self.env._("You may only link the top-level Company record."),
                form_of(top),
                self.env._("Open %s", top.display_name),
            )
        if self.quickbooks_customer_id:
            raise UserError(
                self.env._(
                    "%(contact)s is linked to the QuickBooks Customer “%(customer)s” "
                    "already.",
                    contact=self.display_name,
                    customer=self.quickbooks_customer_id.display_name,
                )
            )
        check_connected(self.env.company)
        return self.env.company.quickbooks_connection_id

    def _quickbooks_check_complete(self, contact, connection):
        """List all that is missing, at once, with a way to the record."""
        address = contact_details.invoice_address(self)
        found = contact_details.shortcomings(self, contact)
        if found:
            listed = "\n".join(f"• {label}" for label in found)
            raise MendableError(
                self.env._(
                    "QuickBooks needs a complete Invoice Address. Please fill in or "
                    "correct for %(contact)s:\n%(fields)s",
                    contact=address.display_name,
                    fields=listed,
                ),
                form_of(address),
                self.env._("Open %s", address.display_name),
            )
        self._quickbooks_check_currency(connection)

    def _quickbooks_check_currency(self, connection):
        """Refuse a currency that the QuickBooks company does not know."""
        currency = contact_details.currency_of(self, connection)
        if not connection.multicurrency and currency != connection.home_currency_id:
            raise UserError(
                self.env._(
                    "%(contact)s is invoiced in %(currency)s, by its pricelist, and "
                    "the QuickBooks company knows %(home)s only. Turn on Multicurrency "
                    "in QuickBooks and press Test Connection here, or give the contact "
                    "another pricelist.",
                    contact=self.display_name,
                    currency=currency.name,
                    home=connection.home_currency_id.name,
                )
            )

    def _quickbooks_notify(self, message, kind="success"):
        return notification(message, close_dialog(), kind=kind)
