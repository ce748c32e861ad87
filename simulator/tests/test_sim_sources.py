"""What an invoice is made from, what expenses charge on, and what stock counts say."""

import pytest
from sim_books import Books, dec, refused


@pytest.fixture
def books():
    books = Books()
    books.zero = books.code("Z", 0)
    books.rent = books.create("Account", Name="Rent", AccountType="Expense")
    books.stock = books.create(
        "Account", Name="Stock", AccountType="Other Current Asset"
    )
    books.cost = books.create("Account", Name="Cost", AccountType="Cost of Goods Sold")
    books.vendor = books.create("Vendor", DisplayName="Printer")
    return books


def ref(record):
    return {"value": record["Id"]}


def linked(kind, record):
    return {"LinkedTxn": [{"TxnId": record["Id"], "TxnType": kind}]}


def bill(books, *amounts, status="Billable"):
    lines = [
        {
            "Amount": amount,
            "DetailType": "AccountBasedExpenseLineDetail",
            "Description": "Leaflets",
            "AccountBasedExpenseLineDetail": {
                "AccountRef": ref(books.rent),
                "TaxCodeRef": {"value": books.zero},
                "BillableStatus": status,
                "CustomerRef": ref(books.customer),
            },
        }
        for amount in amounts
    ]
    return books.create("Bill", VendorRef=ref(books.vendor), Line=lines)


def charges(books, condition=""):
    return books.rows(f"SELECT * FROM ReimburseCharge{condition}")


# -- estimates and hours ---------------------------------------------------------------


def estimate(books, **more):
    body = {"CustomerRef": ref(books.customer), "Line": [books.line(50, books.zero)]}
    return books.create("Estimate", **body, **more)


def test_an_estimate_is_closed_by_its_invoice_and_open_again_without_it(books):
    quote = estimate(books)
    invoice = books.invoice(books.line(50, books.zero), **linked("Estimate", quote))
    closed = books.read("Estimate", quote)
    assert closed["TxnStatus"] == "Closed"
    assert closed["LinkedTxn"] == [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]
    assert invoice["LinkedTxn"] == [{"TxnId": quote["Id"], "TxnType": "Estimate"}]
    with refused("620", "LinkedTxn", "invoiced already"):
        books.invoice(books.line(50, books.zero), **linked("Estimate", quote))
    books.delete("Invoice", invoice)
    again = books.read("Estimate", quote)
    assert again["TxnStatus"] == "Accepted" and again["LinkedTxn"] == []


def test_a_payment_does_not_cut_the_invoice_from_its_estimate(books):
    quote = estimate(books)
    invoice = books.invoice(books.line(50, books.zero), **linked("Estimate", quote))
    books.pay(50, (invoice, 50))
    kinds = [one["TxnType"] for one in books.read("Invoice", invoice)["LinkedTxn"]]
    assert kinds == ["Estimate", "Payment"]


def test_sources_must_be_there_and_be_the_customers_own(books):
    with refused("2500"):
        books.invoice(books.line(5, books.zero), **linked("Estimate", {"Id": "999"}))
    other = books.create("Customer", DisplayName="Somebody else")
    body = {"CustomerRef": ref(other), "Line": [books.line(50, books.zero)]}
    quote = books.create("Estimate", **body)
    with refused("620", "LinkedTxn", "another customer"):
        books.invoice(books.line(50, books.zero), **linked("Estimate", quote))


def test_hours_are_billed_by_the_line_that_names_them(books):
    employee = books.create("Employee", GivenName="Ann", FamilyName="Lee")
    hours = books.create(
        "TimeActivity",
        NameOf="Employee",
        EmployeeRef=ref(employee),
        CustomerRef=ref(books.customer),
        BillableStatus="Billable",
        HourlyRate=40,
        Hours=2,
    )
    line = {**books.line(80, books.zero), **linked("TimeActivity", hours)}
    invoice = books.invoice(line)
    assert books.read("TimeActivity", hours)["BillableStatus"] == "HasBeenBilled"
    books.void("Invoice", invoice)
    assert books.read("TimeActivity", hours)["BillableStatus"] == "Billable"
    assert "TimeActivity" not in str(books.read("Invoice", invoice))


# -- expenses charged on ---------------------------------------------------------------


def test_a_billable_expense_makes_a_charge_that_follows_it(books):
    made = bill(books, 40, 25)
    found = charges(books)
    assert [one["Amount"] for one in found] == [40, 25]
    assert found[0]["LinkedTxn"][0]["TxnId"] == made["Id"]
    assert found[0]["CustomerRef"]["value"] == books.customer["Id"]
    assert found[0]["HasBeenInvoiced"] is False
    line = {**made["Line"][0], "Amount": 44}
    made = books.update("Bill", made, VendorRef=ref(books.vendor), Line=[line])
    assert [one["Amount"] for one in charges(books)] == [44]
    assert charges(books)[0]["Id"] == found[0]["Id"]
    books.delete("Bill", made)
    assert charges(books) == []
    bill(books, 40, status="NotBillable")
    assert charges(books) == []


def test_an_invoiced_charge_marks_its_expense_and_holds_it(books):
    made = bill(books, 40)
    (charge,) = charges(books)
    invoice = books.invoice(
        books.line(40, books.zero), **linked("ReimburseCharge", charge)
    )
    assert charges(books, " WHERE HasBeenInvoiced = false") == []
    expense = books.read("Bill", made)
    detail = expense["Line"][0]["AccountBasedExpenseLineDetail"]
    assert detail["BillableStatus"] == "HasBeenBilled"
    with refused("6280"):
        books.delete("Bill", expense)
    books.delete("Invoice", invoice)
    assert len(charges(books, " WHERE HasBeenInvoiced = false")) == 1
    books.delete("Bill", books.read("Bill", made))
    assert books.posted() == 0


# -- stock -----------------------------------------------------------------------------


def test_a_count_moves_stock_and_its_worth(books):
    item = books.create(
        "Item",
        Name="Lamp",
        Type="Inventory",
        TrackQtyOnHand=True,
        QtyOnHand=10,
        InvStartDate="2026-01-01",
        PurchaseCost=dec("4.50"),
        IncomeAccountRef=ref(books.income),
        ExpenseAccountRef=ref(books.cost),
        AssetAccountRef=ref(books.stock),
    )
    detail = {"ItemRef": ref(item), "QtyDiff": -3}
    line = {
        "DetailType": "ItemAdjustmentLineDetail",
        "ItemAdjustmentLineDetail": detail,
    }
    body = {"AdjustAccountRef": ref(books.cost), "TxnDate": "2026-02-01"}
    made = books.create("InventoryAdjustment", **body, Line=[line])
    assert books.read("Item", item)["QtyOnHand"] == 7
    assert books.account("Stock") == dec("31.50")
    assert books.account("Cost") == dec("13.50")
    line["ItemAdjustmentLineDetail"] = {**detail, "QtyDiff": 2}
    made = books.update("InventoryAdjustment", made, Line=[line])
    assert books.read("Item", item)["QtyOnHand"] == 12
    books.delete("InventoryAdjustment", made)
    assert books.read("Item", item)["QtyOnHand"] == 10 and books.posted() == 0
    with refused("6270", "TxnDate"):
        early = {**body, "TxnDate": "2025-02-01"}
        books.create("InventoryAdjustment", **early, Line=[line])
    with refused("6000", "ItemRef"):
        line["ItemAdjustmentLineDetail"] = {**detail, "ItemRef": ref(books.item)}
        books.create("InventoryAdjustment", **body, Line=[line])
    with refused("6430", "AdjustAccountRef"):
        wrong = {**body, "AdjustAccountRef": ref(books.stock)}
        books.create("InventoryAdjustment", **wrong, Line=[line])


# -- kinds of goods --------------------------------------------------------------------


def test_american_companies_know_kinds_of_goods():
    american = Books("US")
    tops = american.rows("SELECT * FROM TaxClassification WHERE Level = '1'")
    assert {one["Name"] for one in tops} >= {"General", "Clothing"}
    (below,) = american.rows("SELECT * FROM TaxClassification WHERE Name = 'Groceries'")
    assert american.read("TaxClassification", below["Id"]) == below
    assert below["ParentRef"]["value"] in {one["Id"] for one in tops}
    assert Books().rows("SELECT * FROM TaxClassification") == []
