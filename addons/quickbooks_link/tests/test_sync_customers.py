from decimal import Decimal
from unittest.mock import patch

from odoo.tests import tagged

from ..models import quickbooks_mirror
from ..models.quickbooks_sync_staging import FEW
from .guide import guide
from .sync_common import SyncCase, exact


class CustomerCase(SyncCase):
    def invoice(self, customer, amount, **body):
        """Invoice a customer in QuickBooks, without tax."""
        item = next(iter(self.records("Item").values()), None) or self.add_service()
        code = next(
            code["Id"]
            for code in self.records("TaxCode").values()
            if code["Name"] == "No VAT"
        )
        line = {
            "DetailType": "SalesItemLineDetail",
            "Amount": amount,
            "SalesItemLineDetail": {
                "ItemRef": {"value": item["Id"]},
                "TaxCodeRef": {"value": code},
            },
        }
        customer_ref = {"value": customer["Id"]}
        return self.add("Invoice", CustomerRef=customer_ref, Line=[line], **body)

    def add_service(self):
        account = next(
            row["Id"]
            for row in self.records("Account").values()
            if row["AccountType"] == "Income"
        )
        reference = {"value": account}
        return self.add(
            "Item", Name="Mowing", Type="Service", IncomeAccountRef=reference
        )

    def assert_agree(self):
        """Compare every QuickBooks Customer with QuickBooks, field by field."""
        theirs, ours = self.records("Customer"), self.mirror("customer")
        self.assertEqual(set(ours.mapped("quickbooks_id")), set(theirs))
        for row in ours:
            their = theirs[row.quickbooks_id]
            self.assertEqual(row.name, their["DisplayName"])
            self.assertEqual(row.active, their["Active"])
            self.assertEqual(exact(row.balance), their["Balance"])
            self.assertEqual(
                exact(row.balance_with_sub_customers), their["BalanceWithJobs"]
            )
            self.assertEqual(row.currency_id.name, their["CurrencyRef"]["value"])


@tagged("post_install", "-at_install")
class TestGuide4CustomersAndAccountBalances(CustomerCase):
    """The guide, section 4, "Customers and Account Balances"."""

    @guide("4.3")
    def test_pulls_all_quickbooks_customers(self):
        self.simulator.post("seed", {"realm_id": self.realm, "customers": 2500})
        run = self.sync("customers")
        self.assertEqual(run.created, 2500)
        self.assertEqual(len(self.mirror("customer")), 2500)
        self.assert_agree()

    def test_pulls_customers_who_are_inactive_in_quickbooks(self):
        customer = self.add("Customer", DisplayName="Gone Fishing")
        self.change("Customer", customer, Active=False)
        self.sync("customers")
        held = self.held("customer", customer["Id"])
        self.assertEqual((held.active, held.status), (False, "inactive"))

    def test_stores_what_quickbooks_says_of_a_customer(self):
        customer = self.add(
            "Customer",
            DisplayName="Ainsty Landscapes",
            CompanyName="Ainsty Landscapes Ltd",
            Notes="Order number needed.\nRings on Fridays.",
            PrimaryEmailAddr={"Address": "office@ainsty.example"},
            PrimaryPhone={"FreeFormNumber": "01937 555010"},
            BillAddr={
                "Line1": "12 Station Road",
                "Line2": "Unit 3",
                "Line3": "Back yard",
                "City": "Tadcaster",
                "CountrySubDivisionCode": "North Yorkshire",
                "PostalCode": "LS24 9JF",
                "Country": "GB",
            },
        )
        self.sync("customers")
        held = self.held("customer", customer["Id"])
        self.assertRecordValues(
            held,
            [
                {
                    "name": "Ainsty Landscapes",
                    "full_name": "Ainsty Landscapes",
                    "company_name": "Ainsty Landscapes Ltd",
                    "notes": "Order number needed.\nRings on Fridays.",
                    "email": "office@ainsty.example",
                    "phone": "01937 555010",
                    "street": "12 Station Road",
                    "street2": "Unit 3, Back yard",
                    "city": "Tadcaster",
                    "state_name": "North Yorkshire",
                    "zip": "LS24 9JF",
                    "country_name": "GB",
                    "company_id": self.company.id,
                    "realm_id": self.realm,
                    "sync_token": customer["SyncToken"],
                    "parent_id": False,
                }
            ],
        )
        self.assertTrue(held.quickbooks_updated_at)

    def test_takes_text_that_looks_like_an_escape_for_what_it_is(self):
        notes = r"Their folder is \\server\u0000\n"
        customer = self.add("Customer", DisplayName=r"Back\u0000slash Ltd", Notes=notes)
        self.sync("customers")
        held = self.held("customer", customer["Id"])
        self.assertEqual((held.name, held.notes), (customer["DisplayName"], notes))

    def test_empties_what_was_emptied_in_quickbooks(self):
        customer = self.add("Customer", DisplayName="Brief", Notes="Soon gone")
        self.sync("customers")
        self.change("Customer", customer, Notes="")
        self.sync("customers")
        self.assertFalse(self.held("customer", customer["Id"]).notes)

    @guide("4.4")
    def test_updates_balances(self):
        customer = self.add("Customer", DisplayName="Owes Money")
        self.sync("customers")
        self.assertEqual(self.held("customer", customer["Id"]).balance, 0)
        self.invoice(customer, "1234.56")
        self.invoice(customer, "0.10")
        self.add("Payment", CustomerRef={"value": customer["Id"]}, TotalAmt="1000.01")
        run = self.sync("customers")
        self.assertEqual(run.updated, 1)
        held = self.held("customer", customer["Id"])
        self.assertEqual(exact(held.balance), Decimal("234.65"))
        self.assert_agree()

    def test_balance_with_sub_customers_counts_them_once(self):
        parent = self.add("Customer", DisplayName="Head Office")
        branch = self.add(
            "Customer",
            DisplayName="Branch",
            Job=True,
            ParentRef={"value": parent["Id"]},
        )
        self.invoice(parent, "10.00")
        self.invoice(branch, "2.50")
        self.sync("customers")
        held = self.held("customer", parent["Id"])
        self.assertEqual(exact(held.balance), Decimal("10.0"))
        self.assertEqual(exact(held.balance_with_sub_customers), Decimal("12.5"))
        self.assert_agree()

    def test_links_sub_customers_to_their_parents(self):
        parent = self.add("Customer", DisplayName="Head Office")
        branch = self.add(
            "Customer",
            DisplayName="Branch",
            Job=True,
            ParentRef={"value": parent["Id"]},
        )
        self.sync("customers")
        held = self.held("customer", branch["Id"])
        self.assertEqual(held.parent_id, self.held("customer", parent["Id"]))
        self.assertEqual(held.full_name, "Head Office:Branch")
        self.assertEqual(held.display_name, "Head Office:Branch")
        self.assertEqual(held.parent_id.child_ids, held)

    def test_of_many_customers_each_is_linked_to_its_parent(self):
        self.simulator.post("seed", {"realm_id": self.realm, "customers": FEW})
        pairs = [
            (parent, self.add("Customer", DisplayName=name, Job=True, ParentRef=parent))
            for name, parent in (
                (f"Branch {row['Id']}", {"value": row["Id"]})
                for row in list(self.records("Customer").values())[:5]
            )
        ]
        with patch.object(quickbooks_mirror, "MANY", FEW):
            self.sync("customers")
        for parent, child in pairs:
            held = self.held("customer", child["Id"])
            self.assertEqual(held.parent_id.quickbooks_id, parent["value"])
        self.assertEqual(len(self.mirror("customer").parent_id), len(pairs))

    def test_follows_a_sub_customer_to_another_parent(self):
        first = self.add("Customer", DisplayName="First")
        second = self.add("Customer", DisplayName="Second")
        child = self.add(
            "Customer", DisplayName="Child", Job=True, ParentRef={"value": first["Id"]}
        )
        self.sync("customers")
        self.change("Customer", child, ParentRef={"value": second["Id"]}, Job=True)
        self.sync("customers")
        held = self.held("customer", child["Id"])
        self.assertEqual(held.parent_id.name, "Second")

    @guide("4.4")
    def test_updates_notes(self):
        customer = self.add("Customer", DisplayName="Noted", Notes="First")
        self.sync("customers")
        self.change("Customer", customer, Notes="“Second”: 50 % off & more\n– ok")
        self.sync("customers")
        notes = self.held("customer", customer["Id"]).notes
        self.assertEqual(notes, "“Second”: 50 % off & more\n– ok")

    @guide("4.4")
    def test_updates_status(self):
        customer = self.add("Customer", DisplayName="On and Off")
        self.sync("customers")
        held = self.held("customer", customer["Id"])
        self.assertEqual((held.active, held.status), (True, "active"))
        changed = self.change("Customer", customer, Active=False)
        run = self.sync("customers")
        self.assertEqual((held.active, held.status), (False, "inactive"))
        self.assertEqual((run.deactivated, run.updated), (1, 0))
        self.change("Customer", changed, Active=True)
        run = self.sync("customers")
        self.assertEqual((held.active, held.status), (True, "active"))
        self.assertEqual((run.reactivated, run.updated), (1, 0))

    @guide("4.5")
    def test_deactivates_customers_that_no_longer_exist_in_quickbooks(self):
        stays = self.add("Customer", DisplayName="Stays")
        merged = self.add("Customer", DisplayName="Merged Away")
        self.sync("customers")
        gone = self.held("customer", merged["Id"])
        self.remove("Customer", merged["Id"])
        run = self.sync("customers")
        self.assertTrue(gone.exists())
        self.assertEqual((gone.active, gone.status), (False, "gone"))
        self.assertEqual(gone.name, "Merged Away")
        self.assertTrue(self.held("customer", stays["Id"]).active)
        self.assertEqual((run.deactivated, run.unchanged), (1, 1))

    def test_does_not_look_again_for_customers_known_to_be_gone(self):
        customer = self.add("Customer", DisplayName="Long Gone")
        self.sync("customers")
        self.remove("Customer", customer["Id"])
        self.sync("customers")
        self.forget_calls()
        run = self.sync("customers")
        self.assertEqual(self.calls(), {"query Customer": 1})
        self.assertEqual(run.calls, 1)

    def test_a_foreign_name_is_stored_as_it_is(self):
        name = 'Łukasz’s Café – O\'Brien \\ "Söhne" 東京'
        customer = self.add("Customer", DisplayName=name)
        self.sync("customers")
        self.assertEqual(self.held("customer", customer["Id"]).name, name)


@tagged("post_install", "-at_install")
class TestGuide4CustomersInOtherCurrencies(CustomerCase):
    """The guide, section 4: "Updates balances, currency, notes, and status"."""

    sample = "uk"

    @guide("4.4")
    def test_updates_currency(self):
        pounds = self.add("Customer", DisplayName="At Home")
        euros = self.add("Customer", DisplayName="Abroad", CurrencyRef={"value": "EUR"})
        self.env.ref("base.EUR").active = False
        self.sync("customers")
        self.assertEqual(self.held("customer", pounds["Id"]).currency_id.name, "GBP")
        held = self.held("customer", euros["Id"])
        self.assertEqual(held.currency_id.name, "EUR")
        held.currency_id = self.gbp
        run = self.sync("customers")
        self.assertEqual((held.currency_id.name, run.updated), ("EUR", 1))

    def test_every_customer_agrees_with_quickbooks(self):
        run = self.sync("customers")
        self.assertEqual(run.created, len(self.records("Customer")))
        self.assertGreater(len(self.mirror("customer").currency_id), 1)
        self.assert_agree()
