from odoo import fields, models
from odoo.exceptions import UserError
from psycopg2.errors import UniqueViolation

from ..qbo import statements
from ..qbo.client import new_requestid
from ..qbo.customers import SUFFIX
from ..qbo.errors import DuplicateRequestError, QuickBooksError
from .quickbooks_mirror import ACTIVE_OR_NOT


class QuickBooksCustomerRequest(models.Model):
    """The intent to create a contact's customer in QuickBooks.

    It is committed, with the ``requestid`` it uses for ever, before the call. If the
    answer is lost, the next attempt finds the row, looks whether QuickBooks has the
    customer, and repeats the very same request only if it hasn't.
    """

    _name = "quickbooks.customer.request"
    _description = "QuickBooks Customer Creation"
    _order = "id desc"
    _rec_name = "name"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    realm_id = fields.Char(required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="cascade"
    )
    requestid = fields.Char(required=True, readonly=True)
    name = fields.Char(
        required=True, readonly=True, help="The customer's name in QuickBooks."
    )
    body = fields.Json(required=True, readonly=True)
    state = fields.Selection(
        [("sending", "Sent"), ("done", "Created"), ("refused", "Not Created")],
        default="sending",
        required=True,
        readonly=True,
    )
    error = fields.Char(readonly=True, help="Why the last attempt failed.")

    _open_unique = models.UniqueIndex(
        "(company_id, realm_id, partner_id) WHERE state = 'sending'",
        "The QuickBooks Customer of this contact is being created already.",
    )

    def _unfinished(self, connection, partner):
        """Return the request whose answer was lost, if there is one."""
        return self.sudo().search(
            [
                ("company_id", "=", connection.company_id.id),
                ("realm_id", "=", connection.realm_id),
                ("partner_id", "=", partner.id),
                ("state", "=", "sending"),
            ]
        )

    def _open(self, connection, partner, body):
        """Write the intent down, committed; return it.

        :raise UserError: another worker has just done so
        """
        values = {
            "company_id": connection.company_id.id,
            "realm_id": connection.realm_id,
            "partner_id": partner.id,
            "requestid": new_requestid(),
            "name": body["DisplayName"],
            "body": body,
        }
        try:
            with self.env.registry.cursor() as cr:
                request = self.with_env(self.env(cr=cr, su=True)).create(values)
                request_id = request.id
        except UniqueViolation as error:
            raise self._busy() from error
        return self.sudo().browse(request_id)

    def _busy(self):
        return UserError(
            self.env._(
                "Somebody is creating this QuickBooks Customer right now. "
                "Wait a moment and reload the page."
            )
        )

    def _perform(self, client, again=False):
        """Create the customer in QuickBooks, keep it and link it to the contact.

        All in a transaction of its own, which holds a lock: two workers never send
        at a time, and nothing that happens later takes back what QuickBooks did.

        :param again: an earlier attempt may have been carried out
        :raise QuickBooksError: the row is closed if surely nothing was done
        """
        with self.env.registry.cursor() as cr:
            request = self.with_env(self.env(cr=cr, su=True))
            if not request.try_lock_for_update(allow_referencing=True):
                raise self._busy()
            failure = request._attempt(client, again)
        self.env.invalidate_all()
        if failure:
            raise failure

    def _attempt(self, client, again):
        """Send; return the error, if any, so that what it says can be committed."""
        try:
            record = (again and self._look(client)) or self._send(client)
        except QuickBooksError as error:
            self.error = str(error)
            if not error.sent:
                self.state = "refused"
            return error
        self._finish(record)
        return None

    def _send(self, client):
        try:
            return client.create("Customer", self.body, requestid=self.requestid)
        except DuplicateRequestError:
            found = self._look(client)
            if not found:
                raise
            return found

    def _look(self, client):
        """Return the customer that an earlier attempt has made.

        Nobody had the name then. Who has it now is this customer, even if somebody
        else made it meanwhile.
        """
        names = (self.name, self.name + SUFFIX)
        where = statements.condition("DisplayName", "IN", names)
        where = statements.both(where, ACTIVE_OR_NOT)
        found = client.query(statements.select("Customer", where)).rows
        return found[0] if found else None

    def _finish(self, record):
        connection = self.company_id.quickbooks_connection_id
        customer = self.env["quickbooks.customer"]._quickbooks_store(connection, record)
        customer.with_company(self.company_id)._link_to(self.partner_id)
        self.write({"state": "done", "error": False})
