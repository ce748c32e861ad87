from odoo import fields, models
from odoo.exceptions import UserError

from .. import contact_details
from ..qbo import customers
from ..quickbooks_calls import calling

# Fields of a Contact that the person chooses a name for.
NAMES = ("name", "company_name")


class QuickBooksCustomerCreate(models.TransientModel):
    """What a person has to decide before a customer can be made in QuickBooks.

    Names that QuickBooks would refuse, and characters that it would lose.
    """

    _name = "quickbooks.customer.create"
    _description = "Create QuickBooks Customer"

    partner_id = fields.Many2one(
        "res.partner",
        required=True,
        readonly=True,
        help="The contact that becomes a customer in QuickBooks.",
    )
    problem = fields.Text(readonly=True, help="What keeps the name from being used.")
    replaced = fields.Html(
        readonly=True,
        sanitize=False,
        string="Characters QuickBooks can't hold",
        help="What QuickBooks can't hold, and what it will hold instead.",
    )
    name = fields.Char(
        string="Name in QuickBooks",
        required=True,
        help="The name that the customer gets in QuickBooks: unique there,"
        " without colon.",
    )
    existing_id = fields.Many2one(
        "quickbooks.customer",
        string="Existing QuickBooks Customer",
        readonly=True,
        help="The customer in QuickBooks that has this name already.",
    )

    # === Buttons === #

    def action_link(self):
        """Link the customer that QuickBooks has under this name."""
        partner = self._checked_partner()
        if not self.existing_id:
            raise UserError(self.env._("There is no QuickBooks Customer to link."))
        with calling(self.env.company) as client:
            self.existing_id._quickbooks_refresh(client)
        self.existing_id._link_to(partner)
        return partner._quickbooks_notify(
            self.env._("Linked to “%s”.", self.existing_id.display_name)
        )

    def action_create(self):
        """Create the customer under the name that was chosen."""
        partner = self._checked_partner()
        connection = self.env.company.quickbooks_connection_id
        contact = contact_details.read_contact(partner, connection)
        partner._quickbooks_check_complete(contact, connection)
        name = customers.tidy(self.name)
        return partner._quickbooks_create(contact, name, accepted=bool(self.replaced))

    def _checked_partner(self):
        self.ensure_one()
        self.partner_id._quickbooks_check_creatable()
        return self.partner_id

    # === Questions === #

    def _question_before_call(self, partner, contact, name, accepted):
        """Ask about what can be seen without QuickBooks; None if all is well."""
        country = self.env.company.quickbooks_connection_id.country_code or ""
        problem = self._problem_of(name, country)
        held = customers.held_contact(contact, country)
        replaced = customers.differing(contact, held)
        # The name is the person's choice, above.
        replaced = {k: v for k, v in replaced.items() if k not in NAMES}
        if not problem and (accepted or not replaced):
            return None
        return self._ask(
            partner,
            problem=problem,
            name=customers.allowed_name(customers.held_name(name, country)),
            replaced=partner._quickbooks_table(replaced) if replaced else False,
        )

    def _problem_of(self, name, country):
        """Say why QuickBooks would refuse or spoil ``name``, or nothing."""
        forbidden = customers.forbidden_in(name)
        if forbidden:
            return self.env._(
                "QuickBooks allows no %(characters)s in names: “%(name)s”.",
                characters=self._spell(forbidden),
                name=name,
            )
        if customers.is_too_long(name):
            return self.env._(
                "The name has %(length)s characters, and QuickBooks takes at most "
                "%(most)s.",
                length=len(name),
                most=customers.MAX_NAME,
            )
        if not customers.can_hold(name, country):
            return self.env._(
                "QuickBooks can't hold all characters of the name “%s”.", name
            )
        if not name:
            return self.env._("The customer needs a name.")
        return None

    def _spell(self, characters):
        words = {
            ":": self.env._("colon"),
            "\t": self.env._("tab"),
            "\n": self.env._("line break"),
        }
        return ", ".join(words[character] for character in characters)

    def _question_of_name(self, partner, name, pages):
        """Ask what to do if QuickBooks has the name already; None if it hasn't.

        :param pages: answers to ``customers.name_queries``, by entity
        """
        for entity in customers.SHARING_NAMES:
            if pages[entity].rows:
                return self._question_taken(
                    partner, name, entity, pages[entity].rows[0]
                )
        return None

    def _question_taken(self, partner, name, entity=None, record=None):
        customer = self.env["quickbooks.customer"]
        if entity == "Customer":
            connection = self.env.company.quickbooks_connection_id
            customer = customer._quickbooks_store(connection, record)
        free = customer and not customer.partner_id
        return self._ask(
            partner,
            problem=self._taken(name, entity, record or {}, customer),
            name=self._another(name),
            existing_id=customer.id if free else False,
        )

    def _taken(self, name, entity, record, customer):
        """Say who has the name."""
        kinds = {
            "Customer": self.env._("a customer"),
            "Vendor": self.env._("a supplier (vendor)"),
            "Employee": self.env._("an employee"),
            None: self.env._("another record"),
        }
        words = self.env._(
            "The name “%(name)s” is already used by %(kind)s in QuickBooks, where "
            "customers, suppliers and employees can't share a name.",
            name=name,
            kind=kinds[entity],
        )
        if customer.partner_id:
            words += " " + self.env._(
                "That customer is linked to the contact %s.",
                customer.partner_id.display_name,
            )
        if record and not record.get("Active", True):
            words += " " + self.env._(
                "It is inactive: make it active in QuickBooks before you invoice it."
            )
        return words

    def _another(self, name):
        """Propose a name that is probably free."""
        end = self.env._(" (Customer)")
        return customers.allowed_name(name, customers.MAX_NAME - len(end)) + end

    def _ask(self, partner, **values):
        wizard = self.create({"partner_id": partner.id, **values})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Create QuickBooks Customer"),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }
