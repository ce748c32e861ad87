"""What lies in a company besides trade: staff, hours, quotes, notes, templates."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from qbo_simulator.seeds.books import Books, months_before
from qbo_simulator.seeds.data import Sample

Body = dict[str, Any]


class Office:
    """Writes a few records of every kind that neither selling nor buying makes."""

    def __init__(self, books: Books, sample: Sample, today: date) -> None:
        self._books = books
        self._sample = sample
        self._settings = sample.settings
        self._today = today

    def plant(self) -> None:
        """Write them, dated in the last weeks."""
        self._books.on(self._today - timedelta(20))
        self._customer_types()
        self._staff()
        self._quotes()
        self._budget()
        self._note()
        self._templates()

    def _customer_types(self) -> None:
        for name in self._settings["customer_types"]:
            self._books.create("CustomerType", {"Name": name}, system=True)

    def _staff(self) -> None:
        """Hire people and let them write down their hours."""
        work = self._settings["time"]
        for number, (given, family) in enumerate(self._settings["employees"]):
            body = {"GivenName": given, "FamilyName": family}
            employee = self._books.create("Employee", body)
            for week in (2, 1):
                day = self._today - timedelta(7 * week + number)
                self._hours(work, employee["Id"], day)

    def _hours(self, work: Body, employee: str, day: date) -> None:
        body = {
            "NameOf": "Employee",
            "EmployeeRef": {"value": employee},
            "TxnDate": day.isoformat(),
            "CustomerRef": self._books.ref("Customer", work["customer"]),
            "ItemRef": self._books.ref("Item", work["item"]),
            "BillableStatus": "Billable",
            "HourlyRate": work["rate"],
            "Hours": 6,
            "Minutes": 30,
        }
        self._books.create("TimeActivity", body)

    def _quotes(self) -> None:
        for customer, item, quantity in self._settings["quotes"]:
            body = {
                "CustomerRef": self._books.ref("Customer", customer),
                "TxnDate": (self._today - timedelta(15)).isoformat(),
                "ExpirationDate": (self._today + timedelta(15)).isoformat(),
                "Line": [self._line(item, quantity)],
            }
            self._books.create("Estimate", body)

    def _line(self, name: str, quantity: int) -> Body:
        (item,) = (row for row in self._sample.items if row["name"] == name)
        price = Decimal(item["price"])
        abroad = self._sample.country != "US"
        code = self._books.ref("TaxCode", item["tax_code"]) if abroad else None
        detail = {
            "ItemRef": self._books.ref("Item", name),
            "Qty": quantity,
            "UnitPrice": price,
            "TaxCodeRef": code or {"value": item["tax_code"]},
        }
        return {
            "DetailType": "SalesItemLineDetail",
            "Amount": price * quantity,
            "SalesItemLineDetail": detail,
        }

    def _budget(self) -> None:
        """Plan the calendar year, the same amount each month."""
        year = self._today.year
        details = [
            {
                "BudgetDate": f"{year}-{month:02d}-01",
                "Amount": Decimal(amount),
                "AccountRef": self._books.ref("Account", name),
            }
            for name, amount in self._settings["budget"].items()
            for month in range(1, 13)
        ]
        body = {
            "Name": f"Budget {year}",
            "StartDate": f"{year}-01-01",
            "EndDate": f"{year}-12-31",
            "BudgetType": "ProfitAndLoss",
            "BudgetEntryType": "Monthly",
            "BudgetDetail": details,
        }
        self._books.create("Budget", body)

    def _note(self) -> None:
        vendor = self._books.ref("Vendor", self._sample.vendors[0]["name"])
        reference = {"EntityRef": {**vendor, "type": "Vendor"}}
        body = {
            "Note": "Annual review of the agreement is in March.",
            "AttachableRef": [reference],
        }
        self._books.create("Attachable", body)

    def _templates(self) -> None:
        """Keep two templates that remind; they make nothing by themselves."""
        wish = self._settings["recurring"]
        invoice: Body = {
            "CustomerRef": self._books.ref("Customer", wish["customer"]),
            "Line": [self._line(wish["item"], wish["quantity"])],
            "RecurringInfo": self._schedule(wish["customer"]),
        }
        self._books.create("RecurringTransaction", {"Invoice": invoice})
        (vendor,) = (
            row for row in self._sample.vendors if row["name"] == wish["vendor"]
        )
        detail: Body = {"AccountRef": self._books.ref("Account", vendor["account"])}
        if vendor["tax_code"]:
            detail["TaxCodeRef"] = self._books.ref("TaxCode", vendor["tax_code"])
        line = {
            "DetailType": "AccountBasedExpenseLineDetail",
            "Amount": Decimal(vendor["amount"]),
            "AccountBasedExpenseLineDetail": detail,
        }
        bill = {
            "VendorRef": self._books.ref("Vendor", vendor["name"]),
            "Line": [line],
            "RecurringInfo": self._schedule(vendor["name"]),
        }
        self._books.create("RecurringTransaction", {"Bill": bill})

    def _schedule(self, name: str) -> Body:
        return {
            "Name": f"Monthly: {name}",
            "RecurType": "Reminded",
            "Active": True,
            "ScheduleInfo": {
                "IntervalType": "Monthly",
                "NumInterval": 1,
                "DayOfMonth": 1,
                "StartDate": months_before(self._today, -1).isoformat(),
                "RemindDays": 3,
            },
        }
