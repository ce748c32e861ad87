"""Classes and locations: only where the company's preferences track them (4.7)."""

import pytest
from sim_books import Books, refused


def preferences(**tracked):
    return {"AccountingInfoPrefs": tracked}


def company(**tracked):
    """Return books with a class, a location and a tax code."""
    books = Books(**preferences(**tracked))
    books.zero = books.code("0.0% Z", 0)
    books.north = {"value": books.create("Department", Name="North")["Id"]}
    books.lawns = {"value": books.create("Class", Name="Lawns")["Id"]}
    return books


def told(books):
    """Send an invoice that names both, in each place; return what is kept of them."""
    line = books.line(10, books.zero, ClassRef=books.lawns)
    invoice = books.invoice(line, DepartmentRef=books.north, ClassRef=books.lawns)
    return invoice, held(invoice)


def held(invoice):
    detail = invoice["Line"][0]["SalesItemLineDetail"]
    found = {
        "location": invoice.get("DepartmentRef"),
        "head": invoice.get("ClassRef"),
        "line": detail.get("ClassRef"),
    }
    return {place for place, reference in found.items() if reference}


@pytest.mark.parametrize(
    ("preference", "place"),
    [
        ("TrackDepartments", "location"),
        ("ClassTrackingPerTxn", "head"),
        ("ClassTrackingPerTxnLine", "line"),
    ],
)
def test_what_is_tracked_is_kept_and_the_rest_is_ignored(preference, place):
    invoice, kept = told(company(**{preference: True}))
    assert kept == {place}
    assert invoice["TotalAmt"] == 10


def test_nothing_is_kept_in_a_company_that_tracks_nothing():
    assert told(company())[1] == set()


def test_what_was_tracked_once_is_neither_changed_nor_lost():
    books = company(TrackDepartments=True, ClassTrackingPerTxnLine=True)
    invoice, kept = told(books)
    assert kept == {"location", "line"}
    off = preferences(TrackDepartments=False, ClassTrackingPerTxnLine=False)
    books.update("Preferences", books.read("Preferences", "1"), **off)
    south = {"value": books.create("Department", Name="South")["Id"]}
    changed = books.update("Invoice", invoice, DepartmentRef=south, PrivateNote="x")
    assert changed["DepartmentRef"]["name"] == "North"
    assert held(changed) == {"location", "line"}


def test_bills_take_a_class_on_their_lines_however_sales_have_it():
    books = company(ClassTrackingPerTxn=True)
    cost = books.create(
        "Account", Name="Seed", AccountType="Expense", AccountSubType="Supplies"
    )
    detail = {"AccountRef": {"value": cost["Id"]}, "ClassRef": books.lawns}
    detail["TaxCodeRef"] = {"value": books.zero}
    name = "AccountBasedExpenseLineDetail"
    vendor = {"value": books.create("Vendor", DisplayName="Seeds Ltd")["Id"]}
    line = {"Amount": 5, "DetailType": name, name: detail}
    bill = books.create("Bill", VendorRef=vendor, Line=[line])
    assert bill["Line"][0][name]["ClassRef"]["name"] == "Lawns"


@pytest.mark.parametrize(
    ("preference", "kept"),
    [
        ("ClassTrackingPerTxn", {"ClassRef"}),
        ("TrackDepartments", {"DepartmentRef"}),
        ("ClassTrackingPerTxnLine", set()),
    ],
)
def test_hours_take_what_documents_track_in_their_head(preference, kept):
    books = company(**{preference: True})
    person = books.create("Employee", GivenName="Nia", FamilyName="Moss")
    hours = {
        "NameOf": "Employee",
        "EmployeeRef": {"value": person["Id"]},
        "Hours": 2,
        "ClassRef": books.lawns,
        "DepartmentRef": books.north,
    }
    names = {"ClassRef", "DepartmentRef"}
    made = books.create("TimeActivity", **hours)
    assert names & made.keys() == kept
    changed = books.update("TimeActivity", made, ClassRef=books.lawns, Hours=3)
    assert names & changed.keys() == kept
    books.switches.set_many({"untracked_reference": "refuse"})
    with refused("6000", detail="tracking is not enabled"):
        books.create("TimeActivity", **hours)


def test_the_class_of_an_item_is_kept_whatever_documents_track():
    books = company()
    income = books.create(
        "Account",
        Name="Mowing",
        AccountType="Income",
        AccountSubType="ServiceFeeIncome",
    )
    item = books.create(
        "Item",
        Name="Mowing",
        Type="Service",
        IncomeAccountRef={"value": income["Id"]},
        ClassRef=books.lawns,
    )
    assert item["ClassRef"]["name"] == "Lawns"


def test_untracked_ones_are_refused_or_kept_by_switch():
    books = company()
    books.switches.set_many({"untracked_reference": "refuse"})
    with refused("6000", detail="tracking is not enabled"):
        told(books)
    books.switches.set_many({"untracked_reference": "keep"})
    assert told(books)[1] == {"location", "head", "line"}


def test_a_reference_to_nothing_is_refused_whether_it_is_tracked_or_not():
    books = company()
    nowhere = {"value": "99"}
    with refused("2500", detail="Depts element id 99 not found"):
        books.invoice(books.line(10, books.zero), DepartmentRef=nowhere)


def test_categories_and_bundles_are_not_sold_on_an_item_line():
    books = company()
    category = books.create("Item", Name="Garden", Type="Category")
    line = books.line(10, books.zero, ItemRef={"value": category["Id"]})
    with refused("2500", detail="Categories cannot be used in transactions"):
        books.invoice(line)
    bundle = books.engine.create(
        books.realm, "Item", {"Name": "All round", "Type": "Group"}, system=True
    )
    line = books.line(10, books.zero, ItemRef={"value": bundle["Id"]})
    with refused("2500", detail="Bundles cannot be used in transactions"):
        books.invoice(line)
