"""What the tests of contacts share: complete contacts, and pressing buttons."""

from odoo.tests import new_test_user

from .sync_common import SyncCase


class ContactCase(SyncCase):
    """A company linked to QuickBooks, with people of several roles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.group_ids += cls.env.ref("base.group_partner_manager")
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company.ids)
        )
        cls.company = cls.company.with_env(cls.env)
        cls.britain = cls.env.ref("base.uk")

    @classmethod
    def new_accountant(cls, login="accounts", groups="account.group_account_manager"):
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,base.group_partner_manager,{groups}",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    @classmethod
    def contact(cls, name="Harrow & Pike Ltd", **values):
        """Create a contact that QuickBooks would take as it is."""
        complete = {
            "name": name,
            "is_company": True,
            "street": "4 Mill Lane",
            "city": "Wetherby",
            "zip": "LS22 6NB",
            "country_id": cls.britain.id,
            "email": "office@harrowpike.example",
            "phone": "01632 960233",
        }
        return cls.env["res.partner"].create({**complete, **values})

    def seen(self, record, user=None, company=None):
        """Return ``record`` as a user sees it, by default the ERP manager."""
        record = record.with_user(user or self.manager)
        return record.with_context(
            allowed_company_ids=(company or self.company).ids, lang="en_US"
        )

    def press(self, record, action, user=None, company=None):
        """Press a button; committing of its own is possible, as in a request."""
        record = self.seen(record, user, company)
        with self.own_cursors():
            answer = getattr(record, action)()
        self.env.invalidate_all()
        return answer

    def create_customer(self, partner):
        return self.press(partner, "action_quickbooks_create_customer")

    def asked(self, answer):
        """Return the dialog that a button has opened."""
        self.assertEqual(answer.get("res_model"), "quickbooks.customer.create", answer)
        return self.env["quickbooks.customer.create"].browse(answer["res_id"])

    def linked(self, partner, company=None):
        return partner._quickbooks_customer(company or self.company)

    def mirrored(self, company=None, **values):
        """Make a mirror row, as a sync would."""
        company = company or self.company
        number = self.env["quickbooks.customer"].sudo().search_count([]) + 1000
        return (
            self.env["quickbooks.customer"]
            .sudo()
            .create(
                {
                    "company_id": company.id,
                    "realm_id": company.sudo().quickbooks_connection_id.realm_id,
                    "quickbooks_id": str(number),
                    "name": f"Customer {number}",
                    "full_name": f"Customer {number}",
                    "sync_token": "0",
                    **values,
                }
            )
        )


class CustomerFlowCase(ContactCase):
    def setUp(self):
        super().setUp()
        self.partner = self.contact()
        self.forget_calls()

    def in_quickbooks(self, name):
        return [
            record
            for record in self.records("Customer").values()
            if record["DisplayName"] == name
        ]

    def creations(self):
        """Return the requestids of the calls that were to create a customer."""
        return [
            call["requestid"]
            for call in self.simulator.get("stats")["requests"]
            if call["label"] == "create Customer"
        ]
